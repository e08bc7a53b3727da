/* SPDX-License-Identifier: BSD-2-Clause */
/* What the steps of a TLSA rollover share: drawing and carrying out changes, and seeing them. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "publish/deeds.h"

enum { UPDATE_TRIES = 3, SETTLE_MS = 60000 };

static int
primary_set(struct rrset *before, struct rrset *have, const struct runner *run,
    const struct look *look, const struct place *p, struct fault *why)
{
	const struct sighting *s = look_primary(look, &p->owner);
	char owner[NAME_TEXT_MAX];
	int rc = ZP_OK;

	if (s != NULL && s->answer == SIGHTING_REFERRED)
		return fault_set(why, ZP_ESTALE, "%s lies outside the zone at the primary server now: %s",
		    name_print(owner, &p->owner), s->reason);
	if (s == NULL || !sighting_is_answer(s))
		return fault_set(why, ZP_ERETRY, "the primary server gave no answer for %s: %s",
		    name_print(owner, &p->owner), s == NULL ? "it was not asked" : s->reason);
	if (s->answer == SIGHTING_ALIAS)
		return fault_set(why, ZP_ESTALE, "an alias stands at %s now",
		    name_print(owner, &p->owner));
	*have = rrset_make(&p->owner, RRTYPE_TLSA, (uint32_t)run->state.order.ttl);
	*before = *have;
	if (s->answer != SIGHTING_PRESENT)
		return ZP_OK;
	rc = rrset_copy(have, &s->set, why);
	have->owner = p->owner;
	/* What a wildcard gives does not stand at the owner. */
	if (rc == ZP_OK && !s->wildcard)
		rc = rrset_copy(before, have, why);
	return rc;
}

/*
 * The changes that bring every place from what stands at the primary to what
 * target wants.  all takes the sets that should stand then.
 */
int
deeds_draw_changes(struct changes *out, struct body *body, const struct runner *run,
    const struct look *look, target_fn *target, const void *context, struct fault *why)
{
	int rc = ZP_OK;

	recset_release(&body->before);
	recset_release(&body->after);
	for (size_t i = 0; rc == ZP_OK && i < look->places_n; i++) {
		const struct place *p = &look->places[i];
		struct rrset before = { 0 }, have = { 0 }, after = { 0 }, copy = { 0 };

		if (recset_find(&body->after, &p->owner, RRTYPE_TLSA) != NULL)
			continue;
		rc = primary_set(&before, &have, run, look, p, why);
		if (rc == ZP_OK)
			rc = target(&after, run, &have, context, why);
		if (rc == ZP_OK)
			rc = rrset_copy(&copy, &after, why);
		if (rc == ZP_OK)
			rc = recset_take(&body->after, &copy, why);
		if (rc == ZP_OK)
			rc = rrset_copy(&copy, &before, why);
		if (rc == ZP_OK)
			rc = recset_take(&body->before, &copy, why);
		if (rc == ZP_OK && !rrset_same_data(&before, &after))
			rc = changes_take(out, &before, &after, why);
		rrset_release(&before);
		rrset_release(&have);
		rrset_release(&after);
		rrset_release(&copy);
	}
	return rc;
}

/*
 * Bring the zone to what target wants: draw, record as begun, ask, and after
 * a lost reply look before asking again.  *look is the last look that was
 * taken, body->after what stands there now.  Someone else's change in between
 * makes it draw again, three times.
 */
int
deeds_carry_out(struct runner *run, enum stage stage, struct look *look, struct body *body,
    target_fn *target, const void *context, struct fault *why)
{
	const struct outside *o = run->outside;
	struct changes changes = { 0 };
	int rc = ZP_OK, update = ZP_OK;
	bool begun = run->state.begun == stage;

	for (int i = 0; i < UPDATE_TRIES; i++) {
		changes_release(&changes);
		if (i > 0) {
			look_release(look);
			rc = o->look(o->world, &run->state.order, look, why);
		}
		if (rc == ZP_OK)
			rc = deeds_draw_changes(&changes, body, run, look, target, context, why);
		if (rc != ZP_OK)
			break;
		update = ZP_OK;
		if (changes.n == 0)
			break;
		if (!begun) {
			rc = order_set(&body->text, "the zone is updated", why);
			if (rc == ZP_OK)
				rc = runner_record(run, ENTRY_BEGUN, stage, body, why);
			if (rc != ZP_OK)
				break;
			begun = true;
		}
		update = o->update(o->world, &run->state.order, &changes, why);
		if (update != ZP_ESTALE && update != ZP_ERETRY)
			break;
	}
	changes_release(&changes);
	if (rc != ZP_OK || update != ZP_ESTALE)
		return rc != ZP_OK ? rc : update;
	return fault_prepend(why, "the zone was changed by someone else, three times in a row");
}

/* The server that a line of evidence is about: what stands before the place. */
static size_t
server_of(const char *line)
{
	const char *end = strstr(line, ": ");

	return end != NULL ? (size_t)(end - line) : strlen(line);
}

/* True if an earlier line is about the same server. */
static bool
is_named(const struct strlist *lines, size_t i)
{
	size_t len = server_of(lines->v[i]);

	for (size_t j = 0; j < i; j++)
		if (server_of(lines->v[j]) == len && strncmp(lines->v[j], lines->v[i], len) == 0)
			return true;
	return false;
}

