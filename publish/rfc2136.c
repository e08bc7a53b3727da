/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/rfc2136.h"

#include <string.h>

/* One record of a prerequisite or update section. rd null: empty rdata. */
static int
put(struct message *m, enum section s, const struct rrset *set, uint16_t class, uint32_t ttl,
    const struct rdata *rd, struct fault *why)
{
	struct record r = { .owner = set->owner, .type = set->type, .class = class, .ttl = ttl };

	if (rd != NULL)
		r.rdata = *rd;
	return message_add(m, s, &r, why);
}

/* RFC 2136 2.4.3 (nothing there) and 2.4.2 (exactly these records). */
static int
put_prerequisite(struct message *m, const struct rrset *before, struct fault *why)
{
	int rc = ZP_OK;

	if (before->n == 0)
		return put(m, SECTION_PREREQUISITE, before, CLASS_NONE, 0, NULL, why);
	for (size_t i = 0; rc == ZP_OK && i < before->n; i++)
		rc = put(m, SECTION_PREREQUISITE, before, CLASS_IN, 0, &before->v[i], why);
	return rc;
}

static bool
replaces(const struct change *c)
{
	return c->before.n > 0 && (c->after.n == 0 || c->after.ttl != c->before.ttl);
}

static int
put_removals(struct message *m, const struct change *c, struct fault *why)
{
	int rc = ZP_OK;

	if (replaces(c))
		return put(m, SECTION_UPDATE, &c->before, CLASS_ANY, 0, NULL, why);
	for (size_t i = 0; rc == ZP_OK && i < c->before.n; i++)
		if (!rrset_has(&c->after, c->before.v[i].data, c->before.v[i].len))
			rc = put(m, SECTION_UPDATE, &c->before, CLASS_NONE, 0, &c->before.v[i], why);
	return rc;
}

static int
put_additions(struct message *m, const struct change *c, struct fault *why)
{
	int rc = ZP_OK;

	for (size_t i = 0; rc == ZP_OK && i < c->after.n; i++)
		if (replaces(c) || !rrset_has(&c->before, c->after.v[i].data, c->after.v[i].len))
			rc = put(m, SECTION_UPDATE, &c->after, CLASS_IN, c->after.ttl, &c->after.v[i], why);
	return rc;
}

int
rfc2136_draw(struct message *out, const struct name *zone, const struct changes *changes,
    struct fault *why)
{
	int rc;

	*out = (struct message){ .opcode = OPCODE_UPDATE };
	rc = message_ask(out, zone, RRTYPE_SOA, why);
	for (size_t i = 0; rc == ZP_OK && i < changes->n; i++) {
		const struct name *owner = &changes->v[i].before.owner;
		char place[NAME_TEXT_MAX], apex[NAME_TEXT_MAX];

		if (!name_is_under(owner, zone))
			rc = fault_set(why, ZP_EUSAGE, "%s does not lie in the zone %s",
			    name_print(place, owner), name_print(apex, zone));
		else
			rc = put_prerequisite(out, &changes->v[i].before, why);
	}
	for (size_t i = 0; rc == ZP_OK && i < changes->n; i++)
		rc = put_removals(out, &changes->v[i], why);
	for (size_t i = 0; rc == ZP_OK && i < changes->n; i++)
		rc = put_additions(out, &changes->v[i], why);
	if (rc != ZP_OK)
		message_release(out);
	return rc;
}

/* What an rcode means for the caller, and for the person who has to mend it. */
static const struct {
	uint16_t rcode;
	int class;
	const char *advice;
} answers[] = {
	{ RCODE_NOERROR, ZP_OK, "" },
	{ RCODE_YXDOMAIN, ZP_ESTALE, "the zone is not as it was read" },
	{ RCODE_YXRRSET, ZP_ESTALE, "the zone is not as it was read" },
	{ RCODE_NXRRSET, ZP_ESTALE, "the zone is not as it was read" },
	{ RCODE_NXDOMAIN, ZP_ESTALE, "the zone is not as it was read" },
	{ RCODE_SERVFAIL, ZP_ERETRY, "the server failed; its log tells more" },
	{ RCODE_REFUSED, ZP_EREFUSED, "the server does not let this key (or address) change these "
	    "records: see allow-update or update-policy" },
	{ RCODE_NOTAUTH, ZP_EREFUSED, "the server does not serve this zone, or knows the key but does "
	    "not let it change these records: see --server, and the server's acl" },
	{ RCODE_NOTZONE, ZP_EREFUSED, "a record lies outside the zone: see --zone" },
	{ RCODE_NOTIMP, ZP_EREFUSED, "the server takes no dynamic updates" },
	{ RCODE_FORMERR, ZP_EREFUSED, "the server could not read the update" },
};

static int
judge_reply(const struct exchange *x, const char *server, struct fault *why)
{
	char rcode[16];

	(void)message_print_rcode(rcode, x->reply.rcode);
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		if (answers[i].rcode != x->reply.rcode)
			continue;
		if (answers[i].class == ZP_OK)
			return ZP_OK;
		return fault_set(why, answers[i].class, "update failed: %s from %s: %s", rcode, server,
		    answers[i].advice);
	}
	return fault_set(why, ZP_EREFUSED, "update failed: %s from %s", rcode, server);
}

int
rfc2136_update(const struct rfc2136_options *o, const struct name *zone,
    const struct changes *changes, struct fault *why)
{
	struct message m = { 0 };
	struct exchange x = {
		.server = o->server, .transport = o->transport, .query = &m, .key = o->key,
		.tls = o->tls, .timeout_ms = o->timeout_ms
	};
	char server[ADDRESS_TEXT_MAX];
	int rc = rfc2136_draw(&m, zone, changes, why);

	if (rc != ZP_OK)
		return rc;
	(void)address_print(server, &o->server);
	rc = exchange_one(&x, NULL, why);
	if (rc == ZP_OK)
		rc = judge_reply(&x, server, why);
	else if (rc == ZP_ERETRY && !x.was_sent)
		rc = fault_prepend(why, "nothing was sent to %s", server);
	else if (rc == ZP_EREFUSED)
		rc = fault_prepend(why, "update failed: %s", server);
	exchange_release(&x);
	message_release(&m);
	return rc;
}
