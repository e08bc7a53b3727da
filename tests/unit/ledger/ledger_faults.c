/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ledger where things go wrong: files that are not its own or damaged, a
 * folder that cannot be written, a full disk, a process that is killed.
 */
#include "config.h"

#include "ledger/ledger.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "tests/unit/ledger/ledger_help.h"
#include "tests/unit/tap.h"

static void
test_refusals(void)
{
	char *folder = folder_make();
	char path[256];
	struct ledger *l = NULL;
	struct fault why = { 0 };
	struct entry e = entry(0, 0, "one");
	struct entries read = { 0 };
	struct bytes junk = { 0 };
	int64_t id;
	FILE *f;
	int fd;

	tap_is_int(ledger_open(&l, folder, &why), ZP_OK, "a ledger");
	tap_is_int(ledger_start(&id, l, &MX1, &e, &why), ZP_OK, "with a rollover");
	ledger_close(l);
	run_sql(folder, "PRAGMA user_version = 1000");
	tap_is_int(ledger_open(&l, folder, &why), ZP_ELOCAL, "a newer version is refused");
	tap_ok(l == NULL && strstr(why.text, "newer zonepub") != NULL &&
	    strstr(why.text, folder) != NULL, "why: %s", why.text);
	tap_is_int(ledger_open_readonly(&l, folder, &why), ZP_ELOCAL, "to a reader as well");
	run_sql(folder, "PRAGMA user_version = 1; PRAGMA application_id = 7");
	tap_is_int(ledger_open(&l, folder, &why), ZP_ELOCAL, "another program's file is refused");
	tap_ok(strstr(why.text, "another program") != NULL, "why: %s", why.text);
	run_sql(folder, "PRAGMA application_id = 1515214146; PRAGMA wal_checkpoint(TRUNCATE)");
	tap_is_int(ledger_open(&l, folder, &why), ZP_OK, "its own is taken");
	ledger_close(l);

	/* All but the first page is overwritten: the schema can be read, the entries cannot. */
	fd = open(inside(path, folder, "zonepub.db"), O_WRONLY);
	for (off_t at = 4096; at < 5 * 4096; at += 8)
		if (pwrite(fd, "\xde\xad\xbe\xef\xde\xad\xbe\xef", 8, at) != 8)
			abort();
	close(fd);
	tap_is_int(ledger_open(&l, folder, &why), ZP_OK, "a file with damage inside opens");
	tap_is_int(ledger_read(&read, l, id, &why), ZP_ELOCAL, "and cannot be read");
	tap_ok(strstr(why.text, "damaged") != NULL && strstr(why.text, "backup") != NULL, "why: %s",
	    why.text);
	ledger_close(l);

	for (int i = 0; i < 600; i++)
		bytes_append_text(&junk, "this is no database\n");
	f = fopen(inside(path, folder, "zonepub.db"), "w");
	if (f == NULL || fwrite(junk.data, 1, junk.len, f) != junk.len || fclose(f) != 0)
		abort();
	bytes_release(&junk);
	(void)unlink(inside(path, folder, "zonepub.db-wal"));
	(void)unlink(inside(path, folder, "zonepub.db-shm"));
	tap_is_int(ledger_open(&l, folder, &why), ZP_ELOCAL, "a file that is no database is refused");
	tap_ok(strstr(why.text, "damaged") != NULL, "why: %s", why.text);
	tap_is_int(ledger_open_readonly(&l, folder, &why), ZP_ELOCAL, "to a reader as well");

	tap_is_int(ledger_open(&l, inside(path, folder, "zonepub.db"), &why), ZP_ELOCAL,
	    "a file is no folder");
	tap_ok(strstr(why.text, path) != NULL, "why: %s", why.text);
	tap_is_int(ledger_open(&l, "", &why), ZP_EUSAGE, "no folder is no folder");
	folder_drop(folder);
}

/* Run body in a child; returns its exit status, 100 if it was killed. */
static int
in_child(int (*body)(const char *folder, int report), const char *folder, int report)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(body(folder, report));
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();
	return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

/* As a user without rights: open and say whether the message names the folder. */
static int
as_nobody(const char *folder, int report)
{
	struct ledger *l;
	struct fault why;
	int rc;

	(void)report;
	if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
		return 99;
	rc = ledger_open(&l, folder, &why);
	printf("# %s\n", why.text);
	fflush(stdout);
	return rc == ZP_ELOCAL && l == NULL && strstr(why.text, folder) != NULL ? 0 : 1;
}

static void
test_unwritable(void)
{
	char *folder = folder_make();
	char path[256];
	struct ledger *l;
	struct fault why;

	if (chmod(folder, 0555) != 0)
		abort();
	tap_is_int(in_child(as_nobody, folder, -1), 0, "a folder that cannot be written is named");
	tap_is_int(in_child(as_nobody, inside(path, folder, "state"), -1), 0,
	    "a folder that cannot be made is named");
	if (chmod(folder, 0755) != 0)
		abort();
	if (geteuid() == 0) {
		tap_is_int(ledger_open(&l, folder, &why), ZP_OK, "root makes the ledger");
		ledger_close(l);
		tap_is_int(in_child(as_nobody, folder, -1), 0, "another user cannot open it");
	}
	folder_drop(folder);
}

