/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zonegen/dkim.h - the TXT record of a DKIM key (RFC 6376 3.6.1, RFC 8463).
 */
#ifndef ZONEGEN_DKIM_H
#define ZONEGEN_DKIM_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/strlist.h"
#include "dns/name.h"
#include "keys/keyfile.h"

/* What the record shall say. Borrows everything. */
struct dkim_request {
	const struct key_facts *key;	/* may be null for a revoked key */
	const struct strlist *hashes;	/* h=; null or empty: the tag is left out */
	const struct strlist *services;	/* s=; the same */
	const struct strlist *flags;	/* t=; the same */
	const char *note;		/* n=, any octets; null: none */
	bool revoke;			/* p= without a key */
};

/*
 * The owner, SELECTOR._domainkey.DOMAIN (RFC 6376 3.6.2.1).
 * Fails: ZP_EUSAGE if the selector is no relative host name or too long.
 */
int dkim_owner(struct name *out, const char *selector, const struct name *domain,
    struct fault *why) MUST_CHECK;

/*
 * Append the record's text.
 * Fails: ZP_EUSAGE (a kind of key that DKIM does not know, RSA under 1024
 * bits (RFC 8301 3.2), a word that may not stand in a tag); ZP_ELOCAL.
 */
int dkim_print(struct bytes *out, const struct dkim_request *request, struct fault *why)
    MUST_CHECK;

#endif
