/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/verify.h"

#include <ldns/ldns.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/timepiece.h"

enum {
	RRSIG_FIXED = 18,	/* octets in front of the signer's name (RFC 4034 3.1) */
	DNSKEY_FIXED = 4,	/* flags, protocol, algorithm */
	KEY_ZONE = 0x0100,
	KEY_REVOKED = 0x0080	/* RFC 5011 */
};

/* An RRSIG taken apart; everything in it is borrowed. */
struct signature {
	uint16_t covered;
	uint8_t algorithm, labels;
	uint32_t original_ttl;
	int64_t expiration, inception;
	uint16_t tag;
	struct name signer;
	const uint8_t *prefix;	/* the rdata up to the signature */
	size_t prefix_len;
	const uint8_t *octets;
	size_t octets_len;
};

static const char *const outcome_words[] = {
	[VERIFY_VALID] = "valid", [VERIFY_UNCHECKED] = "unchecked",
	[VERIFY_SHORT_LIVED] = "short-lived", [VERIFY_UNSUPPORTED] = "unsupported",
	[VERIFY_MISSING] = "missing", [VERIFY_NOT_YET] = "not-yet-valid",
	[VERIFY_EXPIRED] = "expired", [VERIFY_BOGUS] = "bogus"
};

enum { OUTCOMES = sizeof outcome_words / sizeof outcome_words[0] };

/* How near to a valid signature a failed one came: the nearest is reported. */
static const unsigned char distance[OUTCOMES] = {
	[VERIFY_VALID] = 0, [VERIFY_NOT_YET] = 1, [VERIFY_EXPIRED] = 2, [VERIFY_BOGUS] = 3,
	[VERIFY_UNSUPPORTED] = 4, [VERIFY_MISSING] = 5, [VERIFY_UNCHECKED] = 6,
	[VERIFY_SHORT_LIVED] = 6
};

const char *
verify_print_outcome(enum verify_outcome o)
{
	return (unsigned)o < OUTCOMES ? outcome_words[o] : "unknown";
}

/* A 32-bit time near now, in seconds since 1970 (RFC 4034 3.1.5, RFC 1982). */
static int64_t
widen_time(uint32_t t, int64_t now)
{
	return now + (int32_t)(t - (uint32_t)now);
}

static bool
signature_parse(struct signature *s, const struct rdata *r, int64_t now)
{
	struct cursor c = cursor_make(r->data, r->len);
	size_t name_len = 0;

	*s = (struct signature){ .covered = cursor_u16(&c) };
	s->algorithm = cursor_u8(&c);
	s->labels = cursor_u8(&c);
	s->original_ttl = cursor_u32(&c);
	s->expiration = widen_time(cursor_u32(&c), now);
	s->inception = widen_time(cursor_u32(&c), now);
	s->tag = cursor_u16(&c);
	if (cursor_is_broken(&c) ||
	    name_parse_wire(&s->signer, r->data + RRSIG_FIXED, r->len - RRSIG_FIXED, NULL) != ZP_OK)
		return false;
	name_len = s->signer.len;
	s->prefix = r->data;
	s->prefix_len = RRSIG_FIXED + name_len;
	s->octets = r->data + s->prefix_len;
	s->octets_len = r->len - s->prefix_len;
	return s->octets_len > 0;
}

uint16_t
verify_key_tag(const void *dnskey, size_t len)
{
	return len >= DNSKEY_FIXED ? ldns_calc_keytag_raw(dnskey, len) : 0;
}

static uint16_t
key_flags(const struct rdata *key)
{
	struct cursor c = cursor_make(key->data, key->len);

	return cursor_u16(&c);
}

/* May key, by its fields, have made signatures of this algorithm and tag? */
static bool
key_fits(const struct rdata *key, uint8_t algorithm, uint16_t tag)
{
	return key->len > DNSKEY_FIXED && (key_flags(key) & KEY_ZONE) != 0 &&
	    (key_flags(key) & KEY_REVOKED) == 0 && key->data[2] == 3 && key->data[3] == algorithm &&
	    verify_key_tag(key->data, key->len) == tag;
}

/* Labels as an RRSIG counts them: neither the root nor a leading "*". */
static unsigned
signed_labels(const struct name *owner)
{
	return name_labels(owner) - (name_is_wildcard(owner) ? 1U : 0U);
}

