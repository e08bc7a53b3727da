/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/reply.h - does this message answer that question?
 */
#ifndef DNS_REPLY_H
#define DNS_REPLY_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "dns/message.h"
#include "dns/tsig.h"

enum reply_kind {
	REPLY_FOREIGN,		/* of another question, or no reply at all */
	REPLY_UNTRUSTED,	/* it would fit, but is malformed or fails the signature */
	REPLY_CLAIM,		/* an error that nobody signed where a signature was due */
	REPLY_REFUSED,		/* an authentic word of TSIG that it refuses */
	REPLY_GOOD
};

/* What was asked. All borrowed; chain goes on where the reply is good. */
struct reply_question {
	const struct message *query;
	uint16_t id;
	const struct tsig_key *key;	/* null: none */
	struct tsig_chain *chain;
	int64_t now;			/* seconds since 1970 */
};

/*
 * Judge data.  out is the message unpacked, where that could be done, and the
 * caller's to release; why says what is wrong with all but REPLY_GOOD and
 * REPLY_FOREIGN.
 */
enum reply_kind reply_judge(struct message *out, struct tsig_verdict *verdict,
    const struct bytes *data, const struct reply_question *q, struct fault *why);

#endif
