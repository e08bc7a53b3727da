/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rdata between text and wire.  The first two octets are the type, the lowest
 * bit of the third says whether text or wire follows.  Canonical rdata that
 * can be printed are read back to the same octets.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dns/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(int condition)
{
	if (!condition)
		abort();
}

/* Types whose text ldns does not read back as it wrote it. */
static int
is_one_way(uint16_t type)
{
	static const uint16_t types[] = { 20 /* ISDN */, 29 /* LOC */, 37 /* CERT */,
		64, 65 /* SVCB, HTTPS */ };

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		if (types[i] == type)
			return 1;
	}
	return 0;
}

static void
round_trip(uint16_t type, const struct bytes *wire)
{
	struct bytes text = { 0 }, again = { 0 };
	struct fault why;

	if (wire_print_rdata(&text, type, wire->data, wire->len, &why) == ZP_OK) {
		must(memchr(bytes_text(&text), '\n', text.len) == NULL);
		if (wire_parse_rdata(&again, type, bytes_text(&text), NULL, &why) == ZP_OK)
			must(is_one_way(type) || (again.len == wire->len &&
			    (wire->len == 0 || memcmp(again.data, wire->data, wire->len) == 0)));
	}
	bytes_release(&text);
	bytes_release(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes wire = { 0 };
	struct fault why;
	uint16_t type;
	char *text;

	if (size < 3)
		return 0;
	type = (uint16_t)(data[0] << 8 | data[1]);
	if ((data[2] & 1) != 0) {
		if (wire_canonical_rdata(&wire, type, data + 3, size - 3, &why) == ZP_OK)
			round_trip(type, &wire);
	} else {
		text = malloc(size - 2);
		if (text == NULL)
			return 0;
		memcpy(text, data + 3, size - 3);
		text[size - 3] = '\0';
		if (wire_parse_rdata(&wire, type, text, NULL, &why) == ZP_OK)
			round_trip(type, &wire);
		free(text);
	}
	bytes_release(&wire);
	return 0;
}
