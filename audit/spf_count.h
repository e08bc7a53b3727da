/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * audit/spf_count.h - what an SPF record costs, included records and all.
 *
 * The count is that of a client which matches nothing, and so makes a
 * receiver look at every term (RFC 7208 4.6.4): a limit that it keeps, every
 * client keeps.  Names with macros are counted but not asked for, as they
 * depend on the client.
 */
#ifndef AUDIT_SPF_COUNT_H
#define AUDIT_SPF_COUNT_H

#include "audit/spf_eval.h"
#include "base/fault.h"
#include "dns/name.h"
#include "zonegen/finding.h"

/* What can be found. */
enum { SPF_COUNT_KINDS = 8 };
extern const struct finding_kind spf_count_kinds[SPF_COUNT_KINDS];

/*
 * Add what is wrong with the look-ups of a record that keeps the grammar.
 * domain is whose record it is, or is to be; null if that is not known, and
 * then nothing is asked about it.
 * Fails: ZP_ELOCAL.
 */
int spf_count_judge(struct findings *out, const char *text, const struct name *domain,
    const struct spf_dns *dns, struct fault *why) MUST_CHECK;

#endif
