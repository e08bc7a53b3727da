/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock, the order of things, and the invariant. */
#include "config.h"

#include "tests/sim/stage.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { START = 1000000000, STALE_ANSWER_MS = 30000 };

static const char *const params_of[][2] = {
	{ "3 1 1", NULL }, { "3 0 1", NULL }, { "3 1 1", "3 0 1" }, { "3 1 1", "2 1 1" }, { "2 1 1", NULL }
};

uint64_t
stage_random(struct stage_set *s, uint64_t below)
{
	uint64_t z = (s->random += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	z ^= z >> 31;
	return below == 0 ? 0 : z % below;
}

bool
stage_chance(struct stage_set *s, unsigned permille)
{
	return stage_random(s, 1000) < permille;
}

void
stage_trace(struct stage_set *s, const char *fmt, ...)
{
	va_list ap;

	if (!s->tracing)
		return;
	printf("# %9.3f ", (double)(s->t - START) / 1000);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

void
stage_fail(struct stage_set *s, const char *fmt, ...)
{
	va_list ap;

	if (s->failed)
		return;
	s->failed = true;
	va_start(ap, fmt);
	(void)vsnprintf(s->failure, sizeof s->failure, fmt, ap);
	va_end(ap);
	stage_trace(s, "FAILED: %s", s->failure);
}

struct moment
stage_now(const struct stage_set *s)
{
	struct moment m = { .wall = INT64_C(1790000000000) + s->t + s->wall_offset,
		.boot = s->t - s->boot_start };

	(void)snprintf(m.boot_id, sizeof m.boot_id, "boot-%u", s->boot);
	return m;
}

/* --- the invariant --- */

static bool
is_excused(const struct stage_set *s, unsigned place, uint32_t mask, unsigned chain)
{
	for (unsigned i = 0; i < s->excused_n; i++)
		if (s->excused[i].place == place && s->excused[i].mask == mask &&
		    s->excused[i].chain == chain)
			return true;
	return false;
}

static void
check_pair(struct stage_set *s, unsigned place, uint32_t mask, unsigned chain, const char *where)
{
	if (chain >= CAST_CHAINS || chain == s->third_chain || cast_accepts(&s->cast, mask, chain) ||
	    is_excused(s, place, mask, chain))
		return;
	if (!s->in_forced) {
		stage_fail(s, "INVARIANT: place %u: a cache may hold %#x (%s), a service may show chain %u, "
		    "which wants one of %#x", place, mask, where, chain, s->cast.accepts[chain]);
		return;
	}
	if (s->excused_n < STAGE_EXCUSED)
		s->excused[s->excused_n++] = (struct excused){ place, mask, chain };
	stage_trace(s, "excused: place %u, set %#x, chain %u", place, mask, chain);
}

static void
check_set(struct stage_set *s, unsigned place, uint32_t mask, const char *where)
{
	if (mask == 0)
		return;
	for (unsigned i = 0; i < s->services_n; i++)
		if (s->services[i].place == place)
			check_pair(s, place, mask, s->services[i].chain, where);
	/* An edit by hand answers for what is about to be shown, too. */
	for (unsigned i = 0; s->in_forced && i < s->services_n; i++)
		if (s->services[i].place == place && s->services[i].flip_due != NEVER)
			check_pair(s, place, mask, s->services[i].coming, where);
	check_pair(s, place, mask, s->disk, where);
	if (s->knobs.second_kind)
		check_pair(s, place, mask, s->second_chain, where);
}

/* What was out of joint before an update by someone else's doing is not this update's. */
void
stage_inherit(struct stage_set *s, unsigned place, uint32_t before, uint32_t after)
{
	for (unsigned c = 0; c < s->cast.chains_n; c++)
		if (is_excused(s, place, before, c) && !cast_accepts(&s->cast, after, c) &&
		    !is_excused(s, place, after, c) && s->excused_n < STAGE_EXCUSED)
			s->excused[s->excused_n++] = (struct excused){ place, after, c };
}

void
stage_excuse(struct stage_set *s, const struct version *v)
{
	bool forced = s->in_forced;

	s->in_forced = true;
	for (unsigned p = 0; p < s->knobs.places; p++)
		check_set(s, p, v->mask[p] != 0 ? v->mask[p] : s->wild, "edited");
	s->in_forced = forced;
}

void
stage_check(struct stage_set *s)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < s->servers_n; i++)
		for (unsigned p = 0; p < s->knobs.places; p++)
			if (s->servers[i].visible && stage_answers(&s->servers[i]))
				check_set(s, p, stage_served(s, &s->servers[i], p), "served");
	for (unsigned i = 0; i < s->held_n; i++) {
		struct held *h = &s->held[i];
		bool stale = s->stale_since != NEVER && h->until > s->stale_since;

		if (h->until <= s->t && !stale)
			continue;
		check_set(s, h->place, h->mask, "cached");
		s->held[kept++] = *h;
	}
	s->held_n = kept;
}

