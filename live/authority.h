/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live/authority.h - every authoritative server, asked directly.
 *
 * All questions go to all servers at the same time, with RD=0 and DO=1, by
 * UDP with TCP where the reply is cut short or UDP stays silent, and past
 * every cache.  What comes back is checked against the zone's keys.
 */
#ifndef LIVE_AUTHORITY_H
#define LIVE_AUTHORITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "live/sighting.h"

struct authority_place {
	struct name owner;
	uint16_t type;
};

/* All of it is borrowed. */
struct authority_round {
	struct name zone;
	const struct server_list *servers;
	const struct authority_place *places;
	size_t n_places;
	const struct rrset *keys;	/* validated DNSKEY set of zone; null or empty: trust is UNCHECKED */
	/*
	 * A signature that ends within its TTL plus margin_s seconds is
	 * SHORT_LIVED; 0 looks at the present only.
	 */
	uint32_t margin_s;
	int timeout_ms;			/* for each server; 0: 5 s */
	bool tcp;			/* TCP only */
};

/*
 * One sighting for each server and place, servers in their order, places
 * within.  The SOA is asked too, for the serial; it is a sighting only if it
 * is among the places.  A server that fails is a sighting that says so.
 * Fails: ZP_ELOCAL; ZP_EUSAGE if there is no server or a place is outside the
 * zone.
 */
int authority_ask(struct sighting_list *out, const struct authority_round *round,
    struct fault *why) MUST_CHECK;

/*
 * The DNSKEY set of zone as each server gives it, checked against anchor (DS
 * or DNSKEY rrset of the zone; for a zone whose anchor is known but that no
 * resolver reaches).  keys is the set of the first server that holds.
 * Fails: ZP_EUNSAFE if a server gave keys and none matches; ZP_ERETRY if none
 * answered; ZP_ELOCAL.
 */
int authority_keys(struct rrset *keys, const struct server_list *servers,
    const struct rrset *anchor, int timeout_ms, struct fault *why) MUST_CHECK;

#endif
