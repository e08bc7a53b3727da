/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tests/unit/keys/keys_help.h"
#include "zonegen/tlsa.h"

static void
test_params(void)
{
	static const struct {
		const char *text;
		int usage, selector, matching;	/* usage -1: refused */
	} rows[] = { { "3 1 1", 3, 1, 1 }, { " 2\t0  2 ", 2, 0, 2 }, { "DANE-EE SPKI SHA2-256", 3, 1, 1 },
		{ "pkix-ta cert full", 0, 0, 0 }, { "DANE-TA 1 SHA2-512", 2, 1, 2 },
		{ "", -1, 0, 0 }, { "3", -1, 0, 0 }, { "3 1", -1, 0, 0 }, { "3 1 1 1", -1, 0, 0 },
		{ "4 1 1", -1, 0, 0 }, { "3 2 1", -1, 0, 0 }, { "3 1 3", -1, 0, 0 }, { "311", -1, 0, 0 },
		{ "-1 1 1", -1, 0, 0 }, { "3,1,1", -1, 0, 0 }, { "3 x 1", -1, 0, 0 },
		{ "0x3 1 1", -1, 0, 0 }, { "SPKI SPKI SPKI", -1, 0, 0 }, { "3 1 4294967297", -1, 0, 0 } };
	struct tlsa_params p;
	struct fault why;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int class = tlsa_parse_params(&p, rows[i].text, &why);

		if (rows[i].usage < 0)
			tap_ok(class == ZP_EUSAGE && why.text[0] != '\0', "'%s' is refused", rows[i].text);
		else
			tap_ok(class == ZP_OK && p.usage == rows[i].usage &&
			    p.selector == rows[i].selector && p.matching == rows[i].matching, "'%s'",
			    rows[i].text);
	}
}

/* Each selector and matching type of each key against digests made elsewhere. */
static void
test_golden(void)
{
	static const char *const kinds[] = { "rsa", "ec", "p384", "ed" };

	for (size_t i = 0; i < 4; i++) {
		struct chain c;
		char file[32];

		(void)snprintf(file, sizeof file, "%s-chain.pem", kinds[i]);
		data_chain(&c, file);
		for (uint8_t v = 0; v < 16; v++) {
			const struct tlsa_params p = { v & 8 ? 3 : 2, v & 4 ? 1 : 0, v & 2 ? 2 : 1 };
			const struct tlsa_source source = { &c, NULL, v & 1 ? 2 : 1 };
			struct bytes rdata = { 0 }, text = { 0 }, back = { 0 };
			char what[32], want[160];
			struct fault why;
			size_t depth = 9;

			(void)snprintf(what, sizeof what, "%s-%s", p.usage == 3 ? kinds[i] :
			    source.issuer == 1 ? "mid" : "root", p.selector == 1 ? "spki" : "cert");
			data_fact(want, what, p.matching);
			tap_is_int(tlsa_make(&rdata, &p, &source, &why), ZP_OK, what);
			tlsa_print(&text, rdata.data, rdata.len);
			tap_ok(text.len > 6 && strcmp(bytes_text(&text) + 6, want) == 0, "%u %u %u of %s",
			    p.usage, p.selector, p.matching, what);
			tap_is_int(tlsa_check(rdata.data, rdata.len, &why), ZP_OK, "is well formed");
			tap_ok(tlsa_matches_chain(rdata.data, rdata.len, &c, &depth) &&
			    depth == (p.usage == 3 ? 0 : source.issuer), "matches at its depth");
			tap_ok(tlsa_parse(&back, bytes_text(&text), &why) == ZP_OK &&
			    back.len == rdata.len && memcmp(back.data, rdata.data, back.len) == 0,
			    "and comes back from text");
			rdata.data[rdata.len - 1] ^= 1;
			tap_ok(!tlsa_matches_chain(rdata.data, rdata.len, &c, NULL), "one bit off: no match");
			bytes_release(&rdata);
			bytes_release(&text);
			bytes_release(&back);
		}
		chain_release(&c);
	}
}

