/* SPDX-License-Identifier: BSD-2-Clause */
/* Services, files, the deploy command and the ledger. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "publish/runner.h"
#include "tests/sim/stage.h"

bool
stage_enter(struct player *p, const char *what, struct fault *why)
{
	struct stage_set *s = p->stage;
	bool planned;

	if (p->dead) {
		(void)fault_set(why, ZP_ELOCAL, "killed");
		return false;
	}
	s->calls++;
	stage_trace(s, "%ld %s", s->calls, what);
	planned = s->knobs.crash_at[0] == s->calls || s->knobs.crash_at[1] == s->calls;
	if (planned || stage_chance(s, s->knobs.crash_permille / 2)) {
		stage_trace(s, "killed before %s", what);
		p->dead = true;
		(void)fault_set(why, ZP_ELOCAL, "killed");
		return false;
	}
	return true;
}

int
stage_leave(struct player *p, const char *what, int rc, struct fault *why)
{
	struct stage_set *s = p->stage;
	bool planned = s->knobs.crash_at[0] == -s->calls || s->knobs.crash_at[1] == -s->calls;

	if (p->dead)
		return fault_set(why, ZP_ELOCAL, "killed");
	if (planned || stage_chance(s, s->knobs.crash_permille - s->knobs.crash_permille / 2)) {
		stage_trace(s, "killed after %s", what);
		p->dead = true;
		return fault_set(why, ZP_ELOCAL, "killed");
	}
	return rc;
}

static void
show(struct probe_result *out, struct stage_set *s, unsigned i, enum probe_algorithm algorithm)
{
	const struct service_state *v = &s->services[i];
	unsigned chain = v->chain;
	enum key_kind kind = algorithm == PROBE_RSA ? KEY_RSA : KEY_ECDSA;

	*out = (struct probe_result){ .outcome = v->outcome, .seen = stage_now(s),
		.has_greeted = v->outcome != PROBE_BUSY };
	out->target.port = s->places[v->place].port;
	out->target.algorithm = algorithm;
	(void)snprintf(out->target.address, sizeof out->target.address, "198.51.100.%u", i + 1);
	if (out->outcome != PROBE_SHOWN) {
		(void)fault_set(&out->why, ZP_ERETRY, "out of order");
		return;
	}
	if (s->cast.keys[chain].kind != kind) {
		if (!s->knobs.second_kind || kind != KEY_RSA) {
			out->outcome = PROBE_NO_SUCH_KEY;
			(void)fault_set(&out->why, ZP_EABSENT, "no such key");
			return;
		}
		chain = s->second_chain;
	}
	cast_copy_chain(&out->chain, &s->cast.chains[chain]);
	stage_trace(s, "  service %u: chain %u", i, chain);
}

int
stage_probe(void *world, const struct order *o, const struct look *l, struct showings *out,
    struct fault *why)
{
	struct player *p = world;
	struct stage_set *s = p->stage;
	int rc;

	(void)o;
	(void)l;
	*out = (struct showings){ 0 };
	if (!stage_enter(p, "probe", why))
		return ZP_ELOCAL;
	out->v = calloc(2 * s->services_n, sizeof *out->v);
	cast_need(out->v != NULL, "out of memory");
	for (unsigned i = 0; i < s->services_n; i++) {
		if (stage_chance(s, 200))
			stage_advance(s, (int64_t)stage_random(s, 900));
		if (s->services[i].outcome != PROBE_SHOWN && s->services[i].outcome_until <= s->t)
			s->services[i].outcome = PROBE_SHOWN;
		for (int j = 0; j < 2; j++) {
			struct showing *sh = &out->v[out->n++];

			sh->host = s->places[0].host;
			show(&sh->result, s, i, j == 0 ? PROBE_RSA : PROBE_ECDSA);
		}
	}
	rc = stage_leave(p, "probe", ZP_OK, why);
	if (rc != ZP_OK)
		showings_release(out);
	return rc;
}

int
stage_judge(void *world, const struct place *p, const struct chain *chain,
    const struct rrset *set, bool *accepted, struct fault *why)
{
	struct player *player = world;
	struct cast *c = &player->stage->cast;
	unsigned i = cast_find(c, chain);

	(void)p;
	(void)why;
	cast_need(i < CAST_CHAINS, "a chain of the play");
	*accepted = (cast_mask(c, set) & c->accepts[i]) != 0;
	return ZP_OK;
}

static void
fill_pair(struct pair *out, const struct stage_set *s, unsigned chain)
{
	cast_copy_chain(&out->chain, &s->cast.chains[chain]);
	cast_need(key_facts_copy(&out->key, &s->cast.keys[chain], NULL) == ZP_OK, "out of memory");
}

int
stage_pair_read(void *world, const struct order *o, enum pair_which which, struct pair *out,
    struct fault *why)
{
	struct player *p = world;
	struct stage_set *s = p->stage;
	int rc = ZP_OK;

	(void)o;
	*out = (struct pair){ 0 };
	if (!stage_enter(p, "pair_read", why))
		return ZP_ELOCAL;
	if (which == PAIR_RENEWED && s->t < s->unreadable_until)
		rc = fault_set(why, ZP_EABSENT, "new.pem: no such file");
	else if (which == PAIR_RENEWED)
		fill_pair(out, s, s->renewed);
	else if (which == PAIR_LIVE && s->knobs.has_files)
		fill_pair(out, s, s->disk);
	else if (which == PAIR_PREVIOUS && s->previous < CAST_CHAINS)
		fill_pair(out, s, s->previous);
	rc = stage_leave(p, "pair_read", rc, why);
	if (rc != ZP_OK)
		pair_release(out);
	return rc;
}

/* Before the renewed pair goes live: signatures must outlive what caches do. */
static void
check_signatures(struct stage_set *s)
{
	for (unsigned i = 0; i < s->servers_n; i++)
		if (s->servers[i].visible && s->servers[i].health == HEALTHY &&
		    s->servers[i].signed_until < s->t + (int64_t)s->knobs.ttl * 1000)
			stage_fail(s, "deployed although a signature of server %u ends before the TTL does", i);
}

