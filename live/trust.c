/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "live/trust.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/timepiece.h"

/* The questions asked at each name between the anchor and the zone. */
enum ask { ASK_DS, ASK_KEYS, ASK_SOA, ASKS };

static const uint16_t asked_types[ASKS] = {
	[ASK_DS] = RRTYPE_DS, [ASK_KEYS] = RRTYPE_DNSKEY, [ASK_SOA] = RRTYPE_SOA
};

enum { LEVELS_MAX = 128, ANSWERS_MAX = LEVELS_MAX * ASKS };

static const char *const state_words[] = {
	[TRUST_SECURE] = "secure", [TRUST_NO_ANCHOR] = "no-anchor", [TRUST_UNSIGNED] = "unsigned",
	[TRUST_NO_DS] = "no-ds", [TRUST_DS_MISMATCH] = "ds-mismatch",
	[TRUST_UNSUPPORTED] = "unsupported", [TRUST_EXPIRED] = "expired",
	[TRUST_BOGUS] = "bogus", [TRUST_UNREACHABLE] = "unreachable"
};

const char *
trust_print_state(enum trust_state s)
{
	return (size_t)s < sizeof state_words / sizeof state_words[0] ? state_words[s] : "unknown";
}

static void PRINTF_LIKE(4, 5)
end_at(struct trust_chain *c, enum trust_state state, const struct name *level, const char *fmt, ...)
{
	va_list ap;

	c->state = state;
	c->level = *level;
	va_start(ap, fmt);
	(void)vsnprintf(c->text, sizeof c->text, fmt, ap);
	va_end(ap);
}

/* The state that a failed signature check stands for. */
static enum trust_state
state_of(enum verify_outcome o)
{
	switch (o) {
	case VERIFY_EXPIRED:
		return TRUST_EXPIRED;
	case VERIFY_UNSUPPORTED:
		return TRUST_UNSUPPORTED;
	default:
		return TRUST_BOGUS;
	}
}

/* One zone on the way down: does its DNSKEY set hang on anchor, its DS or trust anchor? */
static int
step_keys(struct trust_chain *c, const struct name *level, const struct resolver_answer *keys,
    const struct rrset *anchor, bool is_top, int64_t now, struct fault *why)
{
	const char *link = is_top ? "the trust anchor" : "the DS at the parent";
	char name[NAME_TEXT_MAX];
	struct verify_result v;
	bool matched;
	int rc;

	(void)name_print_host(name, level);
	if (keys->security == RESOLVER_FAILED) {
		end_at(c, TRUST_UNREACHABLE, level, "the DNSKEY records of %.200s cannot be had: %.200s",
		    name, keys->reason);
		return ZP_OK;
	}
	if (keys->kind != RESOLVER_DATA) {
		end_at(c, TRUST_DS_MISMATCH, level, "%.200s has no DNSKEY, but %s says it is signed", name,
		    link);
		return ZP_OK;
	}
	if ((rc = verify_keys(&v, &matched, &keys->set, &keys->sigs, anchor, now, why)) != ZP_OK)
		return rc;
	if (v.outcome == VERIFY_VALID) {
		c->signed_until = v.expiration;
		return ZP_OK;
	}
	if (v.outcome == VERIFY_MISSING)
		end_at(c, TRUST_BOGUS, level, "the DNSKEY records of %.200s came without signatures: does the "
		    "resolver in use pass DNSSEC records on (--resolver names another)?", name);
	else if (!matched && v.outcome == VERIFY_BOGUS)
		end_at(c, TRUST_DS_MISMATCH, level, "%s of %.200s matches none of its DNSKEY records", link,
		    name);
	else
		end_at(c, state_of(v.outcome), level, "the DNSKEY records of %.200s are not validly signed: "
		    "%.200s", name, v.reason);
	return ZP_OK;
}

