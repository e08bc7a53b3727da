/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live/judge.h - from a server's reply to a sighting.
 *
 * A function of its arguments: no network, no clock.
 */
#ifndef LIVE_JUDGE_H
#define LIVE_JUDGE_H

#include <stdint.h>

#include "base/fault.h"
#include "dns/message.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "live/sighting.h"

/* What the reply is judged by; borrowed. */
struct judge_terms {
	const struct name *zone;
	const struct rrset *keys;	/* validated DNSKEY set; null or empty: trust is UNCHECKED */
	uint32_t margin_s;		/* as struct authority_round has it */
};

/*
 * Fill answer, trust, set and all that follows from m into s, whose owner,
 * type and moment are set and whose set is empty.
 * Fails: ZP_ELOCAL; what is wrong with the reply is in s.
 */
int judge_reply(struct sighting *s, const struct message *m, const struct judge_terms *terms,
    struct fault *why) MUST_CHECK;

#endif
