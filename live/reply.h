/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live/reply.h - what a reply says, leaving aside who sent it.
 */
#ifndef LIVE_REPLY_H
#define LIVE_REPLY_H

#include <stddef.h>

#include "base/fault.h"
#include "dns/message.h"
#include "dns/name.h"
#include "dns/rrset.h"

/* The authority section, its RRSIGs as one set for each owner. */
int reply_authority(struct recset *out, const struct message *m, struct fault *why) MUST_CHECK;

/* Aliases on the way from one name to another; owns the sets. */
struct alias_path {
	struct rrset *v;	/* CNAME sets and, in front of its CNAME, a DNAME */
	size_t n;
	struct name end;	/* where they lead */
};

/*
 * The aliases of the answer section from owner on; path->end is owner if
 * there are none.  A question for the CNAME itself is not led on.
 * Fails: ZP_EREFUSED (a loop, more than 16, a malformed one); ZP_ELOCAL.
 */
int reply_aliases(struct alias_path *path, const struct message *m, const struct name *owner,
    uint16_t type, struct fault *why) MUST_CHECK;
void alias_path_release(struct alias_path *path);

#endif
