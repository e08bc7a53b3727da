/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/sender.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "publish/sender_inner.h"

int
sender_make(struct sender **out, const struct sender_options *o, struct fault *why)
{
	/* As many at once as the options say, on few connections. */
	struct exchange_limits limits = { .total = o->in_flight > 0 ? o->in_flight : 1,
		.stop = o->stop };
	int class;

	*out = calloc(1, sizeof **out);
	if (*out == NULL)
		return fault_set_nomem(why);
	(*out)->options = *o;
	class = exchange_pool_make(&(*out)->pool, &limits, why);
	if (class != ZP_OK) {
		sender_free(*out);
		*out = NULL;
	}
	return class;
}

void
sender_free(struct sender *s)
{
	if (s == NULL)
		return;
	sender_gss_forget(s);
	exchange_pool_free(s->pool);
	free(s);
}

void
sender_set_servers(struct sender *s, const struct server_addresses *servers, const char *host)
{
	s->servers = *servers;
	s->asked = (struct name){ 0 };
	(void)snprintf(s->server_name, sizeof s->server_name, "%s", host);
}

void
sender_set_source(struct sender *s, const struct source_addresses *source)
{
	s->source = *source;
}

void
sender_set_key(struct sender *s, const struct tsig_key *key)
{
	s->key = key;
}

void
letter_release(struct letter *l)
{
	message_release(&l->update);
	message_release(&l->reply);
}

void
sender_settle(struct letter *l, enum letter_fate fate, const struct fault *why)
{
	l->fate = fate;
	l->is_settled = true;
	if (why != NULL)
		l->why = *why;
}

