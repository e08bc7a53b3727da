/* SPDX-License-Identifier: BSD-2-Clause */
/* What of a zone is signed, and the text that comes out (RFC 4035 2). */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "dns/sign_impl.h"
#include "dns/wire.h"

struct signer {
	const struct sign_request *request;
	struct bytes *out;
	const struct rrset **sets;	/* the zone's, with the joined DNSKEY set in its place */
	size_t n;
	struct rrset dnskey;
	const struct rrset *soa;
	const struct rrset *param;	/* NSEC3PARAM, or NULL */
	uint32_t negative_ttl;
	struct sign_chain chain;
};

/* ---- the sets -------------------------------------------------------------------------- */

static int
find_apex(struct signer *s, struct fault *why)
{
	const struct sign_request *r = s->request;
	struct cursor minimum;

	for (size_t i = 0; i < r->zone->n; i++) {
		const struct rrset *set = &r->zone->v[i];

		if (set->type == RRTYPE_RRSIG || set->type == RRTYPE_NSEC ||
		    set->type == RRTYPE_NSEC3) {
			char owner[NAME_TEXT_MAX], type[16];

			return fault_set(why, ZP_EUSAGE, "%.300s has %s records: the zone is signed "
			    "already, give its unsigned source", name_print(owner, &set->owner),
			    wire_print_type(type, set->type));
		}
		if (!name_equal(&set->owner, r->origin))
			continue;
		if (set->type == RRTYPE_SOA)
			s->soa = set;
		else if (set->type == RRTYPE_NSEC3PARAM)
			s->param = set;
	}
	if (s->soa == NULL || s->soa->n != 1 || s->soa->v[0].len < 22)
		return fault_set(why, ZP_EUSAGE, "a zone has one SOA record");
	if (s->param != NULL && s->param->n != 1)
		return fault_set(why, ZP_EUSAGE, "a zone has one NSEC3PARAM record, not %zu",
		    s->param->n);
	minimum = cursor_make(s->soa->v[0].data + s->soa->v[0].len - 4, 4);
	s->negative_ttl = cursor_u32(&minimum);
	if (s->soa->ttl < s->negative_ttl)
		s->negative_ttl = s->soa->ttl;
	return ZP_OK;
}

/* Line the sets up, the DNSKEY set among them. */
static int
collect(struct signer *s, struct fault *why)
{
	const struct sign_request *r = s->request;
	struct rrset mine = { 0 };
	const struct rrset *theirs = recset_find(r->zone, r->origin, RRTYPE_DNSKEY);
	bool placed = false;
	int rc = sign_keys_dnskey(&mine, r->keys, s->soa->ttl, why);

	if (rc == ZP_OK && theirs != NULL) {
		rc = rrset_union(&s->dnskey, theirs, &mine, why);
		rrset_release(&mine);
	} else {
		s->dnskey = mine;
	}
	if (rc != ZP_OK)
		return rc;
	s->sets = calloc(r->zone->n + 1, sizeof *s->sets);
	if (s->sets == NULL)
		return fault_set_nomem(why);
	for (size_t i = 0; i < r->zone->n; i++) {
		const struct rrset *set = &r->zone->v[i];

		if (!placed && (!name_equal(&set->owner, r->origin) ||
		    set->type >= RRTYPE_DNSKEY)) {
			s->sets[s->n++] = &s->dnskey;
			placed = true;
		}
		if (set != theirs)
			s->sets[s->n++] = set;
	}
	if (!placed)
		s->sets[s->n++] = &s->dnskey;
	return ZP_OK;
}

/* ---- the names ------------------------------------------------------------------------- */

/* How a set stands in the zone. */
enum standing {
	SET_OWN,	/* signed */
	SET_CUT,	/* the NS set of a delegation: in the bitmap, not signed */
	SET_FOREIGN	/* glue and what else lies at or below a cut, or below a DNAME */
};

/* State of a walk in canonical order. */
struct walk {
	struct name covered;	/* names below it are not the zone's; empty: none */
	bool is_cut;		/* covered is a delegation, so its own name counts too */
	const struct rrset *at;	/* a set of the name the walk stands at */
};

static bool
has_type(const struct signer *s, size_t i, uint16_t type)
{
	const struct name *owner = &s->sets[i]->owner;

	for (; i < s->n && name_equal(&s->sets[i]->owner, owner); i++)
		if (s->sets[i]->type == type)
			return true;
	return false;
}

static enum standing
standing_of(struct walk *w, const struct signer *s, size_t i)
{
	const struct rrset *set = s->sets[i];

	if (w->at == NULL || !name_equal(&w->at->owner, &set->owner)) {
		w->at = set;
		if (name_is_empty(&w->covered) || !name_is_under(&set->owner, &w->covered)) {
			w->is_cut = !name_equal(&set->owner, s->request->origin) &&
			    has_type(s, i, RRTYPE_NS);
			w->covered = w->is_cut || has_type(s, i, RRTYPE_DNAME) ? set->owner :
			    (struct name){ 0 };
		}
	}
	if (name_is_empty(&w->covered))
		return SET_OWN;
	if (!name_equal(&set->owner, &w->covered))
		return SET_FOREIGN;
	if (!w->is_cut || set->type == RRTYPE_DS)
		return SET_OWN;
	return set->type == RRTYPE_NS ? SET_CUT : SET_FOREIGN;
}

