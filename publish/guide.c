/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/guide.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "dns/exchange.h"
#include "dns/message.h"
#include "live/discover.h"
#include "live/trust.h"
#include "publish/look_file.h"

enum { LOCK_WAIT_MS = 10000, RELOAD_TIMEOUT_MS = 60000 };

void
guide_release(struct guide *g)
{
	resolver_free(g->resolver);
	server_list_release(&g->servers);
	rrset_release(&g->keys);
}

bool
guide_is_file(const struct order *o)
{
	return o->publisher != NULL && strcmp(o->publisher, "zonefile") == 0;
}

static const char *
either(const char *of_order, const char *of_run)
{
	return of_order != NULL ? of_order : of_run;
}

/* True if somebody said whom to ask or what to trust, or validation is asked for. */
bool
guide_wants_resolver(const struct guide *g)
{
	const struct world_options *run = world_options(g->world);

	return !g->order->allow_insecure || either(g->order->resolver, run->resolver) != NULL ||
	    either(g->order->trust_anchor, run->trust_anchor) != NULL || g->order->stubs.n > 0;
}

/* "ZONE=ADDR[@PORT]" into a stub whose server stands in *server. */
static int
parse_stub(struct resolver_stub *stub, struct server *server, const char *text,
    struct fault *why)
{
	const char *equals = strchr(text, '=');
	char zone[NAME_TEXT_MAX];
	int rc;

	if (equals == NULL || (size_t)(equals - text) >= sizeof zone)
		return fault_set(why, ZP_EUSAGE, "'%s' is no stub: use ZONE=ADDR[@PORT]", text);
	memcpy(zone, text, (size_t)(equals - text));
	zone[equals - text] = '\0';
	rc = name_parse(&stub->zone, zone, NULL, why);
	if (rc == ZP_OK)
		rc = server_parse(server, equals + 1, why);
	stub->v = server;
	stub->n = 1;
	return rc;
}

/*
 * The zone's own servers stand for it where an anchor of ours is given and no
 * resolver: a private zone that nobody delegates.  Which zone it is the first
 * of them says, if nobody else does.  No such server: stub->n is 0.
 */
static int
own_stub(struct resolver_stub *stub, struct server_list *servers, const struct order *o,
    struct fault *why)
{
	struct zone_found found;
	struct name host;
	int rc = ZP_OK;

	for (size_t i = 0; rc == ZP_OK && i <= o->authorities.n; i++) {
		const char *text = i < o->authorities.n ? o->authorities.v[i] :
		    o->authorities.n == 0 ? o->server : NULL;
		struct server s;

		/* A server that is given by name needs a resolver itself. */
		if (text != NULL && server_parse(&s, text, NULL) == ZP_OK)
			rc = server_list_add(servers, &s, why);
	}
	*stub = (struct resolver_stub){ 0 };
	if (rc != ZP_OK || servers->n == 0)
		return rc;
	if (o->zone != NULL)
		rc = name_parse_host(&stub->zone, o->zone, why);
	else {
		rc = name_parse_host(&host, o->hosts.v[0], why);
		if (rc == ZP_OK && discover_zone_at(&found, &servers->v[0], &host,
		    GUIDE_SERVER_TIMEOUT_MS, NULL) != ZP_OK)
			return ZP_OK;
		stub->zone = found.zone;
	}
	stub->v = servers->v;
	stub->n = servers->n;
	return rc;
}

