/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps that change records: publish, observe, expire, retire, withdraw. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "publish/deeds.h"

enum { SERVICE_LOOK_MS = 1000 };	/* pause while a service comes back to its previous pair */

/* Does a wildcard give this record at owner? */
static bool
is_covered(const struct rollover *r, const struct name *owner, const struct rdata *rd)
{
	const struct rrset *wild = recset_find(&r->covered, owner, RRTYPE_TLSA);

	return wild != NULL && rrset_has(wild, rd->data, rd->len);
}

/*
 * What is there, the pending records, those for live chains (also if someone
 * has removed them meanwhile), and what a wildcard gave until now.  Who does
 * not look at the services cannot tell what else they need: if all has been
 * removed, all comes again.
 */
static int
target_published(struct rrset *out, const struct runner *run, const struct rrset *have,
    const void *context, struct fault *why)
{
	const struct rollover *r = &run->state;
	const struct rrset *target = recset_find(&r->target, &have->owner, RRTYPE_TLSA);
	int rc = rrset_union(out, have, &r->pending, why);

	(void)context;
	for (size_t i = 0; rc == ZP_OK && target != NULL && i < target->n; i++) {
		const struct rdata *rd = &target->v[i];

		if (rrset_has(&r->known, rd->data, rd->len) || is_covered(r, &have->owner, rd) ||
		    (r->order.no_probe && have->n == 0))
			rc = rrset_add(out, rd->data, rd->len, why);
	}
	return rc;
}

static uint32_t
longest_ttl(const struct look *l)
{
	uint32_t ttl = 0;

	for (size_t i = 0; i < l->seen.n; i++)
		if (l->seen.v[i].answer == SIGHTING_PRESENT && l->seen.v[i].set.ttl > ttl)
			ttl = l->seen.v[i].set.ttl;
	return ttl;
}

int
deeds_publish(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	const struct outside *o = run->outside;
	int64_t number = run->state.number;
	struct body b = body_make();
	struct look look = { 0 };
	int rc = o->look(o->world, &run->state.order, &look, why);

	(void)left;
	if (rc == ZP_OK)
		rc = deeds_check_shortcut(run, &look, why);
	if (rc != ZP_OK || deeds_went_back(run, number))
		goto out;
	/* The TTL of what is replaced now counts too: someone may have raised it. */
	b.ttl = (int64_t)longest_ttl(&look);
	if (rc == ZP_OK)
		rc = deeds_carry_out(run, step->to, &look, &b, target_published, NULL, why);
	if (rc != ZP_OK)
		goto out;
	if (run->state.begun == STAGE_NONE) {
		b.has_since = run->state.has_since;
		b.since = run->state.since;
	}
	rc = deeds_prove(run, step, &b, run->state.begun == STAGE_NONE ?
	    "the records are there already" : "acknowledged by the primary server", why);
out:
	look_release(&look);
	body_release(&b);
	return rc;
}

int
deeds_observe(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	struct body b = body_make();
	struct evidence e = { 0 };
	struct look look = { 0 };
	int64_t number = run->state.number;
	const struct sighting *broken;
	char name[NAME_TEXT_MAX];
	int rc = deeds_need_target(&e, &look, run, why);

	(void)left;
	if (rc == ZP_EWAIT && !deeds_went_back(run, number)) {
		struct fault not_yet = *why;

		rc = deeds_check_shortcut(run, &look, why);
		if (rc == ZP_OK && !deeds_went_back(run, number)) {
			*why = not_yet;
			rc = ZP_EWAIT;
		}
	}
	if (rc != ZP_OK || deeds_went_back(run, number))
		goto out;
	broken = sighting_find_broken_parent(&look.seen);
	if (broken != NULL) {
		rc = fault_set(why, ZP_EWAIT, "%s says that %s does not exist, though records stand below it: "
		    "resolvers that minimise names lose them (RFC 8020)", broken->server.address,
		    name_print(name, &broken->owner));
		goto out;
	}
	deeds_keep_evidence(&b, &e);
	if (run->state.has_since) {
		b.has_since = true;
		b.since = run->state.since;
	}
	rc = deeds_prove(run, step, &b, "every server serves the new set, signed", why);
out:
	evidence_release(&e);
	look_release(&look);
	body_release(&b);
	return rc;
}