/* The octets that the signature is made over (RFC 4034 3.1.8.1, RFC 4035 5.3.2). */
static void
signed_data(struct bytes *out, const struct rrset *set, const struct signature *s)
{
	unsigned have = signed_labels(&set->owner);
	struct name owner = set->owner;

	if (s->labels < have) {
		owner = name_ancestor(&set->owner, name_labels(&set->owner) - s->labels);
		memmove(owner.wire + 2, owner.wire, owner.len);
		owner.wire[0] = 1;
		owner.wire[1] = '*';
		owner.len = (uint8_t)(owner.len + 2);
	}
	bytes_append(out, s->prefix, RRSIG_FIXED);
	bytes_append(out, s->signer.wire, s->signer.len);
	for (size_t i = 0; i < set->n; i++) {
		bytes_append(out, owner.wire, owner.len);
		bytes_append_u16(out, set->type);
		bytes_append_u16(out, 1);	/* IN */
		bytes_append_u32(out, s->original_ttl);
		bytes_append_u16(out, set->v[i].len);
		bytes_append(out, set->v[i].data, set->v[i].len);
	}
}

static enum verify_outcome
crypto_outcome(ldns_status status)
{
	switch (status) {
	case LDNS_STATUS_OK:
		return VERIFY_VALID;
	case LDNS_STATUS_CRYPTO_UNKNOWN_ALGO:
	case LDNS_STATUS_CRYPTO_ALGO_NOT_IMPL:
		return VERIFY_UNSUPPORTED;
	default:
		return VERIFY_BOGUS;
	}
}

/* The signature as ldns wants it: OpenSSL's form, in which ECDSA signatures are DER. */
static int
raw_signature(ldns_buffer *out, const struct signature *s, struct fault *why)
{
	ldns_rdf *rdf;
	ldns_status status;

	if (s->algorithm != LDNS_ECDSAP256SHA256 && s->algorithm != LDNS_ECDSAP384SHA384) {
		if (!ldns_buffer_reserve(out, s->octets_len))
			return fault_set_nomem(why);
		ldns_buffer_write(out, s->octets, s->octets_len);
		return ZP_OK;
	}
	rdf = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_B64, s->octets_len, s->octets);
	if (rdf == NULL)
		return fault_set_nomem(why);
	/* A malformed one leaves out empty, which verifies nothing. */
	status = ldns_convert_ecdsa_rrsig_rdf2asn1(out, rdf);
	ldns_rdf_deep_free(rdf);
	return status == LDNS_STATUS_MEM_ERR ? fault_set_nomem(why) : ZP_OK;
}

/* Is the signature itself right, by any of the keys, leaving time aside? */
static int
check_crypto(enum verify_outcome *out, const struct rrset *set, const struct signature *s,
    const struct rrset *keys, struct fault *why)
{
	struct bytes data = { 0 };
	ldns_buffer *buffer = NULL, *raw = NULL;
	bool fitting = false;
	int rc;

	*out = VERIFY_BOGUS;
	signed_data(&data, set, s);
	if ((rc = bytes_check(&data, why)) != ZP_OK)
		goto out;
	buffer = ldns_buffer_new(data.len);
	if (buffer == NULL || !ldns_buffer_reserve(buffer, data.len)) {
		rc = fault_set_nomem(why);
		goto out;
	}
	ldns_buffer_write(buffer, data.data, data.len);
	raw = ldns_buffer_new(2 * LDNS_MIN_BUFLEN);
	if (raw == NULL) {
		rc = fault_set_nomem(why);
		goto out;
	}
	if ((rc = raw_signature(raw, s, why)) != ZP_OK)
		goto out;
	for (size_t i = 0; i < keys->n && *out != VERIFY_VALID; i++) {
		const struct rdata *key = &keys->v[i];
		enum verify_outcome o;

		if (!key_fits(key, s->algorithm, s->tag))
			continue;
		o = crypto_outcome(ldns_verify_rrsig_buffers_raw(
		    ldns_buffer_begin(raw), ldns_buffer_position(raw), buffer,
		    key->data + DNSKEY_FIXED, key->len - DNSKEY_FIXED, s->algorithm));
		if (!fitting || distance[o] < distance[*out])
			*out = o;
		fitting = true;
	}
out:
	ldns_buffer_free(raw);
	ldns_buffer_free(buffer);
	bytes_release(&data);
	return rc;
}

