/* SPDX-License-Identifier: BSD-2-Clause */
/* The first stage of a TLSA rollover: everything is looked at, nothing is touched. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "publish/runner.h"
#include "zonegen/tlsa.h"

/* What was seen, gathered for the judgements below. */
struct scene {
	const struct outside *out;
	const struct order *order;
	struct pair renewed, live;
	struct look look;
	struct showings shown;
	bool is_next_key;	/* the renewed key is the next one: a new one has to be made */
};

static void
scene_release(struct scene *s)
{
	pair_release(&s->renewed);
	pair_release(&s->live);
	look_release(&s->look);
	showings_release(&s->shown);
}

static bool
wants_usage(const struct order *o, uint8_t usage)
{
	for (size_t i = 0; i < o->params.n; i++) {
		struct tlsa_params p;

		if (tlsa_parse_params(&p, o->params.v[i], NULL) == ZP_OK && p.usage == usage)
			return true;
	}
	return false;
}

/*
 * A key that is not the certificate's, or dates that are out, never go live.
 * Names and issuers do not matter to a client that matches the leaf (RFC 7671
 * 5.1), so with usage 3 alone they are warnings.
 */
static int
judge_pair(struct preparation *out, const struct scene *s, struct fault *why)
{
	bool strict = wants_usage(s->order, 2) || wants_usage(s->order, 0) || wants_usage(s->order, 1);
	int64_t now = s->out->now(s->out->world).wall;
	int rc = ZP_OK;

	for (size_t i = 0; rc == ZP_OK && i < s->order->hosts.n; i++) {
		struct pair_findings found;

		rc = pair_judge(&found, &s->renewed.chain, &s->renewed.key, s->order->hosts.v[i], now, why);
		for (size_t j = 0; rc == ZP_OK && j < found.n; j++) {
			enum pair_problem p = found.v[j].problem;

			if (p == PAIR_KEY_MISMATCH || p == PAIR_EXPIRED || p == PAIR_NOT_YET_VALID || strict)
				rc = fault_set(why, ZP_EREFUSED, "the renewed pair (%s, %s) is no good: %s",
				    s->order->cert, s->order->key, found.v[j].text);
			else if (!strlist_has(&out->warnings, found.v[j].text))
				rc = strlist_add(&out->warnings, found.v[j].text, why);
		}
		pair_findings_release(&found);
	}
	return rc;
}

/* The primary's own answer for a place; what follows is computed from it. */
static int
need_primary(const struct sighting **out, const struct look *l, const struct place *p,
    struct fault *why)
{
	char owner[NAME_TEXT_MAX];

	*out = look_primary(l, &p->owner);
	if (*out == NULL)
		return fault_set(why, ZP_ERETRY, "the primary server was not asked for %s",
		    name_print(owner, &p->owner));
	if ((*out)->answer == SIGHTING_REFERRED)
		return fault_set(why, ZP_EREFUSED, "%s lies outside the zone at the primary server: %s; give "
		    "the zone that holds it, and the host's name there",
		    name_print(owner, &p->owner), (*out)->reason);
	if (!sighting_is_answer(*out))
		return fault_set(why, ZP_ERETRY, "the primary server gave no answer for %s: %s",
		    name_print(owner, &p->owner), (*out)->reason);
	return ZP_OK;
}

static const struct place *
place_of(const struct scene *s, const struct showing *sh)
{
	for (size_t i = 0; i < s->look.places_n; i++)
		if (s->look.places[i].port == sh->result.target.port &&
		    name_equal(&s->look.places[i].host, &sh->host))
			return &s->look.places[i];
	return NULL;
}

/* Every service must be there to be looked at, and offer TLS. */
static int
need_services(const struct scene *s, struct fault *why)
{
	bool any = false;

	for (size_t i = 0; i < s->shown.n; i++) {
		const struct probe_result *p = &s->shown.v[i].result;
		int class = p->outcome == PROBE_NO_STARTTLS || p->outcome == PROBE_TLS_FAILED ||
		    p->outcome == PROBE_REFUSED ? ZP_EREFUSED : ZP_ERETRY;

		if (p->outcome == PROBE_SHOWN)
			any = true;
		else if (p->outcome != PROBE_NO_SUCH_KEY)
			return fault_set(why, class, "cannot see the certificate of %s port %u: %s "
			    "(--no-probe goes without this proof)", p->target.address,
			    (unsigned)p->target.port, p->why.text);
	}
	return any || s->order->no_probe ? ZP_OK :
	    fault_set(why, ZP_ERETRY, "no service shows a certificate (--no-probe goes without this proof)");
}

