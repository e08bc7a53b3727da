/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dns/exchange.h"
#include "live/discover.h"

enum { PARENT_SERVERS_MAX = 8, PARENT_TIMEOUT_MS = 4000 };

/* Names of servers, with where each was found. */
struct host {
	struct name name;
	unsigned origin;
	bool needed;		/* in an NS set: without an address nobody can ask it */
};

struct host_list {
	struct host *v;
	size_t n;
};

static int
host_add(struct host_list *l, const struct name *name, unsigned origin, struct fault *why)
{
	struct host *v;

	for (size_t i = 0; i < l->n; i++) {
		if (!name_equal(&l->v[i].name, name))
			continue;
		l->v[i].origin |= origin;
		l->v[i].needed |= origin != SERVER_PRIMARY;
		return ZP_OK;
	}
	v = reallocarray(l->v, l->n + 1, sizeof *v);
	if (v == NULL)
		return fault_set_nomem(why);
	l->v = v;
	v[l->n++] = (struct host){ .name = *name, .origin = origin,
		.needed = origin != SERVER_PRIMARY };
	return ZP_OK;
}

static int
hosts_from_ns(struct host_list *l, const struct rrset *ns, unsigned origin, struct fault *why)
{
	int rc = ZP_OK;

	for (size_t i = 0; i < ns->n && rc == ZP_OK; i++) {
		struct name name;

		rc = name_parse_wire(&name, ns->v[i].data, ns->v[i].len, why);
		if (rc == ZP_OK)
			rc = host_add(l, &name, origin, why);
	}
	return rc;
}

