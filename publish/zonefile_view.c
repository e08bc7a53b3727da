/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers from a zone's text, as an authoritative server makes them (RFC 1034 4.3.2, RFC 4035 3.1). */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "dns/sign.h"
#include "publish/zonefile.h"
#include "publish/zonefile_signed.h"
#include "publish/zonefile_text.h"

struct zonefile_view {
	struct zonefile_text text;
	struct name zone;
	size_t *denials;	/* records of type NSEC or NSEC3, in canonical order */
	size_t n_denials;
	uint16_t denial_type;	/* 0: the zone is not signed */
	uint32_t negative_ttl;
	uint16_t iterations;	/* NSEC3 */
	uint8_t salt[UINT8_MAX];
	uint8_t salt_len;
};

static const struct zonefile_record *
denial(const struct zonefile_view *v, size_t i)
{
	return &v->text.records[v->denials[i]];
}

/* ---- the view -------------------------------------------------------------------------- */

static int
read_hash_rule(struct zonefile_view *v, struct fault *why)
{
	const struct rdata *rdata = &denial(v, 0)->rdata;
	struct cursor c = cursor_make(rdata->data, rdata->len);
	uint8_t algorithm = cursor_u8(&c);
	const uint8_t *salt;

	(void)cursor_u8(&c);
	v->iterations = cursor_u16(&c);
	v->salt_len = cursor_u8(&c);
	salt = cursor_take(&c, v->salt_len);
	if (cursor_is_broken(&c) || algorithm != 1)
		return fault_set(why, ZP_EUSAGE, "%s: an NSEC3 record with an unknown hash",
		    v->text.sources[0].path);
	memcpy(v->salt, salt, v->salt_len);
	return ZP_OK;
}

static int
collect_denials(struct zonefile_view *v, struct fault *why)
{
	const struct zonefile_text *t = &v->text;
	size_t from, to;

	zonefile_index_find(&from, &to, t, &t->zone, RRTYPE_NSEC);
	v->denial_type = from < to ? RRTYPE_NSEC : RRTYPE_NSEC3;
	v->denials = calloc(t->n, sizeof *v->denials);
	if (v->denials == NULL)
		return fault_set_nomem(why);
	for (size_t i = 0; i < t->n; i++)
		if (t->records[t->order[i]].type == v->denial_type)
			v->denials[v->n_denials++] = t->order[i];
	if (v->n_denials == 0)
		v->denial_type = 0;
	return v->denial_type == RRTYPE_NSEC3 ? read_hash_rule(v, why) : ZP_OK;
}

int
zonefile_view_make(struct zonefile_view **out, const struct zonefile_options *o, struct fault *why)
{
	struct zonefile_view *v = calloc(1, sizeof *v);
	char *path = zonefile_signed_path(o);
	int rc = v == NULL || path == NULL ? fault_set_nomem(why) : ZP_OK;

	*out = NULL;
	if (rc == ZP_OK)
		rc = zonefile_text_read(&v->text, o->sign_keys != NULL ? path : o->file, o->zone,
		    NULL, why);
	if (rc == ZP_OK) {
		const struct zonefile_record *soa = &v->text.records[v->text.soa];
		struct cursor minimum = cursor_make(soa->rdata.data + soa->rdata.len - 4, 4);

		v->zone = *o->zone;
		v->negative_ttl = cursor_u32(&minimum);
		if (soa->ttl < v->negative_ttl)
			v->negative_ttl = soa->ttl;
		rc = collect_denials(v, why);
	}
	free(path);
	if (rc == ZP_OK)
		*out = v;
	else
		zonefile_view_free(v);
	return rc;
}

void
zonefile_view_free(struct zonefile_view *v)
{
	if (v == NULL)
		return;
	zonefile_text_release(&v->text);
	free(v->denials);
	free(v);
}

uint32_t
zonefile_view_serial(const struct zonefile_view *v)
{
	return v->text.serial;
}

uint32_t
zonefile_view_negative_ttl(const struct zonefile_view *v)
{
	return v->negative_ttl;
}

/* ---- pieces of an answer --------------------------------------------------------------- */

