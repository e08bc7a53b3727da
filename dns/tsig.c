/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/tsig.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dns/layout.h"

enum {
	UNSIGNED_RUN_MAX = 99,	/* RFC 8945 5.3.1 */
	MAC_MIN = 10,		/* RFC 8945 5.2.2.1 */
	FIXED_OCTETS = 26	/* of a TSIG record, beside two names, the MAC and other data */
};

static const struct algorithm {
	const char *text;	/* as named.conf has it */
	const char *wire;	/* the name in the record, RFC 8945 6 */
	const char *digest;	/* as OpenSSL has it */
	uint8_t octets;
} algorithms[] = {
	[TSIG_HMAC_MD5] = { "hmac-md5", "hmac-md5.sig-alg.reg.int", "MD5", 16 },
	[TSIG_HMAC_SHA1] = { "hmac-sha1", "hmac-sha1", "SHA1", 20 },
	[TSIG_HMAC_SHA224] = { "hmac-sha224", "hmac-sha224", "SHA224", 28 },
	[TSIG_HMAC_SHA256] = { "hmac-sha256", "hmac-sha256", "SHA256", 32 },
	[TSIG_HMAC_SHA384] = { "hmac-sha384", "hmac-sha384", "SHA384", 48 },
	[TSIG_HMAC_SHA512] = { "hmac-sha512", "hmac-sha512", "SHA512", 64 },
	[TSIG_GSS] = { "gss-tsig", "gss-tsig", NULL, TSIG_MAC_MAX },	/* at most; RFC 3645 4 */
};

/* The bits of "-128" behind the name of an algorithm, in octets; 0 if they are no such thing. */
static unsigned
parse_bits(const char *text, const struct algorithm *a)
{
	char *end;
	unsigned long bits;

	if (*text != '-' || !isdigit((unsigned char)text[1]))
		return 0;
	bits = strtoul(text + 1, &end, 10);
	if (*end != '\0' || bits % 8 != 0 || bits > a->octets * 8UL ||
	    bits < MAC_MIN * 8UL || bits < a->octets * 4UL)
		return 0;
	return (unsigned)bits / 8;
}

int
tsig_parse_algorithm(struct tsig_key *key, const char *text, struct fault *why)
{
	char plain[64];
	size_t len = strlen(text);

	key->algorithm = TSIG_HMAC_NONE;
	key->mac_len = 0;
	if (len > 0 && text[len - 1] == '.')
		len--;
	(void)snprintf(plain, sizeof plain, "%.*s", len > 60 ? 60 : (int)len, text);

	for (int i = TSIG_HMAC_MD5; i <= TSIG_HMAC_SHA512; i++) {
		const struct algorithm *a = &algorithms[i];
		size_t part = strlen(a->text);

		if (strcasecmp(plain, a->wire) != 0 && strcasecmp(plain, a->text) != 0) {
			if (strncasecmp(plain, a->text, part) != 0)
				continue;
			key->mac_len = (uint8_t)parse_bits(plain + part, a);
			if (key->mac_len == 0)
				continue;
			if (key->mac_len == a->octets)
				key->mac_len = 0;
		}
		key->algorithm = (enum tsig_algorithm)i;
		return ZP_OK;
	}
	return fault_set(why, ZP_EUSAGE, "'%.60s' is no TSIG algorithm known here: hmac-md5, hmac-sha1, "
	    "hmac-sha224, hmac-sha256, hmac-sha384, hmac-sha512", text);
}

const char *
tsig_print_algorithm(char buf[32], const struct tsig_key *key)
{
	if (tsig_key_is_empty(key))
		(void)snprintf(buf, 32, "none");
	else if (key->mac_len == 0)
		(void)snprintf(buf, 32, "%s", algorithms[key->algorithm].text);
	else
		(void)snprintf(buf, 32, "%s-%u", algorithms[key->algorithm].text, key->mac_len * 8U);
	return buf;
}

