/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the ledger promises: gapless numbers, one open rollover of a subject,
 * one writer that wins, one process that works on a rollover, and readers
 * that leave nothing behind.
 */
#include "config.h"

#include "ledger/ledger.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/unit/ledger/ledger_help.h"
#include "tests/unit/tap.h"

static mode_t
mode_of(const char *folder, const char *name)
{
	char path[256];
	struct stat st;

	return stat(inside(path, folder, name), &st) == 0 ? st.st_mode & 0777 : 0;
}

static void
test_life(void)
{
	char *top = folder_make();
	char folder[256];
	struct ledger *l = NULL;
	struct fault why = { 0 };
	struct entry e = entry(0, 0, "{\"begun\":1}");
	struct entries read = { 0 };
	struct ledger_rollovers list = { 0 };
	int64_t id = 0;
	int64_t other = 0;

	inside(folder, top, "a/state");
	tap_is_int(ledger_open(&l, folder, &why), ZP_OK, "a ledger is made with its folders");
	tap_is_int(mode_of(folder, "zonepub.db"), 0600, "the ledger is private");
	tap_is_int(mode_of(folder, "zonepub.db-wal"), 0600, "its log is private");
	tap_is_int(ledger_start(&id, l, &MX1, &e, &why), ZP_OK, "a rollover starts");
	tap_is_int(ledger_start(&other, l, &MX1, &e, &why), ZP_ESTALE, "a second one does not");
	tap_ok(other == 0 && strstr(why.text, "mx1.example.com") != NULL, "why: %s", why.text);
	tap_is_int(ledger_start(&other, l, &(struct ledger_subject){ "dkim", MX1.target }, &e, &why),
	    ZP_OK, "another kind may start");

	e = entry(id, 1, "x");
	tap_is_int(ledger_append(l, &e, &why), ZP_ESTALE, "a number that is taken is refused");
	e.number = 3;
	tap_is_int(ledger_append(l, &e, &why), ZP_ESTALE, "a number that leaves a gap is refused");
	e.number = 2;
	e.stage = 7;
	e.body = NULL;
	tap_is_int(ledger_append(l, &e, &why), ZP_OK, "the next number is taken");
	e.rollover = 99;
	tap_is_int(ledger_append(l, &e, &why), ZP_EABSENT, "an unknown rollover is absent");

	tap_is_int(ledger_read(&read, l, id, &why), ZP_OK, "entries are read");
	tap_is_int(read.n, 2, "both of them");
	tap_is(read.v[0].body, "{\"begun\":1}", "with the body");
	tap_is(read.v[1].body, "", "an absent body is empty");
	tap_ok(read.v[0].at.wall == 1700000000123 && read.v[0].at.boot == 456 &&
	    strcmp(read.v[0].at.boot_id, "boot-a") == 0, "with the moment");
	tap_ok(read.v[1].stage == 7 && read.v[1].kind == 2 && read.v[1].number == 2 &&
	    !read.v[1].ends, "with stage, kind and number");
	entries_release(&read);

	e = entry(id, 3, "end");
	e.ends = true;
	tap_is_int(ledger_append(l, &e, &why), ZP_OK, "the last entry ends it");
	e.number = 4;
	tap_is_int(ledger_append(l, &e, &why), ZP_ESTALE, "after the end nothing is added");
	tap_is_int(ledger_list(&list, l, true, &why), ZP_OK, "the open ones are listed");
	tap_ok(list.n == 1 && strcmp(list.v[0].kind, "dkim") == 0, "only they");
	ledger_rollovers_release(&list);
	e = entry(0, 0, "again");
	tap_is_int(ledger_start(&other, l, &MX1, &e, &why), ZP_OK, "the host may be rolled again");
	ledger_close(l);

	tap_is_int(ledger_open_readonly(&l, folder, &why), ZP_OK, "a reader opens it");
	tap_is_int(ledger_list(&list, l, false, &why), ZP_OK, "and lists");
	tap_ok(list.n == 3 && list.v[0].id == id && !list.v[0].open && list.v[0].last == 3 &&
	    list.v[2].open && list.v[0].started.wall == 1700000000123 &&
	    strcmp(list.v[0].target, "mx1.example.com") == 0, "all, in order");
	ledger_rollovers_release(&list);
	tap_is_int(ledger_append(l, &(struct entry){ .rollover = other, .number = 2 }, &why),
	    ZP_ELOCAL, "but does not write");
	tap_is_int(ledger_read(&read, l, 99, &why), ZP_EABSENT, "an unknown rollover cannot be read");
	ledger_close(l);

	run_sql(folder, "UPDATE entry SET stage = 1; ");
	run_sql(folder, "DELETE FROM entry");
	tap_is_int(ledger_open(&l, folder, &why), ZP_OK, "it opens again");
	tap_is_int(ledger_read(&read, l, id, &why), ZP_OK, "and is read");
	tap_ok(read.n == 3 && read.v[1].stage == 7 && read.v[2].ends, "entries resist change");
	entries_release(&read);
	ledger_close(l);
	folder_drop(top);
}

