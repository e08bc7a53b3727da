/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zonegen/spf_record.h - the grammar of an SPF record (RFC 7208 section 12).
 *
 * A record is its terms in the order they are written.  Parsing judges the
 * syntax alone: neither look-ups nor limits.  A record owns one copy of its
 * text; the terms point into it.
 */
#ifndef ZONEGEN_SPF_RECORD_H
#define ZONEGEN_SPF_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

enum spf_kind {
	/* mechanisms */
	SPF_ALL, SPF_INCLUDE, SPF_A, SPF_MX, SPF_PTR, SPF_IP4, SPF_IP6, SPF_EXISTS,
	/* modifiers */
	SPF_REDIRECT, SPF_EXP, SPF_UNKNOWN
};

struct spf_term {
	enum spf_kind kind;
	char qualifier;		/* one of + - ~ ?, + if none is written; '\0' for a modifier */
	const char *text;	/* the whole term as written */
	size_t len;
	const char *target;	/* domain-spec or value of a modifier; NULL if none is written */
	size_t target_len;
	unsigned cidr4;		/* a, mx, ip4; 32 if not written */
	unsigned cidr6;		/* a, mx, ip6; 128 if not written */
	uint8_t address[16];	/* ip4: the first four octets; ip6: all */
};

struct spf_record {
	char *text;
	struct spf_term *v;
	size_t n;
	const struct spf_term *redirect;	/* in v; NULL if there is none */
	const struct spf_term *exp;
};

/* True if text is an SPF record: "v=spf1" in any case, then a space or the end (RFC 7208 4.5). */
bool spf_record_is_one(const char *text, size_t len);

/*
 * Parse a record, its strings joined.  The caller owns *out and releases it.
 * Fails: ZP_EUSAGE at the first error, with the term; ZP_ELOCAL.
 */
int spf_record_parse(struct spf_record *out, const char *text, size_t len, struct fault *why)
    MUST_CHECK;

/*
 * Parse one term, without spaces around it; *out borrows text.  A second
 * redirect or exp is not this function's to see.  Fails: ZP_EUSAGE.
 */
int spf_record_parse_term(struct spf_term *out, const char *text, size_t len, struct fault *why)
    MUST_CHECK;

/* True for the terms that RFC 7208 4.6.4 allows ten of. */
bool spf_record_costs_lookup(enum spf_kind kind);

void spf_record_release(struct spf_record *r);

#endif
