/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "publish/script_inner.h"

enum { TYPE_WKS = 11, TYPE_RP = 17, TYPE_AFSDB = 18, TYPE_RT = 21 };

static bool
is_host_label(const uint8_t *label, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool is_edge = i == 0 || i == len - 1;

		if (!isalnum(label[i]) && (is_edge || label[i] != '-'))
			return false;
	}
	return true;
}

/* The labels from octet at on are a host name's. */
static bool
is_host_from(const struct name *n, size_t at)
{
	for (; n->wire[at] != 0; at += n->wire[at] + 1U) {
		if (!is_host_label(n->wire + at + 1, n->wire[at]))
			return false;
	}
	return true;
}

static bool
is_host(const struct name *n)
{
	return is_host_from(n, 0);
}

/* A host, behind a "*" if need be. */
static bool
is_host_owner(const struct name *n)
{
	return is_host_from(n, name_is_wildcard(n) ? 2 : 0);
}

/* A mailbox as a name: its local part may hold what is printable. */
static bool
is_mailbox(const struct name *n)
{
	for (size_t i = 1; i <= n->wire[0]; i++) {
		if (!isgraph(n->wire[i]))
			return false;
	}
	return n->wire[0] == 0 || is_host_from(n, n->wire[0] + 1U);
}

static bool
is_reverse(const struct name *n)
{
	static const char *const trees[] = { "in-addr.arpa", "ip6.arpa", "ip6.int" };
	struct name tree;

	for (size_t i = 0; i < sizeof trees / sizeof trees[0]; i++) {
		if (name_parse(&tree, trees[i], NULL, NULL) == ZP_OK && name_is_under(n, &tree))
			return true;
	}
	return false;
}

static bool
any_name(const struct name *n)
{
	(void)n;
	return true;
}

/* What a type asks of its owner and of the names in its data. */
static const struct rule {
	uint16_t type;
	bool (*owner)(const struct name *n);
	size_t skip;		/* octets before the first name */
	bool (*names[2])(const struct name *n);
} rules[] = {
	{ RRTYPE_A, is_host_owner, 0, { NULL, NULL } },
	{ RRTYPE_AAAA, is_host_owner, 0, { NULL, NULL } },
	{ TYPE_WKS, is_host, 0, { NULL, NULL } },
	{ RRTYPE_MX, is_host_owner, 2, { is_host, NULL } },
	{ RRTYPE_NS, any_name, 0, { is_host, NULL } },
	{ RRTYPE_SRV, any_name, 6, { is_host, NULL } },
	{ RRTYPE_SOA, any_name, 0, { is_host, is_mailbox } },
	{ TYPE_RP, any_name, 0, { is_mailbox, NULL } },
	{ TYPE_AFSDB, any_name, 2, { is_host, NULL } },
	{ TYPE_RT, any_name, 2, { is_host, NULL } },
};

static int
refuse(const char *what, const struct name *n, struct fault *why)
{
	char text[NAME_TEXT_MAX];

	return fault_set(why, ZP_EUSAGE, "check-names failed: bad %s '%.300s'", what,
	    name_print_host(text, n));
}

int
script_check_names(const struct record *r, struct fault *why)
{
	static const struct rule pointer = { RRTYPE_PTR, any_name, 0, { is_host, NULL } };
	const struct rule *rule = NULL;
	struct name n;
	size_t at;

	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
		rule = rules[i].type == r->type ? &rules[i] : rule;
	if (r->type == RRTYPE_PTR && is_reverse(&r->owner))
		rule = &pointer;
	if (rule == NULL)
		return ZP_OK;
	if (!rule->owner(&r->owner))
		return refuse("owner", &r->owner, why);
	at = rule->skip;
	for (size_t i = 0; i < 2 && rule->names[i] != NULL; i++) {
		if (at > r->rdata.len ||
		    name_parse_wire(&n, r->rdata.data + at, r->rdata.len - at, why) != ZP_OK)
			return ZP_OK;	/* malformed data are found elsewhere */
		if (!rule->names[i](&n))
			return refuse("name", &n, why);
		at += n.len;
	}
	return ZP_OK;
}
