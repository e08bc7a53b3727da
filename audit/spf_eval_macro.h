/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * audit/spf_eval_macro.h - the expansion of SPF macros (RFC 7208 section 7).
 *
 * Pure: the values are handed in, the validated name of the client with them.
 */
#ifndef AUDIT_SPF_EVAL_MACRO_H
#define AUDIT_SPF_EVAL_MACRO_H

#include <stddef.h>
#include <stdint.h>

#include "audit/spf_eval.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "zonegen/spf_macro.h"

/* What the letters stand for; all are borrowed. */
struct spf_eval_values {
	const char *sender;		/* s: LOCAL@DOMAIN */
	const char *local;		/* l */
	const char *sender_domain;	/* o */
	const char *domain;		/* d */
	const char *validated;		/* p */
	const char *helo;		/* h */
	const char *receiver;		/* r */
	const struct spf_address *client;	/* i, c, v */
	int64_t now;			/* t */
};

/* Append the expansion. Fails: ZP_EUSAGE (syntax), ZP_ELOCAL. */
int spf_eval_macro_expand(struct bytes *out, const char *text, size_t len,
    enum spf_macro_place place, const struct spf_eval_values *values, struct fault *why) MUST_CHECK;

#endif