static void
test_readers(void)
{
	char *folder = folder_make();
	char path[256];
	struct ledger *l = NULL;
	struct ledger *writer = NULL;
	struct fault why = { 0 };
	struct ledger_rollovers list = { 0 };
	struct entries read = { 0 };
	struct entry e = entry(0, 0, "one");
	int64_t id;

	tap_is_int(ledger_open_readonly(&l, inside(path, folder, "none/at/all"), &why), ZP_OK,
	    "a missing folder reads as empty");
	tap_is_int(ledger_list(&list, l, false, &why), ZP_OK, "and lists");
	tap_is_int(list.n, 0, "nothing");
	tap_is_int(ledger_read(&read, l, 1, &why), ZP_EABSENT, "holds no rollover");
	tap_is_int(ledger_start(&id, l, &MX1, &e, &why), ZP_ELOCAL, "starts none");
	ledger_close(l);
	tap_ok(!has(folder, "none"), "and makes no folder");

	/* What a process leaves that is killed right at the start. */
	tap_is_int(file_create(inside(path, folder, "zonepub.db"), &(struct bytes){ 0 }, 0600, &why),
	    ZP_OK, "an empty file");
	tap_is_int(ledger_open_readonly(&l, folder, &why), ZP_OK, "reads as empty");
	tap_is_int(ledger_list(&list, l, false, &why), ZP_OK, "and lists");
	tap_is_int(list.n, 0, "nothing");
	ledger_close(l);

	/* A copy without the log's index, as in a backup. */
	tap_is_int(ledger_open(&writer, folder, &why), ZP_OK, "a writer opens");
	tap_is_int(ledger_start(&id, writer, &MX1, &e, &why), ZP_OK, "and starts");
	tap_is_int(ledger_open_readonly(&l, folder, &why), ZP_OK, "a reader opens beside it");
	e = entry(id, 2, "two");
	tap_is_int(ledger_append(writer, &e, &why), ZP_OK, "the writer goes on");
	tap_is_int(ledger_read(&read, l, id, &why), ZP_OK, "the reader reads");
	tap_is_int(read.n, 2, "what was just written");
	entries_release(&read);
	ledger_close(l);
	ledger_close(writer);
	tap_ok(unlink(inside(path, folder, "zonepub.db-wal")) == 0 &&
	    unlink(inside(path, folder, "zonepub.db-shm")) == 0, "the log stays beside the ledger");
	tap_is_int(ledger_open_readonly(&l, folder, &why), ZP_OK, "a copy without log opens");
	tap_is_int(ledger_read(&read, l, id, &why), ZP_OK, "and is read");
	tap_is_int(read.n, 2, "whole");
	entries_release(&read);
	ledger_close(l);
	tap_ok(!has(folder, "zonepub.db-wal") && !has(folder, "zonepub.db-shm"),
	    "without leaving a file");
	folder_drop(folder);
}

enum { RACERS = 4 };

/* Append fifty entries against others; each loss is met by reading again. */
static int
race(const char *folder, int report)
{
	struct ledger *l;
	struct fault why = { 0 };

	(void)report;
	if (ledger_open(&l, folder, &why) != ZP_OK) {
		printf("# %s\n", why.text);
		fflush(stdout);
		return 2;
	}
	for (int done = 0; done < 50;) {
		struct entries read = { 0 };
		struct entry e;
		int rc;

		if (ledger_read(&read, l, 1, &why) != ZP_OK)
			return 3;
		e = entry(1, (int64_t)read.n + 1, "racer");
		entries_release(&read);
		rc = ledger_append(l, &e, &why);
		if (rc == ZP_OK)
			done++;
		else if (rc != ZP_ESTALE)
			return 4;
	}
	ledger_close(l);
	return 0;
}