void
tsig_key_release(struct tsig_key *key)
{
	bytes_wipe(&key->secret);
	*key = (struct tsig_key){ 0 };
}

bool
tsig_key_is_empty(const struct tsig_key *key)
{
	return key->algorithm == TSIG_HMAC_NONE;
}

/* Octets of the MAC that go with a key; the most that do with a context of Kerberos. */
static size_t
mac_octets(const struct tsig_key *key)
{
	return key->mac_len != 0 ? key->mac_len : algorithms[key->algorithm].octets;
}

static int
algorithm_name(struct name *out, const struct tsig_key *key, struct fault *why)
{
	return name_parse(out, algorithms[key->algorithm].wire, NULL, why);
}

size_t
tsig_size(const struct tsig_key *key)
{
	struct name name;

	if (tsig_key_is_empty(key) || algorithm_name(&name, key, NULL) != ZP_OK)
		return 0;
	return key->name.len + (size_t)name.len + FIXED_OCTETS + mac_octets(key);
}

void
tsig_chain_release(struct tsig_chain *chain)
{
	bytes_release(&chain->pending);
	*chain = (struct tsig_chain){ 0 };
}

/* The fields of a TSIG record that the MAC covers. */
struct variables {
	struct name key_name;
	struct name algorithm;
	uint64_t time_signed;
	uint16_t fudge;
	uint16_t error;
	const uint8_t *other;
	uint16_t other_len;
};

static void
append_variables(struct bytes *out, const struct variables *v)
{
	bytes_append(out, v->key_name.wire, v->key_name.len);
	bytes_append_u16(out, CLASS_ANY);
	bytes_append_u32(out, 0);
	bytes_append(out, v->algorithm.wire, v->algorithm.len);
	bytes_append_u48(out, v->time_signed);
	bytes_append_u16(out, v->fudge);
	bytes_append_u16(out, v->error);
	bytes_append_u16(out, v->other_len);
	bytes_append(out, v->other, v->other_len);
}

/* The context's signature stands in place of the MAC (RFC 3645 4). */
static int
compute_gss(uint8_t mac[TSIG_MAC_MAX], size_t *mac_len, const struct tsig_key *key,
    const struct bytes *covered, struct fault *why)
{
	struct bytes made = { 0 };
	int class = gss_context_sign(&made, key->gss, covered, why);

	if (class == ZP_OK && (made.len == 0 || made.len > TSIG_MAC_MAX))
		class = fault_set(why, ZP_ELOCAL, "GSS-API made a signature of %zu octets", made.len);
	if (class == ZP_OK) {
		memcpy(mac, made.data, made.len);
		*mac_len = made.len;
	}
	bytes_release(&made);
	return class;
}

/* The whole MAC over covered. */
static int
compute(uint8_t mac[TSIG_MAC_MAX], const struct tsig_key *key, const struct bytes *covered,
    struct fault *why)
{
	const struct algorithm *a = &algorithms[key->algorithm];
	size_t len = 0;

	if (bytes_check(covered, why) != ZP_OK)
		return ZP_ELOCAL;
	if (EVP_Q_mac(NULL, "HMAC", NULL, a->digest, NULL, key->secret.data, key->secret.len,
	    covered->data, covered->len, mac, TSIG_MAC_MAX, &len) == NULL || len != a->octets)
		return fault_set(why, ZP_ELOCAL, "OpenSSL does not offer %s here", a->text);
	return ZP_OK;
}

