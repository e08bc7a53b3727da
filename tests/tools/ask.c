/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tests/tools/ask - what the resolver and the authorities say, for the tests.
 *
 *	ask [OPTION...] resolve NAME TYPE [NAME TYPE]...
 *	ask [OPTION...] trust ZONE
 *	ask [OPTION...] authority ZONE NAME TYPE [NAME TYPE]...
 *	ask [OPTION...] keys ZONE
 *	ask [OPTION...] zone NAME
 *	ask [OPTION...] servers ZONE
 *	ask [OPTION...] aliases NAME
 *	ask [OPTION...] path ZONE NAME
 *
 * Options: -f ADDR[@PORT] forwarder, -a FILE trust anchor, -s ZONE=ADDR stub,
 * -t MS time-out, -S ADDR[@PORT] a server (again for more), -m S margin,
 * -i without keys, -T TCP only.  One line for each answer, words first, then
 * the reason.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dns/wire.h"
#include "live/authority.h"
#include "live/discover.h"
#include "live/resolver.h"
#include "live/trust.h"

enum { STUBS_MAX = 16, QUESTIONS_MAX = 256 };

struct request {
	struct resolver_options options;
	struct resolver_stub stubs[STUBS_MAX];
	struct server stub_servers[STUBS_MAX];
	struct server_list servers;
	uint32_t margin_s;
	bool insecure, tcp;
	char **words;
	int n;
};

static int
fail(const struct fault *why)
{
	fprintf(stderr, "ask: %s\n", why->text);
	return why->class;
}

static void
print_set(const struct rrset *set)
{
	struct bytes text = { 0 };

	for (size_t i = 0; i < set->n; i++) {
		bytes_clear(&text);
		if (wire_print_rdata(&text, set->type, set->v[i].data, set->v[i].len, NULL) == ZP_OK)
			printf("  %s\n", bytes_text(&text));
	}
	bytes_release(&text);
}

static int
do_resolve(const struct request *rq)
{
	static struct resolver_question q[QUESTIONS_MAX];
	static struct resolver_answer a[QUESTIONS_MAX];
	struct resolver *r = NULL;
	struct fault why = { 0 };
	size_t n = 0;
	int rc;

	for (int i = 0; i + 1 < rq->n && n < QUESTIONS_MAX; i += 2, n++)
		if ((rc = name_parse(&q[n].owner, rq->words[i], NULL, &why)) != ZP_OK ||
		    (rc = wire_parse_type(&q[n].type, rq->words[i + 1], &why)) != ZP_OK)
			return fail(&why);
	if ((rc = resolver_make(&r, &rq->options, &why)) != ZP_OK ||
	    (rc = resolver_ask_many(a, r, q, n, &why)) != ZP_OK)
		rc = fail(&why);
	for (size_t i = 0; i < n && rc == ZP_OK; i++) {
		char name[NAME_TEXT_MAX], type[16];

		printf("%s %s %s %s records=%zu sigs=%zu aliases=%zu ttl=%u %s\n",
		    name_print_host(name, &a[i].owner), wire_print_type(type, a[i].type),
		    resolver_print_security(a[i].security), resolver_print_kind(a[i].kind), a[i].set.n,
		    a[i].sigs.n, a[i].aliases.n, a[i].ttl, a[i].reason);
		print_set(&a[i].set);
		resolver_answer_release(&a[i]);
	}
	resolver_free(r);
	return rc;
}

static int
do_trust(const struct request *rq)
{
	struct resolver *r = NULL;
	struct trust_chain c = { 0 };
	struct name zone;
	struct fault why = { 0 };
	char level[NAME_TEXT_MAX];
	int rc;

	if ((rc = name_parse(&zone, rq->words[0], NULL, &why)) != ZP_OK ||
	    (rc = resolver_make(&r, &rq->options, &why)) != ZP_OK ||
	    (rc = trust_follow(&c, r, &zone, &why)) != ZP_OK)
		rc = fail(&why);
	else
		printf("%s %s keys=%zu %s\n", trust_print_state(c.state), name_print_host(level, &c.level),
		    c.keys.n, c.text);
	trust_release(&c);
	resolver_free(r);
	return rc;
}

/* The keys of the zone: by its anchor from the servers themselves, else through the resolver. */
static int
zone_keys(struct rrset *keys, struct resolver *r, const struct request *rq, const struct name *zone,
    struct fault *why)
{
	struct trust_chain c = { 0 };
	const struct rrset *anchor = resolver_anchor(r, zone);
	int rc;

