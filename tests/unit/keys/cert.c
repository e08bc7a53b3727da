/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tests/unit/keys/keys_help.h"

static void
test_facts(void)
{
	struct chain c;
	struct bytes hex = { 0 };
	char want[129];

	data_chain(&c, "rsa-chain.pem");
	tap_is_int(c.n, 3, "leaf, intermediate and root");
	tap_is(c.v[0].subject, "CN=mx1.example.com", "the first one is the leaf");
	tap_is(c.v[0].issuer, "CN=Test Intermediate", "its issuer");
	tap_ok(c.v[0].names.n == 3 && strcmp(c.v[0].names.v[1], "*.wild.example.com") == 0, "its names");
	tap_ok(c.v[0].not_before == INT64_C(1767225600000) &&
	    c.v[0].not_after == INT64_C(2398377600000), "its dates");
	tap_ok(!c.v[0].is_ca && c.v[1].is_ca && c.v[2].is_ca, "the others are authorities");
	tap_ok(!c.v[1].is_self_issued && c.v[2].is_self_issued, "the root is self-issued");
	tap_ok(c.v[0].key.kind == KEY_RSA && c.v[0].key.bits == 2048 && !c.v[0].key.is_private,
	    "the kind of its key");
	bytes_append_hex(&hex, c.v[0].key.sha256, sizeof c.v[0].key.sha256);
	data_fact(want, "rsa-spki", 1);
	tap_is(bytes_text(&hex), want, "the digest of its key");
	bytes_release(&hex);
	chain_release(&c);
}

static void
test_containers(void)
{
	static const char *const damaged[] = {
		"-----BEGIN PRIVATE KEY-----\nMC4C\n!!!!\n-----END PRIVATE KEY-----\n",
		"-----BEGIN RSA PRIVATE KEY-----\r\nMC4C\r\n-----END EC PRIVATE KEY-----\r\n",
		"-----BEGIN PRIVATE KEY-----\nMC4CAQ\n",
		"-----BEGIN ENCRYPTED PRIVATE KEY-----\n-----END ENCRYPTED PRIVATE KEY-----\n",
	};
	struct chain pem, other;
	struct key_facts key, csr, of_file;
	struct data_pass p = { "secret", 0 }, wrong = { "x", 0 };
	const struct passphrase pass = { data_ask, &p }, bad = { data_ask, &wrong };
	struct fault why = { 0 };
	char path[512];

	data_chain(&pem, "ec-chain.pem");
	data_chain(&other, "ec.der");
	tap_ok(other.n == 1 && other.v[0].der.len == pem.v[0].der.len &&
	    memcmp(other.v[0].der.data, pem.v[0].der.data, pem.v[0].der.len) == 0, "DER is the same");
	chain_release(&other);

	data_chain(&other, "ec-live.pem");
	tap_is_int(other.n, 2, "a key block is passed over");
	chain_release(&other);
	for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
		struct bytes content = { 0 }, certs = { 0 };

		bytes_append_text(&content, damaged[i]);
		if (file_read(&certs, data_path(path, "ec-chain.pem"), KEYFILE_MAX, &why) == ZP_OK)
			bytes_append(&content, certs.data, certs.len);
		tap_ok(chain_parse(&other, &content, "it", &why) == ZP_OK && chain_equal(&pem, &other),
		    "so is a damaged one: %.60s", why.text);
		chain_release(&other);
		bytes_release(&content);
		bytes_release(&certs);
	}

	tap_is_int(chain_read_pkcs12(&other, &key, data_path(path, "ec.p12"), &pass, &why), ZP_OK,
	    "PKCS#12");
	tap_is_int(p.asked, 1, "asks once");
	tap_ok(chain_equal(&pem, &other), "the chain is put in order");
	tap_ok(chain_has_key(&other, &key) && key.is_private, "with its key");
	chain_release(&other);
	key_facts_release(&key);
	tap_is_int(chain_read_pkcs12(&other, NULL, data_path(path, "ec-open.p12"), NULL, &why), ZP_OK,
	    "an empty password is not asked for");
	tap_ok(chain_equal(&pem, &other), "the same chain");
	chain_release(&other);
	tap_is_int(chain_read_pkcs12(&other, &key, data_path(path, "ec.p12"), &bad, &why), ZP_EUSAGE,
	    "a wrong password");
	tap_ok(other.n == 0 && key.spki.len == 0, "yields nothing");
	tap_is_int(chain_read_pkcs12(&other, &key, data_path(path, "ec.p12"), NULL, &why), ZP_EUSAGE,
	    "no password");
	tap_is_int(chain_read_pkcs12(&other, &key, data_path(path, "ec.pem"), &pass, &why), ZP_EUSAGE,
	    "PEM is no PKCS#12");

	tap_is_int(csr_read(&csr, data_path(path, "ec.csr"), &why), ZP_OK, "a request in PEM");
	tap_ok(chain_has_key(&pem, &csr), "carries the leaf's key");
	key_facts_release(&csr);
	tap_is_int(csr_read(&csr, data_path(path, "ec.csr.der"), &why), ZP_OK, "a request in DER");
	tap_ok(chain_has_key(&pem, &csr), "carries the leaf's key");
	key_facts_release(&csr);
	tap_is_int(keyfile_read(&of_file, data_path(path, "rsa.key"), NULL, &why), ZP_OK, "a key");
	tap_ok(!chain_has_key(&pem, &of_file), "of another pair does not belong");
	key_facts_release(&of_file);
	chain_release(&pem);
}

