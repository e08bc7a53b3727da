/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside, a class is an outcome: ZP_ERETRY is temperror and ZP_EUSAGE is
 * permerror, with why as the reason.  spf_eval_check() turns them into
 * results.
 */
#include "config.h"

#include "audit/spf_eval.h"

#include <stdlib.h>
#include <string.h>

#include "audit/spf_eval_domain.h"
#include "audit/spf_eval_look.h"
#include "audit/spf_eval_macro.h"
#include "base/bytes.h"
#include "zonegen/spf_macro.h"
#include "zonegen/spf_record.h"

struct check {
	const struct spf_query *query;
	struct spf_verdict *verdict;
	struct spf_eval_values values;	/* but for domain and validated */
	struct spf_look look;
};

/* One record under evaluation. */
struct place {
	const char *domain;
	bool included;	/* its match and its explanation are not the verdict's */
};

static int check_host(enum spf_result *result, struct check *c, struct place at, struct fault *why);

static int
set_text(char **to, const char *text, size_t len, struct fault *why)
{
	free(*to);
	*to = strndup(text, len);
	return *to == NULL ? fault_set_nomem(why) : ZP_OK;
}

/*
 * Targets.
 */

static int
expand(struct bytes *out, struct check *c, const char *domain, const char *text, size_t len,
    enum spf_macro_place place, struct fault *why)
{
	struct spf_eval_values values = c->values;
	char validated[NAME_TEXT_MAX] = "unknown";
	int class;

	if (spf_macro_uses(text, len, 'p')) {
		const struct name *best;

		if ((class = spf_eval_look_names(&c->look, why)) != ZP_OK)
			return class;
		best = spf_eval_look_best_name(&c->look, domain);
		if (best != NULL)
			(void)name_print_host(validated, best);
	}
	values.domain = domain;
	values.validated = validated;
	return spf_eval_macro_expand(out, text, len, place, &values, why);
}

/* The domain that a term speaks of: its domain-spec, else the record's own. */
static int
expand_target(struct bytes *out, struct check *c, const struct spf_term *t, const char *domain,
    struct fault *why)
{
	struct bytes whole = { 0 };
	int class = ZP_OK;

	if (t->target == NULL)
		bytes_append_text(&whole, domain);
	else
		class = expand(&whole, c, domain, t->target, t->target_len, SPF_MACRO_IN_DOMAIN,
		    why);
	if (class == ZP_OK)
		class = bytes_check(&whole, why);
	if (class == ZP_OK) {
		spf_eval_domain_append(out, bytes_text(&whole));
		class = bytes_check(out, why);
	}
	bytes_release(&whole);
	return class;
}

/* The same as a name.  If the text makes none, *usable is false: the term matches nothing. */
static int
expand_name(struct name *out, bool *usable, struct check *c, const struct spf_term *t,
    const char *domain, struct fault *why)
{
	struct bytes text = { 0 };
	int class = expand_target(&text, c, t, domain, why);

	*usable = class == ZP_OK && spf_eval_domain_name(out, bytes_text(&text));
	bytes_release(&text);
	return class;
}

/*
 * Mechanisms.
 */

/* The prefix length of a term that goes with the client's address. */
static unsigned
client_bits(const struct check *c, const struct spf_term *t)
{
	return c->query->client.six ? t->cidr6 : t->cidr4;
}

typedef int matcher(bool *match, struct check *c, const struct spf_term *t, const char *domain,
    struct fault *why);

static int
match_all(bool *match, struct check *c, const struct spf_term *t, const char *domain,
    struct fault *why)
{
	(void)c;
	(void)t;
	(void)domain;
	(void)why;
	*match = true;
	return ZP_OK;
}

static int
match_ip(bool *match, struct check *c, const struct spf_term *t, const char *domain,
    struct fault *why)
{
	const struct spf_address *client = &c->query->client;

	(void)domain;
	(void)why;
	*match = client->six == (t->kind == SPF_IP6) && spf_eval_domain_same_net(t->address,
	    client->octets, client->six ? 16 : 4, client_bits(c, t));
	return ZP_OK;
}

