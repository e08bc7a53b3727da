/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

struct tls_context {
	SSL_CTX *ssl;
	char *server_name;	/* NULL: none */
	bool verify;
};

struct tls_session {
	SSL *ssl;
	bool failed;
	char server_name[256];
};

/* OpenSSL's reason for the latest failure. */
static const char *
reason(void)
{
	const char *text = ERR_reason_error_string(ERR_peek_last_error());

	return text == NULL ? "no reason is given" : text;
}

/* Client certificate and key. */
static int
load_identity(SSL_CTX *ssl, const struct tls_options *options, struct fault *why)
{
	const char *key = options->key_file != NULL ? options->key_file : options->cert_file;

	if (options->cert_file == NULL) {
		if (options->key_file == NULL)
			return ZP_OK;
		return fault_set(why, ZP_EUSAGE, "'%s': a client key needs its certificate beside it",
		    options->key_file);
	}
	if (SSL_CTX_use_certificate_chain_file(ssl, options->cert_file) != 1)
		return fault_set(why, ZP_EUSAGE, "'%s' is no certificate chain in PEM: %s",
		    options->cert_file, reason());
	if (SSL_CTX_use_PrivateKey_file(ssl, key, SSL_FILETYPE_PEM) != 1)
		return fault_set(why, ZP_EUSAGE,
		    "'%s' is no private key in PEM, or not the key of '%s': %s", key,
		    options->cert_file, reason());
	return ZP_OK;
}

static int
load_trust(SSL_CTX *ssl, const struct tls_options *options, struct fault *why)
{
	if (options->opportunistic) {
		SSL_CTX_set_verify(ssl, SSL_VERIFY_NONE, NULL);
		return ZP_OK;
	}
	if (options->server_name == NULL || *options->server_name == '\0')
		return fault_set(why, ZP_EUSAGE,
		    "DNS over TLS needs the name that the server's certificate must carry");
	SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, NULL);
	if (options->ca_file == NULL) {
		if (SSL_CTX_set_default_verify_paths(ssl) != 1)
			return fault_set(why, ZP_ELOCAL, "the system's certificate store: %s", reason());
	} else if (SSL_CTX_load_verify_file(ssl, options->ca_file) != 1) {
		return fault_set(why, ZP_EUSAGE, "'%s' holds no certificates in PEM: %s",
		    options->ca_file, reason());
	}
	return ZP_OK;
}

/* No passphrase is ever asked for: the loop must not stop at a terminal. */
static int
refuse_passphrase(char *buf, int size, int for_writing, void *unused)
{
	(void)buf;
	(void)size;
	(void)for_writing;
	(void)unused;
	return -1;
}

