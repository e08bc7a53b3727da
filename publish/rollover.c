/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/rollover.h"

#include <stdlib.h>
#include <string.h>

const char *
stage_word(enum stage s)
{
	static const char *const words[] = { "new", "prepared", "published", "propagated", "expired",
		"deployed", "verified", "retired", "done", "aborted", "stuck", "put-back" };

	return (size_t)s < sizeof words / sizeof words[0] ? words[s] : "unknown";
}

const char *
rollover_word(const struct rollover *r)
{
	return stage_word(r->stuck ? STAGE_STUCK : r->stage);
}

struct body
body_make(void)
{
	return (struct body){ .ttl = -1 };
}

void
body_release(struct body *b)
{
	free(b->text);
	free(b->fingerprint);
	strlist_release(&b->evidence);
	order_release(&b->order);
	recset_release(&b->before);
	recset_release(&b->after);
	recset_release(&b->covered);
	rrset_release(&b->pending);
	rrset_release(&b->known);
	*b = body_make();
}

void
rollover_release(struct rollover *r)
{
	order_release(&r->order);
	free(r->fingerprint);
	free(r->last_error);
	rrset_release(&r->pending);
	rrset_release(&r->known);
	recset_release(&r->before);
	recset_release(&r->target);
	recset_release(&r->covered);
	recset_release(&r->left);
	*r = (struct rollover){ 0 };
}

static void
move_recset(struct recset *to, struct recset *from)
{
	recset_release(to);
	*to = *from;
	*from = (struct recset){ 0 };
}

static void
move_text(char **to, char **from)
{
	free(*to);
	*to = *from;
	*from = NULL;
}

static int
add_all(struct rrset *to, const struct rrset *more, struct fault *why)
{
	for (size_t i = 0; i < more->n; i++) {
		int rc = rrset_add(to, more->v[i].data, more->v[i].len, why);

		if (rc != ZP_OK)
			return rc;
	}
	return ZP_OK;
}

static void
take_order(struct rollover *r, struct body *b)
{
	if (!b->has_order)
		return;
	order_release(&r->order);
	r->order = b->order;
	b->order = (struct order){ 0 };
	b->has_order = false;
}

/* PREPARED and SUPERSEDED: a pair to bring in, and the view it was judged in. */
static int
fold_pair(struct rollover *r, struct body *b, struct fault *why)
{
	int rc;

	take_order(r, b);
	/* What stood for a chain once stays known; the records of a pair that is skipped must go one day. */
	rc = add_all(&r->known, &r->pending, why);
	if (rc == ZP_OK)
		rc = add_all(&r->known, &b->known, why);
	if (rc != ZP_OK)
		return rc;
	rrset_release(&r->pending);
	r->pending = b->pending;
	b->pending = (struct rrset){ 0 };
	move_text(&r->fingerprint, &b->fingerprint);
	if (r->before.n == 0) {
		move_recset(&r->before, &b->before);
		move_recset(&r->covered, &b->covered);
	}
	move_recset(&r->target, &b->after);
	r->no_wait = b->no_wait;
	r->has_since = b->has_since;
	r->since = b->since;
	r->deploys = 0;
	r->stage = STAGE_PREPARED;
	r->seen_at = (struct moment){ 0 };
	return ZP_OK;
}

static int
fold_proven(struct rollover *r, const struct entry *e, struct body *b, struct fault *why)
{
	struct moment at = b->has_since ? b->since : e->at;

	switch ((enum stage)e->stage) {
	case STAGE_PUBLISHED:
		r->published_at = at;
		r->was_published = true;
		if (b->after.n > 0)
			move_recset(&r->target, &b->after);
		break;
	case STAGE_PROPAGATED:
		r->seen_at = at;
		break;
	case STAGE_DEPLOYED:
		r->deployed_at = at;
		r->deploys++;
		break;
	case STAGE_VERIFIED:
		r->verified_at = at;
		break;
	case STAGE_RETIRED:
		move_recset(&r->left, &b->after);
		break;
	case STAGE_PUT_BACK:
		/* Whatever made it necessary has to be looked into by a person, unless one said so. */
		r->live_switched = false;
		r->put_back_at = at;
		r->stuck = !r->aborting;
		r->stage = STAGE_EXPIRED;
		return ZP_OK;
	default:
		break;
	}
	r->stage = (enum stage)e->stage;
	/* The record of the next key comes when old ones go. */
	return add_all(&r->pending, &b->pending, why);
}

