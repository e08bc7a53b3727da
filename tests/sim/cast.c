/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tests/sim/cast.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/digest.h"
#include "publish/steps_tlsa.h"
#include "zonegen/tlsa.h"

void
cast_need(bool ok, const char *what)
{
	if (ok)
		return;
	printf("Bail out! %s\n", what);
	exit(99);
}

static char *
text_of(const char *fmt, unsigned a)
{
	struct bytes b = { 0 };
	char *text;

	bytes_printf(&b, "%s %u", fmt, a);
	text = bytes_take_text(&b);
	cast_need(text != NULL, "out of memory");
	return text;
}

static void
fill_cert(struct cert *c, const char *what, unsigned number, enum key_kind kind, unsigned key)
{
	*c = (struct cert){ .not_before = 0, .not_after = INT64_MAX };
	bytes_printf(&c->der, "certificate %s %u", what, number);
	bytes_printf(&c->key.spki, "public key %s %u", what, key);
	c->key.kind = kind;
	c->key.bits = 256;
	cast_need(digest_sha256(c->key.sha256, c->key.spki.data, c->key.spki.len, NULL) == ZP_OK,
	    "digest");
	c->subject = text_of(what, number);
	c->issuer = text_of("issuer", number);
}

static void
judge_all(struct cast *c)
{
	for (unsigned i = 0; i < c->chains_n; i++)
		for (unsigned j = 0; j < c->records_n; j++)
			if (tlsa_matches_chain(c->records[j].data, c->records[j].len, &c->chains[i], NULL))
				c->accepts[i] |= UINT32_C(1) << j;
}

unsigned
cast_add_chain(struct cast *c, enum key_kind kind, unsigned key, unsigned issuer)
{
	unsigned i = c->chains_n;

	cast_need(i < CAST_CHAINS, "too many chains");
	c->chains[i].v = calloc(2, sizeof *c->chains[i].v);
	cast_need(c->chains[i].v != NULL, "out of memory");
	c->chains[i].n = 2;
	fill_cert(&c->chains[i].v[0], "leaf", i, kind, key);
	fill_cert(&c->chains[i].v[1], "authority", issuer, KEY_RSA, issuer);
	cast_need(key_facts_copy(&c->keys[i], &c->chains[i].v[0].key, NULL) == ZP_OK, "out of memory");
	c->chains_n++;
	judge_all(c);
	return i;
}

uint32_t
cast_bit(struct cast *c, const void *rdata, size_t len)
{
	unsigned i;

	for (i = 0; i < c->records_n; i++)
		if (rdata_compare(c->records[i].data, c->records[i].len, rdata, len) == 0)
			return UINT32_C(1) << i;
	cast_need(i < CAST_RECORDS, "too many records");
	c->records[i].data = malloc(len);
	cast_need(c->records[i].data != NULL, "out of memory");
	memcpy(c->records[i].data, rdata, len);
	c->records[i].len = (uint16_t)len;
	c->records_n++;
	judge_all(c);
	return UINT32_C(1) << i;
}

uint32_t
cast_mask(struct cast *c, const struct rrset *set)
{
	uint32_t mask = 0;

	for (size_t i = 0; i < set->n; i++)
		mask |= cast_bit(c, set->v[i].data, set->v[i].len);
	return mask;
}

uint32_t
cast_records(struct cast *c, const struct strlist *params, unsigned chain)
{
	struct rrset set;
	uint32_t mask;

	cast_need(steps_records(&set, params, &c->chains[chain], NULL) == ZP_OK, "records of a chain");
	mask = cast_mask(c, &set);
	rrset_release(&set);
	return mask;
}

uint32_t
cast_foreign(struct cast *c, unsigned number)
{
	uint8_t rdata[3 + DIGEST_SHA256] = { 3, 1, 1, 0xf0, (uint8_t)number };

	return cast_bit(c, rdata, sizeof rdata);
}

struct rrset
cast_set(const struct cast *c, uint32_t mask, const struct name *owner, uint32_t ttl)
{
	struct rrset set = rrset_make(owner, RRTYPE_TLSA, ttl);

	for (unsigned i = 0; i < c->records_n; i++)
		if ((mask & UINT32_C(1) << i) != 0)
			cast_need(rrset_add(&set, c->records[i].data, c->records[i].len, NULL) == ZP_OK,
			    "out of memory");
	return set;
}

unsigned
cast_find(const struct cast *c, const struct chain *chain)
{
	for (unsigned i = 0; i < c->chains_n; i++)
		if (chain_equal(&c->chains[i], chain))
			return i;
	return CAST_CHAINS;
}

void
cast_copy_chain(struct chain *to, const struct chain *from)
{
	*to = (struct chain){ .v = calloc(from->n, sizeof *to->v), .n = from->n };
	cast_need(to->v != NULL, "out of memory");
	for (size_t i = 0; i < from->n; i++) {
		const struct cert *f = &from->v[i];
		struct cert *t = &to->v[i];

		*t = (struct cert){ .not_before = f->not_before, .not_after = f->not_after };
		bytes_append(&t->der, f->der.data, f->der.len);
		t->subject = strdup(f->subject);
		t->issuer = strdup(f->issuer);
		cast_need(t->subject != NULL && t->issuer != NULL && bytes_check(&t->der, NULL) == ZP_OK &&
		    key_facts_copy(&t->key, &f->key, NULL) == ZP_OK, "out of memory");
	}
}

bool
cast_accepts(const struct cast *c, uint32_t mask, unsigned chain)
{
	return mask == 0 || (mask & c->accepts[chain]) != 0;
}

void
cast_release(struct cast *c)
{
	for (unsigned i = 0; i < c->chains_n; i++) {
		chain_release(&c->chains[i]);
		key_facts_release(&c->keys[i]);
	}
	for (unsigned i = 0; i < c->records_n; i++)
		free(c->records[i].data);
	*c = (struct cast){ 0 };
}
