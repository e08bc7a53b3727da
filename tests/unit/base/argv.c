/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/argv.h"
#include "base/timepiece.h"
#include "tests/unit/tap.h"

static struct strlist
words_of(const char *a, const char *b, const char *c)
{
	const char *const v[] = { a, b, c };
	struct strlist l = { 0 };

	for (size_t i = 0; i < 3 && v[i] != NULL; i++)
		if (strlist_add(&l, v[i], NULL) != ZP_OK)
			abort();
	return l;
}

static void
test_split(void)
{
	/* Words joined with '|'; null: refused. */
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "postfix reload", "postfix|reload" },
		{ "  a\tb\n c  ", "a|b|c" },
		{ "a 'b c' d", "a|b c|d" },
		{ "a \"b 'c' d\"", "a|b 'c' d" },
		{ "a '' b", "a||b" },
		{ "\"\"", "" },
		{ "a'b'\"c\"d", "abcd" },
		{ "a\\ b c", "a b|c" },
		{ "\"a\\\"b\"", "a\"b" },
		{ "\"a\\nb\"", "a\\nb" },
		{ "'a\\b'", "a\\b" },
		{ "a\\\\b", "a\\b" },
		{ "a\\", "a\\" },
		{ "a $HOME * ; b", "a|$HOME|*|;|b" },
		{ "a 'b", NULL },
		{ "a \"b\\\"", NULL },
		{ "", NULL },
		{ " \t\n", NULL },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct strlist l = { 0 };
		struct bytes joined = { 0 };
		struct fault why = { 0 };
		int rc = argv_split(&l, rows[i].text, &why);

		for (size_t j = 0; j < l.n; j++)
			bytes_printf(&joined, "%s%s", j > 0 ? "|" : "", l.v[j]);
		if (rows[i].words == NULL)
			tap_ok(rc == ZP_EUSAGE && l.n == 0 && why.text[0] != '\0', "refused: row %zu", i);
		else
			tap_ok(rc == ZP_OK && l.n > 0 && strcmp(bytes_text(&joined), rows[i].words) == 0,
			    "split: row %zu is [%s]", i, bytes_text(&joined));
		bytes_release(&joined);
		strlist_release(&l);
	}
}

/* Run a shell line; the time that it took in ms. */
static int64_t
run_shell(struct argv_result *r, const char *line, int timeout_ms)
{
	struct strlist words = words_of("/bin/sh", "-c", line);
	struct moment begin = timepiece_now(), end;
	struct fault why = { 0 };
	int rc = argv_run(r, &words, NULL, timeout_ms, &why);

	end = timepiece_now();
	tap_ok(rc == ZP_OK, "ran: %s", line);
	strlist_release(&words);
	return end.boot - begin.boot;
}

static void
test_run(void)
{
	struct strlist env = words_of("ZP_TEST=from the list", NULL, NULL);
	struct strlist words = words_of("/bin/sh", "-c", "echo $ZP_TEST");
	struct argv_result r;
	int64_t took;

	(void)run_shell(&r, "echo out; echo err >&2; exit 7", 10000);
	tap_is_int(r.status, 7, "the exit status");
	tap_ok(r.signal == 0 && !r.timed_out, "neither signal nor time-out");
	tap_is(bytes_text(&r.output), "out\nerr\n", "both outputs, as they came");
	argv_result_release(&r);

	(void)run_shell(&r, "kill -TERM $$", 10000);
	tap_ok(r.status == -1 && r.signal == SIGTERM && !r.timed_out, "ended by a signal");
	argv_result_release(&r);

	(void)run_shell(&r, "wc -c; trap '' PIPE; true", 10000);
	tap_is(bytes_text(&r.output), "0\n", "standard input is empty");
	argv_result_release(&r);

	tap_ok(argv_run(&r, &words, &env, 10000, NULL) == ZP_OK &&
	    strcmp(bytes_text(&r.output), "from the list\n") == 0, "the environment that was given");
	argv_result_release(&r);
	tap_ok(getenv("ZP_TEST") == NULL, "does not become ours");

	(void)run_shell(&r, "i=0; while [ $i -lt 3000 ]; do echo 0123456789; i=$((i + 1)); done; echo end",
	    60000);
	tap_ok(r.output.len <= 16384 && r.output.len > 8000 &&
	    strcmp(bytes_text(&r.output) + r.output.len - 5, "\nend\n") == 0,
	    "of much output the last is kept (%zu octets)", r.output.len);
	argv_result_release(&r);

	took = run_shell(&r, "(sleep 30; echo late) & echo started; exit 3", 20000);
	tap_ok(r.status == 3 && took < 10000, "a daemon that keeps the pipe does not keep us (%lld ms)",
	    (long long)took);
	tap_is(bytes_text(&r.output), "started\n", "what was said before");
	argv_result_release(&r);

	took = run_shell(&r, "echo begun; sleep 30 & wait", 300);
	tap_ok(r.timed_out && r.status == -1 && took < 10000, "a command that hangs is killed (%lld ms)",
	    (long long)took);
	tap_is(bytes_text(&r.output), "begun\n", "what it said is kept");
	argv_result_release(&r);

	took = run_shell(&r, "while :; do echo flood; done", 300);
	tap_ok(r.timed_out && took < 10000, "one that never stops talking is killed too (%lld ms)",
	    (long long)took);
	argv_result_release(&r);

	/* The last words and the end come together: none of them may be lost. */
	for (int i = 0; i < 20; i++) {
		struct strlist last = words_of("/bin/sh", "-c", "sleep 0.02; echo last");

		if (argv_run(&r, &last, NULL, 10000, NULL) != ZP_OK ||
		    strcmp(bytes_text(&r.output), "last\n") != 0)
			tap_ok(false, "the last words of run %d were lost", i);
		argv_result_release(&r);
		strlist_release(&last);
	}
	strlist_release(&words);
	strlist_release(&env);
}

