/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/past.h"

#include <string.h>

#include "publish/rollover.h"
#include "zonegen/tlsa.h"

static int
fold_one(struct rollover *out, struct ledger *l, int64_t id, struct fault *why)
{
	struct entries entries = { 0 };
	int rc = ledger_read(&entries, l, id, why);

	*out = (struct rollover){ 0 };
	if (rc == ZP_OK)
		rc = rollover_fold(out, &entries, why);
	entries_release(&entries);
	return rc;
}

char *
past_target(const struct order *o)
{
	const char *live = o->live_chain != NULL ? o->live_chain : o->live_cert;
	struct bytes text = { 0 };

	bytes_append_text(&text, o->hosts.v[0]);
	if (live != NULL)
		bytes_printf(&text, " %s", live);
	return bytes_take_text(&text);
}

int
past_find_open(int64_t *id, struct ledger *l, const struct order *o, struct fault *why)
{
	struct ledger_rollovers list = { 0 };
	int rc = ledger_list(&list, l, true, why);

	*id = 0;
	for (size_t i = 0; rc == ZP_OK && i < list.n; i++) {
		struct rollover r;

		if (strcmp(list.v[i].kind, "tlsa") != 0)
			continue;
		rc = fold_one(&r, l, list.v[i].id, why);
		if (rc == ZP_OK && order_shares_host(&r.order, o) && order_shares_place(&r.order, o)) {
			if (*id != 0)
				rc = fault_set(why, ZP_EUSAGE, "rollovers %lld and %lld are under way for these hosts: let "
				    "'zonepub run' finish them first", (long long)*id, (long long)r.id);
			*id = r.id;
		} else if (rc == ZP_OK && order_shares_files(&r.order, o))
			rc = fault_set(why, ZP_EUSAGE, "rollover %lld of %s replaces the same live files: hosts that "
			    "share a certificate are moved together (name them in one command), or one after the "
			    "other", (long long)r.id, r.order.hosts.v[0]);
		rollover_release(&r);
	}
	ledger_rollovers_release(&list);
	if (rc == ZP_OK && *id == 0)
		return fault_set(why, ZP_EABSENT, "no rollover is under way for %s", o->hosts.v[0]);
	return rc;
}

/* True if r, of the same host but other live files, left the records where they were. */
static bool
left_alone(const struct rollover *r, const struct rrset *records)
{
	for (size_t i = 0; i < r->target.n; i++)
		if (!rrset_includes(&r->target.v[i], records))
			return false;
	return !r->order.prune;
}

bool
past_seen_since(struct moment *since, struct ledger *l, const struct order *o,
    const struct rrset *records)
{
	struct ledger_rollovers list = { 0 };
	struct fault ignored;
	bool seen = false;

	if (ledger_list(&list, l, false, &ignored) != ZP_OK)
		return false;
	/* The last one counts: its end is what has stood since then. */
	for (size_t i = list.n; i-- > 0; ) {
		struct rollover r;
		bool ours, beside;

		if (strcmp(list.v[i].kind, "tlsa") != 0 ||
		    fold_one(&r, l, list.v[i].id, &ignored) != ZP_OK)
			continue;
		ours = order_shares_host(&r.order, o);
		/* One for a certificate of another kind, in files of its own, is passed over. */
		beside = ours && !order_shares_place(&r.order, o) && left_alone(&r, records);
		ours = ours && !beside;
		if (ours && r.stage == STAGE_DONE && rrset_includes(&r.pending, records)) {
			seen = true;
			*since = r.last;
		}
		rollover_release(&r);
		if (ours)
			break;
	}
	ledger_rollovers_release(&list);
	return seen;
}

/* True if caches may hold what r published; *ttl: for how long after its end, seconds. */
static bool
is_cached(uint32_t *ttl, const struct rollover *r, const struct order *o, const struct moment *now)
{
	int64_t safety = r->order.safety > o->safety ? r->order.safety : o->safety;
	int64_t lives, elapsed;

	*ttl = r->ttl;
	for (size_t i = 0; i < r->target.n; i++)
		if (r->target.v[i].ttl > *ttl)
			*ttl = r->target.v[i].ttl;
	lives = (int64_t)*ttl * 1000 + ((int64_t)*ttl * 1000 > safety ? (int64_t)*ttl * 1000 : safety);
	return r->was_published &&
	    (!r->ended || !timepiece_elapsed(&elapsed, &r->last, now) || elapsed < lives);
}

