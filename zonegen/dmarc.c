/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "zonegen/dmarc.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "zonegen/report_uri.h"
#include "zonegen/taglist.h"
#include "zonegen/txt.h"

enum { WORD_MAX = 16 };

static bool
is_one_of(const char *value, const char *words)
{
	char word[WORD_MAX];

	for (const char *at = words; taglist_next_item(&at, ' ', word, sizeof word); )
		if (strcasecmp(word, value) == 0)
			return true;
	return false;
}

static bool
is_fo_list(const char *value)
{
	char word[WORD_MAX];

	for (const char *at = value; taglist_next_item(&at, ':', word, sizeof word); )
		if (!is_one_of(word, "0 1 d s"))
			return false;
	return true;
}

bool
dmarc_fo_is_current(const char *value)
{
	return is_one_of(value, "0 1 d s d:s s:d");
}

static bool
is_number_to(const char *value, unsigned long max)
{
	size_t len = strlen(value);

	return len > 0 && len <= 10 && strspn(value, "0123456789") == len &&
	    strtoul(value, NULL, 10) <= max;
}

static bool
is_percentage(const char *value)
{
	return is_number_to(value, 100);
}

static bool
is_interval(const char *value)
{
	return is_number_to(value, UINT32_MAX);
}

/* The registered tags; words or a function say what a value may be. */
static const struct rule {
	const char *tag;
	const char *words;
	bool (*is_good)(const char *value);
	const char *allowed;	/* for the message */
	enum dmarc_tag status;
} rules[] = {
	{ "v", "DMARC1", NULL, "DMARC1", DMARC_TAG_CURRENT },
	{ "p", "none quarantine reject", NULL, "none, quarantine or reject", DMARC_TAG_CURRENT },
	{ "sp", "none quarantine reject", NULL, "none, quarantine or reject", DMARC_TAG_CURRENT },
	{ "np", "none quarantine reject", NULL, "none, quarantine or reject", DMARC_TAG_CURRENT },
	{ "adkim", "r s", NULL, "r or s", DMARC_TAG_CURRENT },
	{ "aspf", "r s", NULL, "r or s", DMARC_TAG_CURRENT },
	{ "fo", NULL, is_fo_list, "0, 1, d, s or d:s", DMARC_TAG_CURRENT },
	{ "t", "y n", NULL, "y or n", DMARC_TAG_CURRENT },
	{ "psd", "y n u", NULL, "y, n or u", DMARC_TAG_CURRENT },
	{ "rua", NULL, NULL, NULL, DMARC_TAG_CURRENT },
	{ "ruf", NULL, NULL, NULL, DMARC_TAG_CURRENT },
	{ "pct", NULL, is_percentage, "a number from 0 to 100", DMARC_TAG_REMOVED },
	{ "rf", "afrf", NULL, "afrf", DMARC_TAG_REMOVED },
	{ "ri", NULL, is_interval, "a number of seconds", DMARC_TAG_REMOVED },
};
enum { RULES_N = sizeof rules / sizeof rules[0] };

static const struct rule *
find_rule(const char *tag)
{
	for (size_t i = 0; i < RULES_N; i++)
		if (strcmp(rules[i].tag, tag) == 0)
			return &rules[i];
	return NULL;
}

enum dmarc_tag
dmarc_tag_status(const char *tag)
{
	const struct rule *rule = find_rule(tag);

	return rule == NULL ? DMARC_TAG_UNKNOWN : rule->status;
}

int
dmarc_check_value(const char *tag, const char *value, struct fault *why)
{
	const struct rule *rule = find_rule(tag);

	if (rule == NULL || rule->allowed == NULL ||
	    (rule->words != NULL && is_one_of(value, rule->words)) ||
	    (rule->is_good != NULL && rule->is_good(value)))
		return ZP_OK;
	return fault_set(why, ZP_EUSAGE, "%s=%.80s is not allowed: %s", tag, value, rule->allowed);
}

static int
print_uris(struct bytes *out, const char *tag, const struct strlist *uris, struct fault *why)
{
	struct report_uri uri;
	int class;

	if (uris == NULL || uris->n == 0)
		return ZP_OK;
	bytes_printf(out, "; %s=", tag);
	for (size_t i = 0; i < uris->n; i++) {
		if ((class = report_uri_parse(&uri, uris->v[i], why)) != ZP_OK)
			return class;
		bytes_printf(out, "%s%s", i > 0 ? "," : "", uris->v[i]);
	}
	return ZP_OK;
}

static int
print_tag(struct bytes *out, const char *tag, const char *value, struct fault *why)
{
	int class;

	if (value == NULL)
		return ZP_OK;
	if ((class = dmarc_check_value(tag, value, why)) != ZP_OK)
		return class;
	bytes_printf(out, "; %s=%s", tag, value);
	return ZP_OK;
}

int
dmarc_print(struct bytes *out, const struct dmarc_request *r, struct fault *why)
{
	const struct {
		const char *tag;
		const char *value;
	} before[] = {
		{ "p", r->policy }, { "sp", r->subdomain_policy }, { "np", r->nonexistent_policy },
		{ "adkim", r->adkim }, { "aspf", r->aspf },
	}, behind[] = {
		{ "fo", r->fo }, { "t", r->testing }, { "psd", r->psd },
		{ "pct", r->pct }, { "rf", r->rf }, { "ri", r->ri },
	};
	int class;

	bytes_append_text(out, "v=DMARC1");
	for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
		if ((class = print_tag(out, before[i].tag, before[i].value, why)) != ZP_OK)
			return class;
	if ((class = print_uris(out, "rua", r->rua, why)) != ZP_OK ||
	    (class = print_uris(out, "ruf", r->ruf, why)) != ZP_OK)
		return class;
	for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++)
		if ((class = print_tag(out, behind[i].tag, behind[i].value, why)) != ZP_OK)
			return class;
	return bytes_check(out, why);
}

static int
authorise_list(struct recset *out, const struct name *domain, const struct strlist *uris,
    uint32_t ttl, struct fault *why)
{
	static const char text[] = "v=DMARC1;";
	char host[NAME_TEXT_MAX];
	struct bytes prefix = { 0 }, rdata = { 0 };
	int class = ZP_OK;

	bytes_printf(&prefix, "%s._report._dmarc", name_print_host(host, domain));
	if ((class = bytes_check(&prefix, why)) != ZP_OK ||
	    (class = txt_append(&rdata, text, sizeof text - 1, why)) != ZP_OK)
		goto out;
	for (size_t i = 0; uris != NULL && i < uris->n; i++) {
		struct report_uri uri;
		struct name owner;

		if ((class = report_uri_parse(&uri, uris->v[i], why)) != ZP_OK)
			goto out;
		if (name_is_empty(&uri.host) || name_is_under(&uri.host, domain))
			continue;
		if ((class = name_prepend(&owner, bytes_text(&prefix), &uri.host, why)) != ZP_OK) {
			fault_prepend(why, "the record that authorises '%.80s'", uris->v[i]);
			goto out;
		}
		class = recset_add(out, &owner, RRTYPE_TXT, ttl, rdata.data, rdata.len, why);
		if (class != ZP_OK)
			goto out;
	}
out:
	bytes_release(&prefix);
	bytes_release(&rdata);
	return class;
}

int
dmarc_authorise(struct recset *out, const struct name *domain, const struct dmarc_request *r,
    uint32_t ttl, struct fault *why)
{
	int class = authorise_list(out, domain, r->rua, ttl, why);

	return class != ZP_OK ? class : authorise_list(out, domain, r->ruf, ttl, why);
}
