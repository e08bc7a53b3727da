/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/wire_inner.h - shared by the files of dns/wire.h alone.
 */
#ifndef DNS_WIRE_INNER_H
#define DNS_WIRE_INNER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"

struct ldns_struct_rr;

/* One or more character strings and nothing else. */
bool wire_is_strings(uint16_t type);

/* For questions and messages only. */
bool wire_is_meta(uint16_t type);

/* It has a mnemonic. */
bool wire_has_name(uint16_t type);

/* Its fields are read and written through ldns; of others there are octets (RFC 3597). */
bool wire_is_known(uint16_t type);

/* Append the wire form of all fields. Fails: ZP_EUSAGE (one is missing), ZP_ELOCAL. */
int wire_gather(struct bytes *out, const struct ldns_struct_rr *rr, struct fault *why) MUST_CHECK;

#endif
