/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "base/argv.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Where the commands of daemons are; the PATH of cron and of many users lacks these. */
#define SYSTEM_FOLDERS "/usr/local/sbin:/usr/sbin:/sbin"

enum { OUTPUT_KEPT = 16384, LAST_READS = 16 };

/* One word from *p on, quotes resolved. *p is left behind it. */
static int
split_word(struct bytes *word, const char **p, struct fault *why)
{
	const char *s = *p;
	char quote = '\0';

	for (; *s != '\0'; s++) {
		if (quote == '\0' && strchr(" \t\n", *s) != NULL)
			break;
		if (quote == '\0' && (*s == '\'' || *s == '"'))
			quote = *s;
		else if (quote != '\0' && *s == quote)
			quote = '\0';
		else if (*s == '\\' && quote != '\'' && s[1] != '\0' &&
		    (quote == '\0' || s[1] == '"' || s[1] == '\\'))
			bytes_append_u8(word, (uint8_t)*++s);
		else
			bytes_append_u8(word, (uint8_t)*s);
	}
	*p = s;
	if (quote != '\0')
		return fault_set(why, ZP_EUSAGE, "a quote (%c) is opened and not closed", quote);
	return bytes_check(word, why);
}

int
argv_split(struct strlist *out, const char *text, struct fault *why)
{
	struct bytes word = { 0 };
	int rc = ZP_OK;

	*out = (struct strlist){ 0 };
	while (rc == ZP_OK) {
		text += strspn(text, " \t\n");
		if (*text == '\0')
			break;
		rc = split_word(&word, &text, why);
		if (rc == ZP_OK)
			rc = strlist_take(out, bytes_take_text(&word), why);
	}
	bytes_release(&word);
	if (rc == ZP_OK && out->n == 0)
		rc = fault_set(why, ZP_EUSAGE, "the command is empty");
	if (rc != ZP_OK) {
		strlist_release(out);
		(void)fault_prepend(why, "command");
	}
	return rc;
}

