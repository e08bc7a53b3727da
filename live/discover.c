/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "live/discover.h"

#include <stdlib.h>
#include <string.h>

#include "dns/exchange.h"
#include "dns/soa.h"

enum { ALIASES_MAX = 16, RRSIG_TTL_AT = 4 };

/* As it validates; where it does not, as it is, so that there is something to look at. */
static int
ask_either(struct resolver_answer *a, struct resolver *r, const struct name *owner, uint16_t type,
    struct fault *why)
{
	struct resolver_question q = { .owner = *owner, .type = type, .unchecked = true };
	int rc = resolver_ask(a, r, owner, type, why);

	if (rc != ZP_OK || a->security != RESOLVER_BOGUS)
		return rc;
	resolver_answer_release(a);
	rc = resolver_ask_many(a, r, &q, 1, why);
	if (a->security == RESOLVER_INSECURE || a->security == RESOLVER_SECURE)
		a->security = RESOLVER_BOGUS;
	return rc;
}

/* A cache has counted the TTL down; the signature still holds what it was (RFC 4034 3.1.4). */
static uint32_t
whole_ttl(const struct resolver_answer *a)
{
	uint32_t ttl = a->ttl;

	for (size_t i = 0; i < a->sigs.n; i++) {
		struct cursor c = cursor_make(a->sigs.v[i].data, a->sigs.v[i].len);
		uint32_t original;

		(void)cursor_take(&c, RRSIG_TTL_AT);
		original = cursor_u32(&c);
		if (!cursor_is_broken(&c) && original > ttl)
			ttl = original;
	}
	return ttl;
}

/* The SOA that came with the answer, of a zone at or above name. */
static const struct rrset *
soa_of(const struct resolver_answer *a, const struct name *name)
{
	if (a->aliases.n > 0)
		return NULL;
	if (a->kind == RESOLVER_DATA)
		return &a->set;
	for (size_t i = 0; i < a->authority.n; i++)
		if (a->authority.v[i].type == RRTYPE_SOA &&
		    name_is_under(name, &a->authority.v[i].owner))
			return &a->authority.v[i];
	return NULL;
}

static bool
zone_from_soa(struct zone_found *out, const struct rrset *set)
{
	struct soa soa;

	if (!soa_parse(&soa, set))
		return false;
	out->zone = set->owner;
	out->primary = soa.mname;
	out->serial = soa.serial;
	out->soa_ttl = soa.ttl;
	out->minimum = soa.minimum;
	return true;
}

/* An alias that leads nowhere fails whatever is asked, but for the alias itself. */
static int
stands_alias(bool *yes, struct resolver *r, const struct name *at, struct fault *why)
{
	struct resolver_answer a;
	int rc = ask_either(&a, r, at, RRTYPE_CNAME, why);

	*yes = rc == ZP_OK && a.kind == RESOLVER_DATA;
	if (rc == ZP_OK)
		resolver_answer_release(&a);
	return rc;
}

int
discover_zone(struct zone_found *out, struct resolver *r, const struct name *name,
    struct fault *why)
{
	struct name at = *name;
	char text[NAME_TEXT_MAX];

	*out = (struct zone_found){ .security = RESOLVER_FAILED };
	for (;;) {
		struct resolver_answer a;
		const struct rrset *soa;
		int rc = ask_either(&a, r, &at, RRTYPE_SOA, why);

		if (rc != ZP_OK)
			return rc;
		if (a.security == RESOLVER_FAILED) {
			bool is_alias;

			rc = stands_alias(&is_alias, r, &at, why);
			if (rc == ZP_OK && !is_alias)
				rc = resolver_answer_need(&a, why);
			resolver_answer_release(&a);
			if (rc != ZP_OK)
				return rc;
			at = name_ancestor(&at, 1);
			continue;
		}
		soa = soa_of(&a, &at);
		out->security = a.security;
		if (soa != NULL && zone_from_soa(out, soa) && name_equal(&out->zone, &at)) {
			out->soa_ttl = whole_ttl(&a);
			resolver_answer_release(&a);
			return ZP_OK;
		}
		/* At the zone itself the SOA comes with its own TTL; a name without one leads up. */
		if (soa != NULL && !name_is_empty(&out->zone))
			at = out->zone;
		else if (name_is_root(&at)) {
			resolver_answer_release(&a);
			return fault_set(why, ZP_EABSENT, "no zone found that holds %.200s",
			    name_print_host(text, name));
		} else
			at = name_ancestor(&at, 1);
		resolver_answer_release(&a);
		*out = (struct zone_found){ .security = RESOLVER_FAILED };
	}
}

/* What one server says about the SOA at each label of name. */
static int
judge_labels(struct zone_found *out, const struct exchange *v, size_t n, struct fault *why)
{
	const struct fault *silence = NULL;
	bool answered = false;

	for (size_t i = 0; i < n; i++) {
		const struct message *m = &v[i].reply;
		struct rrset set = { 0 };
		int rc;

		if (v[i].class == ZP_ELOCAL)
			return fault_set(why, ZP_ELOCAL, "%s", v[i].why.text);
		if (v[i].class != ZP_OK) {
			silence = &v[i].why;
			continue;
		}
		answered = true;
		if ((m->flags & FLAG_AA) == 0 || m->rcode != RCODE_NOERROR)
			continue;
		rc = message_rrset(&set, NULL, &m->section[SECTION_ANSWER],
		    &v[i].query->section[SECTION_QUESTION].v[0].owner, RRTYPE_SOA, why);
		if (rc == ZP_OK && set.n > 0 && zone_from_soa(out, &set)) {
			rrset_release(&set);
			return ZP_OK;
		}
		rrset_release(&set);
		if (rc != ZP_OK)
			return rc;
	}
	return silence != NULL || !answered ? fault_set(why, ZP_ERETRY, "%s",
	    silence != NULL ? silence->text : "no reply") : ZP_EREFUSED;
}

