/* SPDX-License-Identifier: BSD-2-Clause */
/* Judging certificates and keys against each other; the contract is in keys/cert.h. */
#include "config.h"

#include "keys/cert.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/timepiece.h"
#include "keys/x509.h"

bool
cert_names_host(const struct cert *c, const char *host)
{
	X509 *x = x509_open(c);
	size_t len = strlen(host);
	bool named;

	if (len > 0 && host[len - 1] == '.')
		len--;
	named = x != NULL && len > 0 && X509_check_host(x, host, len,
	    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, NULL) == 1;
	X509_free(x);
	ERR_clear_error();
	return named;
}

bool
chain_has_key(const struct chain *chain, const struct key_facts *key)
{
	return chain->n > 0 && key_facts_equal(&chain->v[0].key, key);
}

bool
cert_is_issued_by(const struct cert *child, const struct cert *issuer)
{
	X509 *c = x509_open(child), *i = x509_open(issuer);
	EVP_PKEY *key = i == NULL ? NULL : X509_get0_pubkey(i);
	bool issued = c != NULL && key != NULL && X509_check_issued(i, c) == X509_V_OK &&
	    X509_verify(c, key) == 1;

	X509_free(c);
	X509_free(i);
	ERR_clear_error();
	return issued;
}

bool
chain_links(const struct chain *chain, size_t *broken)
{
	size_t depth = 0;

	while (depth + 1 < chain->n && cert_is_issued_by(&chain->v[depth], &chain->v[depth + 1]))
		depth++;
	if (depth + 1 >= chain->n)
		depth = chain->n;
	if (broken != NULL)
		*broken = depth;
	return depth == chain->n;
}

static int PRINTF_LIKE(5, 6)
add(struct pair_findings *f, enum pair_problem problem, size_t depth, struct fault *why,
    const char *fmt, ...)
{
	struct pair_finding *grown = realloc(f->v, (f->n + 1) * sizeof *grown);
	va_list ap;

	if (grown == NULL)
		return fault_set_nomem(why);
	f->v = grown;
	f->v[f->n] = (struct pair_finding){ .problem = problem, .depth = depth };
	va_start(ap, fmt);
	(void)vsnprintf(f->v[f->n].text, sizeof f->v[f->n].text, fmt, ap);
	va_end(ap);
	f->n++;
	return ZP_OK;
}

static int
judge_links(struct pair_findings *out, const struct chain *chain, struct fault *why)
{
	const struct cert *leaf = &chain->v[0];
	size_t broken;

	if (chain->n == 1 && !cert_is_issued_by(leaf, leaf))
		return add(out, PAIR_ISSUER_MISSING, 0, why,
		    "the chain ends with the leaf: the certificate of its issuer '%s' is missing",
		    leaf->issuer);
	if (chain_links(chain, &broken))
		return ZP_OK;
	return add(out, PAIR_LINK_BROKEN, broken, why,
	    "certificate %zu '%s' was not issued by the next one, '%s': its issuer is '%s'",
	    broken + 1, chain->v[broken].subject, chain->v[broken + 1].subject,
	    chain->v[broken].issuer);
}

static int
judge_dates(struct pair_findings *out, const struct cert *c, size_t depth, int64_t wall_ms,
    struct fault *why)
{
	char when[32];

	if (wall_ms < c->not_before)
		return add(out, PAIR_NOT_YET_VALID, depth, why,
		    "certificate %zu '%s' is not valid before %s", depth + 1, c->subject,
		    timepiece_print_wall(when, sizeof when, c->not_before));
	if (wall_ms > c->not_after)
		return add(out, PAIR_EXPIRED, depth, why, "certificate %zu '%s' expired at %s",
		    depth + 1, c->subject, timepiece_print_wall(when, sizeof when, c->not_after));
	return ZP_OK;
}

int
pair_judge(struct pair_findings *out, const struct chain *chain, const struct key_facts *key,
    const char *host, int64_t wall_ms, struct fault *why)
{
	int class = ZP_OK;

	*out = (struct pair_findings){ 0 };
	if (chain->n == 0)
		return fault_set(why, ZP_EUSAGE, "there is no certificate to judge");
	if (key != NULL && !chain_has_key(chain, key)) {
		char of_key[32], of_cert[32];

		class = add(out, PAIR_KEY_MISMATCH, 0, why,
		    "the private key (%s) does not belong to the certificate '%s' (%s)",
		    keyfile_print_kind(of_key, key->kind, key->bits), chain->v[0].subject,
		    keyfile_print_kind(of_cert, chain->v[0].key.kind, chain->v[0].key.bits));
	}
	if (class == ZP_OK)
		class = judge_links(out, chain, why);
	for (size_t i = 0; class == ZP_OK && i < chain->n; i++)
		class = judge_dates(out, &chain->v[i], i, wall_ms, why);
	if (class == ZP_OK && !cert_names_host(&chain->v[0], host))
		class = add(out, PAIR_WRONG_HOST, 0, why,
		    "the certificate '%s' does not name %s", chain->v[0].subject, host);
	if (class != ZP_OK)
		pair_findings_release(out);
	return class;
}

bool
pair_has(const struct pair_findings *f, enum pair_problem problem)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].problem == problem)
			return true;
	return false;
}

void
pair_findings_release(struct pair_findings *f)
{
	free(f->v);
	*f = (struct pair_findings){ 0 };
}
