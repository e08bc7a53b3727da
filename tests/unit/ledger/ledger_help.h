/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tests/unit/ledger/ledger_help.h - entries and folders for the tests of the ledger.
 */
#ifndef TESTS_UNIT_LEDGER_LEDGER_HELP_H
#define TESTS_UNIT_LEDGER_LEDGER_HELP_H

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/argv.h"
#include "base/file.h"
#include "ledger/ledger.h"

static const struct ledger_subject MX1 = { "tlsa", "mx1.example.com" };

static inline struct entry
entry(int64_t rollover, int64_t number, const char *body)
{
	return (struct entry){
		.rollover = rollover, .number = number, .stage = 3, .kind = 2,
		.at = { .wall = 1700000000123, .boot = 456, .boot_id = "boot-a" },
		.body = (char *)(uintptr_t)body
	};
}

/* A folder of this test, whose path is the caller's to free. */
static inline char *
folder_make(void)
{
	char path[] = "/tmp/zonepub-ledger-XXXXXX";

	if (mkdtemp(path) == NULL)
		abort();
	return strdup(path);
}

static inline void
folder_drop(char *folder)
{
	struct strlist words = { 0 };
	struct argv_result r = { 0 };
	struct fault why;

	if (strlist_add(&words, "rm", &why) != ZP_OK || strlist_add(&words, "-rf", &why) != ZP_OK ||
	    strlist_add(&words, folder, &why) != ZP_OK ||
	    argv_run(&r, &words, NULL, 10000, &why) != ZP_OK)
		abort();
	argv_result_release(&r);
	strlist_release(&words);
	free(folder);
}

/* folder/name; valid until the next call with the same buffer. */
static const char *
inside(char buf[256], const char *folder, const char *name)
{
	(void)snprintf(buf, 256, "%s/%s", folder, name);
	return buf;
}

static inline void
run_sql(const char *folder, const char *sql)
{
	char path[256];
	sqlite3 *db = NULL;

	if (sqlite3_open(inside(path, folder, "zonepub.db"), &db) != SQLITE_OK ||
	    sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		printf("# %s: %s\n", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}

/* Whether folder holds anything by that name. */
static inline bool
has(const char *folder, const char *name)
{
	char path[256];

	return file_exists(inside(path, folder, name));
}

#endif
