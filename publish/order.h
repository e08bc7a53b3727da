/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/order.h - what a TLSA rollover was asked to do.
 *
 * An order is put together from the options of a command and the sections of
 * the configuration, and recorded with the rollover, so that any later `run`
 * goes on without either.  It names files; it never holds a secret.
 *
 * One order moves all hosts and ports that share one certificate: they are
 * published together and flipped by one deploy.
 */
#ifndef PUBLISH_ORDER_H
#define PUBLISH_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/strlist.h"

struct order {
	/* what */
	struct strlist hosts;
	struct strlist ports;		/* "25", in text; at least one */
	struct strlist params;		/* "3 1 1"; at least one */
	char *scheme;			/* "staged" or "next-key" */
	char *next_dir;			/* slots of the next-key scheme, or null */
	char *cert, *key;		/* the renewed pair */
	/* where it goes */
	char *live_chain;		/* key and chain in one file, or null */
	char *live_cert, *live_key;	/* a file each, or null */
	struct strlist deploy;		/* words; empty: none */
	int64_t deploy_timeout;		/* milliseconds */
	/* time */
	int64_t safety;			/* R, milliseconds */
	int64_t hold;			/* H, milliseconds; -1: TTL + R */
	int64_t ttl;			/* of a new RRset, seconds */
	/* what is looked at */
	struct strlist authorities;	/* ADDR[@PORT]; empty: discovered */
	struct strlist exclude;		/* addresses or names that do not count */
	struct strlist probes;		/* ADDR[@PORT]; empty: the host's addresses */
	int64_t probe_repeat;		/* handshakes for each address, port and algorithm */
	bool no_probe;
	bool allow_insecure;
	bool prune;			/* also remove records that match nothing known */
	char *resolver, *trust_anchor;
	struct strlist stubs;		/* ZONE=ADDR[@PORT], private trees */
	/* the publisher */
	char *publisher;		/* "rfc2136" or "zonefile" */
	char *zone;			/* or null: discovered */
	char *server, *tsig_file, *transport, *tls_name, *tls_ca;
	char *zonefile, *sign_keys;
	struct strlist reload;
};

/* An order with the defaults of the SPEC. */
struct order order_make(void);
void order_release(struct order *o);
int order_copy(struct order *to, const struct order *from, struct fault *why) MUST_CHECK;

/* Set a text member; the old text is freed. A null value clears. */
int order_set(char **member, const char *value, struct fault *why) MUST_CHECK;

/*
 * Can this order be carried out at all?  Looks at the order alone.
 * Fails: ZP_EUSAGE naming what is missing or contradicts.
 */
int order_check(const struct order *o, struct fault *why) MUST_CHECK;

/* True if a and b flip together: same renewed pair and same place for it. */
bool order_shares_service(const struct order *a, const struct order *b);

/* True if a and b replace the same live files; or one names none. */
bool order_shares_place(const struct order *a, const struct order *b);

/* True if a and b both name live files, and the same. */
bool order_shares_files(const struct order *a, const struct order *b);

/* True if some host is in both. */
bool order_shares_host(const struct order *a, const struct order *b);

/* The members as a table, for those who write or read an order as a whole. */
enum order_kind { ORDER_TEXT, ORDER_LIST, ORDER_NUMBER, ORDER_BOOL };

/* What a change of a member means for a rollover that is under way; the greater weighs more. */
enum order_change {
	ORDER_SAME,
	ORDER_MEANS,	/* servers, keys, commands, times: it goes on with the new ones */
	ORDER_PLACES,	/* what is published where: it is prepared anew */
	ORDER_LIVE	/* the place of the live files: safe only before they were switched */
};

struct order_member {
	const char *name;
	enum order_kind kind;
	size_t offset;
	enum order_change change;
};

/* The weightiest change between two orders, and a line "NAME: NEW (was: OLD)" for each member. */
int order_compare(enum order_change *out, struct strlist *lines, const struct order *was,
    const struct order *is, struct fault *why) MUST_CHECK;

/* The first member, the hosts aside, that is not the same in both; NULL: there is none. */
const struct order_member *order_differs(const struct order *a, const struct order *b);

extern const struct order_member order_members[];
extern const size_t order_members_n;

#endif
