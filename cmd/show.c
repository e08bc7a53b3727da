/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/show.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

enum { MESSAGE_MAX = 4096 };

static void PRINTF_LIKE(2, 0)
print_message(const char *kind, const char *fmt, va_list ap)
{
	char text[MESSAGE_MAX];
	int n = vsnprintf(text, sizeof text, fmt, ap);

	/* What comes from files, arguments and servers shall not steer the terminal. */
	for (char *p = text; n > 0 && *p != '\0'; p++)
		if (*p != '\n' && iscntrl((unsigned char)*p))
			*p = '?';
	(void)fflush(stdout);
	(void)fprintf(stderr, "zonepub: %s%s\n", kind, n >= 0 ? text : fmt);
}

void
show_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_message("error: ", fmt, ap);
	va_end(ap);
}

void
show_warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_message("warning: ", fmt, ap);
	va_end(ap);
}

void
show_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_message("", fmt, ap);
	va_end(ap);
}

int
show_exit_code(int class)
{
	switch (class) {
	case ZP_OK:
		return EXIT_DONE;
	case ZP_EUSAGE:
		return EXIT_USAGE;
	case ZP_ESTALE:
	case ZP_EUNSAFE:
		return EXIT_UNSAFE;
	case ZP_EWAIT:
		return EXIT_WAITING;
	default:
		return EXIT_FAILED;
	}
}

int
show_fault(const struct fault *why)
{
	show_error("%s", why->text);
	return show_exit_code(why->class);
}
