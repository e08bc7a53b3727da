/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "zonegen/spf_macro.h"

#include <string.h>

/* More parts than a domain name can have need not be told apart. */
enum { KEEP_MAX = 128 };

static const char letters[] = "slodiphcrtv";
static const char letters_of_explanation[] = "crt";
static const char delimiters[] = ".-+,/_=";

static bool
is_in(const char *set, char c)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is_literal(char c, enum spf_macro_place place)
{
	return (c > ' ' && c <= '~' && c != '%') || (c == ' ' && place == SPF_MACRO_IN_EXPLANATION);
}

/* What stands for %%, %_ and %-. */
static const char *
percent_literal(char c)
{
	switch (c) {
	case '%':
		return "%";
	case '_':
		return " ";
	case '-':
		return "%20";
	default:
		return NULL;
	}
}

/* p is behind "%{"; the transformers and delimiters are read up to "}". */
static int
take_braces(struct spf_macro *out, const char **at, const char *end, enum spf_macro_place place,
    struct fault *why)
{
	const char *p = *at;
	const char *digits;

	if (p == end || !is_in(letters, lower(*p)))
		return fault_set(why, ZP_EUSAGE, "'%%{' is not followed by a macro letter (%s)", letters);
	out->letter = lower(*p);
	out->escape = *p != out->letter;
	p++;
	if (place == SPF_MACRO_IN_DOMAIN && is_in(letters_of_explanation, out->letter))
		return fault_set(why, ZP_EUSAGE,
		    "the macro %%{%c} is allowed in explanation text only", out->letter);

	digits = p;
	for (; p < end && *p >= '0' && *p <= '9'; p++)
		if (out->keep <= KEEP_MAX)
			out->keep = out->keep * 10 + (unsigned)(*p - '0');
	if (p > digits && out->keep == 0)
		return fault_set(why, ZP_EUSAGE, "a macro cannot keep zero parts");
	if (p < end && lower(*p) == 'r') {
		out->reverse = true;
		p++;
	}

	out->delimiters = p;
	while (p < end && is_in(delimiters, *p))
		p++;
	out->delimiters_len = (size_t)(p - out->delimiters);
	if (out->delimiters_len == 0) {
		out->delimiters = ".";
		out->delimiters_len = 1;
	}
	if (p == end || *p != '}')
		return fault_set(why, ZP_EUSAGE, "the macro %%{%c is not closed by '}' behind its digits, "
		    "'r' and delimiters (%s)", out->letter, delimiters);
	*at = p + 1;
	return ZP_OK;
}

int
spf_macro_next(struct spf_macro *out, const char **at, const char *end, enum spf_macro_place place,
    struct fault *why)
{
	const char *p = *at;

	*out = (struct spf_macro){ 0 };
	if (*p != '%') {
		while (p < end && is_literal(*p, place))
			p++;
		if (p == *at)
			return fault_set(why, ZP_EUSAGE, "the octet 0x%02x is not allowed here",
			    (unsigned)(unsigned char)*p);
		out->literal = *at;
		out->literal_len = (size_t)(p - *at);
		*at = p;
		return ZP_OK;
	}

	out->was_percent = true;
	p++;
	if (p < end && *p == '{') {
		*at = p + 1;
		return take_braces(out, at, end, place, why);
	}
	out->literal = p < end ? percent_literal(*p) : NULL;
	if (out->literal == NULL)
		return fault_set(why, ZP_EUSAGE, "'%%' is followed by none of '{', '%%', '_' and '-'");
	out->literal_len = strlen(out->literal);
	*at = p + 1;
	return ZP_OK;
}

int
spf_macro_check(const char *text, size_t len, enum spf_macro_place place, struct fault *why)
{
	const char *end = text + len;
	struct spf_macro piece;
	int class = ZP_OK;

	while (text < end && class == ZP_OK)
		class = spf_macro_next(&piece, &text, end, place, why);
	return class;
}

bool
spf_macro_uses(const char *text, size_t len, char letter)
{
	const char *end = text + len;
	struct spf_macro piece;
	bool found = false;

	while (text < end) {
		if (spf_macro_next(&piece, &text, end, SPF_MACRO_IN_EXPLANATION, NULL) != ZP_OK)
			return false;
		found = found || (piece.literal == NULL && piece.letter == letter);
	}
	return found;
}
