/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/rotate_settle.h - orders brought to where the aliases lead.
 *
 * A host that is an alias is looked up under the name that it leads to (RFC
 * 7672 2.2.3); TLSA owners that are aliases are published where they lead, by
 * the zone section that covers that place.
 */
#ifndef CMD_ROTATE_SETTLE_H
#define CMD_ROTATE_SETTLE_H

#include "base/fault.h"
#include "cmd/rotate_order.h"
#include "publish/world.h"

/* What the orders were made from. Borrowed. */
struct rotate_source {
	const struct rotate_options *options;
	const struct globals *globals;
	const struct conf *conf;	/* may be null */
};

/*
 * Follow the aliases of o's hosts and owners; o may be made anew.
 * Fails: ZP_EUSAGE (they lead to several zones, or to one that no section
 * covers: it is named); ZP_EUNSAFE (an alias is bogus); ZP_ERETRY; ZP_ELOCAL.
 */
int rotate_settle(struct order *o, struct world *w, const struct rotate_source *source,
    struct fault *why) MUST_CHECK;

#endif
