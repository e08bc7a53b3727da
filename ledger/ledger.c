/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "ledger/ledger.h"

#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "ledger/ledger_db.h"

enum {
	BUSY_MS = 10000,
	APPLICATION = 0x5A505542,	/* "ZPUB": marks the file as ours */
	PID_TEXT = 24
};

/*
 * The way from version i to version i + 1.  A row is never changed once a
 * release has carried it.
 */
static const char *const migrations[] = {
	"CREATE TABLE rollover ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" kind TEXT NOT NULL,"
	" target TEXT NOT NULL,"
	" open INTEGER NOT NULL DEFAULT 1 CHECK (open IN (0, 1))) STRICT;"
	"CREATE UNIQUE INDEX rollover_open ON rollover (kind, target) WHERE open = 1;"
	"CREATE TABLE entry ("
	" rollover INTEGER NOT NULL REFERENCES rollover (id),"
	" number INTEGER NOT NULL CHECK (number >= 1),"
	" wall INTEGER NOT NULL,"
	" boot INTEGER NOT NULL,"
	" boot_id TEXT NOT NULL,"
	" stage INTEGER NOT NULL,"
	" kind INTEGER NOT NULL,"
	" ends INTEGER NOT NULL CHECK (ends IN (0, 1)),"
	" body TEXT NOT NULL,"
	" PRIMARY KEY (rollover, number)) STRICT;"
	"CREATE TRIGGER entry_stays_as_it_is BEFORE UPDATE ON entry"
	" BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END;"
	"CREATE TRIGGER entry_stays BEFORE DELETE ON entry"
	" BEGIN SELECT RAISE(ABORT, 'an entry is never removed'); END;"
};

enum { SCHEMA = sizeof migrations / sizeof *migrations };

int
ledger_db_fail(const struct ledger *l, int result, const char *doing, struct fault *why)
{
	int system = l->db == NULL ? 0 : sqlite3_system_errno(l->db);
	const char *because = system != 0 ? strerror(system) : sqlite3_errstr(result);

	switch (result & 0xff) {
	case SQLITE_NOMEM:
		return fault_set_nomem(why);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return fault_set(why, ZP_ERETRY, "%s: %s: another process kept the ledger busy for "
		    "%d s; try again", l->path, doing, BUSY_MS / 1000);
	case SQLITE_FULL:
		return fault_set(why, ZP_ELOCAL, "%s: %s: the disk is full; nothing was recorded: "
		    "make room and try again", l->path, doing);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return fault_set(why, ZP_ELOCAL, "%s: %s: the ledger is damaged (%s); restore it from "
		    "a backup, or move it aside and look at the records of the open rollovers",
		    l->path, doing, sqlite3_errstr(result));
	case SQLITE_CANTOPEN:
		return fault_set(why, ZP_ELOCAL, "%s: %s: cannot open the ledger: %s; check that "
		    "the user that runs zonepub owns the folder and the file", l->path, doing, because);
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return fault_set(why, ZP_ELOCAL, "%s: %s: the ledger cannot be written; check that the "
		    "user that runs zonepub owns the folder and the file", l->path, doing);
	case SQLITE_IOERR:
		return fault_set(why, ZP_ELOCAL, "%s: %s: %s; nothing was recorded: check the disk and "
		    "its free space", l->path, doing, because);
	default:
		return fault_set(why, ZP_ELOCAL, "%s: %s: %s", l->path, doing,
		    l->db == NULL ? sqlite3_errstr(result) : sqlite3_errmsg(l->db));
	}
}

int
ledger_db_execute(struct ledger *l, const char *sql, const char *doing, struct fault *why)
{
	int result = sqlite3_exec(l->db, sql, NULL, NULL, NULL);

	return result == SQLITE_OK ? ZP_OK : ledger_db_fail(l, result, doing, why);
}

int
ledger_db_prepare(sqlite3_stmt **out, struct ledger *l, const char *sql, const char *doing,
    struct fault *why)
{
	int result = sqlite3_prepare_v2(l->db, sql, -1, out, NULL);

	return result == SQLITE_OK ? ZP_OK : ledger_db_fail(l, result, doing, why);
}

/* The one number that sql yields. */
static int
ask_number(int64_t *out, struct ledger *l, const char *sql, struct fault *why)
{
	sqlite3_stmt *s = NULL;
	int result;
	int rc;

	*out = 0;
	rc = ledger_db_prepare(&s, l, sql, "reading", why);
	if (rc != ZP_OK)
		goto out;
	result = sqlite3_step(s);
	if (result == SQLITE_ROW)
		*out = sqlite3_column_int64(s, 0);
	else if (result != SQLITE_DONE)
		rc = ledger_db_fail(l, result, "reading", why);
out:
	sqlite3_finalize(s);
	return rc;
}

