/* SPDX-License-Identifier: BSD-2-Clause */
/* The look of the real world: what every server says of every place of an order. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "dns/wire.h"
#include "keys/tsigfile.h"
#include "live/authority.h"
#include "publish/guide.h"
#include "publish/look_file.h"
#include "zonegen/tlsa.h"

enum { ALIASES_MAX = 8 };

/* Aliases at the owner of a place, as a resolver sees them. */
static int
follow_aliases(struct place *p, struct guide *g, struct fault *why)
{
	struct alias_chain chain = { 0 };
	int rc;

	/* A zone file shows its own aliases. */
	if (!guide_wants_resolver(g) || guide_is_file(g->order))
		return ZP_OK;
	rc = guide_follow_aliases(&chain, g, &p->owner, RRTYPE_TLSA, why);
	for (size_t i = 0; rc == ZP_OK && i < chain.n; i++)
		if (chain.v[i].ttl > p->link_ttl)
			p->link_ttl = chain.v[i].ttl;
	if (rc == ZP_OK && chain.n > 0)
		p->owner = chain.end;
	alias_chain_release(&chain);
	return rc;
}

static int
make_places(struct look *out, struct guide *g, struct fault *why)
{
	const struct order *o = g->order;
	int rc = ZP_OK;

	out->places = calloc(o->hosts.n * o->ports.n, sizeof *out->places);
	if (out->places == NULL)
		return fault_set_nomem(why);
	for (size_t i = 0; i < o->hosts.n; i++)
		for (size_t j = 0; rc == ZP_OK && j < o->ports.n; j++) {
			struct place *p = &out->places[out->places_n++];
			char protocol[8];

			rc = name_parse_host(&p->host, o->hosts.v[i], why);
			if (rc == ZP_OK)
				rc = tlsa_parse_port(&p->port, protocol, o->ports.v[j], why);
			if (rc == ZP_OK)
				rc = tlsa_owner(&p->owner, p->port, protocol, &p->host, why);
			if (rc == ZP_OK)
				rc = follow_aliases(p, g, why);
		}
	return rc;
}

static int
check_zone(struct look *look, const struct guide *g, struct fault *why)
{
	char owner[NAME_TEXT_MAX], zone[NAME_TEXT_MAX];

	for (size_t i = 0; i < look->places_n; i++) {
		if (!name_is_under(&look->places[i].owner, &g->zone))
			return fault_set(why, ZP_EUSAGE, "%s does not lie in the zone %s: its records have to be "
			    "published where they are (another --zone)",
			    name_print(owner, &look->places[i].owner), name_print(zone, &g->zone));
		look->places[i].zone = g->zone;
	}
	return ZP_OK;
}

/* The owners of all places, and the names between them and the zone (RFC 8020), each once. */
static int
list_questions(struct authority_place **out, size_t *n, const struct look *look,
    const struct name *zone, struct fault *why)
{
	*n = 0;
	*out = NULL;
	for (size_t i = 0; i < look->places_n; i++) {
		struct name at = look->places[i].owner;

		for (; name_labels(&at) > name_labels(zone); at = name_ancestor(&at, 1)) {
			struct authority_place *v;
			bool there = false;

			for (size_t j = 0; j < *n; j++)
				there = there || name_equal(&(*out)[j].owner, &at);
			if (there)
				break;
			v = reallocarray(*out, *n + 1, sizeof *v);
			if (v == NULL)
				return fault_set_nomem(why);
			*out = v;
			v[(*n)++] = (struct authority_place){ .owner = at, .type = RRTYPE_TLSA };
		}
	}
	return ZP_OK;
}

static int
ask_everyone(struct look *look, struct guide *g, struct fault *why)
{
	struct authority_place *questions;
	size_t n;
	int rc = list_questions(&questions, &n, look, &g->zone, why);

	if (rc == ZP_OK && g->servers.n > 0) {
		struct authority_round round = {
			.zone = g->zone, .servers = &g->servers, .places = questions, .n_places = n,
			.keys = &g->keys, .timeout_ms = GUIDE_SERVER_TIMEOUT_MS
		};

		rc = authority_ask(&look->seen, &round, why);
	}
	if (rc == ZP_OK && guide_is_file(g->order))
		{
		struct authority_round round = {
			.zone = g->zone, .places = questions, .n_places = n, .keys = &g->keys
		};

		rc = look_file_ask(&look->seen, g->order, &round, g->unsigned_file, why);
	}
	free(questions);
	return rc;
}

/*
 * An alias that only the servers show (nobody to resolve it): the place is
 * where it leads.  *moved: ask again.
 */
static int
follow_sightings(bool *moved, struct look *look, struct fault *why)
{
	*moved = false;
	for (size_t i = 0; i < look->places_n; i++) {
		struct place *p = &look->places[i];
		const struct sighting *s = NULL;

		for (size_t j = 0; j < look->seen.n; j++)
			if (look->seen.v[j].answer == SIGHTING_ALIAS && look->seen.v[j].set.n > 0 &&
			    name_equal(&look->seen.v[j].owner, &p->owner))
				s = &look->seen.v[j];
		if (s == NULL)
			continue;
		if (s->set.ttl > p->link_ttl)
			p->link_ttl = s->set.ttl;
		if (name_parse_wire(&p->owner, s->set.v[0].data, s->set.v[0].len, why) != ZP_OK)
			return why->class;
		*moved = true;
	}
	return ZP_OK;
}

