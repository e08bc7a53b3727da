/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zonegen/lint_kinds.h - what the judges share among themselves: the tables
 * of what each can find, and words that several grammars have in common.
 */
#ifndef ZONEGEN_LINT_KINDS_H
#define ZONEGEN_LINT_KINDS_H

#include <stdbool.h>
#include <stddef.h>

#include "zonegen/finding.h"
#include "zonegen/lint.h"

enum {
	LINT_DKIM_KINDS = 26, LINT_SPF_KINDS = 18, LINT_DMARC_KINDS = 14, LINT_TLSA_KINDS = 10,
	LINT_MTASTS_KINDS = 16, LINT_TLSRPT_KINDS = 8
};

extern const struct finding_kind lint_dkim_kinds[LINT_DKIM_KINDS];
extern const struct finding_kind lint_spf_kinds[LINT_SPF_KINDS];
extern const struct finding_kind lint_dmarc_kinds[LINT_DMARC_KINDS];
extern const struct finding_kind lint_tlsa_kinds[LINT_TLSA_KINDS];
extern const struct finding_kind lint_mtasts_kinds[LINT_MTASTS_KINDS];
extern const struct finding_kind lint_tlsrpt_kinds[LINT_TLSRPT_KINDS];

/* A tag-name (RFC 6376 3.2): a letter, then letters, digits and underscores. */
bool lint_is_tag_name(const char *text);

/* A hyphenated-word (RFC 6376 2.1): what h=, s= and t= of a DKIM key are lists of. */
bool lint_is_word(const char *text);

/* Letters and digits, at least one. */
bool lint_is_alphanumeric(const char *text);

/* Name and value of an extension (RFC 8461 3.1, RFC 8460 3). */
bool lint_is_field_name(const char *text);
bool lint_is_field_value(const char *text);

/* Printable ASCII and spaces. */
bool lint_is_printable(const char *text);

#endif
