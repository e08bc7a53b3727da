/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "publish/script_inner.h"
#include "publish/sender_inner.h"

enum {
	RESOLVERS_MAX = 3,		/* as resolv.conf(5) has it */
	RESOLV_CONF_MAX = 1 << 16,
	SOA_TIMEOUT_MS = 15000
};

int
sender_look_up(struct server_addresses *out, const char *host, uint16_t port, int family,
    struct fault *why)
{
	struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM }, *list = NULL;
	struct address literal;
	int failed;

	*out = (struct server_addresses){ 0 };
	if (strchr(host, '@') == NULL && address_parse(&literal, host, port, NULL) == ZP_OK) {
		if (family != AF_UNSPEC && family != literal.at.ss_family)
			return fault_set(why, ZP_EABSENT, "couldn't get address for '%.200s': it is not "
			    "of the family that -4 or -6 asks for", host);
		out->v[out->n++] = literal;
		return ZP_OK;
	}
	failed = getaddrinfo(host, NULL, &hints, &list);
	if (failed != 0)
		return fault_set(why, failed == EAI_AGAIN ? ZP_ERETRY : ZP_EABSENT,
		    "couldn't get address for '%.200s': %s", host,
		    failed == EAI_NONAME ? "not found" : gai_strerror(failed));
	for (const struct addrinfo *a = list; a != NULL && out->n < SENDER_ADDRESSES;
	    a = a->ai_next) {
		if (a->ai_addrlen > sizeof out->v[0].at)
			continue;
		memcpy(&out->v[out->n].at, a->ai_addr, a->ai_addrlen);
		out->v[out->n].len = a->ai_addrlen;
		address_set_port(&out->v[out->n], port);
		out->n++;
	}
	freeaddrinfo(list);
	if (out->n == 0)
		return fault_set(why, ZP_EABSENT, "couldn't get address for '%.200s': not found", host);
	return ZP_OK;
}

static void
add_resolver(struct sender *s, const char *text)
{
	struct address a;

	/* Resolvers are asked in the clear: the port of servers is that of TLS then. */
	uint16_t port = s->options.tls != NULL ? ADDRESS_PORT_DNS : s->options.port;

	if (s->resolvers.n < RESOLVERS_MAX && address_parse(&a, text, port, NULL) == ZP_OK &&
	    (s->options.family == AF_UNSPEC || s->options.family == a.at.ss_family))
		s->resolvers.v[s->resolvers.n++] = a;
}

/* The nameserver lines; without any, this host. */
static int
read_resolvers(struct sender *s, struct fault *why)
{
	struct bytes text = { 0 };
	char *line, *next;
	int class = ZP_OK;

	if (s->has_resolvers)
		return ZP_OK;
	class = file_read(&text, s->options.resolv_conf, RESOLV_CONF_MAX, why);
	if (class == ZP_EABSENT)
		class = ZP_OK;
	if (class != ZP_OK)
		goto out;
	for (line = text.len > 0 ? (char *)text.data : NULL; line != NULL; line = next) {
		const char *keyword, *address;

		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		keyword = script_word(&line);
		address = script_word(&line);
		if (address != NULL && strcmp(keyword, "nameserver") == 0)
			add_resolver(s, address);
	}
	if (s->resolvers.n == 0) {
		add_resolver(s, "127.0.0.1");
		add_resolver(s, "::1");
	}
	s->has_resolvers = true;
out:
	bytes_release(&text);
	return class;
}

/* Where the search begins: the zone that was named, else the first name of the message. */
static bool
find_place(struct letter *l)
{
	const struct record_list *u = &l->update.section[SECTION_UPDATE];
	const struct record_list *p = &l->update.section[SECTION_PREREQUISITE];

	if (!name_is_empty(&l->zone))
		l->place = l->zone;
	else if (u->n > 0)
		l->place = u->v[0].owner;
	else if (p->n > 0)
		l->place = p->v[0].owner;
	else
		return false;
	/* DS records belong to the zone above (RFC 4034 5). */
	if (name_is_empty(&l->zone) && u->n > 0 && u->v[0].type == RRTYPE_DS)
		l->place = name_ancestor(&l->place, 1);
	return true;
}

