/* SPDX-License-Identifier: BSD-2-Clause */
/* What is done at each step of a TLSA rollover. Each deed looks before it acts, and may be done again. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "publish/runner.h"
#include "zonegen/tlsa.h"

enum {
	UPDATE_TRIES = 3,
	SERVICE_GRACE_MS = 10000,	/* how long a service may take to show what was deployed */
	SERVICE_LOOK_MS = 250,
	SERVICE_AGAIN_MS = 10000,
	DEPLOYS_MAX = 2
};

/* What should stand at owner, given what stands there. */
typedef int target_fn(struct rrset *out, const struct runner *run, const struct rrset *have,
    const void *context, struct fault *why);

/* --- the update that publishing, retiring and withdrawing share --- */

static int
primary_set(struct rrset *before, struct rrset *have, const struct runner *run,
    const struct look *look, const struct place *p, struct fault *why)
{
	const struct sighting *s = look_primary(look, &p->owner);
	char owner[NAME_TEXT_MAX];
	int rc = ZP_OK;

	if (s == NULL || (!sighting_is_answer(s) && s->answer != SIGHTING_ALIAS))
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
static int
draw_changes(struct changes *out, struct body *body, const struct runner *run,
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
static int
carry_out(struct runner *run, enum stage stage, struct look *look, struct body *body,
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
			rc = draw_changes(&changes, body, run, look, target, context, why);
		if (rc != ZP_OK)
			break;
		update = ZP_OK;
		if (changes.n == 0)
			break;
		if (!begun) {
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
	if (rc == ZP_OK)
		rc = update;
	if (rc == ZP_ESTALE)
		return fault_prepend(why, "the zone was changed by someone else, three times in a row");
	return rc;
}

/* --- looking --- */

static int
not_everywhere(const struct evidence *e, struct fault *why)
{
	const char *first = e->open.n > 0 ? e->open.v[0] : "no server was asked";

	if (e->open.n > 1)
		return fault_set(why, ZP_EWAIT, "%s (and %zu more of %zu)", first, e->open.n - 1,
		    e->lines.n);
	return fault_set(why, ZP_EWAIT, "%s", first);
}

static void
keep_evidence(struct body *b, struct evidence *e)
{
	strlist_release(&b->evidence);
	b->evidence = e->lines;
	e->lines = (struct strlist){ 0 };
	b->ttl = (int64_t)e->ttl;
}

/*
 * Every server must serve the target.  One that went back to an older answer
 * fills caches with it anew: the way goes back to watching the servers.
 */
static int
need_target_everywhere(struct evidence *e, struct look *look, struct runner *run,
    struct fault *why)
{
	const struct outside *o = run->outside;
	const struct rollover *r = &run->state;
	bool waited = r->stage >= STAGE_PROPAGATED && r->stage < STAGE_DEPLOYED;
	int rc = o->look(o->world, &r->order, look, why);

	if (rc == ZP_OK)
		rc = evidence_judge(e, look, &r->target, NULL, r->order.allow_insecure, why);
	if (rc != ZP_OK)
		return rc;
	if (e->all_silent && waited)
		return runner_note(run, ENTRY_SETBACK, STAGE_PUBLISHED, "no server answered: caches may have "
		    "kept the old answer, the wait starts anew", why);
	for (size_t i = 0; waited && i < look->places_n; i++) {
		const struct sighting *s = look_primary(look, &look->places[i].owner);
		const struct rrset *want = recset_find(&r->target, &look->places[i].owner, RRTYPE_TLSA);

		if (want == NULL || (s != NULL && (sighting_is_absence(s) ||
		    (s->answer == SIGHTING_PRESENT && !rrset_includes(&s->set, want)))))
			return runner_note(run, ENTRY_SETBACK, STAGE_PREPARED, "the published records are gone "
			    "from the zone, or it leads elsewhere now: they are published anew", why);
	}
	if (e->verdict == VERDICT_NOT_YET && waited)
		return runner_note(run, ENTRY_SETBACK, STAGE_PUBLISHED, e->open.v[0], why);
	return e->verdict == VERDICT_SEEN_EVERYWHERE ? ZP_OK : not_everywhere(e, why);
}

/* --- the services --- */

static const struct place *
place_of(const struct look *look, const struct showing *sh)
{
	for (size_t i = 0; i < look->places_n; i++)
		if (look->places[i].port == sh->result.target.port &&
		    name_equal(&look->places[i].host, &sh->host))
			return &look->places[i];
	return NULL;
}

static int
describe_showing(struct strlist *lines, const struct showing *sh, const char *verdict,
    struct fault *why)
{
	const struct probe_result *p = &sh->result;
	struct bytes line = { 0 };
	char host[NAME_TEXT_MAX];

	bytes_printf(&line, "%s %s port %u", name_print_host(host, &sh->host), p->target.address,
	    (unsigned)p->target.port);
	if (p->target.connect_port != 0 && p->target.connect_port != p->target.port)
		bytes_printf(&line, " (at %u)", (unsigned)p->target.connect_port);
	if (p->target.algorithm != PROBE_ANY)
		bytes_printf(&line, " %s", p->target.algorithm == PROBE_RSA ? "RSA" : "ECDSA");
	if (p->outcome == PROBE_SHOWN)
		bytes_printf(&line, ": %s, %s", p->chain.v[0].subject, verdict);
	else
		bytes_printf(&line, ": %s", p->why.text);
	return strlist_take(lines, bytes_take_text(&line), why);
}

/* Ask outside of each showing whether the pending records, or all that is published, accept it. */
static int
judge_showings(enum shown *out, struct strlist *lines, const struct runner *run,
    const struct look *look, const struct showings *shown, enum key_kind kind, struct fault *why)
{
	const struct outside *o = run->outside;
	struct verdict_on_showing *v = calloc(shown->n + 1, sizeof *v);
	int rc = v == NULL ? fault_set_nomem(why) : ZP_OK;

	strlist_release(lines);
	for (size_t i = 0; rc == ZP_OK && i < shown->n; i++) {
		const struct showing *sh = &shown->v[i];
		const struct place *p = place_of(look, sh);
		const struct rrset *target = p == NULL ? NULL :
		    recset_find(&run->state.target, &p->owner, RRTYPE_TLSA);

		v[i].showing = sh;
		if (target != NULL && sh->result.outcome == PROBE_SHOWN) {
			rc = o->judge(o->world, p, &sh->result.chain, &run->state.pending,
			    &v[i].by_pending, why);
			if (rc == ZP_OK)
				rc = o->judge(o->world, p, &sh->result.chain, target, &v[i].by_target, why);
		}
		if (rc == ZP_OK)
			rc = describe_showing(lines, sh, v[i].by_pending ? "matches the new record" :
			    v[i].by_target ? "matches a published record" : "matches no published record", why);
	}
	if (rc == ZP_OK)
		*out = steps_shown(v, shown->n, kind);
	free(v);
	return rc;
}

/* Every service must be accepted by the sets of after; else the sentence says which is not. */
static int
need_accepted(const struct runner *run, const struct look *look, const struct showings *shown,
    const struct recset *after, struct fault *why)
{
	const struct outside *o = run->outside;

	for (size_t i = 0; i < shown->n; i++) {
		const struct showing *sh = &shown->v[i];
		const struct place *p = place_of(look, sh);
		const struct rrset *set = p == NULL ? NULL : recset_find(after, &p->owner, RRTYPE_TLSA);
		bool accepted = false;
		int rc;

		if (sh->result.outcome == PROBE_NO_SUCH_KEY || set == NULL || set->n == 0)
			continue;
		if (sh->result.outcome != PROBE_SHOWN)
			return fault_set(why, ZP_EWAIT, "cannot see the certificate of %s port %u: %s",
			    sh->result.target.address, (unsigned)sh->result.target.port,
			    sh->result.why.text);
		rc = o->judge(o->world, p, &sh->result.chain, set, &accepted, why);
		if (rc != ZP_OK)
			return rc;
		if (!accepted)
			return fault_set(why, ZP_EUNSAFE, "%s port %u shows %s, which no record would match "
			    "any more", sh->result.target.address, (unsigned)sh->result.target.port,
			    sh->result.chain.v[0].subject);
	}
	return ZP_OK;
}

static int
probe_services(struct showings *shown, const struct runner *run, const struct look *look,
    struct fault *why)
{
	const struct outside *o = run->outside;

	if (run->state.order.no_probe)
		return ZP_OK;
	return o->probe(o->world, &run->state.order, look, shown, why);
}

/* --- the deeds --- */

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

static int
do_publish(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	const struct outside *o = run->outside;
	struct body b = body_make();
	struct look look = { 0 };
	int rc = o->look(o->world, &run->state.order, &look, why);

	(void)left;
	if (rc == ZP_OK)
		rc = carry_out(run, step->to, &look, &b, target_published, NULL, why);
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

static int
do_observe(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	struct body b = body_make();
	struct evidence e = { 0 };
	struct look look = { 0 };
	const struct sighting *broken;
	char name[NAME_TEXT_MAX];
	int rc = need_target_everywhere(&e, &look, run, why);

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
	keep_evidence(&b, &e);
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

/* need_target_everywhere() may have gone back: then an entry was made and the walk goes on. */
static bool
went_back(const struct runner *run, int64_t number)
{
	return run->state.number != number;
}

static int
do_expire(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	int64_t number = run->state.number;
	struct body b = body_make();
	struct evidence e = { 0 };
	struct look look = { 0 };
	struct bytes text = { 0 };
	int rc = need_target_everywhere(&e, &look, run, why);

	(void)left;
	if (rc != ZP_OK || went_back(run, number))
		goto out;
	keep_evidence(&b, &e);
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

/*
 * The renewed files must still be the pair whose records were published.  A
 * newer pair takes over, from the start.
 */
static int
check_pair(struct runner *run, struct fault *why)
{
	const struct outside *o = run->outside;
	struct preparation p = { 0 };
	struct pair pair = { 0 };
	char *print = NULL;
	int rc = o->pair_read(o->world, &run->state.order, PAIR_RENEWED, &pair, why);

	if (rc == ZP_OK)
		rc = steps_fingerprint(&print, &pair.chain, why);
	if (rc != ZP_OK || strcmp(print, run->state.fingerprint) == 0)
		goto out;
	rc = runner_prepare(&p, o, &run->state.order, NULL, why);
	if (rc == ZP_OK)
		rc = runner_supersede(run, &p, why);
out:
	free(print);
	pair_release(&pair);
	preparation_release(&p);
	return rc;
}

/* Run the deploy command and keep the last lines of what it said. */
static int
run_deploy(struct runner *run, struct body *b, struct fault *why)
{
	const struct outside *o = run->outside;
	struct bytes output = { 0 };
	const char *line;
	int rc = o->deploy(o->world, &run->state.order, &output, why);

	for (line = bytes_text(&output); *line != '\0';) {
		size_t len = strcspn(line, "\n");
		struct bytes one = { 0 };

		for (size_t i = 0; i < len; i++) {
			uint8_t c = (uint8_t)line[i];

			bytes_append_u8(&one, c >= ' ' && c < 0x7f ? c : '?');
		}
		if (len > 0 && strlist_take(&b->evidence, bytes_take_text(&one), NULL) != ZP_OK)
			break;
		bytes_release(&one);
		line += len + (line[len] == '\n');
	}
	bytes_release(&output);
	return rc;
}

static int
do_deploy(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	const struct outside *o = run->outside;
	struct moment now = o->now(o->world);
	int64_t number = run->state.number;
	struct body b = body_make();
	struct evidence e = { 0 };
	struct look look = { 0 };
	int rc = need_target_everywhere(&e, &look, run, why);

	if (rc != ZP_OK || went_back(run, number))
		goto out;
	rc = steps_safe_deploy(&run->state, &e, &now, why);
	if (rc == ZP_EUNSAFE) {
		*left = 60000;
		rc = why->class = ZP_EWAIT;
		goto out;
	}
	rc = check_pair(run, why);
	if (rc != ZP_OK || went_back(run, number))
		goto out;
	b.evidence = e.lines;
	e.lines = (struct strlist){ 0 };
	rc = order_set(&b.text, "the renewed pair is put in place", why);
	if (rc == ZP_OK)
		rc = runner_record(run, ENTRY_BEGUN, step->to, &b, why);
	if (rc == ZP_OK)
		rc = o->swap(o->world, &run->state.order, SWAP_RENEWED, why);
	strlist_release(&b.evidence);
	if (rc == ZP_OK)
		rc = run_deploy(run, &b, why);
	if (rc == ZP_OK)
		rc = order_set(&b.text, run->state.order.deploy.n > 0 ? "the deploy command succeeded" :
		    "the files are in place", why);
	if (rc == ZP_OK)
		rc = runner_record(run, ENTRY_PROVEN, step->to, &b, why);
out:
	evidence_release(&e);
	look_release(&look);
	body_release(&b);
	return rc;
}

static int
do_put_back(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	const struct outside *o = run->outside;
	struct body b = body_make();
	int rc = ZP_OK;

	(void)left;
	if (run->state.begun != step->to)
		rc = runner_note(run, ENTRY_BEGUN, step->to, "the previous pair is put back", why);
	if (rc == ZP_OK)
		rc = o->swap(o->world, &run->state.order, SWAP_PREVIOUS, why);
	if (rc == ZP_OK)
		rc = run_deploy(run, &b, why);
	if (rc == ZP_OK)
		rc = order_set(&b.text, "the previous pair is in place again", why);
	if (rc == ZP_OK)
		rc = runner_record(run, ENTRY_PROVEN, step->to, &b, why);
	body_release(&b);
	return rc;
}

/* Both pictures, for a person: what is published and what is shown. */
static int
get_stuck(struct runner *run, const char *reason, const struct look *look, struct strlist *shown,
    struct fault *why)
{
	struct body b = body_make();
	int rc = order_set(&b.text, reason, why);

	for (size_t i = 0; rc == ZP_OK && i < look->seen.n; i++) {
		struct bytes line = { 0 };

		sighting_print(&line, &look->seen.v[i]);
		rc = strlist_take(&b.evidence, bytes_take_text(&line), why);
	}
	for (size_t i = 0; rc == ZP_OK && i < shown->n; i++)
		rc = strlist_add(&b.evidence, shown->v[i], why);
	if (rc == ZP_OK)
		rc = runner_record(run, ENTRY_STUCK, run->state.stage, &b, why);
	body_release(&b);
	return rc;
}

static int
fell_short(struct runner *run, enum shown shown, const struct look *look, struct strlist *lines,
    int64_t *left, struct fault *why)
{
	static const struct step put_back = { STAGE_NONE, DEED_PUT_BACK, STAGE_PUT_BACK, "" };
	bool has_files = run->state.order.live_chain != NULL || run->state.order.live_cert != NULL;
	int rc;

	*left = SERVICE_AGAIN_MS;
	switch (shown) {
	case SHOWN_FORMER:
		if (run->state.deploys < DEPLOYS_MAX)
			return runner_note(run, ENTRY_SETBACK, STAGE_EXPIRED, "the services still show the former "
			    "chain: deployed once more", why);
		return get_stuck(run, "the services show the former chain, though it was deployed twice: see "
		    "to the deploy command, then run the same command again, or abort", look, lines, why);
	case SHOWN_NEITHER:
		if (has_files) {
			rc = do_put_back(run, &put_back, left, why);
			if (rc != ZP_OK)
				return rc;
		}
		return get_stuck(run, has_files ? "a service showed a chain that no published record matches, "
		    "or no TLS: the previous pair was put back" : "a service shows a chain that no published "
		    "record matches, or no TLS, and there are no live files to put back", look, lines, why);
	default:
		return fault_set(why, ZP_EWAIT, "%s: %s", shown == SHOWN_MIXED ?
		    "some services still show the former chain" : "not every service can be looked at",
		    lines->n > 0 ? lines->v[0] : "none was found");
	}
}

static int
do_verify(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	const struct outside *o = run->outside;
	struct body b = body_make();
	struct look look = { 0 };
	struct showings shown = { 0 };
	struct pair pair = { 0 };
	enum shown verdict = SHOWN_CANNOT_TELL;
	int64_t waited = 0;
	int rc = ZP_OK;

	if (run->state.order.no_probe) {
		rc = order_set(&b.text, "not looked at (--no-probe)", why);
		if (rc == ZP_OK)
			rc = runner_record(run, ENTRY_PROVEN, step->to, &b, why);
		goto out;
	}
	rc = o->pair_read(o->world, &run->state.order, PAIR_RENEWED, &pair, why);
	if (rc == ZP_OK)
		rc = o->look(o->world, &run->state.order, &look, why);
	while (rc == ZP_OK) {
		showings_release(&shown);
		rc = probe_services(&shown, run, &look, why);
		if (rc == ZP_OK)
			rc = judge_showings(&verdict, &b.evidence, run, &look, &shown, pair.key.kind, why);
		if (rc != ZP_OK || verdict == SHOWN_NEW || waited >= SERVICE_GRACE_MS)
			break;
		rc = o->wait(o->world, SERVICE_LOOK_MS, why);
		waited += SERVICE_LOOK_MS;
	}
	if (rc == ZP_OK && verdict != SHOWN_NEW)
		rc = fell_short(run, verdict, &look, &b.evidence, left, why);
	else if (rc == ZP_OK) {
		rc = order_set(&b.text, "every service shows a chain that matches the new record", why);
		if (rc == ZP_OK)
			rc = runner_record(run, ENTRY_PROVEN, step->to, &b, why);
	}
out:
	pair_release(&pair);
	showings_release(&shown);
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
		rc = not_everywhere(&e, why);
	if (rc == ZP_OK)
		keep_evidence(b, &e);
	evidence_release(&e);
	return rc;
}

static int
do_retire(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	const struct outside *o = run->outside;
	struct body b = body_make();
	struct look look = { 0 };
	struct showings shown = { 0 };
	struct changes none = { 0 };
	int rc = o->look(o->world, &run->state.order, &look, why);

	if (rc == ZP_OK)
		rc = probe_services(&shown, run, &look, why);
	if (rc == ZP_OK)
		rc = draw_changes(&none, &b, run, &look, target_retired, &shown, why);
	if (rc == ZP_OK)
		rc = need_accepted(run, &look, &shown, &b.after, why);
	if (rc == ZP_EUNSAFE) {
		/* The service is not what was proven: look at it again, from there. */
		rc = runner_note(run, ENTRY_SETBACK, STAGE_DEPLOYED, why->text, why);
		goto out;
	}
	if (rc == ZP_OK)
		rc = carry_out(run, step->to, &look, &b, target_retired, &shown, why);
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

static int
do_finish(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
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

static int
do_withdraw(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	const struct outside *o = run->outside;
	struct body b = body_make();
	struct evidence e = { 0 };
	struct look look = { 0 };
	struct showings shown = { 0 };
	struct changes none = { 0 };
	int rc = o->look(o->world, &run->state.order, &look, why);

	if (rc == ZP_OK)
		rc = probe_services(&shown, run, &look, why);
	if (rc == ZP_OK)
		rc = draw_changes(&none, &b, run, &look, target_withdrawn, NULL, why);
	if (rc == ZP_OK)
		rc = need_accepted(run, &look, &shown, &b.after, why);
	if (rc == ZP_EUNSAFE) {
		/* A service may need its time to show the previous pair. */
		rc = why->class = ZP_EWAIT;
		*left = SERVICE_AGAIN_MS / 10;
	}
	if (rc == ZP_OK)
		rc = carry_out(run, step->to, &look, &b, target_withdrawn, NULL, why);
	if (rc == ZP_OK) {
		look_release(&look);
		rc = o->look(o->world, &run->state.order, &look, why);
	}
	if (rc == ZP_OK)
		rc = evidence_judge(&e, &look, &b.after, NULL, run->state.order.allow_insecure, why);
	if (rc == ZP_OK && e.verdict != VERDICT_SEEN_EVERYWHERE)
		rc = not_everywhere(&e, why);
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
		[DEED_PUBLISH] = do_publish, [DEED_OBSERVE] = do_observe, [DEED_EXPIRE] = do_expire,
		[DEED_DEPLOY] = do_deploy, [DEED_VERIFY] = do_verify, [DEED_RETIRE] = do_retire,
		[DEED_FINISH] = do_finish, [DEED_PUT_BACK] = do_put_back, [DEED_WITHDRAW] = do_withdraw
	};

	return deeds[step->deed](run, step, left, why);
}
