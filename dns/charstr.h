/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/charstr.h - the character strings of TXT records (RFC 1035 3.3, 5.1).
 */
#ifndef DNS_CHARSTR_H
#define DNS_CHARSTR_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/fault.h"

/*
 * Append the wire form of one or more strings, quoted or not, separated by
 * blanks.  Strict: a string over 255 octets, a quote that does not end, a bad
 * escape or a control character is an error.
 * Fails: ZP_EUSAGE, ZP_ELOCAL; out may have grown then.
 */
int charstr_parse(struct bytes *out, const char *text, struct fault *why) MUST_CHECK;

/*
 * Append the strings, each in double quotes, with \" and \\, and \DDD for
 * what is not printable ASCII.  Fails: ZP_EUSAGE if they are malformed.
 */
int charstr_print(struct bytes *out, const void *data, size_t len, struct fault *why) MUST_CHECK;

#endif