static void
test_sources(void)
{
	const struct tlsa_params ta = { 2, 1, 1 }, full = { 3, 0, 0 }, cert = { 3, 0, 1 }, ee = { 3, 1, 0 };
	struct bytes rdata = { 0 };
	struct chain chain, alone, unordered;
	struct tlsa_source source = { 0 };
	struct fault why;

	data_chain(&chain, "ec-chain.pem");
	data_chain(&alone, "ec.pem");
	data_chain(&unordered, "ec-unordered.pem");
	source.key = &alone.v[0].key;
	tap_is_int(tlsa_make(&rdata, &cert, &source, &why), ZP_EUSAGE, "selector 0 from a key");
	tap_is_int(tlsa_make(&rdata, &ta, &source, &why), ZP_EUSAGE, "usage 2 from a key");
	tap_is_int(tlsa_make(&rdata, &ee, &source, &why), ZP_OK, "3 1 0 from a key");
	tap_is_int(tlsa_check(rdata.data, rdata.len, &why), ZP_OK, "is well formed");
	rdata.data[3] ^= 1;
	tap_is_int(tlsa_check(rdata.data, rdata.len, &why), ZP_EUSAGE, "and not when damaged");
	source.chain = &alone;
	tap_is_int(tlsa_make(&rdata, &ta, &source, &why), ZP_EUSAGE, "usage 2 from a lone leaf");
	tap_is_int(tlsa_make(&rdata, &full, &source, &why), ZP_OK, "3 0 0");
	tap_ok(rdata.len == 3 + alone.v[0].der.len && tlsa_check(rdata.data, rdata.len, &why) == ZP_OK,
	    "is the certificate");
	tap_is_int(tlsa_check(rdata.data, rdata.len - 1, &why), ZP_EUSAGE, "half of it is not");
	source.chain = &chain;
	source.issuer = 3;
	tap_is_int(tlsa_make(&rdata, &ta, &source, &why), ZP_EUSAGE, "an issuer beyond the chain");
	source.chain = &unordered;
	source.issuer = 1;
	tap_is_int(tlsa_make(&rdata, &ta, &source, &why), ZP_EUSAGE, "one that did not issue the leaf");
	chain_release(&chain);
	chain_release(&alone);
	chain_release(&unordered);
	bytes_release(&rdata);
}

static void
test_text(void)
{
	static const char *const refused[] = { "", "3 1 1", "3 1 1 ", "3 1 1 abc", "3 1 1 xy",
		"3 1 1 \v", "256 1 1 ab", "3 1 ab", "a b c d", "3 1 1 ab;cd" };
	static const char *const bad[] = {
		"3 1 1 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		("3 1 2 cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
		    "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"),
		"3 1 1 e3b0", "4 1 1 aa", "3 2 1 aa", "3 1 3 aa", "3 0 0 3000", "3 1 0 3000" };
	struct bytes rdata = { 0 };
	struct fault why;

	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		tap_ok(tlsa_parse(&rdata, refused[i], &why) == ZP_EUSAGE && why.text[0] != '\0',
		    "'%s' is no record", refused[i]);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		tap_is_int(tlsa_parse(&rdata, bad[i], &why), ZP_OK, bad[i]);
		tap_ok(tlsa_check(rdata.data, rdata.len, &why) == ZP_EUSAGE, "is no use: %s", why.text);
	}
	tap_is_int(tlsa_parse(&rdata, " 2 1 1 AB cd\n", &why), ZP_OK, "blanks in the hex are welcome");
	tap_ok(rdata.len == 5 && rdata.data[3] == 0xab, "and mean nothing");
	bytes_release(&rdata);
}

static void
test_owner(void)
{
	static const struct {
		const char *text;
		uint16_t port;	/* 0: refused */
		const char *protocol;
	} rows[] = { { "25", 25, "tcp" }, { "465/tcp", 465, "tcp" }, { "853/UDP", 853, "udp" },
		{ "1/sctp", 1, "sctp" }, { "65535", 65535, "tcp" }, { "0", 0, NULL }, { "65536", 0, NULL },
		{ "", 0, NULL }, { "25/", 0, NULL }, { "25/x", 0, NULL }, { "25 ", 0, NULL },
		{ "-25", 0, NULL }, { "smtp", 0, NULL }, { "000025", 0, NULL } };
	struct name host, owner;
	struct fault why;
	char text[NAME_TEXT_MAX], protocol[8];
	uint16_t port;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int class = tlsa_parse_port(&port, protocol, rows[i].text, &why);

		tap_ok(rows[i].port == 0 ? class == ZP_EUSAGE :
		    class == ZP_OK && port == rows[i].port && strcmp(protocol, rows[i].protocol) == 0,
		    "port '%s'", rows[i].text);
	}
	tap_ok(name_parse_host(&host, "mx1.example.com", &why) == ZP_OK &&
	    tlsa_owner(&owner, 465, NULL, &host, &why) == ZP_OK, "an owner");
	tap_is(name_print(text, &owner), "_465._tcp.mx1.example.com.", "is made of port and host");
}

int
main(void)
{
	test_params();
	test_golden();
	test_sources();
	test_text();
	test_owner();
	return tap_done();
}
