/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/rotate_order.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/argv.h"

/* A command given as several words, or as one line to be split. */
static int
set_command(struct strlist *to, const struct strlist *given, struct fault *why)
{
	if (given->n == 0)
		return ZP_OK;
	strlist_release(to);
	return given->n == 1 ? argv_split(to, given->v[0], why) : strlist_copy(to, given, why);
}

static int
set_list(struct strlist *to, const struct strlist *given, struct fault *why)
{
	if (given->n == 0)
		return ZP_OK;
	strlist_release(to);
	return strlist_copy(to, given, why);
}

/* A path as any later process finds it. */
static int
set_path(char **to, const char *given, struct fault *why)
{
	struct bytes path = { 0 };
	char *folder;

	if (given == NULL)
		return ZP_OK;
	if (given[0] == '/')
		return order_set(to, given, why);
	folder = getcwd(NULL, 0);
	if (folder == NULL)
		return fault_set_errno(why, ZP_ELOCAL, "cannot tell the current folder");
	bytes_printf(&path, "%s/%s", folder, given);
	free(folder);
	free(*to);
	*to = bytes_take_text(&path);
	return *to != NULL ? ZP_OK : fault_set_nomem(why);
}

/* A command as any later process finds it, be its PATH that of a timer. */
static int
settle_command(struct strlist *words, struct fault *why)
{
	char *path = NULL;
	int rc;

	if (words->n == 0)
		return ZP_OK;
	if (strchr(words->v[0], '/') != NULL)
		return set_path(&words->v[0], words->v[0], why);
	rc = argv_find(&path, words->v[0], why);
	if (rc == ZP_OK)
		rc = set_path(&words->v[0], path, why);
	free(path);
	/* What is missing the look at this machine tells, before anything is begun. */
	return rc == ZP_EABSENT ? ZP_OK : rc;
}

static int
set_text(char **to, const char *given, struct fault *why)
{
	return given == NULL ? ZP_OK : order_set(to, given, why);
}

static int
set_name(char **to, const struct name *given, struct fault *why)
{
	char text[NAME_TEXT_MAX];

	return name_is_empty(given) ? ZP_OK : order_set(to, name_print_host(text, given), why);
}

static int
add_number(struct strlist *to, unsigned v, struct fault *why)
{
	struct bytes text = { 0 };

	bytes_printf(&text, "%u", v);
	return strlist_take(to, bytes_take_text(&text), why);
}

static int
from_tls(struct order *o, const struct conf_tls *t, struct fault *why)
{
	int rc = set_path(&o->cert, t->cert, why);

	if (rc == ZP_OK)
		rc = set_path(&o->key, t->key, why);
	if (rc == ZP_OK)
		rc = set_path(&o->live_chain, t->live_chain, why);
	if (rc == ZP_OK)
		rc = set_path(&o->live_cert, t->live_cert, why);
	if (rc == ZP_OK)
		rc = set_path(&o->live_key, t->live_key, why);
	if (rc == ZP_OK)
		rc = set_path(&o->next_dir, t->next_dir, why);
	if (rc == ZP_OK)
		rc = set_list(&o->deploy, &t->deploy, why);
	if (rc == ZP_OK)
		rc = set_list(&o->probes, &t->probe, why);
	if (rc == ZP_OK)
		rc = set_name(&o->zone, &t->zone, why);
	if (rc == ZP_OK)
		rc = order_set(&o->scheme, t->scheme == CONF_SCHEME_NEXT_KEY ? "next-key" : "staged", why);
	for (size_t i = 0; rc == ZP_OK && i < t->ports_n; i++)
		rc = add_number(&o->ports, t->ports[i], why);
	for (size_t i = 0; rc == ZP_OK && i < t->params_n; i++) {
		struct bytes text = { 0 };

		bytes_printf(&text, "%u %u %u", (unsigned)t->params[i].usage,
		    (unsigned)t->params[i].selector, (unsigned)t->params[i].matching);
		rc = strlist_take(&o->params, bytes_take_text(&text), why);
	}
	o->deploy_timeout = t->deploy_timeout;
	o->safety = t->safety;
	o->hold = t->hold;
	o->no_probe = t->no_probe;
	o->probe_repeat = t->probe_repeat;
	o->prune = t->prune;
	o->allow_insecure = t->allow_insecure;
	return rc;
}

