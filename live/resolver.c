/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "live/resolver.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unbound.h>

#include "dns/message.h"
#include "live/anchor.h"
#include "live/forwarder.h"

enum { TIMEOUT_MS = 15000, ADDRESS_TEXT = SERVER_ADDRESS_MAX + 8 };

/* Two contexts: one that validates, one that shows what is wrong as it is. */
enum context { CHECKED, UNCHECKED, CONTEXTS };

struct stub {
	struct name zone;
	struct server_list servers;
};

struct resolver {
	bool has_forward, looked_at;	/* looked_at: what kind of server forward is */
	bool is_authoritative;		/* it answers for its own zones alone */
	struct server forward;
	char *resolv_conf;
	struct anchors anchors;
	struct stub *stubs;
	size_t n_stubs;
	int timeout_ms;
	struct ub_ctx *ub[CONTEXTS];	/* of this round; NULL until asked */
};

/* One question under way. */
struct job {
	struct resolver_answer *answer;
	struct ub_ctx *ub;
	int id;
	bool done;
	int rc;
	struct fault why;
	size_t *waiting;
};

/* Set before the context is used; all of them are libunbound's names. */
static const struct { const char *name, *value; } settings[] = {
	{ "do-not-query-localhost:", "no" },
	{ "unblock-lan-zones:", "yes" },
	{ "trust-anchor-signaling:", "no" },
	{ "root-key-sentinel:", "no" },
	/* A signature ends when it ends: others may allow less skew than libunbound's day. */
	{ "val-sig-skew-min:", "0" },
	{ "val-sig-skew-max:", "0" },
	{ "outgoing-range:", "64" },
	{ "verbosity:", "0" },
	{ "use-syslog:", "no" }
};

/* What libunbound would answer by itself (RFC 6761, RFC 6303, RFC 7686, RFC 8375). */
static const char *const local_zones[] = {
	"test.", "invalid.", "localhost.", "onion.", "home.arpa.", "127.in-addr.arpa.",
	"0.in-addr.arpa.", "254.169.in-addr.arpa.", "2.0.192.in-addr.arpa.",
	"100.51.198.in-addr.arpa.", "113.0.203.in-addr.arpa.", "255.255.255.255.in-addr.arpa.",
	"8.b.d.0.1.0.0.2.ip6.arpa.", "8.e.f.ip6.arpa.", "9.e.f.ip6.arpa.", "a.e.f.ip6.arpa.",
	"b.e.f.ip6.arpa.",
	"0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.",
	"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa."
};

/* ADDR@PORT as libunbound reads it. */
static void
address_text(char buf[ADDRESS_TEXT], const struct server *s)
{
	(void)snprintf(buf, ADDRESS_TEXT, "%s@%u", s->address, s->port);
}

int
resolver_make(struct resolver **out, const struct resolver_options *o, struct fault *why)
{
	struct resolver *r = calloc(1, sizeof *r);
	int rc;

	*out = NULL;
	if (r == NULL)
		return fault_set_nomem(why);
	r->timeout_ms = o->timeout_ms > 0 ? o->timeout_ms : TIMEOUT_MS;
	if ((rc = anchors_read(&r->anchors, o->anchor_file, why)) != ZP_OK)
		goto out;
	if (o->forward != NULL) {
		if ((rc = server_parse(&r->forward, o->forward, why)) != ZP_OK) {
			(void)fault_prepend(why, "resolver");
			goto out;
		}
		r->has_forward = true;
	} else if (o->resolv_conf != NULL && (r->resolv_conf = strdup(o->resolv_conf)) == NULL) {
		rc = fault_set_nomem(why);
		goto out;
	}
	if (o->n_stubs > 0 && (r->stubs = calloc(o->n_stubs, sizeof *r->stubs)) == NULL) {
		rc = fault_set_nomem(why);
		goto out;
	}
	for (size_t i = 0; i < o->n_stubs; i++) {
		struct stub *s = &r->stubs[r->n_stubs++];

		s->zone = o->stubs[i].zone;
		for (size_t j = 0; j < o->stubs[i].n; j++)
			if ((rc = server_list_add(&s->servers, &o->stubs[i].v[j], why)) != ZP_OK)
				goto out;
	}
	*out = r;
	r = NULL;
out:
	resolver_free(r);
	return rc;
}

int
resolver_set_timeout(struct resolver *r, int timeout_ms)
{
	int before = r->timeout_ms;

	r->timeout_ms = timeout_ms > 0 ? timeout_ms : TIMEOUT_MS;
	return before;
}

void
resolver_forget(struct resolver *r)
{
	for (unsigned i = 0; i < CONTEXTS; i++) {
		if (r->ub[i] != NULL)
			ub_ctx_delete(r->ub[i]);
		r->ub[i] = NULL;
	}
}

void
resolver_free(struct resolver *r)
{
	if (r == NULL)
		return;
	resolver_forget(r);
	for (size_t i = 0; i < r->n_stubs; i++)
		server_list_release(&r->stubs[i].servers);
	free(r->stubs);
	free(r->resolv_conf);
	anchors_release(&r->anchors);
	free(r);
}