int
tsig_sign(struct bytes *message, struct tsig_chain *chain, const struct tsig_key *key,
    int64_t now, struct fault *why)
{
	struct variables v = { .key_name = key->name, .time_signed = (uint64_t)now,
		.fudge = TSIG_FUDGE };
	struct bytes covered = { 0 };
	uint8_t mac[TSIG_MAC_MAX];
	size_t mac_len = mac_octets(key);
	unsigned additional, id;
	int class;

	tsig_chain_release(chain);
	if (tsig_key_is_empty(key) || message->len < MESSAGE_HEADER ||
	    (key->algorithm == TSIG_GSS ? key->gss == NULL : key->secret.len == 0))
		return fault_set(why, ZP_EUSAGE, "there is no key or no message to sign");
	if (message->len + tsig_size(key) > MESSAGE_MAX)
		return fault_set(why, ZP_EUSAGE, "the signed message would be larger than %d octets: "
		    "send it in several parts", MESSAGE_MAX);
	class = algorithm_name(&v.algorithm, key, why);
	if (class != ZP_OK)
		return class;

	bytes_append(&covered, message->data, message->len);
	append_variables(&covered, &v);
	class = bytes_check(&covered, why);
	if (class == ZP_OK && key->algorithm == TSIG_GSS)
		class = compute_gss(mac, &mac_len, key, &covered, why);
	else if (class == ZP_OK)
		class = compute(mac, key, &covered, why);
	if (class != ZP_OK)
		goto out;

	id = (unsigned)(message->data[0] << 8 | message->data[1]);
	additional = (unsigned)(message->data[10] << 8 | message->data[11]);
	bytes_append(message, v.key_name.wire, v.key_name.len);
	bytes_append_u16(message, RRTYPE_TSIG);
	bytes_append_u16(message, CLASS_ANY);
	bytes_append_u32(message, 0);
	bytes_append_u16(message, (uint16_t)(v.algorithm.len + 16 + mac_len));
	bytes_append(message, v.algorithm.wire, v.algorithm.len);
	bytes_append_u48(message, v.time_signed);
	bytes_append_u16(message, v.fudge);
	bytes_append_u16(message, (uint16_t)mac_len);
	bytes_append(message, mac, mac_len);
	bytes_append_u16(message, (uint16_t)id);
	bytes_append_u16(message, 0);
	bytes_append_u16(message, 0);
	class = bytes_check(message, why);
	if (class != ZP_OK)
		goto out;
	bytes_put_u16(message, 10, (uint16_t)(additional + 1));
	memcpy(chain->mac, mac, mac_len);
	chain->mac_len = mac_len;
	chain->time_signed = v.time_signed;
out:
	bytes_release(&covered);
	return class;
}

/* A TSIG record as it lies in a message. */
struct found {
	struct variables v;
	const uint8_t *mac;
	uint16_t mac_len;
	uint16_t original_id;
};

static bool
find(struct found *out, const struct bytes *data, size_t at)
{
	struct cursor c;
	uint16_t type, class, rdlen;
	uint32_t ttl;
	size_t begin;

	*out = (struct found){ 0 };
	if (!layout_take_name(&out->v.key_name, data->data, data->len, &at))
		return false;
	c = cursor_make(data->data + at, data->len - at);
	type = cursor_u16(&c);
	class = cursor_u16(&c);
	ttl = cursor_u32(&c);
	rdlen = cursor_u16(&c);
	if (type != RRTYPE_TSIG || class != CLASS_ANY || ttl != 0 || cursor_left(&c) != rdlen)
		return false;

	begin = at += c.at;
	if (!layout_take_name(&out->v.algorithm, data->data, data->len, &at) ||
	    at - begin != out->v.algorithm.len)
		return false;	/* the name must not be compressed (RFC 8945 4.2) */
	c = cursor_make(data->data + at, data->len - at);
	out->v.time_signed = cursor_u48(&c);
	out->v.fudge = cursor_u16(&c);
	out->mac_len = cursor_u16(&c);
	out->mac = cursor_take(&c, out->mac_len);
	out->original_id = cursor_u16(&c);
	out->v.error = cursor_u16(&c);
	out->v.other_len = cursor_u16(&c);
	out->v.other = cursor_take(&c, out->v.other_len);
	return !cursor_is_broken(&c) && cursor_left(&c) == 0;
}

