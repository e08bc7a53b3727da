/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/timepiece.h"
#include "cmd/show.h"

/* The last HELP_N of the global options are those that every command has. */
enum { GLOBALS_N = 11, HELP_N = 2, CODE_BASE = 1000 };

/* Which options are read. */
enum scope { SCOPE_BOTH, SCOPE_GLOBAL, SCOPE_COMMAND, SCOPE_LINE };

static void
globals_rows(struct option_row rows[GLOBALS_N], struct globals *g, bool *help, bool *version)
{
	const struct option_row table[GLOBALS_N] = {
		{ 'c', "config", OPTION_TEXT, &g->config, "FILE", "the configuration" },
		{ 'S', "state", OPTION_TEXT, &g->state, "DIR", "where rollovers are recorded" },
		{ '\0', "json", OPTION_FLAG, &g->json, NULL, "print one JSON document" },
		{ 'n', "dry-run", OPTION_FLAG, &g->dry_run, NULL, "show what would be done, do nothing" },
		{ 'q', "quiet", OPTION_FLAG, &g->quiet, NULL, "print errors only" },
		{ 'v', "verbose", OPTION_COUNT, &g->verbose, NULL, "say more; repeat for still more" },
		{ '\0', "color", OPTION_TEXT, &g->color, "WHEN", "auto, always or never" },
		{ '\0', "resolver", OPTION_TEXT, &g->resolver, "ADDR[@PORT]",
		    "forward validated look-ups there" },
		{ '\0', "trust-anchor", OPTION_TEXT, &g->trust_anchor, "FILE",
		    "DS or DNSKEY records to start the chain of trust from" },
		{ 'h', "help", OPTION_FLAG, help, NULL, "show this help" },
		{ 'V', "version", OPTION_FLAG, version, NULL, "show the version" },
	};

	memcpy(rows, table, sizeof table);
}

static bool
takes_argument(enum option_kind kind)
{
	return kind != OPTION_FLAG && kind != OPTION_UNFLAG && kind != OPTION_COUNT;
}

static int
store_number(int64_t *to, const char *text, struct fault *why)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || v > INT32_MAX)
		return fault_set(why, ZP_EUSAGE, "'%s' is no number from 0 to %d", text, INT32_MAX);
	*to = v;
	return ZP_OK;
}

static int
store(const struct option_row *row, const char *value, struct fault *why)
{
	switch (row->kind) {
	case OPTION_FLAG:
	case OPTION_UNFLAG:
		*(bool *)row->to = row->kind == OPTION_FLAG;
		return ZP_OK;
	case OPTION_COUNT:
		++*(int *)row->to;
		return ZP_OK;
	case OPTION_TEXT:
		*(const char **)row->to = value;
		return ZP_OK;
	case OPTION_ONCE:
		if (*(const char **)row->to != NULL)
			return fault_set(why, ZP_EUSAGE, "'%s' is given already: one is wanted",
			    *(const char **)row->to);
		*(const char **)row->to = value;
		return ZP_OK;
	case OPTION_LIST:
		return strlist_add(row->to, value, why);
	case OPTION_NUMBER:
		return store_number(row->to, value, why);
	case OPTION_DURATION:
		return timepiece_parse_duration(row->to, value, why);
	}
	return ZP_OK;
}

static void
print_rows(const struct option_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char left[64];

		(void)snprintf(left, sizeof left, "%c%c%s --%s%s%s",
		    rows[i].letter != '\0' ? '-' : ' ',
		    rows[i].letter != '\0' ? rows[i].letter : ' ',
		    rows[i].letter != '\0' ? "," : " ", rows[i].name,
		    rows[i].argument != NULL ? " " : "",
		    rows[i].argument != NULL ? rows[i].argument : "");
		if (strlen(left) <= 30)
			printf("  %-30s  %s\n", left, rows[i].help);
		else
			printf("  %s\n  %-30s  %s\n", left, "", rows[i].help);
	}
}

void
options_print_globals(void)
{
	struct option_row rows[GLOBALS_N];
	struct globals g;
	bool help, version;

	globals_rows(rows, &g, &help, &version);
	print_rows(rows, GLOBALS_N);
}

static void
print_usage(const struct usage *u, enum scope scope)
{
	printf("Usage: zonepub %s\n\n%s\n", u->synopsis, u->about);
	if (u->rows_n > 0) {
		printf("\nOptions:\n");
		print_rows(u->rows, u->rows_n);
	}
	if (scope != SCOPE_COMMAND) {
		printf("\nGlobal options:\n");
		options_print_globals();
	}
	if (u->example != NULL)
		printf("\nExample:\n%s\n", u->example);
	if (u->print_list != NULL)
		u->print_list(stdout, u->list);
}

static bool
color_is_known(const char *color)
{
	return color == NULL || strcmp(color, "auto") == 0 || strcmp(color, "always") == 0 ||
	    strcmp(color, "never") == 0;
}

/*
 * What getopt_long did not like.  Of a letter it tells the letter, which may
 * stand in the middle of a word; of a long option the word is the last read.
 */
