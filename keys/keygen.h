/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys/keygen.h - new private keys, requests and shared secrets.
 *
 * A private key is written to a new file of mode 0600, PKCS#8 in PEM, and
 * wiped from memory; an existing file is never touched.
 */
#ifndef KEYS_KEYGEN_H
#define KEYS_KEYGEN_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/strlist.h"
#include "keys/keyfile.h"

enum keygen_algorithm {
	KEYGEN_P256, KEYGEN_P384, KEYGEN_RSA1024, KEYGEN_RSA2048, KEYGEN_RSA3072, KEYGEN_RSA4096,
	KEYGEN_ED25519
};

/* "p256", "p384", "rsa1024", "rsa2048", "rsa3072", "rsa4096", "ed25519"; ZP_EUSAGE otherwise. */
int keygen_parse_algorithm(enum keygen_algorithm *out, const char *text, struct fault *why)
    MUST_CHECK;
const char *keygen_print_algorithm(enum keygen_algorithm a);

/*
 * Make a key and write it to path.  out receives its facts.
 * Fails: ZP_EREFUSED if path exists; ZP_ELOCAL.
 */
int keygen_write(struct key_facts *out, const char *path, enum keygen_algorithm algorithm,
    struct fault *why) MUST_CHECK;

/*
 * Write a PKCS#10 request (RFC 2986, PEM, as the umask has it) to a new file: the first
 * of hosts is the common name where it fits (64 octets), all are in the
 * subject alternative name.  It is signed with the private key in key_path.
 * Fails: ZP_EREFUSED if path exists; as keyfile_read.
 */
int keygen_write_csr(const char *path, const char *key_path, const struct passphrase *pass,
    const struct strlist *hosts, struct fault *why) MUST_CHECK;

/* Append len octets of the system's random generator. */
int keygen_secret(struct bytes *out, size_t len, struct fault *why) MUST_CHECK;

#endif
