/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/gss.h - a security context of Kerberos, by GSS-API (RFC 2743, RFC 4178).
 *
 * The two sides pass tokens until the context stands; then each can sign
 * octets for the other.  The other side is always made to prove who it is.
 * The tickets are those of the user's credential cache: nothing here asks for
 * a password.  A program that was built without GSS-API has these functions as
 * well; they fail with a sentence that says so.
 */
#ifndef DNS_GSS_H
#define DNS_GSS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/fault.h"

struct gss_context;

/* False in a program that was built without GSS-API. */
bool gss_is_built(void);

/*
 * Start a context with the principal service: "DNS/ns1.example.net@REALM".
 * Fails: ZP_EUSAGE; ZP_ELOCAL.
 */
int gss_context_make(struct gss_context **out, const char *service, struct fault *why) MUST_CHECK;
void gss_context_free(struct gss_context *g);

/*
 * The realm of the user's own tickets, "EXAMPLE.NET".
 * Fails: ZP_ELOCAL: there are no tickets; get some with kinit.
 */
int gss_own_realm(struct bytes *out, struct fault *why) MUST_CHECK;

/*
 * Take the other side's token (empty on the first call), and make the next for
 * it: token is empty where none is to be sent.
 * Fails: ZP_EREFUSED: the other side, or the key distribution centre, does not
 * agree; ZP_ELOCAL: no tickets, no memory.
 */
int gss_context_step(struct bytes *token, struct gss_context *g, const struct bytes *received,
    struct fault *why) MUST_CHECK;

/* True once the context stands. */
bool gss_context_is_complete(const struct gss_context *g);

/* mac = the signature over data. Fails: ZP_ELOCAL. */
int gss_context_sign(struct bytes *mac, const struct gss_context *g, const struct bytes *data,
    struct fault *why) MUST_CHECK;

/* True if mac is the other side's signature over data. */
bool gss_context_verify(const struct gss_context *g, const struct bytes *data, const void *mac,
    size_t mac_len);

#endif
