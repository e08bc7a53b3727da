/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/secret.h"

#include <fcntl.h>
#include <string.h>
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

/* Read a line from fd, the newline left out. */
static int
read_line(struct bytes *out, int fd, struct fault *why)
{
	char c;
	ssize_t got;

	while ((got = read(fd, &c, 1)) == 1 && c != '\n' && out->len < SECRET_MAX)
		bytes_append_u8(out, (uint8_t)c);
	if (got < 0)
		return fault_set_errno(why, ZP_ELOCAL, "the terminal");
	return bytes_check(out, why);
}

static int
ask_terminal(struct bytes *out, void *context, const char *path, struct fault *why)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios shown, hidden;
	struct bytes prompt = { 0 };
	int class;

	(void)context;
	if (fd < 0 || tcgetattr(fd, &shown) != 0) {
		if (fd >= 0)
			(void)close(fd);
		return fault_set(why, ZP_EUSAGE,
		    "encrypted, and there is no terminal to ask at: give the passphrase with "
		    "--passphrase-file");
	}
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	bytes_printf(&prompt, "Passphrase for %s: ", path);
	(void)tcsetattr(fd, TCSAFLUSH, &hidden);
	(void)!write(fd, bytes_text(&prompt), prompt.len);
	class = read_line(out, fd, why);
	(void)tcsetattr(fd, TCSAFLUSH, &shown);
	(void)!write(fd, "\n", 1);
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
