/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/denial.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum { HASH_TEXT = 32, FLAG_OPT_OUT = 1 };

/*
 * An NSEC or NSEC3 record: its owner exists with the types of the bitmap, and
 * nothing lies between it and the next.  NSEC3 names are hashes in base32hex,
 * whose order is that of the hashes themselves.
 */
struct span {
	const struct rrset *set;
	bool hashed;
	struct name from, to;		/* NSEC */
	char from_hash[HASH_TEXT + 1], to_hash[HASH_TEXT + 1];	/* NSEC3 */
	uint16_t iterations;
	const uint8_t *salt;
	uint8_t salt_len;
	bool opt_out;
	const uint8_t *bitmap;
	size_t bitmap_len;
};

struct room {
	struct span *v;
	size_t n;
	bool too_many_iterations, unknown_hash, broken;
	const struct recset *authority;
	const struct rrset *keys;
	int64_t now;
	struct denial_proof *proof;
};

static void PRINTF_LIKE(3, 4)
proof_fail(struct denial_proof *p, enum verify_outcome o, const char *fmt, ...)
{
	va_list ap;

	p->result.outcome = o;
	va_start(ap, fmt);
	(void)vsnprintf(p->result.reason, sizeof p->result.reason, fmt, ap);
	va_end(ap);
}

/* 20 octets to 32 digits of base32hex in lower case (RFC 4648 7). */
static void
print_hash(char out[HASH_TEXT + 1], const uint8_t hash[VERIFY_HASH_LEN])
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";

	for (unsigned i = 0; i < HASH_TEXT; i++) {
		unsigned bit = i * 5, at = bit / 8, shift = bit % 8;
		unsigned two = (unsigned)hash[at] << 8 |
		    (at + 1 < VERIFY_HASH_LEN ? hash[at + 1] : 0U);

		out[i] = digits[two >> (11 - shift) & 31];
	}
	out[HASH_TEXT] = '\0';
}

static bool
bitmap_has(const struct span *s, uint16_t type)
{
	struct cursor c = cursor_make(s->bitmap, s->bitmap_len);

	while (cursor_left(&c) >= 2) {
		uint8_t window = cursor_u8(&c), len = cursor_u8(&c);
		const uint8_t *bits = cursor_take(&c, len);

		if (bits == NULL)
			return false;
		if (window == type >> 8 && (type & 0xffU) / 8 < len)
			return (bits[(type & 0xffU) / 8] & 0x80U >> (type & 7U)) != 0;
	}
	return false;
}

/* A delegation, seen from above: speaks of nothing at or below its name but of the DS. */
static bool
is_cut(const struct span *s)
{
	return bitmap_has(s, RRTYPE_NS) && !bitmap_has(s, RRTYPE_SOA);
}

static bool
parse_nsec(struct span *s, const struct rrset *set)
{
	const struct rdata *r = &set->v[0];

	*s = (struct span){ .set = set, .from = set->owner };
	if (name_parse_wire(&s->to, r->data, r->len, NULL) != ZP_OK)
		return false;
	s->bitmap = r->data + s->to.len;
	s->bitmap_len = (size_t)r->len - s->to.len;
	return true;
}

static bool
parse_nsec3(struct span *s, const struct rrset *set, struct room *room)
{
	struct cursor c = cursor_make(set->v[0].data, set->v[0].len);
	struct name zone = name_ancestor(&set->owner, 1);
	const uint8_t *next;
	uint8_t algorithm;

	*s = (struct span){ .set = set, .hashed = true };
	algorithm = cursor_u8(&c);
	s->opt_out = (cursor_u8(&c) & FLAG_OPT_OUT) != 0;
	s->iterations = cursor_u16(&c);
	s->salt_len = cursor_u8(&c);
	s->salt = cursor_take(&c, s->salt_len);
	if (cursor_u8(&c) != VERIFY_HASH_LEN || (next = cursor_take(&c, VERIFY_HASH_LEN)) == NULL ||
	    set->owner.wire[0] != HASH_TEXT || !name_equal(&zone, &room->keys->owner))
		return false;
	if (algorithm != 1) {
		room->unknown_hash = true;
		return false;
	}
	if (s->iterations > DENIAL_ITERATIONS_MAX) {
		room->too_many_iterations = true;
		return false;
	}
	memcpy(s->from_hash, set->owner.wire + 1, HASH_TEXT);
	print_hash(s->to_hash, next);
	s->bitmap_len = cursor_left(&c);
	s->bitmap = cursor_take(&c, s->bitmap_len);
	return true;
}

