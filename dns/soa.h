/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/soa.h - the start of authority (RFC 1035 3.3.13).
 */
#ifndef DNS_SOA_H
#define DNS_SOA_H

#include <stdbool.h>
#include <stdint.h>

#include "dns/name.h"
#include "dns/rrset.h"

struct soa {
	struct name mname, rname;
	uint32_t serial;
	uint32_t refresh, retry, expire, minimum;	/* seconds */
	uint32_t ttl;		/* of the record */
};

/* The one SOA of set; false if set is no SOA or malformed. */
bool soa_parse(struct soa *out, const struct rrset *set);

/* How long a denial may be kept: min(TTL, MINIMUM), seconds (RFC 2308 5, RFC 9077). */
uint32_t soa_negative_ttl(const struct soa *s);

#endif
