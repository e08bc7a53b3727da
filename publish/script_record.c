/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dns/wire.h"
#include "publish/script_inner.h"

enum { TYPE_SVCB = 64, TYPE_HTTPS = 65 };

/* A number of 32 bits, as TTLs are written; false if the word is none. */
static bool
parse_number(uint32_t *out, const char *word)
{
	unsigned long v;
	char *end;

	if (!isdigit((unsigned char)*word))
		return false;
	errno = 0;
	v = strtoul(word, &end, 10);
	*out = (uint32_t)v;
	return *end == '\0' && errno == 0 && v <= UINT32_MAX;
}

static int
take_owner(struct record *r, char **rest, struct fault *why)
{
	const char *word = script_word(rest);

	if (word == NULL)
		return fault_set(why, ZP_EUSAGE, "could not read owner name");
	if (name_parse(&r->owner, word, NULL, why) != ZP_OK)
		return fault_prepend(why, "invalid owner name");
	return ZP_OK;
}

/* In the data of these a quoted part may begin inside a word: alpn="h2,h3" (RFC 9460 2.1). */
static bool
has_quoted_parts(uint16_t type)
{
	return type == TYPE_SVCB || type == TYPE_HTTPS;
}

/* Octets of the word or quoted string at text; *odd: it has what means more in a master file. */
static size_t
measure_word(const char *text, uint16_t type, bool *odd)
{
	bool is_string = *text == '"', in_part = false;
	size_t n = is_string ? 1 : 0;

	*odd = false;
	for (; text[n] != '\0' && (is_string || in_part || !isspace((unsigned char)text[n])); n++) {
		if (text[n] == '\\' && text[n + 1] != '\0')
			n++;
		else if (text[n] == '"' && is_string)
			return n + 1;
		else if (text[n] == '"' && has_quoted_parts(type))
			in_part = !in_part;
		else
			*odd |= !is_string && !in_part && strchr(";()\"", text[n]) != NULL;
	}
	return n;
}

static void
append_quoted(struct bytes *out, const char *word, size_t len)
{
	bytes_append_u8(out, '"');
	for (size_t i = 0; i < len; i++) {
		if (word[i] == '"')
			bytes_append_u8(out, '\\');
		bytes_append_u8(out, (uint8_t)word[i]);
		if (word[i] == '\\' && i + 1 < len)
			bytes_append_u8(out, (uint8_t)word[++i]);
	}
	bytes_append_u8(out, '"');
}

/*
 * Semicolons, parentheses and quotes inside a word are ordinary characters in
 * a script, and structure in a master file: a word with one of them gets
 * quotes.  Behind a quoted string the next word may begin without a blank.
 */
static int
quote_words(struct bytes *out, uint16_t type, const char *text, struct fault *why)
{
	for (size_t word = 0; *text != '\0'; word++) {
		bool odd;
		size_t n = measure_word(text, type, &odd);

		odd |= word == 2 && type == RRTYPE_CAA && *text != '"';
		if (odd)
			append_quoted(out, text, n);
		else
			bytes_append(out, text, n);
		text += n;
		if (*text != '\0' && !isspace((unsigned char)*text))
			bytes_append_u8(out, ' ');
		for (; isspace((unsigned char)*text); text++)
			bytes_append_u8(out, (uint8_t)*text);
	}
	return bytes_check(out, why);
}

/* The rest of a line is record data; none leaves *out empty and *has false. */
static int
take_rdata(struct bytes *out, bool *has, uint16_t type, char *rest, struct fault *why)
{
	struct bytes quoted = { 0 };
	size_t len;
	int class = ZP_OK;

	while (isspace((unsigned char)*rest))
		rest++;
	len = strlen(rest);
	while (len > 0 && isspace((unsigned char)rest[len - 1]) &&
	    !(len > 1 && rest[len - 2] == '\\'))
		rest[--len] = '\0';
	*has = len > 0;
	if (!*has)
		return ZP_OK;
	if (strpbrk(rest, ";()\"") != NULL || type == RRTYPE_CAA) {
		class = quote_words(&quoted, type, rest, why);
		rest = (char *)quoted.data;
	}
	if (class == ZP_OK)
		class = wire_parse_rdata(out, type, rest, NULL, why);
	if (class == ZP_EUSAGE)
		(void)fault_prepend(why, "invalid rdata format");
	bytes_release(&quoted);
	return class;
}

static int
add_record(struct script *s, enum section section, struct record *r, const struct bytes *rdata,
    struct fault *why)
{
	r->rdata = (struct rdata){ .len = (uint16_t)rdata->len, .data = rdata->data };
	return message_add(&s->message, section, r, why);
}

