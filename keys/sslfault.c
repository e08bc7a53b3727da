/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "keys/sslfault.h"

#include <stdarg.h>
#include <stdio.h>

#include <openssl/err.h>

int
sslfault_set(struct fault *why, int class, const char *fmt, ...)
{
	unsigned long code = ERR_get_error();
	const char *reason = code != 0 ? ERR_reason_error_string(code) : NULL;
	char text[768];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	ERR_clear_error();
	if (reason == NULL)
		return fault_set(why, class, "%s", text);
	return fault_set(why, class, "%s: %s", text, reason);
}