int
deeds_expire(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	int64_t number = run->state.number;
	struct body b = body_make();
	struct evidence e = { 0 };
	struct look look = { 0 };
	struct bytes text = { 0 };
	int rc = deeds_need_target(&e, &look, run, why);

	(void)left;
	if (rc != ZP_OK || deeds_went_back(run, number))
		goto out;
	deeds_keep_evidence(&b, &e);
	if (run->state.no_wait)
		bytes_append_text(&text, "nothing to wait for: every set that a cache can hold accepts the "
		    "renewed chain");
	else
		bytes_printf(&text, "no cache holds the old answer any more (TTL %" PRIu32 " s, safety %"
		    PRId64 " s)", run->state.ttl, run->state.order.safety / 1000);
	b.text = bytes_take_text(&text);
	rc = runner_record(run, ENTRY_PROVEN, step->to, &b, why);
out:
	evidence_release(&e);
	look_release(&look);
	body_release(&b);
	return rc;
}

/* What the removal of old records goes by. */
struct retirement {
	struct showings shown;
	struct rrset next;	/* records of the next key, which come at the same time */
};

static void
retirement_release(struct retirement *r)
{
	showings_release(&r->shown);
	rrset_release(&r->next);
}

static int
target_retired(struct rrset *out, const struct runner *run, const struct rrset *have,
    const void *context, struct fault *why)
{
	const struct retirement *r = context;
	int rc;

	for (size_t i = 0; i < run->state.pending.n; i++)
		if (!rrset_has(have, run->state.pending.v[i].data, run->state.pending.v[i].len) &&
		    !rrset_has(&r->next, run->state.pending.v[i].data, run->state.pending.v[i].len))
			return fault_set(why, ZP_EUNSAFE, "the new records are gone from the zone");
	rc = steps_remainder(out, &run->state, have, &r->shown, why);
	for (size_t i = 0; rc == ZP_OK && i < r->next.n; i++)
		rc = rrset_add(out, r->next.v[i].data, r->next.v[i].len, why);
	return rc;
}

/* The pair is live: the slots move on, and a new next key has its record published. */
static int
move_on(struct retirement *r, const struct runner *run, struct fault *why)
{
	const struct outside *o = run->outside;
	const struct order *order = &run->state.order;
	struct pair pair = { 0 };
	struct key_facts next = { 0 };
	char *print = NULL;
	int rc = o->pair_read(o->world, order, PAIR_LIVE, &pair, why);

	if (rc == ZP_OK && pair.chain.n == 0)
		rc = o->pair_read(o->world, order, PAIR_RENEWED, &pair, why);
	if (rc == ZP_OK)
		rc = steps_fingerprint(&print, &pair.chain, why);
	if (rc == ZP_OK)
		rc = o->next_key(o->world, order, &pair.key,
		    strcmp(print, run->state.fingerprint) == 0, &next, why);
	if (rc == ZP_OK)
		rc = steps_key_records(&r->next, &order->params, &next, why);
	free(print);
	key_facts_release(&next);
	pair_release(&pair);
	return rc;
}

static bool
has_next_keys(const struct order *o)
{
	return o->scheme != NULL && strcmp(o->scheme, "next-key") == 0;
}

/* True if some server still serves a set that after does not know. */
static int
need_gone_everywhere(struct body *b, const struct runner *run, struct look *look,
    struct fault *why)
{
	const struct outside *o = run->outside;
	struct evidence e = { 0 };
	int rc;

	look_release(look);
	rc = o->look(o->world, &run->state.order, look, why);
	if (rc == ZP_OK)
		rc = evidence_judge(&e, look, &b->after, &run->state.known,
		    run->state.order.allow_insecure, why);
	if (rc == ZP_OK && e.verdict != VERDICT_SEEN_EVERYWHERE)
		rc = deeds_not_everywhere(&e, why);
	if (rc == ZP_OK)
		deeds_keep_evidence(b, &e);
	evidence_release(&e);
	return rc;
}