static void
test_refused(void)
{
	static const struct {
		const char *file;
		const char *say;
	} rows[] = { { "ec.key", "there is a key" }, { "ec.csr", "there is a certificate signing" },
		{ "ec.key.der", "no certificate" }, { "ec.p12", "no certificate" } };
	static const char broken[] = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
	struct bytes content = { 0 };
	struct chain c;
	struct key_facts csr;
	struct fault why;
	char path[512];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		tap_is_int(chain_read(&c, data_path(path, rows[i].file), &why), ZP_EUSAGE, rows[i].file);
		tap_ok(strstr(why.text, rows[i].say) != NULL, "says what it is: %s", why.text);
	}
	tap_is_int(csr_read(&csr, data_path(path, "ec.pem"), &why), ZP_EUSAGE,
	    "a certificate is no request");
	bytes_append_text(&content, broken);
	tap_is_int(chain_parse(&c, &content, "it", &why), ZP_EUSAGE, "a broken certificate");
	tap_ok(strstr(why.text, "certificate 1") != NULL, "is named: %s", why.text);
	bytes_release(&content);
	tap_is_int(file_read(&content, data_path(path, "ec.pem"), KEYFILE_MAX, &why), ZP_OK, "a file");
	bytes_append_text(&content, broken);
	tap_is_int(chain_parse(&c, &content, "it", &why), ZP_EUSAGE, "one broken of two");
	tap_is_int(c.n, 0, "yields none");
	bytes_clear(&content);
	for (unsigned i = 0; i <= CHAIN_MAX; i++) {
		struct bytes one = { 0 };

		tap.failed += file_read(&one, data_path(path, "ec.pem"), KEYFILE_MAX, &why) != ZP_OK;
		bytes_append(&content, one.data, one.len);
		bytes_release(&one);
	}
	tap_is_int(chain_parse(&c, &content, "it", &why), ZP_EUSAGE, "too many certificates");
	bytes_release(&content);
}