/* Has this machine a way to the address? Nothing is sent. */
static bool
is_routed(const struct server *s)
{
	struct address a;
	bool yes;
	int fd;

	if (server_address(&a, s, NULL) != ZP_OK)
		return false;
	fd = socket(a.at.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	yes = fd >= 0 && connect(fd, (const struct sockaddr *)&a.at, a.len) == 0;
	if (fd >= 0)
		(void)close(fd);
	return yes;
}

static int
server_from_rdata(struct server *out, const struct name *name, const struct rdata *r,
    uint16_t port, unsigned origin)
{
	struct address a;

	if (address_parse_rdata(&a, r->data, r->len, port, NULL) != ZP_OK)
		return ZP_EUSAGE;
	server_from_address(out, &a);
	out->name = *name;
	out->origin = origin;
	return ZP_OK;
}

/* The addresses in two answers, A and AAAA; *n counts them. */
static int
add_addresses(struct server_list *out, size_t *n, const struct resolver_answer pair[2],
    const struct host *host, uint16_t port, struct fault *why)
{
	int rc = ZP_OK;

	*n = 0;
	for (unsigned f = 0; f < 2; f++) {
		for (size_t i = 0; i < pair[f].set.n && rc == ZP_OK; i++) {
			struct server s;

			if (server_from_rdata(&s, &host->name, &pair[f].set.v[i], port,
			    host->origin) != ZP_OK)
				continue;
			if (!is_routed(&s))
				s.origin |= SERVER_UNROUTED;
			rc = server_list_add(out, &s, why);
			++*n;
		}
	}
	return rc;
}

/* Both addresses of every host, through the resolver, all at once. */
static int
resolve_hosts(struct server_list *out, struct resolver *r, const struct host_list *hosts,
    uint16_t port, struct fault *why)
{
	size_t n = 2 * hosts->n;
	struct resolver_question *q = calloc(n > 0 ? n : 1, sizeof *q);
	struct resolver_answer *a = calloc(n > 0 ? n : 1, sizeof *a);
	char text[NAME_TEXT_MAX];
	int rc = ZP_OK;

	if (q == NULL || a == NULL) {
		rc = fault_set_nomem(why);
		goto out;
	}
	for (size_t i = 0; i < n; i++)
		q[i] = (struct resolver_question){ .owner = hosts->v[i / 2].name, .unchecked = true,
			.type = i % 2 == 0 ? RRTYPE_A : RRTYPE_AAAA };
	if ((rc = resolver_ask_many(a, r, q, n, why)) != ZP_OK)
		goto out;
	for (size_t i = 0; i < hosts->n && rc == ZP_OK; i++) {
		const struct resolver_answer *pair = &a[2 * i];
		size_t found;

		rc = add_addresses(out, &found, pair, &hosts->v[i], port, why);
		if (rc != ZP_OK || !hosts->v[i].needed)
			continue;
		(void)name_print_host(text, &hosts->v[i].name);
		/* One family that cannot be had may hide a machine that nobody would look at. */
		if (pair[0].security == RESOLVER_FAILED || pair[1].security == RESOLVER_FAILED)
			rc = fault_set(why, ZP_ERETRY, "the addresses of %.200s cannot be had (%s): %s", text,
			    pair[0].security == RESOLVER_FAILED ? "A" : "AAAA",
			    pair[pair[0].security == RESOLVER_FAILED ? 0 : 1].reason);
		else if (found == 0)
			rc = fault_set(why, ZP_EABSENT, "the server %.200s of the zone has no address: correct "
			    "the NS records, or give the servers with --authority", text);
	}
	for (size_t i = 0; i < n; i++)
		resolver_answer_release(&a[i]);
out:
	free(a);
	free(q);
	return rc;
}

/* The NS set and the glue of a referral to zone. */
static int
read_referral(struct host_list *hosts, struct server_list *glue, const struct message *m,
    const struct name *zone, uint16_t port, struct fault *why)
{
	const struct record_list *extra = &m->section[SECTION_ADDITIONAL];
	struct rrset ns;
	int rc = message_rrset(&ns, NULL, &m->section[SECTION_AUTHORITY], zone, RRTYPE_NS, why);

	if (rc == ZP_OK)
		rc = hosts_from_ns(hosts, &ns, SERVER_PARENT, why);
	for (size_t i = 0; i < extra->n && rc == ZP_OK && ns.n > 0; i++) {
		const struct record *g = &extra->v[i];
		struct server s;

		if ((g->type != RRTYPE_A && g->type != RRTYPE_AAAA) || !name_is_under(&g->owner, zone) ||
		    !rrset_has(&ns, g->owner.wire, g->owner.len) ||
		    server_from_rdata(&s, &g->owner, &g->rdata, port, SERVER_PARENT) != ZP_OK)
			continue;
		if (!is_routed(&s))
			s.origin |= SERVER_UNROUTED;
		rc = server_list_add(glue, &s, why);
	}
	rrset_release(&ns);
	return rc;
}

/* Ask some of the parent's servers what they say of zone. */
static int
ask_parent(struct host_list *hosts, struct server_list *glue, const struct server_list *servers,
    const struct name *zone, uint16_t port, struct fault *why)
{
	struct exchange v[PARENT_SERVERS_MAX] = { { .server = { .len = 0 } } };
	struct message question = { 0 };
	bool answered = false;
	char text[NAME_TEXT_MAX];
	size_t n = 0;
	int rc = message_query(&question, zone, RRTYPE_NS, false, false, why);

	for (; n < servers->n && n < PARENT_SERVERS_MAX && rc == ZP_OK; n++) {
		v[n] = (struct exchange){ .query = &question, .timeout_ms = PARENT_TIMEOUT_MS,
			.udp_timeout_ms = PARENT_TIMEOUT_MS / 4 };
		rc = server_address(&v[n].server, &servers->v[n], why);
	}
	if (rc == ZP_OK)
		rc = exchange_run(v, n, NULL, why);
	for (size_t i = 0; i < n && rc == ZP_OK; i++) {
		/* With authority it speaks as a server of the zone itself, which is asked elsewhere. */
		if (v[i].class != ZP_OK || v[i].reply.rcode != RCODE_NOERROR)
			continue;
		answered = true;
		if ((v[i].reply.flags & FLAG_AA) == 0)
			rc = read_referral(hosts, glue, &v[i].reply, zone, port, why);
	}
	if (rc == ZP_OK && n > 0 && !answered)
		rc = fault_set(why, ZP_ERETRY, "no server of the parent of %.200s says where it is delegated to",
		    name_print_host(text, zone));
	for (size_t i = 0; i < n; i++)
		exchange_release(&v[i]);
	message_release(&question);
	return rc;
}

/* What the parent says; nothing if the zone is the top of what the resolver trusts. */
static int
add_parent(struct host_list *hosts, struct server_list *glue, struct resolver *r,
    const struct name *zone, uint16_t port, struct fault *why)
{
	struct name above = name_ancestor(zone, 1);
	struct server_list servers = { 0 };
	struct host_list parent_hosts = { 0 };
	struct resolver_answer ns = { 0 };
	struct zone_found parent;
	int rc;

	if (name_is_root(zone) || !resolver_has_anchor(r, &above))
		return ZP_OK;
	if ((rc = discover_zone(&parent, r, &above, why)) != ZP_OK)
		return rc == ZP_EABSENT ? ZP_OK : rc;
	rc = resolver_ask_many(&ns, r, &(struct resolver_question){ .owner = parent.zone,
		.type = RRTYPE_NS, .unchecked = true }, 1, why);
	if (rc == ZP_OK && (rc = resolver_answer_need(&ns, why)) == ZP_OK)
		rc = hosts_from_ns(&parent_hosts, &ns.set, 0, why);
	/* A name without an address is the parent's own affair. */
	for (size_t i = 0; i < parent_hosts.n; i++)
		parent_hosts.v[i].needed = false;
	if (rc == ZP_OK && (rc = resolve_hosts(&servers, r, &parent_hosts, port, why)) == ZP_OK)
		rc = ask_parent(hosts, glue, &servers, zone, port, why);
	resolver_answer_release(&ns);
	server_list_release(&servers);
	free(parent_hosts.v);
	return rc;
}

int
discover_servers(struct server_list *out, struct resolver *r, const struct zone_found *zone,
    uint16_t port, struct fault *why)
{
	struct host_list hosts = { 0 };
	struct server_list glue = { 0 };
	struct resolver_answer ns = { 0 };
	int rc;

	*out = (struct server_list){ 0 };
	rc = resolver_ask_many(&ns, r, &(struct resolver_question){ .owner = zone->zone,
		.type = RRTYPE_NS, .unchecked = true }, 1, why);
	if (rc != ZP_OK || (rc = resolver_answer_need(&ns, why)) != ZP_OK ||
	    (rc = hosts_from_ns(&hosts, &ns.set, SERVER_CHILD, why)) != ZP_OK ||
	    (rc = host_add(&hosts, &zone->primary, SERVER_PRIMARY, why)) != ZP_OK ||
	    (rc = add_parent(&hosts, &glue, r, &zone->zone, port, why)) != ZP_OK ||
	    (rc = resolve_hosts(out, r, &hosts, port, why)) != ZP_OK)
		goto out;
	for (size_t i = 0; i < glue.n && rc == ZP_OK; i++)
		rc = server_list_add(out, &glue.v[i], why);
out:
	if (rc != ZP_OK)
		server_list_release(out);
	resolver_answer_release(&ns);
	server_list_release(&glue);
	free(hosts.v);
	return rc;
}

int
discover_host(struct server_list *out, struct resolver *r, const char *text, struct fault *why)
{
	struct bytes host = { 0 };
	struct host_list hosts = { 0 };
	struct address a;
	struct server s;
	struct name name;
	uint16_t port;
	int rc;

	*out = (struct server_list){ 0 };
	if (address_parse(&a, text, ADDRESS_PORT_DNS, NULL) == ZP_OK) {
		server_from_address(&s, &a);
		s.origin = SERVER_GIVEN;
		return server_list_add(out, &s, why);
	}
	if ((rc = address_split(&host, &port, text, ADDRESS_PORT_DNS, why)) != ZP_OK ||
	    (rc = name_parse_host(&name, bytes_text(&host), why)) != ZP_OK)
		goto out;
	if (r == NULL) {
		rc = fault_set(why, ZP_EUSAGE, "'%.200s' is a name: an address is needed here", text);
		goto out;
	}
	rc = host_add(&hosts, &name, SERVER_GIVEN, why);
	if (rc == ZP_OK && (rc = resolve_hosts(out, r, &hosts, port, why)) == ZP_EABSENT)
		rc = fault_set(why, ZP_EABSENT, "%.200s has no address", bytes_text(&host));
out:
	if (rc != ZP_OK)
		server_list_release(out);
	bytes_release(&host);
	free(hosts.v);
	return rc;
}
