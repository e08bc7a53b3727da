/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * base/base64.h - RFC 4648 section 4.
 *
 * Decoding is strict: full quanta, padding required, unused bits zero.
 * Blanks (space, tab, CR, LF) between digits are passed over, as DNS
 * presentation format and DKIM tags allow them.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

/* Append the encoding of data to out, without line breaks. */
void base64_print(struct bytes *out, const void *data, size_t len);

/* Append what len characters of text stand for; false if it is not base64. */
bool base64_parse(struct bytes *out, const char *text, size_t len);

#endif
