/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/rrset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int
rdata_compare(const void *a, size_t alen, const void *b, size_t blen)
{
	size_t shorter = alen < blen ? alen : blen;
	int order = shorter > 0 ? memcmp(a, b, shorter) : 0;

	return order != 0 ? order : (alen > blen) - (alen < blen);
}

struct rrset
rrset_make(const struct name *owner, uint16_t type, uint32_t ttl)
{
	return (struct rrset){ .owner = *owner, .type = type, .ttl = ttl };
}

/* Where data is, or where it would have to go. */
static size_t
place_of(bool *found, const struct rrset *s, const void *data, size_t len)
{
	size_t low = 0, high = s->n;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = rdata_compare(s->v[middle].data, s->v[middle].len, data, len);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int
rrset_add(struct rrset *s, const void *data, size_t len, struct fault *why)
{
	bool found;
	size_t at = place_of(&found, s, data, len);
	struct rdata *v;
	uint8_t *copy;

	if (found)
		return ZP_OK;
	if (len > UINT16_MAX)
		return fault_set(why, ZP_EUSAGE, "a record holds at most 65535 octets, not %zu", len);
	copy = malloc(len > 0 ? len : 1);
	v = reallocarray(s->v, s->n + 1, sizeof *v);
	if (v != NULL)
		s->v = v;
	if (copy == NULL || v == NULL) {
		free(copy);
		return fault_set_nomem(why);
	}
	if (len > 0)
		memcpy(copy, data, len);
	memmove(v + at + 1, v + at, (s->n - at) * sizeof *v);
	v[at] = (struct rdata){ .len = (uint16_t)len, .data = copy };
	s->n++;
	return ZP_OK;
}

bool
rrset_remove(struct rrset *s, const void *data, size_t len)
{
	bool found;
	size_t at = place_of(&found, s, data, len);

	if (!found)
		return false;
	free(s->v[at].data);
	memmove(s->v + at, s->v + at + 1, (s->n - at - 1) * sizeof *s->v);
	s->n--;
	return true;
}

bool
rrset_has(const struct rrset *s, const void *data, size_t len)
{
	bool found;

	(void)place_of(&found, s, data, len);
	return found;
}

int
rrset_copy(struct rrset *to, const struct rrset *from, struct fault *why)
{
	static const struct rrset empty;

	return rrset_union(to, from, &empty, why);
}

void
rrset_release(struct rrset *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i].data);
	free(s->v);
	*s = (struct rrset){ 0 };
}

bool
rrset_same_data(const struct rrset *a, const struct rrset *b)
{
	return a->n == b->n && a->type == b->type && name_equal(&a->owner, &b->owner) &&
	    rrset_includes(a, b);
}

bool
rrset_includes(const struct rrset *whole, const struct rrset *part)
{
	for (size_t i = 0; i < part->n; i++)
		if (!rrset_has(whole, part->v[i].data, part->v[i].len))
			return false;
	return true;
}

int
rrset_union(struct rrset *to, const struct rrset *a, const struct rrset *b, struct fault *why)
{
	int rc = ZP_OK;

	*to = rrset_make(&a->owner, a->type, a->ttl);
	for (size_t i = 0; rc == ZP_OK && i < a->n; i++)
		rc = rrset_add(to, a->v[i].data, a->v[i].len, why);
	for (size_t i = 0; rc == ZP_OK && i < b->n; i++)
		rc = rrset_add(to, b->v[i].data, b->v[i].len, why);
	if (rc != ZP_OK)
		rrset_release(to);
	return rc;
}

int
rrset_difference(struct rrset *to, const struct rrset *a, const struct rrset *b, struct fault *why)
{
	int rc = ZP_OK;

	*to = rrset_make(&a->owner, a->type, a->ttl);
	for (size_t i = 0; rc == ZP_OK && i < a->n; i++)
		if (!rrset_has(b, a->v[i].data, a->v[i].len))
			rc = rrset_add(to, a->v[i].data, a->v[i].len, why);
	if (rc != ZP_OK)
		rrset_release(to);
	return rc;
}

struct rrset *
recset_find(const struct recset *r, const struct name *owner, uint16_t type)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].type == type && name_equal(&r->v[i].owner, owner))
			return &r->v[i];
	return NULL;
}

int
recset_take(struct recset *r, struct rrset *s, struct fault *why)
{
	struct rrset *v;

	assert(recset_find(r, &s->owner, s->type) == NULL);
	v = reallocarray(r->v, r->n + 1, sizeof *v);
	if (v == NULL) {
		rrset_release(s);
		return fault_set_nomem(why);
	}
	r->v = v;
	v[r->n++] = *s;
	*s = (struct rrset){ 0 };
	return ZP_OK;
}

int
recset_add(struct recset *r, const struct name *owner, uint16_t type, uint32_t ttl,
    const void *data, size_t len, struct fault *why)
{
	struct rrset *s = recset_find(r, owner, type);

	if (s == NULL) {
		struct rrset fresh = rrset_make(owner, type, ttl);
		int rc = recset_take(r, &fresh, why);

		if (rc != ZP_OK)
			return rc;
		s = &r->v[r->n - 1];
	}
	return rrset_add(s, data, len, why);
}

void
recset_release(struct recset *r)
{
	for (size_t i = 0; i < r->n; i++)
		rrset_release(&r->v[i]);
	free(r->v);
	*r = (struct recset){ 0 };
}