/* Whether any server answers; caches serve what is stale while none does (RFC 8767). */
static void
note_silence(struct stage_set *s)
{
	bool any = false;

	for (unsigned i = 0; i < s->servers_n; i++)
		any = any || (s->servers[i].visible && stage_answers(&s->servers[i]));
	if (!any && s->stale_since == NEVER) {
		s->stale_since = s->t;
		stage_trace(s, "no server answers any more");
	} else if (any && s->stale_since != NEVER) {
		for (unsigned i = 0; i < s->held_n; i++)
			if (s->held[i].until > s->stale_since &&
			    s->held[i].until < s->t + STALE_ANSWER_MS)
				s->held[i].until = s->t + STALE_ANSWER_MS;
		s->stale_since = NEVER;
		stage_trace(s, "a server answers again");
	}
}

/* --- time --- */

static int64_t
next_event(const struct stage_set *s, int64_t limit)
{
	int64_t next = limit;

	for (unsigned i = 0; i < s->servers_n; i++) {
		const struct server_state *v = &s->servers[i];

		if (v->transfer_due < next)
			next = v->transfer_due;
		if (v->health != HEALTHY && v->health_until < next)
			next = v->health_until;
	}
	for (unsigned i = 0; i < s->services_n; i++)
		if (s->services[i].flip_due < next)
			next = s->services[i].flip_due;
	if (s->late_due < next)
		next = s->late_due;
	return next < s->t ? s->t : next;
}

static void
happen(struct stage_set *s)
{
	for (unsigned i = 0; i < s->servers_n; i++) {
		struct server_state *v = &s->servers[i];

		if (v->transfer_due <= s->t) {
			stage_hold_served(s, v);
			v->transfer_due = NEVER;
			v->regressed = false;
			v->version = s->versions_n - 1;
			stage_trace(s, "server %u has version %u", i, v->version);
		}
		if (v->health != HEALTHY && v->health_until <= s->t) {
			v->health = HEALTHY;
			stage_trace(s, "server %u is well again", i);
		}
	}
	note_silence(s);
	for (unsigned i = 0; i < s->services_n; i++) {
		struct service_state *v = &s->services[i];

		if (v->flip_due > s->t)
			continue;
		v->flip_due = NEVER;
		v->chain = v->coming;
		v->third = v->chain == s->third_chain;
		stage_trace(s, "service %u shows chain %u", i, v->chain);
	}
	if (s->late_due <= s->t)
		stage_apply_late(s);
}

void
stage_advance(struct stage_set *s, int64_t ms)
{
	int64_t end = s->t + ms;

	for (;;) {
		int64_t next = next_event(s, end);

		s->t = next;
		happen(s);
		stage_check(s);
		if (s->failed || (next >= end && next_event(s, end + 1) > end))
			break;
	}
	s->t = end;
}

void
stage_reboot(struct stage_set *s)
{
	/* A clock that runs across boots may be wrong in one direction only: people's. */
	s->boot++;
	s->boot_start = s->t;
	for (unsigned i = 0; i < s->services_n; i++)
		if (s->knobs.has_files && s->disk < CAST_CHAINS &&
		    s->cast.keys[s->disk].kind == s->cast.keys[s->services[i].chain].kind) {
			s->services[i].chain = s->disk;
			s->services[i].flip_due = NEVER;
			s->services[i].third = false;
		}
	stage_trace(s, "reboot; services load what is on the disk: chain %u", s->disk);
	stage_check(s);
}

/* --- setting up --- */

static void
add_text(struct strlist *l, const char *text)
{
	cast_need(strlist_add(l, text, NULL) == ZP_OK, "out of memory");
}

static void
make_order(struct stage_set *s)
{
	const struct knobs *k = &s->knobs;
	struct order *o = &s->order;
	bool ok = true;

	*o = order_make();
	add_text(&o->hosts, "mx.example.com");
	add_text(&o->ports, "25");
	if (k->places > 1)
		add_text(&o->ports, "465");
	for (unsigned i = 0; i < 2 && params_of[k->params][i] != NULL; i++)
		add_text(&o->params, params_of[k->params][i]);
	ok = order_set(&o->cert, "new.pem", NULL) == ZP_OK && order_set(&o->key, "new.key", NULL) == ZP_OK &&
	    order_set(&o->scheme, k->next_key ? "next-key" : "staged", NULL) == ZP_OK;
	if (ok && k->has_files)
		ok = order_set(&o->live_chain, "live.pem", NULL) == ZP_OK;
	cast_need(ok, "out of memory");
	add_text(&o->deploy, "reload");
	o->safety = 60000;
	o->hold = k->no_hold ? 0 : -1;
	o->ttl = k->ttl;
	o->no_probe = k->no_probe;
	o->prune = k->prune;
}

static void
make_places(struct stage_set *s)
{
	for (unsigned i = 0; i < s->knobs.places; i++) {
		struct place *p = &s->places[i];

		p->port = i == 0 ? 25 : 465;
		p->link_ttl = s->knobs.link_ttl;
		cast_need(name_parse(&p->host, "mx.example.com.", NULL, NULL) == ZP_OK &&
		    name_parse(&p->zone, "example.com.", NULL, NULL) == ZP_OK &&
		    name_parse(&p->owner, i == 0 ? "_25._tcp.mx.example.com." : "_465._tcp.mx.example.com.",
		    NULL, NULL) == ZP_OK, "a name");
	}
}

