/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/past.h - what the ledger knows of earlier rollovers.
 */
#ifndef PUBLISH_PAST_H
#define PUBLISH_PAST_H

#include <stdbool.h>

#include "base/fault.h"
#include "base/timepiece.h"
#include "dns/rrset.h"
#include "ledger/ledger.h"
#include "publish/order.h"
#include "publish/runner.h"

/*
 * The open rollover that moves a host of o at the same live place.  (A host
 * with an RSA and an ECDSA certificate in files of their own has a rollover
 * for each.)
 * Fails: ZP_EABSENT if there is none; ZP_EUSAGE if there are several, for
 * different hosts of o, or if one of other hosts replaces the same files: its
 * flip would be theirs too, before its time; ZP_ELOCAL.
 */
int past_find_open(int64_t *id, struct ledger *l, const struct order *o, struct fault *why)
    MUST_CHECK;

/* What names the rollovers of o in the ledger, to be freed; NULL without memory. */
char *past_target(const struct order *o);

/*
 * Since when are the pending records of p known to be at every server?  True
 * if the last rollover of the same hosts and live files ended done and
 * published them all, those of other files since then left them alone, and
 * what p saw is what stood at the end: the same versions of the zone, or sets
 * under the same signatures.  A ledger that cannot be read knows nothing.
 */
bool past_seen_since(struct moment *since, struct ledger *l, const struct order *o,
    const struct preparation *p);

/*
 * A preparation sees what stands now.  Caches may hold what earlier rollovers
 * of these hosts published a TTL ago, though it is gone: if a set of theirs
 * does not accept the renewed chain, p has to wait after all.  An entry that
 * cannot be read counts as one that is in the way.
 * Fails: as outside->pair_read and outside->judge.
 */
int past_lingers(struct preparation *p, struct ledger *l, const struct outside *outside,
    const struct order *o, struct fault *why) MUST_CHECK;

#endif
