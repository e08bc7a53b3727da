/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "audit/spf_count.h"

#include <stdlib.h>
#include <string.h>

#include "audit/spf_eval_domain.h"
#include "base/bytes.h"
#include "zonegen/spf_record.h"
#include "zonegen/txt.h"

/* Terms are followed until so many are counted: a loop of includes ends there. */
enum { COUNT_MAX = 100, DEPTH_MAX = 20, TEXT_GOOD = 450 };

enum { LOOKUPS, VOIDS, NO_RECORD, SEVERAL_RECORDS, BAD_RECORD, MX_HOSTS, NO_ANSWER, LONG_ANSWER };

const struct finding_kind spf_count_kinds[SPF_COUNT_KINDS] = {
	[LOOKUPS] = { "spf-too-many-lookups", FINDING_ERROR, "RFC 7208 4.6.4",
	    "the record and those it includes need more than 10 look-ups: the result is permerror" },
	[VOIDS] = { "spf-too-many-void-lookups", FINDING_ERROR, "RFC 7208 4.6.4",
	    "more than 2 look-ups find nothing: the result is permerror" },
	[NO_RECORD] = { "spf-include-none", FINDING_ERROR, "RFC 7208 5.2",
	    "a domain that is included has no SPF record: the result is permerror" },
	[SEVERAL_RECORDS] = { "spf-include-several", FINDING_ERROR, "RFC 7208 4.5",
	    "a domain that is included has several SPF records: the result is permerror" },
	[BAD_RECORD] = { "spf-include-syntax", FINDING_ERROR, "RFC 7208 4.6",
	    "a record that is included breaks the grammar: the result is permerror" },
	[MX_HOSTS] = { "spf-too-many-mx", FINDING_ERROR, "RFC 7208 4.6.4",
	    "a domain has more than 10 MX hosts: the result is permerror" },
	[NO_ANSWER] = { "spf-no-answer", FINDING_WARNING, "RFC 7208 4.4",
	    "a look-up failed: the counts may be too low" },
	[LONG_ANSWER] = { "spf-answer-long", FINDING_WARNING, "RFC 7208 3.4",
	    "all TXT records of the domain together are longer than 450 octets" },
};

#define FOUND(kind, ...) findings_add(w->out, &spf_count_kinds[kind], __VA_ARGS__)

struct walk {
	struct findings *out;
	const struct spf_dns *dns;
	unsigned lookups;
	unsigned voids4;	/* of an IPv4 client */
	unsigned voids6;
	unsigned depth;
};

static int walk_record(struct walk *w, const char *text, const struct name *domain,
    struct fault *why);

/* Ask; *known is false, and a finding made, if there is no answer. */
static int
ask(struct walk *w, bool *known, struct rrset *out, const struct name *owner, uint16_t type,
    struct fault *why)
{
	struct fault reason = { 0 };
	char name[NAME_TEXT_MAX];
	int class = w->dns->ask(w->dns->world, owner, type, out, &reason);

	*known = class == ZP_OK;
	if (class == ZP_ERETRY) {
		FOUND(NO_ANSWER, "%s: %s", name_print_host(name, owner), reason.text);
		return ZP_OK;
	}
	if (class != ZP_OK && why != NULL)
		*why = reason;
	return class;
}

/* The addresses of a host: clients of either family ask for their own. */
static int
ask_addresses(struct walk *w, const struct name *host, struct fault *why)
{
	struct rrset four = { 0 }, six = { 0 };
	bool known4, known6 = false;
	int class = ask(w, &known4, &four, host, RRTYPE_A, why);

	if (class == ZP_OK)
		class = ask(w, &known6, &six, host, RRTYPE_AAAA, why);
	w->voids4 += known4 && four.n == 0;
	w->voids6 += known6 && six.n == 0;
	rrset_release(&four);
	rrset_release(&six);
	return class;
}

static int
ask_mx(struct walk *w, const struct name *domain, struct fault *why)
{
	struct rrset mx = { 0 };
	char name[NAME_TEXT_MAX];
	bool known;
	int class = ask(w, &known, &mx, domain, RRTYPE_MX, why);

	if (class == ZP_OK && known && mx.n == 0) {
		w->voids4++;
		w->voids6++;
	}
	if (mx.n > SPF_NAMES_MAX)
		FOUND(MX_HOSTS, "%s has %zu MX hosts, and no more than %d are allowed",
		    name_print_host(name, domain), mx.n, SPF_NAMES_MAX);
	for (size_t i = 0; class == ZP_OK && i < mx.n && i < SPF_NAMES_MAX; i++) {
		struct name host;

		if (mx.v[i].len > 2 &&
		    name_parse_wire(&host, mx.v[i].data + 2, mx.v[i].len - 2U, NULL) == ZP_OK &&
		    !name_is_root(&host))
			class = ask_addresses(w, &host, why);
	}
	rrset_release(&mx);
	return class;
}

/* The one SPF record of a domain into text; a finding if there is not one. */
static int
fetch_record(struct walk *w, struct bytes *text, const struct name *domain, struct fault *why)
{
	struct rrset txt = { 0 };
	struct bytes one = { 0 };
	char name[NAME_TEXT_MAX];
	size_t records = 0;
	bool known;
	int class = ask(w, &known, &txt, domain, RRTYPE_TXT, why);

	for (size_t i = 0; class == ZP_OK && i < txt.n; i++) {
		bytes_clear(&one);
		if (txt_join(&one, txt.v[i].data, txt.v[i].len, NULL) != ZP_OK ||
		    !spf_record_is_one(bytes_text(&one), one.len))
			continue;
		if (records++ == 0)
			bytes_append(text, one.data, one.len);
	}
	if (class == ZP_OK)
		class = bytes_check(text, why);
	(void)name_print_host(name, domain);
	if (known && records == 0)
		FOUND(NO_RECORD, "%s has no SPF record", name);
	if (records > 1)
		FOUND(SEVERAL_RECORDS, "%s has %zu SPF records", name, records);
	bytes_release(&one);
	rrset_release(&txt);
	return class;
}