/*
 * The removal must not go on: back to the publication if records that are
 * needed are gone, else to the services, which do not show what was proven.
 */
static int
go_back(struct runner *run, const struct look *look, struct fault *why)
{
	const struct rollover *r = &run->state;
	enum stage to = STAGE_DEPLOYED;

	for (size_t i = 0; i < look->places_n; i++) {
		const struct sighting *s = look_primary(look, &look->places[i].owner);

		const struct rrset *target = recset_find(&r->target, &look->places[i].owner, RRTYPE_TLSA);

		if (target == NULL || (s != NULL && sighting_is_answer(s) && !rrset_includes(&s->set, target)))
			to = STAGE_PREPARED;
	}
	return runner_note(run, ENTRY_SETBACK, to, why->text, why);
}

int
deeds_retire(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	const struct outside *o = run->outside;
	struct body b = body_make();
	struct look look = { 0 };
	struct retirement r = { 0 };
	struct changes none = { 0 };
	int rc = o->look(o->world, &run->state.order, &look, why);

	if (rc == ZP_OK)
		rc = deeds_probe(&r.shown, run, &look, why);
	if (rc == ZP_OK && has_next_keys(&run->state.order)) {
		rc = move_on(&r, run, why);
		if (rc == ZP_OK)
			rc = rrset_copy(&b.pending, &r.next, why);
	}
	if (rc == ZP_OK)
		rc = deeds_draw_changes(&none, &b, run, &look, target_retired, &r, why);
	if (rc == ZP_OK)
		rc = deeds_need_accepted(run, &look, &r.shown, &b.after, why);
	if (rc == ZP_OK)
		rc = deeds_carry_out(run, step->to, &look, &b, target_retired, &r, why);
	if (rc == ZP_EUNSAFE) {
		rc = go_back(run, &look, why);
		goto out;
	}
	if (rc == ZP_OK)
		rc = need_gone_everywhere(&b, run, &look, why);
	if (rc == ZP_EWAIT)
		*left = *left > 1000 ? *left : 1000;
	if (rc == ZP_OK)
		rc = deeds_prove(run, step, &b, "every server serves the reduced set", why);
out:
	changes_release(&none);
	retirement_release(&r);
	look_release(&look);
	body_release(&b);
	return rc;
}

int
deeds_finish(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	const struct outside *o = run->outside;
	int rc = o->swap(o->world, &run->state.order, SWAP_FORGET, run->state.fingerprint, why);

	(void)left;
	return rc == ZP_OK ? runner_note(run, ENTRY_PROVEN, step->to, "done", why) : rc;
}

/* What is there without what the rollover added, and with what it found for live chains. */
static int
target_withdrawn(struct rrset *out, const struct runner *run, const struct rrset *have,
    const void *context, struct fault *why)
{
	const struct rollover *r = &run->state;
	const struct rrset *before = recset_find(&r->before, &have->owner, RRTYPE_TLSA);
	int rc = ZP_OK;

	(void)context;
	*out = rrset_make(&have->owner, have->type, have->ttl);
	for (size_t i = 0; rc == ZP_OK && i < have->n; i++) {
		const struct rdata *rd = &have->v[i];
		bool added = rrset_has(&r->pending, rd->data, rd->len) ||
		    rrset_has(&r->known, rd->data, rd->len) || is_covered(r, &have->owner, rd);

		/* At an owner that an alias leads to since then, nobody knows what was known. */
		if (before == NULL)
			added = rrset_has(&r->pending, rd->data, rd->len);
		if (!added || (before != NULL && rrset_has(before, rd->data, rd->len)))
			rc = rrset_add(out, rd->data, rd->len, why);
	}
	for (size_t i = 0; rc == ZP_OK && before != NULL && i < before->n; i++)
		if (rrset_has(&r->known, before->v[i].data, before->v[i].len))
			rc = rrset_add(out, before->v[i].data, before->v[i].len, why);
	/* Where nothing stood others may have added theirs: then chains keep what they may need. */
	for (size_t i = 0; rc == ZP_OK && before != NULL && before->n == 0 && out->n > 0 && i < have->n; i++) {
		const struct rdata *rd = &have->v[i];

		if (rrset_has(&r->known, rd->data, rd->len))
			rc = rrset_add(out, rd->data, rd->len, why);
	}
	return rc;
}