static int
fold_entry(struct rollover *r, const struct entry *e, struct body *b, struct fault *why)
{
	int rc = ZP_OK;

	if (b->ttl > (int64_t)r->ttl)
		r->ttl = (uint32_t)b->ttl;
	switch ((enum entry_kind)e->kind) {
	case ENTRY_BEGUN:
		r->begun = (enum stage)e->stage;
		r->live_switched = r->live_switched || r->begun == STAGE_DEPLOYED;
		r->retiring = r->retiring || r->begun == STAGE_RETIRED;
		r->was_published = r->was_published || r->begun == STAGE_PUBLISHED;
		return add_all(&r->pending, &b->pending, why);
	case ENTRY_FAILED:
		move_text(&r->last_error, &b->text);
		return ZP_OK;
	case ENTRY_PROVEN:
		if (e->stage == STAGE_PREPARED)
			rc = fold_pair(r, b, why);
		else
			rc = fold_proven(r, e, b, why);
		break;
	case ENTRY_SUPERSEDED:
		r->was_superseded = r->was_superseded || r->was_published;
		rc = fold_pair(r, b, why);
		break;
	case ENTRY_SETBACK:
		r->setbacks++;
		r->stage = (enum stage)e->stage;
		if (r->stage < STAGE_PROPAGATED) {
			/* Whatever ran before does not count: both waits start here. */
			r->published_at = e->at;
			r->seen_at = (struct moment){ 0 };
			r->no_wait = false;
			r->has_since = false;
		}
		if (r->put_back_at.wall != 0)
			r->put_back_at = e->at;
		move_text(&r->last_error, &b->text);
		r->begun = STAGE_NONE;
		return ZP_OK;
	case ENTRY_STUCK:
		r->stuck = true;
		move_text(&r->last_error, &b->text);
		return ZP_OK;
	case ENTRY_RESUMED:
		r->put_back_by_hand = r->aborting;
		r->stuck = false;
		r->deploys = 0;
		break;
	case ENTRY_ABORT:
		r->put_back_by_hand = r->aborting && r->stuck;
		r->stuck = false;
		r->aborting = true;
		break;
	case ENTRY_ORDER:
		take_order(r, b);
		free(r->last_error);
		r->last_error = NULL;
		return ZP_OK;	/* what was begun stays begun */
	}
	r->begun = STAGE_NONE;
	free(r->last_error);
	r->last_error = NULL;
	if (r->stuck)
		move_text(&r->last_error, &b->text);
	return rc;
}

int
rollover_add(struct rollover *r, const struct entry *e, struct fault *why)
{
	struct body b = body_make();
	int rc = body_parse(&b, e->body, why);

	if (rc == ZP_OK)
		rc = fold_entry(r, e, &b, why);
	body_release(&b);
	if (r->number == 0)
		r->started = e->at;
	r->id = e->rollover;
	r->number = e->number;
	r->last = e->at;
	r->ended = e->ends;
	return rc == ZP_OK ? ZP_OK : fault_prepend(why, "rollover %lld", (long long)e->rollover);
}

int
rollover_fold(struct rollover *out, const struct entries *entries, struct fault *why)
{
	int rc = ZP_OK;

	*out = (struct rollover){ 0 };
	for (size_t i = 0; rc == ZP_OK && i < entries->n; i++)
		rc = rollover_add(out, &entries->v[i], why);
	if (rc != ZP_OK)
		rollover_release(out);
	return rc;
}