int
guide_need_resolver(struct guide *g, struct fault *why)
{
	const struct order *o = g->order;
	const struct world_options *run = world_options(g->world);
	struct resolver_options options = {
		.forward = either(o->resolver, run->resolver),
		.anchor_file = either(o->trust_anchor, run->trust_anchor)
	};
	struct resolver_stub *stubs;
	struct server *of_stubs;
	struct server_list own = { 0 };
	int rc = ZP_OK;

	if (g->resolver != NULL)
		return ZP_OK;
	stubs = calloc(o->stubs.n + 1, sizeof *stubs);
	of_stubs = calloc(o->stubs.n + 1, sizeof *of_stubs);
	if (stubs == NULL || of_stubs == NULL)
		rc = fault_set_nomem(why);
	for (size_t i = 0; rc == ZP_OK && i < o->stubs.n; i++)
		rc = parse_stub(&stubs[i], &of_stubs[i], o->stubs.v[i], why);
	options.stubs = stubs;
	options.n_stubs = o->stubs.n;
	if (rc == ZP_OK && options.forward == NULL && options.anchor_file != NULL) {
		rc = own_stub(&stubs[o->stubs.n], &own, o, why);
		options.n_stubs += stubs[o->stubs.n].n > 0;
	}
	if (options.forward == NULL)
		options.resolv_conf = "/etc/resolv.conf";
	if (rc == ZP_OK)
		rc = resolver_make(&g->resolver, &options, why);
	server_list_release(&own);
	free(of_stubs);
	free(stubs);
	return rc;
}

/* A server given as HOST[@PORT]: the resolver is made only if HOST is a name. */
static int
find_given(struct server_list *out, struct guide *g, const char *text, struct fault *why)
{
	struct server s;
	int rc = server_parse(&s, text, NULL);

	*out = (struct server_list){ 0 };
	if (rc == ZP_OK)
		return server_list_add(out, &s, why);
	rc = guide_need_resolver(g, why);
	return rc == ZP_OK ? discover_host(out, g->resolver, text, why) : rc;
}

/*
 * Which of the primary's addresses is asked: the first that answers at all,
 * when all are asked at once, else the first.
 */
static const struct server *
pick_address(const struct server_list *found, const struct name *name)
{
	const struct server *first = &found->v[0];
	struct exchange *x = calloc(found->n, sizeof *x);
	struct message query = { 0 };

	if (found->n == 1 || x == NULL || name_is_empty(name) ||
	    message_query(&query, name, RRTYPE_SOA, false, false, NULL) != ZP_OK)
		goto out;
	for (size_t i = 0; i < found->n; i++) {
		x[i] = (struct exchange){ .query = &query, .timeout_ms = GUIDE_SERVER_TIMEOUT_MS };
		/* What is no address has no answer: exchange_run() says so. */
		(void)!server_address(&x[i].server, &found->v[i], NULL);
	}
	if (exchange_run(x, found->n, NULL, NULL) == ZP_OK)
		for (size_t i = found->n; i-- > 0; )
			if (x[i].class == ZP_OK)
				first = &found->v[i];
	for (size_t i = 0; i < found->n; i++)
		exchange_release(&x[i]);
out:
	message_release(&query);
	free(x);
	return first;
}

/* name: what the primary is asked for, to see which of its addresses answers. */
static int
find_primary(struct guide *g, const struct name *name, struct fault *why)
{
	struct server_list found = { 0 };
	struct zone_found zone;
	char host[NAME_TEXT_MAX];
	int rc;

	if (g->order->server != NULL)
		rc = find_given(&found, g, g->order->server, why);
	else {
		rc = guide_need_resolver(g, why);
		if (rc == ZP_OK)
			rc = discover_zone(&zone, g->resolver, &g->zone, why);
		if (rc == ZP_OK)
			rc = discover_host(&found, g->resolver, name_print_host(host, &zone.primary), why);
		if (rc != ZP_OK)
			(void)fault_prepend(why, "cannot find the primary server (--server names it)");
	}
	if (rc == ZP_OK && found.n == 0)
		rc = fault_set(why, ZP_EABSENT, "the primary server has no address: name it with --server");
	if (rc == ZP_OK) {
		g->primary = *pick_address(&found, name);
		g->primary.origin |= SERVER_PRIMARY;
	}
	server_list_release(&found);
	return rc;
}