/* The chains that are live now: as shown, or by the live files where nobody looks. */
static const struct chain *
live_chain(const struct scene *s, size_t i)
{
	size_t at = 0;

	for (size_t j = 0; j < s->shown.n; j++)
		if (s->shown.v[j].result.outcome == PROBE_SHOWN && at++ == i)
			return &s->shown.v[j].result.chain;
	return at == i && s->live.chain.n > 0 ? &s->live.chain : NULL;
}

static bool
stands_for_live(const struct scene *s, const struct rdata *rd)
{
	const struct chain *c;
	bool stands = false;

	for (size_t i = 0; !stands && (c = live_chain(s, i)) != NULL; i++)
		stands = tlsa_matches_chain(rd->data, rd->len, c, NULL);
	return stands;
}

/* Records of have that stand for a chain that is live: they may go when it has gone. */
static int
learn_known(struct body *b, const struct scene *s, const struct rrset *have, struct fault *why)
{
	bool blind = live_chain(s, 0) == NULL;
	int rc = ZP_OK;

	b->known.type = RRTYPE_TLSA;
	for (size_t i = 0; rc == ZP_OK && i < have->n; i++) {
		const struct rdata *rd = &have->v[i];
		bool known = stands_for_live(s, rd);

		/* Nobody can say what is live: records of the order's own parameters are taken for it. */
		for (size_t j = 0; blind && !known && j < s->order->params.n; j++) {
			struct tlsa_params p;

			known = tlsa_parse_params(&p, s->order->params.v[j], NULL) == ZP_OK && rd->len > 3 &&
			    rd->data[0] == p.usage && rd->data[1] == p.selector && rd->data[2] == p.matching;
		}
		if (known)
			rc = rrset_add(&b->known, rd->data, rd->len, why);
	}
	return rc;
}

static int
add_all(struct rrset *to, const struct rrset *from, struct fault *why)
{
	int rc = ZP_OK;

	for (size_t i = 0; rc == ZP_OK && i < from->n; i++)
		rc = rrset_add(to, from->v[i].data, from->v[i].len, why);
	return rc;
}

/* Records for a chain that is live but matched by nothing: params, or failing these "3 1 1". */
static int
add_records_of(struct rrset *to, const struct order *o, const struct chain *c, struct fault *why)
{
	struct rrset records;
	struct strlist plain = { 0 };
	int rc = steps_records(&records, &o->params, c, NULL);

	if (rc != ZP_OK) {
		rc = strlist_add(&plain, "3 1 1", why);
		if (rc == ZP_OK)
			rc = steps_records(&records, &plain, c, why);
	}
	if (rc == ZP_OK)
		rc = add_all(to, &records, why);
	strlist_release(&plain);
	rrset_release(&records);
	return rc;
}

/*
 * The set to publish at one place: what is there, the pending records, and
 * records for live chains that nothing there matches.
 */
