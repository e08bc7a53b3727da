/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub run, status, history and abort: the rollovers that are recorded. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/commands.h"
#include "cmd/session.h"
#include "cmd/show.h"

static int
parse_id(int64_t *id, const char *text, struct fault *why)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(text, &end, 10);
	if (text[0] < '1' || text[0] > '9' || *end != '\0' || errno != 0)
		return fault_set(why, ZP_EUSAGE, "'%s' is no rollover: 'zonepub status' lists them", text);
	*id = v;
	return ZP_OK;
}

/* At most one argument, the id; *id is 0 without. */
static int
take_id(int64_t *id, const struct invocation *inv, bool needed, struct fault *why)
{
	*id = 0;
	if (inv->argc > 1)
		return fault_set(why, ZP_EUSAGE, "one ID at the most: '%s' is too much", inv->argv[1]);
	if (inv->argc == 0)
		return needed ? fault_set(why, ZP_EUSAGE, "an ID is needed: 'zonepub status' lists them") :
		    ZP_OK;
	return parse_id(id, inv->argv[0], why);
}

int
cmd_run(struct invocation *inv)
{
	bool wait = false;
	int64_t max_wait = -1;
	const struct option_row rows[] = {
		{ '\0', "wait", OPTION_FLAG, &wait, NULL, "stay until all rollovers are done" },
		{ '\0', "max-wait", OPTION_DURATION, &max_wait, "DUR", "stay no longer than this" },
	};
	const struct usage usage = {
		.synopsis = "run [OPTIONS]",
		.about = "Takes every step that is due, of every rollover.  This is what the timer calls.",
		.rows = rows, .rows_n = sizeof rows / sizeof rows[0],
		.example = "  zonepub run --quiet"
	};
	struct ledger_rollovers list = { 0 };
	struct conf *conf = NULL;
	struct session s = { 0 };
	struct fault why = { 0 };
	int code = options_parse(inv, &usage);
	int rc = ZP_OK;

	if (code != OPTIONS_RUN)
		return code;
	if (inv->argc > 0)
		rc = fault_set(&why, ZP_EUSAGE, "run takes no argument: '%s'", inv->argv[0]);
	/* Its rollovers carry their orders; a broken configuration is told all the same. */
	if (rc == ZP_OK)
		rc = session_conf(&conf, &inv->globals, &why);
	conf_free(conf);
	if (rc == ZP_OK)
		rc = session_open(&s, &inv->globals, !inv->globals.dry_run, max_wait, &why);
	if (rc == ZP_OK)
		rc = ledger_list(&list, s.ledger, true, &why);
	if (rc != ZP_OK) {
		session_close(&s);
		return show_fault(&why);
	}
	s.wait = wait;
	for (size_t i = 0; inv->globals.dry_run && !inv->globals.quiet && i < list.n; i++)
		show_note("rollover %" PRId64 " of %s would be taken as far as it goes", list.v[i].id,
		    list.v[i].target);
	if (!inv->globals.dry_run)
		session_walk_all(&s, &list);
	code = session_finish(&s);
	ledger_rollovers_release(&list);
	session_close(&s);
	return code;
}

/* What to do with each rollover that is listed. */
typedef int visit_fn(struct session *s, const struct entries *entries, struct fault *why);

static int
visit_status(struct session *s, const struct entries *entries, struct fault *why)
{
	struct moment now = timepiece_now();
	struct rollover r;
	int rc = rollover_fold(&r, entries, why);

	if (rc != ZP_OK)
		return rc;
	if (s->list != NULL)
		json_add(s->list, session_json(&r, &now));
	else
		session_print_status(&r, &now);
	rollover_release(&r);
	return ZP_OK;
}

static struct json *
entry_json(const struct entry *e, const struct body *b)
{
	static const char *const kinds[] = { "", "begun", "proven", "failed", "setback", "stuck",
		"resumed", "superseded", "abort", "order" };
	struct json *o = json_make_object(), *lines = json_make_list();
	char when[32], id[32];

	(void)snprintf(id, sizeof id, "%" PRId64, e->rollover);
	json_put_text(o, "id", id);
	json_put_number(o, "number", e->number);
	json_put_text(o, "at", timepiece_print_wall(when, sizeof when, e->at.wall));
	json_put_text(o, "stage", stage_word((enum stage)e->stage));
	json_put_text(o, "event", (size_t)e->kind < sizeof kinds / sizeof kinds[0] ? kinds[e->kind] : "");
	json_put_text(o, "text", b->text);
	for (size_t i = 0; i < b->evidence.n; i++)
		json_add_text(lines, b->evidence.v[i]);
	json_put(o, "evidence", lines);
	return o;
}

static int
visit_history(struct session *s, const struct entries *entries, struct fault *why)
{
	int rc = ZP_OK;

	for (size_t i = 0; rc == ZP_OK && i < entries->n; i++) {
		struct body b;

		rc = body_parse(&b, entries->v[i].body, why);
		if (rc != ZP_OK)
			break;
		if (i == 0 && s->list == NULL && b.has_order)
			printf("rollover %" PRId64 " of %s\n", entries->v[i].rollover, b.order.hosts.v[0]);
		if (s->list != NULL)
			json_add(s->list, entry_json(&entries->v[i], &b));
		else
			session_print_entry(&entries->v[i], &b, true);
		body_release(&b);
	}
	return rc;
}

