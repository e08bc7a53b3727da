/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/layout.h - where domain names lie in rdata, and reading them.
 *
 * The types of RFC 4034 6.2 (as corrected by RFC 6840 5.1) have their names
 * in lower case in canonical form; the same types are those whose names a
 * sender may have compressed.
 */
#ifndef DNS_LAYOUT_H
#define DNS_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "dns/name.h"

/*
 * Read the name at *at of a message and step over it.  Compression pointers
 * are followed only to places before the name they stand in.  False, and
 * nothing moved, if it is malformed or runs out of len.
 */
bool layout_take_name(struct name *out, const uint8_t *data, size_t len, size_t *at);

/*
 * Append the rdata of type at data[at] .. data[at + rdlen] without
 * compression and in canonical form.  With pointers false a compression
 * pointer is malformed.  False if it is malformed; a lack of memory marks out
 * broken instead.
 */
bool layout_expand(struct bytes *out, uint16_t type, const uint8_t *data, size_t at, size_t rdlen,
    bool pointers);

#endif