static int
make_target(struct rrset *target, struct preparation *out, const struct scene *s,
    const struct place *p, const struct rrset *have, struct fault *why)
{
	int rc = rrset_union(target, have, &out->body.pending, why);

	if (rc != ZP_OK)
		return rc;
	for (size_t i = 0; rc == ZP_OK && i < s->shown.n; i++) {
		const struct showing *sh = &s->shown.v[i];
		bool accepted = false;

		if (sh->result.outcome != PROBE_SHOWN || place_of(s, sh) == NULL ||
		    !name_equal(&place_of(s, sh)->owner, &p->owner))
			continue;
		rc = s->out->judge(s->out->world, p, &sh->result.chain, target, &accepted, why);
		if (rc != ZP_OK || accepted)
			continue;
		rc = add_records_of(target, s->order, &sh->result.chain, why);
		if (rc == ZP_OK && have->n > 0)
			rc = strlist_add(&out->warnings, "the chain that is served now matches no TLSA record: "
			    "its record is published as well", why);
	}
	if (rc == ZP_OK && s->order->no_probe && have->n == 0 && s->live.chain.n == 0)
		return fault_set(why, ZP_EUNSAFE, "the first TLSA record of this host would be published "
		    "without a view of what it serves: leave out --no-probe, or name the live chain");
	/* A service that starts anew loads what is at the live place. */
	if (rc == ZP_OK && s->live.chain.n > 0) {
		bool accepted = false;

		rc = s->out->judge(s->out->world, p, &s->live.chain, target, &accepted, why);
		if (rc == ZP_OK && !accepted)
			rc = add_records_of(target, s->order, &s->live.chain, why);
	}
	for (size_t i = 0; rc == ZP_OK && i < target->n; i++) {
		const struct rdata *rd = &target->v[i];

		/* What was added for a live chain goes again with that chain; a reused key stands for both. */
		if (!rrset_has(have, rd->data, rd->len) &&
		    (!rrset_has(&out->body.pending, rd->data, rd->len) || stands_for_live(s, rd)))
			rc = rrset_add(&out->body.known, rd->data, rd->len, why);
	}
	return rc;
}

/* True if the renewed key is the one that is live. */
static bool
reuses_key(const struct scene *s)
{
	const struct chain *c;
	bool any = false;

	for (size_t i = 0; (c = live_chain(s, i)) != NULL; i++) {
		if (c->v[0].key.kind != s->renewed.key.kind)
			continue;
		if (!key_facts_equal(&c->v[0].key, &s->renewed.key))
			return false;
		any = true;
	}
	return any;
}

/* Does every set that a server gives out now accept the renewed chain, or is nothing there? */
static int
judge_no_wait(bool *no_wait, const struct scene *s, const struct place *p, bool reuse,
    struct fault *why)
{
	for (size_t i = 0; *no_wait && i < s->look.seen.n; i++) {
		const struct sighting *seen = &s->look.seen.v[i];
		bool accepted = false;
		int rc;

		if (seen->type != RRTYPE_TLSA || !name_equal(&seen->owner, &p->owner))
			continue;
		if (sighting_is_absence(seen))
			continue;
		if (seen->answer != SIGHTING_PRESENT || !reuse) {
			*no_wait = false;
			return ZP_OK;
		}
		rc = s->out->judge(s->out->world, p, &s->renewed.chain, &seen->set, &accepted, why);
		if (rc != ZP_OK)
			return rc;
		*no_wait = accepted;
	}
	return ZP_OK;
}

static uint32_t
longest_ttl(const struct look *l)
{
	uint32_t ttl = 0;

	for (size_t i = 0; i < l->seen.n; i++)
		if (l->seen.v[i].answer == SIGHTING_PRESENT && l->seen.v[i].set.ttl > ttl)
			ttl = l->seen.v[i].set.ttl;
	for (size_t i = 0; i < l->places_n; i++)
		if (l->places[i].link_ttl > ttl)
			ttl = l->places[i].link_ttl;
	return ttl;
}

static int
prepare_place(struct preparation *out, const struct scene *s, const struct place *p, bool reuse,
    struct fault *why)
{
	const struct sighting *seen;
	struct rrset have = { 0 }, before = { 0 }, target = { 0 };
	bool accepted = false;
	int rc = need_primary(&seen, &s->look, p, why);

