/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/steps_tlsa.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/digest.h"
#include "zonegen/tlsa.h"

static const struct step walk[] = {
	{ STAGE_PREPARED, DEED_PUBLISH, STAGE_PUBLISHED, "publish the new records beside the old" },
	{ STAGE_PUBLISHED, DEED_OBSERVE, STAGE_PROPAGATED, "see them at every server" },
	{ STAGE_PROPAGATED, DEED_EXPIRE, STAGE_EXPIRED, "wait until no cache holds the old answer" },
	{ STAGE_EXPIRED, DEED_DEPLOY, STAGE_DEPLOYED, "put the renewed pair in place" },
	{ STAGE_DEPLOYED, DEED_VERIFY, STAGE_VERIFIED, "see it at every service" },
	{ STAGE_VERIFIED, DEED_RETIRE, STAGE_RETIRED, "remove the old records" },
	{ STAGE_RETIRED, DEED_FINISH, STAGE_DONE, "finish" },
	{ STAGE_DONE, DEED_NONE, STAGE_DONE, "nothing: it is done" }
};

const struct step *
steps_walk(void)
{
	return walk;
}

struct step
steps_wanted(const struct rollover *r)
{
	static const struct step none = { .deed = DEED_NONE, .doing = "nothing" };
	static const struct step put_back = { STAGE_NONE, DEED_PUT_BACK, STAGE_PUT_BACK,
		"put the previous pair back" };
	static const struct step withdraw = { STAGE_NONE, DEED_WITHDRAW, STAGE_ABORTED,
		"take the new records back" };

	if (r->ended || r->stuck)
		return none;
	if (r->begun == STAGE_PUT_BACK || (r->aborting && r->live_switched))
		return put_back;
	if (r->aborting)
		return withdraw;
	for (size_t i = 0; walk[i].deed != DEED_NONE; i++)
		if (walk[i].from == r->stage)
			return walk[i];
	return none;
}

int64_t
steps_hold(const struct rollover *r)
{
	return r->order.hold >= 0 ? r->order.hold : (int64_t)r->ttl * 1000 + r->order.safety;
}

/* What is left of a wait of length ms that began at start. */
static int64_t
left_of(bool *anew, const struct moment *start, int64_t length, const struct moment *now)
{
	int64_t elapsed;

	if (!timepiece_elapsed(&elapsed, start, now)) {
		*anew = true;
		return length;
	}
	return elapsed >= length ? 0 : length - elapsed;
}

static int
refuse_until(struct fault *why, int64_t left, const struct moment *now, const char *arithmetic)
{
	char due[32];

	return fault_set(why, ZP_EWAIT, "not before %s: %s",
	    timepiece_print_wall(due, sizeof due, now->wall + left + 999), arithmetic);
}

/* now >= max(T_pub + 2 TTL, T_all + TTL + R) */
static int
time_expire(struct timing *out, const struct rollover *r, const struct moment *now,
    struct fault *why)
{
	int64_t ttl = (int64_t)r->ttl * 1000;
	int64_t by_publication, by_sight;
	char published[32], seen[32], text[320];

	if (r->no_wait)
		return ZP_OK;
	by_publication = left_of(&out->anew, &r->published_at, 2 * ttl, now);
	by_sight = left_of(&out->anew, &r->seen_at, ttl + r->order.safety, now);
	out->left = by_publication > by_sight ? by_publication : by_sight;
	if (out->left == 0)
		return ZP_OK;
	(void)timepiece_print_wall(published, sizeof published, r->published_at.wall);
	(void)timepiece_print_wall(seen, sizeof seen, r->seen_at.wall);
	if (out->anew)
		(void)snprintf(text, sizeof text, "the clock went backwards, so the wait starts anew");
	else if (by_publication > by_sight)
		(void)snprintf(text, sizeof text, "published %s, + 2 x TTL %" PRIu32 " s (the last server "
		    "followed %s, + TTL + safety %" PRId64 " s ends sooner)", published, r->ttl, seen,
		    r->order.safety / 1000);
	else
		(void)snprintf(text, sizeof text, "every server has served the new set since %s, + TTL %"
		    PRIu32 " s + safety %" PRId64 " s (published %s, + 2 x TTL ends sooner)", seen, r->ttl,
		    r->order.safety / 1000, published);
	return refuse_until(why, out->left, now, text);
}