static bool
has_print(const struct stage_set *s, unsigned chain, const char *fingerprint)
{
	char *print = NULL;
	bool same;

	cast_need(steps_fingerprint(&print, &s->cast.chains[chain], NULL) == ZP_OK, "out of memory");
	same = strcmp(print, fingerprint) == 0;
	free(print);
	return same;
}

int
stage_swap(void *world, const struct order *o, enum swap_way way, const char *fingerprint,
    struct fault *why)
{
	static const char *const words[] = { "swap: renewed", "swap: previous", "swap: forget" };
	struct player *p = world;
	struct stage_set *s = p->stage;
	int rc = ZP_OK;

	(void)o;
	if (!stage_enter(p, words[way], why))
		return ZP_ELOCAL;
	/* The files may be replaced at the worst moment. */
	if (way == SWAP_RENEWED && s->knobs.newer_pair && s->knobs.faults > 0 && stage_chance(s, 100) &&
	    s->cast.chains_n + 4 < CAST_CHAINS) {
		s->knobs.faults--;
		s->renewed = cast_add_chain(&s->cast, KEY_ECDSA, 40 + s->cast.chains_n, 2);
		stage_trace(s, "a newer pair comes just now: chain %u", s->renewed);
	}
	if (p->lost)
		stage_fail(s, "a process that has lost swaps files");
	if (way == SWAP_RENEWED && s->t < s->unreadable_until)
		rc = fault_set(why, ZP_EABSENT, "new.pem: no such file");
	else if (way == SWAP_RENEWED && !has_print(s, s->renewed, fingerprint))
		rc = fault_set(why, ZP_ERETRY, "the renewed files were replaced");
	else if (s->knobs.faults > 0 && stage_chance(s, 40)) {
		s->knobs.faults--;
		rc = fault_set(why, ZP_ELOCAL, "no space left");
	} else if (s->knobs.has_files && way == SWAP_RENEWED && s->disk != s->renewed) {
		check_signatures(s);
		if (s->previous == CAST_CHAINS)
			s->previous = s->disk;
		s->disk = s->renewed;
	} else if (s->knobs.has_files && way == SWAP_PREVIOUS && s->previous < CAST_CHAINS)
		s->disk = s->previous;
	else if (way == SWAP_FORGET)
		s->previous = CAST_CHAINS;
	stage_trace(s, "live on disk: chain %u, previous %u", s->disk, s->previous);
	stage_check(s);
	return stage_leave(p, words[way], rc, why);
}

