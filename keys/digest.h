/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys/digest.h - SHA-256 and SHA-512 of public data (FIPS 180-4).
 */
#ifndef KEYS_DIGEST_H
#define KEYS_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

enum { DIGEST_SHA256 = 32, DIGEST_SHA512 = 64 };

int digest_sha256(uint8_t out[DIGEST_SHA256], const void *data, size_t len, struct fault *why)
    MUST_CHECK;
int digest_sha512(uint8_t out[DIGEST_SHA512], const void *data, size_t len, struct fault *why)
    MUST_CHECK;

#endif
