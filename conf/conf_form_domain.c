/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "conf/conf_form.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "conf/conf.h"
#include "dns/name.h"

#define AT(type, field) offsetof(struct type, field)
#define COUNT(a) (sizeof (a) / sizeof *(a))

static const char *const policies[] = { "none", "quarantine", "reject", NULL };
static const char *const alignments[] = { "r", "s", NULL };
static const char *const answers[] = { "y", "n", NULL };
static const char *const psds[] = { "y", "n", "u", NULL };
static const char *const modes[] = { "none", "testing", "enforce", NULL };

/* dmarc */

static void
dmarc_preset(void *section)
{
	struct conf_dmarc *d = section;

	d->pct = CONF_UNSET;
}

static int
dmarc_judge(void *section, struct fault *why)
{
	struct conf_dmarc *d = section;

	if (d->policy == CONF_DMARC_UNSET)
		return conf_fault(why, ZP_EUSAGE, &d->where, NULL, "policy is missing; policy = none "
		    "changes nothing yet and asks for reports");
	return ZP_OK;
}

static const struct conf_row dmarc_rows[] = {
	{ .name = "policy", .kind = CONF_CHOICE, .at = AT(conf_dmarc, policy), .choices = policies,
	  .first = CONF_DMARC_NONE },
	{ .name = "subdomain-policy", .kind = CONF_CHOICE, .at = AT(conf_dmarc, subdomain_policy),
	  .choices = policies, .first = CONF_DMARC_NONE },
	{ .name = "nonexistent-policy", .kind = CONF_CHOICE,
	  .at = AT(conf_dmarc, nonexistent_policy), .choices = policies, .first = CONF_DMARC_NONE },
	{ .name = "adkim", .kind = CONF_WORD, .at = AT(conf_dmarc, adkim), .choices = alignments },
	{ .name = "aspf", .kind = CONF_WORD, .at = AT(conf_dmarc, aspf), .choices = alignments },
	{ .name = "rua", .kind = CONF_URIS, .at = AT(conf_dmarc, rua) },
	{ .name = "ruf", .kind = CONF_URIS, .at = AT(conf_dmarc, ruf) },
	{ .name = "fo", .kind = CONF_TEXT, .at = AT(conf_dmarc, fo) },
	{ .name = "testing", .kind = CONF_WORD, .at = AT(conf_dmarc, testing), .choices = answers },
	{ .name = "psd", .kind = CONF_WORD, .at = AT(conf_dmarc, psd), .choices = psds },
	{ .name = "pct", .kind = CONF_NUMBER, .at = AT(conf_dmarc, pct), .max = 100 }
};

static const struct conf_form dmarc_form = {
	.size = sizeof(struct conf_dmarc), .where_at = AT(conf_dmarc, where), .rows = dmarc_rows,
	.rows_n = COUNT(dmarc_rows), .preset = dmarc_preset, .judge = dmarc_judge
};

/* mta-sts */

static void
mta_sts_preset(void *section)
{
	struct conf_mta_sts *m = section;

	m->mode = CONF_UNSET;
	m->max_age = 604800;
}

/* A host, or "*." and a host for any one label (RFC 8461 4.1). */
static int
parse_patterns(void *section, const struct conf_row *row, const struct strlist *values,
    struct fault *why)
{
	struct conf_mta_sts *m = section;
	struct name host;
	int rc = ZP_OK;

	(void)row;
	strlist_release(&m->mx);
	for (size_t i = 0; rc == ZP_OK && i < values->n; i++) {
		const char *text = values->v[i];

		rc = name_parse_host(&host, strncmp(text, "*.", 2) == 0 ? text + 2 : text, why);
		if (rc == ZP_OK)
			rc = strlist_add(&m->mx, text, why);
	}
	return rc;
}

static int
mta_sts_judge(void *section, struct fault *why)
{
	struct conf_mta_sts *m = section;

	if (m->mode == CONF_UNSET)
		return conf_fault(why, ZP_EUSAGE, &m->where, NULL, "mode is missing; begin with "
		    "mode = testing");
	if (m->mode != CONF_MTA_STS_NONE && m->mx.n == 0)
		return conf_fault(why, ZP_EUSAGE, &m->where, NULL, "mx is missing: a policy names the "
		    "hosts that take mail");
	return ZP_OK;
}

static const struct conf_row mta_sts_rows[] = {
	{ .name = "mode", .kind = CONF_CHOICE, .at = AT(conf_mta_sts, mode), .choices = modes,
	  .first = CONF_MTA_STS_NONE },
	{ .name = "mx", .kind = CONF_CUSTOM, .parse = parse_patterns },
	{ .name = "max-age", .kind = CONF_SECONDS, .at = AT(conf_mta_sts, max_age),
	  .max = 31557600 },
	{ .name = "policy-file", .kind = CONF_TEXT, .at = AT(conf_mta_sts, policy_file) }
};