	if (rc != ZP_OK)
		goto out;
	if (recset_find(&out->body.before, &p->owner, RRTYPE_TLSA) != NULL)
		goto out;	/* two places that lead to one owner */
	if (seen->answer == SIGHTING_PRESENT)
		rc = rrset_copy(&have, &seen->set, why);
	have.owner = p->owner;
	have.type = RRTYPE_TLSA;
	if (have.n == 0)
		have.ttl = (uint32_t)s->order->ttl;
	else
		out->first = false;
	if (rc == ZP_OK)
		rc = learn_known(&out->body, s, &have, why);
	if (rc == ZP_OK)
		rc = make_target(&target, out, s, p, &have, why);
	if (rc == ZP_OK)
		rc = s->out->judge(s->out->world, p, &s->renewed.chain, &target, &accepted, why);
	if (rc == ZP_OK && !accepted)
		rc = fault_set(why, ZP_EREFUSED, "the renewed chain %s would not be accepted with the records "
		    "made of it: with usage 2 the chain must hold its issuer and the certificate must name "
		    "the host", s->order->cert);
	if (rc == ZP_OK)
		rc = judge_no_wait(&out->body.no_wait, s, p, reuse, why);
	if (rc == ZP_OK && target.n != have.n)
		out->adds = true;
	/* A wildcard's records are not records of this owner: nothing stands here yet. */
	if (rc == ZP_OK && seen->wildcard) {
		before = rrset_make(&have.owner, have.type, have.ttl);
		rc = recset_take(&out->body.covered, &have, why);
	} else if (rc == ZP_OK)
		rc = rrset_copy(&before, &have, why);
	if (rc == ZP_OK)
		rc = recset_take(&out->body.before, &before, why);
	if (rc == ZP_OK)
		rc = recset_take(&out->body.after, &target, why);
out:
	rrset_release(&have);
	rrset_release(&before);
	rrset_release(&target);
	return rc;
}

static int
add_next_key(struct preparation *out, struct scene *s, struct fault *why)
{
	struct key_facts next = { 0 };
	struct rrset records = { 0 };
	int rc = s->out->next_key(s->out->world, s->order, &s->renewed.key, false, &next,
	    why);

	s->is_next_key = rc == ZP_OK && key_facts_equal(&next, &s->renewed.key);
	if (rc == ZP_OK)
		rc = steps_key_records(&records, &s->order->params, &next, why);
	if (rc == ZP_OK)
		rc = add_all(&out->body.pending, &records, why);
	rrset_release(&records);
	key_facts_release(&next);
	return rc;
}

/* Is the renewed pair what the live files hold and what every service shows? */
static int
is_deployed(bool *out, const struct scene *s, const char *fingerprint, struct fault *why)
{
	const struct order *o = s->order;
	bool has_files = o->live_chain != NULL || o->live_cert != NULL;
	struct verdict_on_showing *v = calloc(s->shown.n + 1, sizeof *v);
	int rc = v == NULL ? fault_set_nomem(why) : ZP_OK;

	*out = has_files || !o->no_probe;
	if (has_files)
		*out = s->live.chain.n > 0 && chain_equal(&s->live.chain, &s->renewed.chain) &&
		    key_facts_equal(&s->live.key, &s->renewed.key);
	for (size_t i = 0; rc == ZP_OK && i < s->shown.n; i++) {
		char *print = NULL;

		v[i] = (struct verdict_on_showing){ .showing = &s->shown.v[i], .by_target = true };
		if (s->shown.v[i].result.outcome != PROBE_SHOWN)
			continue;
		rc = steps_fingerprint(&print, &s->shown.v[i].result.chain, why);
		v[i].by_pending = rc == ZP_OK && strcmp(print, fingerprint) == 0;
		free(print);
	}
	if (rc == ZP_OK && !o->no_probe)
		*out = *out && steps_shown(v, s->shown.n, s->renewed.key.kind) == SHOWN_NEW;
	free(v);
	return rc;
}

/* Would a rollover change anything, for anyone? */
static int
judge_settled(struct preparation *out, const struct scene *s, struct fault *why)
{
	const struct body *b = &out->body;
	struct rollover end = { .known = b->known, .pending = b->pending, .order.prune = s->order->prune };
	struct evidence e = { 0 };
	bool settled = !out->adds && b->covered.n == 0 && !s->is_next_key;
	int rc = ZP_OK;

	if (settled)
		rc = is_deployed(&settled, s, b->fingerprint, why);
	for (size_t i = 0; rc == ZP_OK && settled && i < b->before.n; i++) {
		struct rrset rest;

		rc = steps_remainder(&rest, &end, &b->before.v[i], &s->shown, why);
		settled = rc == ZP_OK && rest.n == b->before.v[i].n;
		rrset_release(&rest);
	}
	if (rc == ZP_OK && settled)
		rc = evidence_judge(&e, &s->look, &b->after, NULL, s->order->allow_insecure, why);
	out->settled = rc == ZP_OK && settled && e.verdict == VERDICT_SEEN_EVERYWHERE;
	evidence_release(&e);
	return rc;
}

