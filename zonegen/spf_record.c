/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "zonegen/spf_record.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "zonegen/spf_macro.h"

static const char version[] = "v=spf1";
enum { VERSION_LEN = sizeof version - 1 };

/* A piece of the record's text. */
struct slice {
	const char *p;
	size_t len;
};

enum argument { NO_ARGUMENT, MAY_HAVE_DOMAIN, MUST_HAVE_DOMAIN, MUST_HAVE_ADDRESS };

struct word {
	const char *name;
	enum spf_kind kind;
	enum argument argument;
	bool has_cidr;
	bool costs_lookup;
};

static const struct word mechanisms[] = {
	{ "all", SPF_ALL, NO_ARGUMENT, false, false },
	{ "include", SPF_INCLUDE, MUST_HAVE_DOMAIN, false, true },
	{ "a", SPF_A, MAY_HAVE_DOMAIN, true, true },
	{ "mx", SPF_MX, MAY_HAVE_DOMAIN, true, true },
	{ "ptr", SPF_PTR, MAY_HAVE_DOMAIN, false, true },
	{ "ip4", SPF_IP4, MUST_HAVE_ADDRESS, false, false },
	{ "ip6", SPF_IP6, MUST_HAVE_ADDRESS, false, false },
	{ "exists", SPF_EXISTS, MUST_HAVE_DOMAIN, false, true },
};

static const struct word modifiers[] = {
	{ "redirect", SPF_REDIRECT, MUST_HAVE_DOMAIN, false, true },
	{ "exp", SPF_EXP, MUST_HAVE_DOMAIN, false, false },
};

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const struct word *
find_word(const struct word *rows, size_t n, struct slice name)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(rows[i].name) == name.len && strncasecmp(rows[i].name, name.p, name.len) == 0)
			return &rows[i];
	return NULL;
}

/*
 * toplabel = ( *alphanum ALPHA *alphanum ) /
 *            ( 1*alphanum "-" *( alphanum / "-" ) alphanum )
 */
static int
check_toplabel(struct slice label, struct fault *why)
{
	bool only_digits = true;

	for (size_t i = 0; i < label.len; i++) {
		if (!is_alpha(label.p[i]) && !is_digit(label.p[i]) && label.p[i] != '-')
			return fault_set(why, ZP_EUSAGE,
			    "the last label of the domain holds more than letters, digits and hyphens");
		only_digits = only_digits && is_digit(label.p[i]);
	}
	if (label.len == 0 || label.p[0] == '-' || label.p[label.len - 1] == '-')
		return fault_set(why, ZP_EUSAGE,
		    "the last label of the domain is empty or begins or ends with a hyphen");
	if (only_digits)
		return fault_set(why, ZP_EUSAGE, "the last label of the domain is a number: "
		    "addresses belong behind ip4: or ip6:");
	return ZP_OK;
}

/* domain-spec = macro-string domain-end; domain-end = "." toplabel [ "." ] / macro-expand */
static int
check_domain_spec(struct slice spec, struct fault *why)
{
	const char *at = spec.p;
	const char *end = spec.p + spec.len;
	struct spf_macro piece = { 0 };
	const char *dot;
	int class;

	if (spec.len == 0)
		return fault_set(why, ZP_EUSAGE, "the domain is missing");
	while (at < end)
		if ((class = spf_macro_next(&piece, &at, end, SPF_MACRO_IN_DOMAIN, why)) != ZP_OK)
			return class;
	if (piece.was_percent)
		return ZP_OK;

	if (end[-1] == '.')
		end--;
	for (dot = end; dot > spec.p && dot[-1] != '.'; dot--)
		;
	if (dot == spec.p)
		return fault_set(why, ZP_EUSAGE, "the domain has one label only");
	return check_toplabel((struct slice){ dot, (size_t)(end - dot) }, why);
}

/*
 * Take "/NUMBER" off the end of s: no leading zeroes, at most three digits.
 * False, and s as it was, if it does not end so.
 */
static bool
take_cidr(struct slice *s, unsigned *bits)
{
	size_t at = s->len;
	unsigned v = 0;

	while (at > 0 && s->len - at < 3 && is_digit(s->p[at - 1]))
		at--;
	if (at == s->len || at == 0 || s->p[at - 1] != '/' || (s->p[at] == '0' && s->len - at > 1))
		return false;
	for (size_t i = at; i < s->len; i++)
		v = v * 10 + (unsigned)(s->p[i] - '0');
	*bits = v;
	s->len = at - 1;
	return true;
}

