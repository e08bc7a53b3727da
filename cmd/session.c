/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/show.h"
#include "conf/conf_read.h"
#include "dns/wire.h"
#include "zonegen/tlsa.h"

enum { NAP_MIN_MS = 250, NAP_MAX_MS = 30000 };	/* between two rounds of several rollovers */

const char *
session_state(const struct globals *globals)
{
	const char *folder = globals->state;

	if (folder == NULL)
		folder = getenv("ZONEPUB_STATE");
	return folder != NULL && folder[0] != '\0' ? folder : LOCALSTATEDIR "/lib/zonepub";
}

/* The file that somebody named, or NULL. */
static const char *
named_conf(const struct globals *globals)
{
	const char *given = globals->config != NULL ? globals->config : getenv("ZONEPUB_CONFIG");

	return given != NULL && given[0] != '\0' ? given : NULL;
}

int
session_conf(struct conf **out, const struct globals *globals, struct fault *why)
{
	const char *given = named_conf(globals);
	const char *path = given != NULL ? given : SYSCONFDIR "/zonepub/zonepub.conf";
	int rc = conf_read(out, path, why);

	if (rc == ZP_EABSENT && given == NULL) {
		fault_clear(why);
		return ZP_OK;
	}
	if (rc == ZP_EABSENT || (rc == ZP_ELOCAL && access(path, R_OK) != 0))
		why->class = rc = ZP_EUSAGE;
	return rc;
}

int
session_need_conf(const struct globals *globals, struct fault *why)
{
	const char *given = named_conf(globals);

	if (given == NULL || access(given, R_OK) == 0)
		return ZP_OK;
	return fault_set_errno(why, ZP_EUSAGE, "cannot read the configuration %s", given);
}

/* --- showing --- */

static void
clear_live_line(struct session *s)
{
	if (s->live_line)
		(void)fputs("\r\033[K", stderr);
	s->live_line = false;
}

static void
show_progress(void *context, const char *stage, const char *text, int64_t left)
{
	struct session *s = context;
	struct bytes line = { 0 };

	if (s->globals->quiet || !isatty(STDERR_FILENO))
		return;
	bytes_printf(&line, "%s: %s", stage, text);
	if (left >= 0) {
		bytes_append_text(&line, " (");
		timepiece_print_duration(&line, left);
		bytes_append_text(&line, " left)");
	}
	clear_live_line(s);
	(void)fprintf(stderr, "%.*s", 150, bytes_text(&line));
	(void)fflush(stderr);
	s->live_line = true;
	bytes_release(&line);
}

static const char *
entry_word(const struct entry *e)
{
	switch ((enum entry_kind)e->kind) {
	case ENTRY_BEGUN:
		return "begun";
	case ENTRY_FAILED:
		return "not yet";
	case ENTRY_SETBACK:
		return "set back";
	case ENTRY_STUCK:
		return "stuck";
	case ENTRY_RESUMED:
		return "resumed";
	case ENTRY_SUPERSEDED:
		return "superseded";
	case ENTRY_ABORT:
		return "abort";
	case ENTRY_ORDER:
		return "order";
	default:
		return "proven";
	}
}

void
session_print_entry(const struct entry *e, const struct body *b, bool evidence)
{
	char when[32];

	printf("%s  %-10s  %-10s  %s\n", timepiece_print_wall(when, sizeof when, e->at.wall),
	    stage_word((enum stage)e->stage), entry_word(e), b->text == NULL ? "" : b->text);
	for (size_t i = 0; evidence && i < b->evidence.n; i++)
		printf("%24s%s\n", "", b->evidence.v[i]);
}

static void
show_recorded(void *context, const struct entry *e)
{
	struct session *s = context;
	struct body b = body_make();
	bool shown = e->kind != ENTRY_BEGUN && (e->kind != ENTRY_FAILED || s->globals->verbose > 0);

	if (s->globals->quiet || s->globals->json || !shown)
		return;
	clear_live_line(s);
	if (body_parse(&b, e->body, NULL) == ZP_OK)
		session_print_entry(e, &b, s->globals->verbose > 0);
	(void)fflush(stdout);
	body_release(&b);
}

/* When the next step of r is due, wall ms, 0 if nothing is waited for; and why not before. */
static int64_t
due_of(const struct rollover *r, const struct moment *now, struct fault *why)
{
	struct step step = steps_wanted(r);
	struct timing timing = { 0 };

	fault_clear(why);
	if (step.deed == DEED_NONE)
		return 0;
	if (steps_time(&timing, r, &step, now, why) == ZP_EWAIT)
		return now->wall + timing.left;
	(void)fault_set(why, ZP_EWAIT, "%s", r->last_error != NULL ? r->last_error : step.doing);
	return now->wall;
}

static const char *
target_of(struct bytes *buf, const struct rollover *r)
{
	for (size_t i = 0; i < r->order.hosts.n; i++)
		bytes_printf(buf, "%s%s", i > 0 ? " " : "", r->order.hosts.v[i]);
	return bytes_text(buf);
}

