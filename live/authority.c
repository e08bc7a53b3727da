/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "live/authority.h"

#include <stdio.h>
#include <stdlib.h>

#include "dns/exchange.h"
#include "dns/message.h"
#include "dns/soa.h"
#include "dns/verify.h"
#include "live/judge.h"

enum {
	TIMEOUT_MS = 5000,
	UDP_TRIES = 2
};

/* All questions to all servers, servers in their order, questions within. */
struct table {
	struct message *questions;
	size_t n_questions;
	struct exchange *v;
	size_t n;
};

static void
table_release(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		exchange_release(&t->v[i]);
	for (size_t i = 0; i < t->n_questions; i++)
		message_release(&t->questions[i]);
	free(t->v);
	free(t->questions);
	*t = (struct table){ 0 };
}

static int
table_make(struct table *t, const struct server_list *servers, const struct authority_place *places,
    size_t n, struct fault *why)
{
	int rc = ZP_OK;

	*t = (struct table){ 0 };
	t->questions = calloc(n, sizeof *t->questions);
	t->v = calloc(servers->n * n, sizeof *t->v);
	if (t->questions == NULL || t->v == NULL) {
		rc = fault_set_nomem(why);
		goto out;
	}
	for (; t->n_questions < n && rc == ZP_OK; t->n_questions++) {
		const struct authority_place *p = &places[t->n_questions];

		rc = message_query(&t->questions[t->n_questions], &p->owner, p->type, false, true, why);
	}
	for (size_t i = 0; i < servers->n && rc == ZP_OK; i++) {
		struct address a;

		rc = server_address(&a, &servers->v[i], why);
		for (size_t j = 0; j < n && rc == ZP_OK; j++)
			t->v[t->n++] = (struct exchange){ .server = a, .query = &t->questions[j] };
	}
out:
	if (rc != ZP_OK)
		table_release(t);
	return rc;
}

/*
 * First by UDP, unless TCP is asked for; what stayed without a reply goes by
 * TCP, as some servers hear nothing else.
 */
static int
table_run(struct table *t, int timeout_ms, bool tcp, struct fault *why)
{
	int whole = timeout_ms > 0 ? timeout_ms : TIMEOUT_MS, half = whole / 2;
	struct exchange *again;
	size_t *from, n = 0;
	int rc;

	for (size_t i = 0; i < t->n; i++) {
		t->v[i].transport = tcp ? TRANSPORT_TCP : TRANSPORT_UDP;
		t->v[i].timeout_ms = tcp ? whole : half;
		t->v[i].udp_timeout_ms = half / UDP_TRIES;
		t->v[i].udp_tries = UDP_TRIES;
	}
	rc = exchange_run(t->v, t->n, NULL, why);
	if (rc != ZP_OK || tcp)
		return rc;
	again = calloc(t->n, sizeof *again);
	from = calloc(t->n, sizeof *from);
	if (again == NULL || from == NULL) {
		rc = fault_set_nomem(why);
		goto out;
	}
	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i].class != ZP_ERETRY)
			continue;
		again[n] = (struct exchange){ .server = t->v[i].server, .query = t->v[i].query,
			.transport = TRANSPORT_TCP, .timeout_ms = half };
		from[n++] = i;
	}
	if (n > 0)
		rc = exchange_run(again, n, NULL, why);
	for (size_t i = 0; i < n; i++) {
		exchange_release(&t->v[from[i]]);
		t->v[from[i]] = again[i];
	}
out:
	free(from);
	free(again);
	return rc;
}

static int
sighting_make(struct sighting *s, const struct server *server, const struct authority_place *place,
    const struct exchange *x, const struct judge_terms *terms, struct fault *why)
{
	*s = (struct sighting){ .server = *server, .owner = place->owner, .type = place->type,
		.when = x->at, .trust = VERIFY_UNCHECKED };
	switch (x->class) {
	case ZP_OK:
		return judge_reply(s, &x->reply, terms, why);
	case ZP_ERETRY:
		s->answer = SIGHTING_SILENT;
		break;
	case ZP_ELOCAL:
		return fault_set(why, ZP_ELOCAL, "%s", x->why.text);
	default:
		s->answer = SIGHTING_GARBLED;
	}
	(void)snprintf(s->reason, sizeof s->reason, "%.*s", (int)sizeof s->reason - 1, x->why.text);
	return ZP_OK;
}

/* The places and, if it is not among them, the SOA; *extra tells. */
static int
places_with_soa(struct authority_place **out, bool *extra, const struct authority_round *round,
    struct fault *why)
{
	struct authority_place *v = calloc(round->n_places + 1, sizeof *v);
	char owner[NAME_TEXT_MAX], zone[NAME_TEXT_MAX];

