/* SPDX-License-Identifier: BSD-2-Clause */
/* NSEC (RFC 4034 4) and NSEC3 (RFC 5155 7.1) chains. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "dns/sign_impl.h"

enum {
	HASH_SHA1 = 1,
	ITERATIONS_MAX = 150	/* beyond it validators call the zone insecure (RFC 9276 3.2) */
};

void
sign_chain_release(struct sign_chain *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->v[i].types);
	free(c->v);
	*c = (struct sign_chain){ 0 };
}

/* A type bitmap (RFC 4034 4.1.2) of the types of a name and up to two more. */
static void
append_bitmap(struct bytes *out, const struct sign_name *n, uint16_t more, uint16_t still_more)
{
	uint8_t bits[32];

	for (unsigned window = 0; window < 256; window++) {
		size_t used = 0;

		memset(bits, 0, sizeof bits);
		for (size_t i = 0; i < n->n + 2; i++) {
			uint16_t type = i < n->n ? n->types[i] : i == n->n ? more : still_more;
			size_t at = type % 256 / 8;

			if (type == 0 || type / 256 != window)
				continue;
			bits[at] = (uint8_t)(bits[at] | 0x80 >> type % 8);
			if (at + 1 > used)
				used = at + 1;
		}
		if (used == 0)
			continue;
		bytes_append_u8(out, (uint8_t)window);
		bytes_append_u8(out, (uint8_t)used);
		bytes_append(out, bits, used);
	}
}

/* Room for one set a name; the sets come sorted, so none is looked for. */
static int
make_room(struct recset *out, size_t n, struct fault *why)
{
	*out = (struct recset){ .v = calloc(n > 0 ? n : 1, sizeof *out->v) };
	return out->v == NULL ? fault_set_nomem(why) : ZP_OK;
}

static int
add_set(struct recset *out, const struct name *owner, uint16_t type, uint32_t ttl,
    const struct bytes *rdata, struct fault *why)
{
	int rc = bytes_check(rdata, why);

	if (rc != ZP_OK)
		return rc;
	out->v[out->n] = rrset_make(owner, type, ttl);
	return rrset_add(&out->v[out->n++], rdata->data, rdata->len, why);
}

int
sign_chain_nsec(struct recset *out, const struct sign_chain *c, struct fault *why)
{
	struct bytes rdata = { 0 };
	int rc = make_room(out, c->n, why);

	for (size_t i = 0; rc == ZP_OK && i < c->n; i++) {
		const struct name *next = &c->v[(i + 1) % c->n].name;

		bytes_clear(&rdata);
		bytes_append(&rdata, next->wire, next->len);
		/* The NSEC itself is signed at every name. */
		append_bitmap(&rdata, &c->v[i], RRTYPE_RRSIG, RRTYPE_NSEC);
		rc = add_set(out, &c->v[i].name, RRTYPE_NSEC, c->ttl, &rdata, why);
	}
	bytes_release(&rdata);
	if (rc != ZP_OK)
		recset_release(out);
	return rc;
}

struct hashed {
	uint8_t hash[VERIFY_HASH_LEN];
	const struct sign_name *name;
};

static int
compare_hashes(const void *a, const void *b)
{
	return memcmp(((const struct hashed *)a)->hash, ((const struct hashed *)b)->hash,
	    VERIFY_HASH_LEN);
}

const char *
sign_hash_print(char text[SIGN_HASH_TEXT], const uint8_t hash[VERIFY_HASH_LEN])
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";

	for (size_t i = 0; i + 1 < SIGN_HASH_TEXT; i++) {
		size_t bit = i * 5, at = bit / 8, shift = bit % 8;
		unsigned two = (unsigned)hash[at] << 8;

		if (at + 1 < VERIFY_HASH_LEN)
			two |= hash[at + 1];
		text[i] = digits[two >> (11 - shift) & 31];
	}
	text[SIGN_HASH_TEXT - 1] = '\0';
	return text;
}

