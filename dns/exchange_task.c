/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/exchange_inner.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "dns/reply.h"

enum {
	CLAIM_MS = 500,		/* how long a true reply may still overtake an error nobody signed */
	REFUSED_MS = 100	/* how soon to try again after "port unreachable" */
};

uint16_t
exchange_draw_id(void)
{
	uint16_t id = 0;

	/* Up to 256 octets getrandom() neither fails nor comes short once it is seeded. */
	while (getrandom(&id, sizeof id, 0) != (ssize_t)sizeof id)
		continue;
	return id;
}

int
exchange_dress(struct bytes *wire, struct tsig_chain *chain, const struct task *t, uint16_t id,
    const struct turn *turn, struct fault *why)
{
	int class;

	bytes_clear(wire);
	bytes_append(wire, t->base.data, t->base.len);
	class = bytes_check(wire, why);
	if (class != ZP_OK)
		return class;
	bytes_put_u16(wire, 0, id);
	if (t->x->sig0 != NULL)
		return sig0_sign(wire, t->x->sig0, turn->moment.wall / 1000, why);
	if (t->x->key == NULL)
		return ZP_OK;
	return tsig_sign(wire, chain, t->x->key, turn->moment.wall / 1000, why);
}

void
exchange_finish(struct task *t, const struct turn *turn, int class, const struct fault *why)
{
	struct exchange *x = t->x;

	x->class = class;
	x->at = turn->moment;
	if (class == ZP_OK)
		fault_clear(&x->why);
	else
		x->why = *why;
	x->why.class = class;
	x->was_repeated = t->came_through ||
	    t->n_tries - t->n_refused > (x->used == TRANSPORT_UDP ? 1U : 0U);
	for (unsigned i = 0; i < t->n_tries; i++) {
		(void)close(t->tries[i].fd);
		tsig_chain_release(&t->tries[i].chain);
	}
	t->n_tries = 0;
	tsig_chain_release(&t->chain);
	bytes_release(&t->base);
	if (t->line != NULL) {
		t->line->in_flight--;
		t->line->idle_since = turn->now;
	}
	t->line = NULL;
	t->is_done = true;
}

/* Keep a judged reply as the exchange's; m moves in. */
static void
keep_reply(struct exchange *x, struct message *m, const struct bytes *data)
{
	message_release(&x->reply);
	x->reply = *m;
	*m = (struct message){ 0 };
	bytes_clear(&x->raw);
	bytes_append(&x->raw, data->data, data->len);
}

bool
exchange_may_resend(const struct task *t)
{
	return !t->is_update || t->x->resend;
}

int
exchange_patience(const struct exchange *x)
{
	return x->udp_timeout_ms > 0 ? x->udp_timeout_ms : 2000;
}

static unsigned
tries_of(const struct exchange *x)
{
	unsigned tries = x->udp_tries > 0 ? (unsigned)x->udp_tries : 3;

	return tries < UDP_TRIES_MAX ? tries : UDP_TRIES_MAX;
}

/* A port that is prescribed is there once: all attempts share the socket. */
static bool
shares_socket(const struct exchange *x)
{
	return address_port(&x->source) != 0;
}

static int
open_socket(const struct task *t, struct fault *why)
{
	const struct exchange *x = t->x;
	char text[ADDRESS_TEXT_MAX];
	int fd;

	if (shares_socket(x) && t->n_tries > 0)
		fd = fcntl(t->tries[0].fd, F_DUPFD_CLOEXEC, 0);
	else
		fd = socket(x->server.at.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		(void)fault_set_errno(why, ZP_ELOCAL, "a socket for %s", address_print(text, &x->server));
		return -1;
	}
	if (shares_socket(x) && t->n_tries > 0)
		return fd;
	if (!address_is_empty(&x->source) &&
	    bind(fd, (const struct sockaddr *)&x->source.at, x->source.len) != 0) {
		(void)fault_set_errno(why, ZP_EUSAGE, "cannot ask from %s",
		    address_print(text, &x->source));
		(void)close(fd);
		return -1;
	}
	/* Connected, so that the kernel passes on replies of this address and port alone. */
	if (connect(fd, (const struct sockaddr *)&x->server.at, x->server.len) != 0) {
		(void)fault_set_errno(why, ZP_ERETRY, "cannot ask %s", address_print(text, &x->server));
		(void)close(fd);
		return -1;
	}
	return fd;
}

