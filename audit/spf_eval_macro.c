/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "audit/spf_eval_macro.h"

#include <inttypes.h>
#include <string.h>

#include "audit/spf_eval_domain.h"

static void
append_value(struct bytes *out, char letter, const struct spf_eval_values *v)
{
	const struct {
		char letter;
		const char *text;
	} texts[] = {
		{ 's', v->sender }, { 'l', v->local }, { 'o', v->sender_domain }, { 'd', v->domain },
		{ 'p', v->validated }, { 'h', v->helo }, { 'r', v->receiver },
		{ 'v', v->client->six ? "ip6" : "in-addr" },
	};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (texts[i].letter == letter)
			bytes_append_text(out, texts[i].text);
	if (letter == 'i')
		spf_eval_domain_print_dotted(out, v->client);
	if (letter == 'c')
		spf_eval_domain_print_address(out, v->client);
	if (letter == 't')
		bytes_printf(out, "%" PRId64, v->now);
}

/* ALPHA / DIGIT / "-" / "." / "_" / "~" stay (RFC 3986 2.3). */
static void
append_escaped(struct bytes *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    c == '-' || c == '.' || c == '_' || c == '~')
			bytes_append_u8(out, c);
		else
			bytes_printf(out, "%%%02X", c);
	}
}

/* The length of the part at text, up to the next delimiter. */
static size_t
part_len(const char *text, size_t len, const struct spf_macro *m)
{
	size_t n = 0;

	while (n < len && memchr(m->delimiters, text[n], m->delimiters_len) == NULL)
		n++;
	return n;
}

/* The part with the number wanted, counted from the left. */
static void
append_part(struct bytes *out, const struct bytes *value, const struct spf_macro *m, size_t wanted)
{
	const char *text = bytes_text(value);
	size_t at = 0;

	for (size_t i = 0; i < wanted; i++)
		at += part_len(text + at, value->len - at, m) + 1;
	bytes_append(out, text + at, part_len(text + at, value->len - at, m));
}

static size_t
count_parts(const struct bytes *value, const struct spf_macro *m)
{
	const char *text = bytes_text(value);
	size_t n = 1;

	for (size_t i = 0; i < value->len; i++)
		if (memchr(m->delimiters, text[i], m->delimiters_len) != NULL)
			n++;
	return n;
}

/* Split at the delimiters, reverse, keep parts from the right, join with dots (RFC 7208 7.3). */
static void
append_transformed(struct bytes *out, const struct bytes *value, const struct spf_macro *m)
{
	size_t n = count_parts(value, m);
	size_t first = m->keep > 0 && m->keep < n ? n - m->keep : 0;

	for (size_t i = first; i < n; i++) {
		if (i > first)
			bytes_append_u8(out, '.');
		append_part(out, value, m, m->reverse ? n - 1 - i : i);
	}
}

static void
append_macro(struct bytes *out, const struct spf_macro *m, const struct spf_eval_values *values)
{
	struct bytes value = { 0 };
	struct bytes result = { 0 };

	append_value(&value, m->letter, values);
	append_transformed(&result, &value, m);
	if (m->escape)
		append_escaped(out, bytes_text(&result), result.len);
	else
		bytes_append(out, bytes_text(&result), result.len);
	out->broken = out->broken || value.broken || result.broken;
	bytes_release(&value);
	bytes_release(&result);
}

int
spf_eval_macro_expand(struct bytes *out, const char *text, size_t len, enum spf_macro_place place,
    const struct spf_eval_values *values, struct fault *why)
{
	const char *end = text + len;
	struct spf_macro piece;
	int class;

	while (text < end) {
		if ((class = spf_macro_next(&piece, &text, end, place, why)) != ZP_OK)
			return class;
		if (piece.literal != NULL)
			bytes_append(out, piece.literal, piece.literal_len);
		else
			append_macro(out, &piece, values);
	}
	return bytes_check(out, why);
}
