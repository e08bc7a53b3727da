/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/script_print.h - messages as text, as nsupdate and dig lay them out.
 */
#ifndef PUBLISH_SCRIPT_PRINT_H
#define PUBLISH_SCRIPT_PRINT_H

#include "base/bytes.h"
#include "base/fault.h"
#include "dns/message.h"

/* Append title and m. Fails: ZP_ELOCAL. */
int script_print_message(struct bytes *out, const char *title, const struct message *m,
    struct fault *why) MUST_CHECK;

#endif
