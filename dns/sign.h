/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/sign.h - signing a zone with keys from a folder.
 *
 * The folder holds pairs K<zone>+<alg>+<tag>.key and .private as
 * dnssec-keygen and ldns-keygen write them: ECDSA P-256 and P-384, Ed25519,
 * RSA with SHA-256 or SHA-512.  Keys of other zones are passed over.  A key
 * with BIND's timing fields is published from Publish (or Activate) until
 * Delete, and signs from Activate until Inactive; a key without any is always
 * in use.
 *
 * The private halves live in struct sign_keys, are never printed, and are
 * wiped with it.  This is the wall of ldns for signing.
 */
#ifndef DNS_SIGN_H
#define DNS_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/verify.h"

struct sign_keys;

/*
 * Read the keys of zone that are in use at now (seconds since 1970).
 * Fails: ZP_EABSENT (no such folder); ZP_EUSAGE (no key that signs now, a
 * public key without its private half, halves that do not belong together, a
 * malformed file); ZP_ELOCAL.
 */
int sign_keys_read(struct sign_keys **out, const char *folder, const struct name *zone,
    int64_t now, struct fault *why) MUST_CHECK;
void sign_keys_free(struct sign_keys *k);

/* The DNSKEY set of the keys that are published now, with ttl. The caller owns *out. */
int sign_keys_dnskey(struct rrset *out, const struct sign_keys *k, uint32_t ttl,
    struct fault *why) MUST_CHECK;

/*
 * Append one DS record (SHA-256) a line for each key that signs the DNSKEY
 * set and is fit for a chain of trust: what the parent has to publish, and a
 * trust anchor in zone-file form.
 */
int sign_keys_print_ds(struct bytes *out, const struct sign_keys *k, uint32_t ttl,
    struct fault *why) MUST_CHECK;

struct sign_request {
	const struct recset *zone;	/* every set, sorted by name_compare, then type; one SOA at origin */
	const struct name *origin;
	const struct sign_keys *keys;
	uint32_t inception;		/* seconds since 1970 modulo 2^32 (RFC 4034 3.1.5) */
	uint32_t expiration;
};

/*
 * Append the signed zone as a master file, one record a line, absolute names,
 * SOA first.  The DNSKEY set is the one in the zone joined with that of the
 * keys.  Per algorithm, keys with the SEP flag sign the DNSKEY, CDS and
 * CDNSKEY sets and the others the rest; if all keys of an algorithm are of one
 * kind, they sign everything.  Delegations and glue are not signed (DS sets
 * are).  Denials are NSEC, or NSEC3 without opt-out where an NSEC3PARAM record
 * stands at the origin; their TTL is min(SOA TTL, MINIMUM) (RFC 9077).
 *
 * Fails: ZP_EUSAGE (no SOA, RRSIG, NSEC or NSEC3 in the source, NSEC3
 * parameters that no validator takes); ZP_ELOCAL.
 */
int sign_zone(struct bytes *out, const struct sign_request *r, struct fault *why) MUST_CHECK;

/*
 * Make one ECDSA P-256 key pair that signs everything (flags 257) in folder,
 * which must exist: .private with mode 0600, .key with 0644.  Appends the
 * path without its ending to base, if that is not null.
 * Fails: ZP_EREFUSED (such a file exists); ZP_ELOCAL.
 */
int sign_make_key(struct bytes *base, const char *folder, const struct name *zone,
    struct fault *why) MUST_CHECK;

/* An NSEC3 hash as the label of its record: base32hex without padding (RFC 4648 7). */
enum { SIGN_HASH_TEXT = 33 };

const char *sign_hash_print(char text[SIGN_HASH_TEXT], const uint8_t hash[VERIFY_HASH_LEN]);

#endif
