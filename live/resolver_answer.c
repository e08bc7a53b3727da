/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/soa.h"
#include "dns/wire.h"
#include "live/resolver.h"

static const char *const security_words[] = { "secure", "insecure", "bogus", "failed" };
static const char *const kind_words[] = { "data", "nodata", "nxdomain", "nothing" };

const char *
resolver_print_security(enum resolver_security s)
{
	return security_words[s];
}

const char *
resolver_print_kind(enum resolver_kind k)
{
	return kind_words[k];
}

static void
least(uint32_t *ttl, bool *any, uint32_t value)
{
	*ttl = !*any || value < *ttl ? value : *ttl;
	*any = true;
}

int
resolver_answer_read(struct resolver_answer *a, const struct message *m, struct fault *why)
{
	bool any = false;
	int rc;

	if ((rc = reply_aliases(&a->aliases, m, &a->owner, a->type, why)) != ZP_OK ||
	    (rc = reply_authority(&a->authority, m, why)) != ZP_OK ||
	    (rc = message_rrset(&a->set, &a->sigs, &m->section[SECTION_ANSWER], &a->aliases.end,
	    a->type, why)) != ZP_OK)
		return rc;
	for (size_t i = 0; i < a->aliases.n; i++)
		least(&a->ttl, &any, a->aliases.v[i].ttl);
	if (a->kind == RESOLVER_DATA) {
		least(&a->ttl, &any, a->set.ttl);
		return ZP_OK;
	}
	for (size_t i = 0; i < a->authority.n; i++) {
		struct soa soa;

		if (soa_parse(&soa, &a->authority.v[i]))
			least(&a->ttl, &any, soa_negative_ttl(&soa));
	}
	return ZP_OK;
}

void
resolver_answer_release(struct resolver_answer *a)
{
	rrset_release(&a->set);
	rrset_release(&a->sigs);
	alias_path_release(&a->aliases);
	recset_release(&a->authority);
	*a = (struct resolver_answer){ .owner = a->owner, .type = a->type,
		.security = RESOLVER_FAILED, .kind = RESOLVER_NOTHING };
}

int
resolver_answer_need(const struct resolver_answer *a, struct fault *why)
{
	char name[NAME_TEXT_MAX], type[16];

	(void)name_print_host(name, &a->owner);
	(void)wire_print_type(type, a->type);
	if (a->security == RESOLVER_BOGUS)
		return fault_set(why, ZP_EUNSAFE, "%.200s %s: DNSSEC validation fails: %s", name, type,
		    a->reason);
	if (a->security == RESOLVER_FAILED)
		return fault_set(why, ZP_ERETRY, "%.200s %s: %s", name, type, a->reason);
	if (a->kind == RESOLVER_NXDOMAIN)
		return fault_set(why, ZP_EABSENT, "%.200s does not exist", name);
	if (a->kind == RESOLVER_NODATA)
		return fault_set(why, ZP_EABSENT, "%.200s has no %s record", name, type);
	return ZP_OK;
}
