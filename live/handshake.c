/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "live/handshake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "keys/sslfault.h"

struct handshake_context {
	SSL_CTX *ssl;
	enum handshake_algorithm algorithm;
};

struct handshake {
	SSL *ssl;
	enum handshake_algorithm algorithm;
};

/*
 * TLS 1.3 chooses the certificate by the signature algorithms, older versions
 * by the cipher suite.  The PKCS#1 algorithms in the lists of ECDSA and
 * Ed25519 let an RSA authority sign the chain (RFC 8446 4.2.3); no leaf can
 * use them there.
 */
static const struct {
	const char *name;
	const char *sigalgs;
	const char *ciphers;
} offers[HANDSHAKE_ALGORITHMS_N] = {
	[HANDSHAKE_ANY] = { "", NULL, "ALL:!aNULL:@SECLEVEL=0" },
	[HANDSHAKE_RSA] = { "RSA", "RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:"
	    "RSA+SHA512:RSA+SHA1", "aRSA:@SECLEVEL=0" },
	[HANDSHAKE_ECDSA] = { "ECDSA", "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:RSA+SHA256:"
	    "RSA+SHA384:RSA+SHA512", "aECDSA:@SECLEVEL=0" },
	[HANDSHAKE_ED25519] = { "Ed25519", "ed25519:RSA+SHA256:RSA+SHA384:RSA+SHA512",
	    "aECDSA:@SECLEVEL=0" },
};

int
handshake_context_make(struct handshake_context **out, enum handshake_algorithm algorithm,
    struct fault *why)
{
	struct handshake_context *c = calloc(1, sizeof *c);

