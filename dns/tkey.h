/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/tkey.h - a key agreed with a server: TKEY by GSS-API (RFC 2930, RFC 3645).
 *
 * The tokens of a Kerberos context go to and fro in TKEY records, over TCP or
 * TLS.  What comes of it is a TSIG key that this server knows, and no other.
 */
#ifndef DNS_TKEY_H
#define DNS_TKEY_H

#include "base/fault.h"
#include "dns/exchange.h"
#include "dns/gss.h"
#include "dns/name.h"
#include "dns/tsig.h"

/* Owns its context, which the key borrows: copies of the key must not outlive it. */
struct tkey {
	struct tsig_key key;
	struct gss_context *gss;
};

/* Whom to agree with. All is borrowed. */
struct tkey_peer {
	const struct exchange *like;	/* address, source, TLS and times; TCP where it has no TLS */
	const struct name *host;	/* the server's name */
	const char *realm;		/* "EXAMPLE.NET"; null: that of the user's tickets */
	struct exchange_pool *pool;
};

/*
 * Agree on a key.  It counts only if the server has proved to be the principal
 * DNS/host and its last reply bears the key's signature.
 *
 * Fails: ZP_ERETRY: no answer; ZP_EREFUSED: the server or the key distribution
 * centre says no; ZP_EUSAGE; ZP_ELOCAL: no tickets.
 */
int tkey_agree(struct tkey *out, const struct tkey_peer *peer, struct fault *why) MUST_CHECK;

void tkey_release(struct tkey *k);

#endif
