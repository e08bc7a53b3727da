/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"

enum { SECRET_MAX = 1024 };

static int
ask_file(struct bytes *out, void *context, const char *path, struct fault *why)
{
	struct bytes content = { 0 };
	int class;

	(void)path;
	class = file_read(&content, context, SECRET_MAX, why);
	if (class == ZP_OK) {
		bytes_append(out, bytes_text(&content), strcspn(bytes_text(&content), "\r\n"));
		class = bytes_check(out, why);
	}
	bytes_wipe(&content);
	return class;
}

/*
 * Read a line from the terminal, the newline left out.  A signal that comes
 * first ends it: *caught is its number.
 */
static int
read_line(struct bytes *out, int *caught, int tty, int signals, struct fault *why)
{
	struct pollfd p[] = { { .fd = tty, .events = POLLIN }, { .fd = signals, .events = POLLIN } };
	struct signalfd_siginfo info;
	ssize_t got;
	char c;

	for (;;) {
		if (poll(p, sizeof p / sizeof p[0], -1) < 0 && errno != EINTR)
			return fault_set_errno(why, ZP_ELOCAL, "the terminal");
		if (p[1].revents != 0 && read(signals, &info, sizeof info) == sizeof info) {
			*caught = (int)info.ssi_signo;
			return ZP_OK;
		}
		got = read(tty, &c, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fault_set_errno(why, ZP_ELOCAL, "the terminal");
		if (got == 0 || c == '\n' || out->len == SECRET_MAX)
			return bytes_check(out, why);
		bytes_append_u8(out, (uint8_t)c);
	}
}

/* Ask once, without echo; the terminal is then as it was. */
static int
ask_once(struct bytes *out, int *caught, int tty, int signals, const struct bytes *prompt,
    struct fault *why)
{
	struct termios shown, hidden;
	int class;

	*caught = 0;
	if (tcgetattr(tty, &shown) != 0)
		return fault_set_errno(why, ZP_ELOCAL, "the terminal");
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	(void)tcsetattr(tty, TCSAFLUSH, &hidden);
	(void)!write(tty, bytes_text(prompt), prompt->len);
	class = read_line(out, caught, tty, signals, why);
	(void)tcsetattr(tty, TCSAFLUSH, &shown);
	(void)!write(tty, "\n", 1);
	return class;
}

/*
 * A signal that would end or stop the process waits until the echo is on
 * again, and is then let go.  Who comes back from a stop is asked again.
 */
static int
ask_guarded(struct bytes *out, int tty, const struct bytes *prompt, struct fault *why)
{
	static const int wanted[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP };
	sigset_t before, set;
	int caught, signals, class;

	(void)sigemptyset(&set);
	(void)sigprocmask(SIG_BLOCK, NULL, &before);
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		if (sigismember(&before, wanted[i]) == 0)
			(void)sigaddset(&set, wanted[i]);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals < 0)
		return fault_set_errno(why, ZP_ELOCAL, "the terminal");
	do {
		(void)sigprocmask(SIG_BLOCK, &set, NULL);
		class = ask_once(out, &caught, tty, signals, prompt, why);
		if (caught != 0) {
			bytes_wipe(out);
			(void)raise(caught);
		}
		(void)sigprocmask(SIG_SETMASK, &before, NULL);
	} while (class == ZP_OK && caught != 0);
	(void)close(signals);
	return class;
}

static int
ask_terminal(struct bytes *out, void *context, const char *path, struct fault *why)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct bytes prompt = { 0 };
	int class;

	(void)context;
	if (fd < 0 || isatty(fd) == 0) {
		if (fd >= 0)
			(void)close(fd);
		return fault_set(why, ZP_EUSAGE,
		    "encrypted, and there is no terminal to ask at: give the passphrase with "
		    "--passphrase-file");
	}
	bytes_printf(&prompt, "Passphrase for %s: ", path);
	class = ask_guarded(out, fd, &prompt, why);
	(void)close(fd);
	bytes_release(&prompt);
	return class;
}

struct passphrase
secret_make(const char *file)
{
	if (file == NULL)
		return (struct passphrase){ ask_terminal, NULL };
	return (struct passphrase){ ask_file, (void *)(uintptr_t)file };
}