static void
test_no_program(void)
{
	struct strlist missing = words_of("/nonexistent/program", NULL, NULL);
	struct strlist folder = words_of("/tmp", NULL, NULL);
	struct fault why = { 0 };
	struct argv_result r;

	tap_is_int(argv_run(&r, &missing, NULL, 1000, &why), ZP_EABSENT, "no such program");
	tap_ok(strstr(why.text, "/nonexistent/program") != NULL, "it is named: %s", why.text);
	tap_is_int(argv_run(&r, &folder, NULL, 1000, &why), ZP_ELOCAL, "a folder cannot be run");
	strlist_release(&missing);
	strlist_release(&folder);
}

static void
test_find(void)
{
	char folder[] = "/tmp/zonepub-argv-XXXXXX", path[64], file[64];
	struct fault why = { 0 };
	char *found;
	FILE *f;

	(void)mkdtemp(folder);
	(void)snprintf(path, sizeof path, "/nonexistent:%s", folder);
	(void)snprintf(file, sizeof file, "%s/zonepub-test-program", folder);
	(void)setenv("PATH", path, 1);
	f = fopen(file, "w");
	if (f != NULL)
		(void)fclose(f);
	tap_is_int(argv_find(&found, "zonepub-test-program", &why), ZP_EABSENT, "a file that is no program");
	(void)chmod(file, 0700);
	tap_is_int(argv_find(&found, "zonepub-test-program", &why), ZP_OK, "a program in PATH");
	tap_is(found, file, "with its folder");
	free(found);
	tap_is_int(argv_find(&found, "ldconfig", &why), ZP_OK, "one that only the sbin folders have");
	tap_ok(found != NULL && strstr(found, "sbin/ldconfig") != NULL, "%s", found);
	free(found);
	tap_ok(argv_find(&found, "", &why) == ZP_EABSENT && found == NULL, "an empty name");
	tap_ok(argv_find(&found, "zonepub-none", &why) == ZP_EABSENT &&
	    strstr(why.text, "zonepub-none") != NULL, "none: %s", why.text);
	(void)unlink(file);
	(void)rmdir(folder);
}

/* Whoever ignores SIGCHLD gets no exit code: that must never look like success. */
static void
test_lost_code(void)
{
	struct strlist words = words_of("/bin/sh", "-c", "exit 9");
	struct fault why = { 0 };
	struct argv_result r;

	(void)signal(SIGCHLD, SIG_IGN);
	tap_is_int(argv_run(&r, &words, NULL, 5000, &why), ZP_ELOCAL, "a lost exit code is a failure");
	tap_ok(r.output.data == NULL, "with an empty result");
	(void)signal(SIGCHLD, SIG_DFL);
	strlist_release(&words);
}

int
main(void)
{
	test_split();
	test_run();
	test_no_program();
	test_lost_code();
	test_find();
	return tap_done();
}
