/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys/keyfile.h - a private or public key, read from a file.
 *
 * Containers: PEM (PKCS#1, PKCS#8, encrypted PKCS#8 and traditional PEM, SEC1,
 * SPKI) and DER of the same.  Kinds: RSA, ECDSA, Ed25519.  A private key stays
 * inside keys/ and is wiped after use; what leaves are facts about its public
 * half.
 */
#ifndef KEYS_KEYFILE_H
#define KEYS_KEYFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "keys/digest.h"

enum key_kind { KEY_NONE, KEY_RSA, KEY_ECDSA, KEY_ED25519, KEY_OTHER };

enum { KEYFILE_MAX = 1024 * 1024 };	/* octets; larger files are refused */

/* What everyone may know of a key. Owns spki. */
struct key_facts {
	enum key_kind kind;
	unsigned bits;			/* RSA: the modulus; ECDSA: the field; Ed25519: 256 */
	struct bytes spki;		/* SubjectPublicKeyInfo, DER (RFC 5280 4.1.2.7) */
	uint8_t sha256[DIGEST_SHA256];	/* of spki */
	bool is_private;		/* the file holds the private half */
	bool is_exposed;		/* and others (not owner, not group) can read it */
};

/*
 * How to come by the passphrase of an encrypted file.  ask() appends it to
 * *out without a newline; the reader wipes it.  It is called only when the
 * content turns out to be encrypted; the reader puts path in front of its
 * fault.
 */
struct passphrase {
	int (*ask)(struct bytes *out, void *context, const char *path, struct fault *why);
	void *context;
};

/*
 * Read the key in path.  pass may be null: then an encrypted key is refused.
 * *out is the caller's to release.
 *
 * Fails: ZP_EABSENT (no such file); ZP_EUSAGE (no key in it, a kind that is
 * not supported, encrypted and no or a wrong passphrase); ZP_ELOCAL.
 */
int keyfile_read(struct key_facts *out, const char *path, const struct passphrase *pass,
    struct fault *why) MUST_CHECK;

/* The same from octets; label names them in messages and to pass. */
int keyfile_parse(struct key_facts *out, const struct bytes *content, const char *label,
    const struct passphrase *pass, struct fault *why) MUST_CHECK;

/*
 * The public key as DKIM publishes it: RSA as SubjectPublicKeyInfo (RFC 6376
 * 3.6.1), Ed25519 as its 32 octets (RFC 8463 4).  Borrowed from k; NULL for
 * other kinds.
 */
const uint8_t *keyfile_dkim_peek(const struct key_facts *k, size_t *len);

/* "RSA 2048", "ECDSA 256", "Ed25519"; into buf, returns it. */
const char *keyfile_print_kind(char buf[32], enum key_kind kind, unsigned bits);

bool key_facts_equal(const struct key_facts *a, const struct key_facts *b);	/* same public key */
int key_facts_copy(struct key_facts *to, const struct key_facts *from, struct fault *why) MUST_CHECK;
void key_facts_release(struct key_facts *k);

#endif