static void PRINTF_LIKE(3, 4)
result_set(struct verify_result *r, enum verify_outcome o, const char *fmt, ...)
{
	va_list ap;

	r->outcome = o;
	va_start(ap, fmt);
	(void)vsnprintf(r->reason, sizeof r->reason, fmt, ap);
	va_end(ap);
}

/* Judge one signature. */
static int
check_signature(struct verify_result *r, const struct rrset *set, const struct signature *s,
    const struct rrset *keys, int64_t now, struct fault *why)
{
	char when[32];
	enum verify_outcome crypto;
	int rc;

	*r = (struct verify_result){ .inception = s->inception, .expiration = s->expiration,
		.original_ttl = s->original_ttl, .key_tag = s->tag, .algorithm = s->algorithm };
	if (!name_equal(&s->signer, &keys->owner) || !name_is_under(&set->owner, &keys->owner)) {
		char signer[NAME_TEXT_MAX];

		result_set(r, VERIFY_BOGUS, "the signature is by %.120s, not by the zone",
		    name_print_host(signer, &s->signer));
		return ZP_OK;
	}
	if (s->labels > signed_labels(&set->owner)) {
		result_set(r, VERIFY_BOGUS, "the signature counts more labels than the name has");
		return ZP_OK;
	}
	if ((rc = check_crypto(&crypto, set, s, keys, why)) != ZP_OK)
		return rc;
	if (crypto == VERIFY_UNSUPPORTED)
		result_set(r, crypto, "algorithm %u is not known here", s->algorithm);
	else if (crypto != VERIFY_VALID)
		result_set(r, crypto, "no key of the zone made the signature (key tag %u, algorithm %u)",
		    s->tag, s->algorithm);
	else if (s->expiration < now)
		result_set(r, VERIFY_EXPIRED, "the signature (key tag %u) expired at %s", s->tag,
		    timepiece_print_wall(when, sizeof when, s->expiration * 1000));
	else if (s->inception > now)
		result_set(r, VERIFY_NOT_YET, "the signature (key tag %u) begins at %s", s->tag,
		    timepiece_print_wall(when, sizeof when, s->inception * 1000));
	if (s->labels < signed_labels(&set->owner)) {
		struct name above = name_ancestor(&set->owner, name_labels(&set->owner) - s->labels);

		r->wildcard = true;
		return name_prepend(&r->wildcard_source, "*", &above, why);
	}
	return ZP_OK;
}

int
verify_rrset(struct verify_result *out, const struct rrset *set, const struct rrset *sigs,
    const struct rrset *keys, int64_t now, struct fault *why)
{
	*out = (struct verify_result){ 0 };
	result_set(out, VERIFY_MISSING, "there is no signature");
	for (size_t i = 0; i < sigs->n; i++) {
		struct verify_result one;
		struct signature s;
		int rc;

		if (!signature_parse(&s, &sigs->v[i], now)) {
			if (out->outcome == VERIFY_MISSING)
				result_set(out, VERIFY_BOGUS, "the signature is malformed");
			continue;
		}
		if (s.covered != set->type)
			continue;
		if ((rc = check_signature(&one, set, &s, keys, now, why)) != ZP_OK)
			return rc;
		if (one.outcome == VERIFY_VALID && out->outcome == VERIFY_VALID) {
			if (one.expiration < out->expiration)
				out->expiration = one.expiration;
			if (one.inception > out->inception)
				out->inception = one.inception;
		} else if (distance[one.outcome] < distance[out->outcome])
			*out = one;
	}
	return ZP_OK;
}

static bool
digest(struct bytes *out, uint8_t algorithm, const struct bytes *data)
{
	uint8_t md[LDNS_SHA384_DIGEST_LENGTH];
	unsigned len = (unsigned)data->len;

	switch (algorithm) {
	case LDNS_SHA1:
		(void)ldns_sha1(data->data, len, md);
		bytes_append(out, md, LDNS_SHA1_DIGEST_LENGTH);
		return true;
	case LDNS_SHA256:
		(void)ldns_sha256(data->data, len, md);
		bytes_append(out, md, LDNS_SHA256_DIGEST_LENGTH);
		return true;
	case LDNS_SHA384:
		(void)ldns_sha384(data->data, len, md);
		bytes_append(out, md, LDNS_SHA384_DIGEST_LENGTH);
		return true;
	default:
		return false;
	}
}

