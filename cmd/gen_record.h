/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/gen_record.h - steps that the commands of gen share.
 */
#ifndef CMD_GEN_RECORD_H
#define CMD_GEN_RECORD_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "cmd/emit.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "zonegen/lint.h"

/*
 * The domain that --domain gave.  Fails: ZP_EUSAGE (not given, no host name,
 * the root).
 */
int gen_domain(struct name *out, const char *text, struct fault *why) MUST_CHECK;

/* Add the TXT record with this text. Fails: ZP_EUSAGE (too long); ZP_ELOCAL. */
int gen_add_text(struct recset *out, const struct name *owner, const struct emit *e,
    const struct bytes *text, struct fault *why) MUST_CHECK;

/*
 * Judge what has been made as lint does.  Warnings go to standard error
 * unless quiet; findings of level info are left out.
 * Fails: ZP_EUSAGE with the first error.
 */
int gen_judge(int (*judge)(struct findings *out, const char *text, struct fault *why),
    const struct bytes *text, bool quiet, struct fault *why) MUST_CHECK;

/* Fails with ZP_EUSAGE if there are arguments left over. */
int gen_no_arguments(const struct invocation *inv, struct fault *why) MUST_CHECK;

/* Add the arguments left over to a list that an option began. Fails: ZP_ELOCAL. */
int gen_take_arguments(struct strlist *list, const struct invocation *inv, struct fault *why)
    MUST_CHECK;

#endif
