/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ledger/ledger.h - what was done: rollovers and their entries.
 *
 * A rollover is a kind ("tlsa", "dkim") and a target, and a list of entries
 * numbered 1, 2, 3 ... without a gap.  Entries are appended, never changed
 * and never removed.  At most one rollover of the same kind and target is
 * open at a time.  What stage and body mean is the caller's affair.
 *
 * The ledger is the SQLite database FOLDER/zonepub.db, mode 0600: write-ahead
 * log, synchronous=FULL, a busy time-out of 10 s.  The log and its index
 * (zonepub.db-wal, zonepub.db-shm) stay beside it, so that a reader need not
 * create them.  An entry is on the disk when the call that appends it
 * returns.  A process may be killed at any instant: what had not returned is
 * there whole or not at all.
 *
 * Failures that any function may meet, each with the path and what to do:
 * ZP_ERETRY when another process kept the database busy; ZP_ELOCAL when the
 * disk is full, the file is damaged, cannot be opened or written, or memory
 * runs out.  After such a failure the ledger is as it was before the call and
 * may be used on.
 */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/timepiece.h"

struct ledger;

struct entry {
	int64_t rollover;	/* its id */
	int64_t number;		/* from 1 */
	struct moment at;
	int stage;
	int kind;		/* begun, proven, ...: the caller's numbers */
	bool ends;		/* this entry closes the rollover */
	char *body;		/* JSON text; NULL is stored as "" */
};

struct entries {
	struct entry *v;
	size_t n;
};

/* Which rollover is meant, by name. Borrowed. */
struct ledger_subject {
	const char *kind;
	const char *target;
};

struct ledger_rollover {
	int64_t id;
	char *kind;
	char *target;
	struct moment started;	/* of its first entry */
	int64_t last;		/* number of its last entry */
	bool open;
};

struct ledger_rollovers {
	struct ledger_rollover *v;
	size_t n;
};

/* The right to work on one rollover; path is NULL when nothing is held. */
struct ledger_lock {
	int64_t rollover;
	int fd;
	char *path;
};

/*
 * Open the ledger in folder for reading and writing; the folder and the file
 * are made if missing.  A ledger of an older version is brought up to date in
 * one transaction.  The caller owns *out.
 *
 * Fails: ZP_ELOCAL also if a newer zonepub wrote it, or if it is another
 * program's database.
 */
int ledger_open(struct ledger **out, const char *folder, struct fault *why) MUST_CHECK;

/*
 * Open for reading only, creating nothing.  Where there is no folder or no
 * ledger in it, *out is an empty ledger.
 */
int ledger_open_readonly(struct ledger **out, const char *folder, struct fault *why) MUST_CHECK;

void ledger_close(struct ledger *l);	/* NULL is welcome */

/*
 * Start a rollover with its first entry, in one transaction.  rollover and
 * number of first are not looked at: the entry becomes number 1 of *id.
 *
 * Fails: ZP_ESTALE if one of the same kind and target is open.
 */
int ledger_start(int64_t *id, struct ledger *l, const struct ledger_subject *subject,
    const struct entry *first, struct fault *why) MUST_CHECK;

/*
 * Append e, whose number must be the last one plus 1.  With e->ends the
 * rollover is closed in the same transaction, and another of its kind and
 * target may be started.
 *
 * Fails: ZP_ESTALE if the number is not the next (another writer was faster:
 * read again) or the rollover is closed; ZP_EABSENT if there is no such
 * rollover.
 */
int ledger_append(struct ledger *l, const struct entry *e, struct fault *why) MUST_CHECK;

/* The rollovers by ascending id, all or the open ones. The caller owns out. */
int ledger_list(struct ledger_rollovers *out, struct ledger *l, bool only_open,
    struct fault *why) MUST_CHECK;

/* All entries of one rollover in order. Fails: ZP_EABSENT if there is no such rollover. */
int ledger_read(struct entries *out, struct ledger *l, int64_t id, struct fault *why) MUST_CHECK;

/*
 * Take the right to work on a rollover, without waiting.  It is a flock(2) on
 * FOLDER/rollover-ID.lock, which the kernel drops when the process ends,
 * however it ends; the file names the process that holds it.
 *
 * Fails: ZP_ERETRY if another holder has it (the process is named);
 * ZP_EABSENT if there is no such rollover.
 */
int ledger_lock(struct ledger_lock *out, struct ledger *l, int64_t id, struct fault *why)
    MUST_CHECK;

/* Let go. The lock file of a closed rollover is removed. An empty lock is welcome. */
void ledger_unlock(struct ledger *l, struct ledger_lock *lock);

void entry_release(struct entry *e);
void entries_release(struct entries *e);
void ledger_rollovers_release(struct ledger_rollovers *r);

#endif