/* The records as they stand by what is recorded: "_25._tcp.mx.example.com. TLSA 3 1 1 ... (new)". */
static struct json *
records_json(const struct rollover *r)
{
	struct json *list = json_make_list();
	const struct recset *sets = r->target.n > 0 ? &r->target : &r->before;

	for (size_t i = 0; i < sets->n; i++)
		for (size_t j = 0; j < sets->v[i].n; j++) {
			const struct rdata *rd = &sets->v[i].v[j];
			struct json *record = json_make_object();
			struct bytes rdata = { 0 };
			char owner[NAME_TEXT_MAX];
			bool pending = rrset_has(&r->pending, rd->data, rd->len);

			tlsa_print(&rdata, rd->data, rd->len);
			json_put_text(record, "name", name_print(owner, &sets->v[i].owner));
			json_put_number(record, "ttl", sets->v[i].ttl);
			json_put_text(record, "type", "TLSA");
			json_put_text(record, "rdata", bytes_text(&rdata));
			json_put_text(record, "state", pending ? "new" :
			    rrset_has(&r->known, rd->data, rd->len) ? "old" : "unmanaged");
			json_add(list, record);
			bytes_release(&rdata);
		}
	return list;
}

struct json *
session_json(const struct rollover *r, const struct moment *now)
{
	struct json *o = json_make_object();
	struct bytes id = { 0 }, target = { 0 };
	struct fault waiting;
	int64_t due = due_of(r, now, &waiting);
	char when[32];

	bytes_printf(&id, "%" PRId64, r->id);
	json_put_text(o, "id", bytes_text(&id));
	json_put_text(o, "kind", "tlsa");
	json_put_text(o, "target", target_of(&target, r));
	json_put_text(o, "stage", rollover_word(r));
	json_put_text(o, "due", due == 0 ? NULL : timepiece_print_wall(when, sizeof when, due + 999));
	json_put_text(o, "waiting_for", waiting.text[0] == '\0' ? NULL : waiting.text);
	json_put(o, "records", records_json(r));
	json_put_text(o, "started", timepiece_print_wall(when, sizeof when, r->started.wall));
	json_put_text(o, "last_error", r->last_error);
	bytes_release(&id);
	bytes_release(&target);
	return o;
}

void
session_print_status(const struct rollover *r, const struct moment *now)
{
	struct bytes target = { 0 };
	struct fault waiting;
	int64_t due = due_of(r, now, &waiting);
	char started[32], when[32];

	printf("%-4" PRId64 " tlsa  %-28s  %-10s  since %s\n", r->id, target_of(&target, r),
	    rollover_word(r), timepiece_print_wall(started, sizeof started, r->started.wall));
	if (due > now->wall)
		printf("     next at %s\n", timepiece_print_wall(when, sizeof when, due + 999));
	if (waiting.text[0] != '\0')
		printf("     waits for: %s\n", waiting.text);
	if (r->last_error != NULL && strcmp(r->last_error, waiting.text) != 0)
		printf("     last error: %s\n", r->last_error);
	bytes_release(&target);
}

/* --- the session --- */

int
session_open(struct session *s, const struct globals *globals, bool writing, int64_t max_wait,
    struct fault *why)
{
	struct world_options options = { .max_wait = max_wait, .resolver = globals->resolver,
		.trust_anchor = globals->trust_anchor, .progress = show_progress,
		.recorded = show_recorded, .context = s };
	int rc;

	*s = (struct session){ .globals = globals };
	rc = writing ? ledger_open(&s->ledger, session_state(globals), why) :
	    ledger_open_readonly(&s->ledger, session_state(globals), why);
	options.ledger = writing ? s->ledger : NULL;
	if (rc == ZP_OK)
		rc = world_make(&s->world, &s->outside, &options, why);
	if (rc == ZP_OK && globals->json)
		s->list = json_make_list();
	if (rc != ZP_OK)
		session_close(s);
	return rc;
}

void
session_close(struct session *s)
{
	json_free(s->list);
	world_free(s->world);
	ledger_close(s->ledger);
	*s = (struct session){ 0 };
}

/* A refusal tells more than a failure, a failure more than a wait. */
static void
count(struct session *s, int code)
{
	static const int rank[] = { EXIT_DONE, EXIT_WAITING, EXIT_FAILED, EXIT_USAGE, EXIT_UNSAFE };
	int have = 0, want = 0;

	for (int i = 0; i < (int)(sizeof rank / sizeof rank[0]); i++) {
		if (rank[i] == s->code)
			have = i;
		if (rank[i] == code)
			want = i;
	}
	if (want > have)
		s->code = code;
}

void
session_fail(struct session *s, const struct fault *why)
{
	clear_live_line(s);
	count(s, show_fault(why));
}

int
session_finish(struct session *s)
{
	struct fault why;

	clear_live_line(s);
	if (s->list != NULL && json_show(s->list, &why) != ZP_OK)
		session_fail(s, &why);
	return s->code;
}

