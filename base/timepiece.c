/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "base/timepiece.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"

static int64_t
read_clock(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) != 0)
		return 0;
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
timepiece_renew(struct moment *now)
{
	now->wall = read_clock(CLOCK_REALTIME);
	now->boot = read_clock(CLOCK_BOOTTIME);
}

struct moment
timepiece_now(void)
{
	struct moment now = { 0 };
	struct bytes id;

	if (file_read(&id, "/proc/sys/kernel/random/boot_id", 128, NULL) == ZP_OK)
		(void)snprintf(now.boot_id, sizeof now.boot_id, "%.*s",
		    (int)strcspn(bytes_text(&id), "\n"), bytes_text(&id));
	bytes_release(&id);
	timepiece_renew(&now);
	return now;
}

bool
timepiece_elapsed(int64_t *ms, const struct moment *then, const struct moment *now)
{
	bool same_boot = then->boot_id[0] != '\0' && strcmp(then->boot_id, now->boot_id) == 0;

	*ms = same_boot ? now->boot - then->boot : now->wall - then->wall;
	return *ms >= 0;
}

int
timepiece_parse_duration(int64_t *ms, const char *text, struct fault *why)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = { { '\0', 1 }, { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	const int64_t limit = INT64_C(100) * 366 * 86400;
	long long number;
	char *end;

	*ms = 0;
	errno = 0;
	number = strtoll(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || errno != 0 || (end[0] != '\0' && end[1] != '\0'))
		goto bad;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (units[i].letter != end[0])
			continue;
		if (number > limit / units[i].seconds)
			goto bad;
		*ms = number * units[i].seconds * 1000;
		return ZP_OK;
	}
bad:
	return fault_set(why, ZP_EUSAGE,
	    "'%s' is no duration: use a number of seconds or a number with s, m, h or d", text);
}

void
timepiece_print_duration(struct bytes *out, int64_t ms)
{
	int64_t s = ms / 1000;

	if (ms < 0)
		bytes_append_text(out, "0 s");
	else if (ms < 10000 && ms % 1000 != 0)
		bytes_printf(out, "%" PRId64 ".%" PRId64 " s", s, ms % 1000 / 100);
	else if (s < 60)
		bytes_printf(out, "%" PRId64 " s", s);
	else if (s < 3600 && s % 60 != 0)
		bytes_printf(out, "%" PRId64 " min %" PRId64 " s", s / 60, s % 60);
	else if (s < 3600)
		bytes_printf(out, "%" PRId64 " min", s / 60);
	else if (s < 86400 && s / 60 % 60 != 0)
		bytes_printf(out, "%" PRId64 " h %" PRId64 " min", s / 3600, s / 60 % 60);
	else if (s < 86400)
		bytes_printf(out, "%" PRId64 " h", s / 3600);
	else if (s / 3600 % 24 != 0)
		bytes_printf(out, "%" PRId64 " d %" PRId64 " h", s / 86400, s / 3600 % 24);
	else
		bytes_printf(out, "%" PRId64 " d", s / 86400);
}

const char *
timepiece_print_wall(char *buf, size_t size, int64_t wall_ms)
{
	time_t t = (time_t)(wall_ms / 1000);
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL || strftime(buf, size, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		(void)snprintf(buf, size, "?");
	return buf;
}

bool
timepiece_parse_wall(int64_t *wall_ms, const char *text)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);

	*wall_ms = 0;
	if (end == NULL || *end != '\0')
		return false;
	*wall_ms = (int64_t)timegm(&tm) * 1000;
	return true;
}