static void
test_links(void)
{
	struct chain c;
	size_t broken;

	data_chain(&c, "ed-chain.pem");
	tap_ok(chain_links(&c, &broken) && broken == 3, "a chain in order links");
	tap_ok(cert_is_issued_by(&c.v[0], &c.v[1]) && !cert_is_issued_by(&c.v[0], &c.v[2]),
	    "by its issuer and no other");
	chain_release(&c);
	data_chain(&c, "ec-unordered.pem");
	tap_ok(!chain_links(&c, &broken) && broken == 0, "one out of order does not");
	chain_release(&c);
	data_chain(&c, "forged-chain.pem");
	tap_ok(strcmp(c.v[0].issuer, c.v[1].subject) == 0 && !chain_links(&c, &broken) && broken == 0,
	    "nor one whose issuer has the name and identifier, but not the key");
	chain_release(&c);
}

static void
test_names(void)
{
	static const struct {
		const char *host;
		bool named;
	} rows[] = { { "mx1.example.com", true }, { "MX1.example.com", true },
		{ "mx1.example.com.", true }, { "mx2.example.com", false }, { "a.wild.example.com", true },
		{ "a.b.wild.example.com", false }, { "wild.example.com", false },
		{ "part1.part.example.com", false }, { "example.com", false }, { "", false } };
	struct chain c;

	data_chain(&c, "ec.pem");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		tap_ok(cert_names_host(&c.v[0], rows[i].host) == rows[i].named, "'%s' is %snamed",
		    rows[i].host, rows[i].named ? "" : "not ");
	chain_release(&c);
}

static void
test_pair(void)
{
	static const struct {
		const char *chain;
		const char *key;
		const char *host;
		const int64_t *at;
		int problem;	/* -1: none */
		size_t depth;
	} rows[] = {
		{ "ec-chain.pem", "ec.key", "mx1.example.com", &data_now, -1, 0 },
		{ "ec-live.pem", "ec-live.pem", "mx1.example.com", &data_now, -1, 0 },
		{ "self.pem", "ec.key", "mx1.example.com", &data_now, -1, 0 },
		{ "short-chain.pem", "ec.key", "mx1.example.com", &data_march, -1, 0 },
		{ "ec-chain.pem", "rsa.key", "mx1.example.com", &data_now, PAIR_KEY_MISMATCH, 0 },
		{ "ec-unordered.pem", "ec.key", "mx1.example.com", &data_now, PAIR_LINK_BROKEN, 0 },
		{ "ec.pem", "ec.key", "mx1.example.com", &data_now, PAIR_ISSUER_MISSING, 0 },
		{ "short-chain.pem", "ec.key", "mx1.example.com", &data_now, PAIR_EXPIRED, 0 },
		{ "ec-chain.pem", "ec.key", "mx2.example.com", &data_now, PAIR_WRONG_HOST, 0 },
	};
	struct pair_findings f;
	struct chain c;
	struct fault why;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct key_facts key;
		char path[512];

		data_chain(&c, rows[i].chain);
		tap_is_int(keyfile_read(&key, data_path(path, rows[i].key), NULL, &why), ZP_OK,
		    rows[i].chain);
		tap_is_int(pair_judge(&f, &c, &key, rows[i].host, *rows[i].at, &why), ZP_OK, "is judged");
		if (rows[i].problem < 0)
			tap_is_int(f.n, 0, "nothing is wrong");
		else
			tap_ok(f.n == 1 && (int)f.v[0].problem == rows[i].problem &&
			    f.v[0].depth == rows[i].depth && pair_has(&f, f.v[0].problem), "one thing: %s",
			    f.n > 0 ? f.v[0].text : "(none)");
		pair_findings_release(&f);
		key_facts_release(&key);
		chain_release(&c);
	}
	data_chain(&c, "ec-chain.pem");
	tap_ok(pair_judge(&f, &c, NULL, "x.example", data_before, &why) == ZP_OK && f.n == 4 &&
	    pair_has(&f, PAIR_NOT_YET_VALID) && pair_has(&f, PAIR_WRONG_HOST) &&
	    !pair_has(&f, PAIR_EXPIRED), "several faults are several findings");
	pair_findings_release(&f);
	chain_release(&c);
}

int
main(void)
{
	test_facts();
	test_containers();
	test_refused();
	test_links();
	test_names();
	test_pair();
	return tap_done();
}