static const struct conf_form mta_sts_form = {
	.size = sizeof(struct conf_mta_sts), .where_at = AT(conf_mta_sts, where),
	.rows = mta_sts_rows, .rows_n = COUNT(mta_sts_rows), .preset = mta_sts_preset,
	.judge = mta_sts_judge
};

/* srv */

static int
parse_srv(void *section, const struct conf_row *row, const struct strlist *values,
    struct fault *why)
{
	struct conf_services *services = section;
	int rc = ZP_OK;

	for (size_t i = 0; rc == ZP_OK && i < values->n; i++) {
		struct conf_srv *v = realloc(services->v, (services->n + 1) * sizeof *v);
		char *host = NULL;

		if (v == NULL)
			return fault_set_nomem(why);
		services->v = v;
		v += services->n;
		*v = (struct conf_srv){ .service = row->name };
		rc = conf_value_server(&host, &v->port, values->v[i], why);
		if (rc == ZP_OK && conf_value_is_address(host))
			rc = fault_set(why, ZP_EUSAGE, "'%s' is an address; an SRV record names a host", host);
		if (rc == ZP_OK)
			rc = name_parse_host(&v->host, host, why);
		services->n += rc == ZP_OK;
		free(host);
	}
	return rc;
}

static const struct conf_row srv_rows[] = {
	{ .name = "submission", .kind = CONF_CUSTOM, .parse = parse_srv },
	{ .name = "submissions", .kind = CONF_CUSTOM, .parse = parse_srv },
	{ .name = "imap", .kind = CONF_CUSTOM, .parse = parse_srv },
	{ .name = "imaps", .kind = CONF_CUSTOM, .parse = parse_srv },
	{ .name = "pop3", .kind = CONF_CUSTOM, .parse = parse_srv },
	{ .name = "pop3s", .kind = CONF_CUSTOM, .parse = parse_srv }
};

static const struct conf_form srv_form = {
	.size = sizeof(struct conf_services), .where_at = AT(conf_services, where),
	.rows = srv_rows, .rows_n = COUNT(srv_rows)
};

/* domain */

static int
domain_title(void *section, const char *title, struct fault *why)
{
	struct conf_domain *d = section;

	return name_parse_domain(&d->name, title, why);
}

static void
domain_preset(void *section)
{
	struct conf_domain *d = section;

	d->ttl = CONF_UNSET;
}

/* "10 mx1.example.com" */
static int
parse_mx(void *section, const struct conf_row *row, const struct strlist *values,
    struct fault *why)
{
	struct conf_domain *d = section;
	int rc = ZP_OK;

	(void)row;
	for (size_t i = 0; rc == ZP_OK && i < values->n; i++) {
		struct conf_mx *v = realloc(d->mx, (d->mx_n + 1) * sizeof *v);
		const char *text = values->v[i];
		size_t digits = strcspn(text, " \t");
		const char *host = text + digits + strspn(text + digits, " \t");
		char *preference = strndup(text, digits);
		int64_t number = 0;

		if (v != NULL)
			d->mx = v;
		if (v == NULL || preference == NULL)
			rc = fault_set_nomem(why);
		else if (*host == '\0' ||
		    conf_value_number(&number, preference, 0, UINT16_MAX, NULL) != ZP_OK)
			rc = fault_set(why, ZP_EUSAGE, "'%s' is not \"PREFERENCE HOST\", such as "
			    "\"10 mx1.example.com\"", text);
		free(preference);
		if (rc != ZP_OK)
			break;
		v += d->mx_n;
		*v = (struct conf_mx){ .preference = (uint16_t)number };
		if (strcmp(host, ".") == 0)	/* null MX, RFC 7505 */
			rc = name_parse(&v->host, ".", NULL, why);
		else
			rc = name_parse_host(&v->host, host, why);
		d->mx_n += rc == ZP_OK;
	}
	return rc;
}

static int
parse_spf(void *section, const struct conf_row *row, const struct strlist *values,
    struct fault *why)
{
	struct conf_domain *d = section;
	int rc = ZP_OK;