int
deeds_not_everywhere(const struct evidence *e, struct fault *why)
{
	struct bytes others = { 0 };
	int rc;

	for (size_t i = 1; i < e->open.n; i++)
		if (!is_named(&e->open, i))
			bytes_printf(&others, "%s%.*s", others.len > 0 ? ", " : "; others stand in the way too: ",
			    (int)server_of(e->open.v[i]), e->open.v[i]);
	rc = fault_set(why, ZP_EWAIT, "%s%s", e->open.n > 0 ? e->open.v[0] : "no server was asked",
	    others.len > 0 ? bytes_text(&others) : "");
	bytes_release(&others);
	return rc;
}

void
deeds_keep_evidence(struct body *b, struct evidence *e)
{
	strlist_release(&b->evidence);
	b->evidence = e->lines;
	e->lines = (struct strlist){ 0 };
	b->ttl = (int64_t)e->ttl;
}

int
deeds_prove(struct runner *run, const struct step *step, struct body *b, const char *text,
    struct fault *why)
{
	int rc = order_set(&b->text, text, why);

	return rc == ZP_OK ? runner_record(run, ENTRY_PROVEN, step->to, b, why) : rc;
}

static int
note_ttl(struct runner *run, uint32_t ttl, struct fault *why)
{
	struct step step = steps_wanted(&run->state);
	struct bytes text = { 0 };
	struct body b = body_make();
	int rc;

	bytes_printf(&text, "a TTL of %" PRIu32 " s is served: the wait is as long as that needs", ttl);
	b.text = bytes_take_text(&text);
	b.ttl = (int64_t)ttl;
	rc = runner_record(run, ENTRY_FAILED, step.to, &b, why);
	body_release(&b);
	return rc;
}

/*
 * Every server must serve the target.  One that went back to an older answer
 * fills caches with it anew: the way goes back to watching the servers.
 */
int
deeds_need_target(struct evidence *e, struct look *look, struct runner *run,
    struct fault *why)
{
	const struct outside *o = run->outside;
	const struct rollover *r = &run->state;
	bool waited = r->stage >= STAGE_PROPAGATED && r->stage < STAGE_DEPLOYED;
	struct moment now;
	int64_t since = 0;
	bool settled;
	int rc = o->look(o->world, &r->order, look, why);

	if (rc == ZP_OK)
		rc = evidence_judge(e, look, &r->target, NULL, r->order.allow_insecure, why);
	if (rc != ZP_OK)
		return rc;
	/* A longer TTL counts, however soon that server changes its mind. */
	if (e->ttl > r->ttl)
		return note_ttl(run, e->ttl, why);
	now = o->now(o->world);
	/* Right after an update its server may still answer from a cache of its own. */
	settled = waited || !timepiece_elapsed(&since, &r->published_at, &now) || since >= SETTLE_MS;
	if (e->all_silent && waited)
		return runner_note(run, ENTRY_SETBACK, STAGE_PUBLISHED, "no server answered: caches may have "
		    "kept the old answer, the wait starts anew", why);
	for (size_t i = 0; settled && i < look->places_n; i++) {
		const struct sighting *s = look_primary(look, &look->places[i].owner);
		const struct rrset *want = recset_find(&r->target, &look->places[i].owner, RRTYPE_TLSA);

		if (want == NULL || (s != NULL && (sighting_is_absence(s) ||
		    (s->answer == SIGHTING_PRESENT && !rrset_includes(&s->set, want)))))
			return runner_note(run, ENTRY_SETBACK, STAGE_PREPARED, "the published records are gone "
			    "from the zone, or it leads elsewhere now: they are published anew", why);
	}
	if (e->verdict == VERDICT_NOT_YET && waited)
		return runner_note(run, ENTRY_SETBACK, STAGE_PUBLISHED, e->open.v[0], why);
	return e->verdict == VERDICT_SEEN_EVERYWHERE ? ZP_OK : deeds_not_everywhere(e, why);
}

/* Does this sighting bear out that there is nothing to wait for? */
static int
bears_out(bool *out, const struct runner *run, const struct look *look, const struct pair *pair,
    const struct sighting *s, struct fault *why)
{
	const struct outside *o = run->outside;
	int rc = ZP_OK;

	*out = s->answer != SIGHTING_ALIAS && s->answer != SIGHTING_REFERRED;
	for (size_t i = 0; rc == ZP_OK && *out && i < look->places_n; i++)
		if (s->answer == SIGHTING_PRESENT && s->type == RRTYPE_TLSA &&
		    name_equal(&s->owner, &look->places[i].owner))
			rc = o->judge(o->world, &look->places[i], &pair->chain, &s->set, out, why);
	return rc;
}

int
deeds_check_shortcut(struct runner *run, const struct look *look, struct fault *why)
{
	const struct outside *o = run->outside;
	struct pair pair = { 0 };
	bool fine = true;
	int rc;

	if (!run->state.no_wait && !run->state.has_since)
		return ZP_OK;
	rc = o->pair_read(o->world, &run->state.order, PAIR_RENEWED, &pair, why);
	for (size_t i = 0; rc == ZP_OK && fine && i < look->seen.n; i++)
		rc = bears_out(&fine, run, look, &pair, &look->seen.v[i], why);
	pair_release(&pair);
	if (rc != ZP_OK || fine)
		return rc;
	return runner_note(run, ENTRY_SETBACK, STAGE_PREPARED, "a server gives out a set that does not "
	    "accept the renewed chain: the wait for caches is needed after all", why);
}

/* deeds_need_target() may have gone back: then an entry was made and the walk goes on. */
bool
deeds_went_back(const struct runner *run, int64_t number)
{
	return run->state.number != number;
}