	*out = NULL;
	if (c == NULL)
		return fault_set_nomem(why);
	c->algorithm = algorithm;
	c->ssl = SSL_CTX_new(TLS_client_method());
	if (c->ssl == NULL || SSL_CTX_set_min_proto_version(c->ssl, TLS1_VERSION) != 1 ||
	    SSL_CTX_set_cipher_list(c->ssl, offers[algorithm].ciphers) != 1 ||
	    (offers[algorithm].sigalgs != NULL &&
	    SSL_CTX_set1_sigalgs_list(c->ssl, offers[algorithm].sigalgs) != 1)) {
		handshake_context_free(c);
		return sslfault_set(why, ZP_ELOCAL, "TLS is not available");
	}
	SSL_CTX_set_verify(c->ssl, SSL_VERIFY_NONE, NULL);
	(void)SSL_CTX_set_session_cache_mode(c->ssl, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_options(c->ssl, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_TICKET);
	*out = c;
	return ZP_OK;
}

void
handshake_context_free(struct handshake_context *context)
{
	if (context == NULL)
		return;
	SSL_CTX_free(context->ssl);
	free(context);
}

int
handshake_make(struct handshake **out, const struct handshake_context *context, int fd,
    const char *sni, struct fault *why)
{
	struct handshake *h = calloc(1, sizeof *h);

	*out = NULL;
	if (h == NULL)
		return fault_set_nomem(why);
	h->algorithm = context->algorithm;
	h->ssl = SSL_new(context->ssl);
	if (h->ssl == NULL || SSL_set_fd(h->ssl, fd) != 1) {
		handshake_free(h);
		return sslfault_set(why, ZP_ELOCAL, "TLS is not available");
	}
	if (SSL_set_tlsext_host_name(h->ssl, sni) != 1) {
		handshake_free(h);
		return sslfault_set(why, ZP_EUSAGE, "'%.60s' cannot be asked for by SNI", sni);
	}
	SSL_set_connect_state(h->ssl);
	*out = h;
	return ZP_OK;
}

/* Reasons of OpenSSL that tell more than that the handshake failed. */
static const struct {
	int reason;
	enum handshake_step step;
} reasons[] = {
	{ SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, HANDSHAKE_NO_SUCH_KEY },
	{ SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY, HANDSHAKE_NO_SUCH_KEY },
	{ SSL_R_WRONG_SIGNATURE_TYPE, HANDSHAKE_NO_SUCH_KEY },
	{ SSL_R_WRONG_CERTIFICATE_TYPE, HANDSHAKE_NO_SUCH_KEY },
	{ SSL_R_WRONG_VERSION_NUMBER, HANDSHAKE_GARBAGE },
	{ SSL_R_PACKET_LENGTH_TOO_LONG, HANDSHAKE_GARBAGE },
	{ SSL_R_HTTP_REQUEST, HANDSHAKE_GARBAGE },
	{ SSL_R_RECORD_LENGTH_MISMATCH, HANDSHAKE_GARBAGE },
	{ SSL_R_BAD_RECORD_TYPE, HANDSHAKE_GARBAGE },
	{ SSL_R_UNEXPECTED_EOF_WHILE_READING, HANDSHAKE_CLOSED },
};

static enum handshake_step
fail(const struct handshake *h, int error, struct fault *why)
{
	enum handshake_step step = HANDSHAKE_FAILED;
	int reason = ERR_GET_REASON(ERR_peek_error());

	if (error == SSL_ERROR_SYSCALL || error == SSL_ERROR_ZERO_RETURN) {
		ERR_clear_error();
		(void)fault_set(why, ZP_ERETRY,
		    "the server closed the connection in the TLS handshake%s%s",
		    errno != 0 ? ": " : "", errno != 0 ? strerror(errno) : "");
		return HANDSHAKE_CLOSED;
	}
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (reasons[i].reason == reason)
			step = reasons[i].step;
	if (step == HANDSHAKE_NO_SUCH_KEY && h->algorithm == HANDSHAKE_ANY)
		step = HANDSHAKE_FAILED;

	switch (step) {
	case HANDSHAKE_NO_SUCH_KEY:
		(void)sslfault_set(why, ZP_EABSENT, "the server has no %s certificate",
		    offers[h->algorithm].name);
		break;
	case HANDSHAKE_GARBAGE:
		(void)sslfault_set(why, ZP_EREFUSED, "what the server speaks is no TLS");
		break;
	case HANDSHAKE_CLOSED:
		(void)sslfault_set(why, ZP_ERETRY,
		    "the server closed the connection in the TLS handshake");
		break;
	default:
		(void)sslfault_set(why, ZP_EREFUSED, "the TLS handshake failed");
		break;
	}
	return step;
}

enum handshake_step
handshake_go(struct handshake *h, struct fault *why)
{
	int done, error;

	ERR_clear_error();
	errno = 0;
	done = SSL_do_handshake(h->ssl);
	if (done == 1)
		return HANDSHAKE_DONE;
	error = SSL_get_error(h->ssl, done);
	if (error == SSL_ERROR_WANT_READ)
		return HANDSHAKE_WANT_READ;
	if (error == SSL_ERROR_WANT_WRITE)
		return HANDSHAKE_WANT_WRITE;
	return fail(h, error, why);
}

int
handshake_chain(struct chain *out, const struct handshake *h, struct fault *why)
{
	STACK_OF(X509) *sent = SSL_get_peer_cert_chain(h->ssl);
	int class = ZP_OK;

	*out = (struct chain){ 0 };
	if (sk_X509_num(sent) <= 0)
		return fault_set(why, ZP_EUSAGE, "the server shows no certificate");
	for (int i = 0; class == ZP_OK && i < sk_X509_num(sent); i++) {
		uint8_t *der = NULL;
		int len = i2d_X509(sk_X509_value(sent, i), &der);

		if (len <= 0)
			class = sslfault_set(why, ZP_EUSAGE, "certificate %d of the chain is broken", i + 1);
		else
			class = chain_add_der(out, der, (size_t)len, why);
		OPENSSL_free(der);
	}
	if (class != ZP_OK)
		chain_release(out);
	return class;
}

const char *
handshake_version(const struct handshake *h)
{
	return SSL_get_version(h->ssl);
}

void
handshake_close(struct handshake *h, const char *last_line)
{
	if (last_line[0] != '\0')
		(void)SSL_write(h->ssl, last_line, (int)strlen(last_line));
	(void)SSL_shutdown(h->ssl);
	ERR_clear_error();
}

void
handshake_free(struct handshake *h)
{
	if (h == NULL)
		return;
	SSL_free(h->ssl);
	free(h);
}
