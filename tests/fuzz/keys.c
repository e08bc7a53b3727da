/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the readers of keys, chains and requests, and what is done with them. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "keys/cert.h"
#include "keys/keyfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(int condition)
{
	if (!condition)
		abort();
}

static int
ask(struct bytes *out, void *context, const char *path, struct fault *why)
{
	(void)context;
	(void)path;
	bytes_append_text(out, "secret");
	return bytes_check(out, why);
}

static void
check_chain(const struct chain *chain, const struct key_facts *key)
{
	struct pair_findings findings;
	struct chain copy;
	struct fault why = { 0 };

	require(chain->n > 0 && chain->n <= CHAIN_MAX);
	require(pair_judge(&findings, chain, key, "mx1.example.com", 0, &why) == ZP_OK);
	pair_findings_release(&findings);
	require(chain_copy(&copy, chain, &why) == ZP_OK && chain_equal(&copy, chain));
	chain_release(&copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct passphrase pass = { ask, NULL };
	struct bytes content = { 0 };
	struct key_facts key, csr;
	struct chain chain;
	struct fault why = { 0 };
	int of_key, of_csr, of_chain;

	bytes_append(&content, data, size);
	of_key = keyfile_parse(&key, &content, "it", &pass, &why);
	require((of_key == ZP_OK) == (key.spki.len > 0));
	of_csr = csr_parse(&csr, &content, "it", &why);
	require((of_csr == ZP_OK) == (csr.spki.len > 0));
	of_chain = chain_parse(&chain, &content, "it", &why);
	require((of_chain == ZP_OK) == (chain.n > 0));
	if (of_chain == ZP_OK)
		check_chain(&chain, of_key == ZP_OK ? &key : NULL);
	chain_release(&chain);
	key_facts_release(&csr);
	key_facts_release(&key);
	bytes_release(&content);
	return 0;
}
