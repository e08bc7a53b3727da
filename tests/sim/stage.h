/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tests/sim/stage.h - the world of a simulated rollover.
 *
 * A clock, authoritative servers, the worst caches that are possible, TLS
 * services, files and a ledger.  After everything that happens the invariant
 * of ROLLOVER.md is checked: every set that a cache may hold accepts every
 * chain that a service may show.  What the stage itself forces (an operator's
 * edit, a restored backup, a service that loads something else) excuses just
 * the pairs of set and chain that it made.
 *
 * All is decided by one seed.
 */
#ifndef TESTS_SIM_STAGE_H
#define TESTS_SIM_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/ledger.h"
#include "publish/outside.h"
#include "publish/rollover.h"
#include "tests/sim/cast.h"

enum {
	STAGE_SERVERS = 5, STAGE_PLACES = 2, STAGE_SERVICES = 6, STAGE_VERSIONS = 256,
	STAGE_HELD = 2048, STAGE_EXCUSED = 512
};

#define NEVER INT64_MAX

/* What a schedule is made of; drawn from the seed, or plain. */
struct knobs {
	unsigned servers, places, addresses;
	bool hidden_primary;
	unsigned params, old_params;	/* of the table in stage.c */
	uint32_t ttl, lagging_ttl, link_ttl;	/* seconds */
	int64_t lag;			/* longest delay of a transfer, ms */
	int64_t reload;			/* longest delay until a service shows what was deployed, ms */
	bool first, wildcard, reuse, next_key, next_missed, second_kind, foreign;
	bool has_files, no_probe, no_hold, prune;
	bool waits;			/* one process stays until done */
	bool operator_edits, server_faults, service_faults, newer_pair, reboots, clock_steps, rivals;
	unsigned faults;		/* how many may still happen */
	unsigned crash_permille;	/* of outside calls */
	long crash_at[2];		/* call numbers; 0: none. Negative: after the call */
	int abort_at;			/* stage at which a person says abort; -1: never */
};

enum health { HEALTHY, SILENT, FAILING, BOGUS };

struct server_state {
	bool exists, visible;		/* visible: caches ask it */
	enum health health;
	int64_t health_until;
	unsigned version;
	int64_t transfer_due;
	bool regressed;
	int64_t signed_until;		/* ms */
};

struct version {
	uint32_t mask[STAGE_PLACES];
	uint32_t ttl[STAGE_PLACES];
};

struct service_state {
	unsigned place, chain, coming;
	int64_t flip_due;
	bool third;
	enum probe_outcome outcome;
	int64_t outcome_until;
};

struct held {
	unsigned place;
	uint32_t mask;
	int64_t until;
};

struct excused {
	unsigned place;
	uint32_t mask;
	unsigned chain;
};

struct stage_set {
	struct knobs knobs;
	uint64_t random;
	struct cast cast;
	struct order order;
	struct place places[STAGE_PLACES];
	/* clock */
	int64_t t, wall_offset, boot_start;
	unsigned boot;
	/* zone */
	struct version versions[STAGE_VERSIONS];
	unsigned versions_n;
	uint32_t wild;
	struct server_state servers[STAGE_SERVERS];
	unsigned servers_n;
	struct held held[STAGE_HELD];
	unsigned held_n;
	int64_t stale_since;		/* NEVER: some server answers */
	struct excused excused[STAGE_EXCUSED];
	unsigned excused_n;
	uint32_t operators[STAGE_PLACES];	/* records that are the operator's alone */
	uint32_t former[STAGE_PLACES];		/* what stood there at first, edits followed */
	bool operator_removed;
	struct version late;		/* an update that arrives later */
	uint32_t late_before[STAGE_PLACES];
	int64_t late_due;
	/* host */
	struct service_state services[STAGE_SERVICES];
	unsigned services_n;
	unsigned disk, previous, renewed, slot_next;	/* CAST_CHAINS: none */
	bool wiped;			/* the live place holds nothing the stage knows */
	unsigned old_chain, second_chain, third_chain;
	unsigned next_key_number;
	int64_t unreadable_until;
	/* ledger */
	struct entries ledger;
	int at_stage;			/* by the last entry */
	bool shortcut, ended, aborting;
	int deploys;
	/* bookkeeping */
	long calls;
	bool tracing;
	bool failed;
	char failure[512];
	bool in_forced;
	int nesting;
};

