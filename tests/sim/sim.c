/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rollover core in a world of seeds: random schedules, a crash at every
 * call of a plain rollover and at pairs of calls, and wrong rules that must
 * be noticed.  SIM_SEED=N and SIM_RUNS=N choose the schedules, SIM_ONLY=N traces
 * one of them, SIM_PART=crl chooses among crashes, random schedules and lies.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/sim/play.h"
#include "tests/unit/tap.h"

enum { RUNS = 3000, PAIRS_APART = 14, LIE_RUNS = 3000 };

static uint64_t
from_environment(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text == NULL || *text == '\0' ? otherwise : strtoull(text, NULL, 10);
}

static uint64_t
seed_of(uint64_t seed, uint64_t i)
{
	return (seed + i) * UINT64_C(0x9e3779b97f4a7c15);
}

static void
tell(const char *what, uint64_t number, const struct outcome *o)
{
	printf("# %s %" PRIu64 ": %s\n", what, number, o->failure);
}

static void
try_schedules(uint64_t seed, uint64_t runs)
{
	unsigned failed = 0, done = 0, aborted = 0, stuck = 0, superseded = 0;
	size_t entries = 0;
	long calls = 0;

	for (uint64_t i = 0; i < runs; i++) {
		struct knobs k = play_draw(seed_of(seed, i));
		struct outcome o = play_run(seed_of(seed, i), &k, false);

		done += o.end == STAGE_DONE;
		aborted += o.end == STAGE_ABORTED;
		stuck += o.was_stuck;
		superseded += o.was_superseded;
		calls += o.calls;
		if (o.entries > entries)
			entries = o.entries;
		if (!o.failed)
			continue;
		if (failed++ < 20)
			tell("schedule", i, &o);
		if (failed == 1 && getenv("SIM_QUIET") == NULL)
			(void)play_run(seed_of(seed, i), &k, true);
	}
	printf("# %u done, %u aborted, %u of them stuck once, %u superseded; %ld calls, at most %zu entries\n",
	    done, aborted, stuck, superseded, calls, entries);
	tap_ok(failed == 0, "%" PRIu64 " random schedules from seed %" PRIu64 ": %u failed", runs, seed, failed);
	tap_ok(done > runs / 2 && aborted > runs / 50 && stuck > 0 && superseded > 0,
	    "they see all endings");
}

static void
crash_everywhere(const char *name, struct knobs k)
{
	struct outcome plain = play_run(1, &k, false);
	unsigned failed = 0, tried = 0;

	tap_ok(!plain.failed && plain.end == (k.abort_at < 0 ? STAGE_DONE : STAGE_ABORTED),
	    "%s: %ld calls, %zu entries, %" PRId64 " s", name, plain.calls, plain.entries, plain.took / 1000);
	if (plain.failed)
		tell("plain", 1, &plain);
	for (long i = 1; i <= plain.calls; i++)
		for (int side = -1; side <= 1; side += 2)
			for (long j = 0; j < PAIRS_APART; j++) {
				struct outcome o;

				k.crash_at[0] = side * i;
				k.crash_at[1] = j == 0 ? 0 : (j % 2 == 0 ? 1 : -1) * (i + j);
				o = play_run(1, &k, false);
				tried++;
				if (o.failed && failed++ == 0) {
					printf("# killed at calls %ld and %ld\n", k.crash_at[0], k.crash_at[1]);
					tell("crash", (uint64_t)i, &o);
					if (getenv("SIM_QUIET") == NULL)
						(void)play_run(1, &k, true);
				}
			}
	tap_ok(failed == 0, "%s: killed before and after every call, and at pairs of calls: %u ways, %u failed",
	    name, tried, failed);
}

static void
lie_everywhere(uint64_t seed)
{
	for (enum lie lie = LIE_NO_WAIT; lie < LIES_N; lie++) {
		struct outcome o = { 0 };
		uint64_t i;

		lie_set(lie);
		for (i = 0; i < LIE_RUNS && !o.failed; i++) {
			struct knobs k = play_draw(seed_of(seed, i));

			o = play_run(seed_of(seed, i), &k, false);
		}
		lie_set(LIE_NONE);
		tap_ok(o.failed, "noticed after %" PRIu64 " schedules: %s", i, lie_name(lie));
		if (o.failed)
			printf("#   %s\n", o.failure);
	}
}

/* SIM_PART: some of c (crashes), r (random schedules), l (lies); all without it. */
static bool
has_part(char part)
{
	const char *parts = getenv("SIM_PART");

	return parts == NULL || strchr(parts, part) != NULL;
}

int
main(void)
{
	uint64_t seed = from_environment("SIM_SEED", 20260301), runs = from_environment("SIM_RUNS", RUNS);
	const char *only = getenv("SIM_ONLY");
	struct knobs plain = play_plain(), poll = plain, first = plain, reuse = plain, back = plain;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("# SIM_SEED=%" PRIu64 " SIM_RUNS=%" PRIu64 "\n", seed, runs);
	if (only != NULL) {
		uint64_t i = seed_of(seed, strtoull(only, NULL, 10));
		struct knobs k = play_draw(i);

		tap_ok(!play_run(i, &k, true).failed, "schedule %s", only);
		return tap_done();
	}
	poll.waits = false;
	first.first = true;
	reuse.reuse = true;
	back.abort_at = STAGE_VERIFIED;
	back.waits = false;
	if (has_part('c')) {
		crash_everywhere("plain", plain);
		crash_everywhere("by timer", poll);
		crash_everywhere("first publication", first);
		crash_everywhere("key reused", reuse);
		crash_everywhere("taken back", back);
	}
	if (has_part('r'))
		try_schedules(seed, runs);
	if (has_part('l'))
		lie_everywhere(seed);
	return tap_done();
}
