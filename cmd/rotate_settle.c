/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/rotate_settle.h"

#include <stdlib.h>

#include "cmd/show.h"
#include "publish/guide.h"
#include "zonegen/tlsa.h"

/* Where name leads; itself if it is no alias, or cannot be asked. */
static int
follow(struct name *end, struct guide *g, const struct name *name, uint16_t type,
    struct fault *why)
{
	struct alias_chain chain;
	int rc = guide_follow_aliases(&chain, g, name, type, why);

	*end = chain.end;
	alias_chain_release(&chain);
	return rc;
}

/* True if the addresses at name do not validate as secure. */
static int
is_insecure(bool *insecure, struct guide *g, const struct name *name, struct fault *why)
{
	static const uint16_t types[] = { RRTYPE_A, RRTYPE_AAAA };
	int rc = ZP_OK;

	*insecure = false;
	for (size_t i = 0; rc == ZP_OK && i < sizeof types / sizeof types[0]; i++) {
		struct resolver_answer a;

		rc = resolver_ask(&a, g->resolver, name, types[i], why);
		if (rc == ZP_OK && a.security == RESOLVER_INSECURE)
			*insecure = true;
		resolver_answer_release(&a);
	}
	return rc;
}

static int
settle_host(char **host, struct guide *g, const struct globals *globals, struct fault *why)
{
	char from[NAME_TEXT_MAX], to[NAME_TEXT_MAX];
	struct name name, end;
	bool insecure = false;
	int rc = name_parse_host(&name, *host, why);

	if (rc == ZP_OK)
		rc = follow(&end, g, &name, RRTYPE_A, why);
	if (rc != ZP_OK || name_equal(&name, &end))
		return rc;
	rc = is_insecure(&insecure, g, &end, why);
	if (rc != ZP_OK)
		return rc;
	(void)name_print_host(from, &name);
	(void)name_print_host(to, &end);
	if (!globals->quiet && insecure)
		show_warning("%s is an alias of %s, whose addresses are not secure: clients look for the TLSA "
		    "records at %s itself, if they do at all (RFC 7672 2.2.2)", from, to, from);
	else if (!globals->quiet)
		show_note("%s is an alias of %s: clients look for the TLSA records there (RFC 7672 2.2.3)",
		    from, to);
	return insecure ? ZP_OK : order_set(host, to, why);
}

/* *other: a zone section that covers the places, if the order's zone does not; else empty. */
static int
find_section(struct name *other, const struct order *o, struct guide *g,
    const struct rotate_source *source, struct fault *why)
{
	struct name zone = { 0 };
	bool inside = false, outside = false;
	int rc = o->zone == NULL ? ZP_OK : name_parse_host(&zone, o->zone, why);

	*other = (struct name){ 0 };
	for (size_t i = 0; rc == ZP_OK && i < o->hosts.n; i++)
		for (size_t j = 0; rc == ZP_OK && j < o->ports.n; j++) {
			char from[NAME_TEXT_MAX], to[NAME_TEXT_MAX], protocol[8];
			const struct conf_zone *section;
			struct name host, owner, end;
			uint16_t port;

			rc = name_parse_host(&host, o->hosts.v[i], why);
			if (rc == ZP_OK)
				rc = tlsa_parse_port(&port, protocol, o->ports.v[j], why);
			if (rc == ZP_OK)
				rc = tlsa_owner(&owner, port, protocol, &host, why);
			if (rc == ZP_OK)
				rc = follow(&end, g, &owner, RRTYPE_TLSA, why);
			if (rc != ZP_OK)
				break;
			if (name_is_empty(&zone) || name_is_under(&end, &zone)) {
				inside = true;
				continue;
			}
			outside = true;
			if (source->options->zone != NULL)
				return fault_set(why, ZP_EUSAGE, "%s does not lie in the zone %s that --zone names",
				    name_print(from, &end), o->zone);
			section = source->conf == NULL ? NULL : conf_zone_find(source->conf, &end);
			if (section == NULL)
				return fault_set(why, ZP_EUSAGE, "%s leads to %s, and no zone section covers that: whoever "
				    "runs that zone has to publish there, or the alias has to go",
				    name_print(from, &owner), name_print(to, &end));
			if (!name_is_empty(other) && !name_equal(other, &section->name))
				inside = true;
			*other = section->name;
		}
	if (rc == ZP_OK && inside && outside)
		return fault_set(why, ZP_EUSAGE, "the TLSA records of %s lie in several zones: ports that "
		    "share a certificate must lie in one", o->hosts.v[0]);
	return rc;
}

