/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/denial.h - proofs that something is not there (RFC 4035 5.4, RFC 5155 8).
 *
 * Works on the authority section of a reply as a recset: NSEC, NSEC3, SOA and
 * RRSIG sets by owner.  A proof counts only if each of its records is signed
 * by a key of the zone at that moment.
 */
#ifndef DNS_DENIAL_H
#define DNS_DENIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/verify.h"

/* NSEC3 with more iterations than this is not looked at (RFC 9276 3.2). */
enum { DENIAL_ITERATIONS_MAX = 150 };

struct denial_claim {
	struct name owner;
	uint16_t type;
	bool nxdomain;		/* the name is said not to exist, else only the type */
};

struct denial_proof {
	struct verify_result result;	/* the weakest of the records used; earliest expiration */
	bool empty_non_terminal;	/* the name exists, but only because of names below it */
	bool opt_out;			/* proven up to an opt-out span only: insecure (RFC 5155 6) */
	bool wildcard;			/* a wildcard exists, without the type (NODATA) */
};

/*
 * Does authority prove the claim for the zone that owns keys?
 * result.outcome is VALID, MISSING (no NSEC or NSEC3 that would prove it),
 * BOGUS (there are some and they prove something else, or a signature is
 * wrong), EXPIRED, NOT_YET or UNSUPPORTED.
 * Fails: ZP_ELOCAL.
 */
int denial_check(struct denial_proof *out, const struct denial_claim *claim,
    const struct recset *authority, const struct rrset *keys, int64_t now,
    struct fault *why) MUST_CHECK;

/*
 * Does authority prove that owner itself does not exist, as an answer that
 * was expanded from the wildcard source ("*.zone.") needs (RFC 4035 5.3.4,
 * RFC 5155 8.8)?  Outcomes as above.
 */
int denial_check_expansion(struct denial_proof *out, const struct name *owner,
    const struct name *source, const struct recset *authority, const struct rrset *keys,
    int64_t now, struct fault *why) MUST_CHECK;

#endif
