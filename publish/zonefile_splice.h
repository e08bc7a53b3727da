/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/zonefile_splice.h - from what becomes of each record to new octets.
 *
 * The lower half of publish/zonefile_edit.h: it cuts and inserts, and judges
 * nothing.
 */
#ifndef PUBLISH_ZONEFILE_SPLICE_H
#define PUBLISH_ZONEFILE_SPLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "dns/rrset.h"
#include "publish/zonefile_text.h"

/* What becomes of a record. */
struct zonefile_fate {
	bool goes;
	bool new_ttl;		/* ttl has to be written */
	bool new_owner;		/* the owner has to be written */
	uint32_t ttl;
};

/* Records of one set that come, behind a record (ZONEFILE_NONE: at the end of the main file). */
struct zonefile_arrival {
	struct rrset set;
	size_t behind;
};

struct zonefile_intent {
	struct zonefile_fate *fates;	/* by record */
	struct zonefile_arrival *arrivals;
	size_t n_arrivals;
	bool raise;			/* the serial is to be written */
	uint32_t serial;
};

/*
 * The sources of text as intent has them (draft->sources; nothing else of
 * draft is filled).  Fails: ZP_EREFUSED (a file that is included twice, or a
 * $GENERATE line, would have to change); ZP_ELOCAL.
 */
int zonefile_splice(struct zonefile_text *draft, const struct zonefile_text *text,
    const struct zonefile_intent *intent, struct fault *why) MUST_CHECK;

#endif
