/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zonegen/finding.h - what is wrong, or worth knowing, about a record.
 *
 * Every finding is of a kind, and the kinds stand in constant tables: a
 * stable code that scripts may rely on, a level, the source, and a line for
 * the list of codes.  The message speaks of the case at hand.
 *
 * A list owns its messages and borrows the kinds.  A list that fails to grow
 * remembers it, so that additions may be chained and checked once with
 * findings_check().
 */
#ifndef ZONEGEN_FINDING_H
#define ZONEGEN_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

enum finding_level {
	FINDING_ERROR,		/* receivers must or will reject it */
	FINDING_WARNING,	/* it works, but bites */
	FINDING_INFO
};

struct finding_kind {
	const char *code;	/* a stable word, such as "spf-too-many-lookups" */
	enum finding_level level;
	const char *reference;	/* "RFC 7208 4.6.4" */
	const char *about;	/* what it means, one line */
};

struct finding {
	const struct finding_kind *kind;
	char *message;		/* one line */
};

struct findings {
	struct finding *v;
	size_t n;
	bool broken;		/* an addition failed for want of memory */
};

/* Add a finding; octets outside printable ASCII are shown as \DDD. */
void findings_add(struct findings *l, const struct finding_kind *kind, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* ZP_OK, or ZP_ELOCAL if an addition failed for want of memory. */
int findings_check(const struct findings *l, struct fault *why) MUST_CHECK;

/* True if one of the findings is of level error. */
bool findings_has_error(const struct findings *l);

void findings_release(struct findings *l);

/* "error", "warning" or "info". */
const char *finding_level_print(enum finding_level level);

#endif
