/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "audit/spf_eval_look.h"

#include "audit/spf_eval_domain.h"

int
spf_eval_look_ask(struct rrset *out, struct spf_look *l, const struct name *owner,
    uint16_t type, struct fault *why)
{
	int class = l->dns->ask(l->dns->world, owner, type, out, why);

	if (class != ZP_OK || out->n > 0 || type == RRTYPE_TXT || l->uncounted)
		return class;
	if (++l->voids > SPF_VOID_LOOKUPS_MAX)
		return fault_set(why, ZP_EUSAGE, "more than %d look-ups found nothing (RFC 7208 4.6.4)",
		    SPF_VOID_LOOKUPS_MAX);
	return ZP_OK;
}

static uint16_t
address_type(const struct spf_look *l)
{
	return l->client->six ? RRTYPE_AAAA : RRTYPE_A;
}

void
spf_eval_look_expect_addresses(const struct spf_look *l, const struct name *owners, size_t n)
{
	if (l->dns->expect != NULL && n > 1)
		l->dns->expect(l->dns->world, owners, n, address_type(l));
}

int
spf_eval_look_address(bool *match, struct spf_look *l, const struct name *owner, unsigned bits,
    struct fault *why)
{
	const struct spf_address *client = l->client;
	size_t len = client->six ? 16 : 4;
	struct rrset found = { 0 };
	int class = spf_eval_look_ask(&found, l, owner, address_type(l), why);

	*match = false;
	for (size_t i = 0; class == ZP_OK && i < found.n; i++)
		if (found.v[i].len == len &&
		    spf_eval_domain_same_net(found.v[i].data, client->octets, len, bits))
			*match = true;
	rrset_release(&found);
	return class;
}

/* Join the strings of a TXT rdata (RFC 7208 3.3); false if it is malformed. */
static bool
join_strings(struct bytes *out, const struct rdata *rd)
{
	struct cursor in = cursor_make(rd->data, rd->len);

	while (cursor_left(&in) > 0) {
		size_t len = cursor_u8(&in);
		const uint8_t *text = cursor_take(&in, len);

		if (text != NULL)
			bytes_append(out, text, len);
	}
	return !cursor_is_broken(&in);
}

int
spf_eval_look_text(struct bytes *out, size_t *n, struct spf_look *l, const struct name *owner,
    bool (*wanted)(const char *text, size_t len), struct fault *why)
{
	struct rrset found = { 0 };
	struct bytes text = { 0 };
	int class = spf_eval_look_ask(&found, l, owner, RRTYPE_TXT, why);

	*n = 0;
	for (size_t i = 0; class == ZP_OK && i < found.n; i++) {
		bytes_clear(&text);
		if (!join_strings(&text, &found.v[i]) ||
		    (wanted != NULL && !wanted(bytes_text(&text), text.len)))
			continue;
		if (++*n == 1)
			bytes_append(out, bytes_text(&text), text.len);
		class = bytes_check(&text, why);
	}
	bytes_release(&text);
	rrset_release(&found);
	return class == ZP_OK ? bytes_check(out, why) : class;
}

int
spf_eval_look_names(struct spf_look *l, struct fault *why)
{
	struct name reverse = spf_eval_domain_reverse(l->client);
	struct name candidates[SPF_NAMES_MAX];
	size_t n = 0;
	struct rrset found = { 0 };
	int class = ZP_OK;

	if (l->names_known)
		goto out;
	l->names_known = true;
	class = spf_eval_look_ask(&found, l, &reverse, RRTYPE_PTR, why);
	if (class != ZP_OK) {
		/* An error means that there are no names. */
		class = class == ZP_ERETRY ? ZP_OK : class;
		goto out;
	}
	for (size_t i = 0; i < found.n && n < SPF_NAMES_MAX; i++)
		if (name_parse_wire(&candidates[n], found.v[i].data, found.v[i].len, NULL) == ZP_OK)
			n++;
	spf_eval_look_expect_addresses(l, candidates, n);
	for (size_t i = 0; i < n; i++) {
		bool match;

		class = spf_eval_look_address(&match, l, &candidates[i], l->client->six ? 128 : 32, why);
		if (class == ZP_ERETRY)
			continue;
		if (class != ZP_OK)
			goto out;
		if (match)
			l->names[l->n_names++] = candidates[i];
	}
	class = ZP_OK;
out:
	rrset_release(&found);
	return class;
}

const struct name *
spf_eval_look_best_name(const struct spf_look *l, const char *domain)
{
	const struct name *best = l->n_names > 0 ? &l->names[0] : NULL;
	struct name own;

	if (best == NULL || !spf_eval_domain_name(&own, domain))
		return best;
	for (size_t i = 0; i < l->n_names; i++)
		if (name_equal(&l->names[i], &own))
			return &l->names[i];
	for (size_t i = 0; i < l->n_names; i++)
		if (name_is_under(&l->names[i], &own))
			return &l->names[i];
	return best;
}
