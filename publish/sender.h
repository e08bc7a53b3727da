/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/sender.h - carries updates to the primary servers of their zones.
 *
 * A letter is one update on its way.  The sender finds the zone and the
 * primary where they were not named (by SOA, as nsupdate does), goes on to the
 * next address where one does not answer, and reads back where a lost reply
 * leaves it open whether an update was carried out.
 *
 * A letter counts as done only by a reply that counts (dns/exchange.h), or,
 * after an update was sent again and its prerequisites then failed, by the
 * sight of all that it asked for.
 */
#ifndef PUBLISH_SENDER_H
#define PUBLISH_SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "dns/address.h"
#include "dns/exchange.h"
#include "dns/message.h"
#include "dns/name.h"

enum { SENDER_ADDRESSES = 4 };	/* of one server */

struct server_addresses {
	struct address v[SENDER_ADDRESSES];
	size_t n;
};

/* The local addresses to send from, one for each family of servers; empty: any. */
struct source_addresses {
	struct address v4, v6;
};

enum letter_fate {
	LETTER_WAITING,		/* not sent: an earlier one ended the run */
	LETTER_DONE,
	LETTER_REFUSED,		/* the server said no, or its reply does not count */
	LETTER_HOMELESS,	/* its zone does not exist: nothing was sent */
	LETTER_LOST,		/* no reply */
	LETTER_UNSENDABLE	/* no zone or server found, too large: nothing was sent */
};

struct letter {
	/* Set by the caller. */
	struct message update;		/* without zone section; moved in */
	struct name zone;		/* empty: to be found */
	uint16_t class;
	size_t line;			/* where it begins in the script */

	/* Filled by sender_carry(). */
	enum letter_fate fate;
	struct fault why;		/* for all but LETTER_DONE */
	struct message reply;		/* of the update, where one came */
	struct tsig_verdict verdict;

	/* The sender's own. */
	struct server_addresses servers;
	size_t at;			/* which of them is asked */
	bool is_settled;
	bool asks_unsigned;		/* the server does not take the key for questions */
	bool has_renewed;		/* another key was agreed after the server had forgotten one */
	bool may_be_done;		/* sent before without a reply that counts */
	struct name primary;		/* the MNAME of the zone, where it was looked up */
	const struct tsig_key *gss;	/* agreed with the server that is asked; null: none */
	struct name place;		/* where the search for the zone is; empty: it is over */
	char host[NAME_TEXT_MAX];	/* the server's name or address, for TLS */
	struct tls_options tls;
};

/* What is worth tracing; m may be null. */
typedef void sender_trace(void *context, const char *what, const struct message *m);

struct sender_options {
	enum transport transport;
	const struct tls_options *tls;	/* without a server_name: the server's own name */
	int timeout_ms;
	int udp_timeout_ms;
	int udp_tries;
	unsigned in_flight;		/* updates at once; 0: 1 */
	int family;			/* AF_UNSPEC, AF_INET, AF_INET6: of addresses that are looked up */
	uint16_t port;			/* of primaries that are found by MNAME */
	const struct sig0_key *sig0;	/* signs updates while no key is set; borrowed; may be null */
	const char *resolv_conf;	/* who is asked for zones without a server */
	const volatile sig_atomic_t *stop;
	sender_trace *trace;		/* may be null */
	void *context;
};

struct sender;

/* Strings in o are borrowed for the sender's life. Fails: ZP_ELOCAL. */
int sender_make(struct sender **out, const struct sender_options *o, struct fault *why) MUST_CHECK;
void sender_free(struct sender *s);

/*
 * All addresses of a host (a name or an address), by the system's means.
 * Fails: ZP_EABSENT; ZP_ERETRY; ZP_ELOCAL.
 */
int sender_look_up(struct server_addresses *out, const char *host, uint16_t port, int family,
    struct fault *why) MUST_CHECK;

/*
 * The servers to send to, and the name or address that was given for them;
 * none: each zone's primary.
 */
void sender_set_servers(struct sender *s, const struct server_addresses *servers,
    const char *host);
void sender_set_source(struct sender *s, const struct source_addresses *source);
/* The key to sign with, borrowed; null: none. */
void sender_set_key(struct sender *s, const struct tsig_key *key);
/*
 * Sign with a key that is agreed with each server by Kerberos (dns/tkey.h), in
 * place of any other; an empty realm: that of the user's tickets.
 */
void sender_set_gss(struct sender *s, bool is_on, const char *realm);

/* Octets to leave in a message for the zone section and the signature of an update. */
size_t sender_reserve(const struct sender *s, const struct name *zone);

/*
 * Carry n letters that do not depend on each other: they travel side by side.
 * Those behind one that is LETTER_UNSENDABLE are LETTER_WAITING, as if one was
 * sent after the other, unless that shows only once they are under way.
 * Fails: ZP_ELOCAL, each letter has a fate all the same.
 */
int sender_carry(struct sender *s, struct letter *v, size_t n, struct fault *why) MUST_CHECK;

void letter_release(struct letter *l);

#endif