int
guide_find_zone(struct guide *g, const struct name *owner, struct fault *why)
{
	struct zone_found found;
	int rc;

	if (g->order->zone != NULL)
		return name_parse_host(&g->zone, g->order->zone, why);
	if (g->order->server != NULL) {
		rc = find_primary(g, owner, why);
		if (rc == ZP_OK)
			rc = discover_zone_at(&found, &g->primary, owner, GUIDE_SERVER_TIMEOUT_MS, why);
	} else {
		rc = guide_need_resolver(g, why);
		if (rc == ZP_OK)
			rc = discover_zone(&found, g->resolver, owner, why);
	}
	if (rc == ZP_OK)
		g->zone = found.zone;
	return rc;
}

/* True if text, an address or a name, means this server. */
static bool
means(const char *text, const struct server *s)
{
	struct server given;
	struct name name;

	if (server_parse(&given, text, NULL) == ZP_OK)
		return strcmp(given.address, s->address) == 0 &&
		    (strchr(text, '@') == NULL || given.port == s->port);
	return !name_is_empty(&s->name) && name_parse_host(&name, text, NULL) == ZP_OK &&
	    name_equal(&name, &s->name);
}

static bool
is_excluded(const struct order *o, const struct server *s)
{
	for (size_t i = 0; i < o->exclude.n; i++)
		if (means(o->exclude.v[i], s))
			return true;
	return false;
}

/* What is to be left out and is not there: it may be misspelt, and the other one still counts. */
static int
warn_of_strangers(struct look *look, const struct order *o, const struct server_list *found,
    struct fault *why)
{
	int rc = ZP_OK;

	for (size_t i = 0; rc == ZP_OK && i < o->exclude.n; i++) {
		struct bytes text = { 0 };
		bool known = false;

		for (size_t j = 0; j < found->n; j++)
			known = known || means(o->exclude.v[i], &found->v[j]);
		if (known)
			continue;
		bytes_printf(&text, "--exclude: %s is no server of the zone, nothing is left out for it",
		    o->exclude.v[i]);
		rc = strlist_take(&look->warnings, bytes_take_text(&text), why);
	}
	return rc;
}

/* An address without a route, of a server that another of its addresses stands for. */
static bool
is_out_of_reach(const struct server_list *l, const struct server *s)
{
	if ((s->origin & SERVER_UNROUTED) == 0)
		return false;
	for (size_t i = 0; i < l->n; i++)
		if ((l->v[i].origin & SERVER_UNROUTED) == 0 && name_equal(&l->v[i].name, &s->name))
			return true;
	return false;
}

static int
add_servers(struct guide *g, struct look *look, const struct server_list *found,
    struct fault *why)
{
	int rc = ZP_OK;

	for (size_t i = 0; rc == ZP_OK && i < found->n; i++) {
		const struct server *s = &found->v[i];
		struct bytes text = { 0 };
		bool excluded = is_excluded(g->order, s);

		if (!excluded && !is_out_of_reach(found, s)) {
			rc = server_list_add(&g->servers, s, why);
			continue;
		}
		server_print(&text, s);
		bytes_append_text(&text, excluded ? " is excluded: what it serves is not looked at" :
		    " has no route from here: the server is asked at its other addresses alone");
		rc = strlist_take(&look->warnings, bytes_take_text(&text), why);
	}
	return rc;
}

/* The servers that are named. */
static int
find_authorities(struct server_list *out, struct guide *g, struct fault *why)
{
	const struct strlist *names = &g->order->authorities;
	int rc = ZP_OK;

	for (size_t i = 0; rc == ZP_OK && i < names->n; i++) {
		struct server_list found;

		rc = find_given(&found, g, names->v[i], why);
		for (size_t j = 0; rc == ZP_OK && j < found.n; j++)
			rc = server_list_add(out, &found.v[j], why);
		server_list_release(&found);
	}
	return rc;
}