/* Add the set of owner and type and its signatures to a section, under the name `as`. */
static int
put(struct recset *section, const struct zonefile_view *v, const struct name *owner, uint16_t type,
    const struct name *as, struct fault *why)
{
	const struct zonefile_text *t = &v->text;
	size_t from, to;
	uint32_t ttl;
	int rc = ZP_OK;

	zonefile_index_find(&from, &to, t, owner, type);
	if (from == to || recset_find(section, as, type) != NULL)
		return ZP_OK;
	ttl = t->records[t->order[from]].ttl;
	for (; rc == ZP_OK && from < to; from++) {
		const struct zonefile_record *r = &t->records[t->order[from]];

		rc = recset_add(section, as, type, ttl, r->rdata.data, r->rdata.len, why);
	}
	zonefile_index_find(&from, &to, t, owner, RRTYPE_RRSIG);
	for (; rc == ZP_OK && from < to; from++) {
		const struct zonefile_record *r = &t->records[t->order[from]];

		if (r->rdata.len > 2 && (r->rdata.data[0] << 8 | r->rdata.data[1]) == type)
			rc = recset_add(section, as, RRTYPE_RRSIG, ttl, r->rdata.data, r->rdata.len,
			    why);
	}
	return rc;
}

static bool
has(const struct zonefile_view *v, const struct name *owner, uint16_t type)
{
	size_t from, to;

	zonefile_index_find(&from, &to, &v->text, owner, type);
	return from < to;
}

/* True if n or a name below it has records of its own; an NSEC3 record's owner has none. */
static bool
exists(const struct zonefile_view *v, const struct name *n)
{
	const struct zonefile_text *t = &v->text;
	size_t i, to;

	for (zonefile_index_find(&i, &to, t, n, 0); i < t->n; i++) {
		const struct zonefile_record *r = &t->records[t->order[i]];

		if (!name_is_under(&r->owner, n))
			return false;
		if (r->type != RRTYPE_NSEC3 && r->type != RRTYPE_RRSIG)
			return true;
	}
	return false;
}

static struct name
wildcard_below(const struct name *n)
{
	struct name out = { .len = (uint8_t)(n->len + 2), .wire = { 1, '*' } };

	if (n->len + 2 > NAME_WIRE_MAX)
		return (struct name){ 0 };
	memcpy(out.wire + 2, n->wire, n->len);
	return out;
}

/* ---- denials --------------------------------------------------------------------------- */

/* Add the denial record that stands at n or, the chain being a ring, before it. */
static int
put_denial_before(struct recset *section, const struct zonefile_view *v, const struct name *n,
    struct fault *why)
{
	size_t low = 0, high = v->n_denials;
	const struct name *at;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (name_compare(&denial(v, middle)->owner, n) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	at = &denial(v, low > 0 ? low - 1 : v->n_denials - 1)->owner;
	return put(section, v, at, v->denial_type, at, why);
}

/* Add the record that matches n, or that covers it if there is none. */
static int
put_denial(struct recset *section, const struct zonefile_view *v, const struct name *n,
    struct fault *why)
{
	uint8_t hash[VERIFY_HASH_LEN];
	char label[SIGN_HASH_TEXT];
	struct name hashed;
	int rc;

	if (v->denial_type == 0 || name_is_empty(n))
		return ZP_OK;
	if (v->denial_type == RRTYPE_NSEC)
		return put_denial_before(section, v, n, why);
	if (!verify_hash_name(hash, n, 1, v->iterations, v->salt, v->salt_len))
		return fault_set_nomem(why);
	rc = name_prepend(&hashed, sign_hash_print(label, hash), &v->zone, why);
	return rc == ZP_OK ? put_denial_before(section, v, &hashed, why) : rc;
}

/* The longest existing name above n, and the name one label longer on the way to n. */
static struct name
closest_encloser(struct name *next_closer, const struct zonefile_view *v, const struct name *n)
{
	unsigned up = 1;
	struct name above = name_ancestor(n, up);

	while (!exists(v, &above) && !name_equal(&above, &v->zone))
		above = name_ancestor(n, ++up);
	*next_closer = name_ancestor(n, up - 1);
	return above;
}

static int
put_soa(struct zonefile_answer *out, const struct zonefile_view *v, struct fault *why)
{
	return put(&out->authority, v, &v->zone, RRTYPE_SOA, &v->zone, why);
}

/* ---- answers --------------------------------------------------------------------------- */

static int
answer_referral(struct zonefile_answer *out, const struct zonefile_view *v, const struct name *cut,
    struct fault *why)
{
	int rc;

