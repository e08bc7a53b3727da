/* SPDX-License-Identifier: BSD-2-Clause */
/* The sorted side of a zone's text: look-ups, and what holds for the zone as a whole. */
#include "config.h"

#include <stdlib.h>

#include "publish/zonefile_text.h"

struct key {
	const struct zonefile_record *record;
	size_t index;
};

static int
compare_place(const struct zonefile_record *r, const struct name *owner, uint16_t type)
{
	int order = name_compare(&r->owner, owner);

	return order != 0 || type == 0 ? order : (int)r->type - (int)type;
}

static int
compare_keys(const void *a, const void *b)
{
	const struct key *ka = a, *kb = b;
	int order = compare_place(ka->record, &kb->record->owner, kb->record->type);

	return order != 0 ? order : (ka->index > kb->index) - (ka->index < kb->index);
}

static int
sort(struct zonefile_text *t, struct fault *why)
{
	struct key *keys = calloc(t->n > 0 ? t->n : 1, sizeof *keys);

	t->order = calloc(t->n > 0 ? t->n : 1, sizeof *t->order);
	if (keys == NULL || t->order == NULL) {
		free(keys);
		return fault_set_nomem(why);
	}
	for (size_t i = 0; i < t->n; i++)
		keys[i] = (struct key){ .record = &t->records[i], .index = i };
	qsort(keys, t->n, sizeof *keys, compare_keys);
	for (size_t i = 0; i < t->n; i++)
		t->order[i] = keys[i].index;
	free(keys);
	return ZP_OK;
}

static const struct zonefile_record *
sorted(const struct zonefile_text *t, size_t i)
{
	return &t->records[t->order[i]];
}

/* ZP_EUSAGE with the place of r in front. */
static int
bad(const struct zonefile_text *t, const struct zonefile_record *r, const char *what,
    struct fault *why)
{
	char owner[NAME_TEXT_MAX];

	return fault_set(why, ZP_EUSAGE, "%s:%u: %.200s %s", t->sources[r->source].path, r->line,
	    name_print(owner, &r->owner), what);
}

static int
find_soa(struct zonefile_text *t, struct fault *why)
{
	size_t from, to;
	const struct zonefile_record *r;
	struct cursor c;

	for (size_t i = 0; i < t->n; i++)
		if (t->records[i].type == RRTYPE_SOA &&
		    !name_equal(&t->records[i].owner, &t->zone))
			return bad(t, &t->records[i], "has an SOA record, which is not the zone's",
			    why);
	zonefile_index_find(&from, &to, t, &t->zone, RRTYPE_SOA);
	if (from == to) {
		char zone[NAME_TEXT_MAX];

		return fault_set(why, ZP_EUSAGE, "%s: no SOA record of %.200s",
		    t->sources[0].path, name_print(zone, &t->zone));
	}
	if (to - from > 1)
		return bad(t, sorted(t, from + 1), "has a second SOA record", why);
	t->soa = t->order[from];
	r = &t->records[t->soa];
	if (r->rdata.len < 22 || r->serial_span.len == 0)
		return bad(t, r, "has a malformed SOA record", why);
	c = cursor_make(r->rdata.data + r->rdata.len - 20, 4);
	t->serial = cursor_u32(&c);
	return ZP_OK;
}

/* Types that may stand beside a CNAME (RFC 4034 2.5, 4, 3). */
static bool
suits_cname(uint16_t type)
{
	return type == RRTYPE_CNAME || type == RRTYPE_RRSIG || type == RRTYPE_NSEC;
}

static int
check_cnames(const struct zonefile_text *t, struct fault *why)
{
	for (size_t i = 0, next; i < t->n; i = next) {
		const struct zonefile_record *cname = NULL, *other = NULL;

		for (next = i; next < t->n &&
		    name_equal(&sorted(t, next)->owner, &sorted(t, i)->owner); next++) {
			const struct zonefile_record *r = sorted(t, next);

			if (!suits_cname(r->type))
				other = r;
			else if (r->type == RRTYPE_CNAME && cname != NULL &&
			    rdata_compare(r->rdata.data, r->rdata.len, cname->rdata.data,
			    cname->rdata.len) != 0)
				return bad(t, r, "has two CNAME records", why);
			else if (r->type == RRTYPE_CNAME)
				cname = r;
		}
		if (cname != NULL && other != NULL)
			return bad(t, cname, "has a CNAME beside other records", why);
	}
	return ZP_OK;
}

int
zonefile_index_make(struct zonefile_text *t, struct fault *why)
{
	int rc = sort(t, why);

	if (rc == ZP_OK)
		rc = find_soa(t, why);
	if (rc == ZP_OK)
		rc = check_cnames(t, why);
	return rc;
}

void
zonefile_index_find(size_t *from, size_t *to, const struct zonefile_text *t,
    const struct name *owner, uint16_t type)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_place(sorted(t, middle), owner, type) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*from = low;
	while (low < t->n && compare_place(sorted(t, low), owner, type) == 0)
		low++;
	*to = low;
}

bool
zonefile_index_cut(struct name *cut, const struct zonefile_text *t, const struct name *owner,
    uint16_t type)
{
	unsigned depth = name_labels(owner), top = name_labels(&t->zone);
	size_t from, to;

	for (unsigned skip = 0; skip < depth - top; skip++) {
		struct name above = name_ancestor(owner, skip);

		*cut = above;
		zonefile_index_find(&from, &to, t, &above, RRTYPE_NS);
		if (from < to && (skip > 0 || (type != RRTYPE_NS && type != RRTYPE_DS)))
			return true;
		zonefile_index_find(&from, &to, t, &above, RRTYPE_DNAME);
		if (from < to && skip > 0)
			return true;
	}
	return false;
}

/* The set of order[*i] and its followers; *i moves behind it. */
static int
gather(struct rrset *out, const struct zonefile_text *t, size_t *i, struct fault *why)
{
	const struct zonefile_record *first = sorted(t, *i);
	int rc = ZP_OK;

	*out = rrset_make(&first->owner, first->type, first->ttl);
	for (; rc == ZP_OK && *i < t->n; (*i)++) {
		const struct zonefile_record *r = sorted(t, *i);

		if (compare_place(r, &first->owner, first->type) != 0)
			break;
		rc = rrset_add(out, r->rdata.data, r->rdata.len, why);
	}
	if (rc != ZP_OK)
		rrset_release(out);
	return rc;
}

int
zonefile_index_sets(struct recset *out, const struct zonefile_text *t, struct fault *why)
{
	int rc = ZP_OK;

	/* Sorted input makes the look-ups of recset_take() needless. */
	*out = (struct recset){ .v = calloc(t->n > 0 ? t->n : 1, sizeof *out->v) };
	if (out->v == NULL)
		return fault_set_nomem(why);
	for (size_t i = 0; rc == ZP_OK && i < t->n;) {
		rc = gather(&out->v[out->n], t, &i, why);
		if (rc == ZP_OK)
			out->n++;
	}
	if (rc != ZP_OK)
		recset_release(out);
	return rc;
}

int
zonefile_index_set(struct rrset *out, const struct zonefile_text *t, const struct name *owner,
    uint16_t type, struct fault *why)
{
	size_t from, to;

	*out = rrset_make(owner, type, 0);
	zonefile_index_find(&from, &to, t, owner, type);
	return from < to ? gather(out, t, &from, why) : ZP_OK;
}
