/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zonegen/tlsa.h - TLSA records (RFC 6698, 7671, 7672): pure.
 *
 * An rdata is usage, selector, matching type (one octet each) and the data.
 */
#ifndef ZONEGEN_TLSA_H
#define ZONEGEN_TLSA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "keys/cert.h"

struct tlsa_params {
	uint8_t usage;		/* 0 PKIX-TA, 1 PKIX-EE, 2 DANE-TA, 3 DANE-EE */
	uint8_t selector;	/* 0 Cert, 1 SPKI */
	uint8_t matching;	/* 0 Full, 1 SHA2-256, 2 SHA2-512 */
};

/* "3 1 1" or the mnemonics of RFC 7218, "DANE-EE SPKI SHA2-256". Fails: ZP_EUSAGE. */
int tlsa_parse_params(struct tlsa_params *out, const char *text, struct fault *why) MUST_CHECK;

/* What a record can be made of: a chain, or a bare public key. */
struct tlsa_source {
	const struct chain *chain;	/* null: there is only the key */
	const struct key_facts *key;	/* null: the leaf's of chain */
	unsigned issuer;		/* usage 0 and 2: how far above the leaf, from 1 */
};

/*
 * The rdata for p out of source.
 * Fails: ZP_EUSAGE (no certificate for selector 0, no issuer for usage 0 or
 * 2, an issuer beyond the chain or one that is not linked to the leaf).
 */
int tlsa_make(struct bytes *rdata, const struct tlsa_params *p, const struct tlsa_source *source,
    struct fault *why) MUST_CHECK;

/*
 * "U S M HEX" (blanks in the hex welcome) to rdata.  Only the form is looked
 * at: three numbers up to 255 and hex digits.  Fails: ZP_EUSAGE.
 */
int tlsa_parse(struct bytes *rdata, const char *text, struct fault *why) MUST_CHECK;

/* Append "U S M hex". */
void tlsa_print(struct bytes *out, const void *rdata, size_t len);

/*
 * Judge an rdata by itself: known usage, selector and matching type, data of
 * the right length, not the digest of nothing (a script that hashed an empty
 * input), full data that is a certificate or key.
 * Fails: ZP_EUSAGE with the reason.
 */
int tlsa_check(const void *rdata, size_t len, struct fault *why) MUST_CHECK;

/* True for the ports where RFC 7672 holds: 25, 465, 587. */
bool tlsa_is_smtp_port(uint16_t port);

/* True if selector and matching type applied to the certificate give the data. Usage is not looked at. */
bool tlsa_matches_cert(const void *rdata, size_t len, const struct cert *c);

/*
 * True if the rdata matches where its usage says: the leaf for 1 and 3, any
 * certificate above it for 0 and 2.  *depth, if not null, says which.  This
 * compares digests only: names, dates and signatures are live/dane.h's.
 */
bool tlsa_matches_chain(const void *rdata, size_t len, const struct chain *chain, size_t *depth);

/* "25" or "25/tcp" ("/udp" and "/sctp" likewise) to port and protocol label. Fails: ZP_EUSAGE. */
int tlsa_parse_port(uint16_t *port, char protocol[8], const char *text, struct fault *why)
    MUST_CHECK;

/* _port._protocol.host; protocol may be null: tcp. Fails: ZP_EUSAGE if too long. */
int tlsa_owner(struct name *out, uint16_t port, const char *protocol, const struct name *host,
    struct fault *why) MUST_CHECK;

#endif
