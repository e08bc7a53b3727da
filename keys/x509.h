/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys/x509.h - certificates as OpenSSL holds them: for the files of keys/ only.
 */
#ifndef KEYS_X509_H
#define KEYS_X509_H

#include "base/fault.h"
#include "keys/cert.h"

struct x509_st;		/* OpenSSL's X509 */

/* Append the facts of x to chain. Fails: ZP_EUSAGE (too many, broken); ZP_ELOCAL. */
int x509_add(struct chain *chain, struct x509_st *x, struct fault *why) MUST_CHECK;

/* The certificate behind the facts; NULL if memory ran out. The caller frees it. */
struct x509_st *x509_open(const struct cert *c);

#endif
