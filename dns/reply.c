/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/reply.h"

/* The header alone tells most strangers apart. */
static bool
has_our_header(const struct bytes *data, const struct reply_question *q)
{
	if (data->len < MESSAGE_HEADER)
		return false;
	return (data->data[0] << 8 | data->data[1]) == q->id &&
	    (data->data[2] & 0x80) != 0 &&
	    (data->data[2] >> 3 & 0xf) == q->query->opcode;
}

/*
 * Servers may leave the question out of errors, and the zone out of the reply
 * to an update (RFC 2136 3.8).
 */
static bool
has_our_question(const struct message *m, const struct reply_question *q)
{
	if (m->section[SECTION_QUESTION].n == 0 &&
	    (q->query->opcode == OPCODE_UPDATE || m->rcode != RCODE_NOERROR))
		return true;
	return message_same_question(m, q->query);
}

static enum reply_kind
judge_signature(struct tsig_verdict *verdict, const struct bytes *data, const struct message *m,
    const struct reply_question *q, struct fault *why)
{
	static const enum reply_kind kinds[] = {
		[TSIG_UNJUDGED] = REPLY_UNTRUSTED, [TSIG_GOOD] = REPLY_GOOD,
		[TSIG_UNSIGNED] = REPLY_UNTRUSTED, [TSIG_BAD_MAC] = REPLY_UNTRUSTED,
		[TSIG_WRONG_KEY] = REPLY_UNTRUSTED, [TSIG_WRONG_ALGORITHM] = REPLY_UNTRUSTED,
		[TSIG_BAD_TIME] = REPLY_REFUSED, [TSIG_SIGNED_ERROR] = REPLY_REFUSED,
		[TSIG_CLAIMED_ERROR] = REPLY_CLAIM, [TSIG_MALFORMED] = REPLY_UNTRUSTED,
		[TSIG_PENDING] = REPLY_UNTRUSTED
	};
	struct bytes sentence = { 0 };

	if (tsig_verify(verdict, data, m, q->chain, q->key, q->now, why) != ZP_OK)
		return REPLY_UNTRUSTED;
	if (verdict->kind == TSIG_GOOD)
		return REPLY_GOOD;
	tsig_print_verdict(&sentence, verdict);
	(void)fault_set(why, kinds[verdict->kind] == REPLY_UNTRUSTED ? ZP_ERETRY : ZP_EREFUSED, "%s",
	    bytes_text(&sentence));
	bytes_release(&sentence);

	/* A reply out of time that says it was done: nobody knows when it was said. */
	if (verdict->kind == TSIG_BAD_TIME && verdict->error == 0)
		return REPLY_UNTRUSTED;
	return kinds[verdict->kind];
}

enum reply_kind
reply_judge(struct message *out, struct tsig_verdict *verdict, const struct bytes *data,
    const struct reply_question *q, struct fault *why)
{
	*out = (struct message){ 0 };
	*verdict = (struct tsig_verdict){ 0 };
	if (!has_our_header(data, q))
		return REPLY_FOREIGN;
	if (message_unpack(out, data->data, data->len, why) != ZP_OK)
		return REPLY_UNTRUSTED;
	if (!has_our_question(out, q))
		return REPLY_FOREIGN;
	verdict->rcode = out->rcode;
	if (out->trailing > 0) {
		(void)fault_set(why, ZP_ERETRY, "malformed DNS message: %zu octets behind its end",
		    out->trailing);
		return REPLY_UNTRUSTED;
	}
	if (q->key == NULL)
		return REPLY_GOOD;
	return judge_signature(verdict, data, out, q, why);
}
