/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "keys/tsigfile.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "base/file.h"
#include "keys/tsigpair.h"

enum { FILE_MAX = 1 << 20, WORD_MAX = 1024 };

/* A reader of one file, which counts its lines. */
struct reader {
	const char *path;
	const char *at;
	const char *end;
	unsigned line;
};

/* A word of named.conf; its text may be a secret and is wiped by whoever took it. */
struct word {
	char text[WORD_MAX];
	unsigned line;
	bool quoted;
};

static int
complain(const struct reader *r, unsigned line, struct fault *why, const char *what)
{
	return fault_set(why, ZP_EUSAGE, "%s:%u: %s", r->path, line, what);
}

/* Base64 of a secret, never repeated in a sentence. */
static bool
set_secret(struct tsig_key *key, const char *text, size_t len)
{
	bytes_wipe(&key->secret);
	return base64_parse(&key->secret, text, len) && key->secret.len > 0;
}

/* Pass over blanks and comments; false if a comment does not end. */
static bool
skip_blanks(struct reader *r)
{
	while (r->at < r->end) {
		size_t left = (size_t)(r->end - r->at);

		if (isspace((unsigned char)*r->at)) {
			r->line += *r->at++ == '\n';
		} else if (*r->at == '#' || (left > 1 && strncmp(r->at, "//", 2) == 0)) {
			while (r->at < r->end && *r->at != '\n')
				r->at++;
		} else if (left > 1 && strncmp(r->at, "/*", 2) == 0) {
			for (r->at += 2; r->end - r->at >= 2 && strncmp(r->at, "*/", 2) != 0; r->at++)
				r->line += *r->at == '\n';
			if (r->end - r->at < 2)
				return false;
			r->at += 2;
		} else {
			break;
		}
	}
	return true;
}

/* The next word or punctuation; empty at the end of the file. */
static int
take_word(struct word *w, struct reader *r, struct fault *why)
{
	size_t len = 0;

	*w = (struct word){ 0 };
	if (!skip_blanks(r))
		return complain(r, r->line, why, "a comment does not end");
	w->line = r->line;
	if (r->at == r->end)
		return ZP_OK;
	if (strchr("{};", *r->at) != NULL) {
		w->text[0] = *r->at++;
		return ZP_OK;
	}
	w->quoted = *r->at == '"';
	r->at += w->quoted;
	while (r->at < r->end && len < WORD_MAX - 1) {
		char c = *r->at;

		if (w->quoted ? c == '"' : isspace((unsigned char)c) || strchr("{};\"#", c) != NULL)
			break;
		if (c == '\n' || c == '\0')
			break;
		w->text[len++] = c;
		r->at++;
	}
	if (len == WORD_MAX - 1)
		return complain(r, w->line, why, "a word is too long");
	if (w->quoted && (r->at == r->end || *r->at != '"'))
		return complain(r, w->line, why, "a quoted word does not end on its line");
	r->at += w->quoted;
	if (len == 0 && !w->quoted)
		return complain(r, w->line, why, "a character that does not belong here");
	return ZP_OK;
}

static bool
is_mark(const struct word *w, const char *mark)
{
	return !w->quoted && strcmp(w->text, mark) == 0;
}

static int
expect(struct reader *r, const char *mark, struct fault *why)
{
	struct word w;
	int class = take_word(&w, r, why);

	if (class == ZP_OK && !is_mark(&w, mark))
		class = fault_set(why, ZP_EUSAGE, "%s:%u: '%s' is missing", r->path, w.line, mark);
	explicit_bzero(&w, sizeof w);
	return class;
}

static int
set_name(struct tsig_key *key, const struct reader *r, unsigned line, const char *text,
    struct fault *why)
{
	if (name_parse(&key->name, text, NULL, why) != ZP_OK)
		return fault_prepend(why, "%s:%u: the name of the key", r->path, line);
	return ZP_OK;
}

static int
set_algorithm(struct tsig_key *key, const struct reader *r, unsigned line, const char *text,
    struct fault *why)
{
	if (tsig_parse_algorithm(key, text, why) != ZP_OK)
		return fault_prepend(why, "%s:%u", r->path, line);
	return ZP_OK;
}