/* Every address of every NS. */
static int
find_listed(struct server_list *out, struct guide *g, struct fault *why)
{
	struct zone_found zone;
	int rc = guide_need_resolver(g, why);

	if (rc == ZP_OK)
		rc = discover_zone(&zone, g->resolver, &g->zone, why);
	if (rc == ZP_OK)
		rc = discover_servers(out, g->resolver, &zone, 53, why);
	return rc == ZP_OK ? ZP_OK :
	    fault_prepend(why, "cannot find the servers of the zone (--authority names them)");
}

/* The configured servers, or every address of every NS; and the primary. */
int
guide_find_servers(struct guide *g, struct look *look, struct fault *why)
{
	const struct order *o = g->order;
	struct server_list found = { 0 };
	int rc = ZP_OK;

	if (!guide_is_file(o)) {
		rc = name_is_empty(&g->primary.name) && g->primary.address[0] == '\0' ?
		    find_primary(g, &g->zone, why) : ZP_OK;
		if (rc == ZP_OK)
			rc = server_list_add(&g->servers, &g->primary, why);
	}
	if (rc == ZP_OK && guide_is_file(o) && o->authorities.n == 0 && o->reload.n == 0)
		return strlist_add(&look->warnings, "neither --authority nor --reload is given: the zone file "
		    "itself stands for its servers", why);
	if (rc == ZP_OK)
		rc = o->authorities.n > 0 ? find_authorities(&found, g, why) : find_listed(&found, g, why);
	if (rc == ZP_OK)
		rc = add_servers(g, look, &found, why);
	if (rc == ZP_OK)
		rc = warn_of_strangers(look, o, &found, why);
	server_list_release(&found);
	return rc;
}

/* The missing link of a zone that is not secure, and the option that overrides it. */
static int
explain_insecure(const struct name *zone, struct fault *why)
{
	char text[NAME_TEXT_MAX];

	return fault_prepend(why, "the zone %s is not secure, so TLSA records in it protect nothing "
	    "(--allow-insecure publishes them all the same)", name_print(text, zone));
}

/* An answer on name does not validate: is it the chain to its zone that is broken? */
static int
diagnose_zone(struct guide *g, const struct name *name, struct fault *why)
{
	struct trust_chain chain = { 0 };
	struct zone_found found;
	struct fault link = { 0 };
	int rc = discover_zone(&found, g->resolver, name, &link);

	if (rc == ZP_OK)
		rc = trust_follow(&chain, g->resolver, &found.zone, &link);
	if (rc == ZP_OK && trust_need(&chain, &link) == ZP_EUNSAFE) {
		*why = link;
		(void)explain_insecure(&found.zone, why);
	}
	trust_release(&chain);
	return ZP_EUNSAFE;
}

int
guide_follow_aliases(struct alias_chain *out, struct guide *g, const struct name *name,
    uint16_t type, struct fault *why)
{
	int rc = guide_need_resolver(g, why);

	*out = (struct alias_chain){ .end = *name };
	if (rc == ZP_OK)
		rc = discover_aliases(out, g->resolver, name, type, why);
	if (rc == ZP_OK)
		return ZP_OK;
	out->end = *name;
	if (rc == ZP_ERETRY || (rc == ZP_EUNSAFE && g->order->allow_insecure)) {
		fault_clear(why);
		return ZP_OK;
	}
	return rc == ZP_EUNSAFE ? diagnose_zone(g, name, why) : rc;
}

/* The zone must be secure, or insecurity allowed: then signatures are not checked. */
int
guide_need_trust(struct guide *g, struct look *look, struct fault *why)
{
	struct trust_chain chain = { 0 };
	struct fault ignored = { 0 };
	int rc = ZP_EUNSAFE;

	if (g->unsigned_file)
		return ZP_OK;
	if (guide_wants_resolver(g)) {
		rc = guide_need_resolver(g, why);
		if (rc != ZP_OK)
			return rc;
		rc = guide_is_file(g->order) && look_file_keys(&g->keys, g->order, &g->zone,
		    resolver_anchor(g->resolver, &g->zone), &ignored) == ZP_OK ? ZP_OK :
		    trust_follow(&chain, g->resolver, &g->zone, why);
		if (rc == ZP_OK && g->keys.n == 0) {
			rc = trust_need(&chain, why);
			g->keys = chain.keys;
			chain.keys = (struct rrset){ 0 };
		}
		trust_release(&chain);
	}
	if (rc == ZP_OK)
		return ZP_OK;
	if (!g->order->allow_insecure)
		return rc == ZP_EUNSAFE ? explain_insecure(&g->zone, why) : rc;
	rrset_release(&g->keys);
	return strlist_add(&look->warnings, "--allow-insecure: signatures are not checked", why);
}