static int
from_zone(struct order *o, const struct conf_zone *z, struct fault *why)
{
	static const char *const transports[] = { "auto", "udp", "tcp", "tls" };
	int rc = set_name(&o->zone, &z->name, why);

	if (z->publisher == CONF_POWERDNS)
		return conf_fault(why, ZP_EUSAGE, &z->where, "publisher",
		    "rotate-tlsa publishes by rfc2136 or zonefile");
	if (rc == ZP_OK)
		rc = order_set(&o->publisher, z->publisher == CONF_ZONEFILE ? "zonefile" : "rfc2136", why);
	if (rc == ZP_OK)
		rc = set_text(&o->server, z->server, why);
	if (rc == ZP_OK)
		rc = set_path(&o->tsig_file, z->tsig_file, why);
	if (rc == ZP_OK)
		rc = set_text(&o->transport, transports[z->transport], why);
	if (rc == ZP_OK)
		rc = set_text(&o->tls_name, z->tls_name, why);
	if (rc == ZP_OK)
		rc = set_path(&o->tls_ca, z->tls_ca, why);
	if (rc == ZP_OK)
		rc = set_path(&o->zonefile, z->zonefile, why);
	if (rc == ZP_OK)
		rc = set_path(&o->sign_keys, z->sign_keys, why);
	if (rc == ZP_OK)
		rc = set_list(&o->reload, &z->reload, why);
	if (rc == ZP_OK)
		rc = set_list(&o->authorities, &z->authorities, why);
	if (rc == ZP_OK)
		rc = set_list(&o->exclude, &z->exclude, why);
	o->ttl = z->ttl;
	o->allow_insecure = o->allow_insecure || z->allow_insecure;
	return rc;
}

static int
from_resolver(struct order *o, const struct conf_resolver *r, struct fault *why)
{
	int rc = set_text(&o->resolver, r->forward, why);

	if (rc == ZP_OK)
		rc = set_path(&o->trust_anchor, r->trust_anchor, why);
	for (size_t i = 0; rc == ZP_OK && i < r->stubs_n; i++)
		for (size_t j = 0; rc == ZP_OK && j < r->stubs[i].servers.n; j++) {
			char zone[NAME_TEXT_MAX];
			struct bytes text = { 0 };

			bytes_printf(&text, "%s=%s", name_print(zone, &r->stubs[i].zone),
			    r->stubs[i].servers.v[j]);
			rc = strlist_take(&o->stubs, bytes_take_text(&text), why);
		}
	return rc;
}

static void
set_number(int64_t *to, int64_t given)
{
	if (given >= 0)
		*to = given;
}

/* A publisher that the command line names leaves nothing of another one. */
static int
change_publisher(struct order *o, const struct rotate_options *g, struct fault *why)
{
	char **const of_messages[] = { &o->server, &o->tsig_file, &o->transport, &o->tls_name, &o->tls_ca };
	char **const of_file[] = { &o->zonefile, &o->sign_keys };
	bool messages = g->server != NULL || g->tsig_file != NULL;
	int rc = ZP_OK;

	for (size_t i = 0; g->zonefile != NULL && rc == ZP_OK && i < sizeof of_messages / sizeof *of_messages; i++)
		rc = order_set(of_messages[i], NULL, why);
	for (size_t i = 0; messages && rc == ZP_OK && i < sizeof of_file / sizeof *of_file; i++)
		rc = order_set(of_file[i], NULL, why);
	if (messages)
		strlist_release(&o->reload);
	if (rc == ZP_OK && (g->zonefile != NULL || messages))
		rc = order_set(&o->publisher, g->zonefile != NULL ? "zonefile" : "rfc2136", why);
	return rc;
}