void
sender_tell(const struct sender *s, const struct message *m, const char *fmt, ...)
{
	char text[NAME_TEXT_MAX + 80];
	va_list ap;

	if (s->options.trace == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	s->options.trace(s->options.context, text, m);
}

struct exchange
sender_exchange(const struct sender *s, const struct letter *l, const struct message *query)
{
	const struct tsig_key *key = l->gss != NULL ? l->gss : s->is_gss ? NULL : s->key;
	const struct address *server = &l->servers.v[l->at];
	bool is_sig0 = key == NULL && !s->is_gss && query != NULL && query->opcode == OPCODE_UPDATE;

	return (struct exchange){
		.server = *server, .source = address_is_ipv6(server) ? s->source.v6 : s->source.v4,
		.transport = s->options.transport, .query = query, .key = key,
		.sig0 = is_sig0 ? s->options.sig0 : NULL,
		.tls = s->options.tls != NULL ? &l->tls : NULL,
		.timeout_ms = s->options.timeout_ms, .udp_timeout_ms = s->options.udp_timeout_ms,
		.udp_tries = s->options.udp_tries, .resend = true
	};
}

/* RFC 2136 2.3: one record, of type SOA. */
static int
name_zone(struct letter *l, struct fault *why)
{
	struct record zone = { .owner = l->zone, .type = RRTYPE_SOA, .class = l->class };

	l->update.opcode = OPCODE_UPDATE;
	if (l->update.section[SECTION_ZONE].n > 0)
		return ZP_OK;
	return message_add(&l->update, SECTION_ZONE, &zone, why);
}

/* Octets of the signature of an update, at most. */
static size_t
signature_size(const struct sender *s)
{
	const struct tsig_key largest = { .algorithm = TSIG_GSS, .name = { .len = NAME_WIRE_MAX } };
	const struct tsig_key *key = s->is_gss ? &largest : s->key;

	return key != NULL ? tsig_size(key) : s->options.sig0 != NULL ?
	    sig0_size(s->options.sig0) : 0;
}

size_t
sender_reserve(const struct sender *s, const struct name *zone)
{
	size_t name = name_is_empty(zone) ? NAME_WIRE_MAX : zone->len;

	return signature_size(s) + name + 2 * sizeof(uint16_t);
}

/* Settle those that cannot fit into a message. */
static int
check_sizes(const struct sender *s, struct letter *v, size_t n, struct fault *why)
{
	size_t signature = signature_size(s);
	struct bytes wire = { 0 };
	struct fault large;
	int class = ZP_OK;

	for (size_t i = 0; i < n && class == ZP_OK; i++) {
		const struct record_list *u = &v[i].update.section[SECTION_UPDATE];
		const struct record_list *p = &v[i].update.section[SECTION_PREREQUISITE];
		size_t most = (u->n + p->n + 1) * (NAME_WIRE_MAX + 10);

		/* Packing is worth its time only where it could fail. */
		for (size_t k = 0; k < u->n; k++)
			most += u->v[k].rdata.len;
		for (size_t k = 0; k < p->n; k++)
			most += p->v[k].rdata.len;
		if (most + signature < MESSAGE_MAX)
			continue;
		class = message_pack(&wire, &v[i].update, signature, &large);
		if (class == ZP_EUSAGE) {
			if (!v[i].is_settled)
				sender_settle(&v[i], LETTER_UNSENDABLE, &large);
			class = ZP_OK;
		}
	}
	if (class != ZP_OK)
		(void)fault_set_nomem(why);
	bytes_release(&wire);
	return class;
}

/* As if one letter was sent after the other: one that cannot be sent at all is the last. */
static void
hold_back(struct letter *v, size_t n)
{
	bool is_over = false;

	for (size_t i = 0; i < n; i++) {
		if (is_over)
			sender_settle(&v[i], LETTER_WAITING, NULL);
		is_over |= v[i].fate == LETTER_UNSENDABLE;
	}
}

/* Can u, carried out, make prerequisite p fail with this rcode (RFC 2136 3.2)? */
static bool
breaks(const struct record *u, const struct record *p, uint16_t rcode)
{
	bool adds = u->class != CLASS_ANY && u->class != CLASS_NONE;

	if (!name_equal(&u->owner, &p->owner))
		return false;
	if (p->type != RRTYPE_ANY && u->type != p->type && u->type != RRTYPE_ANY)
		return false;
	switch (rcode) {
	case RCODE_YXDOMAIN:
	case RCODE_YXRRSET:
		return adds && p->class == CLASS_NONE;
	case RCODE_NXDOMAIN:
		return !adds && p->class == CLASS_ANY;
	case RCODE_NXRRSET:
		return p->class != CLASS_NONE;
	default:
		return false;
	}
}

/* May the prerequisite that failed have been met before l's own update was carried out? */
static bool
may_have_broken(const struct letter *l, uint16_t rcode)
{
	const struct record_list *u = &l->update.section[SECTION_UPDATE];
	const struct record_list *p = &l->update.section[SECTION_PREREQUISITE];

	for (size_t i = 0; i < p->n; i++) {
		for (size_t k = 0; k < u->n; k++) {
			if (breaks(&u->v[k], &p->v[i], rcode))
				return true;
		}
	}
	return false;
}

static void
take_reply(struct sender *s, struct letter *l, struct exchange *x)
{
	char rcode[16];
	struct fault why;

	if (x->reply.rcode == RCODE_NOERROR) {
		sender_settle(l, LETTER_DONE, NULL);
		return;
	}
	if ((l->may_be_done || x->was_repeated) && may_have_broken(l, x->reply.rcode) &&
	    sender_sees(s, l)) {
		sender_tell(s, NULL, "The update was sent again, and is in place");
		sender_settle(l, LETTER_DONE, NULL);
		return;
	}
	(void)fault_set(&why, ZP_EREFUSED, "%s", message_print_rcode(rcode, x->reply.rcode));
	sender_settle(l, LETTER_REFUSED, &why);
}

/* The server that is l's turn does not answer: the next, or the end. */
static void
take_silence(struct sender *s, struct letter *l, const struct exchange *x)
{
	char text[ADDRESS_TEXT_MAX];

	l->may_be_done |= x->was_sent;
	l->why = x->why;
	if (l->at + 1 < l->servers.n) {
		sender_tell(s, NULL, "; Communication with %s failed: %s",
		    address_print(text, &l->servers.v[l->at]), x->why.text);
		l->at++;
		return;
	}
	sender_settle(l, x->class == ZP_EUSAGE && !l->may_be_done ? LETTER_UNSENDABLE : LETTER_LOST,
	    &x->why);
}

/* Every reply has the flag QR. */
static bool
has_reply(const struct message *m)
{
	return m->flags != 0;
}

static void
take_outcome(struct sender *s, struct letter *l, struct exchange *x)
{
	message_release(&l->reply);
	l->reply = x->reply;
	x->reply = (struct message){ 0 };
	l->verdict = x->verdict;
	if (has_reply(&l->reply)) {
		s->answered = l->servers.v[l->at];
		sender_tell(s, &l->reply, "\nReply from update query:");
	}
	switch (x->class) {
	case ZP_OK:
		x->reply = l->reply;	/* for the judgement alone */
		take_reply(s, l, x);
		x->reply = (struct message){ 0 };
		break;
	case ZP_EREFUSED:
		if (!has_reply(&l->reply)) {
			take_silence(s, l, x);	/* a certificate that does not pass */
			break;
		}
		if (l->gss != NULL && l->verdict.error == RCODE_BADKEY && !l->has_renewed) {
			sender_tell(s, NULL, "%s: agreeing on another key", x->why.text);
			sender_gss_drop(s, l);
			l->has_renewed = true;
			l->may_be_done = true;	/* nobody signed what the server said */
			break;
		}
		sender_settle(l, LETTER_REFUSED, &x->why);
		break;
	default:
		take_silence(s, l, x);
		break;
	}
}

/* With GSS-TSIG: a key for the server that is l's turn.  False: l does not go now. */
static bool
has_key(struct sender *s, struct letter *l)
{
	struct exchange x = { 0 };

	if (!s->is_gss)
		return true;
	x.class = sender_gss_agree(s, l, &x.why);
	if (x.class == ZP_OK)
		return true;
	if (x.class == ZP_ERETRY && l->at + 1 < l->servers.n)
		take_silence(s, l, &x);
	else
		sender_settle(l, l->may_be_done ? LETTER_LOST : LETTER_UNSENDABLE, &x.why);
	return false;
}

/* One round: every letter that is not settled to the server that is its turn. */
static int
send_round(struct sender *s, struct letter *v, struct exchange *x, struct letter **open, size_t n,
    struct fault *why)
{
	char text[ADDRESS_TEXT_MAX];
	size_t count = 0;
	int class;

	for (size_t i = 0; i < n; i++) {
		if (v[i].is_settled || !has_key(s, &v[i]))
			continue;
		open[count] = &v[i];
		x[count] = sender_exchange(s, &v[i], &v[i].update);
		if (s->options.in_flight > 1 && x[count].transport == TRANSPORT_AUTO)
			x[count].transport = TRANSPORT_TCP;
		sender_tell(s, NULL, "Sending update to %s", address_print(text, &x[count].server));
		sender_tell(s, &v[i].update, "Outgoing update query:");
		count++;
	}
	class = exchange_run(x, count, s->pool, why);
	for (size_t i = 0; i < count; i++) {
		take_outcome(s, open[i], &x[i]);
		exchange_release(&x[i]);
	}
	return class;
}

static bool
is_open(const struct letter *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!v[i].is_settled)
			return true;
	}
	return false;
}

int
sender_carry(struct sender *s, struct letter *v, size_t n, struct fault *why)
{
	struct exchange *x = calloc(n + 1, sizeof *x);
	struct letter **open = calloc(n + 1, sizeof *open);
	int class = ZP_OK;

	if (x == NULL || open == NULL) {
		class = fault_set_nomem(why);
		goto out;
	}
	class = sender_find(s, v, n, why);
	for (size_t i = 0; i < n && class == ZP_OK; i++) {
		if (!v[i].is_settled)
			class = name_zone(&v[i], why);
	}
	if (class == ZP_OK)
		class = check_sizes(s, v, n, why);
	hold_back(v, n);
	while (class == ZP_OK && is_open(v, n))
		class = send_round(s, v, x, open, n, why);
out:
	for (size_t i = 0; i < n && class != ZP_OK; i++) {
		if (!v[i].is_settled)
			sender_settle(&v[i], LETTER_LOST, why);
	}
	free(open);
	free(x);
	return class;
}