static int
room_fill(struct room *room, struct fault *why)
{
	const struct recset *a = room->authority;

	room->v = calloc(a->n > 0 ? a->n : 1, sizeof *room->v);
	if (room->v == NULL)
		return fault_set_nomem(why);
	for (size_t i = 0; i < a->n; i++) {
		const struct rrset *set = &a->v[i];
		struct span *s = &room->v[room->n];
		bool ok;

		if ((set->type != RRTYPE_NSEC && set->type != RRTYPE_NSEC3) || set->n == 0)
			continue;
		ok = set->n == 1 && name_is_under(&set->owner, &room->keys->owner) &&
		    (set->type == RRTYPE_NSEC ? parse_nsec(s, set) : parse_nsec3(s, set, room));
		if (ok)
			room->n++;
		else
			room->broken = true;
	}
	return ZP_OK;
}

static bool
hash_for(char out[HASH_TEXT + 1], const struct span *s, const struct name *n)
{
	uint8_t hash[VERIFY_HASH_LEN];

	if (!verify_hash_name(hash, n, 1, s->iterations, s->salt, s->salt_len))
		return false;
	print_hash(out, hash);
	return true;
}

/* Between from and to on a circle: the last record points back to the first. */
static bool
between(int from_n, int n_to, int from_to)
{
	if (from_to < 0)
		return from_n < 0 && n_to < 0;
	return from_n < 0 || n_to < 0;
}

static const struct span *
find_match(const struct room *room, const struct name *n)
{
	for (size_t i = 0; i < room->n; i++) {
		const struct span *s = &room->v[i];
		char hash[HASH_TEXT + 1];

		if (s->hashed ? hash_for(hash, s, n) && strcmp(hash, s->from_hash) == 0 :
		    name_equal(&s->from, n))
			return s;
	}
	return NULL;
}

static const struct span *
find_cover(const struct room *room, const struct name *n)
{
	for (size_t i = 0; i < room->n; i++) {
		const struct span *s = &room->v[i];
		char hash[HASH_TEXT + 1];

		if (s->hashed) {
			if (hash_for(hash, s, n) && between(strcmp(s->from_hash, hash),
			    strcmp(hash, s->to_hash), strcmp(s->from_hash, s->to_hash)))
				return s;
		} else if (between(name_compare(&s->from, n), name_compare(n, &s->to),
		    name_compare(&s->from, &s->to))) {
			/* What lies under a cut or a DNAME is not this record's to deny. */
			if (name_is_under(n, &s->from) && (is_cut(s) || bitmap_has(s, RRTYPE_DNAME)))
				continue;
			return s;
		}
	}
	return NULL;
}

/* Take a span into the proof: its signature must hold. */
static int
use(const struct room *room, const struct span *s, struct fault *why)
{
	static const struct rrset none;
	const struct rrset *sigs = recset_find(room->authority, &s->set->owner, RRTYPE_RRSIG);
	struct verify_result *sum = &room->proof->result, one;
	int rc = verify_rrset(&one, s->set, sigs != NULL ? sigs : &none, room->keys, room->now, why);

	if (rc != ZP_OK)
		return rc;
	if (one.outcome == VERIFY_VALID && one.wildcard) {
		one.outcome = VERIFY_BOGUS;
		(void)snprintf(one.reason, sizeof one.reason, "an %s came from a wildcard",
		    s->hashed ? "NSEC3" : "NSEC");
	}
	if (one.expiration != 0 && (sum->expiration == 0 || one.expiration < sum->expiration))
		sum->expiration = one.expiration;
	if (one.inception > sum->inception)
		sum->inception = one.inception;
	sum->key_tag = one.key_tag;
	sum->algorithm = one.algorithm;
	if (one.outcome > sum->outcome) {
		sum->outcome = one.outcome;
		(void)snprintf(sum->reason, sizeof sum->reason, "%s of the proof: %.200s",
		    s->hashed ? "NSEC3" : "NSEC", one.reason);
	}
	return ZP_OK;
}

