/* SPDX-License-Identifier: BSD-2-Clause */
/* The zone and its servers: what they answer, and how an update gets there. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/stage.h"

bool
stage_answers(const struct server_state *v)
{
	return v->exists && v->health == HEALTHY;
}

uint32_t
stage_served(const struct stage_set *s, const struct server_state *v, unsigned place)
{
	uint32_t mask = s->versions[v->version].mask[place];

	return mask != 0 ? mask : s->wild;
}

static void
hold(struct stage_set *s, unsigned place, uint32_t mask, uint32_t ttl)
{
	uint32_t longest = ttl > s->knobs.link_ttl ? ttl : s->knobs.link_ttl;
	int64_t until = s->t + (int64_t)longest * 1000;

	for (unsigned i = 0; i < s->held_n; i++)
		if (s->held[i].place == place && s->held[i].mask == mask) {
			if (s->held[i].until < until)
				s->held[i].until = until;
			return;
		}
	cast_need(s->held_n < STAGE_HELD, "too many sets in caches");
	s->held[s->held_n++] = (struct held){ place, mask, until };
}

/* Before a server changes: some cache has asked it at this very moment. */
void
stage_hold_served(struct stage_set *s, const struct server_state *v)
{
	if (!v->visible || !stage_answers(v))
		return;
	for (unsigned p = 0; p < s->knobs.places; p++)
		if (stage_served(s, v, p) != 0)
			hold(s, p, stage_served(s, v, p), s->versions[v->version].ttl[p]);
}

/* The primary has it at once, the others when they come to it. */
void
stage_new_version(struct stage_set *s, const struct version *v)
{
	cast_need(s->versions_n < STAGE_VERSIONS, "too many versions of the zone");
	stage_hold_served(s, &s->servers[0]);
	s->versions[s->versions_n++] = *v;
	s->servers[0].version = s->versions_n - 1;
	stage_trace(s, "zone version %u: %#x TTL %u, %#x", s->versions_n - 1, v->mask[0], v->ttl[0],
	    v->mask[1]);
	for (unsigned i = 1; i < s->servers_n; i++)
		if (!s->servers[i].regressed && s->servers[i].transfer_due == NEVER)
			s->servers[i].transfer_due = s->t + 1 +
			    (int64_t)stage_random(s, (uint64_t)s->knobs.lag + 1);
	stage_check(s);
}

static void
answer(struct sighting *out, struct stage_set *s, unsigned server, unsigned place)
{
	static const enum sighting_answer sick[] = { SIGHTING_PRESENT, SIGHTING_SILENT, SIGHTING_FAILED,
		SIGHTING_PRESENT };
	const struct server_state *v = &s->servers[server];
	uint32_t mask = stage_served(s, v, place);

	*out = (struct sighting){ .owner = s->places[place].owner, .type = RRTYPE_TLSA,
		.when = stage_now(s), .answer = sick[v->health], .trust = VERIFY_UNCHECKED };
	(void)snprintf(out->server.address, sizeof out->server.address, "192.0.2.%u", server + 1);
	out->server.port = 53;
	out->server.origin = server == 0 ? SERVER_PRIMARY | (v->visible ? SERVER_CHILD : 0) :
	    SERVER_PARENT | SERVER_CHILD;
	if (out->answer != SIGHTING_PRESENT) {
		(void)snprintf(out->reason, sizeof out->reason, "out of order");
		return;
	}
	out->trust = v->health == BOGUS ? VERIFY_EXPIRED : VERIFY_VALID;
	out->signed_until = (stage_now(s).wall + v->signed_until - s->t) / 1000;
	if (mask == 0) {
		out->answer = SIGHTING_NODATA;
		out->has_negative_ttl = true;
		out->negative_ttl = s->knobs.ttl;
		return;
	}
	out->set = cast_set(&s->cast, mask, &out->owner, s->versions[v->version].ttl[place]);
	out->wildcard = s->versions[v->version].mask[place] == 0;
}

int
stage_look(void *world, const struct order *o, struct look *out, struct fault *why)
{
	struct player *p = world;
	struct stage_set *s = p->stage;
	int rc = ZP_OK;

	(void)o;
	*out = (struct look){ 0 };
	if (!stage_enter(p, "look", why))
		return ZP_ELOCAL;
	out->places = calloc(s->knobs.places, sizeof *out->places);
	cast_need(out->places != NULL, "out of memory");
	out->places_n = s->knobs.places;
	memcpy(out->places, s->places, s->knobs.places * sizeof *out->places);
	for (unsigned i = 0; rc == ZP_OK && i < s->servers_n; i++) {
		if (stage_chance(s, 200))
			stage_advance(s, (int64_t)stage_random(s, 900));
		for (unsigned j = 0; rc == ZP_OK && j < s->knobs.places; j++) {
			struct sighting seen;

			answer(&seen, s, i, j);
			if (s->tracing && !p->dead) {
				struct bytes line = { 0 };

				sighting_print(&line, &seen);
				stage_trace(s, "  %s: %#x", bytes_text(&line), cast_mask(&s->cast, &seen.set));
				bytes_release(&line);
			}
			rc = sighting_list_take(&out->seen, &seen, why);
		}
	}
	rc = stage_leave(p, "look", rc, why);
	if (rc != ZP_OK)
		look_release(out);
	return rc;
}