static int
match_include(bool *match, struct check *c, const struct spf_term *t, const char *domain,
    struct fault *why)
{
	struct bytes target = { 0 };
	enum spf_result result = SPF_NONE;
	int class = expand_target(&target, c, t, domain, why);

	if (class == ZP_OK)
		class = check_host(&result, c, (struct place){ bytes_text(&target), true }, why);
	if (class == ZP_OK && result == SPF_NONE)
		class = fault_set(why, ZP_EUSAGE, "'%s' has no SPF record", bytes_text(&target));
	*match = result == SPF_PASS;
	bytes_release(&target);
	return class;
}

static int
match_a(bool *match, struct check *c, const struct spf_term *t, const char *domain,
    struct fault *why)
{
	struct name owner;
	bool usable;
	int class = expand_name(&owner, &usable, c, t, domain, why);

	if (class != ZP_OK || !usable)
		return class;
	return spf_eval_look_address(match, &c->look, &owner, client_bits(c, t), why);
}

static int
match_mx(bool *match, struct check *c, const struct spf_term *t, const char *domain,
    struct fault *why)
{
	struct name owner, hosts[SPF_NAMES_MAX];
	struct rrset found = { 0 };
	bool usable;
	size_t n = 0;
	int class = expand_name(&owner, &usable, c, t, domain, why);

	if (class != ZP_OK || !usable)
		return class;
	if ((class = spf_eval_look_ask(&found, &c->look, &owner, RRTYPE_MX, why)) != ZP_OK)
		goto out;
	if (found.n > SPF_NAMES_MAX) {
		class = fault_set(why, ZP_EUSAGE, "more than %d MX records (RFC 7208 4.6.4)",
		    SPF_NAMES_MAX);
		goto out;
	}
	/* A preference of two octets, then the host; the root is the null MX of RFC 7505. */
	for (size_t i = 0; i < found.n; i++)
		if (found.v[i].len > 2 && name_parse_wire(&hosts[n], found.v[i].data + 2,
		    found.v[i].len - 2U, NULL) == ZP_OK && !name_is_root(&hosts[n]))
			n++;
	spf_eval_look_expect_addresses(&c->look, hosts, n);
	for (size_t i = 0; i < n && class == ZP_OK && !*match; i++)
		class = spf_eval_look_address(match, &c->look, &hosts[i], client_bits(c, t), why);
out:
	rrset_release(&found);
	return class;
}

static int
match_ptr(bool *match, struct check *c, const struct spf_term *t, const char *domain,
    struct fault *why)
{
	struct name owner;
	bool usable;
	int class = expand_name(&owner, &usable, c, t, domain, why);

	if (class == ZP_OK)
		class = spf_eval_look_names(&c->look, why);
	for (size_t i = 0; class == ZP_OK && usable && i < c->look.n_names; i++)
		*match = *match || name_is_under(&c->look.names[i], &owner);
	return class;
}

static int
match_exists(bool *match, struct check *c, const struct spf_term *t, const char *domain,
    struct fault *why)
{
	struct rrset found = { 0 };
	struct name owner;
	bool usable;
	int class = expand_name(&owner, &usable, c, t, domain, why);

	if (class != ZP_OK || !usable)
		return class;
	class = spf_eval_look_ask(&found, &c->look, &owner, RRTYPE_A, why);
	*match = class == ZP_OK && found.n > 0;
	rrset_release(&found);
	return class;
}

static matcher *const matchers[] = {
	[SPF_ALL] = match_all, [SPF_INCLUDE] = match_include, [SPF_A] = match_a,
	[SPF_MX] = match_mx, [SPF_PTR] = match_ptr, [SPF_IP4] = match_ip, [SPF_IP6] = match_ip,
	[SPF_EXISTS] = match_exists,
	[SPF_REDIRECT] = NULL, [SPF_EXP] = NULL, [SPF_UNKNOWN] = NULL
};

/*
 * Records.
 */

static int
count_lookup(struct check *c, const struct spf_term *t, struct fault *why)
{
	if (!spf_record_costs_lookup(t->kind))
		return ZP_OK;
	if (c->verdict->lookups == SPF_LOOKUPS_MAX)
		return fault_set(why, ZP_EUSAGE,
		    "more than %d terms that cost look-ups (RFC 7208 4.6.4)", SPF_LOOKUPS_MAX);
	c->verdict->lookups++;
	return ZP_OK;
}

