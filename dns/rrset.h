/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/rrset.h - all records of one owner and type: a value.
 *
 * Class IN.  The rdata are in wire form without compression, embedded names
 * in the canonical form that RFC 4034 6.2 gives the type, sorted in canonical
 * order (6.3) and without duplicates, so that two sets with the same records
 * are octet for octet the same.  The TTL belongs to the set (RFC 2181 5.2).
 *
 * A set owns its rdata.  rrset_release() empties; releasing an empty set does
 * nothing.
 */
#ifndef DNS_RRSET_H
#define DNS_RRSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "dns/name.h"

/* The types that zonepub treats by name (IANA); any other number works as well. */
enum rrtype {
	RRTYPE_A = 1, RRTYPE_NS = 2, RRTYPE_CNAME = 5, RRTYPE_SOA = 6, RRTYPE_PTR = 12,
	RRTYPE_MX = 15, RRTYPE_TXT = 16, RRTYPE_KEY = 25, RRTYPE_AAAA = 28, RRTYPE_SRV = 33,
	RRTYPE_DNAME = 39, RRTYPE_OPT = 41, RRTYPE_DS = 43, RRTYPE_RRSIG = 46, RRTYPE_NSEC = 47,
	RRTYPE_DNSKEY = 48, RRTYPE_NSEC3 = 50, RRTYPE_NSEC3PARAM = 51, RRTYPE_TLSA = 52,
	RRTYPE_CDS = 59, RRTYPE_CDNSKEY = 60, RRTYPE_TKEY = 249, RRTYPE_TSIG = 250,
	RRTYPE_IXFR = 251, RRTYPE_AXFR = 252, RRTYPE_ANY = 255, RRTYPE_CAA = 257
};

struct rdata {
	uint16_t len;
	uint8_t *data;
};

struct rrset {
	struct name owner;
	uint16_t type;
	uint32_t ttl;		/* seconds */
	size_t n;
	struct rdata *v;
};

/* Start an empty set; owns nothing yet. */
struct rrset rrset_make(const struct name *owner, uint16_t type, uint32_t ttl);

/* Insert a copy of rdata at its place; one that is there already is passed over. */
int rrset_add(struct rrset *s, const void *data, size_t len, struct fault *why) MUST_CHECK;

/* Take one rdata out; false if it was not in. */
bool rrset_remove(struct rrset *s, const void *data, size_t len);

bool rrset_has(const struct rrset *s, const void *data, size_t len);
int rrset_copy(struct rrset *to, const struct rrset *from, struct fault *why) MUST_CHECK;
void rrset_release(struct rrset *s);

/* Same owner, type and records; the TTL is not looked at (as RFC 2136 prerequisites do not). */
bool rrset_same_data(const struct rrset *a, const struct rrset *b);

/* True if every record of part is in whole. */
bool rrset_includes(const struct rrset *whole, const struct rrset *part);

/* to = a and b together, with a's owner, type and TTL. */
int rrset_union(struct rrset *to, const struct rrset *a, const struct rrset *b,
    struct fault *why) MUST_CHECK;

/* to = a without the records of b. */
int rrset_difference(struct rrset *to, const struct rrset *a, const struct rrset *b,
    struct fault *why) MUST_CHECK;

/* Canonical order of two rdata (RFC 4034 6.3). */
int rdata_compare(const void *a, size_t alen, const void *b, size_t blen);

/* A list of sets, at most one for an owner and type, in the order of their coming. */
struct recset {
	struct rrset *v;
	size_t n;
};

/* The set of owner and type, or NULL. Borrowed until the next change of the list. */
struct rrset *recset_find(const struct recset *r, const struct name *owner, uint16_t type);

/* Add one record; the set is made if need be, with ttl. */
int recset_add(struct recset *r, const struct name *owner, uint16_t type, uint32_t ttl,
    const void *data, size_t len, struct fault *why) MUST_CHECK;

/* The set moves in and is left empty, also on failure; one that is there is an error of ours. */
int recset_take(struct recset *r, struct rrset *s, struct fault *why) MUST_CHECK;
void recset_release(struct recset *r);

#endif