/* Where nothing is left a wildcard answers: what services show must be accepted by that. */
static int
need_accepted_after(const struct runner *run, const struct look *look,
    const struct showings *shown, const struct recset *after, struct fault *why)
{
	struct recset sets = { 0 };
	int rc = ZP_OK;

	for (size_t i = 0; rc == ZP_OK && i < after->n; i++) {
		const struct rrset *wild = recset_find(&run->state.covered, &after->v[i].owner, RRTYPE_TLSA);
		struct rrset copy = { 0 };

		rc = rrset_copy(&copy, after->v[i].n == 0 && wild != NULL ? wild : &after->v[i], why);
		if (rc == ZP_OK)
			rc = recset_take(&sets, &copy, why);
	}
	if (rc == ZP_OK)
		rc = deeds_need_accepted(run, look, shown, &sets, why);
	recset_release(&sets);
	return rc;
}

/* The pending records that no wildcard gives. */
static int
pending_only(struct rrset *out, const struct rollover *r, struct fault *why)
{
	int rc = rrset_copy(out, &r->pending, why);

	for (size_t i = 0; rc == ZP_OK && i < r->covered.n; i++)
		for (size_t j = 0; j < r->covered.v[i].n; j++)
			(void)rrset_remove(out, r->covered.v[i].v[j].data, r->covered.v[i].v[j].len);
	return rc;
}

int
deeds_withdraw(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	const struct outside *o = run->outside;
	struct body b = body_make();
	struct evidence e = { 0 };
	struct look look = { 0 };
	struct showings shown = { 0 };
	struct changes none = { 0 };
	struct rrset gone = { 0 };
	int rc = o->look(o->world, &run->state.order, &look, why);

	if (rc == ZP_OK)
		rc = deeds_probe(&shown, run, &look, why);
	if (rc == ZP_OK)
		rc = deeds_draw_changes(&none, &b, run, &look, target_withdrawn, NULL, why);
	if (rc == ZP_OK)
		rc = need_accepted_after(run, &look, &shown, &b.after, why);
	if (rc == ZP_EUNSAFE) {
		/* A service may need its time to show the previous pair. */
		rc = why->class = ZP_EWAIT;
		*left = SERVICE_LOOK_MS;
	}
	if (rc == ZP_OK)
		rc = deeds_carry_out(run, step->to, &look, &b, target_withdrawn, NULL, why);
	if (rc == ZP_OK) {
		look_release(&look);
		rc = o->look(o->world, &run->state.order, &look, why);
	}
	if (rc == ZP_OK)
		rc = pending_only(&gone, &run->state, why);
	if (rc == ZP_OK)
		rc = evidence_judge(&e, &look, &b.after, &gone, run->state.order.allow_insecure, why);
	if (rc == ZP_OK && e.verdict != VERDICT_SEEN_EVERYWHERE)
		rc = deeds_not_everywhere(&e, why);
	if (rc == ZP_OK)
		rc = o->swap(o->world, &run->state.order, SWAP_FORGET, run->state.fingerprint, why);
	if (rc == ZP_OK)
		rc = deeds_prove(run, step, &b, "the state before is there again", why);
	rrset_release(&gone);
	evidence_release(&e);
	changes_release(&none);
	showings_release(&shown);
	look_release(&look);
	body_release(&b);
	return rc;
}

int
runner_do(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	static int (*const deeds[])(struct runner *, const struct step *, int64_t *, struct fault *) = {
		[DEED_PUBLISH] = deeds_publish, [DEED_OBSERVE] = deeds_observe, [DEED_EXPIRE] = deeds_expire,
		[DEED_DEPLOY] = deeds_deploy, [DEED_VERIFY] = deeds_verify, [DEED_RETIRE] = deeds_retire,
		[DEED_FINISH] = deeds_finish, [DEED_PUT_BACK] = deeds_put_back, [DEED_WITHDRAW] = deeds_withdraw
	};

	return deeds[step->deed](run, step, left, why);
}
