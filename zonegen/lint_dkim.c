/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be wrong with a DKIM key record. */
#include "config.h"

#include "zonegen/lint_kinds.h"

#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/bytes.h"
#include "zonegen/taglist.h"

enum {
	RSA_BITS_MIN = 1024, RSA_BITS_GOOD = 2048, RSA_BITS_MAX = 4096,	/* RFC 8301 3.2 */
	ED25519_LEN = 32, TEXT_LONG = 450
};

enum { SYNTAX, DUPLICATE_TAG, BAD_VERSION, NO_VERSION, NO_KEY, REVOKED, BASE64, KEY_FORMAT, KEY_PKCS1,
	KEY_TYPE, KEY_MISMATCH, ED25519_LENGTH, KEY_SHORT, KEY_WEAK, KEY_LONG, HASH_NONE, HASH_SHA1,
	HASH_UNKNOWN, SERVICE_NO_EMAIL, SERVICE_NO_TLSRPT, TESTING, FLAG_UNKNOWN, TAG_OBSOLETE,
	TAG_UNKNOWN, NOTE, LONG };

const struct finding_kind lint_dkim_kinds[LINT_DKIM_KINDS] = {
	[SYNTAX] = { "dkim-syntax", FINDING_ERROR, "RFC 6376 3.2", "the text is no list of tag=value" },
	[DUPLICATE_TAG] = { "dkim-duplicate-tag", FINDING_ERROR, "RFC 6376 3.2",
	    "a tag is given twice: the whole record is invalid" },
	[BAD_VERSION] = { "dkim-version", FINDING_ERROR, "RFC 6376 3.6.1",
	    "v= is not DKIM1 or not the first tag: the record is discarded" },
	[NO_VERSION] = { "dkim-no-version", FINDING_INFO, "RFC 6376 3.6.1",
	    "v=DKIM1 is recommended and missing" },
	[NO_KEY] = { "dkim-no-key", FINDING_ERROR, "RFC 6376 3.6.1", "the tag p= is missing" },
	[REVOKED] = { "dkim-revoked", FINDING_INFO, "RFC 6376 3.6.1",
	    "p= is empty: the key is revoked and every signature with it fails" },
	[BASE64] = { "dkim-base64", FINDING_ERROR, "RFC 6376 3.6.1", "p= is not base64" },
	[KEY_FORMAT] = { "dkim-key-format", FINDING_ERROR, "RFC 6376 3.6.1",
	    "p= holds no public key of the type that k= names" },
	[KEY_PKCS1] = { "dkim-key-pkcs1", FINDING_WARNING, "RFC 6376 3.6.1",
	    "p= holds a bare RSAPublicKey; many verifiers read SubjectPublicKeyInfo only" },
	[KEY_TYPE] = { "dkim-key-type", FINDING_ERROR, "RFC 6376 3.6.1",
	    "k= names a type of key that verifiers do not know" },
	[KEY_MISMATCH] = { "dkim-key-mismatch", FINDING_ERROR, "RFC 8463 4",
	    "the key in p= is of another type than k= says" },
	[ED25519_LENGTH] = { "dkim-ed25519-length", FINDING_ERROR, "RFC 8463 4",
	    "an Ed25519 key is published as its 32 raw octets" },
	[KEY_SHORT] = { "dkim-key-too-short", FINDING_ERROR, "RFC 8301 3.2",
	    "RSA under 1024 bits: verifiers must not accept it" },
	[KEY_WEAK] = { "dkim-key-weak", FINDING_WARNING, "RFC 8301 3.2",
	    "RSA under 2048 bits: signers should use more" },
	[KEY_LONG] = { "dkim-key-too-long", FINDING_WARNING, "RFC 8301 3.2",
	    "RSA over 4096 bits: verifiers need not support it" },
	[HASH_NONE] = { "dkim-hash", FINDING_ERROR, "RFC 8301 3.1",
	    "h= does not allow sha256: no valid signature is possible" },
	[HASH_SHA1] = { "dkim-hash-sha1", FINDING_WARNING, "RFC 8301 3.1",
	    "h= allows sha1, which must not be used" },
	[HASH_UNKNOWN] = { "dkim-hash-unknown", FINDING_INFO, "RFC 6376 3.6.1",
	    "h= names a hash that verifiers ignore" },
	[SERVICE_NO_EMAIL] = { "dkim-service-no-email", FINDING_WARNING, "RFC 6376 3.6.1",
	    "s= excludes email: verifiers of mail ignore the key" },
	[SERVICE_NO_TLSRPT] = { "dkim-service-no-tlsrpt", FINDING_INFO, "RFC 8460 3",
	    "s= excludes tlsrpt: receivers may ignore TLS reports signed with the key" },
	[TESTING] = { "dkim-testing", FINDING_WARNING, "RFC 6376 3.6.1",
	    "t=y: verifiers may treat signed mail as unsigned" },
	[FLAG_UNKNOWN] = { "dkim-flag-unknown", FINDING_INFO, "RFC 6376 3.6.1",
	    "t= has a flag that verifiers ignore" },
	[TAG_OBSOLETE] = { "dkim-tag-obsolete", FINDING_WARNING, "RFC 6376 C",
	    "g= is obsolete; old verifiers fail on it when it is empty" },
	[TAG_UNKNOWN] = { "dkim-tag-unknown", FINDING_INFO, "RFC 6376 3.2",
	    "a tag that verifiers ignore" },
	[NOTE] = { "dkim-note", FINDING_WARNING, "RFC 6376 2.11",
	    "n= is not quoted-printable text" },
	[LONG] = { "dkim-long", FINDING_INFO, "RFC 6376 3.6.2.2",
	    "the answer does not fit into 512 octets: it needs EDNS or TCP" },
};

