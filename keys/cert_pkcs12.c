/* SPDX-License-Identifier: BSD-2-Clause */
/* PKCS#12 (RFC 7292) to a chain; the contract is in keys/cert.h. */
#include "config.h"

#include "keys/cert.h"

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509v3.h>

#include "base/file.h"
#include "keys/pkey.h"
#include "keys/sslfault.h"
#include "keys/x509.h"

/* The content of a PKCS#12 file as OpenSSL hands it out. */
struct unpacked {
	EVP_PKEY *key;
	X509 *leaf;
	STACK_OF(X509) *others;
};

static void
unpacked_release(struct unpacked *u)
{
	EVP_PKEY_free(u->key);
	X509_free(u->leaf);
	sk_X509_pop_free(u->others, X509_free);
	*u = (struct unpacked){ 0 };
}

static bool
parse_with(struct unpacked *out, PKCS12 *p12, const char *password)
{
	if (PKCS12_parse(p12, password, &out->key, &out->leaf, &out->others) == 1)
		return true;
	unpacked_release(out);
	return false;
}

/*
 * Unpack with a password, the content's ciphers being what they may: files of
 * older programs need RC2 or RC4 of the legacy provider, which is loaded for
 * them alone.
 */
static bool
unpack(struct unpacked *out, PKCS12 *p12, const char *password)
{
	OSSL_PROVIDER *legacy;
	bool done = parse_with(out, p12, password);

	if (done || ERR_GET_REASON(ERR_peek_last_error()) == PKCS12_R_MAC_VERIFY_FAILURE)
		return done;
	legacy = OSSL_PROVIDER_try_load(NULL, "legacy", 1);
	if (legacy == NULL)
		return false;
	ERR_clear_error();
	done = parse_with(out, p12, password);
	(void)OSSL_PROVIDER_unload(legacy);
	return done;
}

static int
unpack_asking(struct unpacked *out, PKCS12 *p12, const char *label,
    const struct passphrase *pass, struct fault *why)
{
	struct bytes secret = { 0 };
	int class;

	if (PKCS12_mac_present(p12) != 1 || PKCS12_verify_mac(p12, "", 0) == 1 ||
	    PKCS12_verify_mac(p12, NULL, 0) == 1) {
		if (unpack(out, p12, ""))
			return ZP_OK;
		if (PKCS12_mac_present(p12) == 1)
			return sslfault_set(why, ZP_EUSAGE, "the PKCS#12 content cannot be read");
	}
	ERR_clear_error();
	if (pass == NULL || pass->ask == NULL)
		return fault_set(why, ZP_EUSAGE,
		    "the PKCS#12 file is encrypted: give its password with --passphrase-file");
	class = pass->ask(&secret, pass->context, label, why);
	if (class == ZP_OK && !unpack(out, p12, bytes_text(&secret)))
		class = sslfault_set(why, ZP_EUSAGE, "the PKCS#12 file does not open");
	bytes_wipe(&secret);
	return class;
}

/* The one of others that issued x, or NULL. */
static X509 *
find_issuer(STACK_OF(X509) *others, X509 *x)
{
	for (int i = 0; i < sk_X509_num(others); i++) {
		X509 *candidate = sk_X509_value(others, i);

		if (X509_check_issued(candidate, x) == X509_V_OK &&
		    X509_verify(x, X509_get0_pubkey(candidate)) == 1)
			return candidate;
	}
	return NULL;
}

static int
collect(struct chain *out, const struct unpacked *u, struct fault *why)
{
	X509 *x = u->leaf != NULL ? u->leaf : sk_X509_value(u->others, 0);

	if (x == NULL)
		return fault_set(why, ZP_EUSAGE, "no certificate in the PKCS#12 file");
	while (x != NULL) {
		X509 *next = find_issuer(u->others, x);
		int class = x509_add(out, x, why);

		if (class != ZP_OK)
			return class;
		x = next == x || X509_self_signed(x, 0) == 1 ? NULL : next;
	}
	return ZP_OK;
}

int
chain_parse_pkcs12(struct chain *out, struct key_facts *key, const struct bytes *content,
    const char *label, const struct passphrase *pass, struct fault *why)
{
	const uint8_t *at = content->data;
	struct unpacked u = { 0 };
	PKCS12 *p12 = NULL;
	int class;

	*out = (struct chain){ 0 };
	if (key != NULL)
		*key = (struct key_facts){ 0 };
	if (content->len > 0 && content->len <= KEYFILE_MAX)
		p12 = d2i_PKCS12(NULL, &at, (long)content->len);
	if (p12 == NULL) {
		class = sslfault_set(why, ZP_EUSAGE, "this is no PKCS#12 file");
		goto out;
	}
	class = unpack_asking(&u, p12, label, pass, why);
	if (class == ZP_OK)
		class = collect(out, &u, why);
	if (class == ZP_OK && key != NULL && u.key != NULL) {
		class = pkey_facts(key, u.key, why);
		key->is_private = class == ZP_OK;
	}
out:
	unpacked_release(&u);
	PKCS12_free(p12);
	ERR_clear_error();
	if (class == ZP_OK)
		return ZP_OK;
	chain_release(out);
	return fault_prepend(why, "%s", label);
}

int
chain_read_pkcs12(struct chain *out, struct key_facts *key, const char *path,
    const struct passphrase *pass, struct fault *why)
{
	struct bytes content = { 0 };
	int class;

	*out = (struct chain){ 0 };
	if (key != NULL)
		*key = (struct key_facts){ 0 };
	class = file_read(&content, path, KEYFILE_MAX, why);
	if (class == ZP_OK)
		class = chain_parse_pkcs12(out, key, &content, path, pass, why);
	bytes_wipe(&content);
	if (class == ZP_OK && key != NULL && key->is_private)
		key->is_exposed = file_is_exposed(path);
	return class;
}
