/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ledger/ledger_db.h - what the files of the ledger share: its connection.
 *
 * Not for other rooms.
 */
#ifndef LEDGER_LEDGER_DB_H
#define LEDGER_LEDGER_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

struct sqlite3;
struct sqlite3_stmt;

struct ledger {
	struct sqlite3 *db;	/* NULL: the empty ledger of a reader */
	char *folder;
	char *path;
	bool readonly;
};

/* Record what SQLite's result means, in the words of the person who has to act. */
int ledger_db_fail(const struct ledger *l, int result, const char *doing, struct fault *why);

int ledger_db_execute(struct ledger *l, const char *sql, const char *doing, struct fault *why)
    MUST_CHECK;
/* The caller finalizes *out, also after a failure. */
int ledger_db_prepare(struct sqlite3_stmt **out, struct ledger *l, const char *sql,
    const char *doing, struct fault *why) MUST_CHECK;

/* Begin, with the right to write taken at once, so that what is read stays true. */
int ledger_db_begin(struct ledger *l, const char *doing, struct fault *why) MUST_CHECK;

/* Commit if rc is ZP_OK, else roll back; returns rc, or the failure to commit. */
int ledger_db_finish(struct ledger *l, int rc, const char *doing, struct fault *why) MUST_CHECK;

/* Where a rollover stands: open or not, and its last number. Fails: ZP_EABSENT. */
int ledger_db_stand(bool *open, int64_t *last, struct ledger *l, int64_t id, struct fault *why)
    MUST_CHECK;

#endif