static int
use_both(const struct room *room, const struct span *a, const struct span *b, struct fault *why)
{
	int rc = use(room, a, why);

	return rc == ZP_OK && b != NULL && b != a ? use(room, b, why) : rc;
}

/* The longest name that n has in common with either end of the span that covers it. */
static struct name
nsec_encloser(const struct span *s, const struct name *n)
{
	unsigned labels = name_labels(n);

	for (unsigned skip = 1; skip <= labels; skip++) {
		struct name above = name_ancestor(n, skip);

		if (name_is_under(&s->from, &above) || name_is_under(&s->to, &above))
			return above;
	}
	return name_ancestor(n, labels);
}

/* The closest encloser by NSEC3 (RFC 5155 8.3): it matches, the next closer name is covered. */
static bool
nsec3_encloser(struct name *encloser, const struct span **match, const struct span **cover,
    const struct room *room, const struct name *n)
{
	unsigned labels = name_labels(n), zone = name_labels(&room->keys->owner);

	for (unsigned skip = 1; skip + zone <= labels; skip++) {
		struct name above = name_ancestor(n, skip), next = name_ancestor(n, skip - 1);

		*match = find_match(room, &above);
		if (*match == NULL)
			continue;
		*encloser = above;
		*cover = find_cover(room, &next);
		return *cover != NULL && !is_cut(*match) && !bitmap_has(*match, RRTYPE_DNAME);
	}
	return false;
}

/* The record at the name itself, or at a wildcard, lacks the type. */
static int
deny_type(const struct room *room, const struct span *s, uint16_t type, struct fault *why)
{
	struct denial_proof *p = room->proof;
	const char *kind = s->hashed ? "NSEC3" : "NSEC";
	int rc = use(room, s, why);

	if (rc != ZP_OK || p->result.outcome >= VERIFY_BOGUS)
		return rc;
	if (bitmap_has(s, type) || bitmap_has(s, RRTYPE_CNAME))
		proof_fail(p, VERIFY_BOGUS, "the %s record says that there is such a record", kind);
	else if (type != RRTYPE_DS && is_cut(s))
		proof_fail(p, VERIFY_BOGUS, "the %s record belongs to a delegation", kind);
	else if (type == RRTYPE_DS && bitmap_has(s, RRTYPE_SOA) && !name_is_root(&room->keys->owner))
		proof_fail(p, VERIFY_BOGUS, "the %s record is the child's, not the parent's", kind);
	return rc;
}

static int
deny_by_nsec(bool *done, const struct room *room, const struct denial_claim *claim,
    struct fault *why)
{
	const struct span *match = find_match(room, &claim->owner);
	const struct span *cover = find_cover(room, &claim->owner), *wild;
	struct name encloser, wildcard;

	*done = false;
	if (match != NULL && !match->hashed && !claim->nxdomain) {
		*done = true;
		return deny_type(room, match, claim->type, why);
	}
	if (cover == NULL || cover->hashed)
		return ZP_OK;
	if (name_is_under(&cover->to, &claim->owner)) {
		*done = true;
		if (claim->nxdomain)
			proof_fail(room->proof, VERIFY_BOGUS,
			    "NXDOMAIN, but the NSEC record shows names below it");
		room->proof->empty_non_terminal = true;
		return use(room, cover, why);
	}
	encloser = nsec_encloser(cover, &claim->owner);
	if (name_prepend(&wildcard, "*", &encloser, NULL) != ZP_OK)
		wildcard = (struct name){ 0 };
	wild = claim->nxdomain ? find_cover(room, &wildcard) : find_match(room, &wildcard);
	/* With no wildcard possible the covering record alone is the proof. */
	if (wild == NULL && !(claim->nxdomain && name_is_empty(&wildcard)))
		return ZP_OK;
	*done = true;
	if (claim->nxdomain)
		return use_both(room, cover, wild, why);
	room->proof->wildcard = true;
	return use(room, cover, why) == ZP_OK ? deny_type(room, wild, claim->type, why) : ZP_ELOCAL;
}

