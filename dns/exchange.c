/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/exchange.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "dns/exchange_inner.h"

enum {
	UDP_MAX = 64,		/* tasks over UDP at once, each with sockets of its own */
	FORSAKEN = 2,		/* silence on a line that served, in the patience of an attempt over UDP */
	ROUNDS = 16,		/* of reading from one line before the others have their turn */
	LOOK_AHEAD = 256,	/* waiting exchanges that are looked at behind one that is held back */
	STOP_MS = 250,		/* how soon a request to stop is noticed, at the latest */
	NONE = -1
};

/* One call of exchange_run(). */
struct run {
	struct exchange_pool *pool;
	struct turn turn;
	struct exchange *v;
	size_t n;
	size_t *next;		/* by index: the next that waits; n: none */
	size_t first;		/* the first that waits */
	struct task *tasks;	/* under way */
	size_t n_tasks;
	struct pollfd *polls;
	size_t cap_polls;
};

static void
read_clocks(struct turn *turn)
{
	timepiece_renew(&turn->moment);
	turn->now = turn->moment.boot;
}

static bool
must_stop(const struct run *run)
{
	return run->pool->limits.stop != NULL && *run->pool->limits.stop != 0;
}

static void
fail_waiting(struct run *run, struct exchange *x, int class, const struct fault *why)
{
	x->class = class;
	x->why = *why;
	x->why.class = class;
	x->at = run->turn.moment;
}

/* Transfers have more than one reply (RFC 5936). */
static bool
is_transfer(const struct message *m)
{
	for (size_t i = 0; i < m->section[SECTION_QUESTION].n; i++) {
		uint16_t type = m->section[SECTION_QUESTION].v[i].type;

		if (type == RRTYPE_AXFR || type == RRTYPE_IXFR)
			return true;
	}
	return false;
}

/* Pack the question and say how it travels; false if it failed. */
static bool
prepare(struct task *t, struct exchange *x, struct run *run)
{
	size_t signature = x->key != NULL ? tsig_size(x->key) : x->sig0 != NULL ?
	    sig0_size(x->sig0) : 0;
	struct fault why = { 0 };
	int class = ZP_OK;

	*t = (struct task){ .x = x, .is_update = x->query != NULL && x->query->opcode == OPCODE_UPDATE };
	if (x->query == NULL || address_is_empty(&x->server))
		class = fault_set(&why, ZP_EUSAGE, "there is no question or no server to ask");
	else if (!address_is_empty(&x->source) &&
	    address_is_ipv6(&x->source) != address_is_ipv6(&x->server))
		class = fault_set(&why, ZP_EUSAGE,
		    "the address to ask from is not of the family of the server's");
	else if (is_transfer(x->query))
		class = fault_set(&why, ZP_EUSAGE, "zone transfers are not carried here");
	else
		class = message_pack(&t->base, x->query, signature, &why);
	if (class != ZP_OK) {
		fail_waiting(run, x, class, &why);
		bytes_release(&t->base);
		return false;
	}
	t->deadline = run->turn.now + (x->timeout_ms > 0 ? x->timeout_ms : 10000);
	t->wants_line = x->transport == TRANSPORT_TCP || x->transport == TRANSPORT_TLS ||
	    (x->transport == TRANSPORT_AUTO && t->base.len + signature > MESSAGE_UDP_SIZE);
	return true;
}

/* An id that no other message on the line has. */
static uint16_t
draw_line_id(const struct run *run, const struct line *line)
{
	for (;;) {
		uint16_t id = exchange_draw_id();
		bool taken = false;

		for (size_t i = 0; i < run->n_tasks; i++)
			taken |= run->tasks[i].line == line && run->tasks[i].id == id;
		if (!taken)
			return id;
	}
}

/* Put a task on a line; false if there is no room just now. */
static bool
board(struct run *run, struct task *t)
{
	struct line *line;
	struct fault why;
	char text[ADDRESS_TEXT_MAX];
	int class = exchange_pool_take(&line, run->pool, t->x, &run->turn, &why);

	if (class != ZP_OK) {
		(void)fault_prepend(&why, "%s", address_print(text, &t->x->server));
		exchange_finish(t, &run->turn, class, &why);
		return true;
	}
	if (line == NULL)
		return false;
	t->id = draw_line_id(run, line);
	exchange_line_send(t, line, &run->turn);
	return true;
}

