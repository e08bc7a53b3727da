/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "keys/cert.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/file.h"
#include "keys/pkey.h"
#include "keys/sslfault.h"
#include "keys/x509.h"

/* What else was seen in a file that lacks what was looked for. */
struct seen {
	bool cert;
	bool csr;
	bool key;
};

static bool
holds_private_key(const struct bytes *content)
{
	static const char mark[] = "PRIVATE KEY-----";

	return memmem(content->data, content->len, mark, sizeof mark - 1) != NULL;
}

/* Called for every PEM block; an error ends the reading. */
typedef int block_fn(void *to, const char *name, const uint8_t *der, long len, struct fault *why);

static bool
is_cert_label(const char *name)
{
	return strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_OLD) == 0 ||
	    strcmp(name, PEM_STRING_X509_TRUSTED) == 0;
}

static bool
is_csr_label(const char *name)
{
	return strcmp(name, PEM_STRING_X509_REQ) == 0 || strcmp(name, PEM_STRING_X509_REQ_OLD) == 0;
}

static bool
begins(const uint8_t *line, size_t len, const char *with)
{
	return len >= strlen(with) && memcmp(line, with, strlen(with)) == 0;
}

/* A copy without the blocks of keys: none is wanted here, and a damaged one does no harm. */
static int
leave_keys(struct bytes *out, struct seen *seen, const struct bytes *content, struct fault *why)
{
	static const char mark[] = "KEY-----";
	bool inside = false;
	size_t len;

	for (size_t at = 0; at < content->len; at += len) {
		const uint8_t *line = content->data + at;
		const uint8_t *end = memchr(line, '\n', content->len - at);

		len = end == NULL ? content->len - at : (size_t)(end - line) + 1;
		if (begins(line, len, "-----BEGIN "))
			inside = memmem(line, len, mark, sizeof mark - 1) != NULL;
		if (!inside)
			bytes_append(out, line, len);
		seen->key = seen->key || inside;
		if (begins(line, len, "-----END "))
			inside = false;
	}
	return bytes_check(out, why);
}

static int
walk_pem(struct seen *seen, const struct bytes *content, block_fn *block, void *to,
    struct fault *why)
{
	struct bytes open = { 0 };
	char *name, *header;
	uint8_t *data;
	BIO *bio = NULL;
	long len;
	int class = leave_keys(&open, seen, content, why);