static int
deny_by_nsec3(bool *done, const struct room *room, const struct denial_claim *claim,
    struct fault *why)
{
	const struct span *match = find_match(room, &claim->owner), *ce, *cover, *wild;
	struct denial_proof *p = room->proof;
	struct name encloser, wildcard;
	int rc;

	*done = match != NULL && match->hashed;
	if (*done && claim->nxdomain) {
		proof_fail(p, VERIFY_BOGUS, "NXDOMAIN, but an NSEC3 record shows that the name exists");
		return ZP_OK;
	}
	if (*done) {
		p->empty_non_terminal = match->bitmap_len == 0;
		return deny_type(room, match, claim->type, why);
	}
	if (!nsec3_encloser(&encloser, &ce, &cover, room, &claim->owner) || !ce->hashed)
		return ZP_OK;
	if (name_prepend(&wildcard, "*", &encloser, NULL) != ZP_OK)
		wildcard = (struct name){ 0 };
	wild = claim->nxdomain ? find_cover(room, &wildcard) : find_match(room, &wildcard);
	p->opt_out = cover->opt_out;
	/* Below an opt-out span unsigned names may exist: no more can be proven. */
	if (wild == NULL && !(claim->nxdomain && name_is_empty(&wildcard)) && !cover->opt_out)
		return ZP_OK;
	*done = true;
	if ((rc = use_both(room, ce, cover, why)) != ZP_OK || wild == NULL)
		return rc;
	if (claim->nxdomain)
		return use(room, wild, why);
	p->wildcard = true;
	return deny_type(room, wild, claim->type, why);
}

/* Nothing fitted: say why. */
static void
conclude_nothing(const struct room *room)
{
	struct denial_proof *p = room->proof;

	if (room->too_many_iterations)
		proof_fail(p, VERIFY_UNSUPPORTED, "NSEC3 with more than %d iterations (RFC 9276)",
		    DENIAL_ITERATIONS_MAX);
	else if (room->unknown_hash)
		proof_fail(p, VERIFY_UNSUPPORTED, "NSEC3 with an unknown hash algorithm");
	else if (room->n == 0 && !room->broken)
		proof_fail(p, VERIFY_MISSING, "no NSEC or NSEC3 record came with the denial");
	else
		proof_fail(p, VERIFY_BOGUS, "the NSEC or NSEC3 records prove something else");
}

int
denial_check(struct denial_proof *out, const struct denial_claim *claim,
    const struct recset *authority, const struct rrset *keys, int64_t now, struct fault *why)
{
	struct room room = { .authority = authority, .keys = keys, .now = now, .proof = out };
	bool done = false;
	int rc;

	*out = (struct denial_proof){ 0 };
	if ((rc = room_fill(&room, why)) != ZP_OK)
		goto out;
	rc = deny_by_nsec(&done, &room, claim, why);
	if (rc == ZP_OK && !done)
		rc = deny_by_nsec3(&done, &room, claim, why);
	if (rc == ZP_OK && !done)
		conclude_nothing(&room);
out:
	free(room.v);
	return rc;
}

int
denial_check_expansion(struct denial_proof *out, const struct name *owner,
    const struct name *source, const struct recset *authority, const struct rrset *keys,
    int64_t now, struct fault *why)
{
	struct room room = { .authority = authority, .keys = keys, .now = now, .proof = out };
	unsigned labels = name_labels(owner), encloser = name_labels(source) - 1;
	struct name next = name_ancestor(owner, labels > encloser ? labels - encloser - 1 : 0);
	const struct span *cover;
	int rc;

	*out = (struct denial_proof){ .wildcard = true };
	if ((rc = room_fill(&room, why)) != ZP_OK)
		goto out;
	cover = find_cover(&room, &next);
	/* An NSEC need only cover the name itself; it then covers every closer name that is not there. */
	if (cover == NULL || !cover->hashed) {
		cover = find_cover(&room, owner);
		if (cover != NULL && (cover->hashed || name_is_under(&cover->to, owner) ||
		    name_is_under(&cover->to, &next) || name_is_under(&cover->from, &next)))
			cover = NULL;
	}
	if (cover == NULL) {
		conclude_nothing(&room);
		goto out;
	}
	out->opt_out = cover->hashed && cover->opt_out;
	rc = use(&room, cover, why);
out:
	free(room.v);
	return rc;
}