/* The SOA record in a reply to the question for place; NULL if it names no zone. */
static const struct record *
find_soa(const struct message *m)
{
	for (unsigned section = SECTION_ANSWER; section <= SECTION_AUTHORITY; section++) {
		for (size_t i = 0; i < m->section[section].n; i++) {
			const struct record *r = &m->section[section].v[i];

			if (r->type == RRTYPE_SOA)
				return r;
			if (section == SECTION_ANSWER &&
			    (r->type == RRTYPE_CNAME || r->type == RRTYPE_DNAME))
				return NULL;
		}
	}
	return NULL;
}

void
sender_aim(const struct sender *s, struct letter *l, const struct server_addresses *servers)
{
	l->servers = *servers;
	l->at = 0;
	for (size_t i = 1; i < servers->n; i++) {
		if (address_equal(&servers->v[i], &s->answered)) {
			l->servers.v[0] = servers->v[i];
			l->servers.v[i] = servers->v[0];
		}
	}
}

/* The primary's addresses, by the MNAME. */
static int
find_primary(struct sender *s, struct letter *l, const struct name *mname, struct fault *why)
{
	char text[NAME_TEXT_MAX];
	int class = ZP_OK;

	if (s->servers.n > 0) {
		sender_aim(s, l, &s->servers);
		return ZP_OK;
	}
	(void)name_print_host(l->host, mname);
	if (!name_equal(&s->host, mname)) {
		s->host = (struct name){ 0 };
		class = sender_look_up(&s->host_addresses, name_print_host(text, mname),
		    s->options.port, s->options.family, why);
		if (class == ZP_OK)
			s->host = *mname;
	}
	sender_aim(s, l, &s->host_addresses);
	return class;
}

static void
take_zone(struct sender *s, struct letter *l, const struct name *zone, const struct name *mname)
{
	char text[NAME_TEXT_MAX];
	struct fault why;

	sender_tell(s, NULL, "Found zone name: %s", name_print_host(text, zone));
	sender_tell(s, NULL, "The primary is: %s", name_print_host(text, mname));
	if (name_is_empty(&l->zone))
		l->zone = *zone;
	l->primary = *mname;
	if (find_primary(s, l, mname, &why) != ZP_OK)
		sender_settle(l, LETTER_UNSENDABLE, &why);
	l->place = (struct name){ 0 };
}

/* No use of this server: the next, or the end. */
static void
try_next(struct sender *s, struct letter *l, const char *reason)
{
	char text[ADDRESS_TEXT_MAX];
	struct fault why;

	sender_tell(s, NULL, "; Communication with %s failed: %s",
	    address_print(text, &l->servers.v[l->at]), reason);
	(void)fault_set(&why, ZP_ERETRY, "could not reach any name server: %s: %.600s",
	    address_print(text, &l->servers.v[l->at]), reason);
	if (++l->at >= l->servers.n)
		sender_settle(l, LETTER_UNSENDABLE, &why);
}

static void
judge_soa(struct sender *s, struct letter *l, struct exchange *x)
{
	const struct record *soa;
	struct name mname;
	struct fault why;
	char text[NAME_TEXT_MAX];

	/*
	 * The update itself is signed all the same: a server that forwards it need
	 * not know the key, and one that does will say what is wrong with it.
	 */
	if (x->class == ZP_EREFUSED && x->key != NULL && x->verdict.error != 0) {
		sender_tell(s, NULL, "%s: asking again without a signature", x->why.text);
		l->asks_unsigned = true;
		return;
	}
	if (x->class == ZP_EREFUSED && x->reply.flags != 0) {
		sender_settle(l, LETTER_UNSENDABLE, &x->why);
		return;
	}
	if (x->class != ZP_OK) {
		try_next(s, l, x->why.text);
		return;
	}
	s->answered = x->server;
	sender_tell(s, &x->reply, "Reply from SOA query:");
	if (x->reply.rcode == RCODE_SERVFAIL || x->reply.rcode == RCODE_REFUSED) {
		try_next(s, l, message_print_rcode(text, x->reply.rcode));
		return;
	}
	if (x->reply.rcode != RCODE_NOERROR && x->reply.rcode != RCODE_NXDOMAIN) {
		(void)fault_set(&why, ZP_EREFUSED, "response to SOA query was unsuccessful: %s",
		    message_print_rcode(text, x->reply.rcode));
		sender_settle(l, LETTER_UNSENDABLE, &why);
		return;
	}
	if (x->reply.rcode == RCODE_NXDOMAIN && !name_is_empty(&l->zone)) {
		(void)fault_set(&why, ZP_EABSENT, "specified zone '%.500s' does not exist (NXDOMAIN)",
		    name_print_host(text, &l->zone));
		sender_settle(l, LETTER_HOMELESS, &why);
		return;
	}
	soa = find_soa(&x->reply);
	if (soa != NULL && name_parse_wire(&mname, soa->rdata.data, soa->rdata.len, &why) == ZP_OK) {
		s->asked = l->place;
		s->asked_class = l->class;
		s->found = soa->owner;
		s->mname = mname;
		take_zone(s, l, &soa->owner, &mname);
		return;
	}
	if (name_is_root(&l->place)) {
		(void)fault_set(&why, ZP_EABSENT, "could not find enclosing zone");
		sender_settle(l, LETTER_UNSENDABLE, &why);
		return;
	}
	l->place = name_ancestor(&l->place, 1);
}