static int
time_retire(struct timing *out, const struct rollover *r, const struct moment *now,
    struct fault *why)
{
	char verified[32], text[200];

	out->left = left_of(&out->anew, &r->verified_at, steps_hold(r), now);
	if (out->left == 0)
		return ZP_OK;
	(void)snprintf(text, sizeof text, "%s %s, + hold %" PRId64 " s, in which going back needs no wait",
	    r->order.no_probe ? "deployed" : "proven", timepiece_print_wall(verified, sizeof verified,
	    r->verified_at.wall), steps_hold(r) / 1000);
	return refuse_until(why, out->left, now, text);
}

/* Nobody looks whether the services show the previous pair again: they get as long as others do. */
static int
time_withdraw(struct timing *out, const struct rollover *r, const struct moment *now,
    struct fault *why)
{
	char back[32], text[200];

	if (!r->order.no_probe || r->put_back_at.wall == 0)
		return ZP_OK;
	out->left = left_of(&out->anew, &r->put_back_at, steps_hold(r), now);
	if (out->left == 0)
		return ZP_OK;
	(void)snprintf(text, sizeof text, "put back %s, + hold %" PRId64 " s, as nobody looks at what is "
	    "shown (--no-probe)", timepiece_print_wall(back, sizeof back, r->put_back_at.wall),
	    steps_hold(r) / 1000);
	return refuse_until(why, out->left, now, text);
}

int
steps_time(struct timing *out, const struct rollover *r, const struct step *s,
    const struct moment *now, struct fault *why)
{
	*out = (struct timing){ 0 };
	switch (s->deed) {
	case DEED_EXPIRE:
		return time_expire(out, r, now, why);
	case DEED_RETIRE:
		/* Once begun it is only to be completed. */
		return r->begun == STAGE_RETIRED ? ZP_OK : time_retire(out, r, now, why);
	case DEED_WITHDRAW:
		return time_withdraw(out, r, now, why);
	default:
		return ZP_OK;
	}
}

const struct sighting *
look_primary(const struct look *l, const struct name *owner)
{
	for (size_t i = 0; i < l->seen.n; i++)
		if ((l->seen.v[i].server.origin & SERVER_PRIMARY) != 0 &&
		    l->seen.v[i].type == RRTYPE_TLSA && name_equal(&l->seen.v[i].owner, owner))
			return &l->seen.v[i];
	return NULL;
}

/* Does set hold nothing of without, but for what with wants there? */
static bool
holds_none(const struct rrset *set, const struct rrset *without, const struct rrset *with)
{
	for (size_t i = 0; without != NULL && i < without->n; i++) {
		const struct rdata *rd = &without->v[i];

		if (rrset_has(set, rd->data, rd->len) &&
		    !(with != NULL && rrset_has(with, rd->data, rd->len)))
			return false;
	}
	return true;
}

static enum verdict
judge_sighting(const struct sighting *s, const struct rrset *with, const struct rrset *without,
    bool insecure)
{
	if (s->answer == SIGHTING_ALIAS || s->answer == SIGHTING_REFERRED)
		return VERDICT_CONTRADICTED;
	if (!sighting_is_answer(s) || !sighting_is_trusted(s, insecure))
		return VERDICT_CANNOT_TELL;
	if (s->answer != SIGHTING_PRESENT)
		return with == NULL || with->n == 0 ? VERDICT_SEEN_EVERYWHERE : VERDICT_NOT_YET;
	if (with != NULL && !rrset_includes(&s->set, with))
		return VERDICT_NOT_YET;
	return holds_none(&s->set, without, with) ? VERDICT_SEEN_EVERYWHERE : VERDICT_NOT_YET;
}

static int
note_sighting(struct evidence *e, const struct sighting *s, enum verdict v, struct fault *why)
{
	struct bytes line = { 0 };
	int rc;

	sighting_print(&line, s);
	if (v == VERDICT_NOT_YET)
		bytes_append_text(&line, "; not yet the set that is waited for");
	rc = bytes_check(&line, why);
	if (rc == ZP_OK)
		rc = strlist_add(&e->lines, bytes_text(&line), why);
	if (rc == ZP_OK && v != VERDICT_SEEN_EVERYWHERE)
		rc = strlist_add(&e->open, bytes_text(&line), why);
	bytes_release(&line);
	return rc;
}