int
verify_make_ds(struct bytes *out, const struct name *owner, const void *dnskey, size_t len,
    uint8_t algorithm, struct fault *why)
{
	struct bytes data = { 0 };
	int rc = ZP_OK;

	bytes_clear(out);
	if (len <= DNSKEY_FIXED)
		return fault_set(why, ZP_EUSAGE, "a DNSKEY of %zu octets is no key", len);
	bytes_append(&data, owner->wire, owner->len);
	bytes_append(&data, dnskey, len);
	if ((rc = bytes_check(&data, why)) != ZP_OK)
		goto out;
	bytes_append_u16(out, verify_key_tag(dnskey, len));
	bytes_append_u8(out, ((const uint8_t *)dnskey)[3]);
	bytes_append_u8(out, algorithm);
	if (!digest(out, algorithm, &data)) {
		bytes_clear(out);
		rc = fault_set(why, ZP_EUSAGE, "DS digest type %u is not known here", algorithm);
		goto out;
	}
	rc = bytes_check(out, why);
out:
	bytes_release(&data);
	return rc;
}

/* Does anchor name this key? *known tells whether the anchor could be read at all. */
static int
anchor_names(bool *yes, bool *known, const struct rrset *anchor, const struct rdata *key,
    struct fault *why)
{
	struct bytes ds = { 0 };
	int rc = ZP_OK;

	*yes = anchor->type == RRTYPE_DNSKEY && rrset_has(anchor, key->data, key->len);
	*known |= anchor->type == RRTYPE_DNSKEY;
	for (size_t i = 0; i < anchor->n && anchor->type == RRTYPE_DS && !*yes; i++) {
		const struct rdata *a = &anchor->v[i];

		if (a->len <= DNSKEY_FIXED)
			continue;
		rc = verify_make_ds(&ds, &anchor->owner, key->data, key->len, a->data[3], why);
		if (rc == ZP_EUSAGE) {
			rc = ZP_OK;
			continue;
		}
		if (rc != ZP_OK)
			break;
		*known = true;
		*yes = rdata_compare(ds.data, ds.len, a->data, a->len) == 0;
	}
	bytes_release(&ds);
	return rc;
}

int
verify_keys(struct verify_result *out, bool *matched, const struct rrset *keys,
    const struct rrset *sigs, const struct rrset *anchor, int64_t now, struct fault *why)
{
	struct rrset trusted = rrset_make(&keys->owner, RRTYPE_DNSKEY, keys->ttl);
	bool known = false;
	int rc = ZP_OK;

	*out = (struct verify_result){ .outcome = VERIFY_BOGUS };
	*matched = false;
	if (anchor->type != RRTYPE_DS && anchor->type != RRTYPE_DNSKEY)
		return fault_set(why, ZP_EUSAGE, "a trust anchor is a DS or a DNSKEY");
	for (size_t i = 0; i < keys->n; i++) {
		bool yes;

		if ((rc = anchor_names(&yes, &known, anchor, &keys->v[i], why)) != ZP_OK ||
		    (yes && (rc = rrset_add(&trusted, keys->v[i].data, keys->v[i].len, why)) != ZP_OK))
			goto out;
	}
	*matched = trusted.n > 0;
	if (trusted.n > 0)
		rc = verify_rrset(out, keys, sigs, &trusted, now, why);
	else if (keys->n == 0)
		result_set(out, VERIFY_MISSING, "there is no DNSKEY");
	else if (!known)
		result_set(out, VERIFY_UNSUPPORTED, "no DS has a digest type that is known here");
	else
		result_set(out, VERIFY_BOGUS, "no DNSKEY matches the %s",
		    anchor->type == RRTYPE_DS ? "DS" : "trust anchor");
out:
	rrset_release(&trusted);
	return rc;
}

bool
verify_hash_name(uint8_t out[VERIFY_HASH_LEN], const struct name *n, uint8_t algorithm,
    uint16_t iterations, const uint8_t *salt, uint8_t salt_len)
{
	uint8_t data[NAME_WIRE_MAX + UINT8_MAX];
	unsigned len = n->len;

	if (algorithm != 1)
		return false;
	memcpy(data, n->wire, n->len);
	for (unsigned i = 0; i <= iterations; i++) {
		if (salt_len > 0)
			memcpy(data + len, salt, salt_len);
		(void)ldns_sha1(data, len + salt_len, out);
		memcpy(data, out, VERIFY_HASH_LEN);
		len = VERIFY_HASH_LEN;
	}
	return true;
}
