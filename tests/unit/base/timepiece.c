/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "base/timepiece.h"
#include "tests/unit/tap.h"

static void
test_durations(void)
{
	static const struct {
		const char *text;
		int64_t ms;	/* -1: refused */
	} rows[] = {
		{ "0", 0 }, { "0s", 0 }, { "90", 90000 }, { "90s", 90000 }, { "15m", 900000 },
		{ "2h", 7200000 }, { "7d", 604800000 }, { "007", 7000 },
		{ "36600d", INT64_C(36600) * 86400000 }, { "36601d", -1 }, { "", -1 }, { "s", -1 },
		{ "-1", -1 }, { "+1", -1 }, { " 1", -1 }, { "1 ", -1 }, { "1 s", -1 }, { "1w", -1 },
		{ "1S", -1 }, { "1h30m", -1 }, { "1.5h", -1 }, { "0x10", -1 }, { "1ms", -1 },
		{ "99999999999999999999", -1 }, { "9223372036854775807", -1 },
	};
	struct fault why = { 0 };
	int64_t ms;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int rc = timepiece_parse_duration(&ms, rows[i].text, &why);

		if (rows[i].ms < 0)
			tap_ok(rc == ZP_EUSAGE && ms == 0 && strstr(why.text, rows[i].text) != NULL,
			    "'%s' is refused", rows[i].text);
		else
			tap_ok(rc == ZP_OK && ms == rows[i].ms, "'%s' is %lld ms", rows[i].text, (long long)ms);
	}
}

static void
test_print_duration(void)
{
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = {
		{ -5, "0 s" }, { 0, "0 s" }, { 1500, "1.5 s" }, { 45000, "45 s" }, { 60000, "1 min" },
		{ 61000, "1 min 1 s" }, { 3600000, "1 h" }, { 3720000, "1 h 2 min" },
		{ 86400000, "1 d" }, { 90000000, "1 d 1 h" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct bytes b = { 0 };

		timepiece_print_duration(&b, rows[i].ms);
		tap_is(bytes_text(&b), rows[i].text, rows[i].text);
		bytes_release(&b);
	}
}

static void
test_wall(void)
{
	static const struct {
		const char *text;
		int64_t ms;	/* -1: refused */
	} rows[] = {
		{ "1970-01-01T00:00:00Z", 0 }, { "2026-03-01T13:05:10Z", INT64_C(1772370310000) },
		{ "2024-02-29T23:59:59Z", INT64_C(1709251199000) },
		{ "2038-01-19T03:14:08Z", INT64_C(2147483648000) },
		{ "2026-03-01T13:05:10", -1 }, { "2026-03-01 13:05:10Z", -1 },
		{ "2026-03-01T13:05:10Z ", -1 }, { "2026-13-01T13:05:10Z", -1 }, { "", -1 },
		{ "2026-03-01T25:05:10Z", -1 }, { "2026-03-01T13:05:10+01:00", -1 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char buf[32];
		int64_t ms;
		bool ok = timepiece_parse_wall(&ms, rows[i].text);

		if (rows[i].ms < 0)
			tap_ok(!ok && ms == 0, "'%s' is refused", rows[i].text);
		else
			tap_ok(ok && ms == rows[i].ms && strcmp(timepiece_print_wall(buf, sizeof buf, ms),
			    rows[i].text) == 0, "%s there and back", rows[i].text);
	}
}

static void
test_elapsed(void)
{
	static const struct {
		struct moment then, now;
		bool honest;
		int64_t ms;
		const char *what;
	} rows[] = {
		{ { 1000, 50, "a" }, { 5000, 250, "a" }, true, 200, "one boot: the boot clock, whatever the wall says" },
		{ { 9000, 50, "a" }, { 1000, 250, "a" }, true, 200, "one boot: the wall went backwards" },
		{ { 1000, 250, "a" }, { 5000, 50, "a" }, false, 0, "one boot: its clock cannot go backwards" },
		{ { 1000, 900, "a" }, { 5000, 50, "b" }, true, 4000, "two boots: the wall clock" },
		{ { 5000, 10, "a" }, { 1000, 900, "b" }, false, 0, "two boots: the wall went backwards" },
		{ { 1000, 50, "" }, { 5000, 250, "" }, true, 4000, "no boot id: the wall clock" },
		{ { 5000, 50, "" }, { 1000, 250, "" }, false, 0, "no boot id: the wall went backwards" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int64_t ms;
		bool honest = timepiece_elapsed(&ms, &rows[i].then, &rows[i].now);

		tap_ok(honest == rows[i].honest && (!honest || ms == rows[i].ms), "%s", rows[i].what);
	}
}

int
main(void)
{
	struct moment a = timepiece_now(), b = timepiece_now();

	tap_ok(a.boot > 0 && b.boot >= a.boot && a.boot_id[0] != '\0' &&
	    strcmp(a.boot_id, b.boot_id) == 0, "the clocks are read");
	test_durations();
	test_print_duration();
	test_wall();
	test_elapsed();
	return tap_done();
}
