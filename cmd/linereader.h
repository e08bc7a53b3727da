/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/linereader.h - lines of a file, a pipe or a terminal, as they come.
 */
#ifndef CMD_LINEREADER_H
#define CMD_LINEREADER_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/fault.h"

enum { LINEREADER_MAX = 1 << 20 };	/* octets of a line */

struct linereader {
	int fd;			/* borrowed */
	struct bytes buffer;
	size_t at;		/* where the next line begins in buffer */
	bool is_over;
};

/*
 * The next line without its end, or NULL when there is none; it may be
 * written to, and lasts until the next call.
 * Fails: ZP_EUSAGE (a line that is too long or holds a NUL); ZP_ELOCAL.
 */
int linereader_next(char **line, struct linereader *r, struct fault *why) MUST_CHECK;

/* True if the next line has not come yet: asking for it may wait. */
bool linereader_would_wait(const struct linereader *r);

void linereader_release(struct linereader *r);

#endif
