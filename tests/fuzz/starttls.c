/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the talk that leads to TLS.  The first octet chooses the protocol,
 * the second how the rest comes in pieces.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "live/starttls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(int condition)
{
	if (!condition)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum starttls_progress p = STARTTLS_GOES_ON;
	struct starttls s;
	struct bytes out = { 0 };
	struct fault why = { 0 };
	size_t piece;

	if (size < 2)
		return 0;
	s = starttls_make(STARTTLS_SMTP + data[0] % 4, "mx.example.com");
	piece = data[1] % 64 + 1U;
	for (size_t at = 2; at < size && p == STARTTLS_GOES_ON; at += piece) {
		const uint8_t *end = memchr(data + 2, '\n', at - 2);

		/* Nothing is said before the server has said a line. */
		require(end != NULL || out.len == 0);
		p = starttls_feed(&s, &out, data + at, size - at < piece ? size - at : piece, &why);
		require(out.len < 1024 && starttls_awaited(&s) != NULL);
	}
	require((p <= STARTTLS_READY) == (why.text[0] == '\0'));
	for (const char *c = why.text; *c != '\0'; c++)
		require(*c >= ' ' && *c <= '~');
	bytes_release(&out);
	return 0;
}