/* What the command makes of one service. */
static void
reload_one(struct stage_set *s, unsigned i, unsigned chain, int64_t longest)
{
	struct service_state *v = &s->services[i];

	v->coming = chain;
	/* Who neither looks nor waits has a service that is quick. */
	v->flip_due = s->knobs.no_probe && s->knobs.no_hold ? s->t :
	    s->t + (int64_t)stage_random(s, (uint64_t)longest + 1);
}

int
stage_deploy(void *world, const struct order *o, struct bytes *output, struct fault *why)
{
	enum way { DEPLOYS, FAILS, FAILS_BUT_DEPLOYS, HANGS, ONLY_SAYS_SO, IN_PARTS, LOADS_ANOTHER };
	enum way how = DEPLOYS;
	struct player *p = world;
	struct stage_set *s = p->stage;
	unsigned chain = s->knobs.has_files ? s->disk : s->renewed;
	int rc = ZP_OK;

	(void)o;
	*output = (struct bytes){ 0 };
	if (!stage_enter(p, "deploy", why))
		return ZP_ELOCAL;
	if (p->lost)
		stage_fail(s, "a process that has lost deploys");
	s->deploys++;
	if (s->knobs.service_faults && s->knobs.faults > 0 && stage_chance(s, 300)) {
		s->knobs.faults--;
		how = (enum way)stage_random(s, s->knobs.no_probe ? HANGS + 1 : LOADS_ANOTHER + 1);
	}
	stage_trace(s, "deploy: way %d, chain %u", (int)how, chain);
	if (how == HANGS)
		stage_advance(s, 60000);
	if (how == FAILS || how == HANGS)
		rc = fault_set(why, ZP_EREFUSED, "the deploy command failed");
	for (unsigned i = 0; (rc == ZP_OK && how != ONLY_SAYS_SO) && i < s->services_n; i++)
		reload_one(s, i, how == LOADS_ANOTHER && stage_chance(s, 500) ? s->third_chain : chain,
		    how == IN_PARTS && i % 2 == 0 ? 120000 : s->knobs.reload);
	if (how == FAILS_BUT_DEPLOYS)
		rc = fault_set(why, ZP_EREFUSED, "the deploy command failed at its end");
	bytes_append_text(output, "reloading\n\001done\n");
	stage_advance(s, 1);
	return stage_leave(p, "deploy", rc, why);
}

int
stage_next_key(void *world, const struct order *o, const struct key_facts *live, bool move_on,
    struct key_facts *next, struct fault *why)
{
	struct player *p = world;
	struct stage_set *s = p->stage;
	int rc;

	(void)o;
	*next = (struct key_facts){ 0 };
	if (!stage_enter(p, "next_key", why))
		return ZP_ELOCAL;
	if (s->knobs.next_key) {
		if (move_on && key_facts_equal(live, &s->cast.keys[s->slot_next]))
			s->slot_next = cast_add_chain(&s->cast, KEY_ECDSA, ++s->next_key_number, 1);
		cast_need(key_facts_copy(next, &s->cast.keys[s->slot_next], NULL) == ZP_OK, "out of memory");
		stage_trace(s, "next key: of chain %u", s->slot_next);
	}
	rc = stage_leave(p, "next_key", ZP_OK, why);
	if (rc != ZP_OK)
		key_facts_release(next);
	return rc;
}