static enum spf_result
qualified(char qualifier)
{
	switch (qualifier) {
	case '-':
		return SPF_FAIL;
	case '~':
		return SPF_SOFTFAIL;
	case '?':
		return SPF_NEUTRAL;
	default:
		return SPF_PASS;
	}
}

/* Explanations go to people's terminals and into SMTP replies (RFC 7208 6.2: US-ASCII). */
static bool
is_printable(const struct bytes *b)
{
	for (size_t i = 0; i < b->len; i++)
		if (b->data[i] < ' ' || b->data[i] > '~')
			return false;
	return true;
}

/* Whatever goes wrong here leaves the verdict without an explanation (RFC 7208 6.2). */
static int
explain(struct check *c, const struct spf_term *exp, const char *domain, struct fault *why)
{
	struct bytes text = { 0 };
	struct bytes expanded = { 0 };
	struct name owner;
	bool usable;
	size_t n = 0;
	int class;

	c->look.uncounted = true;
	class = expand_name(&owner, &usable, c, exp, domain, why);
	if (class != ZP_OK || !usable)
		goto out;
	class = spf_eval_look_text(&text, &n, &c->look, &owner, NULL, why);
	if (class != ZP_OK || n != 1)
		goto out;
	class = expand(&expanded, c, domain, bytes_text(&text), text.len,
	    SPF_MACRO_IN_EXPLANATION, why);
	if (class == ZP_OK && is_printable(&expanded))
		class = set_text(&c->verdict->explanation, bytes_text(&expanded), expanded.len,
		    why);
out:
	bytes_release(&expanded);
	bytes_release(&text);
	return class == ZP_ELOCAL ? class : ZP_OK;
}

static int
evaluate(enum spf_result *result, struct check *c, const struct spf_record *r, struct place at,
    struct fault *why)
{
	struct bytes target = { 0 };
	bool match = false;
	int class = ZP_OK;

	for (size_t i = 0; i < r->n; i++) {
		const struct spf_term *t = &r->v[i];

		if (matchers[t->kind] == NULL)
			continue;
		class = count_lookup(c, t, why);
		if (class == ZP_OK)
			class = matchers[t->kind](&match, c, t, at.domain, why);
		if (class != ZP_OK)
			return fault_prepend(why, "'%.*s' of %s", (int)(t->len < 80 ? t->len : 80),
			    t->text, at.domain);
		if (!match)
			continue;
		*result = qualified(t->qualifier);
		if (at.included)
			return ZP_OK;
		class = set_text(&c->verdict->mechanism, t->text, t->len, why);
		if (class == ZP_OK)
			class = set_text(&c->verdict->domain, at.domain, strlen(at.domain), why);
		if (class == ZP_OK && *result == SPF_FAIL && r->exp != NULL)
			class = explain(c, r->exp, at.domain, why);
		return class;
	}
	*result = SPF_NEUTRAL;
	if (r->redirect == NULL)
		return ZP_OK;

	class = count_lookup(c, r->redirect, why);
	if (class == ZP_OK)
		class = expand_target(&target, c, r->redirect, at.domain, why);
	if (class == ZP_OK)
		class = check_host(result, c,
		    (struct place){ bytes_text(&target), at.included }, why);
	if (class == ZP_OK && *result == SPF_NONE)
		class = fault_set(why, ZP_EUSAGE, "'%s', to which %s redirects, has no SPF record",
		    bytes_text(&target), at.domain);
	bytes_release(&target);
	return class;
}

/* check_host() of RFC 7208 section 4 for the record of at.domain. */
static int
check_host(enum spf_result *result, struct check *c, struct place at, struct fault *why)
{
	struct spf_record record = { 0 };
	struct bytes text = { 0 };
	struct name owner;
	size_t n;
	int class;

	*result = SPF_NONE;
	if (!spf_eval_domain_name(&owner, at.domain) || name_labels(&owner) < 2)
		return ZP_OK;
	class = spf_eval_look_text(&text, &n, &c->look, &owner, spf_record_is_one, why);
	if (class == ZP_OK && n > 1)
		class = fault_set(why, ZP_EUSAGE,
		    "%zu SPF records where one may be (RFC 7208 4.5)", n);
	if (class == ZP_OK && n == 1)
		class = spf_record_parse(&record, bytes_text(&text), text.len, why);
	if (class != ZP_OK) {
		class = fault_prepend(why, "%s", at.domain);
		goto out;
	}
	if (n == 1)
		class = evaluate(result, c, &record, at, why);
out:
	spf_record_release(&record);
	bytes_release(&text);
	return class;
}