static void
roll_back(struct ledger *l)
{
	/* SQLite has rolled back by itself after some failures. */
	if (!sqlite3_get_autocommit(l->db))
		(void)sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
}

int
ledger_db_begin(struct ledger *l, const char *doing, struct fault *why)
{
	if (l->readonly)
		return fault_set(why, ZP_ELOCAL, "%s: the ledger was opened for reading only", l->path);
	return ledger_db_execute(l, "BEGIN IMMEDIATE", doing, why);
}

int
ledger_db_finish(struct ledger *l, int rc, const char *doing, struct fault *why)
{
	if (rc == ZP_OK)
		rc = ledger_db_execute(l, "COMMIT", doing, why);
	if (rc != ZP_OK)
		roll_back(l);
	return rc;
}

/* What the file says of itself. */
struct marks {
	int64_t version;
	int64_t application;
	int64_t things;		/* tables and the like */
};

/* Read the marks as of one moment: another process may be making the ledger. */
static int
read_marks(struct marks *m, struct ledger *l, struct fault *why)
{
	bool own = sqlite3_get_autocommit(l->db) != 0;
	int rc = own ? ledger_db_execute(l, "BEGIN", "reading", why) : ZP_OK;

	if (rc == ZP_OK)
		rc = ask_number(&m->version, l, "PRAGMA user_version", why);
	if (rc == ZP_OK)
		rc = ask_number(&m->application, l, "PRAGMA application_id", why);
	if (rc == ZP_OK)
		rc = ask_number(&m->things, l, "SELECT count(*) FROM sqlite_schema", why);
	return own ? ledger_db_finish(l, rc, "reading", why) : rc;
}

/* The version of the schema; 0 for a file in which nothing is yet. */
static int
read_version(int64_t *version, struct ledger *l, struct fault *why)
{
	struct marks m = { 0 };
	int rc = read_marks(&m, l, why);

	*version = m.version;
	if (rc != ZP_OK)
		return rc;
	if (m.application != APPLICATION &&
	    (m.application != 0 || m.version != 0 || m.things != 0))
		return fault_set(why, ZP_ELOCAL, "%s is a database of another program; name another "
		    "folder with --state", l->path);
	if (m.version > SCHEMA)
		return fault_set(why, ZP_ELOCAL, "%s was written by a newer zonepub (version %" PRId64
		    " of the ledger, this program knows %d); use that one", l->path, m.version,
		    (int)SCHEMA);
	return ZP_OK;
}

/*
 * Turn the write-ahead log on.  SQLite does not wait for others when it has
 * to change the mode of a new file, so that the waiting is done here.
 */
static int
use_log(struct ledger *l, struct fault *why)
{
	const struct timespec pause = { .tv_nsec = 10 * 1000000L };
	int rc = ZP_ERETRY;

	for (int waited = 0; rc == ZP_ERETRY && waited < BUSY_MS; waited += 10) {
		if (waited > 0)
			(void)nanosleep(&pause, NULL);
		rc = ledger_db_execute(l, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL",
		    "opening", why);
	}
	return rc;
}

static int
migrate(struct ledger *l, struct fault *why)
{
	const char *doing = "bringing the ledger up to date";
	struct bytes mark = { 0 };
	int64_t version;
	int rc;

	rc = read_version(&version, l, why);
	if (rc != ZP_OK || version == SCHEMA)
		return rc;
	rc = ledger_db_begin(l, doing, why);
	if (rc != ZP_OK)
		return rc;
	/* Another process may have done it meanwhile. */
	rc = read_version(&version, l, why);
	for (; rc == ZP_OK && version < SCHEMA; version++)
		rc = ledger_db_execute(l, migrations[version], doing, why);
	bytes_printf(&mark, "PRAGMA application_id = %d; PRAGMA user_version = %d", (int)APPLICATION,
	    (int)SCHEMA);
	if (rc == ZP_OK)
		rc = bytes_check(&mark, why);
	if (rc == ZP_OK)
		rc = ledger_db_execute(l, bytes_text(&mark), doing, why);
	bytes_release(&mark);
	return ledger_db_finish(l, rc, doing, why);
}

static int
make(struct ledger **out, const char *folder, bool readonly, struct fault *why)
{
	struct bytes path = { 0 };
	struct ledger *l;

	*out = NULL;
	if (folder == NULL || *folder == '\0')
		return fault_set(why, ZP_EUSAGE, "no folder for the ledger was given");
	l = calloc(1, sizeof *l);
	if (l == NULL)
		return fault_set_nomem(why);
	bytes_printf(&path, "%s/zonepub.db", folder);
	l->path = bytes_take_text(&path);
	l->folder = strdup(folder);
	l->readonly = readonly;
	if (l->path == NULL || l->folder == NULL) {
		ledger_close(l);
		return fault_set_nomem(why);
	}
	*out = l;
	return ZP_OK;
}

