/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "ledger/ledger.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/ledger_db.h"

static int
insert_entry(struct ledger *l, const struct entry *e, struct fault *why)
{
	sqlite3_stmt *s = NULL;
	int result;
	int rc;

	rc = ledger_db_prepare(&s, l, "INSERT INTO entry (rollover, number, wall, boot, boot_id, "
	    "stage, kind, ends, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)", "recording", why);
	if (rc != ZP_OK)
		goto out;
	result = sqlite3_bind_int64(s, 1, e->rollover);
	result |= sqlite3_bind_int64(s, 2, e->number);
	result |= sqlite3_bind_int64(s, 3, e->at.wall);
	result |= sqlite3_bind_int64(s, 4, e->at.boot);
	result |= sqlite3_bind_text(s, 5, e->at.boot_id, -1, SQLITE_TRANSIENT);
	result |= sqlite3_bind_int(s, 6, e->stage);
	result |= sqlite3_bind_int(s, 7, e->kind);
	result |= sqlite3_bind_int(s, 8, e->ends);
	result |= sqlite3_bind_text(s, 9, e->body == NULL ? "" : e->body, -1, SQLITE_TRANSIENT);
	if (result != SQLITE_OK) {
		rc = fault_set_nomem(why);
		goto out;
	}
	result = sqlite3_step(s);
	if (result != SQLITE_DONE)
		rc = ledger_db_fail(l, result, "recording", why);
out:
	sqlite3_finalize(s);
	return rc;
}

static int
close_rollover(struct ledger *l, int64_t id, struct fault *why)
{
	sqlite3_stmt *s = NULL;
	int result;
	int rc;

	rc = ledger_db_prepare(&s, l, "UPDATE rollover SET open = 0 WHERE id = ?1", "recording", why);
	if (rc != ZP_OK)
		goto out;
	(void)sqlite3_bind_int64(s, 1, id);
	result = sqlite3_step(s);
	if (result != SQLITE_DONE)
		rc = ledger_db_fail(l, result, "recording", why);
out:
	sqlite3_finalize(s);
	return rc;
}

/* Bind the subject and step; whether a row came is told by *result. */
static int
step_subject(sqlite3_stmt *s, int *result, struct ledger *l, const struct ledger_subject *subject,
    struct fault *why)
{
	if (sqlite3_bind_text(s, 1, subject->kind, -1, SQLITE_TRANSIENT) != SQLITE_OK ||
	    sqlite3_bind_text(s, 2, subject->target, -1, SQLITE_TRANSIENT) != SQLITE_OK)
		return fault_set_nomem(why);
	*result = sqlite3_step(s);
	if (*result == SQLITE_ROW || *result == SQLITE_DONE ||
	    *result == SQLITE_CONSTRAINT_UNIQUE)
		return ZP_OK;
	return ledger_db_fail(l, *result, "recording", why);
}

int
ledger_start(int64_t *id, struct ledger *l, const struct ledger_subject *subject,
    const struct entry *first, struct fault *why)
{
	sqlite3_stmt *s = NULL;
	struct entry e = *first;
	int result = SQLITE_DONE;
	int rc;

	*id = 0;
	rc = ledger_db_begin(l, "starting a rollover", why);
	if (rc != ZP_OK)
		return rc;
	rc = ledger_db_prepare(&s, l, "INSERT INTO rollover (kind, target) VALUES (?1, ?2)",
	    "recording", why);
	if (rc == ZP_OK)
		rc = step_subject(s, &result, l, subject, why);
	sqlite3_finalize(s);
	if (rc == ZP_OK && result == SQLITE_CONSTRAINT_UNIQUE)
		rc = fault_set(why, ZP_ESTALE, "a %s rollover of %s is under way already",
		    subject->kind, subject->target);
	if (rc == ZP_OK) {
		e.rollover = sqlite3_last_insert_rowid(l->db);
		e.number = 1;
		rc = insert_entry(l, &e, why);
	}
	if (rc == ZP_OK && e.ends)
		rc = close_rollover(l, e.rollover, why);
	rc = ledger_db_finish(l, rc, "starting a rollover", why);
	if (rc == ZP_OK)
		*id = e.rollover;
	return rc;
}

int
ledger_db_stand(bool *open, int64_t *last, struct ledger *l, int64_t id, struct fault *why)
{
	sqlite3_stmt *s = NULL;
	int result;
	int rc;

	*open = false;
	*last = 0;
	if (l->db == NULL)
		return fault_set(why, ZP_EABSENT, "there is no rollover %" PRId64, id);
	rc = ledger_db_prepare(&s, l, "SELECT open, (SELECT coalesce(max(number), 0) FROM entry WHERE "
	    "rollover = id) FROM rollover WHERE id = ?1", "reading", why);
	if (rc != ZP_OK)
		goto out;
	(void)sqlite3_bind_int64(s, 1, id);
	result = sqlite3_step(s);
	if (result == SQLITE_ROW) {
		*open = sqlite3_column_int(s, 0) != 0;
		*last = sqlite3_column_int64(s, 1);
	} else if (result == SQLITE_DONE) {
		rc = fault_set(why, ZP_EABSENT, "there is no rollover %" PRId64 " in %s", id, l->path);
	} else {
		rc = ledger_db_fail(l, result, "reading", why);
	}
out:
	sqlite3_finalize(s);
	return rc;
}

