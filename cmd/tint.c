/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/tint.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
tint_is_on(const struct globals *g)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (g->color != NULL && strcmp(g->color, "auto") != 0)
		return strcmp(g->color, "always") == 0;
	return (no_color == NULL || no_color[0] == '\0') && isatty(STDOUT_FILENO) == 1 &&
	    (term == NULL || strcmp(term, "dumb") != 0);
}

void
tint_append(struct bytes *out, bool on, enum tint tint, const char *word)
{
	/* Green, yellow, red (ECMA-48 8.3.117). */
	static const char *const codes[] = { "", "\033[32m", "\033[33m", "\033[31m" };

	if (on && tint != TINT_PLAIN)
		bytes_printf(out, "%s%s\033[0m", codes[tint], word);
	else
		bytes_append_text(out, word);
}
