/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live/handshake.h - a TLS handshake that takes whatever chain is shown.
 *
 * Runs over a connected non-blocking socket that it does not own, and never
 * waits.  Nothing is verified, and old protocol versions are let through:
 * this is how a service is looked at, not how it is trusted.
 */
#ifndef LIVE_HANDSHAKE_H
#define LIVE_HANDSHAKE_H

#include <stdbool.h>

#include "base/fault.h"
#include "keys/cert.h"

/*
 * The kind of certificate that is asked for, by the signature algorithms
 * offered.  To ECDSA a server that has none may answer with Ed25519.
 */
enum handshake_algorithm { HANDSHAKE_ANY, HANDSHAKE_RSA, HANDSHAKE_ECDSA, HANDSHAKE_ED25519,
	HANDSHAKE_ALGORITHMS_N };

enum handshake_step {
	HANDSHAKE_DONE,
	HANDSHAKE_WANT_READ,
	HANDSHAKE_WANT_WRITE,
	HANDSHAKE_NO_SUCH_KEY,	/* the server has no certificate of the kind asked for */
	HANDSHAKE_GARBAGE,	/* what the server speaks is no TLS */
	HANDSHAKE_CLOSED,	/* the server closed the connection without an alert */
	HANDSHAKE_FAILED
};

struct handshake_context;
struct handshake;

int handshake_context_make(struct handshake_context **out, enum handshake_algorithm algorithm,
    struct fault *why) MUST_CHECK;
void handshake_context_free(struct handshake_context *context);

/* sni is the host name that is asked for. Fails: ZP_EUSAGE (not a name); ZP_ELOCAL. */
int handshake_make(struct handshake **out, const struct handshake_context *context, int fd,
    const char *sni, struct fault *why) MUST_CHECK;

/* Go on. A failure fills why. */
enum handshake_step handshake_go(struct handshake *h, struct fault *why);

/* After HANDSHAKE_DONE: the chain as sent. Fails: ZP_EUSAGE (a broken certificate); ZP_ELOCAL. */
int handshake_chain(struct chain *out, const struct handshake *h, struct fault *why) MUST_CHECK;

/* After HANDSHAKE_DONE: "TLSv1.3". Borrowed, for ever. */
const char *handshake_version(const struct handshake *h);

/* Send a last line and the end of the session, if the socket takes it at once. */
void handshake_close(struct handshake *h, const char *last_line);
void handshake_free(struct handshake *h);

#endif
