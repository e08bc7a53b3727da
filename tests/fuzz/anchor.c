/* SPDX-License-Identifier: BSD-2-Clause */
/* Any text as a trust anchor file: what is read prints as lines that read the same. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "live/anchor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(int condition)
{
	if (!condition)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = { 0 }, again = { 0 };
	struct anchors a, b;

	bytes_append(&text, data, size);
	if (anchors_parse(&a, bytes_text(&text), "input", NULL) == ZP_OK) {
		must(a.sets.n > 0 && a.lines.n > 0);
		for (size_t i = 0; i < a.lines.n; i++)
			bytes_printf(&again, "%s\n", a.lines.v[i]);
		must(anchors_parse(&b, bytes_text(&again), "lines", NULL) == ZP_OK);
		must(a.sets.n == b.sets.n);
		for (size_t i = 0; i < a.sets.n; i++)
			must(rrset_same_data(&a.sets.v[i], &b.sets.v[i]));
		anchors_release(&b);
		anchors_release(&a);
	}
	bytes_release(&again);
	bytes_release(&text);
	return 0;
}