static void
make_cast(struct stage_set *s)
{
	const struct knobs *k = &s->knobs;
	unsigned renewed_key = k->reuse ? 1 : 2;

	s->old_chain = cast_add_chain(&s->cast, KEY_ECDSA, 1, 1);
	s->second_chain = cast_add_chain(&s->cast, KEY_RSA, 10, 9);
	s->third_chain = cast_add_chain(&s->cast, KEY_ECDSA, 11, 8);
	s->slot_next = CAST_CHAINS;
	s->next_key_number = 20;
	if (k->next_key) {
		s->slot_next = cast_add_chain(&s->cast, KEY_ECDSA, s->next_key_number, 1);
		if (!k->next_missed)
			renewed_key = s->next_key_number;
	}
	s->renewed = cast_add_chain(&s->cast, KEY_ECDSA, renewed_key, k->reuse ? 1 : 2);
	s->disk = k->has_files ? s->old_chain : CAST_CHAINS;
	/* What an earlier rollover kept, which nobody knows any more. */
	s->previous = k->has_files ? cast_add_chain(&s->cast, KEY_ECDSA, 12, 7) : CAST_CHAINS;
}

static void
make_zone(struct stage_set *s)
{
	const struct knobs *k = &s->knobs;
	struct strlist old = { 0 }, spki = { 0 };
	struct version v = { .ttl = { k->ttl, k->ttl } };

	for (unsigned i = 0; i < 2 && params_of[k->old_params][i] != NULL; i++)
		add_text(&old, params_of[k->old_params][i]);
	add_text(&spki, "3 1 1");
	for (unsigned p = 0; p < k->places; p++) {
		uint32_t mask = cast_records(&s->cast, &old, s->old_chain);

		if (k->second_kind)
			mask |= cast_records(&s->cast, &spki, s->second_chain);
		if (k->next_key)
			mask |= cast_records(&s->cast, &spki, s->slot_next);
		if (k->foreign) {
			s->operators[p] = cast_foreign(&s->cast, p);
			mask |= s->operators[p];
		}
		if (k->wildcard)
			s->wild = mask;
		v.mask[p] = k->first || k->wildcard ? 0 : mask;
		if (v.mask[p] == 0)
			s->operators[p] = 0;
		s->former[p] = v.mask[p];
	}
	strlist_release(&old);
	strlist_release(&spki);
	/* Servers may still have the set with a longer TTL. */
	s->versions[0] = v;
	for (unsigned p = 0; p < k->places; p++)
		s->versions[0].ttl[p] = k->lagging_ttl;
	s->versions[1] = v;
	s->versions_n = 2;
	s->servers_n = k->servers;
	for (unsigned i = 0; i < STAGE_SERVERS; i++) {
		struct server_state *d = &s->servers[i];

		*d = (struct server_state){ .exists = i < k->servers, .version = 1,
			.visible = i < k->servers && (i > 0 || !k->hidden_primary),
			.transfer_due = NEVER, .signed_until = s->t + INT64_C(86400000) * 14 };
		if (i > 0 && i < k->servers && k->lagging_ttl != k->ttl) {
			d->version = 0;
			d->transfer_due = NEVER;
		}
	}
	s->stale_since = NEVER;
	s->late_due = NEVER;
}

static void
make_services(struct stage_set *s)
{
	const struct knobs *k = &s->knobs;

	for (unsigned p = 0; p < k->places; p++)
		for (unsigned a = 0; a < k->addresses; a++)
			s->services[s->services_n++] = (struct service_state){ .place = p,
				.chain = s->old_chain, .flip_due = NEVER, .outcome = PROBE_SHOWN };
}

struct stage_set *
stage_make(uint64_t seed, const struct knobs *k, bool tracing)
{
	struct stage_set *s = calloc(1, sizeof *s);

	cast_need(s != NULL, "out of memory");
	s->knobs = *k;
	s->random = seed;
	s->tracing = tracing;
	s->t = START;
	s->boot_start = START - 5000000;
	s->at_stage = -1;
	make_order(s);
	make_places(s);
	make_cast(s);
	make_zone(s);
	make_services(s);
	stage_check(s);
	return s;
}

void
stage_free(struct stage_set *s)
{
	if (s == NULL)
		return;
	order_release(&s->order);
	cast_release(&s->cast);
	entries_release(&s->ledger);
	free(s);
}

static struct moment
clock_of(void *world)
{
	struct player *p = world;

	return stage_now(p->stage);
}

struct outside
stage_outside(struct player *p)
{
	return (struct outside){
		.world = p, .now = clock_of, .wait = stage_wait, .look = stage_look, .update = stage_update,
		.probe = stage_probe, .judge = stage_judge, .pair_read = stage_pair_read,
		.swap = stage_swap, .deploy = stage_deploy, .next_key = stage_next_key,
		.append = stage_append
	};
}
