/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/wire.h - types and rdata between text and wire form.
 *
 * Presentation format is that of RFC 1035 5.1 and the RFC of each type;
 * unknown types are written as RFC 3597 says.  This is the wall of ldns for
 * single records.
 */
#ifndef DNS_WIRE_H
#define DNS_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "dns/name.h"
#include "dns/rrset.h"

/* "TLSA" or "TYPE52" to a number. Fails: ZP_EUSAGE. */
int wire_parse_type(uint16_t *out, const char *text, struct fault *why) MUST_CHECK;

/* A number to its mnemonic or TYPEnnn, into buf; returns buf. */
const char *wire_print_type(char buf[16], uint16_t type);

/*
 * The rdata fields of a record of type, as a master file has them, to wire
 * form in canonical case; names in it are relative to origin (null: the
 * root).  Fails: ZP_EUSAGE with the reason.
 */
int wire_parse_rdata(struct bytes *out, uint16_t type, const char *text,
    const struct name *origin, struct fault *why) MUST_CHECK;

/* Append the presentation form of an rdata. Fails: ZP_EUSAGE if it is malformed. */
int wire_print_rdata(struct bytes *out, uint16_t type, const void *data, size_t len,
    struct fault *why) MUST_CHECK;

/* Append one line a record, "owner ttl IN TYPE rdata\n". Fails: as wire_print_rdata. */
int wire_print_rrset(struct bytes *out, const struct rrset *s, struct fault *why) MUST_CHECK;

/*
 * Check that an rdata from a message is well formed for its type, and bring
 * embedded names into canonical form (RFC 4034 6.2).
 */
int wire_canonical_rdata(struct bytes *out, uint16_t type, const void *data, size_t len,
    struct fault *why) MUST_CHECK;

#endif