void
exchange_udp_send(struct task *t, const struct turn *turn)
{
	struct exchange *x = t->x;
	struct udp_attempt *attempt = &t->tries[t->n_tries];
	struct bytes wire = { 0 };
	char text[ADDRESS_TEXT_MAX];
	struct fault why;
	int class;

	*attempt = (struct udp_attempt){ .id = exchange_draw_id(), .sent = turn->now };
	class = exchange_dress(&wire, &attempt->chain, t, attempt->id, turn, &why);
	if (class != ZP_OK) {
		exchange_finish(t, turn, class, &why);
		goto out;
	}
	attempt->fd = open_socket(t, &why);
	if (attempt->fd < 0) {
		tsig_chain_release(&attempt->chain);
		exchange_finish(t, turn, why.class, &why);
		goto out;
	}
	t->n_tries++;
	x->attempts++;
	x->used = TRANSPORT_UDP;
	if (send(attempt->fd, wire.data, wire.len, MSG_NOSIGNAL) != (ssize_t)wire.len) {
		if (errno == EMSGSIZE) {
			t->wants_line = true;
		} else if (errno != ECONNREFUSED) {
			(void)fault_set_errno(&why, ZP_ERETRY, "cannot ask %s",
			    address_print(text, &x->server));
			exchange_finish(t, turn, ZP_ERETRY, &why);
		}
	} else {
		x->was_sent = true;
	}
	t->next_try = exchange_may_resend(t) ? turn->now + exchange_patience(x) : t->deadline;
out:
	bytes_release(&wire);
}

/* Nobody listens there, says the other machine or somebody in its name. */
static void
udp_refused(struct task *t, unsigned i, const struct turn *turn)
{
	char text[ADDRESS_TEXT_MAX];
	struct fault why;

	(void)i;
	if (t->n_refused < t->n_tries)
		t->n_refused++;
	if (t->n_refused < t->n_tries)
		return;
	t->x->was_sent = false;
	if (t->n_tries < tries_of(t->x)) {
		if (t->next_try > turn->now + REFUSED_MS)
			t->next_try = turn->now + REFUSED_MS;
		return;
	}
	(void)fault_set(&why, ZP_ERETRY, "%s refuses the connection: no server listens there",
	    address_print(text, &t->x->server));
	exchange_finish(t, turn, ZP_ERETRY, &why);
}

/* One datagram for attempt i. */
static void
udp_take(struct task *t, unsigned i, const struct bytes *data, const struct turn *turn)
{
	struct udp_attempt *attempt = &t->tries[i];
	struct exchange *x = t->x;
	struct reply_question q = { .query = x->query, .id = attempt->id, .key = x->key,
		.chain = &attempt->chain, .now = turn->moment.wall / 1000 };
	struct tsig_verdict verdict;
	struct message m;
	struct fault why = { 0 };
	enum reply_kind kind = reply_judge(&m, &verdict, data, &q, &why);

	if (kind == REPLY_FOREIGN)
		goto out;
	if (kind == REPLY_UNTRUSTED) {
		if (t->claim_until == 0)
			x->verdict = verdict;
		t->note = why;
		goto out;
	}
	if (kind == REPLY_CLAIM && t->claim_until != 0)
		goto out;
	if ((m.flags & FLAG_TC) != 0 && !t->is_update && x->transport != TRANSPORT_TLS) {
		t->wants_line = true;
		goto out;
	}
	x->verdict = verdict;
	x->rtt_ms = (int)(turn->now - attempt->sent);
	keep_reply(x, &m, data);
	if (kind == REPLY_CLAIM) {
		t->note = why;
		t->claim_until = turn->now + CLAIM_MS;
		goto out;
	}
	exchange_finish(t, turn, kind == REPLY_GOOD ? ZP_OK : why.class, &why);
out:
	message_release(&m);
}

/* Which attempt the datagram answers that came to the socket of attempt i. */
static unsigned
find_attempt(const struct task *t, unsigned i, const struct bytes *data)
{
	if (!shares_socket(t->x) || data->len < MESSAGE_HEADER)
		return i;
	for (unsigned k = 0; k < t->n_tries; k++) {
		if ((data->data[0] << 8 | data->data[1]) == t->tries[k].id)
			return k;
	}
	return i;
}

void
exchange_udp_read(struct task *t, unsigned i, const struct turn *turn)
{
	uint8_t buf[MESSAGE_MAX];

	/* A flood of strangers must not keep the loop from its other work. */
	for (unsigned count = 0; count < 64 && !t->is_done && !t->wants_line; count++) {
		ssize_t n = recv(t->tries[i].fd, buf, sizeof buf, 0);
		struct bytes data = { .data = buf, .len = n > 0 ? (size_t)n : 0 };

		if (n < 0) {
			if (errno == ECONNREFUSED)
				udp_refused(t, i, turn);
			return;
		}
		udp_take(t, find_attempt(t, i, &data), &data, turn);
	}
}

/* Time is up for the whole task. */
static void
give_up(struct task *t, const struct turn *turn)
{
	const struct exchange *x = t->x;
	char text[ADDRESS_TEXT_MAX];
	struct fault why;

	if (t->claim_until != 0) {
		exchange_finish(t, turn, ZP_EREFUSED, &t->note);
		return;
	}
	if (t->line != NULL && stream_written(t->line->stream) == 0) {
		(void)fault_set(&why, ZP_ERETRY, "no connection to %s within the time allowed",
		    address_print(text, &x->server));
		exchange_finish(t, turn, ZP_ERETRY, &why);
		return;
	}
	(void)fault_set(&why, ZP_ERETRY, "no answer from %s in %lld ms (attempts: %u)%s%s",
	    address_print(text, &x->server),
	    (long long)(turn->now - (t->deadline - (x->timeout_ms > 0 ? x->timeout_ms : 10000))),
	    x->attempts, t->note.class != ZP_OK ? "; a reply came that does not count: " : "",
	    t->note.class != ZP_OK ? t->note.text : "");
	exchange_finish(t, turn, ZP_ERETRY, &why);
}

