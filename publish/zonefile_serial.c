/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <time.h>

#include "publish/zonefile_edit.h"

enum {
	TIME_MIN = 1000000000,		/* 2001: a smaller number is a counter */
	AHEAD_MAX = 366 * 86400		/* how far a serial of seconds may run ahead */
};

bool
zonefile_serial_is_higher(uint32_t a, uint32_t b)
{
	uint32_t distance = a - b;

	return distance != 0 && distance < UINT32_C(0x80000000);
}

/* YYYYMMDDnn; a carry out of nn may have led to a day 32 to 99. */
static bool
is_date(uint32_t serial)
{
	uint32_t year = serial / 1000000, month = serial / 10000 % 100;

	return year >= 1990 && year <= 2099 && month >= 1 && month <= 12;
}

static uint32_t
today(int64_t now)
{
	time_t t = (time_t)now;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL)
		return 0;
	return (uint32_t)(tm.tm_year + 1900) * 1000000 + (uint32_t)(tm.tm_mon + 1) * 10000 +
	    (uint32_t)tm.tm_mday * 100;
}

uint32_t
zonefile_serial_next(uint32_t old, int64_t now)
{
	uint32_t next = old + 1, wish = next;

	if (is_date(old))
		wish = today(now);
	else if (old >= TIME_MIN && old <= now + AHEAD_MAX)
		wish = (uint32_t)now;
	if (zonefile_serial_is_higher(wish, next))
		next = wish;
	return next == 0 ? 1 : next;
}
