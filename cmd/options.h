/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/options.h - words in: the options of every command, and their --help.
 *
 * A command describes its options in a table; the same table parses the
 * command line and prints the help.  The global options are taken before and
 * after the command's name.
 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/strlist.h"

enum option_kind {
	OPTION_FLAG,		/* bool: set */
	OPTION_UNFLAG,		/* bool: cleared */
	OPTION_COUNT,		/* int: raised by one */
	OPTION_TEXT,		/* const char *: the last one given counts */
	OPTION_ONCE,		/* const char *: a second one is an error */
	OPTION_LIST,		/* struct strlist: one more */
	OPTION_NUMBER,		/* int64_t: a number from 0 to 2^31-1 */
	OPTION_DURATION		/* int64_t: milliseconds */
};

struct option_row {
	char letter;		/* '\0': no short form */
	const char *name;	/* long form without dashes */
	enum option_kind kind;
	void *to;
	const char *argument;	/* how the help names it; NULL for flags */
	const char *help;
};

struct usage {
	const char *synopsis;	/* behind "zonepub " */
	const char *about;	/* one paragraph */
	const struct option_row *rows;
	size_t rows_n;
	const char *example;	/* one command line or several */
	void (*print_list)(FILE *to, const void *list);	/* what else the help shows, or null */
	const void *list;
};

/* What the global options said. */
struct globals {
	const char *config;	/* NULL: not given */
	const char *state;
	const char *color;	/* "auto", "always" or "never" */
	const char *resolver;
	const char *trust_anchor;
	bool json;
	bool dry_run;
	bool quiet;
	int verbose;
};

/* A command line, past what was read of it. */
struct invocation {
	struct globals globals;
	int argc;
	char **argv;		/* argv[0] is the first word not yet read */
};

/* Whether to go on; the others end the command with the exit code of their name. */
enum options_outcome {
	OPTIONS_RUN = -1,
	OPTIONS_HELPED = 0,	/* help was printed */
	OPTIONS_BAD = 2		/* a message was printed */
};

/*
 * Read the options of a command from inv, whose argv[0] is the command's name.
 * On OPTIONS_RUN only the arguments are left in inv.  Lists are the caller's
 * to release in any case.
 */
enum options_outcome options_parse(struct invocation *inv, const struct usage *usage) MUST_CHECK;

/*
 * The same for a command that takes no global options but --help and
 * --version behind its name, because their letters mean something else there.
 */
enum options_outcome options_parse_bare(struct invocation *inv, const struct usage *usage)
    MUST_CHECK;

/* The same for a line of a file: it takes the options of usage and no others. */
enum options_outcome options_parse_line(struct invocation *inv, const struct usage *usage)
    MUST_CHECK;

/* Read the global options up to the first word that is none; argv[0] is the program. */
enum options_outcome options_parse_globals(struct invocation *inv, const struct usage *usage)
    MUST_CHECK;

/* Print the table of global options to standard output. */
void options_print_globals(void);

#endif
