/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys/cert.h - certificate chains as plain facts, and judging a pair.
 *
 * A chain owns its octets and strings; no OpenSSL type leaves.  The first
 * certificate of a file is the leaf, whatever follows; key blocks in a PEM
 * file are passed over.
 */
#ifndef KEYS_CERT_H
#define KEYS_CERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/strlist.h"
#include "keys/keyfile.h"

enum { CHAIN_MAX = 32 };	/* certificates in one chain; more are refused */

struct cert {
	struct bytes der;
	struct key_facts key;	/* its public key; never private */
	char *subject;		/* one line for people (RFC 2253 form) */
	char *issuer;
	int64_t not_before;	/* wall clock, ms */
	int64_t not_after;
	struct strlist names;	/* dNSName of the subject alternative name, as written, lower case */
	bool is_ca;
	bool is_self_issued;	/* subject and issuer are the same name */
};

struct chain {
	struct cert *v;		/* v[0] is the leaf */
	size_t n;
	bool is_exposed;	/* chain_read: a private key is beside it that others can read */
};

/*
 * Read a chain from PEM (CERTIFICATE blocks; keys are passed over, in
 * whatever state), or one certificate from DER.
 * Fails: ZP_EABSENT (no such file); ZP_EUSAGE (no certificate, a broken one,
 * too many); ZP_ELOCAL.
 */
int chain_read(struct chain *out, const char *path, struct fault *why) MUST_CHECK;
int chain_parse(struct chain *out, const struct bytes *content, const char *label,
    struct fault *why) MUST_CHECK;

/*
 * Read a PKCS#12 file: the certificate that belongs to its key is the leaf,
 * its issuers follow in order.  The empty password is tried before pass is
 * asked.  key, if not null, receives the facts of its private key.
 * Fails: as chain_read; ZP_EUSAGE also for a wrong password.
 */
int chain_read_pkcs12(struct chain *out, struct key_facts *key, const char *path,
    const struct passphrase *pass, struct fault *why) MUST_CHECK;
int chain_parse_pkcs12(struct chain *out, struct key_facts *key, const struct bytes *content,
    const char *label, const struct passphrase *pass, struct fault *why) MUST_CHECK;

/*
 * The public key of a certificate signing request, PEM or DER; its own
 * signature is verified.  csr_read sees a private key beside it that others
 * can read (is_exposed).  Fails: as chain_read.
 */
int csr_read(struct key_facts *out, const char *path, struct fault *why) MUST_CHECK;
int csr_parse(struct key_facts *out, const struct bytes *content, const char *label,
    struct fault *why) MUST_CHECK;

/* Append the certificate with this DER encoding to the chain. Fails: ZP_EUSAGE; ZP_ELOCAL. */
int chain_add_der(struct chain *chain, const void *der, size_t len, struct fault *why) MUST_CHECK;

int chain_copy(struct chain *to, const struct chain *from, struct fault *why) MUST_CHECK;
bool chain_equal(const struct chain *a, const struct chain *b);	/* same certificates, same order */
void chain_release(struct chain *chain);
void cert_release(struct cert *c);

/* True if the certificate names host (RFC 6125 6.4; no partial wildcards, no common name). */
bool cert_names_host(const struct cert *c, const char *host);

/* True if the key belongs to the leaf. */
bool chain_has_key(const struct chain *chain, const struct key_facts *key);

/* True if child names issuer as its issuer and carries issuer's signature. */
bool cert_is_issued_by(const struct cert *child, const struct cert *issuer);

/*
 * True if every certificate was issued by the next one.  *broken, if not
 * null, is the depth of the first one that was not, or n.
 */
bool chain_links(const struct chain *chain, size_t *broken);

/* What can be wrong with a certificate and key that are to go live. */
enum pair_problem {
	PAIR_KEY_MISMATCH,	/* the key is not the leaf's */
	PAIR_LINK_BROKEN,	/* one of the chain was not issued by the next */
	PAIR_ISSUER_MISSING,	/* a leaf that is not self-signed, and no issuer behind it */
	PAIR_NOT_YET_VALID,	/* the leaf or an issuer */
	PAIR_EXPIRED,		/* the leaf or an issuer */
	PAIR_WRONG_HOST		/* the leaf does not name the host */
};

struct pair_finding {
	enum pair_problem problem;
	size_t depth;		/* of the certificate it is about */
	char text[512];		/* one sentence */
};

struct pair_findings {
	struct pair_finding *v;
	size_t n;		/* 0: nothing is wrong */
};

/*
 * Judge a pair for host at wall_ms (milliseconds).  Every fault is a finding
 * of its own; ZP_OK means that the judging worked.  key may be null (not
 * looked at).  Fails: ZP_ELOCAL.
 */
int pair_judge(struct pair_findings *out, const struct chain *chain, const struct key_facts *key,
    const char *host, int64_t wall_ms, struct fault *why) MUST_CHECK;
bool pair_has(const struct pair_findings *f, enum pair_problem problem);
void pair_findings_release(struct pair_findings *f);

#endif
