/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds of records that can be judged, and words that the judges share. */
#include "config.h"

#include "zonegen/lint_kinds.h"

#include <string.h>

enum { FIELD_NAME_MAX = 32 };	/* RFC 8461 3.1, RFC 8460 3 */

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_alphanumeric(char c)
{
	return is_alpha(c) || (c >= '0' && c <= '9');
}

/* True if each character is alphanumeric or one of others, and the first is no other. */
static bool
is_made_of(const char *text, const char *others)
{
	if (!is_alphanumeric(*text))
		return false;
	for (; *text != '\0'; text++)
		if (!is_alphanumeric(*text) && strchr(others, *text) == NULL)
			return false;
	return true;
}

bool
lint_is_tag_name(const char *text)
{
	return is_alpha(*text) && is_made_of(text, "_");
}

bool
lint_is_word(const char *text)
{
	return is_alpha(*text) && is_made_of(text, "-") && text[strlen(text) - 1] != '-';
}

bool
lint_is_alphanumeric(const char *text)
{
	return is_made_of(text, "");
}

bool
lint_is_field_name(const char *text)
{
	return is_made_of(text, "_-.") && strlen(text) <= FIELD_NAME_MAX;
}

bool
lint_is_field_value(const char *text)
{
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text >= 0x7f || *text == '=')
			return false;
	return true;
}

bool
lint_is_printable(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text >= 0x7f)
			return false;
	return true;
}

const struct lint_row *
lint_rows(size_t *n)
{
	static const struct lint_row rows[] = {
		{ "dkim", lint_dkim, lint_dkim_kinds, LINT_DKIM_KINDS },
		{ "spf", lint_spf, lint_spf_kinds, LINT_SPF_KINDS },
		{ "dmarc", lint_dmarc, lint_dmarc_kinds, LINT_DMARC_KINDS },
		{ "tlsa", lint_tlsa, lint_tlsa_kinds, LINT_TLSA_KINDS },
		{ "mta-sts", lint_mtasts, lint_mtasts_kinds, LINT_MTASTS_KINDS },
		{ "tls-rpt", lint_tlsrpt, lint_tlsrpt_kinds, LINT_TLSRPT_KINDS },
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
