/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live/starttls.h - the plaintext talk that leads to TLS: pure.
 *
 * The client's side of STARTTLS in SMTP (RFC 3207), IMAP (RFC 9051 6.2.1),
 * POP3 (RFC 2595 4) and ManageSieve (RFC 5804 2.2).  What the server sent is
 * fed in, in whatever pieces; what is to be sent comes out.  The client never
 * speaks first: before the greeting is complete nothing comes out.
 */
#ifndef LIVE_STARTTLS_H
#define LIVE_STARTTLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"

enum starttls_protocol {
	STARTTLS_NONE,		/* TLS from the first octet */
	STARTTLS_SMTP, STARTTLS_IMAP, STARTTLS_POP3, STARTTLS_SIEVE
};

enum starttls_progress {
	STARTTLS_GOES_ON,	/* send what came out, then wait for more */
	STARTTLS_READY,		/* the handshake may begin */
	/* The end; what came out (QUIT) may still be sent. */
	STARTTLS_BUSY,		/* refused for now */
	STARTTLS_REFUSED,	/* refused */
	STARTTLS_NOT_OFFERED,
	STARTTLS_GARBAGE	/* not the protocol, or more than it allows */
};

enum { STARTTLS_LINE_MAX = 2048, STARTTLS_LINES_MAX = 512, STARTTLS_HELO_MAX = 256 };

struct starttls {
	enum starttls_protocol protocol;
	int stage;
	unsigned lines;		/* in the present reply */
	unsigned code;		/* SMTP: of the present reply; 0 at its start */
	bool offered;
	size_t len;		/* of the line that is not complete yet */
	char line[STARTTLS_LINE_MAX];
	char helo[STARTTLS_HELO_MAX];
};

/* The protocol that is spoken at a service port. */
enum starttls_protocol starttls_protocol_of(uint16_t port);

/* helo is what EHLO says: a host name or an address literal. */
struct starttls starttls_make(enum starttls_protocol protocol, const char *helo);

/*
 * Take len octets from the server; what is to be sent is appended to *out.
 * Unless the talk goes on or is ready, why says what the server said.
 */
enum starttls_progress starttls_feed(struct starttls *s, struct bytes *out, const void *data,
    size_t len, struct fault *why);

/* What is being waited for: "the greeting", "the answer to EHLO"; for people. */
const char *starttls_awaited(const struct starttls *s);

/* The greeting has come, and it turned nobody away. */
bool starttls_has_greeted(const struct starttls *s);

#endif
