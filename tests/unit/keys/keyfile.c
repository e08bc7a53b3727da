/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/stat.h>
#include <unistd.h>

#include "keys/keygen.h"
#include "tests/unit/keys/keys_help.h"

static const struct {
	const char *file;
	const char *key;
	enum key_kind kind;
	unsigned bits;
	bool is_private;
	bool locked;
} rows[] = {
	{ "rsa.key", "rsa-spki", KEY_RSA, 2048, true, false },
	{ "rsa.key.der", "rsa-spki", KEY_RSA, 2048, true, false },
	{ "rsa-old.key", "rsa-spki", KEY_RSA, 2048, true, false },
	{ "rsa-old.key.der", "rsa-spki", KEY_RSA, 2048, true, false },
	{ "rsa-locked.key", "rsa-spki", KEY_RSA, 2048, true, true },
	{ "rsa-locked.key.der", "rsa-spki", KEY_RSA, 2048, true, true },
	{ "rsa-old-locked.key", "rsa-spki", KEY_RSA, 2048, true, true },
	{ "rsa.pub", "rsa-spki", KEY_RSA, 2048, false, false },
	{ "rsa.pub.der", "rsa-spki", KEY_RSA, 2048, false, false },
	{ "rsa-old.pub", "rsa-spki", KEY_RSA, 2048, false, false },
	{ "rsa-old.pub.der", "rsa-spki", KEY_RSA, 2048, false, false },
	{ "rsa-live.pem", "rsa-spki", KEY_RSA, 2048, true, false },
	{ "ec.key", "ec-spki", KEY_ECDSA, 256, true, false },
	{ "ec.key.der", "ec-spki", KEY_ECDSA, 256, true, false },
	{ "ec-old.key", "ec-spki", KEY_ECDSA, 256, true, false },
	{ "ec-old.key.der", "ec-spki", KEY_ECDSA, 256, true, false },
	{ "ec-old-locked.key", "ec-spki", KEY_ECDSA, 256, true, true },
	{ "ec-locked.key.der", "ec-spki", KEY_ECDSA, 256, true, true },
	{ "ec.pub", "ec-spki", KEY_ECDSA, 256, false, false },
	{ "ec.pub.der", "ec-spki", KEY_ECDSA, 256, false, false },
	{ "p384-old.key", "p384-spki", KEY_ECDSA, 384, true, false },
	{ "ed.key", "ed-spki", KEY_ED25519, 256, true, false },
	{ "ed.key.der", "ed-spki", KEY_ED25519, 256, true, false },
	{ "ed-locked.key", "ed-spki", KEY_ED25519, 256, true, true },
	{ "ed.pub", "ed-spki", KEY_ED25519, 256, false, false },
};

static void
test_containers(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct data_pass right = { "secret", 0 }, wrong = { "Secret", 0 };
		const struct passphrase pass = { data_ask, &right }, other = { data_ask, &wrong };
		struct key_facts k;
		struct bytes hex = { 0 };
		struct fault why;
		char path[512], want[129];

		data_path(path, rows[i].file);
		data_fact(want, rows[i].key, 1);
		tap_is_int(keyfile_read(&k, path, &pass, &why), ZP_OK, rows[i].file);
		bytes_append_hex(&hex, k.sha256, sizeof k.sha256);
		tap_is(bytes_text(&hex), want, "the digest of its public key");
		tap_ok(k.kind == rows[i].kind && k.bits == rows[i].bits &&
		    k.is_private == rows[i].is_private, "kind, size, private or not");
		tap_is_int(right.asked, rows[i].locked ? 1 : 0, "the passphrase is asked for if need be");
		key_facts_release(&k);
		bytes_release(&hex);
		if (!rows[i].locked)
			continue;
		tap_is_int(keyfile_read(&k, path, NULL, &why), ZP_EUSAGE, "refused without a passphrase");
		tap_ok(strstr(why.text, "--passphrase-file") != NULL, "with the way out");
		tap_is_int(keyfile_read(&k, path, &other, &why), ZP_EUSAGE, "refused with a wrong one");
		tap_ok(k.spki.len == 0, "with nothing handed out");
	}
}