static int
check_prefix(unsigned bits, unsigned max, struct fault *why)
{
	return bits <= max ? ZP_OK :
	    fault_set(why, ZP_EUSAGE, "the prefix length %u is over %u", bits, max);
}

/* dual-cidr-length = [ "/" ip4 ] [ "//" ip6 ], off the end of s. */
static int
take_dual_cidr(struct spf_term *t, struct slice *s, struct fault *why)
{
	struct slice rest = *s;
	unsigned bits;
	int class;

	if (take_cidr(&rest, &bits)) {
		if (rest.len > 0 && rest.p[rest.len - 1] == '/') {
			rest.len--;
			if ((class = check_prefix(bits, 128, why)) != ZP_OK)
				return class;
			t->cidr6 = bits;
			*s = rest;
			if (!take_cidr(&rest, &bits))
				return ZP_OK;
		}
		if ((class = check_prefix(bits, 32, why)) != ZP_OK)
			return class;
		t->cidr4 = bits;
		*s = rest;
	}
	return ZP_OK;
}

static int
take_address(struct spf_term *t, struct slice s, struct fault *why)
{
	bool six = t->kind == SPF_IP6;
	char buf[INET6_ADDRSTRLEN];
	unsigned bits;
	int class;

	if (take_cidr(&s, &bits)) {
		if ((class = check_prefix(bits, six ? 128 : 32, why)) != ZP_OK)
			return class;
		*(six ? &t->cidr6 : &t->cidr4) = bits;
	}
	if (s.len >= sizeof buf || memchr(s.p, '\0', s.len) != NULL)
		return fault_set(why, ZP_EUSAGE, "no IPv%c address with an optional prefix length",
		    six ? '6' : '4');
	memcpy(buf, s.p, s.len);
	buf[s.len] = '\0';
	if (inet_pton(six ? AF_INET6 : AF_INET, buf, t->address) != 1)
		return fault_set(why, ZP_EUSAGE, "no IPv%c address with an optional prefix length",
		    six ? '6' : '4');
	return ZP_OK;
}

/* rest is what follows the mechanism's name. */
static int
parse_mechanism(struct spf_term *t, const struct word *w, struct slice rest, struct fault *why)
{
	int class;

	if (w->has_cidr && (class = take_dual_cidr(t, &rest, why)) != ZP_OK)
		return class;
	if (rest.len == 0) {
		if (w->argument == MUST_HAVE_DOMAIN || w->argument == MUST_HAVE_ADDRESS)
			return fault_set(why, ZP_EUSAGE, "it needs ':' and %s",
			    w->argument == MUST_HAVE_DOMAIN ? "a domain" : "an address");
		return ZP_OK;
	}
	if (rest.p[0] != ':' || w->argument == NO_ARGUMENT)
		return fault_set(why, ZP_EUSAGE, w->argument == NO_ARGUMENT ?
		    "it takes no argument" : "it takes no prefix length, or this one is malformed");
	rest.p++;
	rest.len--;
	if (w->argument == MUST_HAVE_ADDRESS)
		return take_address(t, rest, why);
	t->target = rest.p;
	t->target_len = rest.len;
	return check_domain_spec(rest, why);
}

static int
parse_modifier(struct spf_term *t, struct slice name, struct slice value, struct fault *why)
{
	const struct word *w = find_word(modifiers, sizeof modifiers / sizeof modifiers[0], name);

	t->qualifier = '\0';
	t->kind = w == NULL ? SPF_UNKNOWN : w->kind;
	t->target = value.p;
	t->target_len = value.len;
	if (w == NULL)
		return spf_macro_check(value.p, value.len, SPF_MACRO_IN_MODIFIER, why);
	return check_domain_spec(value, why);
}

/* For messages: what of a term can be printed, cut to size. */
static void
quote_term(char *buf, size_t size, const char *text, size_t len)
{
	size_t used = 0;

	for (size_t i = 0; i < len && used + 1 < size; i++)
		buf[used++] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	buf[used] = '\0';
}