	if (class != ZP_OK)
		goto out;
	bio = BIO_new_mem_buf(bytes_text(&open), (int)open.len);
	if (bio == NULL) {
		class = fault_set_nomem(why);
		goto out;
	}
	while (class == ZP_OK && PEM_read_bio(bio, &name, &header, &data, &len) == 1) {
		seen->cert = seen->cert || is_cert_label(name);
		seen->csr = seen->csr || is_csr_label(name);
		class = block(to, name, data, len, why);
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_clear_free(data, (size_t)len);
	}
	if (class == ZP_OK && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		class = sslfault_set(why, ZP_EUSAGE, "a PEM block is broken");
	ERR_clear_error();
out:
	BIO_free(bio);
	bytes_wipe(&open);
	return class;
}

static int
check_size(const struct bytes *content, struct fault *why)
{
	if (content->len == 0)
		return fault_set(why, ZP_EUSAGE, "the file is empty");
	if (content->len > KEYFILE_MAX)
		return fault_set(why, ZP_EUSAGE, "larger than %d octets", KEYFILE_MAX);
	return ZP_OK;
}

/* The sentence for a file in which nothing of the kind was found. */
static int
not_found(const struct seen *seen, const char *wanted, struct fault *why)
{
	return fault_set(why, ZP_EUSAGE, "no %s in it that can be read (PEM or DER)%s%s%s", wanted,
	    seen->cert ? "; there is a certificate" : "",
	    seen->csr ? "; there is a certificate signing request" : "",
	    seen->key ? "; there is a key" : "");
}

int
chain_add_der(struct chain *chain, const void *der, size_t len, struct fault *why)
{
	const uint8_t *at = der;
	X509 *x = d2i_X509(NULL, &at, (long)len);
	int class;

	if (x == NULL || at != (const uint8_t *)der + len) {
		X509_free(x);
		return sslfault_set(why, ZP_EUSAGE, "the certificate is broken");
	}
	class = x509_add(chain, x, why);
	X509_free(x);
	return class;
}

static int
take_cert(void *to, const char *name, const uint8_t *der, long len, struct fault *why)
{
	struct chain *chain = to;
	X509 *x;
	int class;

	if (strcmp(name, PEM_STRING_X509_TRUSTED) == 0) {
		x = d2i_X509_AUX(NULL, &der, len);
		if (x == NULL)
			return sslfault_set(why, ZP_EUSAGE, "certificate %zu is broken", chain->n + 1);
		class = x509_add(chain, x, why);
		X509_free(x);
		return class;
	}
	if (!is_cert_label(name))
		return ZP_OK;
	class = chain_add_der(chain, der, (size_t)len, why);
	return class == ZP_OK ? ZP_OK : fault_prepend(why, "certificate %zu", chain->n + 1);
}

int
chain_parse(struct chain *out, const struct bytes *content, const char *label, struct fault *why)
{
	struct seen seen = { 0 };
	int class;

	*out = (struct chain){ 0 };
	class = check_size(content, why);
	if (class != ZP_OK)
		goto out;
	class = walk_pem(&seen, content, take_cert, out, why);
	if (class != ZP_OK || out->n > 0)
		goto out;
	if (content->data[0] != 0x30 || chain_add_der(out, content->data, content->len, why) != ZP_OK)
		class = not_found(&seen, "certificate", why);
out:
	if (class == ZP_OK)
		return ZP_OK;
	chain_release(out);
	return fault_prepend(why, "%s", label);
}

int
chain_read(struct chain *out, const char *path, struct fault *why)
{
	struct bytes content = { 0 };
	int class;

	*out = (struct chain){ 0 };
	class = file_read(&content, path, KEYFILE_MAX, why);
	if (class == ZP_OK)
		class = chain_parse(out, &content, path, why);
	if (class == ZP_OK)
		out->is_exposed = holds_private_key(&content) && file_is_exposed(path);
	bytes_wipe(&content);	/* a key may have been beside the certificates */
	return class;
}

static int
take_csr_der(struct key_facts *out, const uint8_t *der, long len, struct fault *why)
{
	const uint8_t *at = der;
	X509_REQ *req = d2i_X509_REQ(NULL, &at, len);
	EVP_PKEY *key = req == NULL ? NULL : X509_REQ_get0_pubkey(req);
	int class;

	if (req == NULL || at != der + len || key == NULL)
		class = sslfault_set(why, ZP_EUSAGE, "the certificate signing request is broken");
	else if (X509_REQ_verify(req, key) != 1)
		class = sslfault_set(why, ZP_EUSAGE,
		    "the signature of the certificate signing request does not verify");
	else
		class = pkey_facts(out, key, why);
	X509_REQ_free(req);
	return class;
}

static int
take_csr(void *to, const char *name, const uint8_t *der, long len, struct fault *why)
{
	struct key_facts *out = to;

	if (!is_csr_label(name) || out->kind != KEY_NONE)
		return ZP_OK;
	return take_csr_der(out, der, len, why);
}

int
csr_parse(struct key_facts *out, const struct bytes *content, const char *label,
    struct fault *why)
{
	struct seen seen = { 0 };
	int class;

	*out = (struct key_facts){ 0 };
	class = check_size(content, why);
	if (class != ZP_OK)
		goto out;
	class = walk_pem(&seen, content, take_csr, out, why);
	if (class != ZP_OK || out->kind != KEY_NONE)
		goto out;
	if (content->data[0] == 0x30 && !seen.cert)
		class = take_csr_der(out, content->data, (long)content->len, why);
	else
		class = not_found(&seen, "certificate signing request", why);
out:
	if (class == ZP_OK)
		return ZP_OK;
	key_facts_release(out);
	return fault_prepend(why, "%s", label);
}

int
csr_read(struct key_facts *out, const char *path, struct fault *why)
{
	struct bytes content = { 0 };
	int class;

	*out = (struct key_facts){ 0 };
	class = file_read(&content, path, KEYFILE_MAX, why);
	if (class == ZP_OK)
		class = csr_parse(out, &content, path, why);
	if (class == ZP_OK)
		out->is_exposed = holds_private_key(&content) && file_is_exposed(path);
	bytes_wipe(&content);
	return class;
}

int
chain_copy(struct chain *to, const struct chain *from, struct fault *why)
{
	*to = (struct chain){ 0 };
	for (size_t i = 0; i < from->n; i++) {
		int class = chain_add_der(to, from->v[i].der.data, from->v[i].der.len, why);

		if (class != ZP_OK) {
			chain_release(to);
			return class;
		}
	}
	return ZP_OK;
}

bool
chain_equal(const struct chain *a, const struct chain *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->v[i].der.len != b->v[i].der.len ||
		    memcmp(a->v[i].der.data, b->v[i].der.data, a->v[i].der.len) != 0)
			return false;
	return true;
}

void
cert_release(struct cert *c)
{
	bytes_release(&c->der);
	key_facts_release(&c->key);
	free(c->subject);
	free(c->issuer);
	strlist_release(&c->names);
	*c = (struct cert){ 0 };
}

void
chain_release(struct chain *chain)
{
	for (size_t i = 0; i < chain->n; i++)
		cert_release(&chain->v[i]);
	free(chain->v);
	*chain = (struct chain){ 0 };
}
