/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/layout.h"

#include <string.h>

/*
 * The fields of a type: 'n' a name, 's' a character string, a digit that many
 * octets, '*' whatever is left.
 */
static const struct {
	uint16_t type;
	const char *fields;
} layouts[] = {
	{ 2, "n" },		/* NS */
	{ 3, "n" },		/* MD */
	{ 4, "n" },		/* MF */
	{ 5, "n" },		/* CNAME */
	{ 6, "nn992" },	/* SOA */
	{ 7, "n" },		/* MB */
	{ 8, "n" },		/* MG */
	{ 9, "n" },		/* MR */
	{ 12, "n" },		/* PTR */
	{ 14, "nn" },		/* MINFO */
	{ 15, "2n" },		/* MX */
	{ 17, "nn" },		/* RP */
	{ 18, "2n" },		/* AFSDB */
	{ 21, "2n" },		/* RT */
	{ 24, "99n*" },		/* SIG */
	{ 26, "2nn" },		/* PX */
	{ 30, "n*" },		/* NXT */
	{ 33, "6n" },		/* SRV */
	{ 35, "4sssn" },	/* NAPTR */
	{ 36, "2n" },		/* KX */
	{ 39, "n" },		/* DNAME */
	{ 46, "99n*" },		/* RRSIG */
};

static const char *
fields_of(uint16_t type)
{
	for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
		if (layouts[i].type == type)
			return layouts[i].fields;
	}
	return "*";
}

bool
layout_take_name(struct name *out, const uint8_t *data, size_t len, size_t *at)
{
	uint8_t wire[NAME_WIRE_MAX];
	size_t used = 0, from = *at, start = *at, after = 0;

	*out = (struct name){ 0 };
	while (from < len) {
		uint8_t n = data[from];

		if (n >= 0xc0) {
			size_t to;

			if (from + 1 >= len)
				return false;
			to = (size_t)(n & 0x3f) << 8 | data[from + 1];
			if (after == 0)
				after = from + 2;
			/* Strictly backwards each time, so that it ends. */
			if (to >= start)
				return false;
			start = from = to;
			continue;
		}
		if (n > NAME_LABEL_MAX || from + n + 1U > len || used + n + 1U > sizeof wire)
			return false;
		memcpy(wire + used, data + from, n + 1U);
		used += n + 1U;
		from += n + 1U;
		if (n != 0)
			continue;
		if (name_parse_wire(out, wire, used, NULL) != ZP_OK)
			return false;
		*at = after != 0 ? after : from;
		return true;
	}
	return false;
}

/* A name of an rdata: it may point out of the rdata, but its own octets end within. */
static bool
expand_name(struct bytes *out, const uint8_t *data, size_t *at, size_t end, bool pointers)
{
	struct name name;
	size_t begin = *at;

	if (!layout_take_name(&name, data, end, at))
		return false;
	if (!pointers && *at - begin != name.len)
		return false;
	bytes_append(out, name.wire, name.len);
	return true;
}

bool
layout_expand(struct bytes *out, uint16_t type, const uint8_t *data, size_t at, size_t rdlen,
    bool pointers)
{
	size_t end = at + rdlen;

	for (const char *f = fields_of(type); *f != '\0'; f++) {
		size_t step;

		if (*f == 'n') {
			if (!expand_name(out, data, &at, end, pointers))
				return false;
			continue;
		}
		if (*f == '*')
			step = end - at;
		else if (*f == 's')
			step = at < end ? data[at] + 1U : 1;
		else
			step = (size_t)(*f - '0');
		if (step > end - at)
			return false;
		if (step > 0)
			bytes_append(out, data + at, step);
		at += step;
	}
	return at == end;
}