/* Start what waits, as far as there is room; the order of the list is that of starting. */
static void
start_waiting(struct run *run)
{
	size_t *link = &run->first;
	const struct address *full = NULL;
	unsigned held = 0, over_udp = 0;

	for (size_t i = 0; i < run->n_tasks; i++)
		over_udp += run->tasks[i].n_tries > 0;

	while (*link < run->n && run->n_tasks < run->pool->limits.total && held < LOOK_AHEAD) {
		struct exchange *x = &run->v[*link];
		struct task *t = &run->tasks[run->n_tasks];

		/* A server that had no room for one has none for the next. */
		if (full != NULL && address_equal(full, &x->server)) {
			held++;
			link = &run->next[*link];
			continue;
		}
		if (!prepare(t, x, run)) {
			*link = run->next[*link];
			continue;
		}
		if (!t->wants_line && over_udp == UDP_MAX) {
			bytes_release(&t->base);
			break;
		}
		if (!t->wants_line) {
			exchange_udp_send(t, &run->turn);
			over_udp++;
		} else if (!board(run, t)) {
			bytes_release(&t->base);
			full = &x->server;
			held++;
			link = &run->next[*link];
			continue;
		}
		*link = run->next[*link];
		if (!t->is_done)
			run->n_tasks++;
	}
}

/* Tasks that have to take to a stream, after truncation or a lost line. */
static void
board_all(struct run *run)
{
	for (size_t i = 0; i < run->n_tasks; i++) {
		struct task *t = &run->tasks[i];

		if (t->wants_line && !t->is_done && t->line == NULL)
			(void)board(run, t);
	}
}

/* A line is at its end: its tasks try again or fail. */
static void
lose_line(struct run *run, struct line *line, const struct fault *why)
{
	for (size_t i = 0; i < run->n_tasks; i++) {
		if (run->tasks[i].line == line)
			exchange_line_lost(&run->tasks[i], &run->turn, why);
	}
	exchange_pool_drop(run->pool, line);
}

static void
take_reply(struct run *run, struct line *line, const struct bytes *data)
{
	unsigned id;

	line->is_open = true;
	id = (unsigned)(data->data[0] << 8 | data->data[1]);
	for (size_t i = 0; i < run->n_tasks; i++) {
		struct task *t = &run->tasks[i];

		/* An answer to what was not sent in full is no answer. */
		if (t->line == line && t->id == id && stream_written(line->stream) >= t->end) {
			line->served = run->turn.now;
			exchange_line_reply(t, data, &run->turn);
			return;
		}
	}
}

static void
work_line(struct run *run, struct line *line)
{
	struct bytes data = { 0 };
	struct fault why = { 0 };
	unsigned taken = 1;
	int class = ZP_OK;

	/* Again while something came: TLS may hold back what the socket no longer shows. */
	for (unsigned round = 0; class == ZP_OK && taken > 0 && round < ROUNDS; round++) {
		taken = 0;
		class = stream_work(line->stream, &why);
		line->is_open |= stream_written(line->stream) > 0;
		for (; stream_take(line->stream, &data); taken++) {
			if (data.len >= MESSAGE_HEADER)
				take_reply(run, line, &data);
			else if (class == ZP_OK)
				class = fault_set(&why, ZP_ERETRY, "what the server sends is no DNS message");
		}
	}
	line->has_more = taken > 0;
	bytes_release(&data);
	if (class != ZP_OK)
		lose_line(run, line, &why);
	else if (line->is_closing && line->in_flight == 0)
		exchange_pool_drop(run->pool, line);
}

/*
 * The time of a task on a line is up.  What has not been written in full must
 * never be: the line goes.  Else it only takes no more, since a late reply
 * could meet a new question with the same id.
 */
static void
expire_on_line(struct run *run, struct task *t)
{
	struct line *line = t->line;
	bool complete = stream_written(line->stream) >= t->end;
	bool untouched = stream_written(line->stream) == 0;
	struct fault why;

	t->x->was_sent |= complete;
	line->is_closing = true;
	exchange_udp_expire(t, &run->turn);
	if (complete)
		return;
	(void)fault_set(&why, ZP_ERETRY, untouched ? "the connection did not come about in time" :
	    "the server takes no more data");
	lose_line(run, line, &why);
}

