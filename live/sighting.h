/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live/sighting.h - what one server said about one place at one moment.
 *
 * A plain value that owns its rrset: it can be recorded, printed and compared
 * without a network.  An error is never an absence: only SIGHTING_NODATA and
 * SIGHTING_NXDOMAIN say that nothing is there, and whether that was proven
 * says trust.
 */
#ifndef LIVE_SIGHTING_H
#define LIVE_SIGHTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/timepiece.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/verify.h"
#include "live/server.h"

/* What came back; of two answers to one question the later one counts. */
enum sighting_answer {
	SIGHTING_PRESENT = 0,	/* AA, the rrset of owner and type */
	SIGHTING_NODATA,	/* AA, the name exists, the type does not */
	SIGHTING_NXDOMAIN,	/* AA, the name does not exist */
	SIGHTING_ALIAS,		/* AA, a CNAME stands at the owner: set is that CNAME */
	SIGHTING_REFERRED,	/* a delegation below the zone, or a DNAME above the owner */
	SIGHTING_LAME,		/* no AA, REFUSED or NOTAUTH: it does not serve the zone */
	SIGHTING_FAILED,	/* SERVFAIL, FORMERR and other errors */
	SIGHTING_SILENT,	/* no reply in time, or unreachable */
	SIGHTING_GARBLED	/* a reply that is no reply */
};

/*
 * trust is the verdict on the signatures over what came back: over set with
 * PRESENT and ALIAS, over the proof of absence with NODATA and NXDOMAIN,
 * VERIFY_UNCHECKED with the rest, and where no keys were given.
 */
struct sighting {
	struct server server;
	struct name owner;
	uint16_t type;
	struct moment when;		/* of the reply */
	enum sighting_answer answer;
	enum verify_outcome trust;
	struct rrset set;		/* empty unless PRESENT or ALIAS; its TTL is the one served */
	bool wildcard;			/* set was expanded from a wildcard */
	struct name wildcard_source;	/* "*.example.com." then, else empty */
	bool empty_non_terminal;	/* NODATA, proven by what lies below the name */
	bool has_negative_ttl;		/* an SOA came with the absence */
	uint32_t negative_ttl;		/* min(SOA TTL, SOA MINIMUM), seconds (RFC 2308 5, RFC 9077) */
	int64_t signed_until;		/* earliest expiration, seconds since 1970; 0: no signature */
	bool has_serial;		/* the SOA was asked in the same round and came */
	uint32_t serial;
	char reason[VERIFY_REASON_MAX];	/* what is wrong, one clause; empty if nothing is */
};

struct sighting_list {
	struct sighting *v;
	size_t n;
};

const char *sighting_print_answer(enum sighting_answer a);	/* "present", "nodata" ...: stable words */

/* True if the server answered for the place: PRESENT, ALIAS, NODATA or NXDOMAIN. */
bool sighting_is_answer(const struct sighting *s);
/* True if it said that nothing is there: NODATA or NXDOMAIN. */
bool sighting_is_absence(const struct sighting *s);
/* True if trust is VALID, or UNCHECKED where insecure is allowed. */
bool sighting_is_trusted(const struct sighting *s, bool insecure);

/* One line for people: server, place, what came, signatures, serial, what is wrong. */
void sighting_print(struct bytes *out, const struct sighting *s);

void sighting_release(struct sighting *s);
/* The sighting moves in and is left empty, also on failure. */
int sighting_list_take(struct sighting_list *l, struct sighting *s, struct fault *why) MUST_CHECK;
void sighting_list_release(struct sighting_list *l);

/*
 * A server that answers NXDOMAIN for a name below which it (or another
 * sighting) shows records: resolvers that minimise names lose those records
 * (RFC 8020, RFC 9156).  Returns the NXDOMAIN sighting, or NULL.
 */
const struct sighting *sighting_find_broken_parent(const struct sighting_list *l);

#endif
