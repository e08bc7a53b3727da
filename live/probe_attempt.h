/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live/probe_attempt.h - one look at one service, step by step: for
 * live/probe.c only.
 *
 * An attempt owns its socket and its TLS session.  It never waits: after each
 * step fd and events say what to poll for.
 */
#ifndef LIVE_PROBE_ATTEMPT_H
#define LIVE_PROBE_ATTEMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "dns/address.h"
#include "live/handshake.h"
#include "live/probe.h"
#include "live/starttls.h"

enum attempt_phase { ATTEMPT_WAITING, ATTEMPT_CONNECTING, ATTEMPT_TALKING, ATTEMPT_SHAKING,
	ATTEMPT_DONE };

struct attempt {
	struct probe_result *result;	/* borrowed; filled when done */
	struct address to;
	enum attempt_phase phase;
	int fd;			/* -1: none */
	short events;
	struct starttls talk;
	struct bytes out;	/* still to be sent */
	struct handshake *tls;
};

/* What attempts share. */
struct attempt_setting {
	struct handshake_context *contexts[HANDSHAKE_ALGORITHMS_N];	/* NULL where not needed */
	const char *sni;
};

/* Begin to connect. Fails: ZP_ELOCAL if there is no socket to be had. */
int attempt_start(struct attempt *a, struct fault *why) MUST_CHECK;

/* Go on after poll() found something. Fails: ZP_ELOCAL, ZP_EUSAGE (a name that SNI cannot carry). */
int attempt_step(struct attempt *a, const struct attempt_setting *setting, struct fault *why)
    MUST_CHECK;

/* The time is over: what is known now is the outcome. */
void attempt_expire(struct attempt *a, int timeout_ms);
void attempt_release(struct attempt *a);

#endif