	(void)row;
	strlist_release(&d->spf);
	for (size_t i = 0; rc == ZP_OK && i < values->n; i++) {
		const char *term = values->v[i];

		if (strncasecmp(term, "v=", 2) == 0)
			rc = fault_set(why, ZP_EUSAGE, "'%s': the version is put in front by itself; give "
			    "the terms alone", term);
		for (const char *p = term; rc == ZP_OK && (*p != '\0' || p == term); p++)
			if (*p <= 0x20 || *p == 0x7f)
				rc = fault_set(why, ZP_EUSAGE, "'%s' is not one term; give each term a string "
				    "of its own", term);
		if (rc == ZP_OK)
			rc = strlist_add(&d->spf, term, why);
	}
	return rc;
}

/* The next word of *p, at most size - 1 octets of it. */
static void
next_word(char *buf, size_t size, const char **p)
{
	size_t n;

	*p += strspn(*p, " \t");
	n = strcspn(*p, " \t");
	memcpy(buf, *p, n < size ? n : size - 1);
	buf[n < size ? n : size - 1] = '\0';
	*p += n;
}

/* OWNER [TTL] [IN] TYPE RDATA; relative to the domain. */
static int
parse_record(struct conf_record *r, const struct name *domain, const char *text,
    struct fault *why)
{
	char word[NAME_TEXT_MAX];
	const char *p = text;
	int64_t ttl;
	int rc;

	*r = (struct conf_record){ .ttl = CONF_UNSET };
	next_word(word, sizeof word, &p);
	rc = name_parse(&r->owner, word, domain, why);
	if (rc != ZP_OK)
		return rc;
	if (!name_is_under(&r->owner, domain))
		return fault_set(why, ZP_EUSAGE, "'%s' lies outside of the domain", word);
	next_word(word, sizeof word, &p);
	for (int i = 0; i < 2; i++) {
		if (r->ttl == CONF_UNSET && conf_value_number(&ttl, word, 0, INT32_MAX, NULL) == ZP_OK)
			r->ttl = ttl;
		else if (strcasecmp(word, "IN") != 0)
			break;
		next_word(word, sizeof word, &p);
	}
	p += strspn(p, " \t");
	if (!isalpha((unsigned char)word[0]) || *p == '\0')
		return fault_set(why, ZP_EUSAGE, "'%s' is not \"OWNER [TTL] TYPE RDATA\"", text);
	r->type = strdup(word);
	r->rdata = strdup(p);
	if (r->type == NULL || r->rdata == NULL) {
		free(r->type);
		free(r->rdata);
		return fault_set_nomem(why);
	}
	for (char *c = r->type; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	return ZP_OK;
}

static int
parse_records(void *section, const struct conf_row *row, const struct strlist *values,
    struct fault *why)
{
	struct conf_domain *d = section;
	int rc = ZP_OK;

	(void)row;
	for (size_t i = 0; rc == ZP_OK && i < values->n; i++) {
		struct conf_record *v = realloc(d->records, (d->records_n + 1) * sizeof *v);

		if (v == NULL)
			return fault_set_nomem(why);
		d->records = v;
		rc = parse_record(&v[d->records_n], &d->name, values->v[i], why);
		d->records_n += rc == ZP_OK;
	}
	return rc;
}

static const struct conf_row domain_rows[] = {
	{ .name = "ttl", .kind = CONF_SECONDS, .at = AT(conf_domain, ttl), .max = INT32_MAX },
	{ .name = "mx", .kind = CONF_CUSTOM, .parse = parse_mx },
	{ .name = "spf", .kind = CONF_CUSTOM, .parse = parse_spf },
	{ .name = "dmarc", .kind = CONF_OPTIONAL, .at = AT(conf_domain, dmarc),
	  .form = &dmarc_form },
	{ .name = "dkim", .kind = CONF_ARRAY, .at = AT(conf_domain, dkim), .form = &conf_form_dkim,
	  .count_at = AT(conf_domain, dkim_n) },
	{ .name = "dkim-rotation", .kind = CONF_OPTIONAL, .at = AT(conf_domain, rotation),
	  .form = &conf_form_rotation },
	{ .name = "mta-sts", .kind = CONF_OPTIONAL, .at = AT(conf_domain, mta_sts),
	  .form = &mta_sts_form },
	{ .name = "tls-rpt", .kind = CONF_URIS, .at = AT(conf_domain, tls_rpt) },
	{ .name = "srv", .kind = CONF_OPTIONAL, .at = AT(conf_domain, srv), .form = &srv_form },
	{ .name = "record", .kind = CONF_CUSTOM, .parse = parse_records }
};

const struct conf_form conf_form_domain = {
	.size = sizeof(struct conf_domain), .where_at = AT(conf_domain, where),
	.rows = domain_rows, .rows_n = COUNT(domain_rows), .title = domain_title,
	.preset = domain_preset
};