/* One process that works on the rollover. */
struct player {
	struct stage_set *stage;
	bool dead;		/* killed */
	bool lost;		/* found out that another one works on it */
	int64_t budget;		/* of waiting, ms; below 0: no limit */
};

struct stage_set *stage_make(uint64_t seed, const struct knobs *k, bool tracing);
void stage_free(struct stage_set *s);
struct outside stage_outside(struct player *p);

uint64_t stage_random(struct stage_set *s, uint64_t below);
bool stage_chance(struct stage_set *s, unsigned permille);
void stage_trace(struct stage_set *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
void stage_fail(struct stage_set *s, const char *fmt, ...) PRINTF_LIKE(2, 3);

struct moment stage_now(const struct stage_set *s);
/* Let time pass, and all that happens by itself in it. */
void stage_advance(struct stage_set *s, int64_t ms);
/* Let something happen that nobody asked for. */
void stage_mischief(struct stage_set *s);
/* A person deploys the former pair by hand. */
void stage_mend(struct stage_set *s);
/* From now on nothing fails. */
void stage_calm(struct stage_set *s);
void stage_check(struct stage_set *s);
/* What an edit by hand does to the invariant is not held against anyone. */
void stage_excuse(struct stage_set *s, const struct version *v);
void stage_inherit(struct stage_set *s, unsigned place, uint32_t before, uint32_t after);
void stage_reboot(struct stage_set *s);
/* How the ledger stands after an entry: what may recover now. */
void stage_follow(struct stage_set *s, const struct entry *e);
/* The record sets at the end; done or aborted. */
void stage_check_end(struct stage_set *s, const struct rollover *r);

/* stage_zone.c */
bool stage_answers(const struct server_state *v);
uint32_t stage_served(const struct stage_set *s, const struct server_state *v, unsigned place);
void stage_hold_served(struct stage_set *s, const struct server_state *v);
void stage_new_version(struct stage_set *s, const struct version *v);
int stage_look(void *world, const struct order *o, struct look *out, struct fault *why);
int stage_update(void *world, const struct order *o, const struct changes *c, struct fault *why);
void stage_apply_late(struct stage_set *s);

/* stage_host.c */
int stage_probe(void *world, const struct order *o, const struct look *l, struct showings *out,
    struct fault *why);
int stage_judge(void *world, const struct place *p, const struct chain *chain,
    const struct rrset *set, bool *accepted, struct fault *why);
int stage_pair_read(void *world, const struct order *o, enum pair_which which, struct pair *out,
    struct fault *why);
int stage_swap(void *world, const struct order *o, enum swap_way way, const char *fingerprint,
    struct fault *why);
int stage_deploy(void *world, const struct order *o, struct bytes *output, struct fault *why);
int stage_next_key(void *world, const struct order *o, const struct key_facts *live, bool move_on,
    struct key_facts *next, struct fault *why);
int stage_append(void *world, const struct entry *e, struct fault *why);
int stage_wait(void *world, int64_t ms, struct fault *why);

/* stage_mischief.c */
void stage_recover(struct stage_set *s);

/* Around every call: false if the player is (now) dead. */
bool stage_enter(struct player *p, const char *what, struct fault *why);
int stage_leave(struct player *p, const char *what, int rc, struct fault *why);

/* What the player of the next schedule does wrong (lies.c); 0: nothing. */
enum lie {
	LIE_NONE, LIE_NO_WAIT, LIE_ONE_TTL_FROM_PUBLICATION, LIE_NEW_TTL, LIE_NO_PROPAGATION,
	LIE_FORGETS_A_SERVER, LIE_WALL_CLOCK, LIE_SILENCE_IS_NOTHING, LIE_RETIRES_UNVERIFIED,
	LIE_RETIRES_ALL, LIE_SHORT_SIGNATURES, LIE_NO_GATE, LIE_ABORTS_BLINDLY,
	LIE_WITHDRAWS_AT_ONCE, LIES_N
};
void lie_set(enum lie lie);
const char *lie_name(enum lie lie);

#endif
