/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "base/strlist.h"

#include <stdlib.h>
#include <string.h>

int
strlist_take(struct strlist *l, char *s, struct fault *why)
{
	char **v;

	if (s == NULL)
		return fault_set_nomem(why);
	v = reallocarray(l->v, l->n + 2, sizeof *v);
	if (v == NULL) {
		free(s);
		return fault_set_nomem(why);
	}
	v[l->n] = s;
	v[l->n + 1] = NULL;
	l->v = v;
	l->n++;
	return ZP_OK;
}

int
strlist_add(struct strlist *l, const char *s, struct fault *why)
{
	return strlist_take(l, strdup(s), why);
}

int
strlist_copy(struct strlist *to, const struct strlist *from, struct fault *why)
{
	*to = (struct strlist){ 0 };
	for (size_t i = 0; i < from->n; i++) {
		int rc = strlist_add(to, from->v[i], why);

		if (rc != ZP_OK) {
			strlist_release(to);
			return rc;
		}
	}
	return ZP_OK;
}

bool
strlist_has(const struct strlist *l, const char *s)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i], s) == 0)
			return true;
	return false;
}

void
strlist_release(struct strlist *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
	*l = (struct strlist){ 0 };
}
