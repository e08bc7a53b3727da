/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live/trust.h - the chain of trust from an anchor down to a zone.
 *
 * If it is complete, the zone's validated DNSKEY set comes back, with which
 * every authoritative server can be checked.  If it is not, the link that is
 * missing is named.
 */
#ifndef LIVE_TRUST_H
#define LIVE_TRUST_H

#include <stdint.h>

#include "base/fault.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/verify.h"
#include "live/resolver.h"

enum trust_state {
	TRUST_SECURE = 0,
	TRUST_NO_ANCHOR,	/* no trust anchor lies above the zone */
	TRUST_UNSIGNED,		/* level has no DS and no DNSKEY */
	TRUST_NO_DS,		/* level is signed, its parent has no DS for it */
	TRUST_DS_MISMATCH,	/* the DS (or anchor) of level matches no DNSKEY of it */
	TRUST_UNSUPPORTED,	/* level is signed with algorithms that nobody here knows */
	TRUST_EXPIRED,		/* a signature at level has expired */
	TRUST_BOGUS,		/* something else is wrong at level */
	TRUST_UNREACHABLE	/* no answer: nothing can be said */
};

/* A value; owns keys. */
struct trust_chain {
	enum trust_state state;
	struct name zone;
	struct name level;	/* the zone at which the chain ends; zone if SECURE */
	struct rrset keys;	/* SECURE: the validated DNSKEY set of zone; else empty */
	int64_t signed_until;	/* SECURE: earliest expiration of a signature over keys */
	char text[VERIFY_REASON_MAX + 128];	/* not SECURE: a sentence that names the link */
};

/* Fails: as resolver_ask_many(). An incomplete chain is no failure. */
int trust_follow(struct trust_chain *out, struct resolver *r, const struct name *zone,
    struct fault *why) MUST_CHECK;
void trust_release(struct trust_chain *c);

/*
 * ZP_OK if SECURE; ZP_EUNSAFE with the sentence if the chain is broken or
 * incomplete; ZP_ERETRY if UNREACHABLE.
 */
int trust_need(const struct trust_chain *c, struct fault *why) MUST_CHECK;

const char *trust_print_state(enum trust_state s);	/* "secure", "no-ds" ...: stable words */

#endif