/* The names above a place are looked at too; they are not evidence on its records. */
static bool
is_place(const struct look *look, const struct name *owner)
{
	for (size_t i = 0; i < look->places_n; i++)
		if (name_equal(&look->places[i].owner, owner))
			return true;
	return false;
}

/* Resolvers ask the servers that the zone is delegated to; a hidden primary alone is no answer. */
static bool
is_hidden(const struct sighting *s)
{
	return (s->server.origin & ~(unsigned)SERVER_PRIMARY) == 0;
}

int
evidence_judge(struct evidence *out, const struct look *look, const struct recset *with,
    const struct rrset *without, bool insecure, struct fault *why)
{
	bool hidden_answers = false, any_open = false;
	int rc = ZP_OK;

	*out = (struct evidence){ .verdict = VERDICT_SEEN_EVERYWHERE, .all_silent = true };
	for (size_t i = 0; rc == ZP_OK && i < look->seen.n; i++) {
		const struct sighting *s = &look->seen.v[i];
		enum verdict v;

		if (s->type != RRTYPE_TLSA || !is_place(look, &s->owner))
			continue;
		v = judge_sighting(s, recset_find(with, &s->owner, RRTYPE_TLSA), without, insecure);
		if (v > out->verdict)
			out->verdict = v;
		any_open = any_open || !is_hidden(s);
		if (sighting_is_trusted(s, insecure)) {
			out->all_silent = out->all_silent && is_hidden(s);
			hidden_answers = hidden_answers || is_hidden(s);
		}
		if (s->answer == SIGHTING_PRESENT && s->set.ttl > out->ttl)
			out->ttl = s->set.ttl;
		if (s->signed_until != 0 &&
		    (out->signed_until == 0 || s->signed_until < out->signed_until)) {
			out->signed_until = s->signed_until;
			out->signed_by = s->server;
		}
		if (s->when.wall > out->latest.wall)
			out->latest = s->when;
		rc = note_sighting(out, s, v, why);
	}
	if (!any_open && hidden_answers)
		out->all_silent = false;
	for (size_t i = 0; i < look->places_n; i++)
		if (look->places[i].link_ttl > out->ttl)
			out->ttl = look->places[i].link_ttl;
	if (out->lines.n == 0)
		out->verdict = VERDICT_CANNOT_TELL;
	if (rc != ZP_OK)
		evidence_release(out);
	return rc;
}

void
evidence_release(struct evidence *e)
{
	strlist_release(&e->lines);
	strlist_release(&e->open);
	*e = (struct evidence){ 0 };
}

int
steps_safe_deploy(const struct rollover *r, const struct evidence *e, const struct moment *now,
    struct fault *why)
{
	int64_t needed = now->wall / 1000 + r->ttl + r->order.safety / 1000;
	char until[32], need[32];
	struct bytes server = { 0 };
	int rc;

	if (e->signed_until == 0 || e->signed_until >= needed)
		return ZP_OK;
	server_print(&server, &e->signed_by);
	rc = fault_set(why, ZP_EUNSAFE, "a signature over the TLSA records at %s ends %s, before now + TTL "
	    "%" PRIu32 " s + safety %" PRId64 " s = %s: the zone has to be signed again first",
	    bytes_text(&server), timepiece_print_wall(until, sizeof until, e->signed_until * 1000), r->ttl,
	    r->order.safety / 1000, timepiece_print_wall(need, sizeof need, needed * 1000));
	bytes_release(&server);
	return rc;
}

static bool
asks_for(enum probe_algorithm algorithm, enum key_kind kind)
{
	return algorithm == PROBE_ANY || (algorithm == PROBE_RSA && kind == KEY_RSA) ||
	    (algorithm == PROBE_ECDSA && kind == KEY_ECDSA) ||
	    (algorithm == PROBE_ED25519 && kind == KEY_ED25519);
}