int
discover_zone_at(struct zone_found *out, const struct server *server, const struct name *name,
    int timeout_ms, struct fault *why)
{
	unsigned labels = name_labels(name), n = 0;
	struct message *questions = calloc(labels + 1, sizeof *questions);
	struct exchange *v = calloc(labels + 1, sizeof *v);
	struct bytes server_text = { 0 };
	char text[NAME_TEXT_MAX];
	struct address a;
	int rc;

	*out = (struct zone_found){ .security = RESOLVER_INSECURE };
	server_print(&server_text, server);
	if (questions == NULL || v == NULL) {
		rc = fault_set_nomem(why);
		goto out;
	}
	if ((rc = server_address(&a, server, why)) != ZP_OK)
		goto out;
	for (; n <= labels; n++) {
		struct name at = name_ancestor(name, n);

		if ((rc = message_query(&questions[n], &at, RRTYPE_SOA, false, false, why)) != ZP_OK)
			goto out;
		v[n] = (struct exchange){ .server = a, .query = &questions[n], .timeout_ms = timeout_ms };
	}
	if ((rc = exchange_run(v, n, NULL, why)) != ZP_OK)
		goto out;
	/* From the longest name on: the first that answers is the closest zone. */
	rc = judge_labels(out, v, n, why);
	if (rc == ZP_EREFUSED)
		rc = fault_set(why, rc, "the server %s serves no zone that holds %.200s: give the zone with "
		    "--zone, or another server", bytes_text(&server_text), name_print_host(text, name));
	else if (rc == ZP_ERETRY)
		(void)fault_prepend(why, "the server %s", bytes_text(&server_text));
out:
	for (unsigned i = 0; i <= labels && v != NULL; i++)
		exchange_release(&v[i]);
	for (unsigned i = 0; i <= labels && questions != NULL; i++)
		message_release(&questions[i]);
	free(v);
	free(questions);
	bytes_release(&server_text);
	return rc;
}

static int
link_add(struct alias_chain *c, const struct alias_link *link, struct fault *why)
{
	struct alias_link *v = reallocarray(c->v, c->n + 1, sizeof *v);

	if (v == NULL)
		return fault_set_nomem(why);
	c->v = v;
	v[c->n++] = *link;
	return ZP_OK;
}

/* The CNAME at from; false in *is_alias if there is none. */
static int
read_link(struct alias_link *link, bool *is_alias, struct resolver *r, const struct name *from,
    struct fault *why)
{
	struct resolver_answer a;
	struct zone_found zone;
	struct name above = name_ancestor(from, 1);
	int rc = resolver_ask(&a, r, from, RRTYPE_CNAME, why);

	*link = (struct alias_link){ .from = *from };
	*is_alias = false;
	if (rc != ZP_OK)
		return rc;
	rc = resolver_answer_need(&a, why);
	if (rc == ZP_EABSENT) {
		rc = ZP_OK;
		goto out;
	}
	if (rc != ZP_OK)
		goto out;
	rc = name_parse_wire(&link->to, a.set.v[0].data, a.set.v[0].len, why);
	/* No alias stands at the top of a zone, and asking above it does not follow it. */
	if (rc == ZP_OK)
		rc = discover_zone(&zone, r, &above, why);
	if (rc != ZP_OK)
		goto out;
	link->ttl = whole_ttl(&a);
	link->security = a.security;
	link->zone = zone.zone;
	*is_alias = true;
out:
	resolver_answer_release(&a);
	return rc;
}

int
discover_aliases(struct alias_chain *out, struct resolver *r, const struct name *owner,
    uint16_t type, struct fault *why)
{
	char text[NAME_TEXT_MAX];
	int rc = ZP_OK;

	*out = (struct alias_chain){ .end = *owner };
	while (type != RRTYPE_CNAME) {
		struct alias_link link;
		bool is_alias;

		rc = read_link(&link, &is_alias, r, &out->end, why);
		if (rc != ZP_OK || !is_alias)
			break;
		for (size_t i = 0; i < out->n && rc == ZP_OK; i++)
			if (name_equal(&out->v[i].from, &link.to))
				rc = ZP_EREFUSED;
		if (rc != ZP_OK || out->n == ALIASES_MAX || name_equal(&link.from, &link.to)) {
			rc = fault_set(why, ZP_EREFUSED, "the aliases at %.200s go in a circle or are more than %d",
			    name_print_host(text, owner), ALIASES_MAX);
			break;
		}
		if ((rc = link_add(out, &link, why)) != ZP_OK)
			break;
		out->end = link.to;
	}
	if (rc != ZP_OK)
		alias_chain_release(out);
	return rc;
}

void
alias_chain_release(struct alias_chain *c)
{
	free(c->v);
	*c = (struct alias_chain){ 0 };
}