static int
from_options(struct order *o, const struct rotate_options *g, struct fault *why)
{
	const struct {
		char **to;
		const char *given;
		int (*set)(char **, const char *, struct fault *);
	} texts[] = {
		{ &o->cert, g->cert, set_path }, { &o->key, g->key, set_path },
		{ &o->live_chain, g->live_chain, set_path }, { &o->live_cert, g->live_cert, set_path },
		{ &o->live_key, g->live_key, set_path }, { &o->next_dir, g->next_dir, set_path },
		{ &o->scheme, g->scheme, set_text }, { &o->zone, g->zone, set_text },
		{ &o->server, g->server, set_text }, { &o->tsig_file, g->tsig_file, set_path },
		{ &o->transport, g->transport, set_text }, { &o->tls_name, g->tls_name, set_text },
		{ &o->zonefile, g->zonefile, set_path }, { &o->sign_keys, g->sign_keys, set_path },
	};
	int rc = set_list(&o->ports, &g->ports, why);

	/* What the command line says takes the place of what the section says otherwise. */
	if (rc == ZP_OK)
		rc = change_publisher(o, g, why);
	if (rc == ZP_OK && g->live_chain != NULL) {
		rc = order_set(&o->live_cert, NULL, why);
		if (rc == ZP_OK)
			rc = order_set(&o->live_key, NULL, why);
	} else if (rc == ZP_OK && (g->live_cert != NULL || g->live_key != NULL))
		rc = order_set(&o->live_chain, NULL, why);
	if (g->no_probe)
		strlist_release(&o->probes);
	o->no_probe = o->no_probe && g->probes.n == 0;
	for (size_t i = 0; rc == ZP_OK && i < sizeof texts / sizeof texts[0]; i++)
		rc = texts[i].set(texts[i].to, texts[i].given, why);
	if (rc == ZP_OK)
		rc = set_list(&o->params, &g->params, why);
	if (rc == ZP_OK)
		rc = set_command(&o->deploy, &g->deploy, why);
	if (rc == ZP_OK)
		rc = set_command(&o->reload, &g->reload, why);
	if (rc == ZP_OK)
		rc = set_list(&o->authorities, &g->authorities, why);
	if (rc == ZP_OK)
		rc = set_list(&o->exclude, &g->exclude, why);
	if (rc == ZP_OK)
		rc = set_list(&o->probes, &g->probes, why);
	set_number(&o->deploy_timeout, g->deploy_timeout);
	set_number(&o->safety, g->safety);
	set_number(&o->hold, g->hold);
	set_number(&o->ttl, g->ttl);
	set_number(&o->probe_repeat, g->probe_repeat);
	o->no_probe = o->no_probe || g->no_probe;
	o->allow_insecure = o->allow_insecure || g->allow_insecure;
	o->prune = o->prune || g->prune;
	return rc;
}

/* A file to read that the order has from the configuration. */
static int
check_file(const char *in_use, const char *given, const char *path,
    const struct conf_where *where, const char *option, struct fault *why)
{
	if (in_use == NULL || given != NULL || path == NULL || access(path, R_OK) == 0)
		return ZP_OK;
	return conf_fault(why, ZP_EUSAGE, where, option, "%s: %s", path, strerror(errno));
}

static int
check_tls_files(const struct order *o, const struct rotate_options *g, const struct conf_tls *t,
    struct fault *why)
{
	int rc = check_file(o->cert, g->cert, t->cert, &t->where, "cert", why);

	return rc == ZP_OK ? check_file(o->key, g->key, t->key, &t->where, "key", why) : rc;
}

static int
check_zone_files(const struct order *o, const struct rotate_options *g,
    const struct conf_zone *z, struct fault *why)
{
	int rc = check_file(o->tsig_file, g->tsig_file, z->tsig_file, &z->where, "tsig-file", why);

	if (rc == ZP_OK)
		rc = check_file(o->zonefile, g->zonefile, z->zonefile, &z->where, "zonefile", why);
	return rc == ZP_OK ?
	    check_file(o->sign_keys, g->sign_keys, z->sign_keys, &z->where, "sign-keys", why) : rc;
}

static int
make_order(struct order *out, const struct rotate_options *options, const struct globals *globals,
    const struct conf *conf, const char *host_text, struct fault *why)
{
	const struct conf_tls *tls = NULL;
	const struct conf_zone *zone = NULL;
	struct name host, named;
	char text[NAME_TEXT_MAX];
	int rc = name_parse_server(&host, host_text, why);

	*out = order_make();
	if (rc == ZP_OK)
		rc = strlist_add(&out->hosts, name_print_host(text, &host), why);
	if (rc == ZP_OK && conf != NULL) {
		tls = conf_tls_find(conf, &host);
		zone = conf_zone_find(conf, &host);
		rc = from_resolver(out, &conf->resolver, why);
	}
	if (rc == ZP_OK && tls != NULL)
		rc = from_tls(out, tls, why);
	/* --zone, or zone in the tls section, names the section to use. */
	if (rc == ZP_OK && conf != NULL && (options->zone != NULL || out->zone != NULL)) {
		rc = name_parse_host(&named, options->zone != NULL ? options->zone : out->zone, why);
		if (rc == ZP_OK)
			zone = conf_zone_find(conf, &named);
		if (rc == ZP_OK && zone != NULL && !name_equal(&zone->name, &named))
			zone = NULL;
	}
	if (rc == ZP_OK && zone != NULL)
		rc = from_zone(out, zone, why);
	if (rc == ZP_OK)
		rc = from_options(out, options, why);
	if (rc == ZP_OK)
		rc = set_text(&out->resolver, globals->resolver, why);
	if (rc == ZP_OK)
		rc = set_path(&out->trust_anchor, globals->trust_anchor, why);
	if (rc == ZP_OK && tls != NULL)
		rc = check_tls_files(out, options, tls, why);
	if (rc == ZP_OK && zone != NULL)
		rc = check_zone_files(out, options, zone, why);
	if (rc == ZP_OK && conf != NULL)
		rc = check_file(out->trust_anchor, globals->trust_anchor, conf->resolver.trust_anchor,
		    &conf->resolver.where, "trust-anchor", why);
	if (rc == ZP_OK)
		rc = settle_command(&out->deploy, why);
	if (rc == ZP_OK)
		rc = settle_command(&out->reload, why);
	return rc == ZP_OK ? rotate_complete(out, why) : rc;
}

