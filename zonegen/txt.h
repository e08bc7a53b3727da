/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zonegen/txt.h - a text as TXT rdata and back (RFC 1035 3.3.14, RFC 7208 3.3).
 *
 * A text longer than 255 octets is cut into strings that, put together with
 * nothing between them, are the text again.
 */
#ifndef ZONEGEN_TXT_H
#define ZONEGEN_TXT_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/fault.h"

/*
 * Append the TXT rdata for a text of len octets; the empty text is one empty
 * string.
 * Fails: ZP_EUSAGE if the rdata would pass 65535 octets; ZP_ELOCAL.
 */
int txt_append(struct bytes *rdata, const void *text, size_t len, struct fault *why) MUST_CHECK;

/*
 * Append the strings of a TXT rdata, joined.
 * Fails: ZP_EUSAGE if the rdata is malformed; ZP_ELOCAL.
 */
int txt_join(struct bytes *text, const void *rdata, size_t len, struct fault *why) MUST_CHECK;

#endif