void
exchange_udp_expire(struct task *t, const struct turn *turn)
{
	if (turn->now >= t->deadline || (t->claim_until != 0 && turn->now >= t->claim_until)) {
		give_up(t, turn);
		return;
	}
	if (t->line != NULL || t->wants_line || t->n_tries == 0 || turn->now < t->next_try ||
	    t->claim_until != 0)
		return;
	/* An update is only sent again where it is allowed, or where nothing can have come through. */
	if (t->n_tries < tries_of(t->x) && (exchange_may_resend(t) || t->n_refused == t->n_tries))
		exchange_udp_send(t, turn);
	else
		give_up(t, turn);
}

void
exchange_line_send(struct task *t, struct line *line, const struct turn *turn)
{
	struct bytes wire = { 0 };
	struct fault why;
	int class;

	class = exchange_dress(&wire, &t->chain, t, t->id, turn, &why);
	if (class == ZP_OK)
		class = stream_send(line->stream, &wire, &t->end, &why);
	bytes_release(&wire);
	if (class != ZP_OK) {
		exchange_finish(t, turn, class, &why);
		return;
	}
	t->wants_line = false;
	t->line = line;
	t->sent = turn->now;
	t->stream_tries++;
	t->x->attempts++;
	t->x->used = line->tls != NULL ? TRANSPORT_TLS : TRANSPORT_TCP;
	line->in_flight++;
}

void
exchange_line_reply(struct task *t, const struct bytes *data, const struct turn *turn)
{
	struct exchange *x = t->x;
	struct reply_question q = { .query = x->query, .id = t->id, .key = x->key,
		.chain = &t->chain, .now = turn->moment.wall / 1000 };
	struct message m;
	struct fault why = { 0 };
	enum reply_kind kind;

	x->was_sent = true;
	t->line->has_served = true;
	kind = reply_judge(&m, &x->verdict, data, &q, &why);
	if (kind == REPLY_FOREIGN)
		(void)fault_set(&why, ZP_ERETRY, "the reply is to another question");
	if (kind == REPLY_FOREIGN || kind == REPLY_UNTRUSTED) {
		char text[ADDRESS_TEXT_MAX];

		/* Whoever answers like this over a connection is not asked again on it. */
		t->line->is_closing = true;
		(void)fault_prepend(&why, "%s answers, but the reply does not count",
		    address_print(text, &x->server));
		exchange_finish(t, turn, why.class == ZP_ELOCAL ? ZP_ELOCAL : ZP_ERETRY, &why);
	} else {
		x->rtt_ms = (int)(turn->now - t->sent);
		keep_reply(x, &m, data);
		exchange_finish(t, turn, kind == REPLY_GOOD ? ZP_OK : why.class, &why);
	}
	message_release(&m);
}

void
exchange_line_lost(struct task *t, const struct turn *turn, const struct fault *why)
{
	struct line *line = t->line;
	bool complete = stream_written(line->stream) >= t->end;
	char text[ADDRESS_TEXT_MAX];
	struct fault named = *why;

	t->x->was_sent |= complete;
	(void)fault_prepend(&named, "%s", address_print(text, &t->x->server));
	if (!line->is_open || why->class != ZP_ERETRY ||
	    (t->stream_tries >= STREAM_TRIES_MAX && !line->has_served) ||
	    (complete && !exchange_may_resend(t))) {
		exchange_finish(t, turn, why->class, &named);
		return;
	}
	/* A server may end a connection after each reply: as long as it replies, that is no failure. */
	if (line->has_served)
		t->stream_tries--;
	t->came_through |= complete;
	line->in_flight--;
	t->line = NULL;
	t->wants_line = true;
	tsig_chain_release(&t->chain);
}

int
exchange_one(struct exchange *x, struct exchange_pool *pool, struct fault *why)
{
	int class = exchange_run(x, 1, pool, why);

	if (class != ZP_OK)
		return class;
	if (x->class != ZP_OK)
		return fault_set(why, x->class, "%s", x->why.text);
	return ZP_OK;
}

void
exchange_release(struct exchange *x)
{
	message_release(&x->reply);
	bytes_release(&x->raw);
	fault_clear(&x->why);
	x->class = ZP_OK;
	x->was_sent = false;
	x->was_repeated = false;
	x->verdict = (struct tsig_verdict){ 0 };
	x->used = TRANSPORT_AUTO;
	x->attempts = 0;
	x->at = (struct moment){ 0 };
	x->rtt_ms = -1;
}
