/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "live/dane.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "keys/sslfault.h"

enum { TLSA_HEAD = 3, HOST_MAX = 256 };

static const char unsent[] =
    "no match: the trust anchor of a TLSA record of usage 2 is not in the chain that is sent";

/* OpenSSL's side of one question. */
struct judge {
	SSL_CTX *context;
	SSL *ssl;		/* holds the DANE state; never connected */
	X509 *leaf;
	STACK_OF(X509) *sent;	/* the whole chain, leaf first */
	size_t added;		/* how many records OpenSSL took */
	bool needs_store;	/* a usable record of usage 0 or 1 */
	bool has_unsent;	/* strict: a trust anchor stands in the DNS in full and was not sent */
};

static void
judge_release(struct judge *j)
{
	sk_X509_pop_free(j->sent, X509_free);
	SSL_free(j->ssl);
	SSL_CTX_free(j->context);
	*j = (struct judge){ 0 };
}

/* RFC 7672 holds for the ports at which mail is handed over. */
static bool
is_smtp(uint16_t port)
{
	return port == 25 || port == 465 || port == 587;
}

/* Is the trust anchor, which is in the DNS in full, also sent? */
static bool
is_sent(const struct rdata *r, const struct chain *chain)
{
	for (size_t i = 0; i < chain->n; i++) {
		const struct bytes *b = r->data[1] == 0 ? &chain->v[i].der : &chain->v[i].key.spki;

		if (b->len == (size_t)r->len - TLSA_HEAD &&
		    memcmp(b->data, r->data + TLSA_HEAD, b->len) == 0)
			return true;
	}
	return false;
}

/* A trust anchor in full, certificate or key; junk is none. */
static bool
is_anchor(const struct rdata *r)
{
	const uint8_t *at = r->data + TLSA_HEAD, *end = r->data + r->len;
	X509 *x = NULL;
	EVP_PKEY *key = NULL;
	bool is;

	if (r->data[0] != 2 || r->data[2] != 0)
		return false;
	if (r->data[1] == 0)
		x = d2i_X509(NULL, &at, end - at);
	else if (r->data[1] == 1)
		key = d2i_PUBKEY(NULL, &at, end - at);
	is = (x != NULL || key != NULL) && at == end;
	X509_free(x);
	EVP_PKEY_free(key);
	return is;
}

/* Names are taken without a final dot. */
static int
add_host(SSL *ssl, const char *host, bool first, struct fault *why)
{
	char text[HOST_MAX];
	size_t len = strlen(host);

	if (len > 0 && host[len - 1] == '.')
		len--;
	if (len == 0 || len >= sizeof text)
		return fault_set(why, ZP_EUSAGE, "'%.60s' is no host name", host);
	memcpy(text, host, len);
	text[len] = '\0';
	if (first ? SSL_dane_enable(ssl, text) <= 0 : SSL_add1_host(ssl, text) != 1)
		return sslfault_set(why, ZP_EUSAGE, "'%s' cannot be a reference name", text);
	return ZP_OK;
}