static bool
must_search(const struct letter *l)
{
	return !l->is_settled && !name_is_empty(&l->place);
}

/* One question for each letter whose zone is not known. */
static int
search_round(struct sender *s, struct letter *v, size_t n, struct fault *why)
{
	struct message *m = calloc(n, sizeof *m);
	struct exchange *x = calloc(n, sizeof *x);
	struct letter **open = calloc(n, sizeof *open);
	size_t count = 0;
	int class = ZP_OK;

	if (m == NULL || x == NULL || open == NULL) {
		class = fault_set_nomem(why);
		goto out;
	}
	for (size_t i = 0; i < n && class == ZP_OK; i++) {
		if (!must_search(&v[i]))
			continue;
		open[count] = &v[i];
		m[count].flags = s->servers.n == 0 ? FLAG_RD : 0;
		class = message_add(&m[count], SECTION_QUESTION, &(struct record){
		    .owner = v[i].place, .type = RRTYPE_SOA, .class = v[i].class }, why);
		x[count] = sender_exchange(s, &v[i], &m[count]);
		if (x[count].timeout_ms > SOA_TIMEOUT_MS)
			x[count].timeout_ms = SOA_TIMEOUT_MS;
		if (x[count].transport == TRANSPORT_TLS && s->servers.n == 0)
			x[count].transport = TRANSPORT_AUTO;
		/* A resolver does not know the key. */
		if (s->servers.n == 0 || v[i].asks_unsigned)
			x[count].key = NULL;
		count++;
	}
	if (class == ZP_OK)
		class = exchange_run(x, count, s->pool, why);
	for (size_t i = 0; i < count && class == ZP_OK; i++)
		judge_soa(s, open[i], &x[i]);
out:
	for (size_t i = 0; i < count; i++) {
		exchange_release(&x[i]);
		message_release(&m[i]);
	}
	free(open);
	free(x);
	free(m);
	return class;
}

static void
prepare(const struct sender *s, struct letter *l)
{
	sender_aim(s, l, &s->servers);
	(void)snprintf(l->host, sizeof l->host, "%s", s->server_name);
	if (s->options.tls == NULL)
		return;
	l->tls = *s->options.tls;
	if (l->tls.server_name == NULL)
		l->tls.server_name = l->host;
}

int
sender_find(struct sender *s, struct letter *v, size_t n, struct fault *why)
{
	bool is_open = false;
	int class = ZP_OK;

	for (size_t i = 0; i < n; i++) {
		struct letter *l = &v[i];

		prepare(s, l);
		/* The server's principal is that of the primary. */
		if (s->servers.n > 0 && !name_is_empty(&l->zone) && !s->is_gss)
			continue;
		if (!find_place(l)) {
			/* An empty message for no zone in particular: nothing to do. */
			sender_settle(l, LETTER_DONE, NULL);
			continue;
		}
		if (name_equal(&l->place, &s->asked) && l->class == s->asked_class) {
			take_zone(s, l, &s->found, &s->mname);
			continue;
		}
		if (s->servers.n == 0) {
			if (read_resolvers(s, &l->why) != ZP_OK) {
				sender_settle(l, LETTER_UNSENDABLE, NULL);
				continue;
			}
			sender_aim(s, l, &s->resolvers);
		}
		if (l->servers.n == 0) {
			(void)fault_set(&l->why, ZP_EABSENT, "could not reach any name server: "
			    "%s names none", s->options.resolv_conf);
			sender_settle(l, LETTER_UNSENDABLE, NULL);
			continue;
		}
		is_open = true;
	}
	while (is_open && class == ZP_OK) {
		class = search_round(s, v, n, why);
		is_open = false;
		for (size_t i = 0; i < n; i++)
			is_open |= must_search(&v[i]);
	}
	return class;
}
