/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "conf/conf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

static void
resolver_release(struct conf_resolver *r)
{
	for (size_t i = 0; i < r->stubs_n; i++) {
		strlist_release(&r->stubs[i].servers);
		free(r->stubs[i].where.options);
	}
	free(r->stubs);
	free(r->forward);
	free(r->trust_anchor);
	free(r->where.options);
}

static void
zone_release(struct conf_zone *z)
{
	free(z->server);
	free(z->tsig_file);
	free(z->tls_ca);
	free(z->tls_name);
	free(z->zonefile);
	free(z->sign_keys);
	free(z->api);
	free(z->api_key_file);
	strlist_release(&z->reload);
	strlist_release(&z->authorities);
	strlist_release(&z->exclude);
	free(z->where.options);
}

static void
tls_release(struct conf_tls *t)
{
	free(t->ports);
	free(t->params);
	free(t->cert);
	free(t->key);
	free(t->live_chain);
	free(t->live_cert);
	free(t->live_key);
	free(t->next_dir);
	strlist_release(&t->deploy);
	strlist_release(&t->probe);
	free(t->where.options);
}

static void
dmarc_free(struct conf_dmarc *d)
{
	if (d == NULL)
		return;
	free(d->adkim);
	free(d->aspf);
	free(d->fo);
	free(d->testing);
	free(d->psd);
	strlist_release(&d->rua);
	strlist_release(&d->ruf);
	free(d->where.options);
	free(d);
}

static void
dkim_release(struct conf_dkim *d)
{
	free(d->selector);
	free(d->key);
	free(d->note);
	strlist_release(&d->hash);
	strlist_release(&d->service);
	strlist_release(&d->flag);
	free(d->where.options);
}

static void
rotation_free(struct conf_rotation *r)
{
	if (r == NULL)
		return;
	free(r->algorithms);
	free(r->selector);
	free(r->archive);
	free(r->key_dir);
	free(r->key_table);
	free(r->signing_table);
	free(r->selector_map);
	free(r->path_map);
	strlist_release(&r->command);
	strlist_release(&r->reload);
	free(r->where.options);
	free(r);
}

static void
domain_release(struct conf_domain *d)
{
	free(d->mx);
	strlist_release(&d->spf);
	dmarc_free(d->dmarc);
	for (size_t i = 0; i < d->dkim_n; i++)
		dkim_release(&d->dkim[i]);
	free(d->dkim);
	rotation_free(d->rotation);
	if (d->mta_sts != NULL) {
		strlist_release(&d->mta_sts->mx);
		free(d->mta_sts->policy_file);
		free(d->mta_sts->where.options);
		free(d->mta_sts);
	}
	strlist_release(&d->tls_rpt);
	if (d->srv != NULL) {
		free(d->srv->v);
		free(d->srv->where.options);
		free(d->srv);
	}
	for (size_t i = 0; i < d->records_n; i++) {
		free(d->records[i].type);
		free(d->records[i].rdata);
	}
	free(d->records);
	free(d->where.options);
}

void
conf_free(struct conf *c)
{
	if (c == NULL)
		return;
	resolver_release(&c->resolver);
	for (size_t i = 0; i < c->zones_n; i++)
		zone_release(&c->zones[i]);
	for (size_t i = 0; i < c->domains_n; i++)
		domain_release(&c->domains[i]);
	for (size_t i = 0; i < c->tls_n; i++)
		tls_release(&c->tls[i]);
	free(c->zones);
	free(c->domains);
	free(c->tls);
	free(c->file);
	free(c);
}

const struct conf_tls *
conf_tls_find(const struct conf *c, const struct name *host)
{
	for (size_t i = 0; i < c->tls_n; i++)
		if (name_equal(&c->tls[i].host, host))
			return &c->tls[i];
	return NULL;
}

const struct conf_domain *
conf_domain_find(const struct conf *c, const struct name *name)
{
	for (size_t i = 0; i < c->domains_n; i++)
		if (name_equal(&c->domains[i].name, name))
			return &c->domains[i];
	return NULL;
}

const struct conf_zone *
conf_zone_find(const struct conf *c, const struct name *name)
{
	const struct conf_zone *best = NULL;

	for (size_t i = 0; i < c->zones_n; i++)
		if (name_is_under(name, &c->zones[i].name) &&
		    (best == NULL || name_labels(&c->zones[i].name) > name_labels(&best->name)))
			best = &c->zones[i];
	return best;
}

static const struct conf_line *
find_line(const struct conf_where *where, const char *option)
{
	for (size_t i = 0; option != NULL && i < where->options_n; i++)
		if (strcmp(where->options[i].option, option) == 0)
			return &where->options[i];
	return NULL;
}

bool
conf_is_given(const struct conf_where *where, const char *option)
{
	return find_line(where, option) != NULL;
}

int
conf_line_of(const struct conf_where *where, const char *option)
{
	const struct conf_line *l = find_line(where, option);

	return l == NULL ? where->line : l->line;
}

int
conf_fault(struct fault *why, int class, const struct conf_where *where, const char *option,
    const char *fmt, ...)
{
	char text[sizeof why->text];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return fault_set(why, class, "%s:%d: %s: %s", where->file, conf_line_of(where, option),
	    option == NULL ? where->section : option, text);
}