/*
 * The identity (RFC 7208 2.4, 4.3): LOCAL@DOMAIN out of the sender; the HELO
 * name stands in for an empty sender, "postmaster" for an empty local part.
 */
static int
take_identity(struct bytes *sender, size_t *domain_at, const struct spf_query *q, struct fault *why)
{
	const char *text = q->sender;
	size_t len = strlen(text);
	size_t at;

	if (len >= 2 && text[0] == '<' && text[len - 1] == '>') {
		text++;
		len -= 2;
	}
	if (len == 0) {
		text = q->helo;
		len = strlen(text);
		at = 0;
	} else {
		for (at = len; at > 0 && text[at - 1] != '@'; at--)
			;
	}
	/* at is where the domain begins; before it stand the local part and "@", if any. */
	if (at > 1)
		bytes_append(sender, text, at - 1);
	else
		bytes_append_text(sender, "postmaster");
	bytes_append_u8(sender, '@');
	*domain_at = sender->len;
	bytes_append(sender, text + at, len - at);
	if (sender->len > *domain_at && sender->data[sender->len - 1] == '.')
		sender->data[--sender->len] = '\0';
	return bytes_check(sender, why);
}

int
spf_eval_check(struct spf_verdict *out, const struct spf_query *q, const struct spf_dns *dns,
    struct fault *why)
{
	struct check c = { .query = q, .verdict = out,
		.look = { .dns = dns, .client = &q->client } };
	struct fault reason = { 0 };
	struct bytes sender = { 0 };
	char *local = NULL;
	size_t domain_at;
	const char *domain;
	int class;

	*out = (struct spf_verdict){ 0 };
	if ((class = take_identity(&sender, &domain_at, q, why)) != ZP_OK ||
	    (class = set_text(&local, bytes_text(&sender), domain_at - 1, why)) != ZP_OK)
		goto out;
	domain = bytes_text(&sender) + domain_at;
	c.values = (struct spf_eval_values){ .sender = bytes_text(&sender), .local = local,
		.sender_domain = domain, .helo = q->helo, .client = &q->client, .now = q->now,
		.receiver = q->receiver != NULL ? q->receiver : "unknown" };

	class = check_host(&out->result, &c, (struct place){ domain, false }, &reason);
	out->void_lookups = c.look.voids;
	if (class == ZP_OK && out->result == SPF_NONE)
		(void)fault_set(&reason, ZP_EABSENT, "'%s' has no SPF record", domain);
	if (class == ZP_ERETRY || class == ZP_EUSAGE) {
		out->result = class == ZP_ERETRY ? SPF_TEMPERROR : SPF_PERMERROR;
		class = ZP_OK;
	}
	if (class != ZP_OK)
		class = fault_set(why, class, "%s", reason.text);
	else if (out->result == SPF_NONE || out->result == SPF_TEMPERROR ||
	    out->result == SPF_PERMERROR)
		class = set_text(&out->reason, reason.text, strlen(reason.text), why);
out:
	free(local);
	bytes_release(&sender);
	if (class != ZP_OK)
		spf_eval_release(out);
	return class;
}

void
spf_eval_release(struct spf_verdict *v)
{
	free(v->mechanism);
	free(v->domain);
	free(v->explanation);
	free(v->reason);
	*v = (struct spf_verdict){ 0 };
}

const char *
spf_eval_print_result(enum spf_result r)
{
	static const char *const names[] = {
		[SPF_NONE] = "none", [SPF_NEUTRAL] = "neutral", [SPF_PASS] = "pass",
		[SPF_FAIL] = "fail", [SPF_SOFTFAIL] = "softfail",
		[SPF_TEMPERROR] = "temperror", [SPF_PERMERROR] = "permerror"
	};

	return names[r];
}
