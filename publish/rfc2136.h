/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/rfc2136.h - the publisher for servers that take dynamic updates.
 *
 * One message carries all changes of a zone, so that they happen together or
 * not at all (RFC 2136 3.4).  Its prerequisites are derived from the sets that
 * were seen: the same records, no more and no less, or none.  No reply but one
 * that the key has signed counts as success.
 */
#ifndef PUBLISH_RFC2136_H
#define PUBLISH_RFC2136_H

#include "base/fault.h"
#include "dns/exchange.h"
#include "dns/message.h"
#include "publish/plan.h"

/* Pointers are borrowed. */
struct rfc2136_options {
	struct address server;
	enum transport transport;
	const struct tsig_key *key;	/* null: unsigned, for servers that go by address */
	const struct tls_options *tls;
	int timeout_ms;			/* 0: 10 s */
};

/*
 * The message that carries changes out.  Removals come first, so that an
 * alias is gone before other data takes its place.  A set whose TTL changes
 * is replaced whole (RFC 2181 5.2).
 * Fails: ZP_EUSAGE (a place outside the zone); ZP_ELOCAL.
 */
int rfc2136_draw(struct message *out, const struct name *zone, const struct changes *changes,
    struct fault *why) MUST_CHECK;

/*
 * Send it once.
 * ZP_OK: the server acknowledged, with a good signature where a key is used.
 * ZP_ESTALE: a prerequisite does not hold.  ZP_EREFUSED: it says no; the
 * sentence tells what to look at.  ZP_ERETRY: no reply that counts, or
 * SERVFAIL: whether it was carried out has to be looked at.  ZP_EUSAGE: too
 * large for a message.  ZP_ELOCAL.
 */
int rfc2136_update(const struct rfc2136_options *o, const struct name *zone,
    const struct changes *changes, struct fault *why) MUST_CHECK;

#endif
