/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub rotate-tlsa: starts a rollover, or goes on with the one that is under way. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/commands.h"
#include "cmd/predict.h"
#include "cmd/rotate_order.h"
#include "cmd/rotate_settle.h"
#include "cmd/session.h"
#include "cmd/show.h"
#include "publish/past.h"
#include "publish/preflight.h"

enum { STARTS_MAX = 3 };

static void
show_warnings(const struct globals *g, const struct strlist *warnings)
{
	for (size_t i = 0; !g->quiet && i < warnings->n; i++)
		show_warning("%s", warnings->v[i]);
}

static int
prepare(struct preparation *out, struct session *s, const struct order *o, struct fault *why)
{
	int rc = preflight_check(o, why);

	*out = (struct preparation){ 0 };
	if (rc == ZP_OK)
		rc = runner_prepare(out, &s->outside, o, why);
	if (rc != ZP_OK)
		return rc;
	if (out->body.no_wait)
		rc = past_lingers(out, s->ledger, &s->outside, o, why);
	if (rc != ZP_OK)
		return rc;
	/* Records that are there already may be known to have been there for long. */
	if (!out->adds)
		out->body.has_since = past_seen_since(&out->body.since, s->ledger, o, out);
	show_warnings(s->globals, &out->warnings);
	if (!s->globals->quiet && strcmp(o->scheme, "next-key") == 0 && out->adds && !out->first &&
	    !out->body.no_wait)
		show_note("the key of the renewed certificate was not published before, as the next key is: "
		    "this rollover is staged and waits (the next key and its request are in %s)", o->next_dir);
	return ZP_OK;
}

/* *id stays 0 if there is nothing to do. */
static int
start(int64_t *id, struct session *s, const struct order *o, struct fault *why)
{
	struct ledger_subject subject = { .kind = "tlsa" };
	char *target = past_target(o);
	struct entry first = { .stage = STAGE_PREPARED, .kind = ENTRY_PROVEN };
	struct preparation p;
	int rc = prepare(&p, s, o, why);

	*id = 0;
	subject.target = target;
	if (rc == ZP_OK && target == NULL)
		rc = fault_set_nomem(why);
	if (rc == ZP_OK && p.settled) {
		predict_nothing(s, o, &p);
		goto out;
	}
	if (rc == ZP_OK)
		rc = body_print(&first.body, &p.body, why);
	first.at = timepiece_now();
	if (rc == ZP_OK)
		rc = ledger_start(id, s->ledger, &subject, &first, why);
	if (rc == ZP_OK && !s->globals->quiet && !s->globals->json)
		session_print_entry(&first, &p.body, s->globals->verbose > 0);
out:
	free(target);
	entry_release(&first);
	preparation_release(&p);
	return rc;
}

struct going_on {
	struct session *s;
	const struct order *order;
	bool again;		/* the rollover is at its end: another one brings what is new */
};

/* What is asked for now, for all hosts that are under way and all that are given. */
static int
merge(struct order *out, const struct rollover *r, const struct order *given, struct fault *why)
{
	int rc = order_copy(out, given, why);

	strlist_release(&out->hosts);
	if (rc == ZP_OK)
		rc = strlist_copy(&out->hosts, &r->order.hosts, why);
	for (size_t i = 0; rc == ZP_OK && i < given->hosts.n; i++)
		if (!strlist_has(&out->hosts, given->hosts.v[i]))
			rc = strlist_add(&out->hosts, given->hosts.v[i], why);
	return rc;
}

/* *newer: the pair that is given is not the one that the rollover brings in. */
static int
compare_pair(bool *newer, struct runner *run, const struct order *o, struct fault *why)
{
	struct pair pair = { 0 };
	char *print = NULL;
	int rc = run->outside->pair_read(run->outside->world, o, PAIR_RENEWED, &pair, why);

	if (rc == ZP_OK)
		rc = steps_fingerprint(&print, &pair.chain, why);
	*newer = rc == ZP_OK && strcmp(print, run->state.fingerprint) != 0;
	free(print);
	pair_release(&pair);
	return rc;
}

static int
supersede(struct runner *run, struct session *s, const struct order *o, struct fault *why)
{
	struct preparation p = { 0 };
	int rc = prepare(&p, s, o, why);

	if (rc == ZP_OK)
		rc = runner_supersede(run, &p, why);
	preparation_release(&p);
	return rc;
}

/* The rollover that is under way: for this pair and order, or for older ones, or stuck. */
static int
go_on(struct runner *run, void *context, struct fault *why)
{
	struct going_on *g = context;
	const struct rollover *r = &run->state;
	const char *host = g->order->hosts.v[0];
	enum order_change change = ORDER_SAME;
	struct strlist lines = { 0 };
	struct order o = { 0 };
	bool newer = false;
	int rc;

	if (r->aborting)
		return fault_set(why, ZP_EREFUSED, "rollover %" PRId64 " of %s is being taken back: let 'zonepub "
		    "run' finish that first", r->id, host);
	rc = merge(&o, r, g->order, why);
	if (rc == ZP_OK)
		rc = order_compare(&change, &lines, &r->order, &o, why);
	if (rc == ZP_OK && change == ORDER_LIVE && r->live_switched)
		rc = fault_set(why, ZP_EUSAGE, "rollover %" PRId64 " of %s has touched its live files already, so "
		    "their place cannot change on the way: %s; name the same, or 'zonepub abort %" PRId64 "' first",
		    r->id, host, lines.n > 0 ? lines.v[0] : "", r->id);
	if (rc == ZP_OK)
		rc = preflight_check(&o, why);
	if (rc == ZP_OK)
		rc = compare_pair(&newer, run, &o, why);
	if (rc == ZP_OK && r->stuck)
		rc = runner_resume(run, why);
	if (rc == ZP_OK && (newer || change > ORDER_MEANS) &&
	    (r->stage >= STAGE_RETIRED || r->begun == STAGE_RETIRED))
		g->again = true;
	else if (rc == ZP_OK && (newer || change > ORDER_MEANS))
		rc = supersede(run, g->s, &o, why);
	else if (rc == ZP_OK && change == ORDER_MEANS)
		rc = runner_reorder(run, &o, &lines, why);
	order_release(&o);
	strlist_release(&lines);
	return rc;
}

