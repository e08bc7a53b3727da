/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "live/judge.h"

#include <stdarg.h>
#include <stdio.h>

#include "dns/denial.h"
#include "dns/soa.h"
#include "live/reply.h"

enum { RRSIG_LABELS_AT = 3 };

static void PRINTF_LIKE(3, 4)
conclude(struct sighting *s, enum sighting_answer answer, const char *fmt, ...)
{
	va_list ap;

	s->answer = answer;
	va_start(ap, fmt);
	(void)vsnprintf(s->reason, sizeof s->reason, fmt, ap);
	va_end(ap);
}

/* A DNAME of the answer that leads the owner away; NULL if there is none. */
static const struct record *
find_dname(const struct message *m, const struct name *owner)
{
	const struct record_list *list = &m->section[SECTION_ANSWER];

	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].type == RRTYPE_DNAME && !name_equal(&list->v[i].owner, owner) &&
		    name_is_under(owner, &list->v[i].owner))
			return &list->v[i];
	return NULL;
}

/* An NS record of the authority section, as a referral has it; NULL if there is none. */
static const struct record *
find_referral(const struct message *m)
{
	const struct record_list *list = &m->section[SECTION_AUTHORITY];

	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].type == RRTYPE_SOA)
			return NULL;
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].type == RRTYPE_NS)
			return &list->v[i];
	return NULL;
}

/* Sort out the replies that say nothing about the place; true if this is one. */
static bool
says_nothing(struct sighting *s, const struct message *m, const struct name *zone)
{
	const struct record *ns, *dname;
	char text[NAME_TEXT_MAX], rcode[16];

	if (m->rcode == RCODE_REFUSED || m->rcode == RCODE_NOTAUTH) {
		conclude(s, SIGHTING_LAME, "it does not serve the zone: %s",
		    message_print_rcode(rcode, m->rcode));
		return true;
	}
	if (m->rcode != RCODE_NOERROR && m->rcode != RCODE_NXDOMAIN) {
		conclude(s, SIGHTING_FAILED, "it answers %s", message_print_rcode(rcode, m->rcode));
		return true;
	}
	if ((m->flags & FLAG_TC) != 0) {
		conclude(s, SIGHTING_GARBLED, "the reply is cut short");
		return true;
	}
	ns = m->section[SECTION_ANSWER].n == 0 && m->rcode == RCODE_NOERROR ? find_referral(m) : NULL;
	if (ns != NULL && !name_equal(&ns->owner, zone) && name_is_under(&ns->owner, zone)) {
		conclude(s, SIGHTING_REFERRED, "%.200s is delegated to other servers",
		    name_print_host(text, &ns->owner));
		return true;
	}
	if ((m->flags & FLAG_AA) == 0) {
		conclude(s, SIGHTING_LAME, ns != NULL ? "it refers to other servers" :
		    "it does not answer with authority (no AA)");
		return true;
	}
	dname = find_dname(m, &s->owner);
	if (dname != NULL) {
		conclude(s, SIGHTING_REFERRED, "a DNAME at %.200s leads elsewhere",
		    name_print_host(text, &dname->owner));
		return true;
	}
	return false;
}

/* Fold one verdict into the sighting: the weakest counts, the earliest end. */
static void
fold(struct sighting *s, const struct verify_result *v, const char *of)
{
	if (v->expiration != 0 && (s->signed_until == 0 || v->expiration < s->signed_until))
		s->signed_until = v->expiration;
	if (v->outcome > s->trust) {
		s->trust = v->outcome;
		(void)snprintf(s->reason, sizeof s->reason, "%s%.230s", of, v->reason);
	}
}

static int
check_present(struct sighting *s, const struct rrset *sigs, const struct recset *authority,
    const struct judge_terms *terms, struct fault *why)
{
	int64_t now = s->when.wall / 1000;
	struct verify_result v;
	struct denial_proof proof;
	int rc = verify_rrset(&v, &s->set, sigs, terms->keys, now, why);

	if (rc != ZP_OK)
		return rc;
	fold(s, &v, "");
	s->wildcard = v.wildcard;
	s->wildcard_source = v.wildcard_source;
	if (!v.wildcard || v.outcome != VERIFY_VALID)
		return ZP_OK;
	rc = denial_check_expansion(&proof, &s->owner, &v.wildcard_source, authority, terms->keys, now,
	    why);
	if (rc == ZP_OK)
		fold(s, &proof.result, "wildcard: ");
	return rc;
}

