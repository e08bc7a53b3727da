/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "keys/pkey.h"

#include <limits.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "keys/sslfault.h"

/* One encoded key, and how to come by its passphrase. */
struct encoded {
	const uint8_t *der;
	long len;
	const char *label;
	const struct passphrase *pass;
};

/* A decoder yields NULL without a fault where the octets are something else. */
typedef int decode_fn(EVP_PKEY **out, const struct encoded *e, struct fault *why);

static int
ask(struct bytes *out, const struct encoded *e, struct fault *why)
{
	int class;

	if (e->pass == NULL || e->pass->ask == NULL)
		return fault_set(why, ZP_EUSAGE,
		    "%s: the key is encrypted: give its passphrase with --passphrase-file", e->label);
	class = e->pass->ask(out, e->pass->context, e->label, why);
	return class == ZP_OK ? ZP_OK : fault_prepend(why, "%s", e->label);
}

static int
wrong_passphrase(const struct encoded *e, struct fault *why)
{
	ERR_clear_error();
	return fault_set(why, ZP_EUSAGE, "%s: the passphrase does not decrypt the key", e->label);
}

static int
decode_pkcs8(EVP_PKEY **out, const struct encoded *e, struct fault *why)
{
	const uint8_t *at = e->der;
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, e->len);

	(void)why;
	if (info != NULL && at == e->der + e->len)
		*out = EVP_PKCS82PKEY(info);
	PKCS8_PRIV_KEY_INFO_free(info);
	return ZP_OK;
}

static int
decode_encrypted_pkcs8(EVP_PKEY **out, const struct encoded *e, struct fault *why)
{
	const uint8_t *at = e->der;
	X509_SIG *sealed = d2i_X509_SIG(NULL, &at, e->len);
	PKCS8_PRIV_KEY_INFO *info = NULL;
	struct bytes secret = { 0 };
	int class = ZP_OK;

	if (sealed == NULL || at != e->der + e->len)
		goto out;
	class = ask(&secret, e, why);
	if (class != ZP_OK)
		goto out;
	info = PKCS8_decrypt(sealed, bytes_text(&secret), (int)secret.len);
	if (info != NULL)
		*out = EVP_PKCS82PKEY(info);
	if (*out == NULL)
		class = wrong_passphrase(e, why);
out:
	PKCS8_PRIV_KEY_INFO_free(info);
	X509_SIG_free(sealed);
	bytes_wipe(&secret);
	return class;
}

static int
decode_traditional(EVP_PKEY **out, const struct encoded *e, int type)
{
	const uint8_t *at = e->der;

	*out = d2i_PrivateKey(type, NULL, &at, e->len);
	if (*out != NULL && at != e->der + e->len) {
		EVP_PKEY_free(*out);
		*out = NULL;
	}
	return ZP_OK;
}

static int
decode_rsa(EVP_PKEY **out, const struct encoded *e, struct fault *why)
{
	(void)why;
	return decode_traditional(out, e, EVP_PKEY_RSA);
}

static int
decode_ec(EVP_PKEY **out, const struct encoded *e, struct fault *why)
{
	(void)why;
	return decode_traditional(out, e, EVP_PKEY_EC);
}

static int
decode_spki(EVP_PKEY **out, const struct encoded *e, struct fault *why)
{
	const uint8_t *at = e->der;

	(void)why;
	*out = d2i_PUBKEY(NULL, &at, e->len);
	if (*out != NULL && at != e->der + e->len) {
		EVP_PKEY_free(*out);
		*out = NULL;
	}
	return ZP_OK;
}

static int
decode_rsa_public(EVP_PKEY **out, const struct encoded *e, struct fault *why)
{
	const uint8_t *at = e->der;

	(void)why;
	*out = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, e->len);
	if (*out != NULL && at != e->der + e->len) {
		EVP_PKEY_free(*out);
		*out = NULL;
	}
	return ZP_OK;
}

/* The containers, under their PEM labels; DER is tried in this order. */
static const struct container {
	const char *pem;
	decode_fn *decode;
	bool is_private;
} containers[] = {
	{ "PRIVATE KEY", decode_pkcs8, true },
	{ "ENCRYPTED PRIVATE KEY", decode_encrypted_pkcs8, true },
	{ "RSA PRIVATE KEY", decode_rsa, true },
	{ "EC PRIVATE KEY", decode_ec, true },
	{ "PUBLIC KEY", decode_spki, false },
	{ "RSA PUBLIC KEY", decode_rsa_public, false },
};

enum { CONTAINERS_N = sizeof containers / sizeof containers[0] };

/* Undo the encryption of a traditional PEM block (RFC 1421 headers) in place. */
static int
open_block(uint8_t *data, long *len, char *header, struct encoded *e, struct fault *why)
{
	EVP_CIPHER_INFO cipher;
	struct bytes secret = { 0 };
	char *text;
	int class = ZP_OK;

	if (header[0] == '\0')
		return ZP_OK;
	if (PEM_get_EVP_CIPHER_INFO(header, &cipher) != 1)
		return sslfault_set(why, ZP_EUSAGE, "%s: the headers of the key are broken", e->label);
	if (cipher.cipher == NULL)
		return ZP_OK;
	class = ask(&secret, e, why);
	if (class != ZP_OK)
		goto out;
	text = secret.len > 0 ? (char *)secret.data : (char[]){ '\0' };
	if (PEM_do_header(&cipher, data, len, NULL, text) != 1)
		class = wrong_passphrase(e, why);
out:
	bytes_wipe(&secret);
	return class;
}