#define FOUND(kind, ...) findings_add(out, &lint_dkim_kinds[kind], __VA_ARGS__)

/* The content of the next DER element if it has this tag; false otherwise (X.690 8.1, 10.1). */
static bool
der_take(struct cursor *content, struct cursor *c, uint8_t tag)
{
	size_t len, octets;
	const uint8_t *data;

	if (cursor_u8(c) != tag || cursor_is_broken(c))
		return false;
	len = cursor_u8(c);
	if (len >= 0x80) {
		octets = len - 0x80;
		if (octets == 0 || octets > 3)
			return false;
		for (len = 0; octets > 0; octets--)
			len = len << 8 | cursor_u8(c);
		if (len < 0x80)
			return false;
	}
	data = cursor_take(c, len);
	if (data == NULL)
		return false;
	*content = cursor_make(data, len);
	return true;
}

/* Bits of a positive DER integer; 0 if it is none. */
static size_t
der_integer_bits(const struct cursor *c)
{
	const uint8_t *data = c->data;
	size_t len = c->len, bits;

	if (len == 0 || data[0] >= 0x80)
		return 0;
	if (data[0] == 0) {
		if (len == 1 || data[1] < 0x80)
			return 0;
		data++;
		len--;
	}
	bits = len * 8;
	for (uint8_t top = data[0]; top < 0x80; top = (uint8_t)(top << 1))
		bits--;
	return bits;
}

/* Bits of the modulus in an RSAPublicKey (RFC 8017 A.1.1) that fills c; 0 if it is none. */
static size_t
rsa_key_bits(struct cursor c)
{
	struct cursor key, modulus, exponent;
	size_t bits;

	if (!der_take(&key, &c, 0x30) || cursor_left(&c) > 0 ||
	    !der_take(&modulus, &key, 0x02) || !der_take(&exponent, &key, 0x02) ||
	    cursor_left(&key) > 0)
		return 0;
	bits = der_integer_bits(&modulus);
	if (bits < 2 || der_integer_bits(&exponent) < 2)
		return 0;
	if ((modulus.data[modulus.len - 1] & 1) == 0 || (exponent.data[exponent.len - 1] & 1) == 0)
		return 0;
	return bits;
}

enum holds { HOLDS_NOTHING, HOLDS_RSA, HOLDS_PKCS1, HOLDS_RAW, HOLDS_OTHER_SPKI };

/* What kind of key the octets of p= are; *bits for RSA. */
static enum holds
look_at_key(const struct bytes *p, size_t *bits)
{
	static const uint8_t rsa[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 };
	struct cursor whole = cursor_make(p->data, p->len), spki, algorithm, oid, key;

	*bits = rsa_key_bits(whole);
	if (*bits > 0)
		return HOLDS_PKCS1;
	if (p->len == ED25519_LEN)
		return HOLDS_RAW;
	if (!der_take(&spki, &whole, 0x30) || cursor_left(&whole) > 0 ||
	    !der_take(&algorithm, &spki, 0x30) || !der_take(&oid, &algorithm, 0x06) ||
	    !der_take(&key, &spki, 0x03) || cursor_left(&spki) > 0 || cursor_u8(&key) != 0)
		return HOLDS_NOTHING;
	if (oid.len != sizeof rsa || memcmp(oid.data, rsa, sizeof rsa) != 0)
		return HOLDS_OTHER_SPKI;
	*bits = rsa_key_bits(cursor_make(key.data + 1, key.len - 1));
	return *bits > 0 ? HOLDS_RSA : HOLDS_NOTHING;
}

