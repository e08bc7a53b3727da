/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
message_add(struct message *m, enum section s, const struct record *r, struct fault *why)
{
	struct record_list *list = &m->section[s];
	struct record copy = *r;

	if (list->n == list->cap) {
		size_t cap = list->cap == 0 ? 4 : list->cap * 2;
		struct record *v = reallocarray(list->v, cap, sizeof *v);

		if (v == NULL)
			return fault_set_nomem(why);
		list->v = v;
		list->cap = cap;
	}
	copy.rdata = (struct rdata){ 0 };
	if (r->rdata.len > 0) {
		copy.rdata.data = malloc(r->rdata.len);
		if (copy.rdata.data == NULL)
			return fault_set_nomem(why);
		memcpy(copy.rdata.data, r->rdata.data, r->rdata.len);
		copy.rdata.len = r->rdata.len;
	}
	list->v[list->n++] = copy;
	return ZP_OK;
}

int
message_ask(struct message *m, const struct name *owner, uint16_t type, struct fault *why)
{
	return message_add(m, SECTION_QUESTION,
	    &(struct record){ .owner = *owner, .type = type, .class = CLASS_IN }, why);
}

int
message_query(struct message *m, const struct name *owner, uint16_t type, bool recursion,
    bool dnssec_ok, struct fault *why)
{
	*m = (struct message){
		.opcode = OPCODE_QUERY,
		.flags = recursion ? FLAG_RD : 0,
		.has_edns = true,
		.dnssec_ok = dnssec_ok,
		.udp_size = MESSAGE_UDP_SIZE
	};
	return message_ask(m, owner, type, why);
}

void
message_release(struct message *m)
{
	for (unsigned s = 0; s < SECTION_COUNT; s++) {
		for (size_t i = 0; i < m->section[s].n; i++)
			free(m->section[s].v[i].rdata.data);
		free(m->section[s].v);
	}
	*m = (struct message){ 0 };
}

/* One record into a set whose TTL becomes the smallest. */
static int
gather(struct rrset *set, const struct record *r, struct fault *why)
{
	if (set->n == 0 || r->ttl < set->ttl)
		set->ttl = r->ttl;
	return rrset_add(set, r->rdata.data, r->rdata.len, why);
}

int
message_rrset(struct rrset *set, struct rrset *signatures, const struct record_list *list,
    const struct name *owner, uint16_t type, struct fault *why)
{
	int class = ZP_OK;

	*set = rrset_make(owner, type, 0);
	if (signatures != NULL)
		*signatures = rrset_make(owner, RRTYPE_RRSIG, 0);
	for (size_t i = 0; i < list->n && class == ZP_OK; i++) {
		const struct record *r = &list->v[i];

		if (r->class != CLASS_IN || !name_equal(&r->owner, owner))
			continue;
		if (r->type == type)
			class = gather(set, r, why);
		else if (signatures != NULL && r->type == RRTYPE_RRSIG && r->rdata.len >= 2 &&
		    (r->rdata.data[0] << 8 | r->rdata.data[1]) == type)
			class = gather(signatures, r, why);
	}
	if (class != ZP_OK) {
		rrset_release(set);
		if (signatures != NULL)
			rrset_release(signatures);
	}
	return class;
}

bool
message_same_question(const struct message *a, const struct message *b)
{
	const struct record_list *la = &a->section[SECTION_QUESTION];
	const struct record_list *lb = &b->section[SECTION_QUESTION];

	if (la->n != lb->n)
		return false;
	for (size_t i = 0; i < la->n; i++) {
		if (la->v[i].type != lb->v[i].type || la->v[i].class != lb->v[i].class ||
		    !name_equal(&la->v[i].owner, &lb->v[i].owner))
			return false;
	}
	return true;
}

/* The names of a table of numbers; anything else is WORDnnn. */
static const char *
print_number(char buf[16], const char *const *names, size_t n, const char *word, unsigned v)
{
	if (v < n && names[v] != NULL)
		(void)snprintf(buf, 16, "%s", names[v]);
	else
		(void)snprintf(buf, 16, "%s%u", word, v);
	return buf;
}

const char *
message_print_rcode(char buf[16], uint16_t rcode)
{
	static const char *const names[] = {
		"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN",
		"YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE", [RCODE_BADVERS] = "BADVERS",
		[RCODE_BADKEY] = "BADKEY", [RCODE_BADTIME] = "BADTIME", [RCODE_BADMODE] = "BADMODE",
		[RCODE_BADNAME] = "BADNAME", [RCODE_BADALG] = "BADALG",
		[RCODE_BADTRUNC] = "BADTRUNC", [RCODE_BADCOOKIE] = "BADCOOKIE"
	};

	return print_number(buf, names, sizeof names / sizeof names[0], "RCODE", rcode);
}

const char *
message_print_opcode(char buf[16], uint8_t opcode)
{
	static const char *const names[] = { "QUERY", "IQUERY", "STATUS", NULL, "NOTIFY", "UPDATE" };

	return print_number(buf, names, sizeof names / sizeof names[0], "OPCODE", opcode);
}

const char *
message_print_class(char buf[16], uint16_t class)
{
	static const char *const names[] = { [CLASS_IN] = "IN", [CLASS_CH] = "CH", [4] = "HS",
		[CLASS_NONE] = "NONE", [CLASS_ANY] = "ANY" };

	return print_number(buf, names, sizeof names / sizeof names[0], "CLASS", class);
}
