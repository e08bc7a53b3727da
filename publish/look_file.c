/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/look_file.h"

#include <stdio.h>
#include <string.h>

#include "dns/message.h"
#include "dns/verify.h"
#include "live/judge.h"
#include "publish/guide.h"

int
look_file_keys(struct rrset *keys, const struct order *o, const struct name *zone,
    const struct rrset *anchor, struct fault *why)
{
	struct zonefile_options options = guide_zonefile_options(o, zone);
	struct zonefile_view *view = NULL;
	struct zonefile_answer a = { 0 };
	struct verify_result verdict = { 0 };
	const struct rrset *set, *sigs;
	bool matched = false;
	int rc;

	*keys = (struct rrset){ 0 };
	if (anchor == NULL || !name_equal(&anchor->owner, zone))
		return fault_set(why, ZP_EUNSAFE, "the trust anchor is not the zone's own");
	rc = zonefile_view_make(&view, &options, why);
	if (rc == ZP_OK)
		rc = zonefile_view_answer(&a, view, zone, RRTYPE_DNSKEY, why);
	if (rc != ZP_OK)
		goto out;
	set = recset_find(&a.answer, zone, RRTYPE_DNSKEY);
	sigs = recset_find(&a.answer, zone, RRTYPE_RRSIG);
	if (set == NULL || sigs == NULL) {
		rc = fault_set(why, ZP_EUNSAFE, "%s is not signed (--sign-keys signs it)", o->zonefile);
		goto out;
	}
	rc = verify_keys(&verdict, &matched, set, sigs, anchor, timepiece_now().wall / 1000, why);
	if (rc == ZP_OK && verdict.outcome != VERIFY_VALID)
		rc = fault_set(why, ZP_EUNSAFE, matched ? "the DNSKEY set of %s is not well signed: %s" :
		    "no key of %s is the one that the trust anchor names%.0s", o->zonefile, verdict.reason);
	if (rc == ZP_OK)
		rc = rrset_copy(keys, set, why);
out:
	zonefile_answer_release(&a);
	zonefile_view_free(view);
	return rc;
}

static int
add_section(struct message *m, enum section section, const struct recset *sets,
    struct fault *why)
{
	int rc = ZP_OK;

	for (size_t i = 0; i < sets->n; i++)
		for (size_t j = 0; rc == ZP_OK && j < sets->v[i].n; j++) {
			struct record r = { .owner = sets->v[i].owner, .type = sets->v[i].type,
				.class = CLASS_IN, .ttl = sets->v[i].ttl, .rdata = sets->v[i].v[j] };

			rc = message_add(m, section, &r, why);
		}
	return rc;
}

/* The reply that a server with this file would give. */
static int
make_reply(struct message *m, const struct zonefile_view *view,
    const struct authority_place *question, struct fault *why)
{
	struct zonefile_answer a;
	int rc = zonefile_view_answer(&a, view, &question->owner, question->type, why);

	if (rc != ZP_OK)
		return rc;
	rc = message_query(m, &question->owner, question->type, false, true, why);
	m->flags = FLAG_QR;
	if (a.outcome != ZONEFILE_REFERRAL)
		m->flags |= FLAG_AA;
	m->rcode = a.outcome == ZONEFILE_NXDOMAIN ? RCODE_NXDOMAIN :
	    a.outcome == ZONEFILE_NOT_ZONE ? RCODE_REFUSED : RCODE_NOERROR;
	if (rc == ZP_OK)
		rc = add_section(m, SECTION_ANSWER, &a.answer, why);
	if (rc == ZP_OK)
		rc = add_section(m, SECTION_AUTHORITY, &a.authority, why);
	zonefile_answer_release(&a);
	return rc;
}

int
look_file_ask(struct sighting_list *out, const struct order *o,
    const struct authority_round *round, bool as_source, struct fault *why)
{
	const struct judge_terms terms = { .zone = &round->zone, .keys = round->keys };
	struct zonefile_options options = guide_zonefile_options(o, &round->zone);
	struct zonefile_view *view = NULL;
	int rc;

	if (as_source)
		options.sign_keys = NULL;
	rc = zonefile_view_make(&view, &options, why);
	for (size_t i = 0; rc == ZP_OK && i < round->n_places; i++) {
		struct sighting s = { .owner = round->places[i].owner, .type = round->places[i].type };
		struct message m = { 0 };

		(void)snprintf(s.server.address, sizeof s.server.address, "zone file");
		s.server.port = 53;
		s.server.origin = SERVER_PRIMARY | SERVER_GIVEN;
		s.when = timepiece_now();
		s.has_serial = true;
		s.serial = zonefile_view_serial(view);
		rc = make_reply(&m, view, &round->places[i], why);
		if (rc == ZP_OK)
			rc = judge_reply(&s, &m, &terms, why);
		if (rc == ZP_OK)
			rc = sighting_list_take(out, &s, why);
		message_release(&m);
		sighting_release(&s);
	}
	zonefile_view_free(view);
	return rc;
}
