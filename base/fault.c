/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "base/fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int
fault_set(struct fault *why, int class, const char *fmt, ...)
{
	va_list ap;

	if (why == NULL)
		return class;
	why->class = class;
	va_start(ap, fmt);
	(void)vsnprintf(why->text, sizeof why->text, fmt, ap);
	va_end(ap);
	return class;
}

int
fault_set_errno(struct fault *why, int class, const char *fmt, ...)
{
	int number = errno;
	char reason[128];
	size_t used;
	va_list ap;

	if (why == NULL)
		return class;
	why->class = class;
	va_start(ap, fmt);
	(void)vsnprintf(why->text, sizeof why->text, fmt, ap);
	va_end(ap);

	used = strlen(why->text);
	(void)snprintf(why->text + used, sizeof why->text - used, ": %s",
	    strerror_r(number, reason, sizeof reason));
	return class;
}

int
fault_set_nomem(struct fault *why)
{
	return fault_set(why, ZP_ELOCAL, "out of memory");
}

int
fault_prepend(struct fault *why, const char *fmt, ...)
{
	char old[sizeof why->text];
	size_t used;
	va_list ap;

	if (why == NULL)
		return ZP_ELOCAL;
	memcpy(old, why->text, sizeof old);
	va_start(ap, fmt);
	(void)vsnprintf(why->text, sizeof why->text, fmt, ap);
	va_end(ap);

	used = strlen(why->text);
	(void)snprintf(why->text + used, sizeof why->text - used, ": %.*s",
	    (int)(sizeof old - 1), old);
	return why->class;
}

void
fault_clear(struct fault *why)
{
	if (why == NULL)
		return;
	why->class = ZP_OK;
	why->text[0] = '\0';
}
