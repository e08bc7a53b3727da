/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tests/unit/dns/vectors.h - signed zones, made once with dnssec-signzone.
 *
 * All are example., signed from 2026-01-01 to 2027-01-01, one record a line.
 */
#ifndef TESTS_UNIT_DNS_VECTORS_H
#define TESTS_UNIT_DNS_VECTORS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/wire.h"

static const int64_t vector_before = INT64_C(1764547200);	/* 2025-12-01 */
static const int64_t vector_now = INT64_C(1780272000);		/* 2026-06-01 */
static const int64_t vector_after = INT64_C(1801440000);	/* 2027-02-01 */
static const int64_t vector_end = INT64_C(1798761600);		/* 2027-01-01 */

static inline struct name
vector_name(const char *text)
{
	struct name n;
	struct fault why;

	if (name_parse(&n, text, NULL, &why) != ZP_OK) {
		printf("Bail out! %s\n", why.text);
		exit(1);
	}
	return n;
}

/* Words of a line: owner ttl class type; the rest is rdata. */
static inline int
vector_line(struct recset *zone, char *line, struct fault *why)
{
	char *rest = line, *word[4];
	struct bytes rdata = { 0 };
	struct name owner;
	uint16_t type;
	int rc;

	for (unsigned i = 0; i < 4; i++) {
		word[i] = strsep(&rest, " \t");
		if (rest == NULL)
			return ZP_OK;
		/* "DS" files have no TTL. */
		if (i == 1 && strcmp(word[1], "IN") == 0)
			word[++i] = word[1];
	}
	if ((rc = name_parse(&owner, word[0], NULL, why)) == ZP_OK &&
	    (rc = wire_parse_type(&type, word[3], why)) == ZP_OK &&
	    (rc = wire_parse_rdata(&rdata, type, rest, NULL, why)) == ZP_OK)
		rc = recset_add(zone, &owner, type, 3600, rdata.data, rdata.len, why);
	bytes_release(&rdata);
	return rc;
}

static inline struct recset
vector_read(const char *file)
{
	const char *top = getenv("top_srcdir");
	struct recset zone = { 0 };
	struct bytes path = { 0 }, text = { 0 };
	struct fault why = { 0 };
	char *rest, *line;
	int rc;

	bytes_printf(&path, "%s/tests/unit/dns/vectors/%s", top != NULL ? top : ".", file);
	rc = file_read(&text, bytes_text(&path), 1 << 20, &why);
	rest = (char *)text.data;
	while (rc == ZP_OK && (line = strsep(&rest, "\n")) != NULL)
		rc = vector_line(&zone, line, &why);
	if (rc != ZP_OK) {
		printf("Bail out! %s: %s\n", file, why.text);
		exit(1);
	}
	bytes_release(&text);
	bytes_release(&path);
	return zone;
}

static inline struct rrset *
vector_find(const struct recset *zone, const char *owner, uint16_t type)
{
	struct name n = vector_name(owner);
	struct rrset *s = recset_find(zone, &n, type);

	if (s == NULL) {
		printf("Bail out! no %s of type %u\n", owner, type);
		exit(1);
	}
	return s;
}

#endif