/*
 * Hosts that share a certificate flip at one moment, so that one order moves
 * them: what it does with the first it does with all.
 */
static int
need_alike(const struct order *first, const struct order *other, struct fault *why)
{
	const struct order_member *m = order_differs(first, other);

	if (m == NULL)
		return ZP_OK;
	return fault_set(why, ZP_EUSAGE, "%s and %s share a certificate and its live place, so they are moved "
	    "together, but '%s' is not the same in the sections of both (tls, or their zones): give both the "
	    "same", first->hosts.v[0], other->hosts.v[0], strcmp(m->name, "probes") == 0 ? "probe" : m->name);
}

int
rotate_orders_make(struct order_list *out, const struct rotate_options *options,
    const struct globals *globals, const struct conf *conf, const struct strlist *hosts,
    struct fault *why)
{
	int rc = ZP_OK;

	*out = (struct order_list){ 0 };
	out->v = calloc(hosts->n, sizeof *out->v);
	if (out->v == NULL)
		return fault_set_nomem(why);
	for (size_t i = 0; rc == ZP_OK && i < hosts->n; i++) {
		struct order o;
		struct order *same = NULL;

		rc = make_order(&o, options, globals, conf, hosts->v[i], why);
		for (size_t j = 0; rc == ZP_OK && j < out->n; j++)
			if (order_shares_service(&out->v[j], &o))
				same = &out->v[j];
		if (rc == ZP_OK && same != NULL)
			rc = need_alike(same, &o, why);
		if (rc == ZP_OK && same != NULL && !strlist_has(&same->hosts, o.hosts.v[0]))
			rc = strlist_add(&same->hosts, o.hosts.v[0], why);
		if (rc == ZP_OK && same == NULL) {
			out->v[out->n++] = o;
			o = (struct order){ 0 };
		}
		order_release(&o);
	}
	if (rc != ZP_OK)
		order_list_release(out);
	return rc;
}

int64_t
rotate_max_wait(const struct rotate_options *options, const struct conf *conf,
    const struct strlist *hosts)
{
	int64_t least = options->max_wait;

	for (size_t i = 0; options->max_wait < 0 && conf != NULL && i < hosts->n; i++) {
		const struct conf_tls *tls;
		struct name host;

		if (name_parse_server(&host, hosts->v[i], NULL) != ZP_OK)
			continue;
		tls = conf_tls_find(conf, &host);
		if (tls != NULL && tls->max_wait != CONF_UNSET && (least < 0 || tls->max_wait < least))
			least = tls->max_wait;
	}
	return least;
}

static bool
names_host(const struct order_list *l, const char *host)
{
	for (size_t i = 0; i < l->n; i++)
		if (strlist_has(&l->v[i].hosts, host))
			return true;
	return false;
}

int
rotate_orders_left_out(struct strlist *lines, const struct order_list *l, const struct conf *conf,
    struct fault *why)
{
	int rc = ZP_OK;

	*lines = (struct strlist){ 0 };
	for (size_t i = 0; rc == ZP_OK && conf != NULL && i < conf->tls_n; i++) {
		const struct conf_tls *t = &conf->tls[i];
		const struct order section = { .live_chain = t->live_chain, .live_cert = t->live_cert };
		char host[NAME_TEXT_MAX];

		(void)name_print_host(host, &t->host);
		for (size_t j = 0; rc == ZP_OK && !names_host(l, host) && j < l->n; j++) {
			struct bytes text = { 0 };

			if (!order_shares_files(&l->v[j], &section))
				continue;
			bytes_printf(&text, "%s uses the same live files as %s, and its TLSA records are not moved "
			    "with them: name both hosts in one command", host, l->v[j].hosts.v[0]);
			rc = strlist_take(lines, bytes_take_text(&text), why);
			break;
		}
	}
	return rc;
}

void
order_list_release(struct order_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		order_release(&l->v[i]);
	free(l->v);
	*l = (struct order_list){ 0 };
}