/* The same order, published by the section of another zone. */
static int
make_anew(struct order *o, const struct name *zone, const struct rotate_source *source,
    struct fault *why)
{
	struct rotate_options options = *source->options;
	struct order_list list = { 0 };
	char text[NAME_TEXT_MAX];
	int rc;

	options.zone = name_print_host(text, zone);
	rc = rotate_orders_make(&list, &options, source->globals, source->conf, &o->hosts, why);
	if (rc == ZP_OK && list.n > 0) {
		order_release(o);
		*o = list.v[0];
		list.v[0] = (struct order){ 0 };
	}
	order_list_release(&list);
	return rc;
}

/* An MX that is not secure keeps senders from looking for TLSA records at all (RFC 7672 2.2.1). */
static int
warn_of_mx(struct guide *g, const struct name *domain, const struct globals *globals,
    struct fault *why)
{
	struct resolver_answer a = { 0 };
	char text[NAME_TEXT_MAX];
	int rc = guide_need_resolver(g, why);

	if (rc == ZP_OK)
		rc = resolver_ask(&a, g->resolver, domain, RRTYPE_MX, why);
	if (rc == ZP_OK && !globals->quiet &&
	    (a.security == RESOLVER_BOGUS || (a.security == RESOLVER_INSECURE && a.set.n > 0)))
		show_warning("the MX of %s is %s: senders do not look for the TLSA records of its hosts "
		    "(RFC 7672 2.2.1)", name_print_host(text, domain), resolver_print_security(a.security));
	resolver_answer_release(&a);
	return rc == ZP_ERETRY ? ZP_OK : rc;
}

/* The mail domains that the configuration knows to be served by a host of the order. */
static int
warn_of_domains(const struct order *o, struct guide *g, const struct rotate_source *source,
    struct fault *why)
{
	int rc = ZP_OK;

	for (size_t i = 0; source->conf != NULL && i < source->conf->domains_n; i++) {
		const struct conf_domain *d = &source->conf->domains[i];
		bool ours = false;

		for (size_t j = 0; j < d->mx_n; j++) {
			char host[NAME_TEXT_MAX];

			ours = ours || strlist_has(&o->hosts, name_print_host(host, &d->mx[j].host));
		}
		if (rc == ZP_OK && ours)
			rc = warn_of_mx(g, &d->name, source->globals, why);
	}
	return rc;
}

int
rotate_settle(struct order *o, struct world *w, const struct rotate_source *source,
    struct fault *why)
{
	struct guide g = { .world = w, .order = o };
	struct name other = { 0 };
	int rc = ZP_OK;

	/* Asked by the names that were given, before aliases replace them. */
	if (guide_wants_resolver(&g))
		rc = warn_of_domains(o, &g, source, why);
	if (rc != ZP_OK || !guide_wants_resolver(&g) || guide_is_file(o)) {
		guide_release(&g);
		return rc;
	}
	for (size_t i = 0; rc == ZP_OK && i < o->hosts.n; i++)
		rc = settle_host(&o->hosts.v[i], &g, source->globals, why);
	if (rc == ZP_OK)
		rc = find_section(&other, o, &g, source, why);
	guide_release(&g);
	return rc == ZP_OK && !name_is_empty(&other) ? make_anew(o, &other, source, why) : rc;
}