/* What the judgement of a chain needs of the places of o: every host, at one port. */
static int
make_place(struct place *out, const struct order *o, size_t host, struct fault *why)
{
	char protocol[8];
	int rc = name_parse_host(&out->host, o->hosts.v[host], why);

	if (rc == ZP_OK)
		rc = tlsa_parse_port(&out->port, protocol, o->ports.v[0], why);
	if (rc == ZP_OK)
		rc = tlsa_owner(&out->owner, out->port, protocol, &out->host, why);
	return rc;
}

/* *fine stays true if set, where it is not empty, accepts chain for every host of o. */
static int
judge_set(bool *fine, const struct rrset *set, const struct chain *chain,
    const struct outside *outside, const struct order *o, struct fault *why)
{
	int rc = ZP_OK;

	for (size_t i = 0; rc == ZP_OK && *fine && set->n > 0 && i < o->hosts.n; i++) {
		struct place p = { 0 };

		rc = make_place(&p, o, i, why);
		if (rc == ZP_OK)
			rc = outside->judge(outside->world, &p, chain, set, fine, why);
	}
	return rc;
}

/*
 * Of a rollover that is done the set before had expired before its pair went
 * live.  What was published for a pair that was skipped is recorded no more.
 */
static int
judge_sets(bool *fine, const struct rollover *r, const struct chain *chain,
    const struct outside *outside, const struct order *o, struct fault *why)
{
	int rc = ZP_OK;

	*fine = *fine && !r->was_superseded;
	for (size_t i = 0; rc == ZP_OK && i < r->target.n; i++)
		rc = judge_set(fine, &r->target.v[i], chain, outside, o, why);
	for (size_t i = 0; rc == ZP_OK && r->stage != STAGE_DONE && i < r->before.n; i++)
		rc = judge_set(fine, &r->before.v[i], chain, outside, o, why);
	if (rc == ZP_OK && r->stage == STAGE_DONE)
		rc = judge_set(fine, &r->pending, chain, outside, o, why);
	return rc;
}

static int
make_wait(struct preparation *p, int64_t id, uint32_t ttl, struct fault *why)
{
	struct bytes text = { 0 };

	p->body.no_wait = false;
	if ((int64_t)ttl > p->body.ttl)
		p->body.ttl = (int64_t)ttl;
	bytes_printf(&text, "caches may hold what rollover %lld published: no short cut", (long long)id);
	return strlist_take(&p->body.evidence, bytes_take_text(&text), why);
}

int
past_lingers(struct preparation *p, struct ledger *l, const struct outside *outside,
    const struct order *o, struct fault *why)
{
	struct moment now = outside->now(outside->world);
	struct ledger_rollovers list = { 0 };
	struct pair pair = { 0 };
	struct fault ignored;
	int rc = ledger_list(&list, l, false, why);

	if (rc == ZP_OK)
		rc = outside->pair_read(outside->world, o, PAIR_RENEWED, &pair, why);
	for (size_t i = 0; rc == ZP_OK && i < list.n; i++) {
		struct rollover r;
		uint32_t ttl = 0;
		bool fine = true;

		if (strcmp(list.v[i].kind, "tlsa") != 0)
			continue;
		if (fold_one(&r, l, list.v[i].id, &ignored) != ZP_OK)
			fine = false;
		else if (order_shares_host(&r.order, o) && is_cached(&ttl, &r, o, &now))
			rc = judge_sets(&fine, &r, &pair.chain, outside, o, why);
		if (rc == ZP_OK && !fine)
			rc = make_wait(p, list.v[i].id, ttl, why);
		rollover_release(&r);
	}
	pair_release(&pair);
	ledger_rollovers_release(&list);
	return rc;
}
