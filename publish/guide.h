/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/guide.h - the way to what an order is about.
 *
 * Which zone holds a place, which servers serve it, and whether the chain of
 * trust reaches it.  A guide lives for one look: nothing that it learned is
 * believed in the next.
 */
#ifndef PUBLISH_GUIDE_H
#define PUBLISH_GUIDE_H

#include <stdbool.h>

#include "base/fault.h"
#include "live/discover.h"
#include "live/resolver.h"
#include "live/server.h"
#include "publish/order.h"
#include "publish/outside.h"
#include "publish/world.h"
#include "publish/zonefile.h"

enum { GUIDE_SERVER_TIMEOUT_MS = 4000 };

/* world and order are borrowed; the rest is filled by the functions below. */
struct guide {
	struct world *world;
	const struct order *order;
	struct resolver *resolver;	/* made when first needed */
	struct name zone;
	struct server primary;		/* empty with a zone file */
	struct server_list servers;
	bool unsigned_file;		/* a run that changes nothing found a zone file that is not signed yet */
	struct rrset keys;		/* the zone's validated DNSKEY set; empty if insecurity is allowed */
};

void guide_release(struct guide *g);

/* True if the order publishes into a zone file. */
bool guide_is_file(const struct order *o);

/* True if somebody said whom to ask or what to trust, or validation is asked for. */
bool guide_wants_resolver(const struct guide *g);

/* Make g->resolver. Fails: as resolver_make(). */
int guide_need_resolver(struct guide *g, struct fault *why) MUST_CHECK;

/* Fill g->zone: the order's, or the one that holds owner. Fails: as discover_zone(). */
int guide_find_zone(struct guide *g, const struct name *owner, struct fault *why) MUST_CHECK;

/*
 * Where the aliases at name lead for type, as validating clients see it.  What
 * cannot be resolved is taken for no alias: the servers will tell.  The caller
 * releases *out.  Fails: ZP_EUNSAFE naming the missing link, unless insecurity
 * is allowed; ZP_EREFUSED (a circle).
 */
int guide_follow_aliases(struct alias_chain *out, struct guide *g, const struct name *name,
    uint16_t type, struct fault *why) MUST_CHECK;

/*
 * Fill g->servers: those that are configured, or every address of every NS;
 * and the primary.  What is left out is a warning.  Fails: as discover_servers().
 */
int guide_find_servers(struct guide *g, struct look *look, struct fault *why) MUST_CHECK;

/*
 * Fill g->keys: the zone must be secure; where insecurity is allowed they stay
 * empty, with a warning.  Fails: ZP_EUNSAFE naming the missing link; ZP_ERETRY.
 */
int guide_need_trust(struct guide *g, struct look *look, struct fault *why) MUST_CHECK;

/*
 * A zone file is signed when it has not been yet, and signed anew in time; what
 * was left unfinished is finished.  A run that may change nothing leaves that,
 * warns, and sets g->unsigned_file if it is about signatures.
 * seen, if not null, tells how long signatures last.  Fails: as zonefile_apply().
 */
int guide_keep_file(struct guide *g, struct look *look, const struct look *seen,
    struct fault *why) MUST_CHECK;

/* The zone of the order, or the one that holds owner. Fails: as discover_zone(). */
int guide_zone_of(struct name *zone, struct world *w, const struct order *o,
    const struct name *owner, struct fault *why) MUST_CHECK;

/* The server that takes the updates of zone. Fails: as discover_host(). */
int guide_primary_of(struct server *out, struct world *w, const struct order *o,
    const struct name *zone, struct fault *why) MUST_CHECK;

/* Every address of host. Fails: as discover_host(). */
int guide_addresses_of(struct server_list *out, struct world *w, const struct order *o,
    const char *host, struct fault *why) MUST_CHECK;

/* The order's zone file. zone is borrowed. */
struct zonefile_options guide_zonefile_options(const struct order *o, const struct name *zone);

#endif
