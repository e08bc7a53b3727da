/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/sign_sig0.h - requests signed with a private key: SIG(0) (RFC 2931).
 *
 * The server finds the public half in a KEY record at the key's name.  It
 * does not sign its reply so: what comes back is as trustworthy as the path.
 * The secret never leaves the key; sig0_key_free() wipes it.
 */
#ifndef DNS_SIGN_SIG0_H
#define DNS_SIGN_SIG0_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"

struct sig0_key;

/*
 * Read K*.key (a KEY record) and K*.private, named by either or by what they
 * have in common.  Fails: ZP_EABSENT; ZP_EUSAGE; ZP_ELOCAL.
 */
int sig0_key_read(struct sig0_key **out, const char *path, struct fault *why) MUST_CHECK;
void sig0_key_free(struct sig0_key *key);

/* The most octets that sig0_sign() adds to a message. */
size_t sig0_size(const struct sig0_key *key);

/*
 * Sign a packed message in place; now is in seconds since 1970.
 * Fails: ZP_EUSAGE if it would grow beyond 65535; ZP_ELOCAL.
 */
int sig0_sign(struct bytes *message, const struct sig0_key *key, int64_t now,
    struct fault *why) MUST_CHECK;

#endif
