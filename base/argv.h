/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * base/argv.h - words of a command, and running it without a shell.
 */
#ifndef BASE_ARGV_H
#define BASE_ARGV_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/strlist.h"

/*
 * Split text into words as a shell does (blanks, '...', "...", backslash),
 * with no expansion of any kind.
 * Fails: ZP_EUSAGE on a quote that does not end or on no word at all.
 */
int argv_split(struct strlist *out, const char *text, struct fault *why) MUST_CHECK;

/*
 * The program that name, a word without a slash, stands for: it is searched
 * for in the folders of PATH, then in the sbin folders, which the PATH of a
 * timer lacks.  The path begins as the folder does; the caller frees it.
 * Fails: ZP_EABSENT; ZP_ELOCAL.
 */
int argv_find(char **out, const char *name, struct fault *why) MUST_CHECK;

struct argv_result {
	int status;		/* exit status, or -1 if a signal or the time-out ended it */
	int signal;		/* the signal, or 0 */
	bool timed_out;
	struct bytes output;	/* standard output and error, as they came; bounded */
};

/*
 * Run words as a process of its own group, standard input empty, standard
 * output and error collected (the last 16 KiB of them are kept).  After
 * timeout_ms the whole group is killed.  env, if not null, lists NAME=VALUE
 * strings that are added to the environment.
 *
 * The caller must not ignore SIGCHLD and must have descriptors 0 to 2 open.
 *
 * ZP_OK means that it was started and has ended: the caller reads the result.
 * Fails: ZP_EABSENT if the program does not exist; ZP_ELOCAL, also if nobody
 * can tell how it ended.  The result is empty then.
 */
int argv_run(struct argv_result *out, const struct strlist *words, const struct strlist *env,
    int timeout_ms, struct fault *why) MUST_CHECK;

void argv_result_release(struct argv_result *r);

#endif
