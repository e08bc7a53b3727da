/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live/probe.h - which certificate chain does a TLS service show?
 *
 * Connects to every target at once, under one deadline, speaks the mail
 * protocol of the service port as far as STARTTLS where there is one (never
 * before the server has spoken), shakes hands with SNI and takes the chain
 * as it was sent.  Nothing is judged here: the chain may be anything.
 *
 * Ports 25 and 587: SMTP; 143: IMAP; 110: POP3; 4190: ManageSieve; every
 * other port: TLS from the first octet.  No mail command but EHLO, STARTTLS
 * and QUIT is ever sent.
 */
#ifndef LIVE_PROBE_H
#define LIVE_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/timepiece.h"
#include "keys/cert.h"

enum { PROBE_ADDRESS_MAX = 64 };

/*
 * Which kind of certificate to ask for, in the signature algorithms that are
 * offered.  To PROBE_ECDSA a server that has none may show one of Ed25519.
 */
enum probe_algorithm { PROBE_ANY, PROBE_RSA, PROBE_ECDSA, PROBE_ED25519 };

enum probe_outcome {
	PROBE_SHOWN,		/* the chain is there */
	PROBE_UNREACHABLE,	/* no connection: refused, no route, time-out of connect */
	PROBE_SILENT,		/* connected, but no (complete) answer until the deadline */
	PROBE_CLOSED,		/* the server closed the connection before TLS */
	PROBE_BUSY,		/* 4xx: refused for now */
	PROBE_REFUSED,		/* 5xx, NO, BAD, -ERR: refused */
	PROBE_NO_STARTTLS,	/* the service does not offer STARTTLS */
	PROBE_GARBAGE,		/* what came is not the protocol */
	PROBE_NO_SUCH_KEY,	/* TLS alert: no certificate of the algorithm asked for */
	PROBE_TLS_FAILED	/* the handshake failed otherwise */
};

struct probe_target {
	char address[PROBE_ADDRESS_MAX];	/* IPv4 or IPv6, as text */
	uint16_t port;		/* of the service: chooses the protocol */
	uint16_t connect_port;	/* where to connect; 0: port */
	enum probe_algorithm algorithm;
};

struct probe_result {
	struct probe_target target;
	enum probe_outcome outcome;
	struct chain chain;	/* PROBE_SHOWN: as sent; else empty */
	char tls_version[16];	/* "TLSv1.3" */
	struct moment seen;	/* when the outcome was known */
	struct fault why;	/* not PROBE_SHOWN: the sentence */
	bool has_greeted;	/* not turned away at the door: what failed is the service's own TLS */
};

struct probe_results {
	struct probe_result *v;
	size_t n;
};

/* "ADDR[@PORT]" for service port; PORT becomes connect_port. Fails: ZP_EUSAGE. */
int probe_target_parse(struct probe_target *out, const char *text, uint16_t port,
    struct fault *why) MUST_CHECK;

/*
 * Look at all targets, each repeat times (0 counts as 1), results in the
 * order of the targets, the repeats of one together.  sni is the TLSA base
 * domain without a final dot.  Returns when all are known, after timeout_ms
 * milliseconds at the latest.
 *
 * ZP_OK means that every result has an outcome.  Fails: ZP_EUSAGE (an address
 * that is none); ZP_ELOCAL (memory, file descriptors).
 */
int probe_run(struct probe_results *out, const struct probe_target *targets, size_t n,
    const char *sni, unsigned repeat, int timeout_ms, struct fault *why) MUST_CHECK;

void probe_results_release(struct probe_results *r);

#endif