/* Append until the disk is full; then the ledger still holds what was acknowledged. */
static int
until_full(const char *folder, int report)
{
	struct ledger *l = NULL;
	struct fault why = { 0 };
	struct bytes body = { 0 };
	struct entries read = { 0 };
	struct entry e;
	int64_t id;
	int rc;

	(void)report;
	for (int i = 0; i < 1000; i++)
		bytes_append_text(&body, "evidence ");
	e = entry(0, 0, bytes_text(&body));
	if (ledger_open(&l, folder, &why) != ZP_OK || ledger_start(&id, l, &MX1, &e, &why) != ZP_OK)
		return 2;
	e = entry(id, 2, bytes_text(&body));
	while ((rc = ledger_append(l, &e, &why)) == ZP_OK)
		if (++e.number > 10000)
			return 3;
	printf("# %" PRId64 " entries, then: %s\n", e.number - 1, why.text);
	fflush(stdout);
	if (rc != ZP_ELOCAL || strstr(why.text, "nothing was recorded") == NULL ||
	    strstr(why.text, folder) == NULL)
		return 4;
	if (ledger_read(&read, l, id, &why) != ZP_OK || (int64_t)read.n != e.number - 1)
		return 5;
	entries_release(&read);
	ledger_close(l);
	bytes_release(&body);
	return 0;
}

static int
until_limit(const char *folder, int report)
{
	const struct rlimit small = { 400000, 400000 };

	if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &small) != 0)
		return 1;
	return until_full(folder, report);
}

static void
test_full(void)
{
	char *folder = folder_make();
	struct ledger *l = NULL;
	struct fault why;
	struct entries read = { 0 };
	struct entry e;

	tap_is_int(in_child(until_limit, folder, -1), 0, "a file that may not grow is reported");
	tap_is_int(ledger_open(&l, folder, &why), ZP_OK, "the ledger opens afterwards");
	tap_is_int(ledger_read(&read, l, 1, &why), ZP_OK, "is read");
	e = entry(1, (int64_t)read.n + 1, "room again");
	tap_is_int(ledger_append(l, &e, &why), ZP_OK, "and goes on");
	entries_release(&read);
	ledger_close(l);
	folder_drop(folder);

	folder = folder_make();
	if (mount("none", folder, "tmpfs", 0, "size=512k") == 0) {
		tap_is_int(in_child(until_full, folder, -1), 0, "a full disk is reported");
		if (umount(folder) != 0)
			abort();
	} else {
		tap_ok(true, "a full disk is reported # SKIP no right to mount");
	}
	folder_drop(folder);
}

/* Append for ever; each number is reported once it is acknowledged. */
static int
append_for_ever(const char *folder, int report)
{
	struct ledger *l;
	struct fault why;
	struct entries read = { 0 };
	struct entry e;

	if (ledger_open(&l, folder, &why) != ZP_OK || ledger_read(&read, l, 1, &why) != ZP_OK)
		return 2;
	e = entry(1, (int64_t)read.n + 1, "work");
	for (;; e.number++) {
		if (ledger_append(l, &e, &why) != ZP_OK)
			return 3;
		if (write(report, &e.number, sizeof e.number) != sizeof e.number)
			return 4;
	}
}

static void
test_kill(void)
{
	enum { ROUNDS = 40 };
	char *folder = folder_make();
	struct ledger *l = NULL;
	struct fault why;
	struct entry e = entry(0, 0, "start");
	struct entries got = { 0 };
	int64_t id;
	int64_t acknowledged = 1;
	bool gapless = true;
	bool kept = true;
	int killed = 0;

	if (ledger_open(&l, folder, &why) != ZP_OK || ledger_start(&id, l, &MX1, &e, &why) != ZP_OK)
		abort();
	ledger_close(l);
	for (int round = 0; round < ROUNDS; round++) {
		int pipes[2];
		int64_t number = 0;
		int status;
		pid_t child;

		if (pipe(pipes) != 0)
			abort();
		fflush(stdout);
		child = fork();
		if (child == 0) {
			close(pipes[0]);
			_exit(append_for_ever(folder, pipes[1]));
		}
		close(pipes[1]);
		/* Killed after a few were acknowledged, at whatever it is doing then. */
		for (int i = 0; i <= round % 7; i++)
			if (read(pipes[0], &number, sizeof number) == sizeof number)
				acknowledged = number;
		(void)usleep((useconds_t)(round * 37 % 500));
		(void)kill(child, SIGKILL);
		while (read(pipes[0], &number, sizeof number) == sizeof number)
			acknowledged = number;
		close(pipes[0]);
		if (waitpid(child, &status, 0) != child)
			abort();
		killed += WIFSIGNALED(status);

		if (ledger_open(&l, folder, &why) != ZP_OK ||
		    ledger_read(&got, l, id, &why) != ZP_OK)
			abort();
		for (size_t i = 0; i < got.n; i++)
			gapless = gapless && got.v[i].number == (int64_t)i + 1;
		kept = kept && (int64_t)got.n >= acknowledged && (int64_t)got.n <= acknowledged + 1;
		entries_release(&got);
		ledger_close(l);
	}
	tap_is_int(killed, ROUNDS, "a writer was killed again and again");
	tap_ok(gapless, "the numbers have no gap");
	tap_ok(kept, "nothing that was acknowledged is lost (%" PRId64 " entries)", acknowledged);
	folder_drop(folder);
}

int
main(void)
{
	test_refusals();
	test_unwritable();
	test_full();
	test_kill();
	return tap_done();
}
