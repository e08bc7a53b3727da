/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/settings.h"

#include <stdlib.h>
#include <unistd.h>

#include "conf/conf_read.h"

static const char system_file[] = SYSCONFDIR "/zonepub/zonepub.conf";

int
settings_read(struct conf **out, const struct globals *g, struct fault *why)
{
	const char *path = g->config;
	int class;

	*out = NULL;
	if (path == NULL)
		path = getenv("ZONEPUB_CONFIG");
	if (path == NULL || path[0] == '\0') {
		if (access(system_file, F_OK) != 0)
			return ZP_OK;
		path = system_file;
	}
	class = conf_read(out, path, why);
	if (class == ZP_EABSENT)
		return fault_set(why, ZP_EUSAGE, "%s: there is no such configuration file", path);
	return class;
}

/* One stub and its servers, which go into v. */
static int
read_stub(struct resolver_stub *to, struct server *v, const struct conf_stub *from,
    struct fault *why)
{
	*to = (struct resolver_stub){ .zone = from->zone, .v = v, .n = from->servers.n };
	for (size_t i = 0; i < from->servers.n; i++)
		if (server_parse(&v[i], from->servers.v[i], why) != ZP_OK)
			return conf_fault(why, ZP_EUSAGE, &from->where, "servers",
			    "'%s' is no ADDR[@PORT]", from->servers.v[i]);
	return ZP_OK;
}

int
settings_resolver(struct resolver **out, const struct conf *c, const struct globals *g,
    int timeout_ms, struct fault *why)
{
	static const struct conf_resolver none;
	const struct conf_resolver *r = c != NULL ? &c->resolver : &none;
	struct resolver_options options = {
		.forward = g->resolver != NULL ? g->resolver : r->forward,
		.anchor_file = g->trust_anchor != NULL ? g->trust_anchor : r->trust_anchor,
		.resolv_conf = "/etc/resolv.conf", .timeout_ms = timeout_ms
	};
	struct resolver_stub *stubs = calloc(r->stubs_n + 1, sizeof *stubs);
	struct server *servers = NULL;
	size_t n = 0;
	int class = ZP_OK;

	*out = NULL;
	for (size_t i = 0; i < r->stubs_n; i++)
		n += r->stubs[i].servers.n;
	servers = calloc(n + 1, sizeof *servers);
	if (stubs == NULL || servers == NULL) {
		class = fault_set_nomem(why);
		goto out;
	}
	n = 0;
	for (size_t i = 0; i < r->stubs_n && class == ZP_OK; i++) {
		class = read_stub(&stubs[i], servers + n, &r->stubs[i], why);
		n += r->stubs[i].servers.n;
	}
	options.stubs = stubs;
	options.n_stubs = r->stubs_n;
	if (class == ZP_OK)
		class = resolver_make(out, &options, why);
out:
	free(servers);
	free(stubs);
	return class;
}
