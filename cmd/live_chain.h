/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/live_chain.h - the certificate chains that a service shows now.
 */
#ifndef CMD_LIVE_CHAIN_H
#define CMD_LIVE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/strlist.h"
#include "dns/name.h"
#include "keys/cert.h"

struct live_question {
	const struct name *host;
	uint16_t port;
	const struct strlist *probes;	/* ADDR[@PORT]; empty: the addresses of host */
	int timeout_ms;
	bool quiet;			/* no warnings */
};

/* Each chain once. */
struct live_chains {
	struct chain *v;
	size_t n;
};

/*
 * Look at every address, for RSA and for ECDSA certificates.  An address that
 * shows nothing is a warning as long as another one shows a chain.
 * Fails: ZP_EUSAGE (a bad address); ZP_EABSENT (no such host); the class of
 * the first failure if nothing was shown.
 */
int live_chains_get(struct live_chains *out, const struct live_question *q, struct fault *why)
    MUST_CHECK;
void live_chains_release(struct live_chains *l);

#endif
