/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys/pkey.h - keys as OpenSSL holds them: for the files of keys/ only.
 */
#ifndef KEYS_PKEY_H
#define KEYS_PKEY_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "keys/keyfile.h"

struct evp_pkey_st;	/* OpenSSL's EVP_PKEY */
struct bio_st;		/* and BIO */

/*
 * Read the first key in content, PEM or DER.  *out is the caller's to free.
 * Fails: ZP_EUSAGE; ZP_ELOCAL; what pass->ask fails with.
 */
int pkey_parse(struct evp_pkey_st **out, bool *is_private, const struct bytes *content,
    const char *label, const struct passphrase *pass, struct fault *why) MUST_CHECK;

/* The public facts of key; is_private and is_exposed are left false. */
int pkey_facts(struct key_facts *out, const struct evp_pkey_st *key, struct fault *why) MUST_CHECK;

/* Append key, a private one, as PKCS#8 in PEM, not encrypted. Fails: ZP_ELOCAL. */
int pkey_print(struct bytes *to, const struct evp_pkey_st *key, struct fault *why) MUST_CHECK;

/* Append what was written to a memory BIO. Fails: ZP_ELOCAL. */
int pkey_take_bio(struct bytes *to, struct bio_st *bio, struct fault *why) MUST_CHECK;

/* Kind and size; null is KEY_OTHER with 0 bits. */
void pkey_kind(enum key_kind *kind, unsigned *bits, const struct evp_pkey_st *key);

#endif