/* "[CLASS] TYPE" of a prerequisite. */
static int
take_set(struct script *s, uint16_t *class, uint16_t *type, char **rest, struct fault *why)
{
	const char *word = script_word(rest);

	if (word == NULL)
		return fault_set(why, ZP_EUSAGE, "could not read class or type");
	if (script_parse_class(class, word)) {
		if (!script_set_class(s, *class))
			return fault_set(why, ZP_EUSAGE, "class mismatch: %.40s", word);
		word = script_word(rest);
		if (word == NULL)
			return fault_set(why, ZP_EUSAGE, "could not read type");
	} else {
		*class = script_class(s);
		(void)script_set_class(s, *class);
	}
	if (wire_parse_type(type, word, why) != ZP_OK)
		return fault_set(why, ZP_EUSAGE, "invalid type: %.40s", word);
	return ZP_OK;
}

int
script_prerequisite(struct script *s, char *rest, bool must_exist, bool is_set, struct fault *why)
{
	struct record r = { .type = RRTYPE_ANY };
	struct bytes rdata = { 0 };
	uint16_t zone_class = CLASS_IN;
	bool has_rdata = false;
	int class = take_owner(&r, &rest, why);

	if (class == ZP_OK && is_set)
		class = take_set(s, &zone_class, &r.type, &rest, why);
	if (class == ZP_OK && is_set && must_exist)
		class = take_rdata(&rdata, &has_rdata, r.type, rest, why);
	if (class != ZP_OK)
		goto out;
	r.class = !must_exist ? CLASS_NONE : has_rdata ? zone_class : CLASS_ANY;
	class = add_record(s, SECTION_PREREQUISITE, &r, &rdata, why);
out:
	bytes_release(&rdata);
	return class;
}

/* "[TTL] [CLASS] [TYPE]" of an update; *is_all: a deletion that names no type. */
static int
take_place(struct script *s, struct record *r, bool *is_all, char **rest, bool is_delete,
    struct fault *why)
{
	const char *word = script_word(rest);
	uint16_t class;

	*is_all = false;
	if (word == NULL && !is_delete)
		return fault_set(why, ZP_EUSAGE, "could not read owner ttl");
	if (word != NULL && parse_number(&r->ttl, word)) {
		if (!is_delete && r->ttl > SCRIPT_TTL_MAX)
			return fault_set(why, ZP_EUSAGE, "ttl '%.40s' is out of range (0 to %d)", word,
			    SCRIPT_TTL_MAX);
		word = script_word(rest);
		if (word == NULL && !is_delete)
			return fault_set(why, ZP_EUSAGE, "could not read class or type");
	} else if (!is_delete && s->has_ttl) {
		r->ttl = s->ttl;
	} else if (!is_delete) {
		return fault_set(why, ZP_EUSAGE, "ttl '%.40s': not a valid number", word);
	}
	if (is_delete)
		r->ttl = 0;
	if (word != NULL && script_parse_class(&class, word) && class != CLASS_ANY) {
		if ((class == CLASS_NONE && !is_delete) || !script_set_class(s, class))
			return fault_set(why, ZP_EUSAGE, "class mismatch: %.40s", word);
		word = script_word(rest);
		if (word == NULL && !is_delete)
			return fault_set(why, ZP_EUSAGE, "could not read type");
	}
	*is_all = word == NULL;
	if (*is_all)
		return ZP_OK;
	(void)script_set_class(s, script_class(s));
	if (wire_parse_type(&r->type, word, why) != ZP_OK)
		return fault_set(why, ZP_EUSAGE, "'%.40s' is not a valid class or type", word);
	return ZP_OK;
}

int
script_update(struct script *s, char *rest, bool is_delete, struct fault *why)
{
	struct record r = { .type = RRTYPE_ANY, .class = CLASS_ANY };
	struct bytes rdata = { 0 };
	bool is_all, has_rdata = false;
	int class = take_owner(&r, &rest, why);

	if (class == ZP_OK)
		class = take_place(s, &r, &is_all, &rest, is_delete, why);
	if (class == ZP_OK && !is_all)
		class = take_rdata(&rdata, &has_rdata, r.type, rest, why);
	if (class != ZP_OK)
		goto out;
	if (!has_rdata && !is_delete) {
		class = fault_set(why, ZP_EUSAGE, "could not read rdata");
		goto out;
	}
	if (has_rdata)
		r.class = is_delete ? CLASS_NONE : script_class(s);
	if (!is_delete && !s->skip_check_names) {
		r.rdata = (struct rdata){ .len = (uint16_t)rdata.len, .data = rdata.data };
		class = script_check_names(&r, why);
	}
	if (class == ZP_OK)
		class = add_record(s, SECTION_UPDATE, &r, &rdata, why);
out:
	bytes_release(&rdata);
	return class;
}
