/* SPDX-License-Identifier: BSD-2-Clause */
/* What nobody asked for: edits, outages, backups, clocks; and the end of it. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tests/sim/stage.h"

/*
 * Is this the time in which a rollover relies on what it saw?  Then what goes
 * wrong stays wrong until an entry shows that it was seen: what nobody could
 * have seen is nobody's fault.
 */
static bool
is_relied_upon(const struct stage_set *s)
{
	int first = s->shortcut ? STAGE_PREPARED : STAGE_PROPAGATED;

	return s->at_stage >= first && s->at_stage <= STAGE_EXPIRED;
}

/* Silence counts only while a wait runs. */
static bool
is_waited_out(const struct stage_set *s)
{
	return s->at_stage == STAGE_PROPAGATED || s->at_stage == STAGE_EXPIRED;
}

static bool
is_harmless(const struct stage_set *s, const struct server_state *v)
{
	for (unsigned p = 0; p < s->knobs.places; p++)
		if (!cast_accepts(&s->cast, stage_served(s, v, p), s->renewed))
			return false;
	return true;
}

void
stage_recover(struct stage_set *s)
{
	for (unsigned i = 1; i < s->servers_n; i++) {
		struct server_state *v = &s->servers[i];

		if (v->regressed && v->transfer_due == NEVER && (!is_relied_upon(s) || is_harmless(s, v)))
			v->transfer_due = s->t + 1 + (int64_t)stage_random(s, (uint64_t)s->knobs.lag + 1);
		if (v->health != HEALTHY && v->health_until == NEVER && !is_waited_out(s))
			v->health_until = s->t + 1000 + (int64_t)stage_random(s, 600000);
	}
	if (s->servers[0].health != HEALTHY && s->servers[0].health_until == NEVER && !is_waited_out(s))
		s->servers[0].health_until = s->t + 1000 + (int64_t)stage_random(s, 600000);
}

void
stage_follow(struct stage_set *s, const struct entry *e)
{
	switch ((enum entry_kind)e->kind) {
	case ENTRY_SETBACK:
		s->at_stage = s->aborting ? STAGE_ABORTED : e->stage;
		if (e->stage < STAGE_PROPAGATED)
			s->shortcut = false;
		break;
	case ENTRY_PROVEN:
		s->at_stage = e->stage != STAGE_PUT_BACK ? e->stage :
		    s->aborting ? STAGE_ABORTED : STAGE_EXPIRED;
		break;
	case ENTRY_SUPERSEDED:
		s->at_stage = STAGE_PREPARED;
		break;
	case ENTRY_ABORT:
		s->at_stage = STAGE_ABORTED;
		s->aborting = true;
		break;
	default:
		return;
	}
	if (e->stage == STAGE_PREPARED && e->kind != ENTRY_SETBACK)
		s->shortcut = strstr(e->body, "\"no-wait\"") != NULL || strstr(e->body, "\"since\"") != NULL;
	stage_recover(s);
}

static void
edit(struct stage_set *s)
{
	struct version v = s->versions[s->versions_n - 1];
	unsigned p = (unsigned)stage_random(s, s->knobs.places);
	uint32_t bit = cast_foreign(&s->cast, (unsigned)stage_random(s, 4));
	uint32_t managed = v.mask[p] & ~s->operators[p];

	if (s->at_stage >= STAGE_RETIRED && s->at_stage != STAGE_ABORTED)
		return;
	switch (stage_random(s, 6)) {
	case 0:
		if (v.mask[p] == 0)
			return;
		v.mask[p] |= bit;
		s->operators[p] |= bit;
		s->former[p] |= bit;
		break;
	case 1:
		v.mask[p] &= ~s->operators[p];
		s->former[p] &= ~s->operators[p];
		s->operators[p] = 0;
		break;
	case 2:
		v.ttl[p] *= 2;
		break;
	case 3:
		v.mask[p] &= ~(managed & (uint32_t)stage_random(s, UINT32_MAX));
		s->operator_removed = true;
		break;
	case 4:
		v.mask[p] &= ~(managed & ~s->former[p]);
		break;
	default:
		v.mask[p] = 0;
		s->former[p] &= ~s->operators[p];
		s->operators[p] = 0;
		s->operator_removed = true;
		break;
	}
	stage_trace(s, "the operator edits place %u", p);
	/* Who takes the former pair's record away cannot go back to that pair safely. */
	if (v.mask[p] != 0 && !cast_accepts(&s->cast, v.mask[p], s->old_chain) &&
	    s->excused_n < STAGE_EXCUSED)
		s->excused[s->excused_n++] = (struct excused){ p, v.mask[p], s->old_chain };
	stage_excuse(s, &v);
	stage_new_version(s, &v);
}

