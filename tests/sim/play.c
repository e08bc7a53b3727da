/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tests/sim/play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "publish/runner.h"

enum { RUNS_MAX = 150, CALM_AFTER = 30 };

struct knobs
play_plain(void)
{
	return (struct knobs){
		.servers = 3, .places = 1, .addresses = 2, .ttl = 60, .lagging_ttl = 60, .lag = 20000,
		.reload = 2000, .has_files = true, .waits = true, .abort_at = -1
	};
}

static unsigned
draw(struct stage_set *s, unsigned below)
{
	return (unsigned)stage_random(s, below);
}

struct knobs
play_draw(uint64_t seed)
{
	static const uint32_t ttls[] = { 30, 60, 120, 300 };
	static const int64_t lags[] = { 0, 5000, 60000, 900000 };
	struct stage_set s = { .random = seed ^ UINT64_C(0x5bd1e995) };
	struct knobs k = {
		.servers = 1 + draw(&s, 4), .places = 1 + draw(&s, 2), .addresses = 1 + draw(&s, 3),
		.params = draw(&s, 5), .old_params = draw(&s, 5), .ttl = ttls[draw(&s, 4)],
		.lag = lags[draw(&s, 4)], .reload = draw(&s, 4) == 0 ? 15000 : 1000, .abort_at = -1
	};

	k.old_params = stage_chance(&s, 600) ? k.params : k.old_params;
	k.lagging_ttl = stage_chance(&s, 200) ? k.ttl * 3 : k.ttl;
	k.link_ttl = stage_chance(&s, 150) ? k.ttl * 4 : 0;
	k.hidden_primary = k.servers > 1 && stage_chance(&s, 300);
	k.first = stage_chance(&s, 150);
	k.wildcard = !k.first && stage_chance(&s, 120);
	k.reuse = stage_chance(&s, 120);
	k.next_key = !k.reuse && !k.first && !k.wildcard && stage_chance(&s, 200);
	if (k.next_key)
		k.params = 0;
	k.next_missed = stage_chance(&s, 300);
	k.second_kind = stage_chance(&s, 200);
	k.foreign = stage_chance(&s, 300);
	k.no_probe = !k.first && !k.wildcard && stage_chance(&s, 120);
	/* Blind, nobody can tell the record of a second kind of key from the former pair's. */
	k.has_files = stage_chance(&s, 900) || (k.no_probe && k.second_kind);
	k.no_hold = stage_chance(&s, 200);
	k.waits = stage_chance(&s, 500);
	k.operator_edits = stage_chance(&s, 300) && !(k.no_probe && k.second_kind);
	k.server_faults = stage_chance(&s, 500);
	k.service_faults = !k.no_probe && stage_chance(&s, 500);
	k.newer_pair = stage_chance(&s, 350);
	k.reboots = stage_chance(&s, 300);
	k.clock_steps = stage_chance(&s, 200);
	k.rivals = stage_chance(&s, 100);
	k.faults = draw(&s, 4) == 0 ? 0 : draw(&s, 20);
	k.crash_permille = stage_chance(&s, 400) ? draw(&s, 120) : 0;
	if (stage_chance(&s, 200))
		k.abort_at = (int)draw(&s, STAGE_RETIRED);
	return k;
}

static void
copy_ledger(struct entries *out, const struct stage_set *s)
{
	out->n = 0;
	out->v = calloc(s->ledger.n + 1, sizeof *out->v);
	cast_need(out->v != NULL, "out of memory");
	for (size_t i = 0; i < s->ledger.n; i++) {
		out->v[i] = s->ledger.v[i];
		out->v[i].body = strdup(s->ledger.v[i].body);
		cast_need(out->v[i].body != NULL, "out of memory");
		out->n++;
	}
}

/* The records of the renewed pair have been published for a while (next-key scheme). */
static void
remember_past(struct preparation *p, struct stage_set *s)
{
	if (!s->knobs.next_key || s->knobs.next_missed || p->adds)
		return;
	p->body.has_since = true;
	p->body.since = stage_now(s);
	p->body.since.wall -= s->knobs.ttl * 1500;
	p->body.since.boot -= s->knobs.ttl * 1500;
}

/* As rotate-tlsa starts a rollover. */
static int
start(struct stage_set *s)
{
	struct player player = { .stage = s, .budget = -1 };
	struct outside outside = stage_outside(&player);
	struct preparation p;
	struct fault why = { 0 };
	struct entry first = { .rollover = 1, .number = 1, .stage = STAGE_PREPARED, .kind = ENTRY_PROVEN };
	int rc;

	/* What was served before the first look is nobody's to know. */
	s->held_n = 0;
	rc = runner_prepare(&p, &outside, &s->order, &why);

	if (rc != ZP_OK) {
		stage_trace(s, "preparation: %d %s", rc, why.text);
		return rc;
	}
	remember_past(&p, s);
	cast_need(body_print(&first.body, &p.body, &why) == ZP_OK, "a body can be printed");
	first.at = stage_now(s);
	rc = outside.append(outside.world, &first, &why);
	free(first.body);
	preparation_release(&p);
	return rc;
}

