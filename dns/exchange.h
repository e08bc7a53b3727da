/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/exchange.h - many questions to many servers at once.
 *
 * exchange_run() sends a list of messages over UDP, TCP or TLS and returns
 * when each has its reply, its failure or its deadline.  One poll loop, no
 * threads.  Over TCP and TLS several messages are in flight on a connection,
 * replies may come in any order, and connections are used again.
 *
 * A reply counts if it comes from the address that was asked, carries the id,
 * opcode and question that were sent and, where a key was used, a good TSIG.
 * Over UDP anything else is passed over and the wait goes on; each attempt
 * has a fresh id, port and signature.
 *
 * An update that was sent and not answered may have been carried out: its
 * class is ZP_ERETRY with was_sent set, and it is not sent again unless
 * resend allows it.
 *
 * An error that should be signed and is not may be anybody's: over UDP the
 * true reply has half a second to overtake it.  Zone transfers are not
 * carried.
 */
#ifndef DNS_EXCHANGE_H
#define DNS_EXCHANGE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/timepiece.h"
#include "dns/address.h"
#include "dns/message.h"
#include "dns/sign_sig0.h"
#include "dns/tls.h"
#include "dns/tsig.h"

enum transport {
	TRANSPORT_AUTO = 0,	/* UDP up to 1232 octets, TCP above */
	TRANSPORT_UDP,		/* TCP only when the reply is truncated */
	TRANSPORT_TCP,
	TRANSPORT_TLS
};

/* One question and its outcome; all-zero but for what is set before the first run. */
struct exchange {
	/* Set by the caller; all pointers are borrowed. */
	struct address server;
	struct address source;		/* local address to ask from; empty: any */
	enum transport transport;
	const struct message *query;	/* its id is not used: each attempt draws one */
	const struct tsig_key *key;	/* null: no TSIG */
	const struct sig0_key *sig0;	/* signs instead of key; replies are not signed; null: none */
	const struct tls_options *tls;	/* with TRANSPORT_TLS; null: opportunistic */
	int timeout_ms;			/* for all of it; 0: 10000 */
	int udp_timeout_ms;		/* for one attempt over UDP; 0: 2000 */
	int udp_tries;			/* attempts over UDP, at most 8; 0: 3; then it ends early */
	bool resend;			/* an update may be sent again when its fate is unknown */

	/* Filled by exchange_run(); released by exchange_release(). */
	int class;			/* see below */
	struct fault why;
	bool was_sent;			/* false: the server cannot have acted on it */
	bool was_repeated;		/* an attempt before the last may have come through, too */
	struct message reply;		/* with ZP_OK and ZP_EREFUSED */
	struct bytes raw;		/* the same, as it came */
	struct tsig_verdict verdict;
	enum transport used;		/* the transport of the last attempt */
	unsigned attempts;
	struct moment at;		/* when the reply came or the wait ended */
	int rtt_ms;			/* of the last attempt; -1 without a reply */
};

/*
 * The class of each exchange afterwards:
 *   ZP_OK        a reply that counts; its rcode may be any
 *   ZP_EREFUSED  a reply that is signed but is an error of TSIG, an error
 *                that nobody signed (verdict.kind TSIG_CLAIMED_ERROR), or a
 *                certificate that does not pass
 *   ZP_ERETRY    no reply that counts; look at was_sent
 *   ZP_EUSAGE    the message is too large, or the request makes no sense
 *   ZP_ELOCAL    this machine fails
 */

struct exchange_limits {
	unsigned in_flight;		/* messages on one connection; 0: 16 */
	unsigned connections;		/* to one server; 0: 4 */
	unsigned total;			/* messages in flight altogether; 0: 64 */
	int idle_ms;			/* an idle connection is kept this long; 0: 5000 */
	const volatile sig_atomic_t *stop;	/* not null and not 0: end everything now */
};

/* Connections that outlive a run. */
struct exchange_pool;

int exchange_pool_make(struct exchange_pool **out, const struct exchange_limits *limits,
    struct fault *why) MUST_CHECK;
void exchange_pool_free(struct exchange_pool *pool);

/*
 * Carry out n exchanges.  pool may be null: default limits, and every
 * connection is closed at the end.  Messages to one server start in the order
 * of the list, but nothing holds a later one back until an earlier one is
 * answered: what must happen in order belongs into separate runs.
 *
 * Returns ZP_OK if each exchange has got its class; ZP_ELOCAL if the loop
 * itself could not go on (then each that has no class of its own has it too).
 */
int exchange_run(struct exchange *v, size_t n, struct exchange_pool *pool,
    struct fault *why) MUST_CHECK;

/* One exchange, its class returned, its sentence in why as well. */
int exchange_one(struct exchange *x, struct exchange_pool *pool, struct fault *why) MUST_CHECK;

/* Free what exchange_run() filled in. */
void exchange_release(struct exchange *x);

#endif
