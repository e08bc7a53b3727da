/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zonegen/tlsrpt.h - the record that asks for TLS reports (RFC 8460 3).
 */
#ifndef ZONEGEN_TLSRPT_H
#define ZONEGEN_TLSRPT_H

#include "base/bytes.h"
#include "base/fault.h"
#include "base/strlist.h"
#include "dns/name.h"

/* _smtp._tls.DOMAIN. Fails: ZP_EUSAGE if it is too long. */
int tlsrpt_owner(struct name *out, const struct name *domain, struct fault *why) MUST_CHECK;

/*
 * Append the record's text.
 * Fails: ZP_EUSAGE (no URI, one that is none or is neither mailto: nor
 * https:); ZP_ELOCAL.
 */
int tlsrpt_print(struct bytes *out, const struct strlist *rua, struct fault *why) MUST_CHECK;

#endif
