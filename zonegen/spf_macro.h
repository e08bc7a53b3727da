/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zonegen/spf_macro.h - the macro-string of SPF, taken apart (RFC 7208 7.1).
 *
 * A macro-string is walked piece by piece: runs of literal octets and macros
 * to be expanded.  Nothing is expanded here; the pieces borrow from the text.
 */
#ifndef ZONEGEN_SPF_MACRO_H
#define ZONEGEN_SPF_MACRO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

/* Where a macro-string stands: what may occur in it depends on that. */
enum spf_macro_place {
	SPF_MACRO_IN_DOMAIN,		/* a domain-spec: the letters c, r and t are not allowed */
	SPF_MACRO_IN_MODIFIER,		/* the value of an unknown modifier: every letter */
	SPF_MACRO_IN_EXPLANATION	/* explanation text: every letter, and spaces */
};

struct spf_macro {
	const char *literal;	/* a run of octets to be copied; NULL for a macro */
	size_t literal_len;
	bool was_percent;	/* a macro, or one of %%, %_ and %- */
	char letter;		/* the macro's letter in lower case */
	bool escape;		/* it was written in upper case: URL-escape the value */
	bool reverse;
	unsigned keep;		/* so many parts from the right; 0: all */
	const char *delimiters;	/* never empty: "." if none is written */
	size_t delimiters_len;
};

/*
 * Take the next piece at *at, which must lie before end, and move *at behind
 * it.  Fails: ZP_EUSAGE with what is wrong.
 */
int spf_macro_next(struct spf_macro *out, const char **at, const char *end,
    enum spf_macro_place place, struct fault *why) MUST_CHECK;

/* Walk the whole text. Fails: ZP_EUSAGE at the first piece that is wrong. */
int spf_macro_check(const char *text, size_t len, enum spf_macro_place place, struct fault *why)
    MUST_CHECK;

/* True if a well-formed text uses the macro letter (lower case); false if it is malformed. */
bool spf_macro_uses(const char *text, size_t len, char letter);

#endif
