/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "zonegen/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

/* The text on one line, whatever octets were quoted in it. */
static char *
print_plain(const char *text)
{
	struct bytes out = { 0 };

	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < ' ' || c >= 0x7f)
			bytes_printf(&out, "\\%03u", (unsigned)c);
		else
			bytes_append_u8(&out, c);
	}
	return bytes_take_text(&out);
}

void
findings_add(struct findings *l, const struct finding_kind *kind, const char *fmt, ...)
{
	struct finding *v = realloc(l->v, (l->n + 1) * sizeof *v);
	char text[1024], *message;
	va_list ap;

	if (v != NULL)
		l->v = v;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	message = print_plain(text);
	if (v == NULL || message == NULL) {
		free(message);
		l->broken = true;
		return;
	}
	v[l->n++] = (struct finding){ .kind = kind, .message = message };
}

int
findings_check(const struct findings *l, struct fault *why)
{
	return l->broken ? fault_set_nomem(why) : ZP_OK;
}

bool
findings_has_error(const struct findings *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].kind->level == FINDING_ERROR)
			return true;
	return false;
}

void
findings_release(struct findings *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i].message);
	free(l->v);
	*l = (struct findings){ 0 };
}

const char *
finding_level_print(enum finding_level level)
{
	static const char *const words[] = {
		[FINDING_ERROR] = "error", [FINDING_WARNING] = "warning", [FINDING_INFO] = "info"
	};

	return words[level];
}
