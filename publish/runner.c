/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/runner.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	LOOK_AGAIN_MS = 250,		/* first pause between two looks ... */
	LOOK_AGAIN_MAX_MS = 15000,	/* ... which grows to this */
	INTERIM_LOOK_MS = 30000		/* how often the servers are looked at during a long wait */
};

int
runner_open(struct runner *run, const struct outside *outside, struct entries *entries,
    struct fault *why)
{
	*run = (struct runner){ .outside = outside, .entries = *entries, .patience = 3000 };
	*entries = (struct entries){ 0 };
	return rollover_fold(&run->state, &run->entries, why);
}

void
runner_close(struct runner *run)
{
	entries_release(&run->entries);
	rollover_release(&run->state);
	*run = (struct runner){ 0 };
}

int
runner_record(struct runner *run, enum entry_kind kind, enum stage stage, const struct body *body,
    struct fault *why)
{
	struct entry e = {
		.rollover = run->state.id, .number = run->state.number + 1,
		.at = run->outside->now(run->outside->world), .stage = (int)stage, .kind = (int)kind,
		.ends = kind == ENTRY_PROVEN && (stage == STAGE_DONE || stage == STAGE_ABORTED)
	};
	struct entry *v;
	int rc = body_print(&e.body, body, why);

	if (rc != ZP_OK)
		return rc;
	v = reallocarray(run->entries.v, run->entries.n + 1, sizeof *v);
	if (v == NULL) {
		free(e.body);
		return fault_set_nomem(why);
	}
	run->entries.v = v;
	rc = run->outside->append(run->outside->world, &e, why);
	if (rc != ZP_OK) {
		free(e.body);
		return rc;
	}
	v[run->entries.n++] = e;
	return rollover_add(&run->state, &run->entries.v[run->entries.n - 1], why);
}

int
runner_note(struct runner *run, enum entry_kind kind, enum stage stage, const char *text,
    struct fault *why)
{
	struct body b = body_make();
	int rc = order_set(&b.text, text, why);

	if (rc == ZP_OK)
		rc = runner_record(run, kind, stage, &b, why);
	body_release(&b);
	return rc;
}

int
runner_supersede(struct runner *run, struct preparation *p, struct fault *why)
{
	const struct rollover *r = &run->state;

	/* Of sets that were given out since this rollover published, caches hold any. */
	if (r->was_published)
		p->body.no_wait = false;
	/* Where nothing stands any more, caches may hold what stood there a moment ago. */
	for (size_t i = 0; i < p->body.before.n; i++) {
		const struct rrset *now = &p->body.before.v[i];
		const struct rrset *before = recset_find(&r->before, &now->owner, RRTYPE_TLSA);
		const struct rrset *target = recset_find(&r->target, &now->owner, RRTYPE_TLSA);

		if (now->n == 0 && ((before != NULL && before->n > 0) || (target != NULL && target->n > 0)))
			p->body.no_wait = false;
	}
	return runner_record(run, ENTRY_SUPERSEDED, STAGE_PREPARED, &p->body, why);
}

int
runner_reorder(struct runner *run, const struct order *order, const struct strlist *lines,
    struct fault *why)
{
	struct body b = body_make();
	int rc = order_set(&b.text, "told to go on in another way", why);

	if (rc == ZP_OK)
		rc = strlist_copy(&b.evidence, lines, why);
	if (rc == ZP_OK)
		rc = order_copy(&b.order, order, why);
	b.has_order = rc == ZP_OK;
	if (rc == ZP_OK)
		rc = runner_record(run, ENTRY_ORDER, run->state.stage, &b, why);
	body_release(&b);
	return rc;
}

int
runner_resume(struct runner *run, struct fault *why)
{
	return runner_note(run, ENTRY_RESUMED, run->state.stage, "told to go on", why);
}

int
runner_abort(struct runner *run, struct fault *why)
{
	const struct rollover *r = &run->state;

	if (r->ended)
		return fault_set(why, ZP_EUSAGE, "rollover %lld has ended already", (long long)r->id);
	if (r->stage >= STAGE_RETIRED || r->retiring)
		return fault_set(why, ZP_EUNSAFE, "rollover %lld cannot go back: its old records are being "
		    "removed, so the former pair is not safe any more; rotate to it as to a new one",
		    (long long)r->id);
	if (r->aborting && r->stuck)
		return runner_note(run, ENTRY_ABORT, r->stage, "told that it can go back", why);
	return r->aborting ? ZP_OK : runner_note(run, ENTRY_ABORT, r->stage, "told to go back", why);
}

/*
 * A failure is recorded when it is the first at its step, and again when the
 * process leaves with another sentence than the last one: `status` shows it.
 * A ledger that fails here must not hide the failure of the step.  True if
 * another process has gone on meanwhile: this one has to leave.
 */
static bool
record_failure(struct runner *run, const struct step *step, bool leaving,
    const struct fault *failure)
{
	const struct rollover *r = &run->state;
	struct fault ignored;

	if (r->last_error != NULL && (!leaving || strcmp(r->last_error, failure->text) == 0))
		return false;
	return runner_note(run, ENTRY_FAILED, step->to, failure->text, &ignored) == ZP_ESTALE;
}

static void
show_progress(const struct runner *run, const struct step *step, const char *text, int64_t left)
{
	const struct outside *o = run->outside;

	if (o->progress != NULL)
		o->progress(o->world, stage_word(step->to), text, left);
}

/* Wait; if the wait is cut short, *why still says what was waited for. */
static int
nap_for(const struct runner *run, int64_t ms, struct fault *why)
{
	const struct outside *o = run->outside;
	struct fault reason = *why;
	int rc = o->wait(o->world, ms, why);

	if (rc == ZP_EWAIT) {
		*why = reason;
		why->class = ZP_EWAIT;
	}
	return rc;
}