static int
visit_all(struct invocation *inv, const struct usage *usage, visit_fn *visit)
{
	struct ledger_rollovers list = { 0 };
	struct session s = { 0 };
	struct fault why = { 0 };
	int64_t id;
	bool found = false;
	int code = options_parse(inv, usage);
	int rc;

	if (code != OPTIONS_RUN)
		return code;
	rc = take_id(&id, inv, false, &why);
	if (rc == ZP_OK)
		rc = session_need_conf(&inv->globals, &why);
	if (rc == ZP_OK)
		rc = session_open(&s, &inv->globals, false, -1, &why);
	if (rc == ZP_OK)
		rc = ledger_list(&list, s.ledger, false, &why);
	for (size_t i = 0; rc == ZP_OK && i < list.n; i++) {
		struct entries entries = { 0 };

		if (id != 0 && list.v[i].id != id)
			continue;
		found = true;
		rc = ledger_read(&entries, s.ledger, list.v[i].id, &why);
		if (rc == ZP_OK)
			rc = visit(&s, &entries, &why);
		entries_release(&entries);
	}
	if (rc == ZP_OK && id != 0 && !found)
		rc = fault_set(&why, ZP_EABSENT, "there is no rollover %" PRId64 ": 'zonepub status' lists them",
		    id);
	if (rc == ZP_OK)
		code = session_finish(&s);
	else
		code = show_fault(&why);
	if (rc == ZP_OK && list.n == 0 && !inv->globals.json && !inv->globals.quiet)
		show_note("no rollover is recorded in %s", session_state(&inv->globals));
	ledger_rollovers_release(&list);
	session_close(&s);
	return code;
}

int
cmd_status(struct invocation *inv)
{
	static const struct usage usage = {
		.synopsis = "status [ID]",
		.about = "Shows the rollovers: their stage, what each waits for, and until when.",
		.example = "  zonepub status --json"
	};

	return visit_all(inv, &usage, visit_status);
}

int
cmd_history(struct invocation *inv)
{
	static const struct usage usage = {
		.synopsis = "history [ID]",
		.about = "Shows what was recorded of each step, with its evidence.",
		.example = "  zonepub history 3"
	};

	return visit_all(inv, &usage, visit_history);
}

static int
start_abort(struct runner *run, void *context, struct fault *why)
{
	(void)context;
	return runner_abort(run, why);
}

static int
append_nothing(void *world, const struct entry *e, struct fault *why)
{
	(void)world;
	(void)e;
	(void)why;
	return ZP_OK;
}

/* Would it be begun?  Asked of the same function, whose entry goes nowhere. */
static void
predict_abort(struct session *s, int64_t id)
{
	struct outside outside = s->outside;
	struct entries entries = { 0 };
	struct runner run = { 0 };
	struct fault why = { 0 };
	int rc = ledger_read(&entries, s->ledger, id, &why);

	outside.append = append_nothing;
	if (rc == ZP_OK)
		rc = runner_open(&run, &outside, &entries, &why);
	if (rc == ZP_OK)
		rc = runner_abort(&run, &why);
	if (rc != ZP_OK)
		session_fail(s, &why);
	else if (!s->globals->quiet)
		show_note("rollover %" PRId64 " would be taken back", id);
	entries_release(&entries);
	runner_close(&run);
}

int
cmd_abort(struct invocation *inv)
{
	bool wait = false, no_wait = false;
	int64_t max_wait = -1;
	const struct option_row rows[] = {
		{ '\0', "wait", OPTION_FLAG, &wait, NULL, "stay until the old state is there (default on a terminal)" },
		{ '\0', "no-wait", OPTION_FLAG, &no_wait, NULL, "do what can be done now" },
		{ '\0', "max-wait", OPTION_DURATION, &max_wait, "DUR", "stay no longer than this" },
	};
	const struct usage usage = {
		.synopsis = "abort ID [OPTIONS]",
		.about = "Takes a rollover back to the state before it: the former pair is put in place, the new\n"
		    "records are removed.  Refused once the removal of the old records has begun.",
		.rows = rows, .rows_n = sizeof rows / sizeof rows[0],
		.example = "  zonepub abort 3"
	};
	struct session s = { 0 };
	struct fault why = { 0 };
	int64_t id;
	int code = options_parse(inv, &usage);
	int rc;

	if (code != OPTIONS_RUN)
		return code;
	rc = take_id(&id, inv, true, &why);
	if (rc == ZP_OK)
		rc = session_need_conf(&inv->globals, &why);
	if (rc == ZP_OK)
		rc = session_open(&s, &inv->globals, !inv->globals.dry_run, max_wait, &why);
	if (rc != ZP_OK)
		return show_fault(&why);
	s.wait = wait || (!no_wait && isatty(STDERR_FILENO));
	if (inv->globals.dry_run)
		predict_abort(&s, id);
	else
		session_walk(&s, id, start_abort, NULL);
	code = session_finish(&s);
	session_close(&s);
	return code;
}