const struct rrset *
resolver_anchor(const struct resolver *r, const struct name *name)
{
	return anchors_find(&r->anchors, name);
}

bool
resolver_has_anchor(const struct resolver *r, const struct name *name)
{
	return resolver_anchor(r, name) != NULL;
}

/* libunbound only reads these strings, but some of its functions want them writable. */
static int
add_anchors(struct ub_ctx *ub, const struct resolver *r)
{
	int e = 0;

	for (size_t i = 0; i < r->anchors.lines.n && e == 0; i++)
		e = ub_ctx_add_ta(ub, r->anchors.lines.v[i]);
	return e;
}

/* An authoritative server stands in for the root servers if the anchor is the root's. */
static bool
covers_root(const struct resolver *r)
{
	for (size_t i = 0; i < r->anchors.sets.n; i++)
		if (name_is_root(&r->anchors.sets.v[i].owner))
			return r->is_authoritative;
	return false;
}

static int
add_servers(struct ub_ctx *ub, const struct resolver *r)
{
	char address[ADDRESS_TEXT], zone[NAME_TEXT_MAX];
	int e = 0;

	for (size_t i = 0; i < r->n_stubs; i++) {
		const struct stub *s = &r->stubs[i];

		for (size_t j = 0; j < s->servers.n && e == 0; j++) {
			address_text(address, &s->servers.v[j]);
			e = ub_ctx_set_stub(ub, name_print(zone, &s->zone), address, 0);
		}
	}
	if (r->has_forward)
		address_text(address, &r->forward);
	for (size_t i = 0; i < r->anchors.sets.n && e == 0 && r->is_authoritative; i++)
		e = ub_ctx_set_stub(ub, name_print(zone, &r->anchors.sets.v[i].owner), address, 0);
	if (e == 0 && r->has_forward && !covers_root(r))
		e = ub_ctx_set_fwd(ub, address);
	/* Without a readable resolv.conf the root servers are asked. */
	if (r->resolv_conf != NULL)
		(void)ub_ctx_resolvconf(ub, r->resolv_conf);
	return e;
}

static int
context_make(struct ub_ctx **out, const struct resolver *r, enum context which, struct fault *why)
{
	struct ub_ctx *ub = ub_ctx_create();
	int e;

	*out = NULL;
	if (ub == NULL)
		return fault_set_nomem(why);
	e = ub_ctx_debugout(ub, NULL);
	for (size_t i = 0; i < sizeof settings / sizeof settings[0] && e == 0; i++)
		e = ub_ctx_set_option(ub, settings[i].name, settings[i].value);
	if (e == 0 && which == UNCHECKED)
		e = ub_ctx_set_option(ub, "val-permissive-mode:", "yes");
	if (e == 0)
		e = add_anchors(ub, r);
	if (e == 0)
		e = add_servers(ub, r);
	/* A thread and not a child: a child would hold copies of our keys and files. */
	if (e == 0)
		e = ub_ctx_async(ub, 1);
	/* This ends configuration, so it comes last. */
	for (size_t i = 0; i < sizeof local_zones / sizeof local_zones[0] && e == 0; i++)
		e = ub_ctx_zone_remove(ub, local_zones[i]);
	if (e == 0) {
		*out = ub;
		return ZP_OK;
	}
	ub_ctx_delete(ub);
	return fault_set(why, e == UB_NOMEM ? ZP_ELOCAL : ZP_EUSAGE,
	    "the resolver could not be set up: %s", ub_strerror(e));
}

/* Look once what kind of server the forwarder is. */
static int
look_at_forwarder(struct resolver *r, struct fault *why)
{
	bool recursive;
	int rc;

	if (!r->has_forward || r->looked_at)
		return ZP_OK;
	rc = forwarder_is_recursive(&recursive, &r->forward, &r->anchors.sets.v[0].owner, why);
	r->is_authoritative = !recursive;
	r->looked_at = rc == ZP_OK;
	return rc;
}

/* The reason without libunbound's frame, on one line. */
static void
copy_reason(char *to, size_t size, const char *from)
{
	const char *cut = from != NULL ? strstr(from, ">: ") : NULL;
	size_t n = 0;

	for (from = cut != NULL ? cut + 3 : from; from != NULL && *from != '\0' && n + 1 < size; from++)
		to[n++] = *from == '\n' || *from == '\t' ? ' ' : *from;
	while (n > 0 && to[n - 1] == ' ')
		n--;
	to[n] = '\0';
}