/* A record that matches what is shown, or would be after a restart, must never go. */
static void
check_removal(struct stage_set *s, unsigned place, uint32_t before, uint32_t after)
{
	for (unsigned i = 0; i < s->services_n; i++) {
		unsigned chain = s->services[i].chain;

		if (s->services[i].place == place && chain != s->third_chain && !s->services[i].third &&
		    (before & ~after & s->cast.accepts[chain]) != 0 && !s->knobs.no_probe &&
		    ((after & s->cast.accepts[chain]) == 0 ? after != 0 : false))
			stage_fail(s, "an update removes from place %u the records %#x that service %u "
			    "(chain %u) needs", place, before & ~after, i, chain);
	}
}

static int
read_changes(struct version *v, uint32_t before[STAGE_PLACES], bool touched[STAGE_PLACES],
    struct stage_set *s, const struct changes *c)
{
	*v = s->versions[s->servers[0].version];
	for (unsigned p = 0; p < STAGE_PLACES; p++) {
		before[p] = v->mask[p];
		touched[p] = false;
	}
	for (size_t i = 0; i < c->n; i++)
		for (unsigned p = 0; p < s->knobs.places; p++)
			if (name_equal(&c->v[i].before.owner, &s->places[p].owner)) {
				before[p] = cast_mask(&s->cast, &c->v[i].before);
				v->mask[p] = cast_mask(&s->cast, &c->v[i].after);
				v->ttl[p] = c->v[i].after.ttl;
				touched[p] = true;
			}
	return touched[0] || touched[1] ? ZP_OK : ZP_EUSAGE;
}

static bool
guard_holds(const struct stage_set *s, const uint32_t before[STAGE_PLACES])
{
	const struct version *v = &s->versions[s->versions_n - 1];

	return v->mask[0] == before[0] && v->mask[1] == before[1];
}

void
stage_apply_late(struct stage_set *s)
{
	s->late_due = NEVER;
	stage_trace(s, "an update that was lost arrives, and is %s",
	    guard_holds(s, s->late_before) ? "carried out" : "turned down");
	if (guard_holds(s, s->late_before))
		stage_new_version(s, &s->late);
}

/* Someone else edits the zone just before. */
static void
edit_before(struct stage_set *s)
{
	if (s->knobs.operator_edits && s->knobs.faults > 0 && s->at_stage < STAGE_RETIRED &&
	    stage_chance(s, 60)) {
		struct version v = s->versions[s->versions_n - 1];
		uint32_t bit = cast_foreign(&s->cast, (unsigned)stage_random(s, 4));

		s->knobs.faults--;
		if (v.mask[0] == 0)
			return;
		s->in_forced = true;
		v.mask[0] |= bit;
		s->operators[0] |= bit;
		s->former[0] |= bit;
		stage_trace(s, "the operator adds %#x just now", bit);
		stage_excuse(s, &v);
		stage_new_version(s, &v);
		s->in_forced = false;
	}
}

int
stage_update(void *world, const struct order *o, const struct changes *c, struct fault *why)
{
	struct player *p = world;
	struct stage_set *s = p->stage;
	struct version v;
	uint32_t before[STAGE_PLACES];
	bool touched[STAGE_PLACES];
	int rc = ZP_OK;

	(void)o;
	if (!stage_enter(p, "update", why))
		return ZP_ELOCAL;
	stage_advance(s, 1 + (int64_t)stage_random(s, 200));
	edit_before(s);
	cast_need(read_changes(&v, before, touched, s, c) == ZP_OK, "an update without a change");
	if (p->lost)
		stage_fail(s, "a process that has lost sends an update");
	for (unsigned i = 0; i < s->knobs.places; i++)
		if (touched[i]) {
			check_removal(s, i, before[i], v.mask[i]);
			stage_inherit(s, i, before[i], v.mask[i]);
		}
	if (s->servers[0].health == SILENT || s->servers[0].health == FAILING)
		rc = fault_set(why, ZP_ERETRY, "no reply");
	else if (!guard_holds(s, before))
		rc = fault_set(why, ZP_ESTALE, "something else stands there");
	else if (s->knobs.faults > 0 && stage_chance(s, 150)) {
		s->knobs.faults--;
		switch (stage_random(s, 4)) {
		case 0:
			rc = fault_set(why, ZP_EREFUSED, "refused");
			break;
		case 1:
			rc = fault_set(why, ZP_ERETRY, "the request is lost");
			break;
		case 2:
			stage_new_version(s, &v);
			rc = fault_set(why, ZP_ERETRY, "the reply is lost");
			break;
		default:
			s->late = v;
			memcpy(s->late_before, before, sizeof before);
			s->late_due = s->t + (int64_t)stage_random(s, 20000);
			rc = fault_set(why, ZP_ERETRY, "the request is late");
			break;
		}
		stage_trace(s, "update: %s", why->text);
	} else
		stage_new_version(s, &v);
	return stage_leave(p, "update", rc, why);
}
