/* SPDX-License-Identifier: BSD-2-Clause */
/* Any octets as a reply: without the key nothing is ever good. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dns/tsig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes wire = { 0 }, secret = { 0 }, sentence = { 0 };
	struct tsig_key key = { .algorithm = TSIG_HMAC_SHA256 };
	struct tsig_chain chain = { .mac_len = 32 };
	struct tsig_verdict verdict;
	struct message m;
	struct fault why;

	if (name_parse(&key.name, "key.example", NULL, &why) != ZP_OK)
		abort();
	bytes_append_text(&secret, "not known to the other side");
	key.secret = secret;
	bytes_append(&wire, data, size);
	chain.messages = size % 2;
	if (message_unpack(&m, wire.data, wire.len, &why) == ZP_OK) {
		if (tsig_verify(&verdict, &wire, &m, &chain, &key, 1800000000, &why) == ZP_OK) {
			if (verdict.kind == TSIG_GOOD || verdict.authentic || verdict.kind == TSIG_UNJUDGED)
				abort();
			tsig_print_verdict(&sentence, &verdict);
		}
		message_release(&m);
	}
	tsig_chain_release(&chain);
	bytes_release(&wire);
	bytes_release(&sentence);
	tsig_key_release(&key);
	return 0;
}