enum shown
steps_shown(const struct verdict_on_showing *v, size_t n, enum key_kind kind)
{
	bool fresh = false, former = false, neither = false, blind = n == 0;

	for (size_t i = 0; i < n; i++) {
		const struct probe_result *p = &v[i].showing->result;

		switch (p->outcome) {
		case PROBE_SHOWN:
			if (v[i].by_pending)
				fresh = true;
			else if (!v[i].by_target)
				neither = true;
			/* A certificate of another kind stands beside the pair, not in its place. */
			else if (p->chain.v[0].key.kind == kind)
				former = true;
			break;
		case PROBE_NO_SUCH_KEY:
			/* No certificate of the pair's kind yet: the renewed one is not there. */
			if (asks_for(p->target.algorithm, kind))
				former = true;
			break;
		case PROBE_NO_STARTTLS:
		case PROBE_TLS_FAILED:
		case PROBE_REFUSED:
			neither = true;
			break;
		case PROBE_BUSY:
		case PROBE_CLOSED:
		case PROBE_GARBAGE:
			/* At the door it may be a crowd, or a service that starts. */
			if (p->has_greeted)
				neither = true;
			else
				blind = true;
			break;
		default:
			blind = true;
			break;
		}
	}
	if (neither)
		return SHOWN_NEITHER;
	if (fresh && former)
		return SHOWN_MIXED;
	if (blind)
		return SHOWN_CANNOT_TELL;
	return fresh ? SHOWN_NEW : SHOWN_FORMER;
}

static bool
is_shown(const struct rdata *rd, const struct showings *shown)
{
	for (size_t i = 0; i < shown->n; i++)
		if (shown->v[i].result.outcome == PROBE_SHOWN &&
		    tlsa_matches_chain(rd->data, rd->len, &shown->v[i].result.chain, NULL))
			return true;
	return false;
}

int
steps_remainder(struct rrset *out, const struct rollover *r, const struct rrset *have,
    const struct showings *shown, struct fault *why)
{
	int rc = ZP_OK;

	*out = rrset_make(&have->owner, have->type, have->ttl);
	for (size_t i = 0; rc == ZP_OK && i < have->n; i++) {
		const struct rdata *rd = &have->v[i];
		bool ours = rrset_has(&r->known, rd->data, rd->len) || r->order.prune;

		if (!ours || rrset_has(&r->pending, rd->data, rd->len) || is_shown(rd, shown))
			rc = rrset_add(out, rd->data, rd->len, why);
	}
	if (rc != ZP_OK)
		rrset_release(out);
	return rc;
}

int
steps_key_records(struct rrset *out, const struct strlist *params, const struct key_facts *key,
    struct fault *why)
{
	struct tlsa_source source = { .key = key };
	int rc = ZP_OK;

	*out = (struct rrset){ .type = RRTYPE_TLSA };
	for (size_t i = 0; rc == ZP_OK && key->spki.len > 0 && i < params->n; i++) {
		struct bytes rdata = { 0 };
		struct tlsa_params p;

		rc = tlsa_parse_params(&p, params->v[i], why);
		if (rc == ZP_OK && p.usage == 3 && p.selector == 1)
			rc = tlsa_make(&rdata, &p, &source, why);
		if (rc == ZP_OK && rdata.len > 0)
			rc = rrset_add(out, rdata.data, rdata.len, why);
		bytes_release(&rdata);
	}
	if (rc != ZP_OK)
		rrset_release(out);
	return rc;
}

int
steps_records(struct rrset *out, const struct strlist *params, const struct chain *chain,
    struct fault *why)
{
	struct tlsa_source source = { .chain = chain, .issuer = 1 };
	int rc = ZP_OK;

	*out = (struct rrset){ .type = RRTYPE_TLSA };
	for (size_t i = 0; rc == ZP_OK && i < params->n; i++) {
		struct tlsa_params p;
		struct bytes rdata = { 0 };

		rc = tlsa_parse_params(&p, params->v[i], why);
		if (rc == ZP_OK)
			rc = tlsa_make(&rdata, &p, &source, why);
		if (rc == ZP_OK)
			rc = rrset_add(out, rdata.data, rdata.len, why);
		bytes_release(&rdata);
	}
	if (rc != ZP_OK)
		rrset_release(out);
	return rc;
}

int
steps_fingerprint(char **out, const struct chain *chain, struct fault *why)
{
	uint8_t digest[DIGEST_SHA256];
	struct bytes text = { 0 };
	int rc = digest_sha256(digest, chain->v[0].der.data, chain->v[0].der.len, why);

	*out = NULL;
	if (rc != ZP_OK)
		return rc;
	bytes_append_hex(&text, digest, sizeof digest);
	*out = bytes_take_text(&text);
	return *out != NULL ? ZP_OK : fault_set_nomem(why);
}
