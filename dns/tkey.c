/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/tkey.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/random.h>

#include "base/timepiece.h"

enum {
	MODE_GSS = 3,		/* RFC 2930 2.5 */
	ROUNDS_MAX = 8,		/* Kerberos takes one or two */
	LIFETIME_S = 3600	/* asked for; the server decides */
};

static const char ALGORITHM[] = "gss-tsig.";	/* RFC 3645 2.2 */

void
tkey_release(struct tkey *k)
{
	tsig_key_release(&k->key);
	gss_context_free(k->gss);
	*k = (struct tkey){ 0 };
}

/* The principal of a server: DNS/host@REALM (RFC 3645 3.1.2). */
static int
print_service(struct bytes *out, const struct tkey_peer *peer, struct fault *why)
{
	struct bytes own = { 0 };
	char host[NAME_TEXT_MAX];
	int class = ZP_OK;

	if (peer->realm == NULL)
		class = gss_own_realm(&own, why);
	bytes_printf(out, "DNS/%s@%s", name_print_host(host, peer->host),
	    peer->realm != NULL ? peer->realm : bytes_text(&own));
	bytes_release(&own);
	return class != ZP_OK ? class : bytes_check(out, why);
}

/* A name that no other client has chosen (RFC 2930 2.1). */
static int
choose_name(struct name *out, const struct name *host, struct fault *why)
{
	uint64_t random;
	char label[32];

	while (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
		continue;
	(void)snprintf(label, sizeof label, "%016" PRIx64 ".sig", random);
	return name_prepend(out, label, host, why);
}

/* The question for a key, with a token of ours beside it. */
static int
make_query(struct message *m, const struct name *key_name, const struct bytes *token,
    struct fault *why)
{
	uint32_t now = (uint32_t)(timepiece_now().wall / 1000);
	struct record r = { .owner = *key_name, .type = RRTYPE_TKEY, .class = CLASS_ANY };
	struct bytes rdata = { 0 };
	struct name algorithm;
	int class = name_parse(&algorithm, ALGORITHM, NULL, why);

	*m = (struct message){ 0 };
	if (class != ZP_OK)
		return class;
	class = message_add(m, SECTION_QUESTION, &r, why);
	bytes_append(&rdata, algorithm.wire, algorithm.len);
	bytes_append_u32(&rdata, now);
	bytes_append_u32(&rdata, now + LIFETIME_S);
	bytes_append_u16(&rdata, MODE_GSS);
	bytes_append_u16(&rdata, 0);
	bytes_append_u16(&rdata, (uint16_t)token->len);
	bytes_append(&rdata, token->data, token->len);
	bytes_append_u16(&rdata, 0);
	if (class == ZP_OK)
		class = bytes_check(&rdata, why);
	if (class == ZP_OK && (token->len > UINT16_MAX || rdata.len > UINT16_MAX))
		class = fault_set(why, ZP_EUSAGE, "the Kerberos token of %zu octets is too large for DNS",
		    token->len);
	if (class == ZP_OK) {
		r.rdata = (struct rdata){ .len = (uint16_t)rdata.len, .data = rdata.data };
		class = message_add(m, SECTION_ADDITIONAL, &r, why);
	}
	bytes_release(&rdata);
	return class;
}

static const struct record *
find_tkey(const struct message *m, const struct name *key_name)
{
	const struct record_list *answer = &m->section[SECTION_ANSWER];

	for (size_t i = 0; i < answer->n; i++) {
		if (answer->v[i].type == RRTYPE_TKEY && name_equal(&answer->v[i].owner, key_name))
			return &answer->v[i];
	}
	return NULL;
}

/* The server's token, or what it has against us. */
static int
read_reply(struct bytes *token, const struct message *m, const struct name *key_name,
    struct fault *why)
{
	const struct record *r = find_tkey(m, key_name);
	const uint8_t *data;
	struct name algorithm, wanted;
	uint16_t mode, error, len;
	struct cursor c;
	char text[16];

	bytes_clear(token);
	if (m->rcode != RCODE_NOERROR)
		return fault_set(why, ZP_EREFUSED, "the server does not negotiate GSS-TSIG: %s",
		    message_print_rcode(text, m->rcode));
	if (r == NULL)
		return fault_set(why, ZP_EREFUSED, "the server's reply has no TKEY record");
	if (name_parse(&wanted, ALGORITHM, NULL, why) != ZP_OK ||
	    name_parse_wire(&algorithm, r->rdata.data, r->rdata.len, NULL) != ZP_OK)
		return fault_set(why, ZP_EREFUSED, "the server's TKEY record is malformed");
	c = cursor_make(r->rdata.data + algorithm.len, (size_t)(r->rdata.len - algorithm.len));
	(void)cursor_u32(&c);
	(void)cursor_u32(&c);
	mode = cursor_u16(&c);
	error = cursor_u16(&c);
	len = cursor_u16(&c);
	data = cursor_take(&c, len);
	if (cursor_is_broken(&c))
		return fault_set(why, ZP_EREFUSED, "the server's TKEY record is malformed");
	if (error != 0)
		return fault_set(why, ZP_EREFUSED, "the server refuses the Kerberos ticket: %s",
		    tsig_print_error(text, error));
	if (mode != MODE_GSS || !name_equal(&algorithm, &wanted))
		return fault_set(why, ZP_EREFUSED, "the server's TKEY record is of another kind than GSS-TSIG");
	bytes_append(token, data, len);
	return bytes_check(token, why);
}

/* The last reply has to be signed with the key that it brings (RFC 3645 3.1.3, 4.1.3). */
static int
check_signature(const struct exchange *x, const struct tsig_key *key, struct fault *why)
{
	struct tsig_chain chain = { 0 };
	struct tsig_verdict verdict;
	struct bytes sentence = { 0 };
	int class = tsig_verify(&verdict, &x->raw, &x->reply, &chain, key, x->at.wall / 1000, why);

	if (class == ZP_OK && verdict.kind != TSIG_GOOD) {
		tsig_print_verdict(&sentence, &verdict);
		class = fault_set(why, ZP_EREFUSED, "the end of the negotiation is not proved: %s",
		    bytes_text(&sentence));
		bytes_release(&sentence);
	}
	tsig_chain_release(&chain);
	return class;
}

/*
 * Send the token that is ours and take the one that is theirs in its place.
 * *x holds the exchange afterwards.
 */
static int
pass_token(struct bytes *token, struct exchange *x, const struct tkey_peer *peer,
    const struct name *key_name, struct fault *why)
{
	struct message query;
	int class = make_query(&query, key_name, token, why);

	exchange_release(x);
	*x = (struct exchange){ .server = peer->like->server, .source = peer->like->source,
		.transport = peer->like->transport == TRANSPORT_TLS ? TRANSPORT_TLS : TRANSPORT_TCP,
		.tls = peer->like->tls, .timeout_ms = peer->like->timeout_ms, .query = &query };
	if (class == ZP_OK)
		class = exchange_one(x, peer->pool, why);
	if (class == ZP_OK)
		class = read_reply(token, &x->reply, key_name, why);
	x->query = NULL;
	message_release(&query);
	return class;
}

int
tkey_agree(struct tkey *out, const struct tkey_peer *peer, struct fault *why)
{
	struct bytes service = { 0 }, token = { 0 }, next = { 0 };
	struct exchange x = { 0 };
	bool is_signed = false;
	int class;

	*out = (struct tkey){ 0 };
	class = print_service(&service, peer, why);
	if (class == ZP_OK)
		class = gss_context_make(&out->gss, bytes_text(&service), why);
	if (class == ZP_OK)
		class = choose_name(&out->key.name, peer->host, why);
	out->key.algorithm = TSIG_GSS;
	out->key.gss = out->gss;

	for (unsigned round = 0; class == ZP_OK && !is_signed; round++) {
		if (round == ROUNDS_MAX)
			class = fault_set(why, ZP_EREFUSED, "the negotiation finds no end");
		else if (!gss_context_is_complete(out->gss))
			class = gss_context_step(&next, out->gss, &token, why);
		else
			bytes_clear(&next);
		if (class != ZP_OK)
			break;
		if (next.len > 0) {
			bytes_clear(&token);
			bytes_append(&token, next.data, next.len);
			class = bytes_check(&token, why);
			if (class == ZP_OK)
				class = pass_token(&token, &x, peer, &out->key.name, why);
		} else if (gss_context_is_complete(out->gss) && round > 0) {
			class = check_signature(&x, &out->key, why);
			is_signed = true;
		} else {
			class = fault_set(why, ZP_EREFUSED, "the negotiation stands still");
		}
	}
	if (class != ZP_OK) {
		(void)fault_prepend(why, "GSS-TSIG with %.300s",
		    service.len > 0 ? bytes_text(&service) : "the server");
		tkey_release(out);
	}
	exchange_release(&x);
	bytes_wipe(&token);
	bytes_wipe(&next);
	bytes_release(&service);
	return class;
}