/*
 * A wait of caches is worth nothing if all servers went silent meanwhile (RFC
 * 8767), so they are looked at now and then: it starts anew if they are.
 */
static int
look_in_between(struct runner *run, struct fault *why)
{
	const struct outside *o = run->outside;
	struct evidence e = { 0 };
	struct look look = { 0 };
	int rc = o->look(o->world, &run->state.order, &look, why);

	if (rc == ZP_OK)
		rc = evidence_judge(&e, &look, &run->state.target, NULL,
		    run->state.order.allow_insecure, why);
	if (rc == ZP_OK && e.all_silent)
		rc = runner_note(run, ENTRY_SETBACK, STAGE_PUBLISHED, "no server answered during the wait: "
		    "caches may have kept the old answer, the wait starts anew", why);
	evidence_release(&e);
	look_release(&look);
	return rc == ZP_ERETRY ? ZP_OK : rc;
}

/*
 * The time has not come, and nobody stays for it: one look, as who comes again
 * and again is to see what who stays would have seen.  ZP_EWAIT keeps *why.
 */
static int
look_and_leave(struct runner *run, const struct step *step, struct fault *why)
{
	struct fault reason = *why;
	int64_t number = run->state.number;
	int rc = look_in_between(run, why);

	if (rc != ZP_OK) {
		(void)record_failure(run, step, true, why);
		return rc;
	}
	if (run->state.number != number)
		return ZP_OK;
	*why = reason;
	return ZP_EWAIT;
}

/* The time has not come. */
static int
pass_time(struct runner *run, const struct step *step, const struct timing *timing,
    struct fault *why)
{
	int64_t nap = timing->left < INTERIM_LOOK_MS ? timing->left : INTERIM_LOOK_MS;
	int rc;

	show_progress(run, step, why->text, timing->left);
	rc = nap_for(run, nap, why);
	return rc != ZP_OK || step->deed != DEED_EXPIRE || nap == timing->left ? rc :
	    look_in_between(run, why);
}

/*
 * *due: the time of step has come.  Else some of it has passed, or something
 * was recorded.  first is the number of the last entry when the walk began.
 */
static int
come_to_time(bool *due, int64_t *left, struct runner *run, const struct step *step, int64_t first,
    struct fault *why)
{
	struct moment now = run->outside->now(run->outside->world);
	struct timing timing;
	int rc = steps_time(&timing, &run->state, step, &now, why);

	*due = rc == ZP_OK && !timing.anew;
	if (timing.anew)
		return runner_note(run, ENTRY_SETBACK, step->deed == DEED_EXPIRE ? STAGE_PUBLISHED :
		    step->deed == DEED_WITHDRAW ? run->state.stage : STAGE_DEPLOYED, why->text, why);
	if (rc == ZP_EWAIT && run->wait)
		rc = pass_time(run, step, &timing, why);
	else if (rc == ZP_EWAIT && step->deed == DEED_EXPIRE && run->state.number == first)
		rc = look_and_leave(run, step, why);
	if (rc != ZP_OK)
		*left = timing.left;
	return rc;
}

int
runner_walk(struct runner *run, int64_t *left, struct fault *why)
{
	const struct outside *o = run->outside;
	int64_t pause = LOOK_AGAIN_MS, watched, number = 0, first = run->state.number;
	struct moment since = o->now(o->world);	/* this step is tried */

	*left = 0;
	for (;;) {
		struct step step = steps_wanted(&run->state);
		struct moment now = o->now(o->world);
		bool due;
		int rc;

		if (run->state.number != number) {
			number = run->state.number;
			pause = LOOK_AGAIN_MS;
			since = now;
		}
		if (run->state.ended)
			return ZP_OK;
		if (run->state.stuck)
			return fault_set(why, ZP_EREFUSED, "rollover %lld is stuck and needs a person: %s",
			    (long long)run->state.id, run->state.last_error);
		assert(step.deed != DEED_NONE);

		rc = come_to_time(&due, left, run, &step, first, why);
		if (rc != ZP_OK)
			return rc;
		if (!due)
			continue;

		show_progress(run, &step, step.doing, -1);
		*left = pause;
		rc = runner_do(run, &step, left, why);
		if (rc == ZP_OK)
			continue;
		if (rc != ZP_EWAIT && rc != ZP_ERETRY) {
			(void)record_failure(run, &step, true, why);
			return rc;
		}
		show_progress(run, &step, why->text, -1);
		now = o->now(o->world);
		if (!timepiece_elapsed(&watched, &since, &now))
			watched = run->patience;
		/* Who will not stay does not begin a nap longer than that either. */
		if (!run->wait && (watched >= run->patience || *left > run->patience)) {
			if (*left < LOOK_AGAIN_MAX_MS)
				*left = LOOK_AGAIN_MAX_MS;
			(void)record_failure(run, &step, true, why);
			why->class = ZP_EWAIT;
			return ZP_EWAIT;
		}
		if (record_failure(run, &step, false, why))
			return fault_set(why, ZP_ESTALE, "another process works on rollover %lld",
			    (long long)run->state.id);
		if (number != run->state.number)
			number = run->state.number;	/* the note of the failure is no progress */
		rc = nap_for(run, *left, why);
		if (rc != ZP_OK) {
			(void)record_failure(run, &step, true, why);
			return rc;
		}
		pause = pause * 3 / 2 < LOOK_AGAIN_MAX_MS ? pause * 3 / 2 : LOOK_AGAIN_MAX_MS;
	}
}
