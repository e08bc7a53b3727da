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
	return !r->order.prune && r->setbacks == 0 && r->ended;
}

/*
 * Do two lines of evidence say that one server serves one set, which nobody
 * touched in between?  So it is in one version of the zone, and under one
 * signature: a set that comes anew is signed anew, in a second of its own.  An
 * end at midnight says nothing, as some signers round theirs.
 */
static bool
is_untouched(const char *then, const char *now)
{
	const char *serial = strstr(now, "), serial ");

	if (strstr(now, ", serial ") == NULL)
		return false;
	if (strcmp(then, now) == 0)
		return true;
	return serial != NULL && strstr(now, "signatures valid (until ") != NULL &&
	    memcmp(serial - strlen("T00:00:00Z"), "T00:00:00Z", strlen("T00:00:00Z")) != 0 &&
	    strncmp(then, now, (size_t)(serial - now) + strlen("), serial ")) == 0;
}

/* Is every set that is served now the one that was served then? */
static bool
are_untouched(const struct strlist *then, const struct strlist *now)
{
	bool any = false;

	for (size_t i = 0; i < now->n; i++) {
		bool same = false;

		if (strstr(now->v[i], " TLSA: present, ") == NULL)
			continue;
		for (size_t j = 0; !same && j < then->n; j++)
			same = is_untouched(then->v[j], now->v[i]);
		if (!same)
			return false;
		any = true;
	}
	return any;
}

/* The evidence of the first entry of a rollover, and of the one that saw its end everywhere. */
static int
read_evidence(struct strlist *first, struct strlist *last, struct ledger *l, int64_t id,
    struct fault *why)
{
	struct entries entries = { 0 };
	int rc = ledger_read(&entries, l, id, why);

	for (size_t i = 0; rc == ZP_OK && i < entries.n; i++) {
		const struct entry *e = &entries.v[i];
		struct strlist *to = i == 0 ? first :
		    e->kind == ENTRY_PROVEN && e->stage == STAGE_RETIRED ? last : NULL;
		struct body b;

		if (to == NULL)
			continue;
		rc = body_parse(&b, e->body, why);
		if (rc != ZP_OK)
			break;
		strlist_release(to);
		*to = b.evidence;
		b.evidence = (struct strlist){ 0 };
		body_release(&b);
	}
	entries_release(&entries);
	return rc;
}

bool
past_seen_since(struct moment *since, struct ledger *l, const struct order *o,
    const struct preparation *p)
{
	const struct rrset *records = &p->body.pending;
	struct ledger_rollovers list = { 0 };
	struct strlist later = { 0 };	/* what was seen at the start of the rollover after this one */
	struct fault ignored;
	bool seen = false, any = false;

	if (ledger_list(&list, l, false, &ignored) != ZP_OK)
		return false;
	/* The last one counts: its end is what has stood since then, if nobody touched it. */
	for (size_t i = list.n; i-- > 0; ) {
		struct rollover r = { 0 };
		struct strlist first = { 0 }, last = { 0 };
		bool beside = false, read;

		if (strcmp(list.v[i].kind, "tlsa") != 0)
			continue;
		read = fold_one(&r, l, list.v[i].id, &ignored) == ZP_OK &&
		    read_evidence(&first, &last, l, list.v[i].id, &ignored) == ZP_OK;
		if (read && order_shares_host(&r.order, o)) {
			bool untouched = are_untouched(&last, any ? &later : &p->body.evidence);

			/* One for a certificate of another kind, in files of its own, is passed over. */
			beside = untouched && !order_shares_place(&r.order, o) && left_alone(&r, records);
			seen = untouched && !beside && r.stage == STAGE_DONE &&
			    rrset_includes(&r.pending, records);
			*since = r.last;
			any = true;
			strlist_release(&later);
			later = first;
			first = (struct strlist){ 0 };
		} else
			beside = read;
		strlist_release(&first);
		strlist_release(&last);
		rollover_release(&r);
		if (!beside)
			break;
	}
	strlist_release(&later);
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
	for (size_t i = 0; rc == ZP_OK && i < r->left.n; i++)
		rc = judge_set(fine, &r->left.v[i], chain, outside, o, why);
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