static void
fall_ill(struct stage_set *s, unsigned i, enum health how, int64_t until)
{
	stage_hold_served(s, &s->servers[i]);
	s->servers[i].health = how;
	s->servers[i].health_until = until;
	stage_trace(s, "server %u falls ill: %d", i, (int)how);
}

static void
harm_servers(struct stage_set *s)
{
	unsigned i = (unsigned)stage_random(s, s->servers_n);
	int64_t until = s->t + 1000 + (int64_t)stage_random(s, 1800000);
	struct server_state *v = &s->servers[i];
	unsigned old = (unsigned)stage_random(s, s->versions_n);

	switch (stage_random(s, 6)) {
	case 0:
		fall_ill(s, i, (enum health)(1 + stage_random(s, 3)), until);
		break;
	case 1:
		for (i = 0; i < s->servers_n; i++)
			fall_ill(s, i, SILENT, NEVER);
		break;
	case 2:
	case 3:
		if (i == 0)
			return;
		stage_hold_served(s, v);
		v->version = old;
		v->regressed = true;
		v->transfer_due = NEVER;
		stage_excuse(s, &s->versions[old]);
		stage_trace(s, "server %u goes back to version %u", i, old);
		break;
	case 4:
		if (s->servers_n == STAGE_SERVERS)
			return;
		v = &s->servers[s->servers_n++];
		*v = (struct server_state){ .exists = true, .visible = true, .version = old, .regressed = true,
			.transfer_due = NEVER, .signed_until = s->t + INT64_C(86400000) * 14 };
		stage_trace(s, "a new server %u appears with version %u", s->servers_n - 1, old);
		break;
	default:
		v->signed_until = s->t + (int64_t)stage_random(s, (uint64_t)s->knobs.ttl * 1000);
		stage_trace(s, "signatures of server %u end soon", i);
		break;
	}
	stage_recover(s);
}

static void
harm_services(struct stage_set *s)
{
	static const enum probe_outcome outcomes[] = { PROBE_UNREACHABLE, PROBE_SILENT, PROBE_BUSY,
		PROBE_TLS_FAILED, PROBE_REFUSED, PROBE_CLOSED };
	struct service_state *v = &s->services[stage_random(s, s->services_n)];

	switch (stage_random(s, 3)) {
	case 0:
		v->outcome = outcomes[stage_random(s, 6)];
		v->outcome_until = s->t + (int64_t)stage_random(s, 60000);
		stage_trace(s, "service %u cannot be looked at", (unsigned)(v - s->services));
		break;
	case 1:
		if (!s->knobs.has_files || v->third)
			return;
		v->chain = s->disk;
		v->flip_due = NEVER;
		stage_trace(s, "service %u restarts with chain %u", (unsigned)(v - s->services), v->chain);
		break;
	default:
		if (s->at_stage >= STAGE_RETIRED)
			return;
		v->coming = v->chain;
		v->flip_due = s->t + 1 + (int64_t)stage_random(s, 300000);
		v->chain = s->third_chain;
		stage_trace(s, "service %u shows a third chain for a while", (unsigned)(v - s->services));
		break;
	}
}

static void
bring_newer_pair(struct stage_set *s)
{
	if (s->cast.chains_n + 4 > CAST_CHAINS)
		return;
	if (stage_chance(s, 300)) {
		s->unreadable_until = s->t + (int64_t)stage_random(s, 600000);
		stage_trace(s, "the renewed files cannot be read for a while");
		return;
	}
	s->renewed = cast_add_chain(&s->cast, KEY_ECDSA,
	    stage_chance(s, 300) ? 1 : 40 + s->cast.chains_n, 2 + (unsigned)stage_random(s, 2));
	stage_trace(s, "a newer pair is there: chain %u", s->renewed);
}

void
stage_mischief(struct stage_set *s)
{
	const struct knobs *k = &s->knobs;

	s->knobs.faults--;
	s->in_forced = true;
	switch (stage_random(s, 6)) {
	case 0:
	case 1:
		if (k->operator_edits)
			edit(s);
		break;
	case 2:
		if (k->server_faults)
			harm_servers(s);
		break;
	case 3:
		if (k->service_faults)
			harm_services(s);
		break;
	case 4:
		if (k->newer_pair)
			bring_newer_pair(s);
		break;
	default:
		if (!k->clock_steps)
			break;
		/* Forward and backward within a boot; over a reboot only backward steps are honest. */
		s->wall_offset += stage_chance(s, 500) && !k->reboots ? (int64_t)stage_random(s, 86400000) :
		    -(int64_t)stage_random(s, 86400000);
		stage_trace(s, "the wall clock is stepped");
		break;
	}
	stage_check(s);
	s->in_forced = false;
}