	if (anchor != NULL && name_equal(&anchor->owner, zone))
		return authority_keys(keys, &rq->servers, anchor, rq->options.timeout_ms, why);
	if ((rc = trust_follow(&c, r, zone, why)) == ZP_OK && (rc = trust_need(&c, why)) == ZP_OK)
		rc = rrset_copy(keys, &c.keys, why);
	trust_release(&c);
	return rc;
}

static void
print_sighting(const struct sighting *s)
{
	char source[NAME_TEXT_MAX];
	struct bytes text = { 0 };

	printf("%s %s ", sighting_print_answer(s->answer), verify_print_outcome(s->trust));
	sighting_print(&text, s);
	printf("%s", bytes_text(&text));
	if (s->wildcard)
		printf(" [from %s]", name_print_host(source, &s->wildcard_source));
	if (s->empty_non_terminal)
		printf(" [ent]");
	printf("\n");
	bytes_release(&text);
	print_set(&s->set);
}

static int
do_authority(const struct request *rq)
{
	struct authority_place places[QUESTIONS_MAX];
	struct authority_round round = { .servers = &rq->servers, .places = places,
		.margin_s = rq->margin_s, .timeout_ms = rq->options.timeout_ms, .tcp = rq->tcp };
	struct sighting_list seen = { 0 };
	const struct sighting *broken;
	struct rrset keys = { 0 };
	struct resolver *r = NULL;
	struct fault why = { 0 };
	int rc;

	if ((rc = name_parse(&round.zone, rq->words[0], NULL, &why)) != ZP_OK)
		return fail(&why);
	for (int i = 1; i + 1 < rq->n; i += 2, round.n_places++) {
		struct authority_place *p = &places[round.n_places];

		if ((rc = name_parse(&p->owner, rq->words[i], NULL, &why)) != ZP_OK ||
		    (rc = wire_parse_type(&p->type, rq->words[i + 1], &why)) != ZP_OK)
			return fail(&why);
	}
	if ((!rq->insecure && ((rc = resolver_make(&r, &rq->options, &why)) != ZP_OK ||
	    (rc = zone_keys(&keys, r, rq, &round.zone, &why)) != ZP_OK)))
		goto out;
	round.keys = &keys;
	if ((rc = authority_ask(&seen, &round, &why)) != ZP_OK)
		goto out;
	for (size_t i = 0; i < seen.n; i++)
		print_sighting(&seen.v[i]);
	broken = sighting_find_broken_parent(&seen);
	if (broken != NULL)
		printf("broken-parent %s\n", broken->server.address);
out:
	if (rc != ZP_OK)
		(void)fail(&why);
	sighting_list_release(&seen);
	rrset_release(&keys);
	resolver_free(r);
	return rc;
}

static int
do_keys(const struct request *rq)
{
	struct resolver *r = NULL;
	struct rrset keys = { 0 };
	struct name zone;
	struct fault why = { 0 };
	int rc;

	if ((rc = name_parse(&zone, rq->words[0], NULL, &why)) != ZP_OK ||
	    (rc = resolver_make(&r, &rq->options, &why)) != ZP_OK ||
	    (rc = zone_keys(&keys, r, rq, &zone, &why)) != ZP_OK)
		rc = fail(&why);
	else
		printf("keys=%zu\n", keys.n);
	rrset_release(&keys);
	resolver_free(r);
	return rc;
}

static int
do_zone(const struct request *rq)
{
	struct resolver *r = NULL;
	struct zone_found z;
	struct name name;
	struct fault why = { 0 };
	char zone[NAME_TEXT_MAX], primary[NAME_TEXT_MAX];
	int rc;

	if ((rc = name_parse(&name, rq->words[0], NULL, &why)) != ZP_OK)
		return fail(&why);
	if (rq->servers.n > 0)
		rc = discover_zone_at(&z, &rq->servers.v[0], &name, rq->options.timeout_ms, &why);
	else if ((rc = resolver_make(&r, &rq->options, &why)) == ZP_OK)
		rc = discover_zone(&z, r, &name, &why);
	if (rc == ZP_OK)
		printf("%s %s %u %u %u %s\n", name_print_host(zone, &z.zone),
		    name_print_host(primary, &z.primary), z.serial, z.soa_ttl, z.minimum,
		    resolver_print_security(z.security));
	else
		(void)fail(&why);
	resolver_free(r);
	return rc;
}