static int
append_entry(struct stage_set *s, const struct entry *e, struct fault *why)
{
	struct entry copy = *e;
	struct entry *v;

	if (s->ended || e->number != (int64_t)s->ledger.n + 1)
		return fault_set(why, ZP_ESTALE, "entry %lld is there already", (long long)e->number);
	v = reallocarray(s->ledger.v, s->ledger.n + 1, sizeof *v);
	cast_need(v != NULL, "out of memory");
	s->ledger.v = v;
	copy.body = strdup(e->body == NULL ? "" : e->body);
	cast_need(copy.body != NULL, "out of memory");
	v[s->ledger.n++] = copy;
	s->ended = e->ends;
	stage_trace(s, "entry %lld: stage %s, kind %d: %.200s", (long long)e->number,
	    stage_word((enum stage)e->stage), e->kind, copy.body);
	stage_follow(s, e);
	return ZP_OK;
}

/* Another process that works on the same rollover gets in between. */
static void
let_rival_walk(struct stage_set *s)
{
	struct player rival = { .stage = s, .budget = 2000 };
	struct outside outside = stage_outside(&rival);
	struct entries entries = { 0 };
	struct runner run;
	struct fault why = { 0 };
	int64_t left;

	s->nesting++;
	entries.v = calloc(s->ledger.n, sizeof *entries.v);
	cast_need(entries.v != NULL, "out of memory");
	for (size_t i = 0; i < s->ledger.n; i++) {
		entries.v[entries.n] = s->ledger.v[i];
		entries.v[entries.n++].body = strdup(s->ledger.v[i].body);
	}
	stage_trace(s, "{ another process");
	cast_need(runner_open(&run, &outside, &entries, &why) == ZP_OK, "the ledger can be read");
	if (runner_walk(&run, &left, &why) == ZP_OK)
		stage_trace(s, "the other process has finished it");
	runner_close(&run);
	stage_trace(s, "} another process: %s", why.text);
	s->nesting--;
}

int
stage_append(void *world, const struct entry *e, struct fault *why)
{
	struct player *p = world;
	struct stage_set *s = p->stage;
	int rc;

	if (!stage_enter(p, "append", why))
		return ZP_ELOCAL;
	if (s->knobs.rivals && s->nesting == 0 && s->knobs.faults > 0 && s->ledger.n > 0 &&
	    stage_chance(s, 30)) {
		s->knobs.faults--;
		let_rival_walk(s);
	}
	if (s->knobs.faults > 0 && stage_chance(s, 20)) {
		s->knobs.faults--;
		rc = fault_set(why, ZP_ELOCAL, "the disk is full");
	} else
		rc = append_entry(s, e, why);
	if (rc == ZP_ESTALE)
		p->lost = true;
	if (rc == ZP_ESTALE && s->nesting == 0 && !s->knobs.rivals)
		stage_fail(s, "entry %lld was written where %zu are there", (long long)e->number, s->ledger.n);
	return stage_leave(p, "append", rc, why);
}

int
stage_wait(void *world, int64_t ms, struct fault *why)
{
	struct player *p = world;
	struct stage_set *s = p->stage;
	int64_t slept = s->knobs.clock_steps || ms < 1000 ? ms : ms - (int64_t)stage_random(s, 20);

	if (!stage_enter(p, "wait", why))
		return ZP_ELOCAL;
	if (ms <= 0)
		stage_fail(s, "a wait of %lld ms", (long long)ms);
	if (p->budget >= 0 && p->budget < slept)
		return stage_leave(p, "wait", fault_set(why, ZP_EWAIT, "waited as long as it may"), why);
	if (p->budget >= 0)
		p->budget -= slept;
	stage_advance(s, slept / 2);
	if (s->knobs.faults > 0 && s->nesting == 0 && stage_chance(s, 40))
		stage_mischief(s);
	stage_advance(s, slept - slept / 2);
	return stage_leave(p, "wait", ZP_OK, why);
}
