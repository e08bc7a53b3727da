/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * audit/spf_eval_live.h - the look-ups of SPF, answered by the resolver.
 *
 * SPF asks for no DNSSEC, so insecure answers count; a bogus answer is a
 * failed one, as it is behind any validating resolver.  Where the resolver
 * that is forwarded to shows a tree without the trust anchor's key (a test
 * server does), nothing can be validated, and answers are taken as they come.
 */
#ifndef AUDIT_SPF_EVAL_LIVE_H
#define AUDIT_SPF_EVAL_LIVE_H

#include <stdint.h>

#include "audit/spf_eval.h"
#include "base/fault.h"
#include "live/resolver.h"

struct spf_live;

/*
 * For evaluations that end within limit_ms from now on (RFC 7208 4.6.4: at
 * least 20 s); look-ups after that fail.  The resolver is borrowed.
 * Fails: ZP_ELOCAL.
 */
int spf_eval_live_make(struct spf_live **out, struct resolver *resolver, int64_t limit_ms,
    struct fault *why) MUST_CHECK;
void spf_eval_live_free(struct spf_live *l);

/* What to hand to spf_eval_check(); good as long as l is. */
struct spf_dns spf_eval_live_dns(struct spf_live *l);

#endif