/*
 * When a connection that served before and then fell silent is given up: some
 * servers answer one message on each and leave it open.  INT64_MAX: not yet,
 * or what waits on it may not be sent again.
 */
static int64_t
forsaken_at(const struct run *run, const struct line *line)
{
	int64_t at = line->has_served && line->in_flight > 0 ? 0 : INT64_MAX;

	for (size_t i = 0; i < run->n_tasks && at != INT64_MAX; i++) {
		const struct task *t = &run->tasks[i];
		int64_t since = t->sent > line->served ? t->sent : line->served;
		int64_t until = since + FORSAKEN * (int64_t)exchange_patience(t->x);

		if (t->is_done || t->line != line)
			continue;
		if (!exchange_may_resend(t) || stream_written(line->stream) < t->end)
			return INT64_MAX;
		if (at < until)
			at = until;
	}
	return at;
}

static void
leave_forsaken(struct run *run)
{
	struct fault why;

	(void)fault_set(&why, ZP_ERETRY, "no answer over a connection that has served before");
	for (struct line *line = run->pool->lines, *next; line != NULL; line = next) {
		next = line->next;
		if (forsaken_at(run, line) > run->turn.now)
			continue;
		run->pool->is_single_use = true;
		lose_line(run, line, &why);
	}
}

static void
expire(struct run *run)
{
	for (size_t i = 0; i < run->n_tasks; i++) {
		struct task *t = &run->tasks[i];

		if (t->is_done)
			continue;
		if (t->line != NULL && run->turn.now >= t->deadline)
			expire_on_line(run, t);
		else
			exchange_udp_expire(t, &run->turn);
	}
	leave_forsaken(run);
	for (struct line *line = run->pool->lines, *next; line != NULL; line = next) {
		next = line->next;
		if (line->is_closing && line->in_flight == 0)
			exchange_pool_drop(run->pool, line);
	}
}

/* Close the ranks of the tasks under way. */
static void
sweep(struct run *run)
{
	size_t kept = 0;

	for (size_t i = 0; i < run->n_tasks; i++) {
		if (run->tasks[i].is_done)
			continue;
		if (kept != i)
			run->tasks[kept] = run->tasks[i];
		kept++;
	}
	run->n_tasks = kept;
}

/* Milliseconds until something has to be done without anything having come. */
static int
patience(const struct run *run)
{
	int64_t until = INT64_MAX, left;

	for (size_t i = 0; i < run->n_tasks; i++) {
		const struct task *t = &run->tasks[i];

		if (t->deadline < until)
			until = t->deadline;
		if (t->claim_until != 0 && t->claim_until < until)
			until = t->claim_until;
		else if (t->claim_until == 0 && t->n_tries > 0 && !t->wants_line &&
		    t->line == NULL && t->next_try < until)
			until = t->next_try;
	}
	for (const struct line *line = run->pool->lines; line != NULL; line = line->next) {
		int64_t at = forsaken_at(run, line);

		if (line->has_more && line->in_flight > 0)
			return 0;
		if (at < until)
			until = at;
	}
	left = until - run->turn.now;
	if (left < 0)
		left = 0;
	if (run->pool->limits.stop != NULL && left > STOP_MS)
		left = STOP_MS;
	return left > 60000 ? 60000 : (int)left;
}

static int
reserve_polls(struct run *run, size_t want, struct fault *why)
{
	struct pollfd *polls;

	if (want <= run->cap_polls)
		return ZP_OK;
	polls = reallocarray(run->polls, want * 2, sizeof *polls);
	if (polls == NULL)
		return fault_set_nomem(why);
	run->polls = polls;
	run->cap_polls = want * 2;
	return ZP_OK;
}

