/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * $GENERATE, BIND's counted records:
 *
 *	$GENERATE first-last[/step] owner [ttl] [class] type rdata
 *
 * In owner and rdata, $ is the number, ${offset,width,base} the number with
 * an offset, padded with zeroes, in base d, o, x, X, n or N (the last two:
 * nibbles with dots, lowest first); $$ and \$ are a dollar sign.
 */
#include "config.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "dns/wire.h"
#include "publish/zonefile_text.h"

enum { GENERATED_MAX = 65536 };

static int
bad(const struct zonefile_scan *s, const char *what, struct fault *why)
{
	return fault_set(why, ZP_EUSAGE, "%s:%u: $GENERATE: %s", s->path, s->entry_line, what);
}

/* Digits at *p; false if there are none or too many. */
static bool
take_number(long *number, const char **p)
{
	*number = 0;
	if (!isdigit((unsigned char)**p))
		return false;
	for (; isdigit((unsigned char)**p); (*p)++) {
		*number = *number * 10 + (**p - '0');
		if (*number > INT_MAX)
			return false;
	}
	return true;
}

static bool
parse_range(long *first, long *last, long *step, const char *text)
{
	*step = 1;
	if (!take_number(first, &text) || *text++ != '-' || !take_number(last, &text))
		return false;
	if (*text == '/') {
		text++;
		if (!take_number(step, &text))
			return false;
	}
	return *text == '\0' && *step > 0 && *first <= *last;
}

static void
append_nibbles(struct bytes *out, unsigned long number, long width, const char *digits)
{
	long n = 0;

	do {
		if (n > 0)
			bytes_append_u8(out, '.');
		bytes_append_u8(out, (uint8_t)digits[number & 15]);
		number >>= 4;
		n += 2;
	} while (number > 0 || n < width);
}

/* What stands in braces, text being behind the opening one. Yields the end, or NULL. */
static const char *
append_braced(struct bytes *out, const char *text, long number)
{
	long offset = 0, width = 0;
	char base = 'd';
	bool minus = *text == '-';

	if (minus || *text == '+')
		text++;
	if (!take_number(&offset, &text))
		return NULL;
	if (*text == ',') {
		text++;
		if (!take_number(&width, &text) || width > 255)
			return NULL;
	}
	if (*text == ',') {
		text++;
		base = *text;
		if (base == '\0')
			return NULL;
		text++;
	}
	number += minus ? -offset : offset;
	if (*text != '}' || number < 0)
		return NULL;
	switch (base) {
	case 'd':
		bytes_printf(out, "%0*ld", (int)width, number);
		break;
	case 'o':
		bytes_printf(out, "%0*lo", (int)width, (unsigned long)number);
		break;
	case 'x':
		bytes_printf(out, "%0*lx", (int)width, (unsigned long)number);
		break;
	case 'X':
		bytes_printf(out, "%0*lX", (int)width, (unsigned long)number);
		break;
	case 'n':
	case 'N':
		append_nibbles(out, (unsigned long)number, width,
		    base == 'n' ? "0123456789abcdef" : "0123456789ABCDEF");
		break;
	default:
		return NULL;
	}
	return text + 1;
}

/* The template with the number in its places; false if it is malformed. */
static bool
expand(struct bytes *out, const char *text, long number)
{
	bytes_clear(out);
	while (text != NULL && *text != '\0') {
		if (text[0] == '\\' && text[1] != '\0') {
			bytes_append(out, text, 2);
			text += 2;
		} else if (text[0] == '$' && text[1] == '$') {
			bytes_append_text(out, "\\$");
			text += 2;
		} else if (text[0] == '$' && text[1] == '{') {
			text = append_braced(out, text + 2, number);
		} else if (text[0] == '$') {
			bytes_printf(out, "%ld", number);
			text++;
		} else {
			bytes_append_u8(out, (uint8_t)*text++);
		}
	}
	return text != NULL;
}

/* The words of the line, as strings. */
struct parts {
	char *owner;
	char *rdata;
	uint16_t type;
	uint32_t ttl;
	bool has_ttl;
};

static char *
copy_word(const struct zonefile_scan *s, const struct zonefile_word *w)
{
	const char *text = (const char *)s->content->data + w->span.at;

	return w->quoted ? strndup(text + 1, w->span.len - 2) : strndup(text, w->span.len);
}

