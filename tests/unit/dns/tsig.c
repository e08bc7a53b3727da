/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/tsig.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "tests/unit/tap.h"

enum { NOW = 1800000000 };

static const char secret[] = "0123456789abcdef0123456789abcdef";

/* What a server may do; zeroes mean the right thing. */
struct server {
	const char *key_name;
	const char *algorithm;	/* of the record */
	const char *digest;
	const char *secret;
	size_t mac_len;
	bool no_mac;
	bool timers_only;
	bool flip;
	int64_t time_off;
	uint16_t error;
	uint16_t rcode;
	const char *other;
	size_t other_len;
	const struct bytes *between;	/* unsigned messages that the MAC covers as well */
};

static void
append_name(struct bytes *out, const char *text)
{
	struct name n;

	if (name_parse(&n, text, NULL, NULL) != ZP_OK)
		abort();
	bytes_append(out, n.wire, n.len);
}

static void
append_header(struct bytes *out, uint16_t id, uint16_t rcode)
{
	bytes_append_u16(out, id);
	bytes_append_u16(out, (uint16_t)(0xa800 | rcode));
	bytes_append_u32(out, 0);
	bytes_append_u32(out, 0);
}

/* A reply as RFC 8945 has servers make it, from first principles. */
static struct bytes
reply_of(const struct tsig_chain *chain, const struct server *s)
{
	const char *name = s->key_name != NULL ? s->key_name : "key.example";
	const char *algorithm = s->algorithm != NULL ? s->algorithm : "hmac-sha256";
	const char *key = s->secret != NULL ? s->secret : secret;
	uint64_t time = (uint64_t)(NOW + s->time_off);
	struct bytes out = { 0 }, covered = { 0 };
	uint8_t mac[64];
	size_t len = 0;

	append_header(&out, 4711, s->rcode);
	bytes_append_u16(&covered, (uint16_t)chain->mac_len);
	bytes_append(&covered, chain->mac, chain->mac_len);
	if (s->between != NULL)
		bytes_append(&covered, s->between->data, s->between->len);
	bytes_append(&covered, out.data, out.len);
	if (!s->timers_only) {
		append_name(&covered, name);
		bytes_append_u16(&covered, CLASS_ANY);
		bytes_append_u32(&covered, 0);
		append_name(&covered, algorithm);
	}
	bytes_append_u48(&covered, time);
	bytes_append_u16(&covered, 300);
	if (!s->timers_only) {
		bytes_append_u16(&covered, s->error);
		bytes_append_u16(&covered, (uint16_t)s->other_len);
		bytes_append(&covered, s->other, s->other_len);
	}
	if (EVP_Q_mac(NULL, "HMAC", NULL, s->digest != NULL ? s->digest : "SHA256", NULL, key,
	    strlen(key), covered.data, covered.len, mac, sizeof mac, &len) == NULL)
		abort();
	if (s->mac_len != 0)
		len = s->mac_len;
	if (s->no_mac)
		len = 0;
	mac[0] ^= s->flip;

	bytes_put_u16(&out, 10, 1);
	append_name(&out, name);
	bytes_append_u16(&out, RRTYPE_TSIG);
	bytes_append_u16(&out, CLASS_ANY);
	bytes_append_u32(&out, 0);
	bytes_append_u16(&out, (uint16_t)(strlen(algorithm) + 2 + 16 + len + s->other_len));
	append_name(&out, algorithm);
	bytes_append_u48(&out, time);
	bytes_append_u16(&out, 300);
	bytes_append_u16(&out, (uint16_t)len);
	bytes_append(&out, mac, len);
	bytes_append_u16(&out, 4711);
	bytes_append_u16(&out, s->error);
	bytes_append_u16(&out, (uint16_t)s->other_len);
	bytes_append(&out, s->other, s->other_len);
	bytes_release(&covered);
	return out;
}

static struct tsig_key
key_of(const char *algorithm)
{
	struct tsig_key key = { 0 };

	if (tsig_parse_algorithm(&key, algorithm, NULL) != ZP_OK ||
	    name_parse(&key.name, "Key.Example", NULL, NULL) != ZP_OK)
		abort();
	bytes_append_text(&key.secret, secret);
	return key;
}

static struct tsig_verdict
judge(const struct bytes *wire, struct tsig_chain *chain, const struct tsig_key *key)
{
	struct tsig_verdict v = { 0 };
	struct message m;
	struct fault why;

	if (message_unpack(&m, wire->data, wire->len, &why) != ZP_OK ||
	    tsig_verify(&v, wire, &m, chain, key, NOW, &why) != ZP_OK)
		v.kind = TSIG_UNJUDGED;
	message_release(&m);
	return v;
}

/* A request of ours, signed; its chain. */
static struct tsig_chain
ask(const struct tsig_key *key, struct bytes *out)
{
	struct tsig_chain chain = { 0 };
	struct fault why;
	size_t before;

	bytes_clear(out);
	append_header(out, 4711, 0);
	before = out->len;
	if (tsig_sign(out, &chain, key, NOW, &why) != ZP_OK)
		abort();
	tap_is_int(out->len - before, tsig_size(key), "a signature is as long as foretold");
	return chain;
}

