/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/tls.h - DNS over TLS, the client's side (RFC 7858, RFC 8310, RFC 9103).
 *
 * A session runs over a connected non-blocking socket that it does not own.
 * It never waits: each step says what it waits for.
 */
#ifndef DNS_TLS_H
#define DNS_TLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/fault.h"

/* All strings are borrowed; null means none. */
struct tls_options {
	const char *server_name;	/* the name (or address) that the certificate must carry; SNI */
	const char *ca_file;		/* PEM; null: the system's store */
	const char *cert_file;		/* client certificate chain, PEM */
	const char *key_file;		/* its key, PEM; null: in cert_file */
	bool opportunistic;		/* encrypt, verify nothing (RFC 7858 4.1) */
};

enum tls_step { TLS_DONE, TLS_WANT_READ, TLS_WANT_WRITE, TLS_CLOSED, TLS_FAILED };

struct tls_context;
struct tls_session;

/*
 * Read the files and prepare sessions.
 * Fails: ZP_EUSAGE (a file that is wrong, no name to verify); ZP_ELOCAL.
 */
int tls_context_make(struct tls_context **out, const struct tls_options *options,
    struct fault *why) MUST_CHECK;
void tls_context_free(struct tls_context *context);

int tls_session_make(struct tls_session **out, const struct tls_context *context, int fd,
    struct fault *why) MUST_CHECK;
void tls_session_free(struct tls_session *session);

/* Go on with the handshake. TLS_FAILED fills why (ZP_EREFUSED: certificate; else ZP_ERETRY). */
enum tls_step tls_handshake(struct tls_session *session, struct fault *why);

/* Read what is there, at most size octets; *got is 0 unless TLS_DONE. */
enum tls_step tls_read(struct tls_session *session, void *data, size_t size, size_t *got,
    struct fault *why);
enum tls_step tls_write(struct tls_session *session, const void *data, size_t len, size_t *put,
    struct fault *why);

/* Say that nothing more comes; does not wait. */
void tls_close(struct tls_session *session);

#endif
