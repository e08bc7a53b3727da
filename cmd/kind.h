/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/kind.h - commands that come in kinds: gen, keygen.
 */
#ifndef CMD_KIND_H
#define CMD_KIND_H

#include "cmd/options.h"

struct kind {
	const char *name;
	const char *full;	/* how messages and the help call it: "gen tlsa" */
	int (*run)(struct invocation *inv);
	const char *summary;
};

/*
 * Hand the line to the kind that its next word names; kinds end with a row of
 * NULL.  Returns the exit code.
 */
int kind_run(struct invocation *inv, const struct kind *kinds, const struct usage *usage);

#endif
