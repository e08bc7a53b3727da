/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zonegen/lint.h - judging the text of a record.
 *
 * Each judge takes the joined text of one record and adds what it finds; a
 * clean record adds nothing.  Only lack of memory is a failure (ZP_ELOCAL).
 */
#ifndef ZONEGEN_LINT_H
#define ZONEGEN_LINT_H

#include <stddef.h>

#include "base/fault.h"
#include "zonegen/finding.h"

/* A kind of record that can be judged. */
struct lint_row {
	const char *name;	/* "dkim" */
	int (*judge)(struct findings *out, const char *text, struct fault *why);
	const struct finding_kind *kinds;	/* everything that it can find */
	size_t kinds_n;
};

/* All of them; *n gets their number. */
const struct lint_row *lint_rows(size_t *n);

/* The row of this name, or NULL. */
const struct lint_row *lint_find(const char *name);

/* RFC 6376 3.6.1, RFC 8301, RFC 8463. */
int lint_dkim(struct findings *out, const char *text, struct fault *why) MUST_CHECK;

/* RFC 7208, seen without the DNS: look-ups of included records are not counted. */
int lint_spf(struct findings *out, const char *text, struct fault *why) MUST_CHECK;

/* RFC 9989. */
int lint_dmarc(struct findings *out, const char *text, struct fault *why) MUST_CHECK;

/* RFC 6698, 7671, 7672: one record, or the set at one name with a record a line. */
int lint_tlsa(struct findings *out, const char *text, struct fault *why) MUST_CHECK;

/* RFC 8461: a record; text that is a policy is judged as one. */
int lint_mtasts(struct findings *out, const char *text, struct fault *why) MUST_CHECK;
int lint_mtasts_policy(struct findings *out, const char *text, struct fault *why) MUST_CHECK;

/* RFC 8460. */
int lint_tlsrpt(struct findings *out, const char *text, struct fault *why) MUST_CHECK;

#endif