static void
judge_rsa(struct findings *out, const struct bytes *p)
{
	size_t bits;
	enum holds holds = look_at_key(p, &bits);

	if (holds == HOLDS_RAW || holds == HOLDS_OTHER_SPKI) {
		FOUND(KEY_MISMATCH, "k= says rsa, but p= holds %s", holds == HOLDS_RAW
		    ? "32 octets, which is an Ed25519 key" : "a key of another type");
		return;
	}
	if (holds == HOLDS_NOTHING) {
		FOUND(KEY_FORMAT, "p= holds no RSA public key: it is cut off or damaged");
		return;
	}
	if (holds == HOLDS_PKCS1)
		FOUND(KEY_PKCS1, "p= holds a bare RSAPublicKey (PKCS#1): publish SubjectPublicKeyInfo");
	if (bits < RSA_BITS_MIN)
		FOUND(KEY_SHORT, "the RSA key has %zu bits, and verifiers reject less than %d", bits,
		    RSA_BITS_MIN);
	else if (bits < RSA_BITS_GOOD)
		FOUND(KEY_WEAK, "the RSA key has %zu bits: use %d", bits, RSA_BITS_GOOD);
	else if (bits > RSA_BITS_MAX)
		FOUND(KEY_LONG, "the RSA key has %zu bits, and verifiers need not support more than %d",
		    bits, RSA_BITS_MAX);
}

static void
judge_ed25519(struct findings *out, const struct bytes *p)
{
	size_t bits;
	enum holds holds = look_at_key(p, &bits);

	if (holds == HOLDS_RSA || holds == HOLDS_PKCS1)
		FOUND(KEY_MISMATCH, "k= says ed25519, but p= holds an RSA key of %zu bits", bits);
	else if (p->len != ED25519_LEN)
		FOUND(ED25519_LENGTH, "p= holds %zu octets%s: an Ed25519 key has 32", p->len,
		    holds == HOLDS_OTHER_SPKI ? ", a SubjectPublicKeyInfo" : "");
}

static void
judge_key(struct findings *out, const char *type, const char *value)
{
	struct bytes p = { 0 };

	if (value == NULL) {
		FOUND(NO_KEY, "the tag p= is missing");
	} else if (value[0] == '\0') {
		FOUND(REVOKED, "p= is empty: the key is revoked");
	} else if (!base64_parse(&p, value, strlen(value)) && !bytes_is_broken(&p)) {
		FOUND(BASE64, "p= is not base64: it is cut off, or has a character or padding too many");
	} else if (type == NULL || strcmp(type, "rsa") == 0) {
		judge_rsa(out, &p);
	} else if (strcmp(type, "ed25519") == 0) {
		judge_ed25519(out, &p);
	}
	if (bytes_is_broken(&p))
		out->broken = true;
	bytes_release(&p);
}

static void
judge_hashes(struct findings *out, const char *value)
{
	char word[64];
	bool sha1 = false, sha256 = false;

	for (const char *at = value; taglist_next_item(&at, ':', word, sizeof word); ) {
		if (strcmp(word, "sha1") == 0)
			sha1 = true;
		else if (strcmp(word, "sha256") == 0)
			sha256 = true;
		else if (lint_is_word(word))
			FOUND(HASH_UNKNOWN, "h= names '%s', which verifiers ignore", word);
		else
			FOUND(SYNTAX, "h= has '%s', which is no name of a hash", word);
	}
	if (!sha256)
		FOUND(HASH_NONE, "h=%.80s does not allow sha256: no valid signature is possible", value);
	else if (sha1)
		FOUND(HASH_SHA1, "h= allows sha1, which must not be used: leave sha256 alone in it");
}

static void
judge_services(struct findings *out, const char *value)
{
	char word[64];
	bool any = false, email = false, tlsrpt = false;

	for (const char *at = value; taglist_next_item(&at, ':', word, sizeof word); ) {
		any |= strcmp(word, "*") == 0;
		email |= strcmp(word, "email") == 0;
		tlsrpt |= strcmp(word, "tlsrpt") == 0;
		if (!lint_is_word(word) && strcmp(word, "*") != 0)
			FOUND(SYNTAX, "s= has '%s', which is no name of a service", word);
	}
	if (!any && !email)
		FOUND(SERVICE_NO_EMAIL, "s=%.80s excludes email: verifiers of mail ignore the key", value);
	if (!any && !tlsrpt)
		FOUND(SERVICE_NO_TLSRPT,
		    "s=%.80s excludes tlsrpt: receivers may ignore TLS reports signed with the key", value);
}

