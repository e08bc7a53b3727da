/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes from short text, for the tests of the zone-file publisher. */
#ifndef TESTS_UNIT_PUBLISH_ZONEFILE_HELP_H
#define TESTS_UNIT_PUBLISH_ZONEFILE_HELP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/wire.h"
#include "publish/plan.h"
#include "publish/zonefile_text.h"

static inline void
help_must(int rc, const struct fault *why)
{
	if (rc != ZP_OK) {
		fprintf(stderr, "test set-up: %s\n", why->text);
		abort();
	}
}

static inline struct name
help_name(const char *text)
{
	struct fault why = { 0 };
	struct name n;

	help_must(name_parse(&n, text, NULL, &why), &why);
	return n;
}

/* The change of this place, made if need be. */
static inline struct change *
help_place(struct changes *c, const struct name *owner, uint16_t type, uint32_t ttl)
{
	struct rrset before = rrset_make(owner, type, ttl), after = before;
	struct fault why = { 0 };

	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].after.type == type && name_equal(&c->v[i].after.owner, owner))
			return &c->v[i];
	help_must(changes_take(c, &before, &after, &why), &why);
	return &c->v[c->n - 1];
}

/*
 * Lines "- owner ttl type rdata" (it stands there and goes), "+ ..." (it
 * comes), "= ..." (it stands there and stays), owners absolute.
 */
static inline struct changes
help_changes(const char *text)
{
	struct changes c = { 0 };
	struct fault why = { 0 };
	char *copy = strdup(text), *save = NULL;

	for (char *line = strtok_r(copy, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save)) {
		char owner[256], type[16];
		unsigned ttl;
		int at = 0;
		struct name n;
		uint16_t t;
		struct bytes rdata = { 0 };
		struct change *change;

		if (sscanf(line + 1, " %255s %u %15s %n", owner, &ttl, type, &at) != 3)
			abort();
		n = help_name(owner);
		help_must(wire_parse_type(&t, type, &why), &why);
		help_must(wire_parse_rdata(&rdata, t, line + 1 + at, NULL, &why), &why);
		change = help_place(&c, &n, t, ttl);
		change->after.ttl = ttl;
		if (*line != '+')
			help_must(rrset_add(&change->before, rdata.data, rdata.len, &why), &why);
		if (*line != '-')
			help_must(rrset_add(&change->after, rdata.data, rdata.len, &why), &why);
		bytes_release(&rdata);
	}
	free(copy);
	return c;
}

/* A text whose sources are path and content by turns, NULL at the end. */
static inline struct zonefile_text
help_sources(const char *const *v)
{
	struct zonefile_text t = { 0 };

	for (; v[0] != NULL; v += 2) {
		t.sources = realloc(t.sources, (t.n_sources + 1) * sizeof *t.sources);
		t.sources[t.n_sources] = (struct zonefile_source){ .path = strdup(v[0]) };
		bytes_append_text(&t.sources[t.n_sources++].content, v[1]);
	}
	return t;
}

#endif