/* True if the zone file is to be signed: for the first time, or before its signatures end. */
static bool
is_signing_due(const struct order *o, const struct look *seen, int64_t now)
{
	const int64_t in_time = 7 * 86400;
	struct bytes path = { 0 };
	bool due;

	if (o->sign_keys == NULL)
		return false;
	bytes_printf(&path, "%s.signed", o->zonefile);
	due = !file_exists(bytes_text(&path));
	bytes_release(&path);
	for (size_t i = 0; seen != NULL && i < seen->seen.n; i++)
		due = due || (seen->seen.v[i].signed_until != 0 &&
		    seen->seen.v[i].signed_until < now + in_time);
	return due;
}

/*
 * A zone file is signed when it has not been yet, and signed anew in time; a
 * change that was begun and not made known to the server is finished.  A run
 * that may change nothing leaves that, and looks at the file as it is.
 */
int
guide_keep_file(struct guide *g, struct look *look, const struct look *seen, struct fault *why)
{
	struct zonefile_options options = guide_zonefile_options(g->order, &g->zone);
	struct zonefile_receipt receipt = { 0 };
	const struct changes none = { 0 };
	bool signing, unfinished;
	int rc;

	if (!guide_is_file(g->order))
		return ZP_OK;
	signing = is_signing_due(g->order, seen, options.now);
	unfinished = zonefile_is_unfinished(&options);
	if (!signing && !unfinished)
		return ZP_OK;
	if (world_options(g->world)->ledger == NULL) {
		g->unsigned_file = signing && seen == NULL;
		return strlist_add(&look->warnings, signing ? "the zone file is not signed yet, or not for long "
		    "any more: it would be signed first" : "the zone file was changed and its server was not told, "
		    "or another process is at it: that would be finished first", why);
	}
	rc = zonefile_apply(&receipt, &options, &none, why);
	zonefile_receipt_release(&receipt);
	return rc;
}

int
guide_zone_of(struct name *zone, struct world *w, const struct order *o,
    const struct name *owner, struct fault *why)
{
	struct guide g = { .world = w, .order = o };
	int rc = guide_find_zone(&g, owner, why);

	*zone = g.zone;
	guide_release(&g);
	return rc;
}

int
guide_primary_of(struct server *out, struct world *w, const struct order *o,
    const struct name *zone, struct fault *why)
{
	struct guide g = { .world = w, .order = o, .zone = *zone };
	int rc = find_primary(&g, zone, why);

	*out = g.primary;
	guide_release(&g);
	return rc;
}

int
guide_addresses_of(struct server_list *out, struct world *w, const struct order *o,
    const char *host, struct fault *why)
{
	struct guide g = { .world = w, .order = o };
	int rc = find_given(out, &g, host, why);

	guide_release(&g);
	if (rc != ZP_OK)
		(void)fault_prepend(why, "no address of %s to look at (--probe names one)", host);
	return rc;
}

struct zonefile_options
guide_zonefile_options(const struct order *o, const struct name *zone)
{
	return (struct zonefile_options){
		.file = o->zonefile, .zone = zone, .sign_keys = o->sign_keys, .reload = &o->reload,
		.reload_timeout_ms = RELOAD_TIMEOUT_MS, .lock_wait_ms = LOCK_WAIT_MS,
		.now = timepiece_now().wall / 1000
	};
}
