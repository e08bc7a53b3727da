/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/zonefile_scan.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct zonefile_scan
zonefile_scan_make(const char *path, const struct bytes *content)
{
	return (struct zonefile_scan){ .path = path, .content = content, .line = 1 };
}

void
zonefile_scan_release(struct zonefile_scan *s)
{
	free(s->words);
	*s = (struct zonefile_scan){ 0 };
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static bool
ends_word(uint8_t c)
{
	return is_blank(c) || c == '\n' || c == ';' || c == '(' || c == ')';
}

static int
bad(const struct zonefile_scan *s, unsigned line, const char *what, struct fault *why)
{
	return fault_set(why, ZP_EUSAGE, "%s:%u: %s", s->path, line, what);
}

static int
add_word(struct zonefile_scan *s, size_t at, size_t end, bool quoted, struct fault *why)
{
	if (s->n == s->room) {
		size_t room = s->room == 0 ? 16 : s->room * 2;
		struct zonefile_word *words = reallocarray(s->words, room, sizeof *words);

		if (words == NULL)
			return fault_set_nomem(why);
		s->words = words;
		s->room = room;
	}
	s->words[s->n++] = (struct zonefile_word){ .span = { .at = at, .len = end - at },
		.line = s->line, .quoted = quoted };
	return ZP_OK;
}

/* From the opening quote at i to behind the closing one; 0 if the line ends before. */
static size_t
skip_quoted(const uint8_t *data, size_t len, size_t i)
{
	for (i++; i < len && data[i] != '\n'; i++) {
		if (data[i] == '"')
			return i + 1;
		if (data[i] == '\\' && i + 1 < len && data[i + 1] != '\n')
			i++;
	}
	return 0;
}

/*
 * One word that begins at *i.  A quote starts a word of its own, except
 * behind an equals sign, where it belongs to the word (RFC 9460 2.1).
 */
static int
take_word(struct zonefile_scan *s, size_t *i, struct fault *why)
{
	const uint8_t *data = s->content->data;
	size_t len = s->content->len, start = *i, at = *i;
	bool quoted = data[at] == '"';

	if (quoted) {
		at = skip_quoted(data, len, at);
		if (at == 0)
			return bad(s, s->line, "a quoted string does not end on its line", why);
	}
	while (!quoted && at < len && !ends_word(data[at])) {
		if (data[at] == '\\' && at + 1 < len && data[at + 1] != '\n') {
			at += 2;
		} else if (data[at] == '"' && data[at - 1] == '=') {
			at = skip_quoted(data, len, at);
			if (at == 0)
				return bad(s, s->line,
				    "a quoted string does not end on its line", why);
		} else if (data[at] == '"') {
			break;
		} else {
			at++;
		}
	}
	*i = at;
	if (memchr(data + start, '\0', at - start) != NULL)
		return bad(s, s->line, "a NUL octet: this is no text", why);
	return add_word(s, start, at, quoted, why);
}

/* Words up to the line end that closes the entry. */
static int
take_entry(struct zonefile_scan *s, struct fault *why)
{
	const uint8_t *data = s->content->data;
	size_t len = s->content->len, i = s->at;
	unsigned open_line = 0;
	int rc = ZP_OK;

	s->n = 0;
	s->entry_at = i;
	s->entry_line = s->line;
	s->indented = is_blank(data[i]);
	while (rc == ZP_OK && i < len) {
		uint8_t c = data[i];

		if (c == '\0') {
			rc = bad(s, s->line, "a NUL octet: this is no text", why);
		} else if (c == '\n') {
			i++;
			s->line++;
			if (open_line == 0)
				break;
		} else if (c == ';') {
			while (i < len && data[i] != '\n')
				i++;
		} else if (c == '(') {
			if (open_line != 0)
				rc = bad(s, s->line, "a parenthesis inside parentheses", why);
			else if (s->n == 0 && !s->indented)
				rc = bad(s, s->line, "a parenthesis where an owner belongs", why);
			open_line = s->line;
			i++;
		} else if (c == ')') {
			if (open_line == 0)
				rc = bad(s, s->line, "a closing parenthesis without an opening one",
				    why);
			open_line = 0;
			i++;
		} else if (is_blank(c)) {
			i++;
		} else {
			rc = take_word(s, &i, why);
		}
	}
	if (rc == ZP_OK && open_line != 0)
		rc = bad(s, open_line, "a parenthesis that is never closed", why);
	s->at = s->entry_end = i;
	return rc;
}

int
zonefile_scan_next(bool *more, struct zonefile_scan *s, struct fault *why)
{
	int rc = ZP_OK;

	s->n = 0;
	while (rc == ZP_OK && s->n == 0 && s->at < s->content->len)
		rc = take_entry(s, why);
	*more = rc == ZP_OK && s->n > 0;
	return rc;
}

bool
zonefile_scan_is(const struct bytes *content, struct zonefile_span span, const char *text)
{
	return span.len == strlen(text) &&
	    strncasecmp((const char *)content->data + span.at, text, span.len) == 0;
}

bool
zonefile_scan_ttl(uint32_t *ttl, const struct bytes *content, struct zonefile_span span)
{
	static const struct {
		char unit;
		uint32_t seconds;
	} units[] = { { 'w', 604800 }, { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };
	const uint8_t *p = content->data + span.at, *end = p + span.len;
	uint64_t total = 0;

	*ttl = 0;
	if (span.len == 0)
		return false;
	while (p < end) {
		uint64_t number = 0, scale = 0;

		if (!isdigit(*p))
			return false;
		for (; p < end && isdigit(*p); p++) {
			number = number * 10 + (uint64_t)(*p - '0');
			if (number > INT32_MAX)
				return false;
		}
		if (p == end)
			scale = 1;
		for (size_t i = 0; p < end && i < sizeof units / sizeof units[0]; i++)
			if (tolower(*p) == units[i].unit)
				scale = units[i].seconds;
		if (scale == 0)
			return false;
		total += number * scale;
		if (total > INT32_MAX)
			return false;
		if (p < end)
			p++;
	}
	*ttl = (uint32_t)total;
	return true;
}