/* A cut without a DS: signed or not? */
static void
end_without_ds(struct trust_chain *c, const struct name *level, const struct name *parent,
    const struct resolver_answer *keys)
{
	char name[NAME_TEXT_MAX], above[NAME_TEXT_MAX];

	(void)name_print_host(name, level);
	(void)name_print_host(above, parent);
	if (keys->kind == RESOLVER_DATA)
		end_at(c, TRUST_NO_DS, level,
		    "%.150s is signed, but there is no DS for it at its parent %.150s: publish one", name, above);
	else
		end_at(c, TRUST_UNSIGNED, level, "the zone %.150s is not signed (no DNSKEY, and no DS at its "
		    "parent %.150s)", name, above);
}

/*
 * Walk down over what was fetched without validation, checking each link.
 * answers holds ASKS for each name, the anchor's first.
 */
static int
walk(struct trust_chain *c, const struct resolver_answer *answers, unsigned levels,
    const struct rrset *anchor, int64_t now, struct fault *why)
{
	const struct rrset *keys = NULL;
	int rc = ZP_OK;

	for (unsigned i = 0; i < levels && c->state == TRUST_SECURE; i++) {
		const struct resolver_answer *at = &answers[i * ASKS], *ds = &at[ASK_DS];
		const struct name *level = &at[ASK_SOA].owner;
		struct verify_result v;
		char name[NAME_TEXT_MAX];

		/* A zone is where an SOA stands, or a DS. */
		if (i > 0 && at[ASK_SOA].kind != RESOLVER_DATA && ds->kind != RESOLVER_DATA) {
			if (at[ASK_SOA].security == RESOLVER_FAILED && ds->security == RESOLVER_FAILED)
				end_at(c, TRUST_UNREACHABLE, level, "%.200s: %.200s",
				    name_print_host(name, level), at[ASK_SOA].reason);
			continue;
		}
		if (at[ASK_SOA].aliases.n > 0)
			continue;
		if (i > 0 && ds->kind != RESOLVER_DATA) {
			if (ds->security == RESOLVER_FAILED)
				end_at(c, TRUST_UNREACHABLE, level, "the DS of %.200s cannot be had: %.200s",
				    name_print_host(name, level), ds->reason);
			else
				end_without_ds(c, level, keys != NULL ? &keys->owner : level, &at[ASK_KEYS]);
			break;
		}
		if (i > 0) {
			if ((rc = verify_rrset(&v, &ds->set, &ds->sigs, keys, now, why)) != ZP_OK)
				break;
			if (v.outcome != VERIFY_VALID) {
				end_at(c, state_of(v.outcome), &keys->owner,
				    "the DS of %.150s is not validly signed by its parent: %.200s",
				    name_print_host(name, level), v.reason);
				break;
			}
		}
		if ((rc = step_keys(c, level, &at[ASK_KEYS], i > 0 ? &ds->set : anchor, i == 0, now,
		    why)) != ZP_OK || c->state != TRUST_SECURE)
			break;
		keys = &at[ASK_KEYS].set;
		if (at[ASK_SOA].kind != RESOLVER_DATA)
			continue;
		if ((rc = verify_rrset(&v, &at[ASK_SOA].set, &at[ASK_SOA].sigs, keys, now, why)) != ZP_OK)
			break;
		if (v.outcome != VERIFY_VALID)
			end_at(c, state_of(v.outcome), level, "the SOA of %.200s is not validly signed: %.200s",
			    name_print_host(name, level), v.reason);
	}
	return rc;
}