static bool
is_program(const char *path)
{
	struct stat st;

	return access(path, X_OK) == 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

int
argv_find(char **out, const char *name, struct fault *why)
{
	const char *said = getenv("PATH");
	const char *const paths[] = { said != NULL ? said : "/bin:/usr/bin", SYSTEM_FOLDERS };

	*out = NULL;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		for (const char *p = paths[i]; name[0] != '\0' && *p != '\0'; ) {
			struct bytes path = { 0 };
			size_t len = strcspn(p, ":");

			bytes_append(&path, p, len);
			bytes_printf(&path, "%s%s", len > 0 ? "/" : "./", name);
			*out = bytes_take_text(&path);
			if (*out == NULL)
				return fault_set_nomem(why);
			if (is_program(*out))
				return ZP_OK;
			free(*out);
			*out = NULL;
			p += len + (p[len] == ':');
		}
	return fault_set(why, ZP_EABSENT, "%s does not exist in the folders of PATH, nor in %s", name,
	    SYSTEM_FOLDERS);
}

static int64_t
now_ms(void)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* The child: set up and become the command. Writes errno to report if that fails. */
static _Noreturn void
become(const struct strlist *words, const struct strlist *env, int output, int report)
{
	int null = open("/dev/null", O_RDONLY);
	sigset_t none;
	int number;

	(void)setpgid(0, 0);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	for (size_t i = 0; env != NULL && i < env->n; i++)
		(void)putenv(env->v[i]);
	if (null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
	    dup2(output, STDERR_FILENO) >= 0)
		(void)execvp(words->v[0], words->v);
	number = errno;
	(void)!write(report, &number, sizeof number);
	_exit(127);
}

static void
keep_output(struct bytes *kept, const char *data, size_t len)
{
	bytes_append(kept, data, len);
	if (kept->len > OUTPUT_KEPT) {
		size_t drop = kept->len - OUTPUT_KEPT;

		memmove(kept->data, kept->data + drop, OUTPUT_KEPT + 1);
		kept->len = OUTPUT_KEPT;
	}
}

/* Read once from output, which may be at its end: then *output is -1. */
static bool
take_output(struct argv_result *out, int *output, int wait_ms)
{
	struct pollfd p = { .fd = *output, .events = POLLIN };
	char chunk[4096];
	ssize_t n;

	if (poll(&p, 1, wait_ms) <= 0 || *output < 0)
		return false;
	n = read(*output, chunk, sizeof chunk);
	if (n > 0)
		keep_output(&out->output, chunk, (size_t)n);
	else if (n == 0 || errno != EINTR)
		*output = -1;
	return n > 0;
}

/* Wait for pid; options as of waitpid(2). 1: it ended, 0: not yet, -1: nobody can tell. */
static int
await(int *status, pid_t pid, int options)
{
	pid_t ended;

	do
		ended = waitpid(pid, status, options);
	while (ended < 0 && errno == EINTR);
	return ended == pid ? 1 : ended < 0 ? -1 : 0;
}

/*
 * Collect output and wait for pid.  The wait is for the process, not for the
 * end of its output: a daemon that it leaves behind may hold the pipe open.
 * A process that never stops talking has its time-out all the same.
 */
static int
attend(struct argv_result *out, pid_t pid, int output, int timeout_ms, struct fault *why)
{
	int64_t deadline = now_ms() + timeout_ms;
	int status = 0, ended;

	for (;;) {
		bool more = take_output(out, &output, 20);

		if (now_ms() >= deadline) {
			ended = await(&status, pid, WNOHANG);
			if (ended == 0) {
				out->timed_out = true;
				(void)kill(-pid, SIGKILL);
				ended = await(&status, pid, 0);
			}
			break;
		}
		if (more)
			continue;
		ended = await(&status, pid, WNOHANG);
		if (ended != 0)
			break;
	}
	/* What it wrote last; no more than that, since a daemon may go on. */
	for (size_t i = 0; i < LAST_READS && take_output(out, &output, 0); i++)
		continue;
	out->signal = ended > 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	out->status = ended > 0 && WIFEXITED(status) && !out->timed_out ? WEXITSTATUS(status) : -1;
	if (ended < 0)
		return fault_set(why, ZP_ELOCAL, "cannot tell how the command ended: its exit code was lost");
	return ZP_OK;
}

int
argv_run(struct argv_result *out, const struct strlist *words, const struct strlist *env,
    int timeout_ms, struct fault *why)
{
	int output[2] = { -1, -1 }, report[2] = { -1, -1 };
	int number = 0, rc = ZP_OK;
	ssize_t n;
	pid_t pid;

	*out = (struct argv_result){ 0 };
	if (pipe2(output, O_CLOEXEC) != 0 || pipe2(report, O_CLOEXEC) != 0) {
		rc = fault_set_errno(why, ZP_ELOCAL, "cannot run %s", words->v[0]);
		goto out;
	}
	pid = fork();
	if (pid == 0)
		become(words, env, output[1], report[1]);
	if (pid < 0) {
		rc = fault_set_errno(why, ZP_ELOCAL, "cannot run %s", words->v[0]);
		goto out;
	}
	(void)setpgid(pid, pid);
	close(output[1]);
	close(report[1]);
	output[1] = report[1] = -1;
	do
		n = read(report[0], &number, sizeof number);
	while (n < 0 && errno == EINTR);
	if (n > 0) {
		(void)await(NULL, pid, 0);
		errno = number;
		rc = fault_set_errno(why, number == ENOENT ? ZP_EABSENT : ZP_ELOCAL,
		    "cannot run %s", words->v[0]);
		goto out;
	}
	rc = attend(out, pid, output[0], timeout_ms, why);
	if (rc != ZP_OK)
		(void)fault_prepend(why, "%s", words->v[0]);
out:
	for (int i = 0; i < 2; i++) {
		if (output[i] >= 0)
			close(output[i]);
		if (report[i] >= 0)
			close(report[i]);
	}
	if (rc != ZP_OK)
		argv_result_release(out);
	return rc;
}

void
argv_result_release(struct argv_result *r)
{
	bytes_release(&r->output);
	*r = (struct argv_result){ 0 };
}
