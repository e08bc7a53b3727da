/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "keys/pem.h"

#include <string.h>

#include <openssl/pem.h>

#include "keys/pkey.h"
#include "keys/sslfault.h"

bool
pem_is_text(const struct bytes *content)
{
	static const char mark[] = "-----BEGIN ";

	return content->len > 0 &&
	    memmem(content->data, content->len, mark, sizeof mark - 1) != NULL;
}

int
pem_print_chain(struct bytes *to, const struct chain *chain, struct fault *why)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int rc = bio != NULL ? ZP_OK : fault_set_nomem(why);

	for (size_t i = 0; rc == ZP_OK && i < chain->n; i++)
		if (PEM_write_bio(bio, PEM_STRING_X509, "", chain->v[i].der.data,
		    (long)chain->v[i].der.len) <= 0)
			rc = sslfault_set(why, ZP_ELOCAL, "a certificate cannot be written as PEM");
	if (rc == ZP_OK)
		rc = pkey_take_bio(to, bio, why);
	BIO_free(bio);
	return rc;
}

int
pem_print_key(struct bytes *to, const struct bytes *content, const char *label,
    struct fault *why)
{
	EVP_PKEY *key = NULL;
	bool is_private;
	int rc = pkey_parse(&key, &is_private, content, label, NULL, why);

	if (rc != ZP_OK)
		return rc;
	if (!is_private)
		rc = fault_set(why, ZP_EUSAGE, "%s: a public key, not the private one", label);
	else if (pkey_print(to, key, why) != ZP_OK)
		rc = fault_prepend(why, "%s", label);
	EVP_PKEY_free(key);
	return rc;
}
