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

enum { LINT_DKIM_KINDS = 26, LINT_SPF_KINDS = 18 };

extern const struct finding_kind lint_dkim_kinds[LINT_DKIM_KINDS];
extern const struct finding_kind lint_spf_kinds[LINT_SPF_KINDS];

/* A tag-name (RFC 6376 3.2): a letter, then letters, digits and underscores. */
bool lint_is_tag_name(const char *text);

/* A hyphenated-word (RFC 6376 2.1): what h=, s= and t= of a DKIM key are lists of. */
bool lint_is_word(const char *text);

#endif