static void
test_kinds(void)
{
	static const struct {
		const char *what;
		struct server server;
		enum tsig_kind kind;
		bool authentic;
	} rows[] = {
		{ "a good reply", { 0 }, TSIG_GOOD, true },
		{ "a good reply with an rcode", { .rcode = RCODE_NXRRSET }, TSIG_GOOD, true },
		{ "a flipped bit", { .flip = true }, TSIG_BAD_MAC, false },
		{ "another secret", { .secret = "another" }, TSIG_BAD_MAC, false },
		{ "another key", { .key_name = "other.example" }, TSIG_WRONG_KEY, false },
		{ "another algorithm", { .algorithm = "hmac-sha1", .digest = "SHA1" },
		    TSIG_WRONG_ALGORITHM, false },
		{ "a shorter MAC", { .mac_len = 16 }, TSIG_WRONG_ALGORITHM, false },
		{ "a MAC of one octet", { .mac_len = 1 }, TSIG_WRONG_ALGORITHM, false },
		{ "an early reply", { .time_off = -301 }, TSIG_BAD_TIME, true },
		{ "a late reply", { .time_off = 301 }, TSIG_BAD_TIME, true },
		{ "a reply just in time", { .time_off = 300 }, TSIG_GOOD, true },
		{ "BADTIME", { .rcode = RCODE_NOTAUTH, .error = RCODE_BADTIME,
		    .other = "\0\0\153\111\322\214", .other_len = 6 }, TSIG_BAD_TIME, true },
		{ "a signed BADTRUNC", { .rcode = RCODE_NOTAUTH, .error = RCODE_BADTRUNC },
		    TSIG_SIGNED_ERROR, true },
		{ "BADKEY without a MAC", { .rcode = RCODE_NOTAUTH, .error = RCODE_BADKEY,
		    .no_mac = true }, TSIG_CLAIMED_ERROR, false },
		{ "REFUSED without a MAC", { .rcode = RCODE_REFUSED, .no_mac = true },
		    TSIG_CLAIMED_ERROR, false },
		{ "NOERROR without a MAC", { .no_mac = true }, TSIG_UNSIGNED, false },
		{ "timers alone in a first reply", { .timers_only = true }, TSIG_BAD_MAC, false },
	};
	struct tsig_key key = key_of("hmac-sha256");
	struct bytes request = { 0 }, sentence = { 0 };

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct tsig_chain chain = ask(&key, &request);
		struct bytes wire = reply_of(&chain, &rows[i].server);
		struct tsig_verdict v = judge(&wire, &chain, &key);

		tap_is_int(v.kind, rows[i].kind, rows[i].what);
		tap_is_int(v.authentic, rows[i].authentic, "is authentic or not");
		bytes_clear(&sentence);
		tsig_print_verdict(&sentence, &v);
		tap_ok(sentence.len > 0 && strstr(bytes_text(&sentence), secret) == NULL, "%s",
		    bytes_text(&sentence));
		bytes_release(&wire);
		tsig_chain_release(&chain);
	}
	tsig_key_release(&key);
	bytes_release(&request);
	bytes_release(&sentence);
}

static void
test_unsigned(void)
{
	struct tsig_key key = key_of("hmac-sha256");
	struct bytes request = { 0 }, wire = { 0 };
	struct tsig_chain chain = ask(&key, &request), other;

	append_header(&wire, 4711, RCODE_NOERROR);
	tap_is_int(judge(&wire, &chain, &key).kind, TSIG_UNSIGNED, "no TSIG at all");
	bytes_clear(&wire);
	append_header(&wire, 4711, RCODE_REFUSED);
	tap_is_int(judge(&wire, &chain, &key).kind, TSIG_CLAIMED_ERROR, "REFUSED, no TSIG");
	bytes_release(&wire);
	wire = reply_of(&chain, &(struct server){ 0 });
	bytes_append_u8(&wire, 0);
	tap_is_int(judge(&wire, &chain, &key).kind, TSIG_MALFORMED, "an octet behind the signature");
	bytes_release(&wire);

	/* The reply to another request does not fit. */
	other = chain;
	other.mac[0] ^= 1;
	wire = reply_of(&other, &(struct server){ 0 });
	tap_is_int(judge(&wire, &chain, &key).kind, TSIG_BAD_MAC, "a reply to another request");
	bytes_release(&wire);
	bytes_release(&request);
	tsig_chain_release(&chain);
	tsig_key_release(&key);
}

static void
test_times(void)
{
	struct tsig_key key = key_of("hmac-sha256");
	struct bytes request = { 0 };
	struct tsig_chain chain = ask(&key, &request);
	struct server s = { .rcode = RCODE_NOTAUTH, .error = RCODE_BADTIME, .other_len = 6 };
	struct bytes other = { 0 }, wire, sentence = { 0 };
	struct tsig_verdict v;

	bytes_append_u48(&other, NOW - 1000);
	s.other = bytes_text(&other);
	wire = reply_of(&chain, &s);
	v = judge(&wire, &chain, &key);
	tap_is_int(v.kind, TSIG_BAD_TIME, "the server says BADTIME");
	tap_is_int(v.server_time, NOW - 1000, "the server's time");
	tap_is_int(v.skew, -1000, "the skew");
	tsig_print_verdict(&sentence, &v);
	tap_is(bytes_text(&sentence),
	    "the clocks differ: the server's is 1000 s behind ours (BADTIME): set the clock",
	    "in a sentence");
	bytes_release(&wire);
	bytes_release(&other);
	bytes_release(&sentence);
	bytes_release(&request);
	tsig_chain_release(&chain);
	tsig_key_release(&key);
}

