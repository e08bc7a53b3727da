/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/emit.h - records in the form that was asked for: what all of gen shares.
 *
 * zone: master-file records, long ones in parentheses over several lines;
 * line: one record a line; nsupdate: "update add" commands; json: an object
 * for one record, an array for several.
 */
#ifndef CMD_EMIT_H
#define CMD_EMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/strlist.h"
#include "cmd/options.h"
#include "dns/rrset.h"

enum emit_format { EMIT_ZONE, EMIT_LINE, EMIT_NSUPDATE, EMIT_JSON };

enum { EMIT_TTL = 3600 };

/* The common options of gen; start from EMIT_DEFAULTS. */
struct emit {
	const char *format;	/* NULL: zone */
	const char *output;	/* NULL or "-": standard output */
	int64_t ttl;		/* seconds */
	bool force;
};

#define EMIT_DEFAULTS { .ttl = EMIT_TTL }

/* The rows for the option table of a command; e is a struct emit *. */
#define EMIT_ROWS(e) \
	{ '\0', "ttl", OPTION_NUMBER, &(e)->ttl, "N", "time to live in seconds (3600)" }, \
	EMIT_OUTPUT_ROWS(e)
#define EMIT_OUTPUT_ROWS(e) \
	{ '\0', "format", OPTION_TEXT, &(e)->format, "FORM", "zone, line, nsupdate or json (zone)" }, \
	{ 'o', "output", OPTION_TEXT, &(e)->output, "FILE", "write there, to a new file" }, \
	{ '\0', "force", OPTION_FLAG, &(e)->force, NULL, "let -o replace an existing file" }

/* What there is to print. Comments appear in the zone, line and nsupdate forms. */
struct emission {
	const struct recset *records;
	const struct strlist *comments;	/* one line each, without ';'; may be NULL */
};

/* The form that e and the global --json ask for. Fails: ZP_EUSAGE. */
int emit_parse_format(enum emit_format *out, const struct emit *e, bool json, struct fault *why)
    MUST_CHECK;

/* Append what in looks like in a form. Fails: ZP_EUSAGE (a malformed record); ZP_ELOCAL. */
int emit_print(struct bytes *out, const struct emission *in, enum emit_format format,
    struct fault *why) MUST_CHECK;

/*
 * What emit_write() would refuse, before anything is written.
 * Fails: ZP_EUSAGE; ZP_EREFUSED.
 */
int emit_check(const struct emit *e, bool json, struct fault *why) MUST_CHECK;

/*
 * Print in to standard output or the file of e: whole or not at all.  With
 * --dry-run it goes to standard output in any case.
 * Fails: ZP_EREFUSED if the file exists and e->force is not set; as above.
 */
int emit_write(const struct emission *in, const struct emit *e, const struct globals *g,
    struct fault *why) MUST_CHECK;

#endif