static void
judge_flags(struct findings *out, const char *value)
{
	char word[64];

	for (const char *at = value; taglist_next_item(&at, ':', word, sizeof word); ) {
		if (strcmp(word, "y") == 0)
			FOUND(TESTING, "t=y: the domain tests DKIM, verifiers may treat signed mail as unsigned");
		else if (lint_is_word(word) && strcmp(word, "s") != 0)
			FOUND(FLAG_UNKNOWN, "t= has the flag '%s', which verifiers ignore", word);
		else if (!lint_is_word(word))
			FOUND(SYNTAX, "t= has '%s', which is no flag", word);
	}
}

static bool
is_hex_upper(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

static void
judge_note(struct findings *out, const char *value)
{
	for (; *value != '\0'; value++)
		if (*value == '=' && !(is_hex_upper(value[1]) && is_hex_upper(value[2]))) {
			FOUND(NOTE, "n= has an equals sign that is not written =3D");
			return;
		}
}

static void
judge_type(struct findings *out, const char *value)
{
	if (strcmp(value, "rsa") != 0 && strcmp(value, "ed25519") != 0)
		FOUND(KEY_TYPE, "k=%.80s is no type of key that verifiers know: rsa or ed25519", value);
}

static void
judge_version(struct findings *out, const char *value)
{
	if (strcmp(value, "DKIM1") != 0)
		FOUND(BAD_VERSION, "v=%.80s is not DKIM1", value);
}

static void
judge_granularity(struct findings *out, const char *value)
{
	FOUND(TAG_OBSOLETE, "g=%.80s is obsolete: leave the tag out", value);
}

static void
judge_nothing(struct findings *out, const char *value)
{
	(void)out;
	(void)value;
}

/* p is judged last, when k is known. */
static const struct {
	const char *name;
	void (*judge)(struct findings *out, const char *value);
} rules[] = {
	{ "v", judge_version }, { "h", judge_hashes }, { "k", judge_type }, { "n", judge_note },
	{ "s", judge_services }, { "t", judge_flags }, { "g", judge_granularity },
	{ "p", judge_nothing },
};
enum { RULES_N = sizeof rules / sizeof rules[0] };

/* tag-name and tag-value (RFC 6376 3.2). */
static bool
form_is_good(struct findings *out, const struct tag *tag)
{
	const char *name = tag->name;

	if (!tag->has_equals) {
		FOUND(SYNTAX, name[0] == '\0' ? "two semicolons with nothing between%s"
		    : "'%.80s' is no tag: there is no equals sign", name);
		return false;
	}
	if (!lint_is_tag_name(name)) {
		FOUND(SYNTAX, "'%.80s' is no name of a tag", name);
		return false;
	}
	for (const char *p = tag->value; *p != '\0'; p++)
		if (((unsigned char)*p < ' ' && strchr("\t\r\n", *p) == NULL) ||
		    (unsigned char)*p >= 0x7f) {
			FOUND(SYNTAX, "the value of %.80s= has an octet that is no printable ASCII", name);
			return false;
		}
	return true;
}

int
lint_dkim(struct findings *out, const char *text, struct fault *why)
{
	struct taglist tags;
	int class = taglist_parse(&tags, text, true, why);

	if (class != ZP_OK)
		return class;
	for (size_t i = 0; i < tags.n; i++) {
		const struct tag *tag = &tags.v[i];
		size_t rule = 0;

		if (!form_is_good(out, tag))
			continue;
		if (taglist_is_repeated(&tags, i)) {
			FOUND(DUPLICATE_TAG, "the tag %.80s= is given twice", tag->name);
			continue;
		}
		if (strcmp(tag->name, "v") == 0 && i > 0)
			FOUND(BAD_VERSION, "v= is not the first tag");
		while (rule < RULES_N && strcmp(rules[rule].name, tag->name) != 0)
			rule++;
		if (rule < RULES_N)
			rules[rule].judge(out, tag->value);
		else
			FOUND(TAG_UNKNOWN, "the tag %.80s= is not known: verifiers ignore it", tag->name);
	}
	if (taglist_peek(&tags, "v") == NULL)
		FOUND(NO_VERSION, "v=DKIM1 is missing: it is recommended as the first tag");
	judge_key(out, taglist_peek(&tags, "k"), taglist_peek(&tags, "p"));
	if (strlen(text) > TEXT_LONG)
		FOUND(LONG, "the text has %zu octets: the answer passes 512 and needs EDNS or TCP",
		    strlen(text));
	taglist_release(&tags);
	return findings_check(out, why);
}
