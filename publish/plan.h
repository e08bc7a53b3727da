/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/plan.h - what shall become different in a zone.
 *
 * A change pairs the records that were seen at an owner and type with those
 * that shall stand there.  The seen half goes along with every update as its
 * condition: a publisher compares it with the zone at the moment of writing
 * and turns the change down when they differ.  Conditions compare records,
 * never TTLs (RFC 2136 3.2.5).
 *
 * Changes own their sets.
 */
#ifndef PUBLISH_PLAN_H
#define PUBLISH_PLAN_H

#include <stddef.h>

#include "base/fault.h"
#include "dns/rrset.h"

struct change {
	struct rrset before;	/* no records: nothing may stand there */
	struct rrset after;	/* no records: nothing shall stand there */
};

struct changes {
	struct change *v;
	size_t n;
};

/*
 * Append a change; both sets move in and are left empty, also on failure.
 * Each carries owner and type, the same ones, even where it has no records.
 */
int changes_take(struct changes *c, struct rrset *before, struct rrset *after,
    struct fault *why) MUST_CHECK;

void changes_release(struct changes *c);

#endif