/* What the MAC of a reply covers (RFC 8945 4.3, 5.3.1); of TKEY, the request was not signed. */
static void
append_covered(struct bytes *out, const struct bytes *data, size_t tsig_at,
    const struct tsig_chain *chain, const struct found *f)
{
	size_t begin;
	unsigned additional = (unsigned)(data->data[10] << 8 | data->data[11]);

	if (chain->mac_len > 0) {
		bytes_append_u16(out, (uint16_t)chain->mac_len);
		bytes_append(out, chain->mac, chain->mac_len);
	}
	bytes_append(out, chain->pending.data, chain->pending.len);
	begin = out->len;
	bytes_append(out, data->data, tsig_at);
	if (bytes_is_broken(out))
		return;
	bytes_put_u16(out, begin, f->original_id);
	bytes_put_u16(out, begin + 10, (uint16_t)(additional - 1));
	if (chain->messages == 0) {
		append_variables(out, &f->v);
		return;
	}
	bytes_append_u48(out, f->v.time_signed);
	bytes_append_u16(out, f->v.fudge);
}

/* The MAC was good: what does the record say? */
static enum tsig_kind
judge_content(struct tsig_verdict *out, const struct found *f, int64_t now)
{
	int64_t skew = (int64_t)f->v.time_signed - now;

	if (f->v.error == RCODE_BADTIME) {
		struct cursor c = cursor_make(f->v.other, f->v.other_len);

		out->server_time = f->v.other_len == 6 ? (int64_t)cursor_u48(&c) : 0;
		out->skew = f->v.other_len == 6 ? out->server_time - now : 0;
		return TSIG_BAD_TIME;
	}
	if (f->v.error != 0)
		return TSIG_SIGNED_ERROR;
	if (skew > f->v.fudge || -skew > f->v.fudge) {
		out->server_time = (int64_t)f->v.time_signed;
		out->skew = skew;
		return TSIG_BAD_TIME;
	}
	return TSIG_GOOD;
}

/* No MAC: inside a stream a later one may cover it, elsewhere it proves nothing. */
static int
judge_unsigned(struct tsig_verdict *out, const struct bytes *data, struct tsig_chain *chain,
    struct fault *why)
{
	if (out->rcode != RCODE_NOERROR || out->error != 0) {
		out->kind = TSIG_CLAIMED_ERROR;
		return ZP_OK;
	}
	out->kind = TSIG_UNSIGNED;
	if (chain->messages == 0 || chain->unsigned_run >= UNSIGNED_RUN_MAX)
		return ZP_OK;
	bytes_append(&chain->pending, data->data, data->len);
	chain->messages++;
	chain->unsigned_run++;
	out->kind = TSIG_PENDING;
	return bytes_check(&chain->pending, why);
}

/* *good: the MAC is that of the key's holder. */
static int
check_mac(bool *good, const struct found *f, const struct tsig_key *key,
    const struct bytes *covered, struct fault *why)
{
	uint8_t mac[TSIG_MAC_MAX];
	int class = bytes_check(covered, why);

	*good = false;
	if (class == ZP_OK && key->algorithm == TSIG_GSS) {
		*good = gss_context_verify(key->gss, covered, f->mac, f->mac_len);
		return ZP_OK;
	}
	if (class == ZP_OK)
		class = compute(mac, key, covered, why);
	*good = class == ZP_OK && CRYPTO_memcmp(mac, f->mac, f->mac_len) == 0;
	return class;
}

int
tsig_verify(struct tsig_verdict *out, const struct bytes *data, const struct message *m,
    struct tsig_chain *chain, const struct tsig_key *key, int64_t now, struct fault *why)
{
	struct bytes covered = { 0 };
	struct name algorithm;
	struct found f;
	bool good;
	int class;

	*out = (struct tsig_verdict){ .rcode = m->rcode };
	class = algorithm_name(&algorithm, key, why);
	if (class != ZP_OK)
		return class;
	if (m->tsig_at == 0 && m->trailing == 0)
		return judge_unsigned(out, data, chain, why);
	out->kind = TSIG_MALFORMED;
	if (m->tsig_at == 0 || m->trailing != 0 || m->tsig_at < MESSAGE_HEADER ||
	    m->tsig_at > data->len || !find(&f, data, m->tsig_at))
		return ZP_OK;

