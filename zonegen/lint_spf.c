/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be wrong with an SPF record, seen without asking the DNS. */
#include "config.h"

#include "zonegen/lint_kinds.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "zonegen/spf_macro.h"
#include "zonegen/spf_record.h"

enum { LOOKUPS_MAX = 10, TEXT_GOOD = 450, ANSWER_MAX = 512, NAME_MAX_TEXT = 253 };

enum { NO_VERSION, SYNTAX, DUPLICATE_MODIFIER, DUPLICATE_TERM, AFTER_ALL, REDIRECT_IGNORED, PASS_ALL,
	NEUTRAL_ALL, PTR, MACRO_P, LOOKUPS, NO_DEFAULT, UNREACHABLE, HOST_BITS, UNKNOWN_MODIFIER,
	LONG, TOO_LONG, LONG_NAME };

const struct finding_kind lint_spf_kinds[LINT_SPF_KINDS] = {
	[NO_VERSION] = { "spf-no-version", FINDING_ERROR, "RFC 7208 4.5",
	    "the text does not begin with v=spf1 and a space: it is no SPF record" },
	[SYNTAX] = { "spf-syntax", FINDING_ERROR, "RFC 7208 4.6",
	    "a term breaks the grammar: the result is permerror" },
	[DUPLICATE_MODIFIER] = { "spf-duplicate-modifier", FINDING_ERROR, "RFC 7208 6",
	    "redirect or exp is given twice: the result is permerror" },
	[DUPLICATE_TERM] = { "spf-duplicate-term", FINDING_WARNING, "RFC 7208 4.6.2",
	    "a term stands twice: the second can never match" },
	[AFTER_ALL] = { "spf-after-all", FINDING_WARNING, "RFC 7208 5.1",
	    "mechanisms after all are never looked at" },
	[REDIRECT_IGNORED] = { "spf-redirect-ignored", FINDING_WARNING, "RFC 7208 6.1",
	    "redirect beside all is never looked at" },
	[PASS_ALL] = { "spf-pass-all", FINDING_WARNING, "RFC 7208 11.4",
	    "every host of the world may send for the domain" },
	[NEUTRAL_ALL] = { "spf-neutral-all", FINDING_INFO, "RFC 7208 8.2",
	    "?all says nothing about hosts that are not listed" },
	[PTR] = { "spf-ptr", FINDING_WARNING, "RFC 7208 5.5",
	    "ptr is slow, unreliable and should not be used" },
	[MACRO_P] = { "spf-macro-p", FINDING_WARNING, "RFC 7208 7.2",
	    "the macro p is slow, unreliable and should not be used" },
	[LOOKUPS] = { "spf-too-many-lookups", FINDING_ERROR, "RFC 7208 4.6.4",
	    "the record needs more than 10 look-ups: the result is permerror" },
	[NO_DEFAULT] = { "spf-no-default", FINDING_WARNING, "RFC 7208 4.7",
	    "neither all nor redirect: hosts that are not listed get neutral" },
	[UNREACHABLE] = { "spf-unreachable", FINDING_WARNING, "RFC 7208 4.6.2",
	    "a range lies inside an earlier one: it can never match" },
	[HOST_BITS] = { "spf-host-bits", FINDING_INFO, "RFC 7208 5.6",
	    "an address has bits set behind its prefix" },
	[UNKNOWN_MODIFIER] = { "spf-unknown-modifier", FINDING_WARNING, "RFC 7208 6",
	    "an unknown modifier is ignored" },
	[LONG] = { "spf-long", FINDING_WARNING, "RFC 7208 3.4",
	    "the record is longer than 450 octets: with other TXT records the answer may pass 512" },
	[TOO_LONG] = { "spf-too-long", FINDING_WARNING, "RFC 7208 3.4",
	    "the record alone is longer than 512 octets: the answer needs EDNS or TCP" },
	[LONG_NAME] = { "spf-long-name", FINDING_WARNING, "RFC 7208 4.8",
	    "a domain is longer than DNS allows: the term can never match" },
};

#define FOUND(kind, ...) findings_add(out, &lint_spf_kinds[kind], __VA_ARGS__)