/*
 * What would keep DANE clients from using the records: addresses that are not
 * secure (RFC 7672 2.2.2), answers whose signatures do not hold.
 */
static int
warn_of_hosts(struct look *look, struct guide *g, struct fault *why)
{
	static const uint16_t types[] = { RRTYPE_A, RRTYPE_AAAA };
	int rc = ZP_OK;

	if (!guide_wants_resolver(g) || guide_is_file(g->order))
		return ZP_OK;
	rc = guide_need_resolver(g, why);
	for (size_t i = 0; rc == ZP_OK && i < look->places_n; i++)
		for (size_t j = 0; rc == ZP_OK && j < sizeof types / sizeof types[0]; j++) {
			struct resolver_answer a;
			char host[NAME_TEXT_MAX], type[16];
			struct bytes text = { 0 };

			if (i > 0 && name_equal(&look->places[i].host, &look->places[i - 1].host))
				continue;
			rc = resolver_ask(&a, g->resolver, &look->places[i].host, types[j], why);
			/* A warning that cannot be given is no reason to stop. */
			if (rc == ZP_ERETRY)
				rc = ZP_OK;
			/* An alias into an insecure zone leaves clients the TLSA records of its own name. */
			else if (rc == ZP_OK && (a.security == RESOLVER_BOGUS ||
			    (a.security == RESOLVER_INSECURE && a.aliases.n == 0))) {
				bytes_printf(&text, "%s %s is %s%s%s: DANE clients will not use its TLSA records "
				    "(RFC 7672 2.2.2)", name_print_host(host, &look->places[i].host),
				    wire_print_type(type, types[j]), resolver_print_security(a.security),
				    a.reason[0] != '\0' ? ": " : "", a.reason);
				rc = strlist_take(&look->warnings, bytes_take_text(&text), why);
			}
			resolver_answer_release(&a);
		}
	return rc;
}

/* A key that others can read, or of an algorithm that is broken (RFC 6151). */
static int
warn_of_key(struct look *look, const struct order *o, struct fault *why)
{
	struct tsig_key key = { 0 };
	struct tsigfile_notes notes = { 0 };
	struct bytes text = { 0 };
	int rc = ZP_OK;

	/* A file that cannot be read is told of when it is used. */
	if (o->tsig_file != NULL && tsigfile_read(&key, &notes, o->tsig_file, NULL) == ZP_OK) {
		if (notes.is_exposed)
			bytes_printf(&text, "others can read the key in %s: chmod o-r", o->tsig_file);
		else if (notes.is_md5)
			bytes_printf(&text, "the key in %s is of HMAC-MD5: make one of hmac-sha256", o->tsig_file);
	}
	tsig_key_release(&key);
	if (text.len > 0)
		rc = strlist_take(&look->warnings, bytes_take_text(&text), why);
	return rc;
}

static int
warn_of_signatures(struct look *look, const struct order *o, struct fault *why)
{
	int rc = ZP_OK;

	for (size_t i = 0; rc == ZP_OK && i < look->seen.n; i++) {
		const struct sighting *s = &look->seen.v[i];
		struct bytes text = { 0 };

		if (!sighting_is_answer(s) || sighting_is_trusted(s, o->allow_insecure))
			continue;
		sighting_print(&text, s);
		bytes_append_text(&text, sighting_is_absence(s) ?
		    "; a bogus denial keeps mail from this host as a bogus record does" : "");
		rc = strlist_take(&look->warnings, bytes_take_text(&text), why);
	}
	return rc;
}

int
world_look(void *world, const struct order *o, struct look *out, struct fault *why)
{
	struct guide g = { .world = world, .order = o };
	bool moved = true;
	int rc;

	*out = (struct look){ 0 };
	rc = make_places(out, &g, why);
	if (rc == ZP_OK)
		rc = guide_find_zone(&g, &out->places[0].owner, why);
	if (rc == ZP_OK)
		rc = check_zone(out, &g, why);
	if (rc == ZP_OK)
		rc = guide_keep_file(&g, out, NULL, why);
	if (rc == ZP_OK)
		rc = guide_need_trust(&g, out, why);
	if (rc == ZP_OK)
		rc = guide_find_servers(&g, out, why);
	for (int i = 0; rc == ZP_OK && moved && i < ALIASES_MAX; i++) {
		sighting_list_release(&out->seen);
		rc = ask_everyone(out, &g, why);
		if (rc == ZP_OK)
			rc = follow_sightings(&moved, out, why);
		if (rc == ZP_OK)
			rc = check_zone(out, &g, why);
	}
	if (rc == ZP_OK && !g.unsigned_file)
		rc = guide_keep_file(&g, out, out, why);
	/* Of a file that would be signed first there is nothing to say yet. */
	if (rc == ZP_OK && !g.unsigned_file)
		rc = warn_of_signatures(out, o, why);
	if (rc == ZP_OK && world_is_first_look(world)) {
		rc = warn_of_key(out, o, why);
		if (rc == ZP_OK)
			rc = warn_of_hosts(out, &g, why);
	}
	guide_release(&g);
	if (rc != ZP_OK)
		look_release(out);
	return rc;
}