int
tls_context_make(struct tls_context **out, const struct tls_options *options, struct fault *why)
{
	static const unsigned char alpn[] = { 3, 'd', 'o', 't' };
	struct tls_context *c;
	int class = ZP_ELOCAL;

	*out = NULL;
	ERR_clear_error();
	c = calloc(1, sizeof *c);
	if (c == NULL)
		return fault_set_nomem(why);
	c->verify = !options->opportunistic;
	c->ssl = SSL_CTX_new(TLS_client_method());
	if (c->ssl == NULL || SSL_CTX_set_min_proto_version(c->ssl, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_alpn_protos(c->ssl, alpn, sizeof alpn) != 0) {
		class = fault_set(why, ZP_ELOCAL, "OpenSSL cannot start: %s", reason());
		goto out;
	}
	SSL_CTX_set_default_passwd_cb(c->ssl, refuse_passphrase);
	SSL_CTX_set_mode(c->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
	    SSL_MODE_AUTO_RETRY);
	if (options->server_name != NULL && *options->server_name != '\0') {
		size_t len = strlen(options->server_name);

		c->server_name = strdup(options->server_name);
		if (c->server_name == NULL) {
			class = fault_set_nomem(why);
			goto out;
		}
		if (c->server_name[len - 1] == '.')
			c->server_name[len - 1] = '\0';
	}
	class = load_trust(c->ssl, options, why);
	if (class == ZP_OK)
		class = load_identity(c->ssl, options, why);
out:
	if (class == ZP_OK)
		*out = c;
	else
		tls_context_free(c);
	return class;
}

void
tls_context_free(struct tls_context *context)
{
	if (context == NULL)
		return;
	SSL_CTX_free(context->ssl);
	free(context->server_name);
	free(context);
}

/* What the certificate must carry; a name goes into SNI as well, an address does not. */
static bool
set_name(SSL *ssl, const struct tls_context *c)
{
	unsigned char octets[16];
	const char *name = c->server_name;

	if (name == NULL)
		return true;
	if (inet_pton(AF_INET, name, octets) == 1 || inet_pton(AF_INET6, name, octets) == 1)
		return !c->verify || X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1;
	if (SSL_set_tlsext_host_name(ssl, name) != 1)
		return false;
	if (!c->verify)
		return true;
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return SSL_set1_host(ssl, name) == 1;
}

int
tls_session_make(struct tls_session **out, const struct tls_context *context, int fd,
    struct fault *why)
{
	struct tls_session *s;

	*out = NULL;
	ERR_clear_error();
	s = calloc(1, sizeof *s);
	if (s == NULL)
		return fault_set_nomem(why);
	s->ssl = SSL_new(context->ssl);
	if (s->ssl == NULL || SSL_set_fd(s->ssl, fd) != 1 || !set_name(s->ssl, context)) {
		tls_session_free(s);
		return fault_set(why, ZP_ELOCAL, "a TLS session cannot be prepared: %s", reason());
	}
	if (context->server_name != NULL)
		(void)strncat(s->server_name, context->server_name, sizeof s->server_name - 1);
	SSL_set_connect_state(s->ssl);
	*out = s;
	return ZP_OK;
}

void
tls_session_free(struct tls_session *session)
{
	if (session == NULL)
		return;
	SSL_free(session->ssl);
	free(session);
}

/* What a result of OpenSSL asks for. */
static enum tls_step
step_of(struct tls_session *s, int result, const char *doing, struct fault *why)
{
	int number = errno;
	int code = SSL_get_error(s->ssl, result);

	if (code == SSL_ERROR_WANT_READ)
		return TLS_WANT_READ;
	if (code == SSL_ERROR_WANT_WRITE)
		return TLS_WANT_WRITE;
	if (code == SSL_ERROR_ZERO_RETURN)
		return TLS_CLOSED;
	s->failed = true;
	if ((code == SSL_ERROR_SYSCALL && ERR_peek_error() == 0) || (code == SSL_ERROR_SSL &&
	    ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING)) {
		if (number == 0 || code == SSL_ERROR_SSL)
			return TLS_CLOSED;
		errno = number;
		(void)fault_set_errno(why, ZP_ERETRY, "TLS %s", doing);
	} else {
		(void)fault_set(why, ZP_ERETRY, "TLS %s: %s", doing, reason());
	}
	ERR_clear_error();
	return TLS_FAILED;
}

enum tls_step
tls_handshake(struct tls_session *session, struct fault *why)
{
	enum tls_step step;
	long verdict;
	int result;

	ERR_clear_error();
	errno = 0;
	result = SSL_do_handshake(session->ssl);
	if (result == 1)
		return TLS_DONE;
	step = step_of(session, result, "handshake", why);
	verdict = SSL_get_verify_result(session->ssl);
	if (step == TLS_FAILED && verdict != X509_V_OK &&
	    SSL_get_verify_mode(session->ssl) != SSL_VERIFY_NONE)
		(void)fault_set(why, ZP_EREFUSED, "the certificate does not pass for '%s': %s",
		    session->server_name, X509_verify_cert_error_string(verdict));
	return step;
}

enum tls_step
tls_read(struct tls_session *session, void *data, size_t size, size_t *got, struct fault *why)
{
	int result;

	*got = 0;
	ERR_clear_error();
	errno = 0;
	result = SSL_read_ex(session->ssl, data, size, got);
	return result == 1 ? TLS_DONE : step_of(session, result, "read", why);
}

enum tls_step
tls_write(struct tls_session *session, const void *data, size_t len, size_t *put,
    struct fault *why)
{
	int result;

	*put = 0;
	ERR_clear_error();
	errno = 0;
	result = SSL_write_ex(session->ssl, data, len, put);
	return result == 1 ? TLS_DONE : step_of(session, result, "write", why);
}

void
tls_close(struct tls_session *session)
{
	if (session == NULL || session->failed || SSL_in_init(session->ssl))
		return;
	ERR_clear_error();
	(void)SSL_shutdown(session->ssl);
	ERR_clear_error();
}