static int
parse_block(EVP_PKEY **out, const struct container *c, uint8_t *data, long len, char *header,
    struct encoded *e, struct fault *why)
{
	int class = open_block(data, &len, header, e, why);

	if (class != ZP_OK)
		return class;
	e->der = data;
	e->len = len;
	class = c->decode(out, e, why);
	if (class == ZP_OK && *out == NULL)
		return sslfault_set(why, ZP_EUSAGE, "%s: the block '%s' is broken", e->label, c->pem);
	return class;
}

/* Find the first key block; *seen_certificate tells a useful thing where there is none. */
static int
parse_pem(EVP_PKEY **out, bool *is_private, bool *seen_certificate, BIO *bio,
    struct encoded *e, struct fault *why)
{
	char *name = NULL, *header = NULL;
	uint8_t *data = NULL;
	long len;
	int class = ZP_OK;

	while (*out == NULL && class == ZP_OK &&
	    PEM_read_bio(bio, &name, &header, &data, &len) == 1) {
		if (strstr(name, "CERTIFICATE") != NULL)
			*seen_certificate = true;
		for (size_t i = 0; i < CONTAINERS_N; i++) {
			if (strcmp(name, containers[i].pem) != 0)
				continue;
			class = parse_block(out, &containers[i], data, len, header, e, why);
			*is_private = containers[i].is_private;
			break;
		}
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_clear_free(data, (size_t)len);
	}
	return class;
}

int
pkey_parse(EVP_PKEY **out, bool *is_private, const struct bytes *content, const char *label,
    const struct passphrase *pass, struct fault *why)
{
	struct encoded e = { .label = label, .pass = pass };
	bool seen_certificate = false;
	BIO *bio = NULL;
	int class = ZP_OK;

	*out = NULL;
	*is_private = false;
	if (content->len == 0)
		return fault_set(why, ZP_EUSAGE, "%s: the file is empty", label);
	if (content->len > KEYFILE_MAX)
		return fault_set(why, ZP_EUSAGE, "%s: too large for a key", label);
	bio = BIO_new_mem_buf(content->data, (int)content->len);
	if (bio == NULL)
		return fault_set_nomem(why);
	class = parse_pem(out, is_private, &seen_certificate, bio, &e, why);

	for (size_t i = 0; class == ZP_OK && *out == NULL && i < CONTAINERS_N; i++) {
		if (content->data[0] != 0x30)
			break;
		e.der = content->data;
		e.len = (long)content->len;
		class = containers[i].decode(out, &e, why);
		*is_private = containers[i].is_private;
	}
	ERR_clear_error();
	if (class == ZP_OK && *out == NULL)
		class = fault_set(why, ZP_EUSAGE, seen_certificate ?
		    "%s: a certificate or request, but no key in it" :
		    "%s: no key in it that can be read (PEM or DER; PKCS#1, PKCS#8, SEC1 or SPKI)",
		    label);
	BIO_free(bio);
	if (class != ZP_OK) {
		EVP_PKEY_free(*out);
		*out = NULL;
	}
	return class;
}

void
pkey_kind(enum key_kind *kind, unsigned *bits, const EVP_PKEY *key)
{
	static const struct {
		int id;
		enum key_kind kind;
	} rows[] = { { EVP_PKEY_RSA, KEY_RSA }, { EVP_PKEY_EC, KEY_ECDSA },
		{ EVP_PKEY_ED25519, KEY_ED25519 } };

	*kind = KEY_OTHER;
	*bits = 0;
	if (key == NULL)
		return;
	*bits = (unsigned)EVP_PKEY_get_bits(key);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (EVP_PKEY_get_base_id(key) == rows[i].id)
			*kind = rows[i].kind;
	if (*kind == KEY_ED25519)
		*bits = 256;
}

int
pkey_facts(struct key_facts *out, const EVP_PKEY *key, struct fault *why)
{
	uint8_t *der = NULL;
	int len = i2d_PUBKEY(key, &der);
	int class;

	*out = (struct key_facts){ 0 };
	if (len <= 0)
		return sslfault_set(why, ZP_EUSAGE, "the key has no public half that can be encoded");
	pkey_kind(&out->kind, &out->bits, key);
	bytes_append(&out->spki, der, (size_t)len);
	OPENSSL_free(der);
	class = bytes_check(&out->spki, why);
	if (class == ZP_OK)
		class = digest_sha256(out->sha256, out->spki.data, out->spki.len, why);
	if (class != ZP_OK)
		key_facts_release(out);
	return class;
}

int
pkey_take_bio(struct bytes *to, BIO *bio, struct fault *why)
{
	char *text;
	long len = BIO_get_mem_data(bio, &text);

	bytes_append(to, text, (size_t)len);
	return bytes_check(to, why);
}

int
pkey_print(struct bytes *to, const EVP_PKEY *key, struct fault *why)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	int class;

	if (bio == NULL || PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) != 1)
		class = sslfault_set(why, ZP_ELOCAL, "the key cannot be written as PEM");
	else
		class = pkey_take_bio(to, bio, why);
	BIO_free(bio);
	return class;
}