int
ledger_append(struct ledger *l, const struct entry *e, struct fault *why)
{
	int64_t last;
	bool open;
	int rc;

	rc = ledger_db_begin(l, "recording", why);
	if (rc != ZP_OK)
		return rc;
	rc = ledger_db_stand(&open, &last, l, e->rollover, why);
	if (rc == ZP_OK && !open)
		rc = fault_set(why, ZP_ESTALE, "rollover %" PRId64 " has ended", e->rollover);
	else if (rc == ZP_OK && e->number != last + 1)
		rc = fault_set(why, ZP_ESTALE, "rollover %" PRId64 " has %" PRId64 " entries, so that "
		    "number %" PRId64 " is not the next: another process went on with it", e->rollover,
		    last, e->number);
	if (rc == ZP_OK)
		rc = insert_entry(l, e, why);
	if (rc == ZP_OK && e->ends)
		rc = close_rollover(l, e->rollover, why);
	return ledger_db_finish(l, rc, "recording", why);
}

static struct moment
column_moment(sqlite3_stmt *s, int first)
{
	const unsigned char *boot_id = sqlite3_column_text(s, first + 2);
	struct moment m = {
		.wall = sqlite3_column_int64(s, first),
		.boot = sqlite3_column_int64(s, first + 1)
	};

	if (boot_id != NULL)
		memcpy(m.boot_id, boot_id, strnlen((const char *)boot_id, sizeof m.boot_id - 1));
	return m;
}

static char *
column_text(sqlite3_stmt *s, int column)
{
	const unsigned char *text = sqlite3_column_text(s, column);

	return text == NULL ? NULL : strdup((const char *)text);
}

static int
take_rollover(struct ledger_rollovers *out, sqlite3_stmt *s, struct fault *why)
{
	struct ledger_rollover *v = realloc(out->v, (out->n + 1) * sizeof *v);

	if (v == NULL)
		return fault_set_nomem(why);
	out->v = v;
	v += out->n++;
	*v = (struct ledger_rollover){
		.id = sqlite3_column_int64(s, 0),
		.kind = column_text(s, 1),
		.target = column_text(s, 2),
		.open = sqlite3_column_int(s, 3) != 0,
		.started = column_moment(s, 4),
		.last = sqlite3_column_int64(s, 7)
	};
	return v->kind == NULL || v->target == NULL ? fault_set_nomem(why) : ZP_OK;
}

int
ledger_list(struct ledger_rollovers *out, struct ledger *l, bool only_open, struct fault *why)
{
	sqlite3_stmt *s = NULL;
	int result;
	int rc;

	*out = (struct ledger_rollovers){ 0 };
	if (l->db == NULL)
		return ZP_OK;
	rc = ledger_db_prepare(&s, l, "SELECT r.id, r.kind, r.target, r.open, e.wall, e.boot, e.boot_id, "
	    "(SELECT max(number) FROM entry WHERE rollover = r.id) FROM rollover AS r "
	    "JOIN entry AS e ON e.rollover = r.id AND e.number = 1 "
	    "WHERE r.open >= ?1 ORDER BY r.id", "reading", why);
	if (rc != ZP_OK)
		goto out;
	(void)sqlite3_bind_int(s, 1, only_open ? 1 : 0);
	while (rc == ZP_OK && (result = sqlite3_step(s)) != SQLITE_DONE)
		rc = result == SQLITE_ROW ? take_rollover(out, s, why) :
		    ledger_db_fail(l, result, "reading", why);
out:
	sqlite3_finalize(s);
	if (rc != ZP_OK)
		ledger_rollovers_release(out);
	return rc;
}

static int
take_entry(struct entries *out, sqlite3_stmt *s, struct fault *why)
{
	struct entry *v = realloc(out->v, (out->n + 1) * sizeof *v);

	if (v == NULL)
		return fault_set_nomem(why);
	out->v = v;
	v += out->n++;
	*v = (struct entry){
		.rollover = sqlite3_column_int64(s, 0),
		.number = sqlite3_column_int64(s, 1),
		.at = column_moment(s, 2),
		.stage = sqlite3_column_int(s, 5),
		.kind = sqlite3_column_int(s, 6),
		.ends = sqlite3_column_int(s, 7) != 0,
		.body = column_text(s, 8)
	};
	return v->body == NULL ? fault_set_nomem(why) : ZP_OK;
}

int
ledger_read(struct entries *out, struct ledger *l, int64_t id, struct fault *why)
{
	sqlite3_stmt *s = NULL;
	int result;
	int rc = ZP_OK;

	*out = (struct entries){ 0 };
	if (l->db != NULL)
		rc = ledger_db_prepare(&s, l, "SELECT rollover, number, wall, boot, boot_id, stage, "
		    "kind, ends, body FROM entry WHERE rollover = ?1 ORDER BY number", "reading", why);
	if (rc != ZP_OK || l->db == NULL)
		goto out;
	(void)sqlite3_bind_int64(s, 1, id);
	while (rc == ZP_OK && (result = sqlite3_step(s)) != SQLITE_DONE)
		rc = result == SQLITE_ROW ? take_entry(out, s, why) :
		    ledger_db_fail(l, result, "reading", why);
out:
	sqlite3_finalize(s);
	if (rc == ZP_OK && out->n == 0)
		rc = fault_set(why, ZP_EABSENT, "there is no rollover %" PRId64 " in %s", id, l->path);
	if (rc != ZP_OK)
		entries_release(out);
	return rc;
}

void
entry_release(struct entry *e)
{
	free(e->body);
	*e = (struct entry){ 0 };
}

void
entries_release(struct entries *e)
{
	for (size_t i = 0; i < e->n; i++)
		entry_release(&e->v[i]);
	free(e->v);
	*e = (struct entries){ 0 };
}

void
ledger_rollovers_release(struct ledger_rollovers *r)
{
	for (size_t i = 0; i < r->n; i++) {
		free(r->v[i].kind);
		free(r->v[i].target);
	}
	free(r->v);
	*r = (struct ledger_rollovers){ 0 };
}