/* Settings of a connection; the file itself is not looked at yet. */
static int
connect_to(struct ledger *l, const char *name, int flags, struct fault *why)
{
	int result = sqlite3_open_v2(name, &l->db, flags | SQLITE_OPEN_EXRESCODE, NULL);

	if (result != SQLITE_OK)
		return ledger_db_fail(l, result, "opening", why);
	(void)sqlite3_busy_timeout(l->db, BUSY_MS);
	(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return ledger_db_execute(l, "PRAGMA foreign_keys = ON", "opening", why);
}

int
ledger_open(struct ledger **out, const char *folder, struct fault *why)
{
	const struct bytes nothing = { 0 };
	int persist = 1;
	int rc;

	rc = make(out, folder, false, why);
	if (rc != ZP_OK)
		return rc;
	rc = file_make_folder(folder, why);
	if (rc == ZP_OK && !file_exists((*out)->path)) {
		/* SQLite gives its log the mode of the database: made here, it is 0600. */
		rc = file_create((*out)->path, &nothing, 0600, why);
		if (rc == ZP_EREFUSED)	/* another process was faster */
			rc = ZP_OK;
	}
	if (rc != ZP_OK)
		(void)fault_prepend(why, "no place for the ledger (make %s writable or name another "
		    "folder with --state)", folder);
	if (rc == ZP_OK)
		rc = connect_to(*out, (*out)->path, SQLITE_OPEN_READWRITE, why);
	if (rc == ZP_OK)
		rc = use_log(*out, why);
	if (rc == ZP_OK) {
		(void)sqlite3_file_control((*out)->db, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
		rc = migrate(*out, why);
	}
	if (rc != ZP_OK) {
		ledger_close(*out);
		*out = NULL;
	} else {
		fault_clear(why);
	}
	return rc;
}

/* Connect anew, by an SQLite URI that says that nobody writes to the file. */
static int
connect_immutable(struct ledger *l, struct fault *why)
{
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";
	struct bytes uri = { 0 };
	int rc;

	sqlite3_close(l->db);
	l->db = NULL;
	bytes_append_text(&uri, *l->path == '/' ? "file://" : "file:");
	for (const char *p = l->path; *p != '\0'; p++)
		if (strchr(plain, *p) != NULL)
			bytes_append(&uri, p, 1);
		else
			bytes_printf(&uri, "%%%02X", (unsigned)(unsigned char)*p);
	bytes_append_text(&uri, "?immutable=1");
	rc = bytes_check(&uri, why);
	if (rc == ZP_OK)
		rc = connect_to(l, bytes_text(&uri), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, why);
	bytes_release(&uri);
	return rc;
}

/* True if the file beside the database that ends in suffix exists. */
static bool
is_beside(const struct ledger *l, const char *suffix)
{
	struct bytes path = { 0 };
	bool is;

	bytes_printf(&path, "%s%s", l->path, suffix);
	is = bytes_is_broken(&path) || file_exists(bytes_text(&path));
	bytes_release(&path);
	return is;
}

int
ledger_open_readonly(struct ledger **out, const char *folder, struct fault *why)
{
	int64_t version = 0;
	int rc;

	rc = make(out, folder, true, why);
	if (rc != ZP_OK)
		return rc;
	if (access((*out)->path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return ZP_OK;
	rc = connect_to(*out, (*out)->path, SQLITE_OPEN_READONLY, why);
	/*
	 * The log's index stays beside a ledger that was opened for writing.
	 * Without it the file is a copy or not used yet: nobody writes to it,
	 * and SQLite would make the index.
	 */
	if (rc == ZP_OK && !is_beside(*out, "-wal") && !is_beside(*out, "-shm"))
		rc = connect_immutable(*out, why);
	if (rc == ZP_OK)
		rc = read_version(&version, *out, why);
	if (rc == ZP_OK && version != 0 && version < SCHEMA)
		rc = fault_set(why, ZP_ELOCAL, "%s was written by an older zonepub; run \"zonepub run\" "
		    "once to bring it up to date", (*out)->path);
	if (rc != ZP_OK) {
		ledger_close(*out);
		*out = NULL;
	} else if (version == 0) {
		sqlite3_close((*out)->db);
		(*out)->db = NULL;
	}
	return rc;
}

void
ledger_close(struct ledger *l)
{
	if (l == NULL)
		return;
	sqlite3_close(l->db);
	free(l->folder);
	free(l->path);
	free(l);
}
