/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/zonefile_scan.h - a master file as entries of words (RFC 1035 5.1).
 *
 * An entry is what stands up to a line end outside parentheses.  The scanner
 * says where each word lies, and copies nothing.  Words of entries remain
 * valid until the next entry is read.
 */
#ifndef PUBLISH_ZONEFILE_SCAN_H
#define PUBLISH_ZONEFILE_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/fault.h"

struct zonefile_span {
	size_t at;
	size_t len;	/* 0: not there */
};

struct zonefile_word {
	struct zonefile_span span;	/* with its quotes, escapes as written */
	unsigned line;
	bool quoted;
};

struct zonefile_scan {
	const char *path;		/* for messages; borrowed */
	const struct bytes *content;	/* borrowed */
	size_t at;			/* where the next entry begins */
	unsigned line;			/* its line, from 1 */

	/* the entry that was read last */
	size_t entry_at;		/* start of its first line */
	size_t entry_end;		/* behind its line end */
	unsigned entry_line;
	bool indented;			/* its first line begins with a blank: no owner */
	struct zonefile_word *words;
	size_t n;
	size_t room;
};

/* Start at the top of content. */
struct zonefile_scan zonefile_scan_make(const char *path, const struct bytes *content);

/*
 * Read the next entry that has words; *more is false at the end of the file.
 * Fails: ZP_EUSAGE (quote or parenthesis without its partner, a NUL octet);
 * ZP_ELOCAL.
 */
int zonefile_scan_next(bool *more, struct zonefile_scan *s, struct fault *why) MUST_CHECK;

void zonefile_scan_release(struct zonefile_scan *s);

/* True if the span spells text, letters compared without case. */
bool zonefile_scan_is(const struct bytes *content, struct zonefile_span span, const char *text);

/*
 * "300" or "1h30m" (units w d h m s), at most 2^31 - 1 seconds; false if the
 * span is no such time.
 */
bool zonefile_scan_ttl(uint32_t *ttl, const struct bytes *content, struct zonefile_span span);

#endif