static int
predict(struct session *s, const struct order *o, struct fault *why)
{
	struct preparation p;
	int rc = prepare(&p, s, o, why);

	if (rc == ZP_OK)
		predict_show(s, o, &p);
	preparation_release(&p);
	return rc;
}

/*
 * The rollover that is under way, or a new one, or none: *id is 0 then.
 * Another process may start it at the same time: who comes second goes on with
 * the first one's.
 */
static int
find_or_start(int64_t *id, bool *found, struct session *s, const struct order *o,
    struct fault *why)
{
	int rc = ZP_ESTALE;

	for (int i = 0; rc == ZP_ESTALE && i < STARTS_MAX; i++) {
		rc = past_find_open(id, s->ledger, o, why);
		*found = rc == ZP_OK;
		if (rc == ZP_EABSENT)
			rc = start(id, s, o, why);
	}
	return rc;
}

static void
rotate(struct session *s, struct order *o, const struct rotate_source *source)
{
	struct going_on g = { s, o, false };
	struct fault why = { 0 };
	bool found = false;
	int64_t id = 0;
	int rc = rotate_settle(o, s->world, source, &why);

	if (rc != ZP_OK) {
		session_fail(s, &why);
		return;
	}
	if (s->globals->dry_run) {
		rc = past_find_open(&id, s->ledger, o, &why);
		if (rc == ZP_OK)
			rc = predict_under_way(s, id, &why);
		if (rc == ZP_OK || rc == ZP_EABSENT)
			rc = predict(s, o, &why);
		if (rc != ZP_OK)
			session_fail(s, &why);
		return;
	}
	rc = find_or_start(&id, &found, s, o, &why);
	if (rc == ZP_OK && found) {
		session_walk(s, id, go_on, &g);
		if (!g.again)
			return;
		rc = find_or_start(&id, &found, s, o, &why);
		if (rc == ZP_OK && found) {
			show_note("rollover %" PRId64 " of %s is at its end: run the same command again for what is "
			    "new", id, o->hosts.v[0]);
			return;
		}
	}
	if (rc == ZP_OK && id != 0)
		session_walk(s, id, NULL, NULL);
	else if (rc != ZP_OK)
		session_fail(s, &why);
}

int
cmd_rotate_tlsa(struct invocation *inv)
{
	struct rotate_options given = rotate_options_make();
	struct option_row rows[ROTATE_ROWS];
	struct usage usage = {
		.synopsis = "rotate-tlsa HOST... [OPTIONS]",
		.about = "Publishes the TLSA records of a renewed certificate, waits until no cache can hold\n"
		    "the old answer, puts the certificate in place, proves that every service shows it,\n"
		    "and removes the old records.  May be killed and called again at any time.",
		.rows = rows, .rows_n = rotate_options_rows(rows, &given),
		.example = "  zonepub rotate-tlsa mx1.example.com --port 25 --port 465 \\\n"
		    "    --cert new/fullchain.pem --key new/privkey.pem --live-chain /etc/postfix/mx1.pem \\\n"
		    "    --deploy 'postfix reload' --tsig-file /etc/zonepub/example.com.key --wait"
	};
	struct rotate_source source = { .options = &given, .globals = &inv->globals };
	struct session s = { 0 };
	struct conf *conf = NULL;
	struct strlist hosts = { 0 }, left_out = { 0 };
	struct order_list orders = { 0 };
	struct fault why = { 0 };
	int code = options_parse(inv, &usage);
	int rc = ZP_OK;

	if (code != OPTIONS_RUN)
		goto out;
	if (inv->argc == 0)
		rc = fault_set(&why, ZP_EUSAGE, "no host is given: see zonepub rotate-tlsa --help");
	if (rc == ZP_OK && given.wait && given.no_wait)
		rc = fault_set(&why, ZP_EUSAGE, "--wait and --no-wait contradict each other");
	for (int i = 0; rc == ZP_OK && i < inv->argc; i++)
		rc = strlist_add(&hosts, inv->argv[i], &why);
	if (rc == ZP_OK)
		rc = session_conf(&conf, &inv->globals, &why);
	if (rc == ZP_OK)
		rc = rotate_orders_make(&orders, &given, &inv->globals, conf, &hosts, &why);
	if (rc == ZP_OK)
		rc = rotate_orders_left_out(&left_out, &orders, conf, &why);
	show_warnings(&inv->globals, &left_out);
	if (rc == ZP_OK)
		rc = session_open(&s, &inv->globals, !inv->globals.dry_run,
		    rotate_max_wait(&given, conf, &hosts), &why);
	if (rc != ZP_OK) {
		code = show_fault(&why);
		goto out;
	}
	source.conf = conf;
	s.wait = given.wait || (!given.no_wait && isatty(STDERR_FILENO));
	for (size_t i = 0; i < orders.n; i++)
		rotate(&s, &orders.v[i], &source);
	code = session_finish(&s);
	session_close(&s);
out:
	order_list_release(&orders);
	strlist_release(&hosts);
	strlist_release(&left_out);
	conf_free(conf);
	rotate_options_release(&given);
	return code;
}
