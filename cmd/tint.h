/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/tint.h - colour in results: --color and NO_COLOR.
 *
 * "auto", the default, colours what goes to a terminal, unless NO_COLOR is
 * set and not empty or the terminal is a dumb one; "always" and "never" win
 * over both.  JSON and records are never coloured.
 */
#ifndef CMD_TINT_H
#define CMD_TINT_H

#include <stdbool.h>

#include "base/bytes.h"
#include "cmd/options.h"

enum tint { TINT_PLAIN, TINT_GOOD, TINT_WARNING, TINT_BAD };

/* Whether standard output is to be coloured. */
bool tint_is_on(const struct globals *g);

/* Append word, in its colour if on. */
void tint_append(struct bytes *out, bool on, enum tint tint, const char *word);

#endif