/* Wait for any socket, then work each that has something to say. */
static int
poll_once(struct run *run, struct fault *why)
{
	size_t n = 0, want = 0, at = 0;
	struct line *line, *next;
	int class;

	for (size_t i = 0; i < run->n_tasks; i++)
		want += run->tasks[i].n_tries;
	for (line = run->pool->lines; line != NULL; line = line->next)
		want++;
	class = reserve_polls(run, want, why);
	if (class != ZP_OK)
		return class;
	for (size_t i = 0; i < run->n_tasks; i++) {
		const struct task *t = &run->tasks[i];
		bool deaf = t->wants_line || t->line != NULL;

		for (unsigned k = 0; k < t->n_tries; k++)
			run->polls[n++] = (struct pollfd){ .fd = deaf ? NONE : t->tries[k].fd,
				.events = POLLIN };
	}
	for (line = run->pool->lines; line != NULL; line = line->next)
		run->polls[n++] = (struct pollfd){
			.fd = line->in_flight > 0 ? stream_fd(line->stream) : NONE,
			.events = stream_events(line->stream) };

	read_clocks(&run->turn);
	if (poll(run->polls, (nfds_t)n, patience(run)) < 0 && errno != EINTR)
		return fault_set_errno(why, ZP_ELOCAL, "poll");
	read_clocks(&run->turn);
	for (size_t i = 0; i < run->n_tasks; i++) {
		struct task *t = &run->tasks[i];
		unsigned tries = t->n_tries;

		for (unsigned k = 0; k < tries; k++, at++) {
			if (run->polls[at].revents != 0 && !t->is_done && !t->wants_line)
				exchange_udp_read(t, k, &run->turn);
		}
	}
	for (line = run->pool->lines; line != NULL; line = next) {
		next = line->next;
		if (run->polls[at++].revents != 0 || (line->has_more && line->in_flight > 0))
			work_line(run, line);
	}
	return ZP_OK;
}

/* End all that is not ended. */
static void
abandon(struct run *run, const struct fault *why)
{
	for (size_t i = 0; i < run->n_tasks; i++) {
		struct task *t = &run->tasks[i];

		if (t->is_done)
			continue;
		if (t->line != NULL) {
			t->x->was_sent |= stream_written(t->line->stream) >= t->end;
			t->line->is_closing = true;
		}
		exchange_finish(t, &run->turn, why->class, why);
	}
	for (; run->first < run->n; run->first = run->next[run->first])
		fail_waiting(run, &run->v[run->first], why->class, why);
}

static int
loop(struct run *run, struct fault *why)
{
	while (run->first < run->n || run->n_tasks > 0) {
		struct fault stop;
		int class;

		if (must_stop(run)) {
			(void)fault_set(&stop, ZP_ERETRY, "interrupted");
			abandon(run, &stop);
			break;
		}
		board_all(run);
		start_waiting(run);
		sweep(run);
		if (run->n_tasks == 0 && run->first >= run->n)
			break;
		class = poll_once(run, why);
		if (class != ZP_OK) {
			abandon(run, why);
			return class;
		}
		expire(run);
		sweep(run);
	}
	return ZP_OK;
}

int
exchange_run(struct exchange *v, size_t n, struct exchange_pool *pool, struct fault *why)
{
	struct exchange_pool *own = NULL;
	struct run run = { .v = v, .n = n };
	struct fault nomem;
	int class = ZP_OK;

	for (size_t i = 0; i < n; i++)
		exchange_release(&v[i]);
	if (pool == NULL)
		class = exchange_pool_make(&own, NULL, why);
	run.pool = pool != NULL ? pool : own;
	run.next = calloc(n + 1, sizeof *run.next);
	run.tasks = class != ZP_OK ? NULL : calloc(run.pool->limits.total, sizeof *run.tasks);
	if (run.next == NULL || run.tasks == NULL) {
		class = fault_set_nomem(why);
		(void)fault_set_nomem(&nomem);
		for (size_t i = 0; i < n; i++)
			fail_waiting(&run, &v[i], ZP_ELOCAL, &nomem);
		goto out;
	}
	for (size_t i = 0; i < n; i++)
		run.next[i] = i + 1;
	run.turn.moment = run.pool->made;
	read_clocks(&run.turn);
	class = loop(&run, why);
	exchange_pool_settle(run.pool, &run.turn);
out:
	free(run.next);
	free(run.tasks);
	free(run.polls);
	exchange_pool_free(own);
	return class;
}