	out->error = f.v.error;
	if (f.mac_len == 0) {
		chain = &(struct tsig_chain){ 0 };	/* a signature without a MAC ends a stream */
		return judge_unsigned(out, data, chain, why);
	}
	if (!name_equal(&f.v.key_name, &key->name)) {
		out->kind = TSIG_WRONG_KEY;
		return ZP_OK;
	}
	if (!name_equal(&f.v.algorithm, &algorithm) ||
	    (key->algorithm != TSIG_GSS && f.mac_len < mac_octets(key)) || f.mac_len > algorithms[key->algorithm].octets) {
		out->kind = TSIG_WRONG_ALGORITHM;
		return ZP_OK;
	}

	append_covered(&covered, data, m->tsig_at, chain, &f);
	class = check_mac(&good, &f, key, &covered, why);
	bytes_release(&covered);
	if (class != ZP_OK)
		return class;
	if (!good) {
		out->kind = TSIG_BAD_MAC;
		return ZP_OK;
	}
	out->authentic = true;
	out->kind = judge_content(out, &f, now);
	if (out->kind == TSIG_GOOD) {
		memcpy(chain->mac, f.mac, f.mac_len);
		chain->mac_len = f.mac_len;
		chain->messages++;
		chain->unsigned_run = 0;
		bytes_clear(&chain->pending);
	}
	return ZP_OK;
}

const char *
tsig_print_error(char buf[16], uint16_t error)
{
	if (error == RCODE_BADSIG)
		(void)snprintf(buf, 16, "BADSIG");
	else
		(void)message_print_rcode(buf, error);
	return buf;
}

void
tsig_print_verdict(struct bytes *out, const struct tsig_verdict *v)
{
	static const char *const sentences[] = {
		[TSIG_UNJUDGED] = "no signature was judged",
		[TSIG_GOOD] = "the signature of the reply is good",
		[TSIG_UNSIGNED] = "the reply is not signed",
		[TSIG_BAD_MAC] = "the signature of the reply is wrong",
		[TSIG_WRONG_KEY] = "the reply is signed with another key",
		[TSIG_WRONG_ALGORITHM] = "the reply is signed with another algorithm or a shorter MAC",
		[TSIG_MALFORMED] = "the TSIG record of the reply is malformed",
		[TSIG_PENDING] = "a later signature has yet to cover the reply",
	};
	/* With these the server says something about our key. */
	const char *meaning = v->error == RCODE_BADSIG ? ": the secret is not the one that the server has" :
	    v->error == RCODE_BADKEY ? ": the server does not know the key, or does not take it here" : "";
	char rcode[16], error[16];

	(void)message_print_rcode(rcode, v->rcode);
	(void)tsig_print_error(error, v->error);
	if (v->kind == TSIG_BAD_TIME && v->error != 0 && v->server_time == 0)
		bytes_append_text(out, "the server refuses the time of the signature (BADTIME)");
	else if (v->kind == TSIG_BAD_TIME)
		bytes_printf(out, "the clocks differ: the server's is %lld s %s ours (BADTIME): "
		    "set the clock", (long long)(v->skew < 0 ? -v->skew : v->skew),
		    v->skew < 0 ? "behind" : "ahead of");
	else if (v->kind == TSIG_SIGNED_ERROR)
		bytes_printf(out, "the server refuses the signature: %s, %s%s", rcode, error,
		    meaning);
	else if (v->kind == TSIG_CLAIMED_ERROR && v->error != 0)
		bytes_printf(out, "the server says %s, %s, in a reply that is not signed%s", rcode, error,
		    meaning);
	else if (v->kind == TSIG_CLAIMED_ERROR)
		bytes_printf(out, "the server says %s in a reply that is not signed", rcode);
	else
		bytes_append_text(out, sentences[v->kind]);
}
