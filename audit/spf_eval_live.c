/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "audit/spf_eval_live.h"

#include <limits.h>
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

/* Ask, and take no more time for it than is left. */
static int
ask_in_time(struct resolver_answer *a, const struct spf_live *l, const struct resolver_question *q,
    size_t n, struct fault *why)
{
	int64_t left = l->end - timepiece_now().boot;
	int before, class;

	if (left <= 0)
		return fault_set(why, ZP_ERETRY, "the time limit of the evaluation has passed");
	before = resolver_set_timeout(l->resolver, left < INT_MAX ? (int)left : INT_MAX);
	class = resolver_ask_many(a, l->resolver, q, n, why);
	(void)resolver_set_timeout(l->resolver, before);
	/* Whatever the resolver's own trouble is, the record is not to blame. */
	if (class != ZP_OK && why != NULL)
		why->class = ZP_ELOCAL;
	return class == ZP_OK ? ZP_OK : ZP_ELOCAL;
}

/* True if the key of the anchor above owner does not validate: the tree is another one. */
static int
look_for_anchor(bool *missing, const struct spf_live *l, const struct name *owner,
    struct fault *why)
{
	const struct rrset *anchor = resolver_anchor(l->resolver, owner);
	struct resolver_question q = { .type = RRTYPE_DNSKEY };
	struct resolver_answer key;
	int class;

	*missing = false;
	if (anchor == NULL)
		return ZP_OK;
	q.owner = anchor->owner;
	class = ask_in_time(&key, l, &q, 1, why);
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
	int class = ask_in_time(a, l, &q, 1, why);

	if (class != ZP_OK || a->security != RESOLVER_BOGUS || l->unchecked)
		return class;
	class = look_for_anchor(&l->unchecked, l, owner, why);
	if (class == ZP_OK && !l->unchecked)
		return ZP_OK;
	resolver_answer_release(a);
	q.unchecked = true;
	return class != ZP_OK ? class : ask_in_time(a, l, &q, 1, why);
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
	if ((class = ask_resolver(&fresh, l, owner, type, why)) != ZP_OK)
		return class;
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
	if (q == NULL || l->known == NULL)
		goto out;
	for (size_t i = 0; i < n; i++)
		q[i] = (struct resolver_question){ .owner = owners[i], .type = type,
			.unchecked = l->unchecked };
	/* If this fails, the questions are asked again, one by one. */
	if (ask_in_time(l->known, l, q, n, NULL) == ZP_OK)
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
