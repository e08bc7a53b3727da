/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/stream.h - one connection that carries DNS messages (RFC 7766, RFC 7858).
 *
 * It connects without waiting, writes what is queued, and hands out whole
 * messages.  It knows nothing of questions: that is dns/exchange.h.  Positions
 * count the octets of the connection's life, so that its user can tell which
 * messages have been written to their last octet.
 *
 * SIGPIPE: over plain TCP none is raised; over TLS the user of the library
 * must ignore it, as cmd/main.c does.
 */
#ifndef DNS_STREAM_H
#define DNS_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "dns/address.h"
#include "dns/tls.h"

struct stream;

/*
 * Begin to connect; source may be empty, tls null.  The context must outlive
 * the stream.  Fails: ZP_ERETRY if the network refuses at once; ZP_ELOCAL;
 * ZP_EUSAGE (a source address that does not fit).
 */
int stream_make(struct stream **out, const struct address *server, const struct address *source,
    const struct tls_context *tls, struct fault *why) MUST_CHECK;

void stream_free(struct stream *s);

/* Queue a message (its length is put in front); *end is the position behind it. */
int stream_send(struct stream *s, const struct bytes *message, uint64_t *end,
    struct fault *why) MUST_CHECK;

/* Everything up to this position has been given to the system. */
uint64_t stream_written(const struct stream *s);

int stream_fd(const struct stream *s);
short stream_events(const struct stream *s);	/* what to poll for */

/*
 * Do what can be done without waiting: connect, shake hands, write, read.
 * Fails when the connection is at its end: ZP_ERETRY, ZP_EREFUSED
 * (certificate), ZP_ELOCAL.  What came in before can still be taken.
 */
int stream_work(struct stream *s, struct fault *why) MUST_CHECK;

/* The next whole message that came in; borrowed until the next call. False: none. */
bool stream_take(struct stream *s, struct bytes *message);

/* True if an idle connection can carry another message: it is open, nothing came unasked. */
bool stream_is_usable(struct stream *s);

#endif