static int
add_name(struct sign_chain *c, const struct name *n, struct fault *why)
{
	struct sign_name *v = c->v;

	/* Grows at powers of two. */
	if ((c->n & (c->n - 1)) == 0)
		v = reallocarray(c->v, c->n == 0 ? 1 : c->n * 2, sizeof *v);
	if (v == NULL)
		return fault_set_nomem(why);
	c->v = v;
	v[c->n++] = (struct sign_name){ .name = *n };
	return ZP_OK;
}

static int
add_type(struct sign_name *n, uint16_t type, struct fault *why)
{
	uint16_t *types = reallocarray(n->types, n->n + 1, sizeof *types);

	if (types == NULL)
		return fault_set_nomem(why);
	n->types = types;
	types[n->n++] = type;
	return ZP_OK;
}

/* The empty non-terminals between the origin and n that the name before it did not bring. */
static int
add_non_terminals(struct signer *s, const struct name *n, struct fault *why)
{
	unsigned depth = name_labels(n), top = name_labels(s->request->origin);
	struct name before = s->chain.n > 0 ? s->chain.v[s->chain.n - 1].name : (struct name){ 0 };
	int rc = ZP_OK;

	for (unsigned labels = top + 1; rc == ZP_OK && labels < depth; labels++) {
		struct name above = name_ancestor(n, depth - labels);

		if (name_is_empty(&before) || !name_is_under(&before, &above))
			rc = add_name(&s->chain, &above, why);
	}
	return rc;
}

static int
make_chain(struct signer *s, struct fault *why)
{
	struct sign_chain *c = &s->chain;
	struct walk w = { 0 };
	int rc = ZP_OK;

	c->origin = *s->request->origin;
	c->ttl = s->negative_ttl;
	for (size_t i = 0; rc == ZP_OK && i < s->n; i++) {
		const struct rrset *set = s->sets[i];
		enum standing standing = standing_of(&w, s, i);

		if (standing == SET_FOREIGN)
			continue;
		if (c->n == 0 || !name_equal(&c->v[c->n - 1].name, &set->owner)) {
			if (s->param != NULL)
				rc = add_non_terminals(s, &set->owner, why);
			if (rc == ZP_OK)
				rc = add_name(c, &set->owner, why);
		}
		if (rc == ZP_OK)
			rc = add_type(&c->v[c->n - 1], set->type, why);
		if (rc == ZP_OK && standing == SET_OWN)
			c->v[c->n - 1].is_signed = true;
	}
	return rc;
}

/* ---- the text -------------------------------------------------------------------------- */

static int
print_signed(struct signer *s, const struct rrset *set, struct fault *why)
{
	static const uint16_t by_keys[] = { RRTYPE_DNSKEY, RRTYPE_CDS, RRTYPE_CDNSKEY };
	enum sign_role role = SIGN_ZONE;
	struct rrset signatures = { 0 };
	int rc = wire_print_rrset(s->out, set, why);

	for (size_t i = 0; i < sizeof by_keys / sizeof by_keys[0]; i++)
		if (set->type == by_keys[i] && name_equal(&set->owner, s->request->origin))
			role = SIGN_KEYS;
	if (rc == ZP_OK)
		rc = sign_set(&signatures, set, s->request, role, why);
	if (rc == ZP_OK)
		rc = wire_print_rrset(s->out, &signatures, why);
	rrset_release(&signatures);
	return rc;
}

/* The zone's own sets, each name's NSEC behind them. */
static int
print_sets(struct signer *s, const struct recset *nsec, struct fault *why)
{
	struct walk w = { 0 };
	size_t at = 0;
	int rc = print_signed(s, s->soa, why);

	for (size_t i = 0; rc == ZP_OK && i < s->n; i++) {
		const struct rrset *set = s->sets[i];
		enum standing standing = standing_of(&w, s, i);

		while (rc == ZP_OK && at < nsec->n &&
		    name_compare(&nsec->v[at].owner, &set->owner) < 0)
			rc = print_signed(s, &nsec->v[at++], why);
		if (rc != ZP_OK || set == s->soa)
			continue;
		rc = standing == SET_OWN ? print_signed(s, set, why) :
		    wire_print_rrset(s->out, set, why);
	}
	for (; rc == ZP_OK && at < nsec->n; at++)
		rc = print_signed(s, &nsec->v[at], why);
	return rc;
}

int
sign_zone(struct bytes *out, const struct sign_request *r, struct fault *why)
{
	struct signer s = { .request = r, .out = out };
	struct recset denials = { 0 };
	int rc = find_apex(&s, why);

	if (rc == ZP_OK)
		rc = collect(&s, why);
	if (rc == ZP_OK)
		rc = make_chain(&s, why);
	if (rc != ZP_OK)
		goto out;
	rc = s.param != NULL ? sign_chain_nsec3(&denials, &s.chain, &s.param->v[0], why) :
	    sign_chain_nsec(&denials, &s.chain, why);
	if (rc == ZP_OK && s.param == NULL)
		rc = print_sets(&s, &denials, why);
	if (rc == ZP_OK && s.param != NULL) {
		static const struct recset none;

		rc = print_sets(&s, &none, why);
		for (size_t i = 0; rc == ZP_OK && i < denials.n; i++)
			rc = print_signed(&s, &denials.v[i], why);
	}
	if (rc == ZP_OK)
		rc = bytes_check(out, why);
out:
	recset_release(&denials);
	sign_chain_release(&s.chain);
	rrset_release(&s.dnskey);
	free(s.sets);
	return rc;
}