/* { algorithm NAME; secret "BASE64"; }; behind the name of a key. */
static int
parse_body(struct tsig_key *key, struct reader *r, struct fault *why)
{
	struct word field = { 0 }, value = { 0 };
	unsigned begin = r->line;
	int class = expect(r, "{", why);

	while (class == ZP_OK) {
		class = take_word(&field, r, why);
		if (class != ZP_OK || is_mark(&field, "}"))
			break;
		class = take_word(&value, r, why);
		if (class != ZP_OK)
			break;
		if (!field.quoted && strcasecmp(field.text, "algorithm") == 0)
			class = set_algorithm(key, r, value.line, value.text, why);
		else if (field.quoted || strcasecmp(field.text, "secret") != 0)
			class = complain(r, field.line, why,
			    "a key clause holds 'algorithm' and 'secret', nothing else");
		else if (!set_secret(key, value.text, strlen(value.text)))
			class = complain(r, value.line, why, "the secret is not base64");
		if (class == ZP_OK)
			class = expect(r, ";", why);
	}
	if (class == ZP_OK)
		class = expect(r, ";", why);
	if (class == ZP_OK && tsig_key_is_empty(key))
		class = complain(r, begin, why, "the key has no algorithm");
	if (class == ZP_OK && key->secret.len == 0)
		class = complain(r, begin, why, "the key has no secret");
	explicit_bzero(&value, sizeof value);
	explicit_bzero(&field, sizeof field);
	return class;
}

/* The rest of a statement that is none of ours, braces counted. */
static int
skip_statement(struct reader *r, struct fault *why)
{
	struct word w;
	unsigned depth = 0;
	int class;

	do {
		class = take_word(&w, r, why);
		if (class != ZP_OK)
			return class;
		if (w.text[0] == '\0' && !w.quoted)
			return complain(r, w.line, why, "a statement does not end");
		depth += is_mark(&w, "{");
		if (is_mark(&w, "}") && depth-- == 0)
			return complain(r, w.line, why, "'}' without '{'");
	} while (depth > 0 || !is_mark(&w, ";"));
	return ZP_OK;
}

/*
 * key "name" { ... }; ...  What ddns-confgen prints behind it, an
 * update-policy and a command line, is passed over.
 */
static int
parse_clauses(struct tsig_key *out, bool *has_more, struct reader *r, struct fault *why)
{
	struct word w;
	int class;

	for (;;) {
		struct tsig_key key = { 0 };

		class = take_word(&w, r, why);
		if (class != ZP_OK || (w.text[0] == '\0' && !w.quoted))
			break;
		if (is_mark(&w, "update-policy")) {
			class = skip_statement(r, why);
		} else if (is_mark(&w, "nsupdate")) {
			while (r->at < r->end && *r->at != '\n')
				r->at++;
		} else if (w.quoted || strcasecmp(w.text, "key") != 0) {
			class = complain(r, w.line, why, "a key clause (key \"name\" { ... };) is expected");
		} else {
			class = take_word(&w, r, why);
			if (class == ZP_OK)
				class = set_name(&key, r, w.line, w.text, why);
			if (class == ZP_OK)
				class = parse_body(&key, r, why);
		}
		if (class == ZP_OK && !tsig_key_is_empty(&key)) {
			if (tsig_key_is_empty(out)) {
				*out = key;
				key = (struct tsig_key){ 0 };
			} else {
				*has_more = true;
			}
		}
		tsig_key_release(&key);
		if (class != ZP_OK)
			break;
	}
	explicit_bzero(&w, sizeof w);
	if (class == ZP_OK && tsig_key_is_empty(out))
		class = fault_set(why, ZP_EUSAGE, "%s: there is no key in it", r->path);
	return class;
}

/* The value of "field: value" in a line, or NULL; blanks and a dash before it are welcome. */
static const char *
yaml_value(size_t *len, const char *line, const char *end, const char *field)
{
	size_t n = strlen(field);

	while (line < end && (isblank((unsigned char)*line) || *line == '-'))
		line++;
	if ((size_t)(end - line) <= n || strncmp(line, field, n) != 0 || line[n] != ':')
		return NULL;
	for (line += n + 1; line < end && isblank((unsigned char)*line); line++)
		continue;
	while (end > line && isspace((unsigned char)end[-1]))
		end--;
	if (end - line >= 2 && strchr("\"'", *line) != NULL && end[-1] == *line) {
		line++;
		end--;
	}
	*len = (size_t)(end - line);
	return line;
}

