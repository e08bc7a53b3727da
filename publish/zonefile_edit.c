/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/zonefile_edit.h"

#include <stdlib.h>
#include <string.h>

#include "dns/wire.h"
#include "publish/zonefile_splice.h"

struct editor {
	const struct zonefile_text *text;
	struct zonefile_intent intent;
};

static int
refuse(int class, const struct zonefile_text *t, const struct zonefile_record *r,
    const struct rrset *set, const char *what, struct fault *why)
{
	char owner[NAME_TEXT_MAX], type[16];

	if (r == NULL)
		return fault_set(why, class, "%s: %.200s %s %s", t->sources[0].path,
		    name_print(owner, &set->owner), wire_print_type(type, set->type), what);
	return fault_set(why, class, "%s:%u: %.200s %s %s", t->sources[r->source].path, r->line,
	    name_print(owner, &set->owner), wire_print_type(type, set->type), what);
}

/* ---- what shall happen ---------------------------------------------------------------- */

static int
check_place(const struct zonefile_text *t, const struct rrset *set, struct fault *why)
{
	static const uint16_t own[] = { RRTYPE_SOA, RRTYPE_RRSIG, RRTYPE_NSEC, RRTYPE_NSEC3 };
	char cut[NAME_TEXT_MAX], zone[NAME_TEXT_MAX];
	struct name above;

	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if (set->type == own[i])
			return refuse(ZP_EREFUSED, t, NULL, set,
			    "is kept by the publisher itself and cannot be changed", why);
	if (!name_is_under(&set->owner, &t->zone))
		return fault_set(why, ZP_EREFUSED, "%s: %.200s lies outside the zone %.200s",
		    t->sources[0].path, name_print(cut, &set->owner),
		    name_print(zone, &t->zone));
	if (zonefile_index_cut(&above, t, &set->owner, set->type))
		return fault_set(why, ZP_EREFUSED,
		    "%s: %.200s is delegated away at %.200s: change it in that zone",
		    t->sources[0].path, name_print(zone, &set->owner), name_print(cut, &above));
	return ZP_OK;
}

static bool
same_ttl(const struct zonefile_text *t, size_t from, size_t to, uint32_t ttl)
{
	for (size_t i = from; i < to; i++)
		if (t->records[t->order[i]].ttl != ttl)
			return false;
	return true;
}

/* The record that new ones of this set shall stand behind. */
static size_t
place_for(const struct zonefile_text *t, const struct rrset *set)
{
	size_t from, to, best = ZONEFILE_NONE;

	zonefile_index_find(&from, &to, t, &set->owner, set->type);
	for (size_t i = from; i < to; i++)
		if (best == ZONEFILE_NONE || t->order[i] > best)
			best = t->order[i];
	if (best != ZONEFILE_NONE)
		return best;
	zonefile_index_find(&from, &to, t, &set->owner, 0);
	for (size_t i = from; i < to; i++) {
		const struct zonefile_record *r = &t->records[t->order[i]];

		if (r->source == 0 && !r->generated && (best == ZONEFILE_NONE || t->order[i] > best))
			best = t->order[i];
	}
	return best;
}

static int
plan_arrival(struct editor *e, const struct rrset *now, const struct rrset *after,
    struct fault *why)
{
	struct zonefile_arrival *v = reallocarray(e->intent.arrivals, e->intent.n_arrivals + 1, sizeof *v);
	int rc;

	if (v == NULL)
		return fault_set_nomem(why);
	e->intent.arrivals = v;
	rc = rrset_difference(&v[e->intent.n_arrivals].set, after, now, why);
	if (rc != ZP_OK)
		return rc;
	v[e->intent.n_arrivals].behind = place_for(e->text, after);
	if (v[e->intent.n_arrivals].set.n == 0)
		rrset_release(&v[e->intent.n_arrivals].set);
	else
		e->intent.n_arrivals++;
	return ZP_OK;
}

static int
plan_change(struct editor *e, const struct change *c, struct fault *why)
{
	const struct zonefile_text *t = e->text;
	struct rrset now = { 0 };
	size_t from, to;
	int rc = check_place(t, &c->after, why);

	if (rc == ZP_OK)
		rc = zonefile_index_set(&now, t, &c->after.owner, c->after.type, why);
	if (rc != ZP_OK)
		return rc;
	zonefile_index_find(&from, &to, t, &c->after.owner, c->after.type);
	if (rrset_same_data(&now, &c->after) && same_ttl(t, from, to, c->after.ttl))
		goto out;
	if (!rrset_same_data(&now, &c->before) && !rrset_same_data(&now, &c->after)) {
		rc = refuse(ZP_ESTALE, t, from < to ? &t->records[t->order[from]] : NULL, &c->after,
		    "was changed by someone else since it was read", why);
		goto out;
	}
	for (size_t i = from; rc == ZP_OK && i < to; i++) {
		const struct zonefile_record *r = &t->records[t->order[i]];
		struct zonefile_fate *fate = &e->intent.fates[t->order[i]];

		if (r->generated)
			rc = refuse(ZP_EREFUSED, t, r, &c->after,
			    "comes from a $GENERATE line: write it out as a record first", why);
		else if (!rrset_has(&c->after, r->rdata.data, r->rdata.len))
			fate->goes = true;
		else if (r->ttl != c->after.ttl)
			*fate = (struct zonefile_fate){ .new_ttl = true, .ttl = c->after.ttl };
	}
	if (rc == ZP_OK)
		rc = plan_arrival(e, &now, &c->after, why);
	e->intent.raise = true;
out:
	rrset_release(&now);
	return rc;
}