static void
test_refused(void)
{
	static const struct {
		const char *text;
		const char *say;
	} bad[] = {
		{ "", "empty" },
		{ "hello", "no key" },
		{ "0hello", "no key" },
		{ "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "is broken" },
		{ "-----BEGIN PRIVATE KEY-----\nAAAA\n", "no key" },
		{ "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "a certificate" },
		{ "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: X,00\n\nAAAA\n"
		    "-----END RSA PRIVATE KEY-----\n", "headers" },
	};
	struct fault why;
	struct key_facts k;
	char path[512];

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct bytes content = { 0 };

		bytes_append_text(&content, bad[i].text);
		tap_is_int(keyfile_parse(&k, &content, "it", NULL, &why), ZP_EUSAGE, bad[i].say);
		tap_ok(strstr(why.text, bad[i].say) != NULL && strncmp(why.text, "it: ", 4) == 0,
		    "the fault names it: %s", why.text);
		bytes_release(&content);
	}
	tap_is_int(keyfile_read(&k, data_path(path, "absent"), NULL, &why), ZP_EABSENT, "no such file");
	tap_is_int(keyfile_read(&k, data_path(path, "rsa.der"), NULL, &why), ZP_EUSAGE,
	    "a certificate in DER is no key");
}

static void
test_dkim(void)
{
	struct key_facts k;
	struct fault why;
	char path[512];
	size_t len;

	tap_ok(keyfile_read(&k, data_path(path, "ed.pub"), NULL, &why) == ZP_OK, "an Ed25519 key");
	tap_ok(keyfile_dkim_peek(&k, &len) == k.spki.data + 12 && len == 32,
	    "is published as its 32 octets");
	key_facts_release(&k);
	tap_ok(keyfile_read(&k, data_path(path, "rsa.pub"), NULL, &why) == ZP_OK, "an RSA key");
	tap_ok(keyfile_dkim_peek(&k, &len) == k.spki.data && len == k.spki.len, "as its SPKI");
	key_facts_release(&k);
	tap_ok(keyfile_read(&k, data_path(path, "ec.pub"), NULL, &why) == ZP_OK, "an ECDSA key");
	tap_ok(keyfile_dkim_peek(&k, &len) == NULL, "not at all");
	key_facts_release(&k);
}

static void
test_made(void)
{
	static const char *const names[] = { "p256", "p384", "rsa2048", "ed25519" };
	char folder[] = "/tmp/zp-keyfile-XXXXXX", key_path[64], csr_path[64];
	struct strlist hosts = { 0 };
	struct fault why;

	if (mkdtemp(folder) == NULL)
		return;
	tap_ok(strlist_add(&hosts, "mx1.example.com", &why) == ZP_OK &&
	    strlist_add(&hosts, "mx2.example.com", &why) == ZP_OK, "two hosts");
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		enum keygen_algorithm a;
		struct key_facts made, read, again, csr;
		struct stat st;

		(void)snprintf(key_path, sizeof key_path, "%s/%s.key", folder, names[i]);
		(void)snprintf(csr_path, sizeof csr_path, "%s/%s.csr", folder, names[i]);
		tap_ok(keygen_parse_algorithm(&a, names[i], &why) == ZP_OK, "%s", names[i]);
		tap_is_int(keygen_write(&made, key_path, a, &why), ZP_OK, "a key is made");
		tap_ok(stat(key_path, &st) == 0 && (st.st_mode & 0777) == 0600, "with mode 0600");
		tap_is_int(keyfile_read(&read, key_path, NULL, &why), ZP_OK, "and can be read");
		tap_ok(key_facts_equal(&made, &read) && read.is_private && !read.is_exposed,
		    "it is the same");
		tap_is_int(keygen_write(&again, key_path, a, &why), ZP_EREFUSED, "never overwritten");
		tap_is_int(keygen_write_csr(csr_path, key_path, NULL, &hosts, &why), ZP_OK, "a request");
		tap_is_int(csr_read(&csr, csr_path, &why), ZP_OK, "whose signature verifies");
		tap_ok(key_facts_equal(&made, &csr), "for that key");
		tap_is_int(keygen_write_csr(csr_path, key_path, NULL, &hosts, &why), ZP_EREFUSED,
		    "never overwritten");
		tap_ok(chmod(key_path, 0644) == 0 && keyfile_read(&again, key_path, NULL, &why) == ZP_OK &&
		    again.is_exposed, "a key that others can read is seen");
		key_facts_release(&again);
		tap_ok(chmod(key_path, 0640) == 0 && keyfile_read(&again, key_path, NULL, &why) == ZP_OK &&
		    !again.is_exposed, "the group may");
		key_facts_release(&again);
		key_facts_release(&made);
		key_facts_release(&read);
		key_facts_release(&csr);
		(void)unlink(key_path);
		(void)unlink(csr_path);
	}
	(void)rmdir(folder);
	strlist_release(&hosts);
}

int
main(void)
{
	test_containers();
	test_refused();
	test_dkim();
	test_made();
	return tap_done();
}
