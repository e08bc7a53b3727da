/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/look.h - how the real world is looked at for an order.
 *
 * Which zone holds a place, which servers serve it, whether the chain of
 * trust reaches it, and what every server says: found anew at each look.
 */
#ifndef PUBLISH_LOOK_H
#define PUBLISH_LOOK_H

#include "base/fault.h"
#include "live/server.h"
#include "publish/order.h"
#include "publish/world.h"
#include "publish/zonefile.h"

/* The zone of the order, or the one that holds owner. Fails: as discover_zone(). */
int look_find_zone(struct name *zone, struct world *w, const struct order *o,
    const struct name *owner, struct fault *why) MUST_CHECK;

/* The server that takes the updates of zone. Fails: as discover_host(). */
int look_find_primary(struct server *out, struct world *w, const struct order *o,
    const struct name *zone, struct fault *why) MUST_CHECK;

/* Every address of host. Fails: as discover_host(). */
int look_find_addresses(struct server_list *out, struct world *w, const struct order *o,
    const char *host, struct fault *why) MUST_CHECK;

/* The order's zone file. zone is borrowed. */
struct zonefile_options look_zonefile_options(const struct order *o, const struct name *zone);

#endif
