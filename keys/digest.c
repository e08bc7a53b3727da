/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "keys/digest.h"

#include <openssl/evp.h>

#include "keys/sslfault.h"

static int
digest(uint8_t *out, const EVP_MD *md, const void *data, size_t len, struct fault *why)
{
	unsigned got = 0;

	if (EVP_Digest(len > 0 ? data : "", len, out, &got, md, NULL) != 1)
		return sslfault_set(why, ZP_ELOCAL, "the digest %s failed", EVP_MD_get0_name(md));
	return ZP_OK;
}

int
digest_sha256(uint8_t out[DIGEST_SHA256], const void *data, size_t len, struct fault *why)
{
	return digest(out, EVP_sha256(), data, len, why);
}

int
digest_sha512(uint8_t out[DIGEST_SHA512], const void *data, size_t len, struct fault *why)
{
	return digest(out, EVP_sha512(), data, len, why);
}