static int
take_parts(struct parts *p, const struct zonefile_scan *s, struct fault *why)
{
	size_t i = 3;
	char *type;
	int rc;

	if (s->n < 5)
		return bad(s, "a range, an owner, a type and data are needed", why);
	for (; i < s->n; i++) {
		if (!p->has_ttl && zonefile_scan_ttl(&p->ttl, s->content, s->words[i].span))
			p->has_ttl = true;
		else if (!zonefile_scan_is(s->content, s->words[i].span, "IN"))
			break;
	}
	if (i + 2 != s->n)
		return bad(s, "the data is one word, or one quoted string", why);
	type = copy_word(s, &s->words[i]);
	p->owner = copy_word(s, &s->words[2]);
	p->rdata = copy_word(s, &s->words[i + 1]);
	if (type == NULL || p->owner == NULL || p->rdata == NULL)
		rc = fault_set_nomem(why);
	else
		rc = wire_parse_type(&p->type, type, why);
	if (rc == ZP_EUSAGE)
		(void)fault_prepend(why, "%s:%u: $GENERATE", s->path, s->entry_line);
	free(type);
	if (rc == ZP_OK && (p->type == RRTYPE_SOA || p->type == RRTYPE_RRSIG))
		rc = bad(s, "records of this type cannot be counted out", why);
	return rc;
}

/* One record of the series. */
static int
add_one(struct zonefile_text *t, const struct parts *p, const struct name *origin, long number,
    struct fault *why)
{
	struct bytes text = { 0 }, rdata = { 0 };
	struct zonefile_record *rec = zonefile_text_add(t);
	int rc;

	if (rec == NULL)
		return fault_set_nomem(why);
	if (!expand(&text, p->owner, number)) {
		rc = fault_set(why, ZP_EUSAGE, "the owner '%.80s' is malformed", p->owner);
		goto out;
	}
	rc = bytes_check(&text, why);
	if (rc == ZP_OK)
		rc = name_parse(&rec->owner, bytes_text(&text), origin, why);
	if (rc != ZP_OK)
		goto out;
	if (!name_is_under(&rec->owner, &t->zone)) {
		rc = fault_set(why, ZP_EUSAGE, "'%.80s' lies outside the zone", bytes_text(&text));
		goto out;
	}
	if (!expand(&text, p->rdata, number)) {
		rc = fault_set(why, ZP_EUSAGE, "the data '%.80s' is malformed", p->rdata);
		goto out;
	}
	rc = bytes_check(&text, why);
	if (rc == ZP_OK)
		rc = wire_parse_rdata(&rdata, p->type, bytes_text(&text), origin, why);
	if (rc != ZP_OK)
		goto out;
	rec->generated = true;
	rec->type = p->type;
	rec->ttl = p->ttl;
	rec->rdata = (struct rdata){ .len = (uint16_t)rdata.len, .data = rdata.data };
	rdata = (struct bytes){ 0 };
out:
	bytes_release(&text);
	bytes_release(&rdata);
	return rc;
}

int
zonefile_generate(struct zonefile_text *t, const struct zonefile_scan *s, size_t source,
    const struct name *origin, const uint32_t *ttl, struct fault *why)
{
	struct parts p = { 0 };
	long first, last, step;
	char *range = s->n > 1 ? copy_word(s, &s->words[1]) : NULL;
	int rc = take_parts(&p, s, why);

	if (rc != ZP_OK)
		goto out;
	if (range == NULL || !parse_range(&first, &last, &step, range)) {
		rc = bad(s, "the range is first-last or first-last/step", why);
		goto out;
	}
	if ((last - first) / step >= GENERATED_MAX) {
		rc = bad(s, "more than 65536 records", why);
		goto out;
	}
	if (!p.has_ttl && ttl == NULL) {
		rc = bad(s, "no TTL is known here: put a $TTL line at the top", why);
		goto out;
	}
	if (!p.has_ttl)
		p.ttl = *ttl;
	for (long number = first; rc == ZP_OK && number <= last; number += step) {
		struct zonefile_record *rec;

		rc = add_one(t, &p, origin, number, why);
		if (rc != ZP_OK) {
			(void)fault_prepend(why, "%s:%u: $GENERATE", s->path, s->entry_line);
			break;
		}
		rec = &t->records[t->n - 1];
		rec->source = source;
		rec->line = s->entry_line;
		rec->ttl_from = p.has_ttl ? ZONEFILE_TTL_WRITTEN : ZONEFILE_TTL_PREVIOUS;
		rec->at = s->entry_at;
		rec->end = s->entry_end;
	}
out:
	free(range);
	free(p.owner);
	free(p.rdata);
	return rc;
}
