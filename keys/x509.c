/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "keys/x509.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "keys/pkey.h"
#include "keys/sslfault.h"

static int
copy_name(char **out, const X509_NAME *name, struct fault *why)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	if (bio == NULL || X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) < 0) {
		BIO_free(bio);
		return sslfault_set(why, ZP_EUSAGE, "a name in the certificate cannot be read");
	}
	len = BIO_get_mem_data(bio, &text);
	*out = len > 0 ? strndup(text, (size_t)len) : strdup("");
	BIO_free(bio);
	return *out == NULL ? fault_set_nomem(why) : ZP_OK;
}

static int
copy_time(int64_t *wall_ms, const ASN1_TIME *t, struct fault *why)
{
	struct tm tm;

	if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
		return sslfault_set(why, ZP_EUSAGE, "a date in the certificate cannot be read");
	*wall_ms = (int64_t)timegm(&tm) * 1000;
	return ZP_OK;
}

/* dNSName entries; one with a NUL inside is no name of any host and is left out. */
static int
copy_alt_names(struct strlist *out, const X509 *x, struct fault *why)
{
	GENERAL_NAMES *all = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	int class = ZP_OK;

	for (int i = 0; class == ZP_OK && i < sk_GENERAL_NAME_num(all); i++) {
		int type;
		const ASN1_STRING *s = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all, i), &type);
		size_t len;
		char *text;

		if (type != GEN_DNS)
			continue;
		len = (size_t)ASN1_STRING_length(s);
		if (memchr(ASN1_STRING_get0_data(s), '\0', len) != NULL)
			continue;
		text = strndup((const char *)ASN1_STRING_get0_data(s), len);
		if (text == NULL) {
			class = fault_set_nomem(why);
			break;
		}
		for (char *p = text; *p != '\0'; p++)
			*p = (char)tolower((unsigned char)*p);
		class = strlist_take(out, text, why);
	}
	GENERAL_NAMES_free(all);
	return class;
}

static int
copy_key(struct key_facts *out, const X509 *x, struct fault *why)
{
	uint8_t *der = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
	int class;

	if (len <= 0)
		return sslfault_set(why, ZP_EUSAGE, "the public key of the certificate cannot be read");
	pkey_kind(&out->kind, &out->bits, X509_get0_pubkey(x));
	bytes_append(&out->spki, der, (size_t)len);
	OPENSSL_free(der);
	class = bytes_check(&out->spki, why);
	if (class != ZP_OK)
		return class;
	return digest_sha256(out->sha256, out->spki.data, out->spki.len, why);
}

static int
copy_der(struct bytes *out, const X509 *x, struct fault *why)
{
	uint8_t *der = NULL;
	int len = i2d_X509(x, &der);

	if (len <= 0)
		return sslfault_set(why, ZP_EUSAGE, "the certificate cannot be encoded");
	bytes_append(out, der, (size_t)len);
	OPENSSL_free(der);
	return bytes_check(out, why);
}

int
x509_add(struct chain *chain, X509 *x, struct fault *why)
{
	struct cert *grown, cert = { 0 }, *c = &cert;
	int class;

	if (chain->n >= CHAIN_MAX)
		return fault_set(why, ZP_EUSAGE, "more than %d certificates", CHAIN_MAX);
	grown = realloc(chain->v, (chain->n + 1) * sizeof *grown);
	if (grown == NULL)
		return fault_set_nomem(why);
	chain->v = grown;

	if ((class = copy_der(&c->der, x, why)) != ZP_OK ||
	    (class = copy_key(&c->key, x, why)) != ZP_OK ||
	    (class = copy_name(&c->subject, X509_get_subject_name(x), why)) != ZP_OK ||
	    (class = copy_name(&c->issuer, X509_get_issuer_name(x), why)) != ZP_OK ||
	    (class = copy_time(&c->not_before, X509_get0_notBefore(x), why)) != ZP_OK ||
	    (class = copy_time(&c->not_after, X509_get0_notAfter(x), why)) != ZP_OK ||
	    (class = copy_alt_names(&c->names, x, why)) != ZP_OK) {
		cert_release(c);
		return class;
	}
	c->is_ca = X509_check_ca(x) > 0;
	c->is_self_issued =
	    X509_NAME_cmp(X509_get_subject_name(x), X509_get_issuer_name(x)) == 0;
	ERR_clear_error();
	chain->v[chain->n++] = cert;
	return ZP_OK;
}

X509 *
x509_open(const struct cert *c)
{
	const uint8_t *at = c->der.data;

	return d2i_X509(NULL, &at, (long)c->der.len);
}
