/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys/pem.h - certificates and keys as the text that services read.
 *
 * Services read PEM; an issuer may hand out DER.  What the text holds of a
 * private key is for the file that it goes to: the caller wipes it.
 */
#ifndef KEYS_PEM_H
#define KEYS_PEM_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "keys/cert.h"

/* True if content is PEM, whatever its blocks are. */
bool pem_is_text(const struct bytes *content);

/* Append every certificate of the chain. Fails: ZP_ELOCAL. */
int pem_print_chain(struct bytes *to, const struct chain *chain, struct fault *why) MUST_CHECK;

/*
 * Append the private key in content as PKCS#8, not encrypted.  label names it
 * in messages.  Fails: ZP_EUSAGE (no private key, or an encrypted one); ZP_ELOCAL.
 */
int pem_print_key(struct bytes *to, const struct bytes *content, const char *label,
    struct fault *why) MUST_CHECK;

#endif
