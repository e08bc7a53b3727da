/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/workers.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS_MAX = 64 };

/* What the processes share. */
struct board {
	atomic_size_t next;	/* the next job that nobody has begun */
	atomic_bool stop;
	struct fault fault;	/* of the one that set stop */
};

static void
work(struct board *board, size_t n, int (*job)(void *, size_t, struct fault *), void *context)
{
	size_t i;

	while (!atomic_load(&board->stop) && (i = atomic_fetch_add(&board->next, 1)) < n) {
		struct fault why = { 0 };

		if (job(context, i, &why) == ZP_OK)
			continue;
		if (!atomic_exchange(&board->stop, true))
			board->fault = why;
		return;
	}
}

static size_t
workers_wanted(size_t n)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	size_t wanted = online < 1 ? 1 : (size_t)online;

	if (wanted > WORKERS_MAX)
		wanted = WORKERS_MAX;
	return wanted < n ? wanted : n;
}

/* Wait for a worker; false if it did not end well. */
static bool
reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int
workers_run(size_t n, int (*job)(void *context, size_t i, struct fault *why), void *context,
    struct fault *why)
{
	pid_t pids[WORKERS_MAX], parent = getpid();
	size_t wanted = workers_wanted(n), started = 0;
	struct board *board;
	bool died = false;
	int class = ZP_OK;

	board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (board == MAP_FAILED)
		return fault_set_nomem(why);
	atomic_init(&board->next, 0);
	atomic_init(&board->stop, false);

	/* One worker needs no process of its own. */
	if (wanted <= 1) {
		work(board, n, job, context);
		wanted = 0;
	}
	while (started < wanted) {
		pid_t pid = fork();

		if (pid == -1) {
			class = fault_set_errno(why, ZP_ELOCAL, "cannot start a process");
			atomic_store(&board->stop, true);
			break;
		}
		if (pid == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (getppid() == parent)
				work(board, n, job, context);
			_exit(0);
		}
		pids[started++] = pid;
	}
	for (size_t i = 0; i < started; i++)
		died |= !reap(pids[i]);
	if (class == ZP_OK && board->fault.class != ZP_OK) {
		if (why != NULL)
			*why = board->fault;
		class = board->fault.class;
	}
	if (class == ZP_OK && died)
		class = fault_set(why, ZP_ELOCAL, "a process that did part of the work died");
	(void)munmap(board, sizeof *board);
	return class;
}
