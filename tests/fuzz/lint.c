/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A judge (LINT_KIND) on any text: it must come to a judgement, the same one
 * each time, of findings that can be shown on a line each.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "zonegen/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_finding(const struct lint_row *row, const struct finding *f)
{
	if (f->kind < row->kinds || f->kind >= row->kinds + row->kinds_n)
		abort();
	if (f->message[0] == '\0')
		abort();
	for (const char *p = f->message; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct lint_row *row = lint_find(LINT_KIND);
	struct findings once = { 0 }, again = { 0 };
	struct bytes text = { 0 };
	struct fault why = { 0 };

	bytes_append(&text, data, size);
	if (row == NULL || row->judge(&once, bytes_text(&text), &why) != ZP_OK ||
	    row->judge(&again, bytes_text(&text), &why) != ZP_OK)
		abort();
	if (once.n != again.n)
		abort();
	for (size_t i = 0; i < once.n; i++) {
		check_finding(row, &once.v[i]);
		if (strcmp(once.v[i].message, again.v[i].message) != 0)
			abort();
	}
	findings_release(&once);
	findings_release(&again);
	bytes_release(&text);
	return 0;
}