/* As rotate-tlsa does with a newer pair, and a person with what is stuck. */
static int
intervene(struct runner *run, struct stage_set *s, struct outcome *out, struct fault *why)
{
	const struct rollover *r = &run->state;
	struct preparation p = { 0 };
	struct pair pair = { 0 };
	char *print = NULL;
	int rc = ZP_OK;

	if (s->knobs.abort_at >= 0 && (int)r->stage >= s->knobs.abort_at && !r->aborting) {
		rc = runner_abort(run, why);
		stage_trace(s, "abort: %d %s", rc, rc == ZP_OK ? "" : why->text);
		s->knobs.abort_at = -1;
		if (rc == ZP_EUNSAFE)
			return ZP_OK;
		out->was_aborted = out->was_aborted || rc == ZP_OK;
		return rc;
	}
	if (r->stuck && stage_chance(s, 700)) {
		if (r->aborting)
			stage_mend(s);
		rc = r->aborting ? runner_abort(run, why) : runner_resume(run, why);
		if (rc != ZP_OK)
			return rc;
	}
	if (r->aborting || r->stuck || r->stage >= STAGE_RETIRED || r->begun == STAGE_RETIRED ||
	    !stage_chance(s, 500))
		return ZP_OK;
	rc = run->outside->pair_read(run->outside->world, &s->order, PAIR_RENEWED, &pair, why);
	if (rc == ZP_OK)
		rc = steps_fingerprint(&print, &pair.chain, why);
	if (rc == ZP_OK && strcmp(print, r->fingerprint) != 0) {
		rc = runner_prepare(&p, run->outside, &s->order, why);
		if (rc == ZP_OK)
			rc = runner_supersede(run, &p, why);
		out->was_superseded = out->was_superseded || rc == ZP_OK;
	}
	free(print);
	pair_release(&pair);
	preparation_release(&p);
	return rc;
}

static void
go_by(struct stage_set *s, int64_t ms, bool anything)
{
	if (s->knobs.reboots && stage_chance(s, 200)) {
		if (s->knobs.clock_steps)
			s->wall_offset -= (int64_t)stage_random(s, 7200000);
		stage_reboot(s);
	}
	stage_advance(s, ms / 2);
	if (anything && s->knobs.faults > 0 && stage_chance(s, 500))
		stage_mischief(s);
	stage_advance(s, ms - ms / 2);
}

/* Does a process wait for caches, that nobody can ask anything anew? */
static bool
waits_in_silence(const struct runner *run, const struct stage_set *s)
{
	return !run->wait && run->state.stage == STAGE_PROPAGATED && !run->state.aborting &&
	    !run->state.stuck && s->stale_since != NEVER;
}

/* One process. True if the rollover has ended. */
static bool
run_once(struct stage_set *s, struct outcome *out, int64_t *pause)
{
	struct player player = { .stage = s, .budget = stage_chance(s, 300) ? 300000 : 1800000 };
	struct outside outside = stage_outside(&player);
	struct entries entries;
	struct runner run;
	struct fault why = { 0 };
	int64_t left = 0;
	size_t recorded;
	bool ended, silent;
	int rc;

	copy_ledger(&entries, s);
	cast_need(runner_open(&run, &outside, &entries, &why) == ZP_OK, why.text);
	run.wait = s->knobs.waits;
	out->was_stuck = out->was_stuck || run.state.stuck;
	rc = intervene(&run, s, out, &why);
	recorded = s->ledger.n;
	silent = waits_in_silence(&run, s);
	if (rc == ZP_OK)
		rc = runner_walk(&run, &left, &why);
	stage_trace(s, "process ends: %d %s, %lld ms left", rc, rc == ZP_OK ? "" : why.text,
	    (long long)left);
	ended = rc == ZP_OK && !player.dead;
	if (ended && !run.state.ended)
		stage_fail(s, "the walk says that it is over, the ledger does not");
	if (rc == ZP_EWAIT && !player.dead && silent && waits_in_silence(&run, s) &&
	    s->ledger.n == recorded)
		stage_fail(s, "a process did not notice that all servers are silent");
	if (rc == ZP_EWAIT && !player.dead && left < 0)
		stage_fail(s, "%lld ms are left", (long long)left);
	*pause = rc == ZP_EWAIT && !player.dead ? left + 1 : 1000;
	if (ended) {
		out->end = run.state.stage;
		stage_check_end(s, &run.state);
	}
	runner_close(&run);
	return ended;
}

struct outcome
play_run(uint64_t seed, const struct knobs *k, bool tracing)
{
	struct stage_set *s = stage_make(seed, k, tracing);
	struct outcome out = { .end = STAGE_NONE };
	int64_t begun = s->t, pause = 0;
	bool ended = false;
	int runs = 0;

	while (!s->failed && s->ledger.n == 0 && runs++ < RUNS_MAX) {
		if (start(s) != ZP_OK && s->ledger.n == 0)
			go_by(s, 60000, runs < CALM_AFTER);
		if (runs == CALM_AFTER)
			stage_calm(s);
	}
	for (runs = 0; !s->failed && s->ledger.n > 0 && !ended && runs < RUNS_MAX; runs++) {
		if (runs >= CALM_AFTER)
			stage_calm(s);
		ended = run_once(s, &out, &pause);
		if (!ended)
			go_by(s, pause + (int64_t)stage_random(s, stage_chance(s, 100) ? 7200000 : 60000),
			    runs < CALM_AFTER);
	}
	if (!ended)
		stage_fail(s, "LIVENESS: not ended after %d runs, at stage %d", runs, s->at_stage);
	/* All that is still to come. */
	if (!s->failed)
		stage_advance(s, INT64_C(86400000));
	out.failed = s->failed;
	memcpy(out.failure, s->failure, sizeof out.failure);
	out.calls = s->calls;
	out.entries = s->ledger.n;
	out.took = s->t - begun;
	stage_free(s);
	return out;
}