/* The list of keys that keymgr -t prints, which is a part of knotd's configuration. */
static int
parse_yaml(struct tsig_key *out, bool *has_more, struct reader *r, struct fault *why)
{
	int class = ZP_OK;

	for (r->line = 1; r->at < r->end && class == ZP_OK; r->line++) {
		const char *stop = memchr(r->at, '\n', (size_t)(r->end - r->at));
		const char *begin = r->at, *value;
		char text[WORD_MAX];
		size_t len = 0;

		if (stop == NULL)
			stop = r->end;
		r->at = stop < r->end ? stop + 1 : stop;
		while (begin < stop && isspace((unsigned char)*begin))
			begin++;
		if (begin == stop || *begin == '#' || strncmp(begin, "key:", 4) == 0)
			continue;

		if ((value = yaml_value(&len, begin, stop, "secret")) != NULL) {
			if (!set_secret(out, value, len))
				class = complain(r, r->line, why, "the secret is not base64");
			continue;
		}
		value = yaml_value(&len, begin, stop, "id");
		if (value != NULL && !name_is_empty(&out->name)) {
			*has_more = true;
			break;
		}
		if (value == NULL && (value = yaml_value(&len, begin, stop, "algorithm")) == NULL) {
			class = complain(r, r->line, why, "id, algorithm or secret is expected");
			continue;
		}
		if (len >= sizeof text) {
			class = complain(r, r->line, why, "a word is too long");
			continue;
		}
		memcpy(text, value, len);
		text[len] = '\0';
		if (yaml_value(&len, begin, stop, "id") != NULL)
			class = set_name(out, r, r->line, text, why);
		else
			class = set_algorithm(out, r, r->line, text, why);
	}
	if (class == ZP_OK && (name_is_empty(&out->name) || tsig_key_is_empty(out) ||
	    out->secret.len == 0))
		class = fault_set(why, ZP_EUSAGE,
		    "%s: a key needs id, algorithm and secret", r->path);
	return class;
}

int
tsigfile_parse_inline(struct tsig_key *out, const char *text, const char *default_algorithm,
    struct fault *why)
{
	const char *first = strchr(text, ':');
	const char *last = strrchr(text, ':');
	const char *name = text;
	struct bytes part = { 0 };
	int class = ZP_OK;

	*out = (struct tsig_key){ 0 };
	if (first == NULL || strlen(text) > 4 * WORD_MAX)
		return fault_set(why, ZP_EUSAGE, "a key is written [ALGORITHM:]NAME:SECRET");

	/* No sentence repeats a part: where the order is wrong, it may be the secret. */
	if (first != last) {
		bytes_append(&part, text, (size_t)(first - text));
		if (tsig_parse_algorithm(out, bytes_text(&part), NULL) != ZP_OK)
			class = fault_set(why, ZP_EUSAGE, "in a key ALGORITHM:NAME:SECRET the algorithm is "
			    "not one of hmac-md5, hmac-sha1, hmac-sha224, hmac-sha256, hmac-sha384, "
			    "hmac-sha512");
		name = first + 1;
	} else if (default_algorithm == NULL) {
		class = fault_set(why, ZP_EUSAGE, "a key is written ALGORITHM:NAME:SECRET");
	} else {
		class = tsig_parse_algorithm(out, default_algorithm, why);
	}
	if (class != ZP_OK)
		goto out;

	bytes_wipe(&part);
	bytes_append(&part, name, (size_t)(last - name));
	if (name_parse(&out->name, bytes_text(&part), NULL, NULL) != ZP_OK)
		class = fault_set(why, ZP_EUSAGE,
		    "in a key [ALGORITHM:]NAME:SECRET the name is no domain name");
	else if (!set_secret(out, last + 1, strlen(last + 1)))
		class = fault_set(why, ZP_EUSAGE,
		    "in a key [ALGORITHM:]NAME:SECRET the secret is not base64");
	else
		class = bytes_check(&part, why);
out:
	bytes_wipe(&part);
	if (class != ZP_OK)
		tsig_key_release(out);
	return class;
}

