/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the parser, the macros and the evaluation of SPF.  The input's lines
 * are the TXT records of every name: the first for names with an even first
 * octet, the second for the others; the third is the sender.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "audit/spf_eval.h"
#include "audit/spf_eval_macro.h"
#include "zonegen/spf_record.h"

enum { TEXTS = 3 };

struct text {
	const char *p;
	size_t len;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
add_text(struct rrset *out, const struct text *t, struct fault *why)
{
	struct bytes rdata = { 0 };
	int class;

	for (size_t at = 0; at < t->len || at == 0; at += 255) {
		size_t n = t->len - at < 255 ? t->len - at : 255;

		bytes_append_u8(&rdata, (uint8_t)n);
		bytes_append(&rdata, t->p + at, n);
	}
	class = bytes_check(&rdata, why);
	if (class == ZP_OK)
		class = rrset_add(out, rdata.data, rdata.len, why);
	bytes_release(&rdata);
	return class;
}

/* Every name has records of every type, some none, some fail. */
static int
ask(void *world, const struct name *owner, uint16_t type, struct rrset *out, struct fault *why)
{
	static const uint8_t host[] = "\0\12\1m\7example";
	static const uint8_t address[16] = { 192, 0, 2, 1 };
	const struct text *texts = world;
	uint8_t kind = owner->len > 1 ? owner->wire[1] : 0;

	*out = rrset_make(owner, type, 1);
	if (type == RRTYPE_TXT)
		return add_text(out, &texts[kind % 2], why);
	if (kind % 16 == 1)
		return fault_set(why, ZP_ERETRY, "no answer");
	if (kind % 16 == 2)
		return ZP_OK;
	if (type == RRTYPE_MX)
		return rrset_add(out, host, sizeof host, why);
	if (type == RRTYPE_PTR)
		return rrset_add(out, host + 2, sizeof host - 2, why);
	return rrset_add(out, address, type == RRTYPE_A ? 4 : 16, why);
}

static void
require(int condition)
{
	if (!condition)
		abort();
}

static void
evaluate(struct text *texts, bool six)
{
	struct spf_dns dns = { .ask = ask, .world = texts };
	struct spf_query q = { .helo = "h.example", .now = 1, .client = { six, { 192, 0, 2, 1 } } };
	struct spf_verdict v;
	struct fault why = { 0 };
	char *sender = strndup(texts[2].p, texts[2].len);

	if (sender == NULL)
		return;
	q.sender = sender;
	if (spf_eval_check(&v, &q, &dns, &why) == ZP_OK) {
		require(v.lookups <= SPF_LOOKUPS_MAX && v.void_lookups <= SPF_VOID_LOOKUPS_MAX + 1);
		require(v.void_lookups <= SPF_VOID_LOOKUPS_MAX || v.result == SPF_PERMERROR);
		require(v.explanation == NULL || v.result == SPF_FAIL);
		require((v.mechanism == NULL) == (v.domain == NULL));
		for (const char *p = v.explanation; p != NULL && *p != '\0'; p++)
			require(*p >= ' ' && *p <= '~');
	}
	spf_eval_release(&v);
	free(sender);
}

static void
parse(const struct text *t)
{
	struct spf_record r;
	struct fault why = { 0 };

	if (spf_record_parse(&r, t->p, t->len, &why) == ZP_OK)
		for (size_t i = 0; i < r.n; i++)
			require(r.v[i].len > 0 && r.v[i].cidr4 <= 32 && r.v[i].cidr6 <= 128);
	spf_record_release(&r);
}

static void
expand(const struct text *t)
{
	struct spf_address client = { true, { 0x20, 1 } };
	struct spf_eval_values v = { "l.o-c+al@o.example", "l.o-c+al", "o.example", "d.example",
		"p.example", "h.example", "r.example", &client, 1 };
	struct bytes out = { 0 };
	struct fault why = { 0 };
	int class = spf_eval_macro_expand(&out, t->p, t->len, SPF_MACRO_IN_EXPLANATION, &v, &why);

	/* Expansion takes what the check takes. */
	require((class == ZP_OK) ==
	    (spf_macro_check(t->p, t->len, SPF_MACRO_IN_EXPLANATION, &why) == ZP_OK));
	bytes_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text texts[TEXTS] = { { "", 0 }, { "", 0 }, { "", 0 } };
	const char *at = (const char *)data;
	const char *end = at + size;

	for (unsigned i = 0; i < TEXTS && at < end; i++) {
		const char *line = memchr(at, '\n', (size_t)(end - at));

		texts[i] = (struct text){ at, (size_t)((line != NULL ? line : end) - at) };
		at = line != NULL ? line + 1 : end;
	}
	for (unsigned i = 0; i < TEXTS; i++) {
		parse(&texts[i]);
		expand(&texts[i]);
	}
	evaluate(texts, false);
	evaluate(texts, true);
	return 0;
}
