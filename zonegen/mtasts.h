/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zonegen/mtasts.h - the MTA-STS policy and the record that announces it
 * (RFC 8461 3).
 *
 * The hosts of a policy are written in lower case, in order and once each,
 * so that policies that mean the same have the same text.  The record's id
 * is a digest of that text: it changes when the policy changes, and only
 * then.
 */
#ifndef ZONEGEN_MTASTS_H
#define ZONEGEN_MTASTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/strlist.h"
#include "dns/name.h"

enum {
	MTASTS_AGE_MAX = 31557600,	/* seconds (RFC 8461 3.2) */
	MTASTS_ID_MAX = 32		/* characters of an id (RFC 8461 3.1) */
};

/* Borrows everything. */
struct mtasts_policy {
	const char *mode;		/* "enforce", "testing" or "none" */
	const struct strlist *mx;	/* host names, "*." in front allowed */
	int64_t max_age;		/* seconds */
};

/* _mta-sts.DOMAIN. Fails: ZP_EUSAGE if it is too long. */
int mtasts_owner(struct name *out, const struct name *domain, struct fault *why) MUST_CHECK;

/*
 * Append the policy's text, lines ended by CR LF.
 * Fails: ZP_EUSAGE (unknown mode, a pattern that is none, no mx though the
 * mode is not none, an age over a year); ZP_ELOCAL.
 */
int mtasts_print_policy(struct bytes *out, const struct mtasts_policy *policy, struct fault *why)
    MUST_CHECK;

/* Append the record for a policy's text. Fails: ZP_ELOCAL. */
int mtasts_print_record(struct bytes *out, const struct bytes *policy, struct fault *why)
    MUST_CHECK;

/*
 * The host a pattern is for, without "*."; *wildcard says whether that stood
 * in front.  Fails: ZP_EUSAGE.
 */
int mtasts_parse_pattern(struct name *out, bool *wildcard, const char *text, struct fault *why)
    MUST_CHECK;

/* True if a policy with this pattern covers the host (RFC 8461 4.1). */
bool mtasts_covers(const char *pattern, const struct name *host);

#endif
