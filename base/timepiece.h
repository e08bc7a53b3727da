/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * base/timepiece.h - moments and durations.
 *
 * A moment is read from two clocks at once: the wall clock, which people
 * understand and which anyone may set, and CLOCK_BOOTTIME, which only runs
 * forward and goes on during suspend, together with the boot it belongs to.
 * Wall and boot times are milliseconds; durations are milliseconds unless a
 * name says otherwise.
 */
#ifndef BASE_TIMEPIECE_H
#define BASE_TIMEPIECE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"

enum { TIMEPIECE_BOOT_ID = 40 };

struct moment {
	int64_t wall;	/* since 1970-01-01T00:00:00Z */
	int64_t boot;	/* since this boot */
	char boot_id[TIMEPIECE_BOOT_ID];	/* "" if the kernel does not say */
};

/* Read both clocks, and which boot this is: that is a file to read. */
struct moment timepiece_now(void);

/* Read both clocks again; no process outlives its boot. For loops. */
void timepiece_renew(struct moment *now);

/*
 * How long ago then was, seen from now.  Within one boot the boot clock
 * answers; across boots the wall clock does.  False if no honest answer
 * exists: another boot, and the wall clock went backwards.
 */
bool timepiece_elapsed(int64_t *ms, const struct moment *then, const struct moment *now);

/* "90", "90s", "15m", "2h", "7d" to milliseconds; at most 100 years. */
int timepiece_parse_duration(int64_t *ms, const char *text, struct fault *why) MUST_CHECK;

/* "1 h 2 min", "45 s", "1.5 s": for people. */
void timepiece_print_duration(struct bytes *out, int64_t ms);

/* RFC 3339 in UTC, "2026-03-01T13:05:10Z"; buf takes at least 32 octets. */
const char *timepiece_print_wall(char *buf, size_t size, int64_t wall_ms);

/* The reverse of timepiece_print_wall; false if text is not such a time. */
bool timepiece_parse_wall(int64_t *wall_ms, const char *text);

#endif