/* How much of a term a message quotes. */
#define TERM(t) (int)((t)->len > 80 ? 80 : (t)->len), (t)->text

static bool
is_mechanism(const struct spf_term *t)
{
	return t->qualifier != '\0';
}

/* Bits of a range that count, and its octets; false if the term is no range. */
static bool
range_of(const struct spf_term *t, unsigned *bits)
{
	*bits = t->kind == SPF_IP4 ? t->cidr4 : t->cidr6;
	return t->kind == SPF_IP4 || t->kind == SPF_IP6;
}

static bool
same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned rest = bits % 8;

	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return rest == 0 || ((a[bits / 8] ^ b[bits / 8]) >> (8 - rest)) == 0;
}

static bool
has_host_bits(const struct spf_term *t, unsigned bits)
{
	size_t len = t->kind == SPF_IP4 ? 4 : 16;

	for (size_t i = 0; i < len * 8; i++)
		if (i >= bits && (t->address[i / 8] & (0x80 >> (i % 8))) != 0)
			return true;
	return false;
}

/* A domain without its final dot, which means the same. */
static size_t
domain_length(const struct spf_term *t)
{
	return t->target_len > 0 && t->target[t->target_len - 1] == '.' ? t->target_len - 1
	    : t->target_len;
}

/* True if whatever b matches, a matches as well, for they say the same. */
static bool
same_mechanism(const struct spf_term *a, const struct spf_term *b)
{
	size_t len = domain_length(a);

	if (a->kind != b->kind || a->cidr4 != b->cidr4 || a->cidr6 != b->cidr6)
		return false;
	if (a->kind == SPF_IP4 || a->kind == SPF_IP6)
		return same_bits(a->address, b->address, a->kind == SPF_IP4 ? a->cidr4 : a->cidr6);
	if ((a->target == NULL) != (b->target == NULL) || len != domain_length(b))
		return false;
	return a->target == NULL || strncasecmp(a->target, b->target, len) == 0;
}

static void
judge_against_earlier(struct findings *out, const struct spf_term *t, const struct spf_term *earlier,
    size_t n)
{
	unsigned bits, wider;

	for (size_t i = 0; i < n; i++) {
		const struct spf_term *e = &earlier[i];

		if (!is_mechanism(e))
			continue;
		if (same_mechanism(e, t)) {
			FOUND(DUPLICATE_TERM, "'%.*s' can never match: '%.*s' stands before it", TERM(t),
			    TERM(e));
			return;
		}
		if (e->kind == t->kind && range_of(e, &wider) && range_of(t, &bits) &&
		    wider < bits && same_bits(e->address, t->address, wider)) {
			FOUND(UNREACHABLE, "'%.*s' can never match: it lies inside '%.*s' before it",
			    TERM(t), TERM(e));
			return;
		}
	}
}

static void
judge_length_of_name(struct findings *out, const struct spf_term *t)
{
	size_t label = 0;

	if (t->target == NULL || memchr(t->target, '%', t->target_len) != NULL)
		return;
	for (size_t i = 0; i < t->target_len; i++) {
		label = t->target[i] == '.' ? 0 : label + 1;
		if (label > 63)
			break;
	}
	if (label > 63 || domain_length(t) > NAME_MAX_TEXT)
		FOUND(LONG_NAME, "the domain of '%.*s' is longer than DNS allows", TERM(t));
}

static void
judge_all(struct findings *out, const struct spf_term *t)
{
	if (t->qualifier == '+')
		FOUND(PASS_ALL, "'%.*s' lets every host send for the domain: end with -all or ~all",
		    TERM(t));
	else if (t->qualifier == '?')
		FOUND(NEUTRAL_ALL, "'?all' says nothing about hosts that are not listed");
}