static void
test_stream(void)
{
	struct tsig_key key = key_of("hmac-sha256");
	struct bytes request = { 0 }, wire, between = { 0 };
	struct tsig_chain chain = ask(&key, &request);
	struct server s = { .timers_only = true, .between = &between };

	wire = reply_of(&chain, &(struct server){ 0 });
	tap_is_int(judge(&wire, &chain, &key).kind, TSIG_GOOD, "the first message of a stream");
	bytes_release(&wire);
	append_header(&between, 4711, 0);
	tap_is_int(judge(&between, &chain, &key).kind, TSIG_PENDING, "an unsigned one behind it");
	append_header(&between, 4711, 0);
	wire = (struct bytes){ 0 };
	append_header(&wire, 4711, 0);
	tap_is_int(judge(&wire, &chain, &key).kind, TSIG_PENDING, "one more");
	bytes_release(&wire);
	wire = reply_of(&chain, &s);
	tap_is_int(judge(&wire, &chain, &key).kind, TSIG_GOOD, "a MAC that covers both");
	bytes_release(&wire);
	tap_is_int(chain.pending.len, 0, "and nothing is pending");
	wire = reply_of(&chain, &s);
	tap_is_int(judge(&wire, &chain, &key).kind, TSIG_BAD_MAC, "one that covers too much is bad");
	bytes_release(&wire);
	wire = (struct bytes){ 0 };
	append_header(&wire, 4711, 0);
	for (int i = 0; i < 99; i++)
		(void)judge(&wire, &chain, &key);
	tap_is_int(judge(&wire, &chain, &key).kind, TSIG_UNSIGNED, "the hundredth in a row is too many");
	bytes_release(&wire);
	bytes_release(&between);
	bytes_release(&request);
	tsig_chain_release(&chain);
	tsig_key_release(&key);
}

static void
test_algorithms(void)
{
	static const struct {
		const char *text;
		const char *printed;	/* NULL: refused */
	} rows[] = {
		{ "hmac-md5", "hmac-md5" }, { "HMAC-MD5.SIG-ALG.REG.INT.", "hmac-md5" },
		{ "hmac-sha1", "hmac-sha1" }, { "hmac-sha224", "hmac-sha224" },
		{ "hmac-sha256.", "hmac-sha256" }, { "Hmac-Sha384", "hmac-sha384" },
		{ "hmac-sha512", "hmac-sha512" }, { "hmac-sha256-128", "hmac-sha256-128" },
		{ "hmac-sha256-256", "hmac-sha256" }, { "hmac-sha512-256", "hmac-sha512-256" },
		{ "hmac-sha256-120", NULL }, { "hmac-sha256-264", NULL }, { "hmac-sha256-129", NULL },
		{ "hmac-md5-72", NULL }, { "hmac-sha2", NULL }, { "", NULL }, { "sha256", NULL },
		{ "hmac-sha256x", NULL }, { "hmac-sha256-", NULL }, { "hmac-sha256-128x", NULL }
	};
	struct tsig_key key;
	struct bytes request = { 0 }, wire;
	struct tsig_chain chain;
	struct fault why;
	char buf[32];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int class;

		key = (struct tsig_key){ 0 };
		class = tsig_parse_algorithm(&key, rows[i].text, &why);
		if (rows[i].printed == NULL)
			tap_ok(class == ZP_EUSAGE && tsig_key_is_empty(&key), "'%s' is refused", rows[i].text);
		else
			tap_is(tsig_print_algorithm(buf, &key), rows[i].printed, rows[i].text);
	}
	key = key_of("hmac-sha256-128");
	chain = ask(&key, &request);
	tap_is_int(chain.mac_len, 16, "a truncated MAC is sent");
	wire = reply_of(&chain, &(struct server){ .mac_len = 16 });
	tap_is_int(judge(&wire, &chain, &key).kind, TSIG_GOOD, "and taken");
	bytes_release(&wire);
	tsig_chain_release(&chain);
	chain = ask(&key, &request);
	wire = reply_of(&chain, &(struct server){ .mac_len = 15 });
	tap_is_int(judge(&wire, &chain, &key).kind, TSIG_WRONG_ALGORITHM, "a shorter one is not");
	bytes_release(&wire);
	tsig_chain_release(&chain);
	tsig_key_release(&key);
	tap_ok(key.secret.data == NULL && tsig_key_is_empty(&key), "a key is released");
	bytes_release(&request);
}

int
main(void)
{
	test_kinds();
	test_unsigned();
	test_times();
	test_stream();
	test_algorithms();
	return tap_done();
}
