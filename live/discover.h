/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live/discover.h - which zone holds a name, and which servers serve it.
 *
 * Asked through the resolver as any resolver would find it; or, where a
 * server was given and no resolver reaches the zone, of that server alone.
 */
#ifndef LIVE_DISCOVER_H
#define LIVE_DISCOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "live/resolver.h"
#include "live/sighting.h"

struct zone_found {
	struct name zone;
	struct name primary;	/* MNAME */
	uint32_t serial;
	uint32_t soa_ttl, minimum;	/* seconds; the negative TTL is the lesser of the two */
	enum resolver_security security;	/* of the SOA; INSECURE when asked of a server directly */
};

/*
 * The zone that holds name, by its SOA: the closest zone at or above name.
 * A name that is an alias is looked up as itself, not as its target.  A zone
 * that does not validate is found as well, with security BOGUS, so that
 * trust_follow() can say what is wrong with it.
 * Fails: ZP_EABSENT if no zone is found; ZP_ERETRY; ZP_ELOCAL.
 */
int discover_zone(struct zone_found *out, struct resolver *r, const struct name *name,
    struct fault *why) MUST_CHECK;

/*
 * The same, asked of one server: SOA questions up the labels of name until
 * the server answers one with AA.
 * Fails: as above; ZP_EREFUSED if the server serves no zone above name.
 */
int discover_zone_at(struct zone_found *out, const struct server *server, const struct name *name,
    int timeout_ms, struct fault *why) MUST_CHECK;

/*
 * Every address of every server of zone: the NS set of the parent and its
 * glue, the NS set of the zone itself, and the primary.  A server name in an
 * NS set that resolves to no address is an error, as it cannot be asked: it
 * is named.  A primary without an address is left out.  port is for all.
 *
 * An address to which this machine has no route carries SERVER_UNROUTED.  The parent is not asked if no trust anchor lies
 * above it: the zone is then the top of a private tree.
 * Fails: ZP_EABSENT, ZP_ERETRY, ZP_ELOCAL.
 */
int discover_servers(struct server_list *out, struct resolver *r, const struct zone_found *zone,
    uint16_t port, struct fault *why) MUST_CHECK;

/*
 * Every address of the host, or the address that text is, with "@PORT" if one
 * follows: for --server and --authority.  resolver may be null if text is an
 * address.
 * Fails: ZP_EUSAGE, ZP_EABSENT, ZP_ERETRY, ZP_ELOCAL.
 */
int discover_host(struct server_list *out, struct resolver *r, const char *text,
    struct fault *why) MUST_CHECK;

/* The aliases that stand at owner, across zones; a CNAME asked for by type is itself no alias. */
struct alias_link {
	struct name from, to;
	uint32_t ttl;		/* seconds */
	struct name zone;	/* that holds from */
	enum resolver_security security;
};

struct alias_chain {
	struct alias_link *v;	/* none: owner is no alias */
	size_t n;
	struct name end;	/* where the records are, or would be */
};

/* Fails: ZP_EREFUSED for a loop or more than 16 links; ZP_ERETRY; ZP_EUNSAFE; ZP_ELOCAL. */
int discover_aliases(struct alias_chain *out, struct resolver *r, const struct name *owner,
    uint16_t type, struct fault *why) MUST_CHECK;
void alias_chain_release(struct alias_chain *c);

#endif