static int
follow(struct walk *w, const struct name *domain, struct fault *why)
{
	struct bytes text = { 0 };
	int class = ZP_OK;

	if (w->depth < DEPTH_MAX) {
		class = fetch_record(w, &text, domain, why);
		w->depth++;
		if (class == ZP_OK && text.len > 0)
			class = walk_record(w, bytes_text(&text), domain, why);
		w->depth--;
	}
	bytes_release(&text);
	return class;
}

/* The name that a term asks for; false if that depends on the client or is no name. */
static bool
target_of(struct name *out, const struct spf_term *t, const struct name *domain)
{
	char text[NAME_TEXT_MAX];

	if (t->target == NULL) {
		if (domain != NULL)
			*out = *domain;
		return domain != NULL;
	}
	if (t->target_len >= sizeof text || memchr(t->target, '%', t->target_len) != NULL)
		return false;
	memcpy(text, t->target, t->target_len);
	text[t->target_len] = '\0';
	return spf_eval_domain_name(out, text);
}

static int
walk_term(struct walk *w, const struct spf_term *t, const struct name *domain, struct fault *why)
{
	struct name target;

	if (!spf_record_costs_lookup(t->kind) || w->lookups >= COUNT_MAX)
		return ZP_OK;
	w->lookups++;
	if (!target_of(&target, t, domain))
		return ZP_OK;
	switch (t->kind) {
	case SPF_INCLUDE:
	case SPF_REDIRECT:
		return follow(w, &target, why);
	case SPF_A:
		return ask_addresses(w, &target, why);
	case SPF_MX:
		return ask_mx(w, &target, why);
	default:
		return ZP_OK;
	}
}

static int
walk_record(struct walk *w, const char *text, const struct name *domain, struct fault *why)
{
	struct spf_record record;
	struct fault reason = { 0 };
	char name[NAME_TEXT_MAX];
	bool all = false;
	int class = spf_record_parse(&record, text, strlen(text), &reason);

	if (class == ZP_EUSAGE) {
		if (w->depth > 0 && domain != NULL)
			FOUND(BAD_RECORD, "%s: %s", name_print_host(name, domain), reason.text);
		return ZP_OK;
	}
	if (class != ZP_OK) {
		if (why != NULL)
			*why = reason;
		return class;
	}
	for (size_t i = 0; class == ZP_OK && !all && i < record.n; i++) {
		if (record.v[i].kind == SPF_REDIRECT)
			continue;
		class = walk_term(w, &record.v[i], domain, why);
		all = record.v[i].kind == SPF_ALL;
	}
	if (class == ZP_OK && !all && record.redirect != NULL)
		class = walk_term(w, record.redirect, domain, why);
	spf_record_release(&record);
	return class;
}

/* RFC 7208 3.4: all TXT records of the name are in the answer. */
static int
judge_answer(struct walk *w, const char *text, const struct name *domain, struct fault *why)
{
	struct rrset txt = { 0 };
	struct bytes one = { 0 };
	char name[NAME_TEXT_MAX];
	size_t total = strlen(text), others = 0;
	bool known;
	int class = ask(w, &known, &txt, domain, RRTYPE_TXT, why);

	for (size_t i = 0; class == ZP_OK && i < txt.n; i++) {
		bytes_clear(&one);
		if (txt_join(&one, txt.v[i].data, txt.v[i].len, NULL) != ZP_OK ||
		    spf_record_is_one(bytes_text(&one), one.len))
			continue;
		others++;
		total += one.len;
	}
	if (total > TEXT_GOOD && others > 0)
		FOUND(LONG_ANSWER, "with the %zu other TXT records of %s the texts have %zu octets: keep them"
		    " under %d, so that the answer fits into 512", others, name_print_host(name, domain),
		    total, TEXT_GOOD);
	bytes_release(&one);
	rrset_release(&txt);
	return class;
}

int
spf_count_judge(struct findings *out, const char *text, const struct name *domain,
    const struct spf_dns *dns, struct fault *why)
{
	struct walk walk = { .out = out, .dns = dns }, *w = &walk;
	unsigned voids;
	int class = walk_record(w, text, domain, why);

	if (class == ZP_OK && domain != NULL)
		class = judge_answer(w, text, domain, why);
	if (class != ZP_OK)
		return class;
	if (walk.lookups > SPF_LOOKUPS_MAX)
		FOUND(LOOKUPS, "the record and those it includes need %u%s look-ups, and no more than %d are"
		    " allowed", walk.lookups, walk.lookups >= COUNT_MAX ? " or more" : "", SPF_LOOKUPS_MAX);
	voids = walk.voids4 > walk.voids6 ? walk.voids4 : walk.voids6;
	if (voids > SPF_VOID_LOOKUPS_MAX)
		FOUND(VOIDS, "%u look-ups find nothing for clients of IPv%d, and no more than %d are allowed",
		    voids, walk.voids4 >= walk.voids6 ? 4 : 6, SPF_VOID_LOOKUPS_MAX);
	return findings_check(out, why);
}