	*out = NULL;
	*extra = true;
	if (v == NULL)
		return fault_set_nomem(why);
	for (size_t i = 0; i < round->n_places; i++) {
		v[i] = round->places[i];
		if (!name_is_under(&v[i].owner, &round->zone)) {
			free(v);
			return fault_set(why, ZP_EUSAGE, "%.200s lies outside of the zone %.200s",
			    name_print_host(owner, &round->places[i].owner),
			    name_print_host(zone, &round->zone));
		}
		if (v[i].type == RRTYPE_SOA && name_equal(&v[i].owner, &round->zone))
			*extra = false;
	}
	v[round->n_places] = (struct authority_place){ .owner = round->zone, .type = RRTYPE_SOA };
	*out = v;
	return ZP_OK;
}

/* The sightings of one server, its row of the table, into the list. */
static int
gather_server(struct sighting_list *out, const struct authority_round *round, size_t which,
    const struct authority_place *places, const struct table *t, struct fault *why)
{
	const struct judge_terms terms = { .zone = &round->zone, .keys = round->keys,
		.margin_s = round->margin_s };
	size_t first = out->n, n = t->n_questions;
	bool has_serial = false;
	struct soa soa;

	for (size_t i = 0; i < n; i++) {
		struct sighting s;
		int rc = sighting_make(&s, &round->servers->v[which], &places[i], &t->v[which * n + i], &terms,
		    why);

		if (rc == ZP_OK && s.type == RRTYPE_SOA && s.answer == SIGHTING_PRESENT &&
		    name_equal(&s.owner, &round->zone))
			has_serial = soa_parse(&soa, &s.set);
		if (rc == ZP_OK && i < round->n_places)
			rc = sighting_list_take(out, &s, why);
		sighting_release(&s);
		if (rc != ZP_OK)
			return rc;
	}
	for (size_t i = first; has_serial && i < out->n; i++) {
		out->v[i].has_serial = true;
		out->v[i].serial = soa.serial;
	}
	return ZP_OK;
}

int
authority_ask(struct sighting_list *out, const struct authority_round *round, struct fault *why)
{
	struct authority_place *places = NULL;
	struct table t = { 0 };
	bool extra;
	int rc;

	*out = (struct sighting_list){ 0 };
	if (round->servers->n == 0)
		return fault_set(why, ZP_EUSAGE, "there is no server to ask");
	if ((rc = places_with_soa(&places, &extra, round, why)) != ZP_OK)
		return rc;
	if ((rc = table_make(&t, round->servers, places, round->n_places + extra, why)) == ZP_OK)
		rc = table_run(&t, round->timeout_ms, round->tcp, why);
	for (size_t i = 0; i < round->servers->n && rc == ZP_OK; i++)
		rc = gather_server(out, round, i, places, &t, why);
	if (rc != ZP_OK)
		sighting_list_release(out);
	table_release(&t);
	free(places);
	return rc;
}

int
authority_keys(struct rrset *keys, const struct server_list *servers, const struct rrset *anchor,
    int timeout_ms, struct fault *why)
{
	const struct authority_place place = { .owner = anchor->owner, .type = RRTYPE_DNSKEY };
	char zone[NAME_TEXT_MAX], reason[VERIFY_REASON_MAX] = "";
	struct table t = { 0 };
	bool found = false;
	int rc;

	*keys = (struct rrset){ 0 };
	if ((rc = table_make(&t, servers, &place, 1, why)) != ZP_OK ||
	    (rc = table_run(&t, timeout_ms, false, why)) != ZP_OK)
		goto out;
	for (size_t i = 0; i < t.n && !found; i++) {
		const struct exchange *x = &t.v[i];
		struct rrset set = { 0 }, sigs = { 0 };
		struct verify_result v;
		bool matched;

		if (x->class != ZP_OK || (x->reply.flags & FLAG_AA) == 0)
			continue;
		rc = message_rrset(&set, &sigs, &x->reply.section[SECTION_ANSWER], &anchor->owner,
		    RRTYPE_DNSKEY, why);
		if (rc == ZP_OK)
			rc = verify_keys(&v, &matched, &set, &sigs, anchor, x->at.wall / 1000, why);
		if (rc == ZP_OK && v.outcome == VERIFY_VALID) {
			found = true;
			*keys = set;
			set = (struct rrset){ 0 };
		} else if (rc == ZP_OK)
			(void)snprintf(reason, sizeof reason, "%s", v.reason);
		rrset_release(&set);
		rrset_release(&sigs);
		if (rc != ZP_OK)
			goto out;
	}
	if (found)
		goto out;
	(void)name_print_host(zone, &anchor->owner);
	rc = reason[0] != '\0' ?
	    fault_set(why, ZP_EUNSAFE, "the DNSKEY records of %.200s do not hold: %s", zone, reason) :
	    fault_set(why, ZP_ERETRY, "no server of %.200s gave its DNSKEY records", zone);
out:
	table_release(&t);
	return rc;
}