int
spf_record_parse_term(struct spf_term *out, const char *text, size_t len, struct fault *why)
{
	struct slice all = { text, len };
	struct slice name;
	const struct word *w;
	char quoted[80];
	int class;

	*out = (struct spf_term){ .kind = SPF_UNKNOWN, .qualifier = '+', .text = text, .len = len,
		.cidr4 = 32, .cidr6 = 128 };
	quote_term(quoted, sizeof quoted, text, len);
	if (len > 0 && memchr("+-~?", text[0], 4) != NULL) {
		out->qualifier = text[0];
		all.p++;
		all.len--;
	}
	name = (struct slice){ all.p, 0 };
	while (name.len < all.len && (is_alpha(name.p[name.len]) || (name.len > 0 &&
	    (is_digit(name.p[name.len]) || memchr("-_.", name.p[name.len], 3) != NULL))))
		name.len++;

	if (name.len < all.len && name.p[name.len] == '=') {
		if (name.len == 0 || all.p != text)
			class = fault_set(why, ZP_EUSAGE, name.len == 0 ?
			    "a modifier's name is missing" : "a modifier takes no qualifier");
		else
			class = parse_modifier(out, name, (struct slice){ name.p + name.len + 1,
			    all.len - name.len - 1 }, why);
	} else {
		w = find_word(mechanisms, sizeof mechanisms / sizeof mechanisms[0], name);
		if (w == NULL) {
			class = fault_set(why, ZP_EUSAGE, "no such mechanism");
		} else {
			out->kind = w->kind;
			class = parse_mechanism(out, w, (struct slice){ name.p + name.len,
			    all.len - name.len }, why);
		}
	}
	if (class != ZP_OK)
		(void)fault_prepend(why, "the SPF term '%s'", quoted);
	return class;
}

bool
spf_record_is_one(const char *text, size_t len)
{
	return len >= VERSION_LEN && strncasecmp(text, version, VERSION_LEN) == 0 &&
	    (len == VERSION_LEN || text[VERSION_LEN] == ' ');
}

static int
add_term(struct spf_record *r, const char *text, size_t len, struct fault *why)
{
	struct spf_term *t = &r->v[r->n];
	const struct spf_term **once = NULL;
	int class = spf_record_parse_term(t, text, len, why);

	if (class != ZP_OK)
		return class;
	r->n++;
	if (t->kind == SPF_REDIRECT)
		once = &r->redirect;
	if (t->kind == SPF_EXP)
		once = &r->exp;
	if (once == NULL)
		return ZP_OK;
	if (*once != NULL)
		return fault_set(why, ZP_EUSAGE, "the SPF modifier '%s' stands twice (RFC 7208 section 6)",
		    t->kind == SPF_EXP ? "exp" : "redirect");
	*once = t;
	return ZP_OK;
}

int
spf_record_parse(struct spf_record *out, const char *text, size_t len, struct fault *why)
{
	int class = ZP_OK;

	*out = (struct spf_record){ 0 };
	if (!spf_record_is_one(text, len))
		return fault_set(why, ZP_EUSAGE, "this is no SPF record: it does not begin with 'v=spf1'");
	out->text = malloc(len + 1);
	/* Two octets, one of them the space, is the least a term takes. */
	out->v = calloc(len / 2 + 1, sizeof *out->v);
	if (out->text == NULL || out->v == NULL) {
		class = fault_set_nomem(why);
		goto out;
	}
	memcpy(out->text, text, len);
	out->text[len] = '\0';

	for (size_t at = VERSION_LEN; at < len && class == ZP_OK;) {
		size_t begin;

		while (at < len && out->text[at] == ' ')
			at++;
		begin = at;
		while (at < len && out->text[at] != ' ')
			at++;
		if (at > begin)
			class = add_term(out, out->text + begin, at - begin, why);
	}
out:
	if (class != ZP_OK)
		spf_record_release(out);
	return class;
}

bool
spf_record_costs_lookup(enum spf_kind kind)
{
	for (size_t i = 0; i < sizeof mechanisms / sizeof mechanisms[0]; i++)
		if (mechanisms[i].kind == kind)
			return mechanisms[i].costs_lookup;
	return kind == SPF_REDIRECT;
}

void
spf_record_release(struct spf_record *r)
{
	free(r->text);
	free(r->v);
	*r = (struct spf_record){ 0 };
}
