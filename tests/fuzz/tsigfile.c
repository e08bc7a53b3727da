/* SPDX-License-Identifier: BSD-2-Clause */
/* Any octets as a file of a TSIG key: a key that comes out is whole. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "keys/tsigfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = { 0 };
	struct tsigfile_notes notes;
	struct tsig_key key;
	struct fault why;

	bytes_append(&text, data, size);
	if (tsigfile_parse(&key, &notes, &text, "file", &why) == ZP_OK) {
		if (name_is_empty(&key.name) || tsig_key_is_empty(&key) || key.secret.len == 0)
			abort();
	} else if (key.secret.data != NULL || why.text[0] == '\0') {
		abort();
	}
	tsig_key_release(&key);
	if (tsigfile_parse_inline(&key, bytes_text(&text), "hmac-sha256", &why) == ZP_OK &&
	    key.secret.len == 0)
		abort();
	tsig_key_release(&key);
	bytes_release(&text);
	return 0;
}