static int
set_up(struct judge *j, const struct dane_question *q, struct fault *why)
{
	int class;

	j->context = SSL_CTX_new(TLS_client_method());
	if (j->context == NULL || SSL_CTX_dane_enable(j->context) <= 0)
		return sslfault_set(why, ZP_ELOCAL, "DANE verification is not available");
	j->ssl = SSL_new(j->context);
	if (j->ssl == NULL)
		return sslfault_set(why, ZP_ELOCAL, "DANE verification is not available");
	class = add_host(j->ssl, q->host, true, why);
	for (size_t i = 0; class == ZP_OK && q->names != NULL && i < q->names->n; i++)
		class = add_host(j->ssl, q->names->v[i], false, why);
	if (class != ZP_OK)
		return class;
	SSL_set_hostflags(j->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	(void)SSL_dane_set_flags(j->ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);	/* RFC 7671 5.1 */

	j->sent = sk_X509_new_null();
	for (size_t i = 0; j->sent != NULL && i < q->chain->n; i++) {
		const uint8_t *at = q->chain->v[i].der.data;
		X509 *x = d2i_X509(NULL, &at, (long)q->chain->v[i].der.len);

		if (x == NULL || sk_X509_push(j->sent, x) <= 0) {
			X509_free(x);
			return sslfault_set(why, ZP_ELOCAL, "certificate %zu of the chain", i + 1);
		}
	}
	if (j->sent == NULL)
		return fault_set_nomem(why);
	j->leaf = sk_X509_value(j->sent, 0);
	return ZP_OK;
}

static int
add_records(struct judge *j, size_t *usable, const struct dane_question *q, struct fault *why)
{
	*usable = 0;
	for (size_t i = 0; i < q->tlsa_n; i++) {
		const struct rdata *r = &q->tlsa[i];
		int added;

		if (r->len <= TLSA_HEAD || (r->data[0] < 2 && is_smtp(q->port)))
			continue;
		if (q->strict && is_anchor(r) && !is_sent(r, q->chain)) {
			j->has_unsent = true;
			++*usable;
			continue;
		}
		added = SSL_dane_tlsa_add(j->ssl, r->data[0], r->data[1], r->data[2],
		    r->data + TLSA_HEAD, (size_t)r->len - TLSA_HEAD);
		if (added < 0)
			return sslfault_set(why, ZP_ELOCAL, "TLSA record %zu", i + 1);
		if (added == 0)
			continue;
		++*usable;
		j->added++;
		if (r->data[0] < 2)
			j->needs_store = true;
	}
	ERR_clear_error();
	return ZP_OK;
}

static int
load_store(X509_STORE *store, const char *ca_file, struct fault *why)
{
	if (ca_file == NULL) {
		if (X509_STORE_set_default_paths(store) != 1)
			return sslfault_set(why, ZP_ELOCAL, "the system's trust store");
		return ZP_OK;
	}
	if (X509_STORE_load_file(store, ca_file) != 1)
		return sslfault_set(why, ZP_EUSAGE, "%s: no trusted certificates can be read", ca_file);
	return ZP_OK;
}

/* Where x stands in the chain as it was sent; behind its end if it came from elsewhere. */
static size_t
find_sent(const struct judge *j, const X509 *x)
{
	int n = sk_X509_num(j->sent), i = 0;

	while (i < n && (x == NULL || X509_cmp(sk_X509_value(j->sent, i), x) != 0))
		i++;
	return (size_t)i;
}

/* Which record was it?  The one whose octets OpenSSL says it matched, or verified with. */
static void
find_match(struct dane_answer *out, const struct judge *j, const struct dane_question *q,
    X509_STORE_CTX *v)
{
	uint8_t usage, selector, matching;
	const uint8_t *data;
	size_t len;
	int depth = SSL_get0_dane_tlsa(j->ssl, &usage, &selector, &matching, &data, &len);
	EVP_PKEY *key = NULL;	/* of an anchor that no certificate stands for */

	if (depth < 0)
		return;
	(void)SSL_get0_dane_authority(j->ssl, NULL, &key);
	out->depth = (size_t)depth;
	out->sent = find_sent(j, sk_X509_value(X509_STORE_CTX_get0_chain(v), depth));
	out->is_bare = key != NULL;
	out->is_unsent = usage == 2 && (key != NULL || out->sent == q->chain->n);
	for (size_t i = 0; i < q->tlsa_n; i++) {
		const struct rdata *r = &q->tlsa[i];

		if (r->len != len + TLSA_HEAD || r->data[0] != usage || r->data[1] != selector ||
		    r->data[2] != matching || memcmp(r->data + TLSA_HEAD, data, len) != 0)
			continue;
		out->record = i;
		out->verdict = DANE_ACCEPTED;
		return;
	}
}

static void
explain(struct dane_answer *out, const struct judge *j, const struct dane_question *q,
    X509_STORE_CTX *v)
{
	int error = X509_STORE_CTX_get_error(v);
	int depth = X509_STORE_CTX_get_error_depth(v);
	const char *text = X509_verify_cert_error_string(error);

	if (j->has_unsent && error == X509_V_ERR_DANE_NO_MATCH)
		(void)snprintf(out->reason, sizeof out->reason, "%s", unsent);
	else if (error == X509_V_ERR_DANE_NO_MATCH)
		(void)snprintf(out->reason, sizeof out->reason,
		    "none of the %zu usable TLSA records matches the chain of %zu certificate%s",
		    out->usable, q->chain->n, q->chain->n == 1 ? "" : "s");
	else if (error == X509_V_ERR_HOSTNAME_MISMATCH)
		(void)snprintf(out->reason, sizeof out->reason,
		    "the certificate does not name %s: hostname mismatch", q->host);
	else
		(void)snprintf(out->reason, sizeof out->reason, "depth %d: %s", depth,
		    error == X509_V_OK ? "not verified by a TLSA record" : text);
}

static int
verify(struct dane_answer *out, struct judge *j, const struct dane_question *q,
    struct fault *why)
{
	X509_STORE *store = SSL_CTX_get_cert_store(j->context);
	X509_STORE_CTX *v = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;
	int class = ZP_OK;

	if (v == NULL)
		return fault_set_nomem(why);
	if (j->needs_store)
		class = load_store(store, q->ca_file, why);
	if (class != ZP_OK)
		goto out;
	if (X509_STORE_CTX_init(v, store, j->leaf, j->sent) != 1 ||
	    X509_STORE_CTX_set_default(v, "ssl_server") != 1) {
		class = sslfault_set(why, ZP_ELOCAL, "the verification cannot be set up");
		goto out;
	}
	param = X509_STORE_CTX_get0_param(v);
	X509_STORE_CTX_set0_dane(v, SSL_get0_dane(j->ssl));
	if (X509_VERIFY_PARAM_set1(param, SSL_get0_param(j->ssl)) != 1) {
		class = sslfault_set(why, ZP_ELOCAL, "the verification cannot be set up");
		goto out;
	}
	X509_VERIFY_PARAM_set_time(param, (time_t)(q->at / 1000));

	out->verdict = DANE_REJECTED;
	if (X509_verify_cert(v) == 1)
		find_match(out, j, q, v);
	if (out->verdict != DANE_ACCEPTED)
		explain(out, j, q, v);
out:
	X509_STORE_CTX_free(v);
	ERR_clear_error();
	return class;
}

int
dane_judge(struct dane_answer *out, const struct dane_question *q, struct fault *why)
{
	struct judge j = { 0 };
	int class;

	*out = (struct dane_answer){ .verdict = DANE_REJECTED };
	if (q->chain->n == 0)
		return fault_set(why, ZP_EUSAGE, "there is no certificate to judge");
	class = set_up(&j, q, why);
	if (class == ZP_OK)
		class = add_records(&j, &out->usable, q, why);
	if (class != ZP_OK)
		goto out;
	if (out->usable == 0) {
		out->verdict = DANE_UNUSABLE;
		(void)snprintf(out->reason, sizeof out->reason, q->tlsa_n == 0 ?
		    "there is no TLSA record" : is_smtp(q->port) ?
		    "no TLSA record is usable: SMTP wants usage 2 or 3 and well-formed data" :
		    "no TLSA record is usable: unknown parameters or malformed data");
		goto out;
	}
	if (j.added == 0)
		(void)snprintf(out->reason, sizeof out->reason, "%s", unsent);
	else
		class = verify(out, &j, q, why);
out:
	judge_release(&j);
	return class;
}