static void
show_waiting(struct session *s, const struct rollover *r, int64_t left, const struct fault *why)
{
	int64_t due = timepiece_now().wall + left + 999;
	char when[32];

	clear_live_line(s);
	count(s, EXIT_WAITING);
	if (s->next_due == 0 || due < s->next_due)
		s->next_due = due;
	if (s->globals->quiet)
		return;
	show_note("rollover %" PRId64 " of %s is at '%s' and waits: %s", r->id, r->order.hosts.v[0],
	    rollover_word(r), why->text);
	show_note("next: 'zonepub run' at or after %s", timepiece_print_wall(when, sizeof when, due));
}

static int
open_runner(struct runner *run, struct session *s, int64_t id, struct fault *why)
{
	struct entries entries = { 0 };
	int rc = ledger_read(&entries, s->ledger, id, why);

	*run = (struct runner){ 0 };
	if (rc == ZP_OK)
		rc = runner_open(run, &s->outside, &entries, why);
	entries_release(&entries);
	run->wait = s->wait;
	return rc;
}

/* One rollover, as far as it goes; *run is the caller's to close, and empty if it was not reached. */
static int
walk(struct runner *run, int64_t *left, struct session *s, int64_t id,
    int (*act)(struct runner *run, void *context, struct fault *why), void *context,
    struct fault *why)
{
	struct ledger_lock lock = { 0 };
	int rc = ledger_lock(&lock, s->ledger, id, why);

	*run = (struct runner){ 0 };
	*left = 0;
	if (rc == ZP_OK)
		rc = open_runner(run, s, id, why);
	if (rc == ZP_OK && act != NULL)
		rc = act(run, context, why);
	if (rc == ZP_OK)
		rc = runner_walk(run, left, why);
	if (lock.path != NULL)
		ledger_unlock(s->ledger, &lock);
	return rc;
}

/* Show and count what came of a walk. */
static void
conclude(struct session *s, const struct runner *run, int rc, int64_t left,
    const struct fault *why)
{
	struct moment now = timepiece_now();

	clear_live_line(s);
	if (rc == ZP_EWAIT && run->state.id != 0)
		show_waiting(s, &run->state, left, why);
	else if (rc == ZP_ERETRY && run->state.id == 0) {
		/* Another process is at it: it will go on. */
		if (!s->globals->quiet)
			show_note("%s", why->text);
		count(s, EXIT_WAITING);
	} else if (rc != ZP_OK)
		session_fail(s, why);
	if (s->list != NULL && run->state.id != 0)
		json_add(s->list, session_json(&run->state, &now));
}

void
session_walk(struct session *s, int64_t id,
    int (*act)(struct runner *run, void *context, struct fault *why), void *context)
{
	struct runner run;
	struct fault why = { 0 };
	int64_t left;
	int rc = walk(&run, &left, s, id, act, context, &why);

	conclude(s, &run, rc, left, &why);
	runner_close(&run);
}

/*
 * Take each rollover that is not over as far as it goes without waiting, and
 * show what is due first.  *nap: until when nothing is.
 */
static size_t
walk_round(int64_t *nap, struct session *s, const struct ledger_rollovers *list, bool *over)
{
	struct bytes first = { 0 };
	const char *stage = "";
	int64_t soonest = 0;
	size_t waiting = 0;

	for (size_t i = 0; i < list->n; i++) {
		struct runner run;
		struct fault why = { 0 };
		int64_t left, due;
		int rc;

		if (over[i])
			continue;
		rc = walk(&run, &left, s, list->v[i].id, NULL, NULL, &why);
		due = timepiece_now().boot + left;
		over[i] = rc != ZP_EWAIT || run.state.id == 0;
		if (over[i])
			conclude(s, &run, rc, left, &why);
		else if (waiting++ == 0 || due < soonest) {
			soonest = due;
			stage = rollover_word(&run.state);
			bytes_release(&first);
			bytes_printf(&first, "rollover %" PRId64 ": %s", run.state.id, why.text);
		}
		runner_close(&run);
	}
	*nap = soonest - timepiece_now().boot;
	if (*nap < NAP_MIN_MS)
		*nap = NAP_MIN_MS;
	if (waiting > 0)
		show_progress(s, stage, bytes_text(&first), *nap);
	if (*nap > NAP_MAX_MS)
		*nap = NAP_MAX_MS;
	bytes_release(&first);
	return waiting;
}

/* One that is left may stay at its servers; of several none may keep the others waiting. */
void
session_walk_all(struct session *s, const struct ledger_rollovers *list)
{
	bool *over = calloc(list->n + 1, sizeof *over);
	bool wait = s->wait;
	size_t waiting = list->n;
	struct fault why = { 0 };
	int64_t nap;

	if (over == NULL) {
		(void)fault_set_nomem(&why);
		session_fail(s, &why);
		return;
	}
	s->wait = false;
	while (wait && waiting > 1) {
		waiting = walk_round(&nap, s, list, over);
		if (waiting > 1 && s->outside.wait(s->outside.world, nap, &why) != ZP_OK)
			break;
	}
	s->wait = wait && waiting == 1;
	for (size_t i = 0; i < list->n; i++)
		if (!over[i])
			session_walk(s, list->v[i].id, NULL, NULL);
	s->wait = wait;
	free(over);
}
