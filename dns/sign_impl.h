/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/sign_impl.h - between the keys (dns/sign.c, dns/sign_keys.c: ldns) and
 * the zone (dns/sign_zone.c, dns/sign_chain.c: none of it).
 */
#ifndef DNS_SIGN_IMPL_H
#define DNS_SIGN_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/sign.h"

enum sign_role {
	SIGN_ZONE,	/* the zone's data */
	SIGN_KEYS	/* the DNSKEY, CDS and CDNSKEY sets */
};

enum { SIGN_FLAG_SEP = 1, SIGN_FLAG_REVOKE = 128, SIGN_FLAG_ZONE = 256 };

/* One key that is published now. */
struct sign_key {
	struct rdata dnskey;
	uint16_t flags;
	uint8_t algorithm;
	bool active;		/* it signs now */
	void *secret;		/* ldns_key */
};

struct sign_keys {
	struct name zone;
	struct sign_key *v;
	size_t n;
};

/* True if key number i signs sets of this role. */
bool sign_keys_serve(const struct sign_keys *k, size_t i, enum sign_role role);

/*
 * Add the signatures over set, as RRSIG rdata, to *out, which is emptied
 * first and becomes a set of the same owner and TTL.
 */
int sign_set(struct rrset *out, const struct rrset *set, const struct sign_request *r,
    enum sign_role role, struct fault *why) MUST_CHECK;

/* ---- dns/sign_chain.c: denials --------------------------------------------------------- */

/* A name with data of this zone, or a cut, or (NSEC3) an empty non-terminal. */
struct sign_name {
	struct name name;
	uint16_t *types;	/* sorted; without NSEC and RRSIG, which signing adds */
	size_t n;
	bool is_signed;		/* there will be signatures at it */
};

struct sign_chain {
	struct sign_name *v;	/* in canonical order */
	size_t n;
	struct name origin;
	uint32_t ttl;
};

void sign_chain_release(struct sign_chain *c);

/* The NSEC sets, one a name, in the order of c. The caller owns *out. */
int sign_chain_nsec(struct recset *out, const struct sign_chain *c, struct fault *why) MUST_CHECK;

/*
 * The NSEC3 sets in the order of their hashes, with the parameters of an
 * NSEC3PARAM rdata.  Fails: ZP_EUSAGE if no validator would take them.
 */
int sign_chain_nsec3(struct recset *out, const struct sign_chain *c, const struct rdata *param,
    struct fault *why) MUST_CHECK;

#endif