struct hash_rule {
	struct rdata head;	/* algorithm, flags (none), iterations, salt: as NSEC3 has them */
	const uint8_t *salt;
	uint8_t salt_len;
	uint16_t iterations;
};

static int
read_param(struct hash_rule *rule, const struct rdata *param, struct fault *why)
{
	struct cursor c = cursor_make(param->data, param->len);
	uint8_t algorithm = cursor_u8(&c), flags = cursor_u8(&c);

	rule->iterations = cursor_u16(&c);
	rule->salt_len = cursor_u8(&c);
	rule->salt = cursor_take(&c, rule->salt_len);
	if (cursor_is_broken(&c) || cursor_left(&c) > 0 || algorithm != HASH_SHA1 || flags != 0)
		return fault_set(why, ZP_EUSAGE,
		    "the NSEC3PARAM record has to say algorithm 1 and flags 0 (RFC 5155 4.1)");
	if (rule->iterations > ITERATIONS_MAX)
		return fault_set(why, ZP_EUSAGE, "the NSEC3PARAM record asks for %u iterations: "
		    "validators treat a zone with more than %d as insecure (RFC 9276); use 0",
		    (unsigned)rule->iterations, ITERATIONS_MAX);
	rule->head = (struct rdata){ .len = param->len, .data = param->data };
	return ZP_OK;
}

static int
add_nsec3(struct recset *out, const struct sign_chain *c, const struct hashed *here,
    const struct hashed *next, const struct hash_rule *rule, struct fault *why)
{
	char label[SIGN_HASH_TEXT];
	struct bytes rdata = { 0 };
	struct name owner;
	int rc;

	rc = name_prepend(&owner, sign_hash_print(label, here->hash), &c->origin, why);
	if (rc != ZP_OK)
		return rc;
	bytes_append(&rdata, rule->head.data, rule->head.len);
	bytes_append_u8(&rdata, VERIFY_HASH_LEN);
	bytes_append(&rdata, next->hash, VERIFY_HASH_LEN);
	append_bitmap(&rdata, here->name, here->name->is_signed ? RRTYPE_RRSIG : 0, 0);
	rc = add_set(out, &owner, RRTYPE_NSEC3, c->ttl, &rdata, why);
	bytes_release(&rdata);
	return rc;
}

int
sign_chain_nsec3(struct recset *out, const struct sign_chain *c, const struct rdata *param,
    struct fault *why)
{
	struct hash_rule rule;
	struct hashed *v = NULL;
	int rc;

	*out = (struct recset){ 0 };
	rc = read_param(&rule, param, why);
	if (rc == ZP_OK)
		rc = make_room(out, c->n, why);
	if (rc != ZP_OK)
		return rc;
	v = calloc(c->n > 0 ? c->n : 1, sizeof *v);
	if (v == NULL)
		rc = fault_set_nomem(why);
	for (size_t i = 0; rc == ZP_OK && i < c->n; i++) {
		v[i].name = &c->v[i];
		if (!verify_hash_name(v[i].hash, &c->v[i].name, HASH_SHA1, rule.iterations, rule.salt,
		    rule.salt_len))
			rc = fault_set_nomem(why);
	}
	if (rc == ZP_OK)
		qsort(v, c->n, sizeof *v, compare_hashes);
	for (size_t i = 1; rc == ZP_OK && i < c->n; i++)
		if (compare_hashes(&v[i - 1], &v[i]) == 0)
			rc = fault_set(why, ZP_EUSAGE,
			    "two names have the same NSEC3 hash: change the salt");
	for (size_t i = 0; rc == ZP_OK && i < c->n; i++)
		rc = add_nsec3(out, c, &v[i], &v[(i + 1) % c->n], &rule, why);
	free(v);
	if (rc != ZP_OK)
		recset_release(out);
	return rc;
}