static void
show_bad_option(const struct invocation *inv, int code, const struct option *longs,
    bool only_globals)
{
	const char *word = inv->argv[optind > 0 ? optind - 1 : 0];
	const char *what = code == ':' ? "an argument is missing behind" : "no such option";
	const char *slash = only_globals ? NULL : strrchr(inv->argv[0], '/');	/* of a symbolic link */
	const char *command = only_globals ? "" : slash != NULL ? slash + 1 : inv->argv[0];
	char letter[3] = { '-', (char)optopt, '\0' };

	if (optopt >= CODE_BASE) {
		/* A long option that is known, with an argument that it does not take, or without. */
		if (code == '?')
			what = "no argument goes with";
		show_error("%s '--%s': see zonepub %s%s--help", what, longs[optopt - CODE_BASE].name, command,
		    only_globals ? "" : " ");
		return;
	}
	if (code == '?' && optopt == 0)
		for (size_t i = 0; longs[i].name != NULL; i++)
			if (strncmp(word, "--", 2) == 0 &&
			    strncmp(word + 2, longs[i].name, strcspn(word + 2, "=")) == 0)
				what = "several options begin with";
	show_error("%s '%s': see zonepub %s%s--help", what, optopt != 0 ? letter : word, command,
	    only_globals ? "" : " ");
}

/*
 * getopt_long, with options behind arguments also where POSIXLY_CORRECT, which
 * is for other programs, is set: it looks for that when it begins.
 */
static int
next_option(const struct invocation *inv, const char *shorts, const struct option *longs)
{
	const char *set = optind == 0 ? getenv("POSIXLY_CORRECT") : NULL;
	char *kept = set == NULL ? NULL : strdup(set);
	int code;

	if (kept != NULL)
		(void)unsetenv("POSIXLY_CORRECT");
	code = getopt_long(inv->argc, inv->argv, shorts, longs, NULL);
	if (kept != NULL)
		(void)setenv("POSIXLY_CORRECT", kept, 1);
	free(kept);
	return code;
}

/*
 * Both tables in one pass of getopt_long.  Rows are found again by the value
 * that getopt_long returns: CODE_BASE plus the row's number.
 */
static enum options_outcome
parse(struct invocation *inv, const struct usage *usage, enum scope scope)
{
	bool only_globals = scope == SCOPE_GLOBAL;
	size_t globals = scope == SCOPE_LINE ? 0 : scope == SCOPE_COMMAND ? HELP_N : GLOBALS_N;
	size_t n = (only_globals ? 0 : usage->rows_n) + globals;
	struct option_row table[GLOBALS_N], *rows = calloc(n, sizeof *rows);
	struct option *longs = calloc(n + 1, sizeof *longs);
	char *shorts = calloc(2 * n + 3, 1);
	enum options_outcome outcome = OPTIONS_BAD;
	bool help = false, version = false;
	size_t used = 0;
	struct fault why = { 0 };
	int code;

	if (rows == NULL || longs == NULL || shorts == NULL) {
		show_error("out of memory");
		goto out;
	}
	globals_rows(table, &inv->globals, &help, &version);
	memcpy(rows, table + GLOBALS_N - globals, globals * sizeof *rows);
	if (!only_globals && usage->rows_n > 0)
		memcpy(rows + globals, usage->rows, usage->rows_n * sizeof *rows);
	shorts[used++] = only_globals ? '+' : ':';
	if (only_globals)
		shorts[used++] = ':';
	for (size_t i = 0; i < n; i++) {
		bool arg = takes_argument(rows[i].kind);

		longs[i] = (struct option){ rows[i].name, arg ? required_argument : no_argument,
			NULL, CODE_BASE + (int)i };
		if (rows[i].letter == '\0')
			continue;
		shorts[used++] = rows[i].letter;
		if (arg)
			shorts[used++] = ':';
	}

	optind = 0;
	opterr = 0;
	while ((code = next_option(inv, shorts, longs)) != -1) {
		const struct option_row *row = NULL;

		if (code == '?' || code == ':') {
			show_bad_option(inv, code, longs, only_globals);
			goto out;
		}
		for (size_t i = 0; i < n; i++)
			if (code == CODE_BASE + (int)i || code == rows[i].letter)
				row = &rows[i];
		if (row != NULL && store(row, optarg, &why) != ZP_OK) {
			show_error("--%s: %s", row->name, why.text);
			goto out;
		}
		if (help) {
			print_usage(usage, scope);
			outcome = OPTIONS_HELPED;
			goto out;
		}
		if (version) {
			printf("%s\n", PACKAGE_STRING);
			outcome = OPTIONS_HELPED;
			goto out;
		}
	}
	if (!color_is_known(inv->globals.color)) {
		show_error("--color: '%s' is none of auto, always, never", inv->globals.color);
		goto out;
	}
	inv->argc -= optind;
	inv->argv += optind;
	outcome = OPTIONS_RUN;
out:
	free(shorts);
	free(longs);
	free(rows);
	return outcome;
}

enum options_outcome
options_parse(struct invocation *inv, const struct usage *usage)
{
	return parse(inv, usage, SCOPE_BOTH);
}

enum options_outcome
options_parse_bare(struct invocation *inv, const struct usage *usage)
{
	return parse(inv, usage, SCOPE_COMMAND);
}

enum options_outcome
options_parse_line(struct invocation *inv, const struct usage *usage)
{
	return parse(inv, usage, SCOPE_LINE);
}

enum options_outcome
options_parse_globals(struct invocation *inv, const struct usage *usage)
{
	return parse(inv, usage, SCOPE_GLOBAL);
}