void
stage_mend(struct stage_set *s)
{
	for (unsigned i = 0; i < s->services_n; i++) {
		s->services[i].chain = s->old_chain;
		s->services[i].flip_due = NEVER;
		s->services[i].third = false;
	}
	stage_trace(s, "the former pair is deployed by hand");
	stage_check(s);
}

void
stage_calm(struct stage_set *s)
{
	s->knobs.faults = 0;
	s->knobs.crash_permille = 0;
	s->in_forced = true;
	for (unsigned i = 0; i < s->servers_n; i++)
		s->servers[i].signed_until = s->t + INT64_C(86400000) * 365;
	for (unsigned i = 0; i < s->services_n; i++)
		if (s->knobs.has_files || s->services[i].chain == s->third_chain ||
		    s->at_stage == STAGE_DEPLOYED) {
			s->services[i].chain = s->knobs.has_files ? s->disk :
			    s->at_stage == STAGE_DEPLOYED ? s->renewed : s->old_chain;
			s->services[i].flip_due = NEVER;
			s->services[i].third = false;
		}
	/* Who goes back without files, or after edits by hand, has to mend by hand. */
	for (unsigned i = 0; s->at_stage == STAGE_ABORTED && !s->knobs.has_files && i < s->services_n; i++)
		s->services[i].chain = s->old_chain;
	if (s->at_stage == STAGE_ABORTED && s->operator_removed) {
		struct version v = s->versions[s->versions_n - 1];

		for (unsigned p = 0; p < s->knobs.places; p++)
			v.mask[p] |= v.mask[p] != 0 ? s->former[p] | s->cast.accepts[s->old_chain] |
			    (s->knobs.second_kind ? s->cast.accepts[s->second_chain] : 0) : 0;
		if (v.mask[0] != s->versions[s->versions_n - 1].mask[0] ||
		    v.mask[1] != s->versions[s->versions_n - 1].mask[1])
			stage_new_version(s, &v);
	}
	stage_check(s);
	s->in_forced = false;
	stage_recover(s);
	stage_trace(s, "from now on nothing fails");
}

static uint32_t
mask_of(struct stage_set *s, const struct rrset *set)
{
	return cast_mask(&s->cast, set);
}

void
stage_check_end(struct stage_set *s, const struct rollover *r)
{
	const struct version *v = &s->versions[s->versions_n - 1];
	uint32_t pending = mask_of(s, &r->pending);
	struct strlist spki = { 0 };
	uint32_t second = 0;

	cast_need(strlist_add(&spki, "3 1 1", NULL) == ZP_OK, "out of memory");
	if (s->knobs.second_kind)
		second = cast_records(&s->cast, &spki, s->second_chain) | s->cast.accepts[s->second_chain];
	if (s->knobs.next_key && r->stage == STAGE_DONE) {
		uint32_t next = cast_records(&s->cast, &spki, s->slot_next);

		if ((pending & next) != next)
			stage_fail(s, "done, but the next key's record %#x is not among the pending %#x", next,
			    pending);
	}
	strlist_release(&spki);
	for (unsigned p = 0; p < s->knobs.places; p++) {
		uint32_t want = pending | s->operators[p];
		uint32_t loose = second | (s->operator_removed ? UINT32_MAX & ~pending & ~s->operators[p] : 0);

		if (r->stage == STAGE_ABORTED) {
			want = s->former[p];
			if ((s->knobs.first || s->knobs.wildcard) && want != 0)
				second |= s->cast.accepts[s->old_chain] | ~pending;
			loose = second | (s->operator_removed ? ~(pending & ~want) : 0);
		}
		/* What matches a chain that is shown stays. */
		for (unsigned i = 0; r->stage == STAGE_DONE && i < s->services_n; i++)
			loose |= s->cast.accepts[s->services[i].chain] & ~pending;
		if (s->knobs.no_probe && s->operator_removed)
			loose = UINT32_MAX & ~pending;
		if (s->knobs.prune || (s->knobs.no_probe && !s->knobs.has_files))
			loose |= s->operators[p];
		/* Blind, what is not of the order's parameters is not known to be the former pair's. */
		if (s->knobs.no_probe && !s->knobs.has_files)
			loose |= s->former[p] & ~pending;
		if (s->knobs.wildcard)
			loose |= s->wild & ~pending & ~s->former[p];
		if (((v->mask[p] ^ want) & ~loose) != 0)
			stage_fail(s, "%s, but at place %u stands %#x and not %#x", stage_word(r->stage), p,
			    v->mask[p], want);
	}
	for (unsigned i = 0; r->stage == STAGE_DONE && i < s->services_n; i++)
		if (!s->knobs.no_probe && (pending & s->cast.accepts[s->services[i].chain]) == 0 &&
		    s->services[i].outcome == PROBE_SHOWN && !s->services[i].third)
			stage_fail(s, "done, but service %u shows chain %u", i, s->services[i].chain);
}
