/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "audit/spf_eval_live.h"

#include <stdlib.h>

#include "base/timepiece.h"

struct spf_live {
	struct resolver *resolver;
	int64_t end;			/* on the boot clock, ms */
	bool unchecked;			/* nothing can be validated there */
	struct resolver_answer *known;	/* answers to what was expected */
	size_t n_known;
};

static void
forget_known(struct spf_live *l)
{
	for (size_t i = 0; i < l->n_known; i++)
		resolver_answer_release(&l->known[i]);
	free(l->known);
	l->known = NULL;
	l->n_known = 0;
}

static const struct resolver_answer *
find_known(const struct spf_live *l, const struct name *owner, uint16_t type)
{
	for (size_t i = 0; i < l->n_known; i++)
		if (l->known[i].type == type && name_equal(&l->known[i].owner, owner))
			return &l->known[i];
	return NULL;
}

static int
check_time(const struct spf_live *l, struct fault *why)
{
	return timepiece_now().boot < l->end ? ZP_OK :
	    fault_set(why, ZP_ERETRY, "the time limit of the evaluation has passed");
}

/* True if the key of the anchor above owner does not validate: the tree is another one. */
static int
look_for_anchor(bool *missing, const struct spf_live *l, const struct name *owner,
    struct fault *why)
{
	const struct rrset *anchor = resolver_anchor(l->resolver, owner);
	struct resolver_answer key;
	int class;

	*missing = false;
	if (anchor == NULL)
		return ZP_OK;
	class = resolver_ask(&key, l->resolver, &anchor->owner, RRTYPE_DNSKEY, why);
	if (class != ZP_OK)
		return class;
	*missing = key.security != RESOLVER_SECURE;
	resolver_answer_release(&key);
	return ZP_OK;
}

static int
ask_resolver(struct resolver_answer *a, struct spf_live *l, const struct name *owner, uint16_t type,
    struct fault *why)
{
	struct resolver_question q = { .owner = *owner, .type = type, .unchecked = l->unchecked };
	int class = resolver_ask_many(a, l->resolver, &q, 1, why);

	if (class != ZP_OK || a->security != RESOLVER_BOGUS || l->unchecked)
		return class;
	class = look_for_anchor(&l->unchecked, l, owner, why);
	if (class == ZP_OK && l->unchecked) {
		resolver_answer_release(a);
		q.unchecked = true;
		class = resolver_ask_many(a, l->resolver, &q, 1, why);
	}
	return class;
}

/* What an answer means to SPF. */
static int
take(struct rrset *out, const struct resolver_answer *a, struct fault *why)
{
	struct fault reason;
	int class = resolver_answer_need(a, &reason);

	if (class == ZP_OK)
		return rrset_copy(out, &a->set, why);
	return class == ZP_EABSENT ? ZP_OK : fault_set(why, ZP_ERETRY, "%s", reason.text);
}

static int
ask(void *world, const struct name *owner, uint16_t type, struct rrset *out, struct fault *why)
{
	struct spf_live *l = world;
	const struct resolver_answer *known = find_known(l, owner, type);
	struct resolver_answer fresh;
	int class;

	*out = (struct rrset){ 0 };
	if (known != NULL && known->security != RESOLVER_BOGUS)
		return take(out, known, why);
	if ((class = check_time(l, why)) != ZP_OK)
		return class;
	if ((class = ask_resolver(&fresh, l, owner, type, why)) != ZP_OK) {
		/* Whatever the resolver's trouble is, the record is not to blame. */
		if (why != NULL)
			why->class = ZP_ELOCAL;
		return ZP_ELOCAL;
	}
	class = take(out, &fresh, why);
	resolver_answer_release(&fresh);
	return class;
}

static void
expect(void *world, const struct name *owners, size_t n, uint16_t type)
{
	struct spf_live *l = world;
	struct resolver_question *q = calloc(n, sizeof *q);

	forget_known(l);
	l->known = calloc(n, sizeof *l->known);
	if (q == NULL || l->known == NULL || check_time(l, NULL) != ZP_OK)
		goto out;
	for (size_t i = 0; i < n; i++)
		q[i] = (struct resolver_question){ .owner = owners[i], .type = type,
			.unchecked = l->unchecked };
	/* If this fails, the questions are asked again, one by one. */
	if (resolver_ask_many(l->known, l->resolver, q, n, NULL) == ZP_OK)
		l->n_known = n;
out:
	free(q);
}

int
spf_eval_live_make(struct spf_live **out, struct resolver *resolver, int64_t limit_ms,
    struct fault *why)
{
	struct spf_live *l = calloc(1, sizeof *l);

	*out = l;
	if (l == NULL)
		return fault_set_nomem(why);
	l->resolver = resolver;
	l->end = timepiece_now().boot + limit_ms;
	return ZP_OK;
}

void
spf_eval_live_free(struct spf_live *l)
{
	if (l == NULL)
		return;
	forget_known(l);
	free(l);
}

struct spf_dns
spf_eval_live_dns(struct spf_live *l)
{
	return (struct spf_dns){ .ask = ask, .expect = expect, .world = l };
}