static int
read_result(struct resolver_answer *a, const struct ub_result *u, struct fault *why)
{
	struct message m = { 0 };
	char rcode[16];
	int rc;

	if (u->bogus) {
		a->security = RESOLVER_BOGUS;
		copy_reason(a->reason, sizeof a->reason, u->why_bogus);
		return ZP_OK;
	}
	if (u->rcode != RCODE_NOERROR && u->rcode != RCODE_NXDOMAIN) {
		(void)snprintf(a->reason, sizeof a->reason, "no server gave an answer (%s)",
		    message_print_rcode(rcode, (uint16_t)u->rcode));
		return ZP_OK;
	}
	if ((rc = message_unpack(&m, u->answer_packet, (size_t)u->answer_len, why)) != ZP_OK)
		goto out;
	a->security = u->secure ? RESOLVER_SECURE : RESOLVER_INSECURE;
	a->kind = u->havedata ? RESOLVER_DATA : u->nxdomain ? RESOLVER_NXDOMAIN : RESOLVER_NODATA;
	rc = resolver_answer_read(a, &m, why);
out:
	message_release(&m);
	/* A reply that cannot be read is one that did not come. */
	if (rc == ZP_EUSAGE || rc == ZP_EREFUSED) {
		resolver_answer_release(a);
		(void)snprintf(a->reason, sizeof a->reason, "%.200s",
		    why != NULL ? why->text : "malformed reply");
		rc = ZP_OK;
	}
	return rc;
}

static void
on_result(void *data, int e, struct ub_result *u)
{
	struct job *j = data;

	if (e != 0 || u == NULL)
		(void)snprintf(j->answer->reason, sizeof j->answer->reason, "%s", ub_strerror(e));
	else
		j->rc = read_result(j->answer, u, &j->why);
	j->done = true;
	--*j->waiting;
	ub_resolve_free(u);
}

static int64_t
clock_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The worker thread that libunbound starts here must not catch our signals. */
static int
start(struct job *j, struct ub_ctx *ub, const struct resolver_question *q)
{
	char text[NAME_TEXT_MAX];
	sigset_t all, before;
	int e;

	j->ub = ub;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, &before);
	e = ub_resolve_async(ub, name_print(text, &q->owner), q->type, CLASS_IN, j, on_result, &j->id);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return e;
}

/* Let the contexts work until all is answered or time is up. */
static void
wait_for(struct resolver *r, const size_t *waiting)
{
	int64_t end = clock_ms() + r->timeout_ms, left;

	while (*waiting > 0 && (left = end - clock_ms()) > 0) {
		struct pollfd p[CONTEXTS];

		for (unsigned i = 0; i < CONTEXTS; i++)
			p[i] = (struct pollfd){ .fd = r->ub[i] != NULL ? ub_fd(r->ub[i]) : -1,
				.events = POLLIN };
		if (poll(p, CONTEXTS, (int)left) <= 0)
			continue;
		for (unsigned i = 0; i < CONTEXTS; i++)
			if (p[i].fd >= 0 && p[i].revents != 0 && ub_process(r->ub[i]) != 0)
				return;
	}
}

int
resolver_ask_many(struct resolver_answer *answers, struct resolver *r,
    const struct resolver_question *q, size_t n, struct fault *why)
{
	struct job *jobs = calloc(n > 0 ? n : 1, sizeof *jobs);
	size_t waiting = 0;
	bool late = false;
	int rc = ZP_OK;

	for (size_t i = 0; i < n; i++)
		answers[i] = (struct resolver_answer){ .owner = q[i].owner, .type = q[i].type,
			.security = RESOLVER_FAILED, .kind = RESOLVER_NOTHING };
	if (jobs == NULL)
		return fault_set_nomem(why);
	for (size_t i = 0; i < n && rc == ZP_OK; i++) {
		enum context which = q[i].unchecked ? UNCHECKED : CHECKED;
		int e;

		if ((rc = look_at_forwarder(r, why)) != ZP_OK)
			break;
		if (r->ub[which] == NULL && (rc = context_make(&r->ub[which], r, which, why)) != ZP_OK)
			break;
		jobs[i] = (struct job){ .answer = &answers[i], .waiting = &waiting };
		if ((e = start(&jobs[i], r->ub[which], &q[i])) != 0) {
			jobs[i].done = true;
			rc = fault_set(why, ZP_ELOCAL, "the resolver cannot ask: %s", ub_strerror(e));
		} else
			waiting++;
	}
	if (rc == ZP_OK)
		wait_for(r, &waiting);
	for (size_t i = 0; i < n; i++) {
		if (jobs[i].ub != NULL && !jobs[i].done) {
			(void)ub_cancel(jobs[i].ub, jobs[i].id);
			(void)snprintf(answers[i].reason, sizeof answers[i].reason,
			    "no answer within %d ms", r->timeout_ms);
			late = true;
		}
		if (rc == ZP_OK && jobs[i].rc != ZP_OK)
			rc = fault_set(why, jobs[i].rc, "%s", jobs[i].why.text);
	}
	/* What could not be finished must not linger in the context. */
	if (late)
		resolver_forget(r);
	if (rc != ZP_OK)
		for (size_t i = 0; i < n; i++)
			resolver_answer_release(&answers[i]);
	free(jobs);
	return rc;
}

int
resolver_ask(struct resolver_answer *answer, struct resolver *r, const struct name *owner,
    uint16_t type, struct fault *why)
{
	return resolver_ask_many(answer, r, &(struct resolver_question){ .owner = *owner, .type = type },
	    1, why);
}
