/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/verify.h - DNSSEC signatures, keys and proofs of absence.
 *
 * Everything here is a function of its arguments: no network, no clock.  The
 * moment is handed in as seconds since 1970; signature times are compared by
 * serial arithmetic (RFC 4034 3.1.5) and yielded as seconds since 1970.
 *
 * Signatures are handed in as an rrset of type RRSIG at the owner they sign;
 * those that cover another type are passed over.  Keys are the DNSKEY rrset
 * of the zone, which the caller has validated.  This is the wall of ldns for
 * checking; the octets that are signed are put together here.
 */
#ifndef DNS_VERIFY_H
#define DNS_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "dns/name.h"
#include "dns/rrset.h"

/* What a check found; of two findings about one thing the later one counts. */
enum verify_outcome {
	VERIFY_VALID = 0,
	VERIFY_UNCHECKED,	/* nobody asked for a check: the zone is not secure and that is allowed */
	VERIFY_SHORT_LIVED,	/* valid, but it ends before it has been needed long enough */
	VERIFY_UNSUPPORTED,	/* no algorithm (or NSEC3 hash) that is known here */
	VERIFY_MISSING,		/* no signature, or no proof */
	VERIFY_NOT_YET,		/* the inception lies ahead */
	VERIFY_EXPIRED,
	VERIFY_BOGUS		/* no key of the zone made it, or it proves something else */
};

enum { VERIFY_REASON_MAX = 256, VERIFY_HASH_LEN = 20 };

/* A value. Times are 0 where there is no signature to take them from. */
struct verify_result {
	enum verify_outcome outcome;
	int64_t inception;	/* latest of the signatures that count */
	int64_t expiration;	/* earliest of the signatures that count */
	uint32_t original_ttl;	/* seconds */
	uint16_t key_tag;
	uint8_t algorithm;
	bool wildcard;		/* expanded from a wildcard (RFC 4035 5.3.2) */
	struct name wildcard_source;	/* "*.zone." it came from; empty if !wildcard */
	char reason[VERIFY_REASON_MAX];	/* one sentence, empty if VALID */
};

/* "valid", "expired" ...: one stable word for each outcome. */
const char *verify_print_outcome(enum verify_outcome o);

/*
 * Do sigs sign set with a key of keys, whose owner is the zone, at now?
 * VALID if one signature does (as a validator judges, RFC 4035 5.3); times
 * then come from all the valid ones.  Otherwise the outcome of the signature
 * that came closest.
 * Fails: ZP_ELOCAL.
 */
int verify_rrset(struct verify_result *out, const struct rrset *set, const struct rrset *sigs,
    const struct rrset *keys, int64_t now, struct fault *why) MUST_CHECK;

/*
 * Is keys the DNSKEY set that anchor (a DS or DNSKEY rrset of the same owner)
 * stands for: does a key that anchor names sign it at now (RFC 4035 5.2)?
 * *matched tells whether any key is named by anchor at all.
 * Fails: ZP_ELOCAL; ZP_EUSAGE if anchor is neither DS nor DNSKEY.
 */
int verify_keys(struct verify_result *out, bool *matched, const struct rrset *keys,
    const struct rrset *sigs, const struct rrset *anchor, int64_t now, struct fault *why) MUST_CHECK;

/* The DS of a DNSKEY (RFC 4509: digest 2 SHA-256, 4 SHA-384, 1 SHA-1) as rdata. */
int verify_make_ds(struct bytes *out, const struct name *owner, const void *dnskey, size_t len,
    uint8_t digest, struct fault *why) MUST_CHECK;

/* The key tag of a DNSKEY rdata (RFC 4034 appendix B). */
uint16_t verify_key_tag(const void *dnskey, size_t len);

/*
 * The NSEC3 hash of n (RFC 5155 5); false for a hash algorithm other than
 * SHA-1, the only one there is.
 */
bool verify_hash_name(uint8_t out[VERIFY_HASH_LEN], const struct name *n, uint8_t algorithm,
    uint16_t iterations, const uint8_t *salt, uint8_t salt_len) MUST_CHECK;

#endif