static int
do_servers(const struct request *rq)
{
	struct server_list found = { 0 };
	struct resolver *r = NULL;
	struct zone_found z;
	struct name name;
	struct fault why = { 0 };
	int rc;

	if ((rc = name_parse(&name, rq->words[0], NULL, &why)) != ZP_OK ||
	    (rc = resolver_make(&r, &rq->options, &why)) != ZP_OK ||
	    (rc = discover_zone(&z, r, &name, &why)) != ZP_OK ||
	    (rc = discover_servers(&found, r, &z, 53, &why)) != ZP_OK)
		rc = fail(&why);
	for (size_t i = 0; i < found.n && rc == ZP_OK; i++) {
		const struct server *s = &found.v[i];
		char host[NAME_TEXT_MAX];

		printf("%s %s%s%s%s%s\n", s->address, name_print_host(host, &s->name),
		    (s->origin & SERVER_PARENT) != 0 ? " parent" : "",
		    (s->origin & SERVER_CHILD) != 0 ? " child" : "",
		    (s->origin & SERVER_PRIMARY) != 0 ? " primary" : "",
		    (s->origin & SERVER_UNROUTED) != 0 ? " unrouted" : "");
	}
	server_list_release(&found);
	resolver_free(r);
	return rc;
}

static int
do_aliases(const struct request *rq)
{
	struct alias_chain c = { 0 };
	struct resolver *r = NULL;
	struct name name;
	struct fault why = { 0 };
	char from[NAME_TEXT_MAX], to[NAME_TEXT_MAX], zone[NAME_TEXT_MAX];
	int rc;

	if ((rc = name_parse(&name, rq->words[0], NULL, &why)) != ZP_OK ||
	    (rc = resolver_make(&r, &rq->options, &why)) != ZP_OK ||
	    (rc = discover_aliases(&c, r, &name, RRTYPE_TLSA, &why)) != ZP_OK)
		rc = fail(&why);
	for (size_t i = 0; i < c.n && rc == ZP_OK; i++)
		printf("%s %s %u %s %s\n", name_print_host(from, &c.v[i].from),
		    name_print_host(to, &c.v[i].to), c.v[i].ttl, name_print_host(zone, &c.v[i].zone),
		    resolver_print_security(c.v[i].security));
	if (rc == ZP_OK)
		printf("end %s\n", name_print_host(to, &c.end));
	alias_chain_release(&c);
	resolver_free(r);
	return rc;
}

static const struct {
	const char *word;
	int (*run)(const struct request *rq);
} verbs[] = {
	{ "resolve", do_resolve }, { "trust", do_trust }, { "authority", do_authority },
	{ "keys", do_keys }, { "zone", do_zone }, { "servers", do_servers },
	{ "aliases", do_aliases }
};

static int
add_stub(struct request *rq, char *text)
{
	size_t n = rq->options.n_stubs;
	char *address = strchr(text, '=');
	struct fault why = { 0 };

	if (address == NULL || n == STUBS_MAX)
		return ZP_EUSAGE;
	*address++ = '\0';
	if (name_parse(&rq->stubs[n].zone, text, NULL, &why) != ZP_OK ||
	    server_parse(&rq->stub_servers[n], address, &why) != ZP_OK)
		return fail(&why);
	rq->stubs[n].v = &rq->stub_servers[n];
	rq->stubs[n].n = 1;
	rq->options.n_stubs++;
	return ZP_OK;
}

static int
add_server(struct request *rq, const char *text)
{
	struct server s;
	struct fault why = { 0 };

	if (server_parse(&s, text, &why) != ZP_OK || server_list_add(&rq->servers, &s, &why) != ZP_OK)
		return fail(&why);
	return ZP_OK;
}

int
main(int argc, char **argv)
{
	struct request rq = { .options = { .stubs = NULL } };
	int c, rc = ZP_EUSAGE;

	rq.options.stubs = rq.stubs;
	while ((c = getopt(argc, argv, "f:a:s:t:S:m:iT")) != -1) {
		switch (c) {
		case 'f':
			rq.options.forward = optarg;
			break;
		case 'a':
			rq.options.anchor_file = optarg;
			break;
		case 's':
			if (add_stub(&rq, optarg) != ZP_OK)
				return ZP_EUSAGE;
			break;
		case 't':
			rq.options.timeout_ms = (int)strtol(optarg, NULL, 10);
			break;
		case 'S':
			if (add_server(&rq, optarg) != ZP_OK)
				return ZP_EUSAGE;
			break;
		case 'm':
			rq.margin_s = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 'i':
			rq.insecure = true;
			break;
		case 'T':
			rq.tcp = true;
			break;
		default:
			return ZP_EUSAGE;
		}
	}
	rq.words = argv + optind + 1;
	rq.n = argc - optind - 1;
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0] && rq.n > 0; i++) {
		if (strcmp(argv[optind], verbs[i].word) != 0)
			continue;
		rc = verbs[i].run(&rq);
		server_list_release(&rq.servers);
		return rc;
	}
	fprintf(stderr, "usage: ask [OPTION...] resolve|trust|authority|keys|zone|servers|aliases ...\n");
	return rc;
}
