/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds of records that can be judged, and words that the judges share. */
#include "config.h"

#include "zonegen/lint_kinds.h"

#include <string.h>

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
lint_is_tag_name(const char *text)
{
	if (!is_alpha(*text))
		return false;
	for (; *text != '\0'; text++)
		if (!is_alpha(*text) && (*text < '0' || *text > '9') && *text != '_')
			return false;
	return true;
}

bool
lint_is_word(const char *text)
{
	size_t len = strlen(text);

	if (!is_alpha(text[0]) || text[len - 1] == '-')
		return false;
	for (; *text != '\0'; text++)
		if (!is_alpha(*text) && (*text < '0' || *text > '9') && *text != '-')
			return false;
	return true;
}

const struct lint_row *
lint_rows(size_t *n)
{
	static const struct lint_row rows[] = {
		{ "dkim", lint_dkim, lint_dkim_kinds, LINT_DKIM_KINDS },
		{ "spf", lint_spf, lint_spf_kinds, LINT_SPF_KINDS },
	};

	*n = sizeof rows / sizeof rows[0];
	return rows;
}

const struct lint_row *
lint_find(const char *name)
{
	size_t n;
	const struct lint_row *rows = lint_rows(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}
