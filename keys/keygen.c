/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "keys/keygen.h"

#include <limits.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/file.h"
#include "keys/pkey.h"
#include "keys/sslfault.h"

enum { COMMON_NAME_MAX = 64 };	/* RFC 5280, ub-common-name */

static const struct {
	const char *name;
	const char *curve;	/* ECDSA */
	unsigned bits;		/* RSA */
} algorithms[] = {
	[KEYGEN_P256] = { "p256", "P-256", 0 }, [KEYGEN_P384] = { "p384", "P-384", 0 },
	[KEYGEN_RSA1024] = { "rsa1024", NULL, 1024 }, [KEYGEN_RSA2048] = { "rsa2048", NULL, 2048 },
	[KEYGEN_RSA3072] = { "rsa3072", NULL, 3072 }, [KEYGEN_RSA4096] = { "rsa4096", NULL, 4096 },
	[KEYGEN_ED25519] = { "ed25519", NULL, 0 },
};

int
keygen_parse_algorithm(enum keygen_algorithm *out, const char *text, struct fault *why)
{
	struct bytes known = { 0 };

	*out = KEYGEN_P256;
	for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++) {
		if (strcmp(algorithms[i].name, text) == 0) {
			*out = (enum keygen_algorithm)i;
			bytes_release(&known);
			return ZP_OK;
		}
		bytes_printf(&known, "%s%s", i > 0 ? ", " : "", algorithms[i].name);
	}
	(void)fault_set(why, ZP_EUSAGE, "the algorithm '%.40s' is none of %s", text,
	    bytes_text(&known));
	bytes_release(&known);
	return ZP_EUSAGE;
}

const char *
keygen_print_algorithm(enum keygen_algorithm a)
{
	return algorithms[a].name;
}

static EVP_PKEY *
make_key(enum keygen_algorithm a)
{
	if (algorithms[a].bits > 0)
		return EVP_RSA_gen(algorithms[a].bits);
	if (algorithms[a].curve != NULL)
		return EVP_EC_gen(algorithms[a].curve);
	return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

int
keygen_write(struct key_facts *out, const char *path, enum keygen_algorithm algorithm,
    struct fault *why)
{
	EVP_PKEY *key = NULL;
	struct bytes pem = { 0 };
	int class;

	*out = (struct key_facts){ 0 };
	if (file_exists(path))
		return fault_set(why, ZP_EREFUSED, "%s exists, and a key is never overwritten", path);
	key = make_key(algorithm);
	if (key == NULL)
		class = sslfault_set(why, ZP_ELOCAL, "no %s key can be made", algorithms[algorithm].name);
	else
		class = pkey_print(&pem, key, why);
	if (class == ZP_OK)
		class = pkey_facts(out, key, why);
	if (class == ZP_OK)
		class = file_create(path, &pem, 0600, why);
	out->is_private = true;
	if (class != ZP_OK)
		key_facts_release(out);
	EVP_PKEY_free(key);
	bytes_wipe(&pem);
	return class;
}

static int
add_alt_names(X509_REQ *req, const struct strlist *hosts, struct fault *why)
{
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	STACK_OF(X509_EXTENSION) *extensions = NULL;
	int class = sslfault_set(why, ZP_ELOCAL, "the names of the request");

	if (names == NULL)
		return class;
	for (size_t i = 0; i < hosts->n; i++) {
		GENERAL_NAME *name = GENERAL_NAME_new();
		ASN1_IA5STRING *text = ASN1_IA5STRING_new();

		if (name == NULL || text == NULL || ASN1_STRING_set(text, hosts->v[i], -1) != 1 ||
		    sk_GENERAL_NAME_push(names, name) <= 0) {
			GENERAL_NAME_free(name);
			ASN1_IA5STRING_free(text);
			goto out;
		}
		GENERAL_NAME_set0_value(name, GEN_DNS, text);
	}
	if (X509V3_add1_i2d(&extensions, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) != 1 ||
	    X509_REQ_add_extensions(req, extensions) != 1)
		goto out;
	fault_clear(why);
	class = ZP_OK;
out:
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
	GENERAL_NAMES_free(names);
	return class;
}

static int
make_request(struct bytes *out, EVP_PKEY *key, const struct strlist *hosts, struct fault *why)
{
	X509_REQ *req = X509_REQ_new();
	BIO *bio = BIO_new(BIO_s_mem());
	const EVP_MD *digest = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? NULL : EVP_sha256();
	int class = ZP_ELOCAL;

	if (req == NULL || bio == NULL || X509_REQ_set_version(req, X509_REQ_VERSION_1) != 1 ||
	    X509_REQ_set_pubkey(req, key) != 1 ||
	    (strlen(hosts->v[0]) <= COMMON_NAME_MAX &&
	    X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(req), "CN", MBSTRING_ASC,
	    (const unsigned char *)hosts->v[0], -1, -1, 0) != 1)) {
		(void)sslfault_set(why, ZP_ELOCAL, "no request can be made");
		goto out;
	}
	class = add_alt_names(req, hosts, why);
	if (class == ZP_OK && (X509_REQ_sign(req, key, digest) <= 0 ||
	    PEM_write_bio_X509_REQ(bio, req) != 1))
		class = sslfault_set(why, ZP_ELOCAL, "the request cannot be signed");
	if (class == ZP_OK)
		class = pkey_take_bio(out, bio, why);
out:
	BIO_free(bio);
	X509_REQ_free(req);
	return class;
}

int
keygen_write_csr(const char *path, const char *key_path, const struct passphrase *pass,
    const struct strlist *hosts, struct fault *why)
{
	struct bytes content = { 0 }, pem = { 0 };
	EVP_PKEY *key = NULL;
	bool is_private = false;
	int class;

	if (hosts->n == 0)
		return fault_set(why, ZP_EUSAGE, "a request wants a host name");
	class = file_read(&content, key_path, KEYFILE_MAX, why);
	if (class == ZP_OK)
		class = pkey_parse(&key, &is_private, &content, key_path, pass, why);
	if (class == ZP_OK && !is_private)
		class = fault_set(why, ZP_EUSAGE, "%s: a request is signed with a private key, and this "
		    "is a public one", key_path);
	if (class == ZP_OK)
		class = make_request(&pem, key, hosts, why);
	if (class == ZP_OK)
		class = file_create(path, &pem, FILE_BY_UMASK, why);
	EVP_PKEY_free(key);
	bytes_wipe(&content);
	bytes_release(&pem);
	return class;
}

int
keygen_secret(struct bytes *out, size_t len, struct fault *why)
{
	uint8_t octets[256];
	int class = ZP_OK;

	while (class == ZP_OK && len > 0) {
		size_t n = len < sizeof octets ? len : sizeof octets;

		if (RAND_priv_bytes(octets, (int)n) != 1)
			class = sslfault_set(why, ZP_ELOCAL, "the random generator");
		else
			bytes_append(out, octets, n);
		len -= n;
	}
	explicit_bzero(octets, sizeof octets);
	return class == ZP_OK ? bytes_check(out, why) : class;
}