/* A term that is reached, by itself. */
static void
judge_term(struct findings *out, const struct spf_term *t)
{
	unsigned bits;

	if (t->kind == SPF_ALL)
		judge_all(out, t);
	if (t->kind == SPF_PTR)
		FOUND(PTR, "'%.*s' is slow and unreliable: name the addresses or hosts instead", TERM(t));
	if (t->kind == SPF_UNKNOWN)
		FOUND(UNKNOWN_MODIFIER, "'%.*s' is an unknown modifier and ignored", TERM(t));
	if (t->target != NULL && t->kind != SPF_UNKNOWN &&
	    spf_macro_uses(t->target, t->target_len, 'p'))
		FOUND(MACRO_P, "'%.*s' uses the macro p, which is slow and unreliable", TERM(t));
	judge_length_of_name(out, t);
	if (!range_of(t, &bits))
		return;
	if (bits == 0 && t->qualifier == '+')
		FOUND(PASS_ALL, "'%.*s' lets every host send for the domain", TERM(t));
	else if (has_host_bits(t, bits))
		FOUND(HOST_BITS, "'%.*s' has bits set behind its prefix of %u, which are ignored",
		    TERM(t), bits);
}

static void
judge_order(struct findings *out, const struct spf_term *v, size_t n, bool complete)
{
	const struct spf_term *all = NULL, *redirect = NULL;
	unsigned lookups = 0, exps = 0, redirects = 0;

	for (size_t i = 0; i < n; i++) {
		const struct spf_term *t = &v[i];

		exps += t->kind == SPF_EXP;
		redirects += t->kind == SPF_REDIRECT;
		if (t->kind == SPF_REDIRECT)
			redirect = t;
		if (is_mechanism(t) && all != NULL) {
			FOUND(AFTER_ALL, "'%.*s' stands after '%.*s' and is never looked at", TERM(t),
			    TERM(all));
			continue;
		}
		judge_term(out, t);
		if (is_mechanism(t)) {
			judge_against_earlier(out, t, v, i);
			lookups += spf_record_costs_lookup(t->kind);
		}
		if (t->kind == SPF_ALL)
			all = t;
	}
	if (redirects > 1 || exps > 1)
		FOUND(DUPLICATE_MODIFIER, "%s= is given twice", redirects > 1 ? "redirect" : "exp");
	if (all != NULL && redirect != NULL)
		FOUND(REDIRECT_IGNORED, "'%.*s' is never looked at beside '%.*s'", TERM(redirect),
		    TERM(all));
	if (all == NULL && redirect != NULL)
		lookups++;
	if (all == NULL && redirect == NULL && complete)
		FOUND(NO_DEFAULT, "there is neither all nor redirect: hosts that are not listed get neutral");
	if (lookups > LOOKUPS_MAX)
		FOUND(LOOKUPS, "the record needs %u look-ups and no more than %d are allowed, those of"
		    " included records not yet counted", lookups, LOOKUPS_MAX);
}

static void
judge_length(struct findings *out, size_t len)
{
	if (len > ANSWER_MAX)
		FOUND(TOO_LONG, "the record has %zu octets: the answer passes %d and needs EDNS or TCP",
		    len, ANSWER_MAX);
	else if (len > TEXT_GOOD)
		FOUND(LONG, "the record has %zu octets: keep it under %d so that the answer fits into %d",
		    len, TEXT_GOOD, ANSWER_MAX);
}

int
lint_spf(struct findings *out, const char *text, struct fault *why)
{
	size_t len = strlen(text), n = 0;
	struct spf_term *v;
	bool good = true;

	if (!spf_record_is_one(text, len)) {
		FOUND(NO_VERSION, "the text does not begin with 'v=spf1 ': it is no SPF record");
		return findings_check(out, why);
	}
	v = calloc(len, sizeof *v);
	if (v == NULL)
		return fault_set_nomem(why);
	for (const char *at = text + strcspn(text, " "); *at != '\0'; ) {
		size_t term = strcspn(at, " ");
		struct fault reason = { 0 };

		if (term == 0) {
			at++;
			continue;
		}
		if (spf_record_parse_term(&v[n], at, term, &reason) == ZP_OK) {
			n++;
		} else {
			FOUND(SYNTAX, "%s", reason.text);
			good = false;
		}
		at += term;
	}

	/* Where a term could not be read, what the record leaves out is not known. */
	judge_order(out, v, n, good);
	judge_length(out, len);
	free(v);
	return findings_check(out, why);
}
