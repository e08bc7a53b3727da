/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live/anchor.h - trust anchors: DS and DNSKEY records in a file.
 *
 * Zone-file form, one record a line or in parentheses, TTL and class as
 * people write them or left out; other types are passed over.  The file that
 * unbound-anchor keeps (RFC 5011) is understood: keys that it marks as
 * neither valid nor missing are passed over.
 */
#ifndef LIVE_ANCHOR_H
#define LIVE_ANCHOR_H

#include "base/fault.h"
#include "base/strlist.h"
#include "dns/name.h"
#include "dns/rrset.h"

struct anchors {
	struct recset sets;	/* DS and DNSKEY sets by owner */
	struct strlist lines;	/* the same records, each as one line of text */
};

/*
 * Read path; null: the first of the system's root anchor files that exists.
 * Fails: ZP_EUSAGE (no such file: those tried are named; malformed: the line
 * is named; no anchor in it); ZP_ELOCAL.
 */
int anchors_read(struct anchors *out, const char *path, struct fault *why) MUST_CHECK;

/* The same from text; where names its source in errors. */
int anchors_parse(struct anchors *out, const char *text, const char *where,
    struct fault *why) MUST_CHECK;

/* The set closest above name or at it, DS before DNSKEY; NULL if there is none. Borrowed. */
const struct rrset *anchors_find(const struct anchors *a, const struct name *name);

void anchors_release(struct anchors *a);

#endif