	out->outcome = ZONEFILE_REFERRAL;
	rc = put(&out->authority, v, cut, RRTYPE_NS, cut, why);
	if (rc == ZP_OK && has(v, cut, RRTYPE_DS))
		return put(&out->authority, v, cut, RRTYPE_DS, cut, why);
	return rc == ZP_OK ? put_denial(&out->authority, v, cut, why) : rc;
}

/* A set or CNAME at source, given out for owner; false if neither is there. */
static bool
answer_set(int *rc, struct zonefile_answer *out, const struct zonefile_view *v,
    const struct name *source, const struct name *owner, uint16_t type, struct fault *why)
{
	if (!has(v, source, type)) {
		if (!has(v, source, RRTYPE_CNAME))
			return false;
		type = RRTYPE_CNAME;
	}
	out->outcome = ZONEFILE_ANSWER;
	*rc = put(&out->answer, v, source, type, owner, why);
	return true;
}

/* The name does not exist: a wildcard's data, a wildcard without the type, or nothing. */
static int
answer_absent(struct zonefile_answer *out, const struct zonefile_view *v, const struct name *owner,
    uint16_t type, struct fault *why)
{
	struct name next_closer, encloser = closest_encloser(&next_closer, v, owner);
	struct name wildcard = wildcard_below(&encloser);
	const struct name *covered = v->denial_type == RRTYPE_NSEC3 ? &next_closer : owner;
	int rc = ZP_OK;

	if (!name_is_empty(&wildcard) && exists(v, &wildcard)) {
		out->wildcard = true;
		if (answer_set(&rc, out, v, &wildcard, owner, type, why))
			return rc == ZP_OK ? put_denial(&out->authority, v, covered, why) : rc;
		out->outcome = ZONEFILE_NODATA;
	} else {
		out->outcome = ZONEFILE_NXDOMAIN;
	}
	rc = put_soa(out, v, why);
	if (rc == ZP_OK)
		rc = put_denial(&out->authority, v, covered, why);
	if (rc == ZP_OK)
		rc = put_denial(&out->authority, v, &wildcard, why);
	if (rc == ZP_OK && v->denial_type == RRTYPE_NSEC3)
		rc = put_denial(&out->authority, v, &encloser, why);
	return rc;
}

int
zonefile_view_answer(struct zonefile_answer *out, const struct zonefile_view *v,
    const struct name *owner, uint16_t type, struct fault *why)
{
	struct name cut;
	int rc = ZP_OK;

	*out = (struct zonefile_answer){ .outcome = ZONEFILE_NOT_ZONE };
	if (!name_is_under(owner, &v->zone))
		return ZP_OK;
	if (zonefile_index_cut(&cut, &v->text, owner, type == RRTYPE_NS ? RRTYPE_A : type)) {
		if (has(v, &cut, RRTYPE_NS))
			rc = answer_referral(out, v, &cut, why);
		else {
			out->outcome = ZONEFILE_ANSWER;
			rc = put(&out->answer, v, &cut, RRTYPE_DNAME, &cut, why);
		}
	} else if (!exists(v, owner)) {
		rc = answer_absent(out, v, owner, type, why);
	} else if (!answer_set(&rc, out, v, owner, owner, type, why)) {
		out->outcome = ZONEFILE_NODATA;
		rc = put_soa(out, v, why);
		if (rc == ZP_OK)
			rc = put_denial(&out->authority, v, owner, why);
	}
	if (rc != ZP_OK)
		zonefile_answer_release(out);
	return rc;
}

void
zonefile_answer_release(struct zonefile_answer *a)
{
	recset_release(&a->answer);
	recset_release(&a->authority);
	*a = (struct zonefile_answer){ 0 };
}
