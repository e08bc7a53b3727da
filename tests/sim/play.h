/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tests/sim/play.h - one schedule: a rollover from the first look to its end.
 */
#ifndef TESTS_SIM_PLAY_H
#define TESTS_SIM_PLAY_H

#include "tests/sim/stage.h"

struct outcome {
	bool failed;
	char failure[512];
	long calls;		/* of the outside */
	size_t entries;
	enum stage end;
	bool was_stuck, was_aborted, was_superseded;
	int64_t took;		/* ms */
};

/* The knobs of a plain rollover: nothing goes wrong. */
struct knobs play_plain(void);
/* Any. */
struct knobs play_draw(uint64_t seed);

struct outcome play_run(uint64_t seed, const struct knobs *k, bool tracing);

#endif
