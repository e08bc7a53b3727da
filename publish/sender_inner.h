/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/sender_inner.h - shared by the files of publish/sender.h alone.
 */
#ifndef PUBLISH_SENDER_INNER_H
#define PUBLISH_SENDER_INNER_H

#include "publish/sender.h"

struct sender {
	struct sender_options options;
	struct exchange_pool *pool;
	struct server_addresses servers;	/* named ones */
	char server_name[NAME_TEXT_MAX];
	struct server_addresses resolvers;
	bool has_resolvers;			/* resolv.conf was read */
	struct source_addresses source;
	const struct tsig_key *key;
	bool is_gss;
	char realm[NAME_TEXT_MAX];		/* empty: that of the user's tickets */
	struct sender_gss *gss;			/* the keys that were agreed */

	/* The last search for a zone by SOA, and what it found; of the servers that are set. */
	struct name asked, found, mname;
	uint16_t asked_class;
	/* The address that answered last: of a server's addresses the first to be asked. */
	struct address answered;
	/* The last look-up of a primary. */
	struct name host;
	struct server_addresses host_addresses;
};

/* An exchange of query with the server that is l's turn, all options set. */
struct exchange sender_exchange(const struct sender *s, const struct letter *l,
    const struct message *query);

/* End a letter; the sentence is why's. */
void sender_settle(struct letter *l, enum letter_fate fate, const struct fault *why);

void sender_tell(const struct sender *s, const struct message *m, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/*
 * Agree on a key with the server that is l's turn, or find the one that was:
 * l->gss.  Fails: as tkey_agree().
 */
int sender_gss_agree(struct sender *s, struct letter *l, struct fault *why) MUST_CHECK;
/* The server does not know l's key any more: the next agreement is a new one. */
void sender_gss_drop(struct sender *s, const struct letter *l);
void sender_gss_forget(struct sender *s);

/* The addresses to ask for l, the one that answered last in front. */
void sender_aim(const struct sender *s, struct letter *l, const struct server_addresses *servers);

/*
 * Give every letter its zone and servers; those for which there are none are
 * settled as LETTER_UNSENDABLE or LETTER_HOMELESS.  Fails: ZP_ELOCAL.
 */
int sender_find(struct sender *s, struct letter *v, size_t n, struct fault *why) MUST_CHECK;

/*
 * True if the server that l was sent to last shows all that its update asks
 * for.  What cannot be told is false.
 */
bool sender_sees(struct sender *s, const struct letter *l);

#endif
