/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/tsig.h - transaction signatures (RFC 8945, with Kerberos RFC 3645).
 *
 * tsig_sign() puts a signature behind a packed message and starts a chain;
 * tsig_verify() judges what came back against that chain.  Only TSIG_GOOD
 * means that the holder of the key said it.  Nothing here reads a clock.
 */
#ifndef DNS_TSIG_H
#define DNS_TSIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "dns/gss.h"
#include "dns/message.h"
#include "dns/name.h"

enum { TSIG_MAC_MAX = 64, TSIG_FUDGE = 300 };

enum tsig_algorithm {
	TSIG_HMAC_NONE = 0,	/* no key */
	TSIG_HMAC_MD5, TSIG_HMAC_SHA1, TSIG_HMAC_SHA224, TSIG_HMAC_SHA256, TSIG_HMAC_SHA384,
	TSIG_HMAC_SHA512,
	TSIG_GSS		/* signed by a context of Kerberos, made by dns/tkey.h */
};

/* A key owns its secret, not its context: tsig_key_release() overwrites the secret. */
struct tsig_key {
	struct name name;
	enum tsig_algorithm algorithm;
	uint8_t mac_len;	/* octets of the MAC that are sent; 0: all (RFC 8945 5.2.2.1) */
	struct bytes secret;
	const struct gss_context *gss;	/* with TSIG_GSS, which has no secret; borrowed */
};

/*
 * "hmac-sha256", "HMAC-SHA256.", "hmac-md5.sig-alg.reg.int", and truncated
 * "hmac-sha256-128" (bits): fills algorithm and mac_len of key.
 * Fails: ZP_EUSAGE.
 */
int tsig_parse_algorithm(struct tsig_key *key, const char *text, struct fault *why) MUST_CHECK;

/* "hmac-sha256"; with the bits behind it where the MAC is truncated. Returns buf. */
const char *tsig_print_algorithm(char buf[32], const struct tsig_key *key);

void tsig_key_release(struct tsig_key *key);
bool tsig_key_is_empty(const struct tsig_key *key);

/* Octets that tsig_sign() will add to a message. */
size_t tsig_size(const struct tsig_key *key);

/* What ties replies to a request. Holds no secret, but unverified octets of a stream. */
struct tsig_chain {
	uint8_t mac[TSIG_MAC_MAX];	/* the last MAC of the conversation */
	size_t mac_len;
	unsigned messages;		/* replies seen */
	unsigned unsigned_run;		/* of these, since the last signed one */
	uint64_t time_signed;		/* of the request, seconds since 1970 */
	struct bytes pending;		/* unsigned messages since the last signed one */
};

void tsig_chain_release(struct tsig_chain *chain);

/*
 * Sign a packed message in place and start chain (released first).  now is in
 * seconds since 1970.  Fails: ZP_EUSAGE if the message would grow beyond
 * 65535; ZP_ELOCAL.
 */
int tsig_sign(struct bytes *message, struct tsig_chain *chain, const struct tsig_key *key,
    int64_t now, struct fault *why) MUST_CHECK;

enum tsig_kind {
	TSIG_UNJUDGED = 0,	/* no key was in use, or nothing came */
	TSIG_GOOD,
	TSIG_UNSIGNED,		/* NOERROR (or no TSIG error) without a signature */
	TSIG_BAD_MAC,
	TSIG_WRONG_KEY,
	TSIG_WRONG_ALGORITHM,	/* or a MAC of another length than ours */
	TSIG_BAD_TIME,		/* the clocks differ by more than the fudge */
	TSIG_SIGNED_ERROR,	/* good MAC, but the TSIG error field says no */
	TSIG_CLAIMED_ERROR,	/* an error that nobody signed: possibly true */
	TSIG_MALFORMED,
	TSIG_PENDING		/* inside a stream: unsigned as yet, a later MAC must cover it */
};

struct tsig_verdict {
	enum tsig_kind kind;
	bool authentic;		/* the MAC was verified (true with BAD_TIME and SIGNED_ERROR) */
	uint16_t rcode;		/* of the message */
	uint16_t error;		/* of the TSIG record */
	int64_t server_time;	/* with BAD_TIME: seconds since 1970 */
	int64_t skew;		/* with BAD_TIME: server's clock minus ours, seconds */
};

/*
 * Judge a reply: data, and m which was unpacked from it.  On TSIG_GOOD (and
 * TSIG_PENDING) the chain goes on to the next message of a stream.
 * Returns ZP_OK with any verdict; fails: ZP_ELOCAL.
 */
int tsig_verify(struct tsig_verdict *out, const struct bytes *data, const struct message *m,
    struct tsig_chain *chain, const struct tsig_key *key, int64_t now, struct fault *why) MUST_CHECK;

/* One sentence without a final dot, for people. */
void tsig_print_verdict(struct bytes *out, const struct tsig_verdict *v);

/* "BADSIG", "BADKEY", ... as the error field of a TSIG record means them. Returns buf. */
const char *tsig_print_error(char buf[16], uint16_t error);

#endif