/* Several processes find no ledger in folder and make it; how many of them fail. */
static int
make_at_once(const char *folder)
{
	pid_t child[RACERS];
	int failed = 0;

	fflush(stdout);
	for (int i = 0; i < RACERS; i++) {
		child[i] = fork();
		if (child[i] == 0) {
			struct ledger *l;
			struct fault why = { 0 };
			int rc = i == 0 ? ledger_open_readonly(&l, folder, &why) :
			    ledger_open(&l, folder, &why);

			if (rc != ZP_OK) {
				printf("# %s\n", why.text);
				fflush(stdout);
			}
			_exit(rc);
		}
	}
	for (int i = 0; i < RACERS; i++) {
		int status;

		if (waitpid(child[i], &status, 0) != child[i])
			abort();
		failed += status != 0;
	}
	return failed;
}

static void
test_race(void)
{
	char *folder = folder_make();
	struct ledger *l;
	struct fault why;
	struct entries read = { 0 };
	struct entry e = entry(0, 0, "start");
	pid_t child[RACERS];
	int64_t id;
	int failed = 0;

	for (int round = 0; round < 20; round++) {
		char state[256];

		(void)snprintf(state, sizeof state, "%s/%d", folder, round);
		failed += make_at_once(state);
	}
	tap_is_int(failed, 0, "several make the ledger at once");
	if (ledger_open(&l, folder, &why) != ZP_OK || ledger_start(&id, l, &MX1, &e, &why) != ZP_OK)
		abort();
	fflush(stdout);
	for (int i = 0; i < RACERS; i++) {
		child[i] = fork();
		if (child[i] == 0)
			_exit(race(folder, -1));
	}
	for (int i = 0; i < RACERS; i++) {
		int status;

		if (waitpid(child[i], &status, 0) != child[i])
			abort();
		failed += status != 0;
	}
	tap_is_int(failed, 0, "several write at once");
	tap_is_int(ledger_read(&read, l, id, &why), ZP_OK, "and all is read");
	tap_is_int(read.n, 1 + 50 * RACERS, "each number once");
	entries_release(&read);
	ledger_close(l);
	folder_drop(folder);
}

/* Hold the lock of rollover 1 until killed; report says when it is held. */
static int
hold(const char *folder, int report)
{
	struct ledger *l;
	struct ledger_lock lock;
	struct fault why;
	int64_t held = 1;

	if (ledger_open(&l, folder, &why) != ZP_OK || ledger_lock(&lock, l, 1, &why) != ZP_OK)
		return 2;
	if (write(report, &held, sizeof held) != sizeof held)
		return 3;
	for (;;)
		(void)pause();
}

static void
test_lock(void)
{
	char *folder = folder_make();
	char pid[32];
	struct ledger *l;
	struct ledger_lock lock;
	struct ledger_lock again;
	struct fault why;
	struct entry e = entry(0, 0, "start");
	int64_t id;
	int64_t held;
	int pipes[2];
	pid_t child;

	if (ledger_open(&l, folder, &why) != ZP_OK || ledger_start(&id, l, &MX1, &e, &why) != ZP_OK ||
	    pipe(pipes) != 0)
		abort();
	fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(hold(folder, pipes[1]));
	close(pipes[1]);
	tap_ok(read(pipes[0], &held, sizeof held) == sizeof held, "another process holds the lock");
	close(pipes[0]);
	tap_is_int(ledger_lock(&lock, l, id, &why), ZP_ERETRY, "it is refused meanwhile");
	(void)snprintf(pid, sizeof pid, "(%ld)", (long)child);
	tap_ok(lock.path == NULL && strstr(why.text, pid) != NULL, "why: %s", why.text);
	tap_is_int(ledger_lock(&again, l, id + 1, &why), ZP_EABSENT, "a rollover that does not exist");
	tap_ok(again.path == NULL && !has(folder, "rollover-2.lock"), "gets no lock file");
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	tap_is_int(ledger_lock(&lock, l, id, &why), ZP_OK, "the death of the holder frees it");
	tap_is_int(ledger_lock(&again, l, id, &why), ZP_ERETRY, "one holder in one process");
	ledger_unlock(l, &again);
	ledger_unlock(l, &lock);
	tap_ok(has(folder, "rollover-1.lock"), "the file of an open rollover stays");
	tap_is_int(ledger_lock(&lock, l, id, &why), ZP_OK, "it can be taken again");
	e = entry(id, 2, "end");
	e.ends = true;
	tap_is_int(ledger_append(l, &e, &why), ZP_OK, "the rollover ends");
	ledger_unlock(l, &lock);
	tap_ok(!has(folder, "rollover-1.lock"), "the file of a closed rollover goes");
	ledger_close(l);
	folder_drop(folder);
}

int
main(void)
{
	test_life();
	test_readers();
	test_race();
	test_lock();
	return tap_done();
}
