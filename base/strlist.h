/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * base/strlist.h - a list of strings that it owns.
 *
 * v is always followed by a NULL, so that a list of words can be handed to
 * execv().  An empty list may have v == NULL.
 */
#ifndef BASE_STRLIST_H
#define BASE_STRLIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

struct strlist {
	char **v;
	size_t n;
};

int strlist_add(struct strlist *l, const char *s, struct fault *why) MUST_CHECK;
/* The string moves in, also on failure (it is then freed). */
int strlist_take(struct strlist *l, char *s, struct fault *why) MUST_CHECK;
int strlist_copy(struct strlist *to, const struct strlist *from, struct fault *why) MUST_CHECK;
bool strlist_has(const struct strlist *l, const char *s);
void strlist_release(struct strlist *l);

#endif
