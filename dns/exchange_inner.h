/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/exchange_inner.h - shared by the files of dns/exchange.h alone.
 *
 * A task is an exchange under way; a line is a connection with what it is
 * for.  Times are milliseconds of CLOCK_BOOTTIME.
 */
#ifndef DNS_EXCHANGE_INNER_H
#define DNS_EXCHANGE_INNER_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/exchange.h"
#include "dns/stream.h"

enum { UDP_TRIES_MAX = 8, STREAM_TRIES_MAX = 3 };

struct line {
	struct line *next;
	struct stream *stream;
	struct address server;
	struct address source;
	const struct tls_context *tls;	/* NULL: plain TCP */
	unsigned in_flight;
	bool is_open;			/* something came over it, or all of a message went */
	bool is_closing;		/* takes no more messages */
	bool has_served;		/* a reply of one of its tasks came over it */
	bool has_more;			/* what it brought is not worked off yet */
	int64_t idle_since;
	int64_t served;			/* when the last reply came */
};

/* A TLS context and the options that it was made from, as one text. */
struct tls_entry {
	struct tls_entry *next;
	struct bytes options;
	struct tls_context *context;
};

struct exchange_pool {
	struct exchange_limits limits;	/* without zeroes */
	struct moment made;
	struct line *lines;
	struct tls_entry *tls;
	bool is_single_use;		/* some server answers one message a connection, and leaves it open */
};

struct udp_attempt {
	int fd;
	uint16_t id;
	struct tsig_chain chain;
	int64_t sent;
};

struct task {
	struct exchange *x;
	struct bytes base;		/* packed, without id and signature */
	int64_t deadline;
	struct fault note;		/* of the last reply that did not count */
	bool is_update;
	bool is_done;

	/* Over UDP.  An attempt stays open until the task is done: its reply may come late. */
	struct udp_attempt tries[UDP_TRIES_MAX];
	unsigned n_tries;
	unsigned n_refused;		/* of these, by ICMP */
	int64_t next_try;		/* when to send again or to give up */
	int64_t claim_until;		/* an error nobody signed stands until then; 0: none */

	/* Over a stream. */
	bool wants_line;
	struct line *line;
	uint16_t id;
	struct tsig_chain chain;
	uint64_t end;			/* position behind the message */
	int64_t sent;
	unsigned stream_tries;
	bool came_through;		/* an attempt over a line that was lost was written in full */
};

/* The clocks of one turn of the loop. */
struct turn {
	int64_t now;			/* CLOCK_BOOTTIME */
	struct moment moment;
};

/* A random number for an id. */
uint16_t exchange_draw_id(void);

/* The message of a task with this id, signed if there is a key; starts chain. */
int exchange_dress(struct bytes *wire, struct tsig_chain *chain, const struct task *t, uint16_t id,
    const struct turn *turn, struct fault *why) MUST_CHECK;

/* May the message be sent once more, when the fate of the last attempt is unknown? */
bool exchange_may_resend(const struct task *t);

/* How long one attempt over UDP waits for its reply, milliseconds. */
int exchange_patience(const struct exchange *x);

/* End a task; why may be the exchange's own. */
void exchange_finish(struct task *t, const struct turn *turn, int class, const struct fault *why);

/* UDP: send one more attempt; read what came to attempt i; see to time. */
void exchange_udp_send(struct task *t, const struct turn *turn);
void exchange_udp_read(struct task *t, unsigned i, const struct turn *turn);
void exchange_udp_expire(struct task *t, const struct turn *turn);

/* Streams: queue the task on its line; take what its line brought; the line is lost. */
void exchange_line_send(struct task *t, struct line *line, const struct turn *turn);
void exchange_line_reply(struct task *t, const struct bytes *data, const struct turn *turn);
void exchange_line_lost(struct task *t, const struct turn *turn, const struct fault *why);

/*
 * Find or make a line for x; *out is NULL where there is no room just now.
 * Fails: the classes of exchange.
 */
int exchange_pool_take(struct line **out, struct exchange_pool *pool, const struct exchange *x,
    const struct turn *turn, struct fault *why) MUST_CHECK;
void exchange_pool_drop(struct exchange_pool *pool, struct line *line);
/* After a run: close what cannot be used again. */
void exchange_pool_settle(struct exchange_pool *pool, const struct turn *turn);

#endif
