/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/charstr.h"

#include <ctype.h>

enum { STRING_MAX = 255 };	/* RFC 1035 3.3 */

/* The octet that an escape at text[*at] stands for; -1 if it is bad. */
static int
take_escape(const char *text, size_t *at)
{
	const char *s = text + *at + 1;
	int v;

	if (*s == '\0')
		return -1;
	if (!isdigit((unsigned char)*s)) {
		*at += 2;
		return (unsigned char)*s;
	}
	if (!isdigit((unsigned char)s[1]) || !isdigit((unsigned char)s[2]))
		return -1;
	v = (s[0] - '0') * 100 + (s[1] - '0') * 10 + (s[2] - '0');
	*at += 4;
	return v > 255 ? -1 : v;
}

/*
 * One character string at text[*at], quoted or not.  A semicolon is an
 * ordinary character here: comments belong to the file, not to the record.
 */
static int
parse_string(struct bytes *out, const char *text, size_t *at, struct fault *why)
{
	bool quoted = text[*at] == '"';
	size_t head = out->len;

	bytes_append_u8(out, 0);
	if (quoted)
		++*at;
	for (;;) {
		int octet = (unsigned char)text[*at];

		if (octet == '\0' && quoted)
			return fault_set(why, ZP_EUSAGE, "a quoted string does not end");
		if (octet == '\0' || (!quoted && isblank(octet)))
			break;
		if (octet == '"' && quoted) {
			++*at;
			if (text[*at] != '\0' && !isblank((unsigned char)text[*at]))
				return fault_set(why, ZP_EUSAGE,
				    "a blank is missing after a quoted string");
			break;
		}
		if (octet == '"')
			return fault_set(why, ZP_EUSAGE,
			    "a quote inside an unquoted string: write \\\"");
		if (octet == '\\') {
			octet = take_escape(text, at);
			if (octet < 0)
				return fault_set(why, ZP_EUSAGE,
				    "a bad escape: it is \\X or \\DDD, DDD from 000 to 255");
		} else if (octet < ' ' && octet != '\t') {
			return fault_set(why, ZP_EUSAGE,
			    "a control character in a string: write \\%03d", octet);
		} else {
			++*at;
		}
		bytes_append_u8(out, (uint8_t)octet);
	}
	if (out->broken)
		return ZP_OK;	/* reported at the end */
	if (out->len - head - 1 > STRING_MAX)
		return fault_set(why, ZP_EUSAGE, "a string of %zu octets: at most %d fit into one "
		    "string, split it into several", out->len - head - 1, STRING_MAX);
	out->data[head] = (uint8_t)(out->len - head - 1);
	return ZP_OK;
}

int
charstr_parse(struct bytes *out, const char *text, struct fault *why)
{
	size_t begin = out->len, at = 0;

	for (;;) {
		int class;

		while (isblank((unsigned char)text[at]))
			at++;
		if (text[at] == '\0')
			break;
		class = parse_string(out, text, &at, why);
		if (class != ZP_OK)
			return class;
	}
	if (out->len == begin && !out->broken)
		return fault_set(why, ZP_EUSAGE, "there is no string");
	return bytes_check(out, why);
}

int
charstr_print(struct bytes *out, const void *data, size_t len, struct fault *why)
{
	struct cursor c = cursor_make(data, len);

	if (len == 0)
		return fault_set(why, ZP_EUSAGE, "record data without a string are malformed");
	while (cursor_left(&c) > 0) {
		size_t n = cursor_u8(&c);
		const uint8_t *string = cursor_take(&c, n);

		if (string == NULL)
			return fault_set(why, ZP_EUSAGE, "a string that runs out of the record data");
		bytes_append_text(out, c.at == n + 1 ? "\"" : " \"");
		for (size_t i = 0; i < n; i++) {
			if (string[i] < ' ' || string[i] > '~') {
				bytes_printf(out, "\\%03u", (unsigned)string[i]);
				continue;
			}
			if (string[i] == '"' || string[i] == '\\')
				bytes_append_u8(out, '\\');
			bytes_append_u8(out, string[i]);
		}
		bytes_append_u8(out, '"');
	}
	return bytes_check(out, why);
}
