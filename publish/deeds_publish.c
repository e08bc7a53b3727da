/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps that change records: publish, observe, expire, retire, withdraw. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "publish/deeds.h"

enum { SERVICE_LOOK_MS = 1000 };	/* pause while a service comes back to its previous pair */

/* What is there, and all that the rollover adds: the pending records, and those for live chains. */
static int
target_published(struct rrset *out, const struct runner *run, const struct rrset *have,
    const void *context, struct fault *why)
{
	const struct rollover *r = &run->state;
	const struct rrset *target = recset_find(&r->target, &have->owner, RRTYPE_TLSA);
	const struct rrset *before = recset_find(&r->before, &have->owner, RRTYPE_TLSA);
	int rc = rrset_union(out, have, &r->pending, why);

	(void)context;
	for (size_t i = 0; rc == ZP_OK && target != NULL && i < target->n; i++) {
		const struct rdata *rd = &target->v[i];

		if (before == NULL || !rrset_has(before, rd->data, rd->len))
			rc = rrset_add(out, rd->data, rd->len, why);
	}
	return rc;
}

int
deeds_publish(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	const struct outside *o = run->outside;
	struct body b = body_make();
	struct look look = { 0 };
	int rc = o->look(o->world, &run->state.order, &look, why);

	(void)left;
	if (rc == ZP_OK)
		rc = deeds_carry_out(run, step->to, &look, &b, target_published, NULL, why);
	if (rc != ZP_OK)
		goto out;
	if (run->state.begun == STAGE_NONE) {
		rc = order_set(&b.text, "the records are there already", why);
		b.has_since = run->state.has_since;
		b.since = run->state.since;
	} else
		rc = order_set(&b.text, "acknowledged by the primary server", why);
	if (rc == ZP_OK)
		rc = runner_record(run, ENTRY_PROVEN, step->to, &b, why);
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
	const struct sighting *broken;
	char name[NAME_TEXT_MAX];
	int rc = deeds_need_target(&e, &look, run, why);

	(void)left;
	if (rc != ZP_OK)
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
	rc = order_set(&b.text, "every server serves the new set, signed", why);
	if (rc == ZP_OK)
		rc = runner_record(run, ENTRY_PROVEN, step->to, &b, why);
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

static int
target_retired(struct rrset *out, const struct runner *run, const struct rrset *have,
    const void *context, struct fault *why)
{
	return steps_remainder(out, &run->state, have, context, why);
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

int
deeds_retire(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	const struct outside *o = run->outside;
	struct body b = body_make();
	struct look look = { 0 };
	struct showings shown = { 0 };
	struct changes none = { 0 };
	int rc = o->look(o->world, &run->state.order, &look, why);

	if (rc == ZP_OK)
		rc = deeds_probe(&shown, run, &look, why);
	if (rc == ZP_OK)
		rc = deeds_draw_changes(&none, &b, run, &look, target_retired, &shown, why);
	if (rc == ZP_OK)
		rc = deeds_need_accepted(run, &look, &shown, &b.after, why);
	if (rc == ZP_EUNSAFE) {
		/* The service is not what was proven: look at it again, from there. */
		rc = runner_note(run, ENTRY_SETBACK, STAGE_DEPLOYED, why->text, why);
		goto out;
	}
	if (rc == ZP_OK)
		rc = deeds_carry_out(run, step->to, &look, &b, target_retired, &shown, why);
	if (rc == ZP_OK)
		rc = need_gone_everywhere(&b, run, &look, why);
	if (rc == ZP_EWAIT)
		*left = *left > 1000 ? *left : 1000;
	if (rc == ZP_OK)
		rc = order_set(&b.text, "every server serves the reduced set", why);
	if (rc == ZP_OK)
		rc = runner_record(run, ENTRY_PROVEN, step->to, &b, why);
out:
	changes_release(&none);
	showings_release(&shown);
	look_release(&look);
	body_release(&b);
	return rc;
}

int
deeds_finish(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	const struct outside *o = run->outside;
	int rc = o->swap(o->world, &run->state.order, SWAP_FORGET, why);

	(void)left;
	return rc == ZP_OK ? runner_note(run, ENTRY_PROVEN, step->to, "done", why) : rc;
}

/* What is there without what the rollover added. */
static int
target_withdrawn(struct rrset *out, const struct runner *run, const struct rrset *have,
    const void *context, struct fault *why)
{
	const struct rrset *before = recset_find(&run->state.before, &have->owner, RRTYPE_TLSA);
	const struct rrset *target = recset_find(&run->state.target, &have->owner, RRTYPE_TLSA);
	int rc = rrset_difference(out, have, &run->state.pending, why);

	(void)context;
	for (size_t i = 0; rc == ZP_OK && target != NULL && i < target->n; i++)
		if (before != NULL && !rrset_has(before, target->v[i].data, target->v[i].len))
			(void)rrset_remove(out, target->v[i].data, target->v[i].len);
	for (size_t i = 0; rc == ZP_OK && before != NULL && i < before->n; i++)
		if (rrset_has(have, before->v[i].data, before->v[i].len))
			rc = rrset_add(out, before->v[i].data, before->v[i].len, why);
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
	int rc = o->look(o->world, &run->state.order, &look, why);

	if (rc == ZP_OK)
		rc = deeds_probe(&shown, run, &look, why);
	if (rc == ZP_OK)
		rc = deeds_draw_changes(&none, &b, run, &look, target_withdrawn, NULL, why);
	if (rc == ZP_OK)
		rc = deeds_need_accepted(run, &look, &shown, &b.after, why);
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
		rc = evidence_judge(&e, &look, &b.after, &run->state.pending,
		    run->state.order.allow_insecure, why);
	if (rc == ZP_OK && e.verdict != VERDICT_SEEN_EVERYWHERE)
		rc = deeds_not_everywhere(&e, why);
	if (rc == ZP_OK)
		rc = o->swap(o->world, &run->state.order, SWAP_FORGET, why);
	if (rc == ZP_OK)
		rc = order_set(&b.text, "the state before is there again", why);
	if (rc == ZP_OK)
		rc = runner_record(run, ENTRY_PROVEN, step->to, &b, why);
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