/* Validation failed: fetch every link as it is and find the one that is missing. */
static int
diagnose(struct trust_chain *c, struct resolver *r, const struct rrset *anchor,
    const struct resolver_answer *seen, struct fault *why)
{
	struct resolver_question q[ANSWERS_MAX];
	struct resolver_answer answers[ANSWERS_MAX];
	unsigned top = name_labels(&anchor->owner), labels = name_labels(&c->zone);
	unsigned levels = labels - top + 1;
	char name[NAME_TEXT_MAX];
	int rc;

	for (unsigned i = 0; i < levels; i++)
		for (unsigned k = 0; k < ASKS; k++)
			/* The anchor takes the place of the topmost DS, whose zone nobody may reach. */
			q[i * ASKS + k] = (struct resolver_question){
				.type = i == 0 && k == ASK_DS ? RRTYPE_SOA : asked_types[k],
				.owner = name_ancestor(&c->zone, levels - 1 - i), .unchecked = true };
	rc = resolver_ask_many(answers, r, q, (size_t)levels * ASKS, why);
	if (rc != ZP_OK)
		return rc;
	rc = walk(c, answers, levels, anchor, timepiece_now().wall / 1000, why);
	if (rc == ZP_OK && c->state == TRUST_SECURE) {
		/* Every link holds by itself: it is the look-up that did not work. */
		if (seen->security == RESOLVER_BOGUS)
			end_at(c, TRUST_BOGUS, &c->zone, "validation of %.150s fails: %.200s",
			    name_print_host(name, &c->zone), seen->reason);
		else if (seen->security == RESOLVER_FAILED)
			end_at(c, TRUST_UNREACHABLE, &c->zone, "%.150s: %.200s",
			    name_print_host(name, &c->zone), seen->reason);
		else
			end_at(c, TRUST_BOGUS, &c->zone, "%.150s is not validated as secure by the resolver",
			    name_print_host(name, &c->zone));
	}
	for (unsigned i = 0; i < levels * ASKS; i++)
		resolver_answer_release(&answers[i]);
	return rc;
}

int
trust_follow(struct trust_chain *out, struct resolver *r, const struct name *zone,
    struct fault *why)
{
	const struct rrset *anchor = resolver_anchor(r, zone);
	const struct resolver_question q[2] = {
		{ .owner = *zone, .type = RRTYPE_DNSKEY }, { .owner = *zone, .type = RRTYPE_SOA }
	};
	struct resolver_answer answers[2];
	struct verify_result v;
	char name[NAME_TEXT_MAX];
	int rc;

	*out = (struct trust_chain){ .zone = *zone, .level = *zone };
	if (anchor == NULL) {
		end_at(out, TRUST_NO_ANCHOR, zone, "no trust anchor covers %.200s",
		    name_print_host(name, zone));
		return ZP_OK;
	}
	if ((rc = resolver_ask_many(answers, r, q, 2, why)) != ZP_OK)
		return rc;
	if (answers[0].security == RESOLVER_SECURE && answers[0].kind == RESOLVER_DATA &&
	    answers[1].security == RESOLVER_SECURE && answers[1].kind == RESOLVER_DATA) {
		const struct rrset *keys = &answers[0].set;

		if ((rc = verify_rrset(&v, keys, &answers[0].sigs, keys, timepiece_now().wall / 1000,
		    why)) == ZP_OK)
			rc = rrset_copy(&out->keys, keys, why);
		out->signed_until = v.expiration;
	} else
		rc = diagnose(out, r, anchor,
		    answers[0].security > answers[1].security ? &answers[0] : &answers[1], why);
	for (unsigned i = 0; i < 2; i++)
		resolver_answer_release(&answers[i]);
	if (rc != ZP_OK)
		trust_release(out);
	return rc;
}

void
trust_release(struct trust_chain *c)
{
	rrset_release(&c->keys);
	*c = (struct trust_chain){ 0 };
}

int
trust_need(const struct trust_chain *c, struct fault *why)
{
	char name[NAME_TEXT_MAX];

	if (c->state == TRUST_SECURE)
		return ZP_OK;
	return fault_set(why, c->state == TRUST_UNREACHABLE ? ZP_ERETRY : ZP_EUNSAFE,
	    "the chain of trust to %.200s is %s: %s", name_print_host(name, &c->zone),
	    c->state == TRUST_UNREACHABLE ? "unknown" : "not complete", c->text);
}