static int
describe(struct preparation *out, const struct scene *s, struct fault *why)
{
	const struct cert *leaf = &s->renewed.chain.v[0];
	struct bytes text = { 0 };
	char kind[32], until[32];
	int rc = ZP_OK;

	bytes_printf(&text, "renewed certificate %s, %s, valid until %s", leaf->subject,
	    keyfile_print_kind(kind, leaf->key.kind, leaf->key.bits),
	    timepiece_print_wall(until, sizeof until, leaf->not_after));
	if (!out->adds && out->body.no_wait)
		bytes_append_text(&text, "; every published set accepts it already");
	else if (out->first)
		bytes_append_text(&text, "; no TLSA record stands there yet");
	out->body.text = bytes_take_text(&text);
	if (out->body.text == NULL)
		return fault_set_nomem(why);
	for (size_t i = 0; rc == ZP_OK && i < s->look.seen.n; i++) {
		struct bytes line = { 0 };

		sighting_print(&line, &s->look.seen.v[i]);
		rc = strlist_take(&out->body.evidence, bytes_take_text(&line), why);
	}
	for (size_t i = 0; rc == ZP_OK && i < s->look.warnings.n; i++)
		if (!strlist_has(&out->warnings, s->look.warnings.v[i]))
			rc = strlist_add(&out->warnings, s->look.warnings.v[i], why);
	for (size_t i = 0; rc == ZP_OK && i < out->warnings.n; i++)
		rc = strlist_add(&out->body.evidence, out->warnings.v[i], why);
	return rc;
}

int
runner_prepare(struct preparation *out, const struct outside *outside, const struct order *order,
    struct fault *why)
{
	struct scene s = { .out = outside, .order = order };
	int rc;

	*out = (struct preparation){ .body = body_make(), .first = true };
	rc = outside->pair_read(outside->world, order, PAIR_RENEWED, &s.renewed, why);
	if (rc == ZP_OK)
		rc = judge_pair(out, &s, why);
	if (rc == ZP_OK)
		rc = outside->pair_read(outside->world, order, PAIR_LIVE, &s.live, why);
	if (rc == ZP_OK)
		rc = outside->look(outside->world, order, &s.look, why);
	if (rc == ZP_OK && !order->no_probe)
		rc = outside->probe(outside->world, order, &s.look, &s.shown, why);
	if (rc == ZP_OK && !order->no_probe)
		rc = need_services(&s, why);
	if (rc == ZP_OK)
		rc = steps_records(&out->body.pending, &order->params, &s.renewed.chain, why);
	if (rc == ZP_OK)
		rc = add_next_key(out, &s, why);

	out->body.no_wait = true;
	for (size_t i = 0; rc == ZP_OK && i < s.look.places_n; i++)
		rc = prepare_place(out, &s, &s.look.places[i], reuses_key(&s), why);
	if (rc != ZP_OK)
		goto out;

	out->body.ttl = (int64_t)longest_ttl(&s.look);
	if (order->no_probe)
		rc = strlist_add(&out->warnings, "--no-probe: nobody looks whether the services show the "
		    "renewed certificate", why);
	if (rc == ZP_OK)
		rc = steps_fingerprint(&out->body.fingerprint, &s.renewed.chain, why);
	if (rc == ZP_OK)
		rc = judge_settled(out, &s, why);
	if (rc == ZP_OK)
		rc = describe(out, &s, why);
	if (rc == ZP_OK)
		rc = order_copy(&out->body.order, order, why);
	out->body.has_order = rc == ZP_OK;
out:
	scene_release(&s);
	if (rc != ZP_OK)
		preparation_release(out);
	return rc;
}

void
preparation_release(struct preparation *p)
{
	body_release(&p->body);
	strlist_release(&p->warnings);
	*p = (struct preparation){ 0 };
}
