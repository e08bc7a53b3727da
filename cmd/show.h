/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/show.h - words out: messages to people and the exit code of a failure.
 *
 * Results go to standard output and are printed by the commands themselves;
 * everything here goes to standard error.
 */
#ifndef CMD_SHOW_H
#define CMD_SHOW_H

#include "base/fault.h"

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_FINDINGS = 3,	/* also: plan has changes */
	EXIT_UNSAFE = 4,
	EXIT_WAITING = 75
};

void show_error(const char *fmt, ...) PRINTF_LIKE(1, 2);
void show_warning(const char *fmt, ...) PRINTF_LIKE(1, 2);
void show_note(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* Print the sentence of why as an error and return the exit code of its class. */
int show_fault(const struct fault *why);

/* The exit code that stands for a class of failure. */
int show_exit_code(int class);

#endif
