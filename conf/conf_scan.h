/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf/conf_scan.h - a first look at the text of a configuration.
 *
 * It blanks the comments out, so that they may stand anywhere, also inside a
 * list; it notes on which line each section begins; and it refuses what the
 * grammar behind it would misread in silence: strings that do not end,
 * ${...}, octal and hexadecimal escapes, and special characters outside of
 * quotes.  Not for other rooms.
 */
#ifndef CONF_CONF_SCAN_H
#define CONF_CONF_SCAN_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/fault.h"

struct conf_scan {
	struct bytes text;	/* as long as what was read, line for line */
	int *begins;		/* the first line of the section that is the i-th to end */
	size_t begins_n;
};

/*
 * file is the name that messages give the text.
 * Fails: ZP_EUSAGE, with file and line; ZP_ELOCAL.
 */
int conf_scan_text(struct conf_scan *out, const char *text, const char *file, struct fault *why)
    MUST_CHECK;

void conf_scan_release(struct conf_scan *s);

#endif