/* One line of the reader, without blanks and comment signs around it; len 0 at the end. */
static const char *
take_line(size_t *len, struct reader *r)
{
	const char *begin, *stop;

	do {
		while (r->at < r->end && (isspace((unsigned char)*r->at) || *r->at == '#'))
			r->line += *r->at++ == '\n';
		begin = r->at;
		while (r->at < r->end && *r->at != '\n')
			r->at++;
		stop = r->at;
		while (stop > begin && isspace((unsigned char)stop[-1]))
			stop--;
	} while (stop == begin && r->at < r->end);
	*len = (size_t)(stop - begin);
	return begin;
}

/* A line ALG:NAME:SECRET; with nothing else in the file but comments. */
static int
parse_line(struct tsig_key *out, struct reader *r, struct fault *why)
{
	struct bytes line = { 0 };
	struct reader rest;
	const char *text;
	size_t len = 0;
	int class;

	text = take_line(&len, r);
	rest = *r;
	bytes_append(&line, text, len);
	class = bytes_check(&line, why);
	if (class == ZP_OK && tsigfile_parse_inline(out, bytes_text(&line), NULL, why) != ZP_OK)
		class = fault_prepend(why, "%s:%u", r->path, r->line);
	if (class == ZP_OK && (!skip_blanks(&rest) || rest.at != rest.end))
		class = complain(&rest, rest.line, why, "something stands behind the line of the key");
	bytes_wipe(&line);
	return class;
}

/* True if the line at p looks like ALG:NAME:SECRET. */
static bool
is_line(const char *p, const char *end)
{
	unsigned colons = 0;

	while (p < end && *p != '\n' && !isspace((unsigned char)*p)) {
		if (strchr("{}\";", *p) != NULL)
			return false;
		colons += *p++ == ':';
	}
	return colons == 2;
}

int
tsigfile_parse(struct tsig_key *out, struct tsigfile_notes *notes, const struct bytes *text,
    const char *path, struct fault *why)
{
	const char *data = bytes_text(text);
	struct reader r = { .path = path, .at = data, .end = data + text->len, .line = 1 };
	struct reader ahead = r;
	struct tsigfile_notes unused;
	size_t left;
	int class;

	*out = (struct tsig_key){ 0 };
	if (notes == NULL)
		notes = &unused;
	*notes = (struct tsigfile_notes){ 0 };

	if (!skip_blanks(&ahead))
		return complain(&ahead, ahead.line, why, "a comment does not end");
	left = (size_t)(ahead.end - ahead.at);
	if (left == 0) {
		/* The comment of keymgr -t alone. */
		(void)take_line(&left, &r);
		r = (struct reader){ .path = path, .at = data, .end = data + text->len, .line = 1 };
		class = left > 0 ? parse_line(out, &r, why) :
		    fault_set(why, ZP_EUSAGE, "%s: the file is empty", path);
	} else if ((left >= 4 && strncmp(ahead.at, "key:", 4) == 0) || *ahead.at == '-') {
		class = parse_yaml(out, &notes->has_more, &ahead, why);
	} else if (is_line(ahead.at, ahead.end)) {
		class = parse_line(out, &ahead, why);
	} else {
		class = parse_clauses(out, &notes->has_more, &r, why);
	}
	notes->is_md5 = class == ZP_OK && out->algorithm == TSIG_HMAC_MD5;
	if (class != ZP_OK)
		tsig_key_release(out);
	return class;
}

int
tsigfile_read(struct tsig_key *out, struct tsigfile_notes *notes, const char *path,
    struct fault *why)
{
	struct tsigfile_notes unused;
	struct bytes text = { 0 };
	int class;

	*out = (struct tsig_key){ 0 };
	if (notes == NULL)
		notes = &unused;
	*notes = (struct tsigfile_notes){ 0 };
	if (tsigpair_is_path(path))
		return tsigpair_read(out, notes, path, why);

	class = file_read(&text, path, FILE_MAX, why);
	if (class == ZP_OK)
		class = tsigfile_parse(out, notes, &text, path, why);
	if (class == ZP_OK)
		notes->is_exposed = file_is_exposed(path);
	bytes_wipe(&text);
	return class;
}
