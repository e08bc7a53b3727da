/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The master-file editor on any text.  What it reads it must be able to edit:
 * every set but the SOA in turn loses its first record, gets another TTL and a
 * new neighbour.  A second run of the same change finds nothing to do, and the
 * way back leads to the same sets.  The editor compares its result with what
 * was meant by itself; a refusal of that comparison is a defect, too.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "publish/zonefile_edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIZE_LIMIT = 4096, CHANGES_MAX = 12, RECORDS_MAX = 3000 };

static const struct zonefile_serial_rule rule = { .now = 1795348800 };

/* Files must not be opened. */
static bool
has_include(const char *text)
{
	for (; *text != '\0'; text++)
		if (strncasecmp(text, "$include", 8) == 0)
			return true;
	return false;
}

static void
must(int rc)
{
	if (rc != ZP_OK)
		abort();
}

/* set without its first record, or with one more if it is a TXT set. */
static void
make_change(struct changes *c, const struct rrset *set)
{
	struct rrset before = { 0 }, after = { 0 };

	must(rrset_copy(&before, set, NULL));
	must(rrset_copy(&after, set, NULL));
	if (set->type == RRTYPE_TXT)
		must(rrset_add(&after, "\3new", 4, NULL));
	else
		(void)rrset_remove(&after, set->v[0].data, set->v[0].len);
	after.ttl = set->ttl / 2;
	must(changes_take(c, &before, &after, NULL));
}

static void
turn_round(struct changes *c)
{
	for (size_t i = 0; i < c->n; i++) {
		struct rrset keep = c->v[i].before;

		c->v[i].before = c->v[i].after;
		c->v[i].after = keep;
	}
}

static void
check_edit(const struct zonefile_text *text, const struct rrset *set)
{
	struct changes c = { 0 };
	struct zonefile_text after = { 0 }, again = { 0 }, back = { 0 };
	struct rrset there = { 0 };
	struct fault why = { 0 };
	bool edited;
	int rc;

	make_change(&c, set);
	rc = zonefile_edit(&after, &edited, text, &c, &rule, &why);
	if (rc != ZP_OK) {
		if (rc != ZP_EREFUSED || strstr(why.text, "not say what was meant") != NULL)
			abort();
		goto out;
	}
	if (!edited || !zonefile_serial_is_higher(after.serial, text->serial))
		abort();
	must(zonefile_edit(&again, &edited, &after, &c, &rule, &why));
	if (edited || again.sources[0].content.len != after.sources[0].content.len)
		abort();
	turn_round(&c);
	rc = zonefile_edit(&back, &edited, &after, &c, &rule, &why);
	if (rc == ZP_EREFUSED)
		goto out;
	must(rc);
	must(zonefile_index_set(&there, &back, &set->owner, set->type, &why));
	if (!rrset_same_data(&there, set) || back.n > text->n)
		abort();
out:
	rrset_release(&there);
	zonefile_text_release(&after);
	zonefile_text_release(&again);
	zonefile_text_release(&back);
	changes_release(&c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zonefile_text instead = { 0 }, text;
	struct zonefile_source source = { .path = (char *)(uintptr_t)"seed.zone" };
	struct recset sets = { 0 };
	struct name zone;
	struct fault why = { 0 };
	int rc;

	if (size > SIZE_LIMIT)
		return 0;
	must(name_parse(&zone, "example.org.", NULL, &why));
	bytes_append(&source.content, data, size);
	instead.sources = &source;
	instead.n_sources = 1;
	if (has_include(bytes_text(&source.content)))
		goto out;
	rc = zonefile_text_read(&text, "seed.zone", &zone, &instead, &why);
	if (rc != ZP_OK) {
		if (rc != ZP_EUSAGE || strncmp(why.text, "seed.zone", 9) != 0)
			abort();
		goto out;
	}
	must(zonefile_index_sets(&sets, &text, &why));
	for (size_t i = 0; i < sets.n && i < CHANGES_MAX && text.n < RECORDS_MAX; i++)
		if (sets.v[i].type != RRTYPE_SOA)
			check_edit(&text, &sets.v[i]);
	recset_release(&sets);
	zonefile_text_release(&text);
out:
	bytes_release(&source.content);
	return 0;
}
