/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tests/unit/tap.h - the Test Anything Protocol for the unit tests.
 *
 * A test program calls tap_ok() and friends and returns tap_done() from
 * main(), which prints the plan.
 */
#ifndef TESTS_UNIT_TAP_H
#define TESTS_UNIT_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct tap {
	unsigned run;
	unsigned failed;
};

static struct tap tap;

static inline bool __attribute__((format(printf, 4, 5)))
tap_report(bool ok, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %u - ", ok ? "" : "not ", ++tap.run);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	if (!ok) {
		tap.failed++;
		printf("# failed at %s:%d\n", file, line);
	}
	fflush(stdout);
	return ok;
}

static inline bool
tap_report_text(const char *got, const char *want, const char *file, int line, const char *what)
{
	bool ok = got != NULL && strcmp(got, want) == 0;

	(void)tap_report(ok, file, line, "%s", what);
	if (!ok)
		printf("# got:  %s\n# want: %s\n", got == NULL ? "(null)" : got, want);
	return ok;
}

static inline bool
tap_report_int(int64_t got, int64_t want, const char *file, int line, const char *what)
{
	(void)tap_report(got == want, file, line, "%s", what);
	if (got != want)
		printf("# got:  %lld\n# want: %lld\n", (long long)got, (long long)want);
	return got == want;
}

/* tap_ok(condition, format, ...) */
#define tap_ok(ok, ...) tap_report((ok), __FILE__, __LINE__, __VA_ARGS__)
/* tap_is(text, text, what) and tap_is_int(number, number, what) */
#define tap_is(got, want, what) tap_report_text((got), (want), __FILE__, __LINE__, (what))
#define tap_is_int(got, want, what) \
	tap_report_int((int64_t)(got), (int64_t)(want), __FILE__, __LINE__, (what))

static inline int
tap_done(void)
{
	printf("1..%u\n", tap.run);
	return tap.failed == 0 && tap.run > 0 ? 0 : 1;
}

#endif
