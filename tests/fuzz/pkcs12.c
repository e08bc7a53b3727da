/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the reader of PKCS#12 files. */
#include "config.h"

#include <stdlib.h>

#include "keys/cert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes content = { 0 };
	struct key_facts key;
	struct chain chain;
	struct fault why = { 0 };
	int class;

	bytes_append(&content, data, size);
	class = chain_parse_pkcs12(&chain, &key, &content, "it", NULL, &why);
	if ((class == ZP_OK) != (chain.n > 0) || (class != ZP_OK && key.spki.len > 0))
		abort();
	chain_release(&chain);
	key_facts_release(&key);
	bytes_release(&content);
	return 0;
}
