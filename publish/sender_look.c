/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/rrset.h"
#include "publish/sender_inner.h"

/* What the records of a place have to be once the updates of a message are carried out. */
struct outcome {
	struct rrset present;
	struct rrset absent;
	bool is_whole;		/* nothing but what is present */
};

static bool
concerns(const struct record *r, const struct name *owner, uint16_t type)
{
	return name_equal(&r->owner, owner) && (r->type == type || r->type == RRTYPE_ANY);
}

static int
apply(struct outcome *o, const struct record *r, struct fault *why)
{
	if (r->class == CLASS_ANY) {
		rrset_release(&o->present);
		rrset_release(&o->absent);
		o->is_whole = true;
		return ZP_OK;
	}
	if (r->class == CLASS_NONE) {
		(void)rrset_remove(&o->present, r->rdata.data, r->rdata.len);
		return rrset_add(&o->absent, r->rdata.data, r->rdata.len, why);
	}
	(void)rrset_remove(&o->absent, r->rdata.data, r->rdata.len);
	return rrset_add(&o->present, r->rdata.data, r->rdata.len, why);
}

static bool
is_met(const struct outcome *o, const struct rrset *seen)
{
	for (size_t i = 0; i < o->absent.n; i++) {
		if (rrset_has(seen, o->absent.v[i].data, o->absent.v[i].len))
			return false;
	}
	return rrset_includes(seen, &o->present) && (!o->is_whole || seen->n == o->present.n);
}

/* A name of which all records were removed: none may be left but those that were added. */
static bool
is_bare(const struct message *reply, const struct record_list *updates, const struct name *owner)
{
	const struct record_list *answer = &reply->section[SECTION_ANSWER];

	for (size_t i = 0; i < answer->n; i++) {
		const struct record *r = &answer->v[i];
		bool added = r->type == RRTYPE_RRSIG || r->type == RRTYPE_NSEC;

		for (size_t k = 0; k < updates->n && !added; k++)
			added = updates->v[k].type == r->type &&
			    name_equal(&updates->v[k].owner, owner);
		if (!added && name_equal(&r->owner, owner))
			return false;
	}
	return true;
}

static bool
is_place_met(const struct message *reply, const struct record_list *updates,
    const struct record *place)
{
	struct outcome o = { 0 };
	struct rrset seen = { 0 };
	struct fault why;
	bool met = false;

	if (place->type == RRTYPE_ANY)
		return is_bare(reply, updates, &place->owner);
	o.present = rrset_make(&place->owner, place->type, 0);
	o.absent = rrset_make(&place->owner, place->type, 0);
	for (size_t i = 0; i < updates->n; i++) {
		if (concerns(&updates->v[i], &place->owner, place->type) &&
		    apply(&o, &updates->v[i], &why) != ZP_OK)
			goto out;
	}
	if (message_rrset(&seen, NULL, &reply->section[SECTION_ANSWER], &place->owner, place->type,
	    &why) != ZP_OK)
		goto out;
	o.present.owner = place->owner;
	o.present.type = place->type;
	met = is_met(&o, &seen);
out:
	rrset_release(&seen);
	rrset_release(&o.present);
	rrset_release(&o.absent);
	return met;
}

static bool
sees_place(struct sender *s, const struct letter *l, const struct record *place)
{
	struct message m = { 0 };
	struct exchange x = sender_exchange(s, l, &m);
	struct fault why;
	bool met = false;

	if (x.transport != TRANSPORT_TLS)
		x.transport = TRANSPORT_TCP;
	if (message_query(&m, &place->owner, place->type, false, false, &why) == ZP_OK &&
	    exchange_one(&x, s->pool, &why) == ZP_OK &&
	    (x.reply.rcode == RCODE_NOERROR || x.reply.rcode == RCODE_NXDOMAIN) &&
	    (x.reply.flags & FLAG_AA) != 0)
		met = is_place_met(&x.reply, &l->update.section[SECTION_UPDATE], place);
	exchange_release(&x);
	message_release(&m);
	return met;
}

bool
sender_sees(struct sender *s, const struct letter *l)
{
	const struct record_list *u = &l->update.section[SECTION_UPDATE];

	for (size_t i = 0; i < u->n; i++) {
		bool is_first = true;

		for (size_t k = 0; k < i && is_first; k++)
			is_first = u->v[k].type != u->v[i].type ||
			    !name_equal(&u->v[k].owner, &u->v[i].owner);
		if (is_first && !sees_place(s, l, &u->v[i]))
			return false;
	}
	return u->n > 0 && l->class == CLASS_IN;
}