static int
check_absent(struct sighting *s, const struct recset *authority, const struct judge_terms *terms,
    struct fault *why)
{
	static const struct rrset none;
	const struct denial_claim claim = { .owner = s->owner, .type = s->type,
		.nxdomain = s->answer == SIGHTING_NXDOMAIN };
	const struct rrset *soa = recset_find(authority, terms->zone, RRTYPE_SOA);
	const struct rrset *sigs = recset_find(authority, terms->zone, RRTYPE_RRSIG);
	int64_t now = s->when.wall / 1000;
	struct denial_proof proof;
	struct verify_result v;
	int rc = denial_check(&proof, &claim, authority, terms->keys, now, why);

	if (rc != ZP_OK)
		return rc;
	fold(s, &proof.result, "denial: ");
	s->empty_non_terminal = proof.empty_non_terminal;
	if (soa == NULL)
		return ZP_OK;
	if ((rc = verify_rrset(&v, soa, sigs != NULL ? sigs : &none, terms->keys, now, why)) == ZP_OK)
		fold(s, &v, "SOA of the denial: ");
	return rc;
}

/* Without keys only the label count tells of a wildcard (RFC 4034 3.1.3). */
static void
guess_wildcard(struct sighting *s, const struct rrset *sigs)
{
	unsigned labels = name_labels(&s->owner) - (name_is_wildcard(&s->owner) ? 1U : 0U);

	for (size_t i = 0; i < sigs->n; i++) {
		const struct rdata *r = &sigs->v[i];
		struct name above;

		if (r->len <= RRSIG_LABELS_AT || r->data[RRSIG_LABELS_AT] >= labels)
			continue;
		above = name_ancestor(&s->owner, name_labels(&s->owner) - r->data[RRSIG_LABELS_AT]);
		s->wildcard = name_prepend(&s->wildcard_source, "*", &above, NULL) == ZP_OK;
	}
}

static void
note_negative_ttl(struct sighting *s, const struct recset *authority, const struct name *zone)
{
	const struct rrset *set = recset_find(authority, zone, RRTYPE_SOA);
	struct soa soa;

	if (set == NULL || !soa_parse(&soa, set))
		return;
	s->has_negative_ttl = true;
	s->negative_ttl = soa_negative_ttl(&soa);
}

/* A signature must live as long as a copy in a cache and the steps that rely on it. */
static void
check_life(struct sighting *s, uint32_t margin_s)
{
	int64_t now = s->when.wall / 1000;
	uint32_t ttl = sighting_is_absence(s) ? s->negative_ttl : s->set.ttl;
	char until[32];

	if (s->trust != VERIFY_VALID || margin_s == 0 || s->signed_until >= now + ttl + margin_s)
		return;
	s->trust = VERIFY_SHORT_LIVED;
	(void)snprintf(s->reason, sizeof s->reason,
	    "the signature ends at %s, sooner than TTL %u s + %u s from now",
	    timepiece_print_wall(until, sizeof until, s->signed_until * 1000), ttl, margin_s);
}

int
judge_reply(struct sighting *s, const struct message *m, const struct judge_terms *terms,
    struct fault *why)
{
	const struct record_list *answer = &m->section[SECTION_ANSWER];
	bool checked = terms->keys != NULL && terms->keys->n > 0;
	struct recset authority = { 0 };
	struct rrset sigs = { 0 };
	int rc = ZP_OK;

	s->trust = VERIFY_UNCHECKED;
	s->reason[0] = '\0';
	if (says_nothing(s, m, terms->zone))
		return ZP_OK;
	if ((rc = reply_authority(&authority, m, why)) != ZP_OK ||
	    (rc = message_rrset(&s->set, &sigs, answer, &s->owner, s->type, why)) != ZP_OK)
		goto out;
	if (s->set.n > 0)
		s->answer = SIGHTING_PRESENT;
	else {
		rrset_release(&s->set);
		rrset_release(&sigs);
		if ((rc = message_rrset(&s->set, &sigs, answer, &s->owner, RRTYPE_CNAME, why)) != ZP_OK)
			goto out;
		if (s->set.n > 0)
			s->answer = SIGHTING_ALIAS;
		else {
			rrset_release(&s->set);
			s->answer = m->rcode == RCODE_NXDOMAIN ? SIGHTING_NXDOMAIN : SIGHTING_NODATA;
			note_negative_ttl(s, &authority, terms->zone);
		}
	}
	if (!checked) {
		guess_wildcard(s, &sigs);
		goto out;
	}
	s->trust = VERIFY_VALID;
	rc = sighting_is_absence(s) ? check_absent(s, &authority, terms, why) :
	    check_present(s, &sigs, &authority, terms, why);
	check_life(s, terms->margin_s);
out:
	rrset_release(&sigs);
	recset_release(&authority);
	return rc;
}