/* A record that inherits its owner from lines that all go has to be given it. */
static bool
loses_owner(const struct editor *e, size_t record)
{
	const struct zonefile_record *v = e->text->records;

	while (v[record].owner_span.len == 0) {
		record = v[record].previous;
		if (!e->intent.fates[record].goes)
			return false;
		for (size_t i = 0; i < e->intent.n_arrivals; i++)
			if (e->intent.arrivals[i].behind == record)
				return false;
	}
	return true;
}

/* Give owners and TTLs to the records whose neighbours no longer pass them on. */
static void
settle_heirs(struct editor *e)
{
	const struct zonefile_text *t = e->text;
	uint32_t last = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct zonefile_record *r = &t->records[i];
		struct zonefile_fate *fate = &e->intent.fates[i];

		if (!fate->goes) {
			if (!r->generated && r->owner_span.len == 0)
				fate->new_owner = loses_owner(e, i);
			if (r->ttl_from == ZONEFILE_TTL_PREVIOUS && !fate->new_ttl &&
			    last != r->ttl) {
				fate->new_ttl = true;
				fate->ttl = r->ttl;
			}
			last = fate->new_ttl ? fate->ttl : r->ttl;
		}
		for (size_t k = 0; k < e->intent.n_arrivals; k++)
			if (e->intent.arrivals[k].behind == i)
				last = e->intent.arrivals[k].set.ttl;
	}
}

/* ---- the proof ------------------------------------------------------------------------ */

static bool
is_record(const struct zonefile_record *r, const struct name *owner, uint16_t type, uint32_t ttl,
    const struct rdata *rdata)
{
	if (!name_equal(&r->owner, owner) || r->type != type || r->ttl != ttl ||
	    r->rdata.len != rdata->len)
		return false;
	if (type == RRTYPE_SOA && rdata->len >= 22)	/* all but the serial */
		return memcmp(r->rdata.data, rdata->data, rdata->len - 20U) == 0 &&
		    memcmp(r->rdata.data + rdata->len - 16, rdata->data + rdata->len - 16, 16) == 0;
	return rdata->len == 0 || memcmp(r->rdata.data, rdata->data, rdata->len) == 0;
}

/* Take the arrivals behind `behind` off the new records; false if others stand there. */
static bool
arrivals_follow(size_t *k, const struct zonefile_text *fresh, const struct editor *e, size_t behind)
{
	for (size_t a = 0; a < e->intent.n_arrivals; a++) {
		const struct rrset *set = &e->intent.arrivals[a].set;

		for (size_t i = 0; e->intent.arrivals[a].behind == behind && i < set->n; i++, (*k)++)
			if (*k >= fresh->n || !is_record(&fresh->records[*k], &set->owner, set->type,
			    set->ttl, &set->v[i]))
				return false;
	}
	return true;
}

static bool
says_what_was_meant(const struct zonefile_text *fresh, const struct editor *e)
{
	size_t k = 0;

	for (size_t i = 0; i < e->text->n; i++) {
		const struct zonefile_record *r = &e->text->records[i];
		const struct zonefile_fate *fate = &e->intent.fates[i];

		if (!fate->goes && (k >= fresh->n || !is_record(&fresh->records[k++], &r->owner,
		    r->type, fate->new_ttl ? fate->ttl : r->ttl, &r->rdata)))
			return false;
		if (!arrivals_follow(&k, fresh, e, i))
			return false;
	}
	return arrivals_follow(&k, fresh, e, ZONEFILE_NONE) && k == fresh->n;
}

static uint32_t
next_serial(uint32_t old, const struct zonefile_serial_rule *rule)
{
	bool ahead = rule->has_above && zonefile_serial_is_higher(rule->above, old);

	return zonefile_serial_next(ahead ? rule->above : old, rule->now);
}

int
zonefile_edit(struct zonefile_text *out, bool *edited, const struct zonefile_text *text,
    const struct changes *changes, const struct zonefile_serial_rule *rule, struct fault *why)
{
	struct editor e = { .text = text, .intent = { .raise = rule->raise } };
	struct zonefile_text draft = { 0 };
	int rc = ZP_OK;

	*out = (struct zonefile_text){ 0 };
	*edited = false;
	e.intent.fates = calloc(text->n > 0 ? text->n : 1, sizeof *e.intent.fates);
	if (e.intent.fates == NULL)
		rc = fault_set_nomem(why);
	for (size_t i = 0; rc == ZP_OK && i < changes->n; i++)
		rc = plan_change(&e, &changes->v[i], why);
	if (rc != ZP_OK)
		goto out;
	settle_heirs(&e);
	e.intent.serial = next_serial(text->serial, rule);
	rc = zonefile_splice(&draft, text, &e.intent, why);
	if (rc == ZP_OK)
		rc = zonefile_text_read(out, text->sources[0].path, &text->zone, &draft, why);
	if (rc == ZP_EUSAGE) {
		(void)fault_prepend(why, "the change cannot be made");
		rc = why == NULL ? ZP_EREFUSED : (why->class = ZP_EREFUSED);
	}
	if (rc == ZP_OK && !says_what_was_meant(out, &e))
		rc = fault_set(why, ZP_EREFUSED, "%s: cannot be edited safely: the new text would "
		    "not say what was meant; nothing was changed", text->sources[0].path);
	*edited = rc == ZP_OK && e.intent.raise;
out:
	if (rc != ZP_OK)
		zonefile_text_release(out);
	zonefile_text_release(&draft);
	for (size_t i = 0; i < e.intent.n_arrivals; i++)
		rrset_release(&e.intent.arrivals[i].set);
	free(e.intent.fates);
	free(e.intent.arrivals);
	return rc;
}
