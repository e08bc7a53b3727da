/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "conf/conf_form.h"

#include <stdio.h>
#include <stdlib.h>

#include "conf/conf.h"
#include "dns/name.h"

#define AT(type, field) offsetof(struct type, field)
#define CENTURY_MS (INT64_C(100) * 366 * 86400 * 1000)
#define COUNT(a) (sizeof (a) / sizeof *(a))

static const char *const publishers[] = { "rfc2136", "zonefile", "powerdns", NULL };
static const char *const transports[] = { "auto", "udp", "tcp", "tls", NULL };
static const char *const schemes[] = { "staged", "next-key", NULL };

/* resolver */

static int
stub_title(void *section, const char *title, struct fault *why)
{
	struct conf_stub *s = section;

	return name_parse_host(&s->zone, title, why);
}

static int
stub_judge(void *section, struct fault *why)
{
	struct conf_stub *s = section;

	if (s->servers.n == 0)
		return conf_fault(why, ZP_EUSAGE, &s->where, NULL, "no servers are given; write "
		    "servers = {\"ADDR@PORT\"}");
	return ZP_OK;
}

static const struct conf_row stub_rows[] = {
	{ .name = "servers", .kind = CONF_ADDRESSES, .at = AT(conf_stub, servers) }
};

static const struct conf_form stub_form = {
	.size = sizeof(struct conf_stub), .where_at = AT(conf_stub, where),
	.rows = stub_rows, .rows_n = COUNT(stub_rows), .title = stub_title, .judge = stub_judge
};

static const struct conf_row resolver_rows[] = {
	{ .name = "forward", .kind = CONF_ADDRESS, .at = AT(conf_resolver, forward) },
	{ .name = "trust-anchor", .kind = CONF_TEXT, .at = AT(conf_resolver, trust_anchor) },
	{ .name = "stub", .kind = CONF_ARRAY, .at = AT(conf_resolver, stubs), .form = &stub_form,
	  .count_at = AT(conf_resolver, stubs_n) }
};

static const struct conf_form resolver_form = {
	.size = sizeof(struct conf_resolver), .where_at = AT(conf_resolver, where),
	.rows = resolver_rows, .rows_n = COUNT(resolver_rows)
};

/* zone */

static int
zone_title(void *section, const char *title, struct fault *why)
{
	struct conf_zone *z = section;

	return name_parse_host(&z->name, title, why);
}

static void
zone_preset(void *section)
{
	struct conf_zone *z = section;

	z->ttl = 3600;
}

/* The options that one publisher alone understands. */
static const struct {
	const char *option;
	enum conf_publisher publisher;
} belongs[] = {
	{ "server", CONF_RFC2136 },
	{ "tsig-file", CONF_RFC2136 },
	{ "transport", CONF_RFC2136 },
	{ "tls-ca", CONF_RFC2136 },
	{ "tls-name", CONF_RFC2136 },
	{ "zonefile", CONF_ZONEFILE },
	{ "sign-keys", CONF_ZONEFILE },
	{ "reload", CONF_ZONEFILE },
	{ "api", CONF_POWERDNS },
	{ "api-key-file", CONF_POWERDNS }
};

static int
zone_judge(void *section, struct fault *why)
{
	struct conf_zone *z = section;
	const char *missing = NULL;

	if (z->publisher == CONF_PUBLISHER_NONE)
		z->publisher = z->zonefile != NULL ? CONF_ZONEFILE : z->api != NULL ? CONF_POWERDNS :
		    CONF_RFC2136;
	for (size_t i = 0; i < COUNT(belongs); i++)
		if ((int)belongs[i].publisher != z->publisher &&
		    conf_is_given(&z->where, belongs[i].option))
			return conf_fault(why, ZP_EUSAGE, &z->where, belongs[i].option,
			    "this option is for publisher = %s, the zone has %s",
			    publishers[belongs[i].publisher - CONF_RFC2136],
			    publishers[z->publisher - CONF_RFC2136]);
	if (z->publisher == CONF_ZONEFILE && z->zonefile == NULL)
		missing = "zonefile";
	else if (z->publisher == CONF_POWERDNS && z->api == NULL)
		missing = "api";
	else if (z->publisher == CONF_POWERDNS && z->api_key_file == NULL)
		missing = "api-key-file";
	if (missing != NULL)
		return conf_fault(why, ZP_EUSAGE, &z->where, NULL, "publisher = %s needs %s = \"...\"",
		    publishers[z->publisher - CONF_RFC2136], missing);
	return ZP_OK;
}

/* Servers that are left out are named as the answer of the NS query names them. */
static int
parse_exclude(void *section, const struct conf_row *row, const struct strlist *values,
    struct fault *why)
{
	struct conf_zone *z = section;
	struct name name;
	int rc = ZP_OK;

	(void)row;
	strlist_release(&z->exclude);
	for (size_t i = 0; rc == ZP_OK && i < values->n; i++) {
		if (!conf_value_is_address(values->v[i]))
			rc = name_parse_host(&name, values->v[i], why);
		if (rc == ZP_OK)
			rc = strlist_add(&z->exclude, values->v[i], why);
	}
	return rc;
}

static const struct conf_row zone_rows[] = {
	{ .name = "publisher", .kind = CONF_CHOICE, .at = AT(conf_zone, publisher),
	  .choices = publishers, .first = CONF_RFC2136 },
	{ .name = "server", .kind = CONF_SERVER, .at = AT(conf_zone, server) },
	{ .name = "tsig-file", .kind = CONF_TEXT, .at = AT(conf_zone, tsig_file) },
	{ .name = "transport", .kind = CONF_CHOICE, .at = AT(conf_zone, transport),
	  .choices = transports, .first = CONF_TRANSPORT_AUTO },
	{ .name = "tls-ca", .kind = CONF_TEXT, .at = AT(conf_zone, tls_ca) },
	{ .name = "tls-name", .kind = CONF_TEXT, .at = AT(conf_zone, tls_name) },
	{ .name = "zonefile", .kind = CONF_TEXT, .at = AT(conf_zone, zonefile) },
	{ .name = "sign-keys", .kind = CONF_TEXT, .at = AT(conf_zone, sign_keys) },
	{ .name = "reload", .kind = CONF_WORDS, .at = AT(conf_zone, reload) },
	{ .name = "api", .kind = CONF_TEXT, .at = AT(conf_zone, api) },
	{ .name = "api-key-file", .kind = CONF_TEXT, .at = AT(conf_zone, api_key_file) },
	{ .name = "authorities", .kind = CONF_ADDRESSES, .at = AT(conf_zone, authorities) },
	{ .name = "exclude", .kind = CONF_CUSTOM, .parse = parse_exclude },
	{ .name = "ttl", .kind = CONF_SECONDS, .at = AT(conf_zone, ttl), .max = INT32_MAX },
	{ .name = "allow-insecure", .kind = CONF_FLAG, .at = AT(conf_zone, allow_insecure) }
};

static const struct conf_form zone_form = {
	.size = sizeof(struct conf_zone), .where_at = AT(conf_zone, where), .rows = zone_rows,
	.rows_n = COUNT(zone_rows), .title = zone_title, .preset = zone_preset, .judge = zone_judge
};

/* tls */

static int
tls_title(void *section, const char *title, struct fault *why)
{
	struct conf_tls *t = section;

	return name_parse_host(&t->host, title, why);
}

static void
tls_preset(void *section)
{
	struct conf_tls *t = section;

	t->deploy_timeout = 60 * 1000;
	t->safety = 5 * 60 * 1000;
	t->hold = CONF_UNSET;
	t->max_wait = CONF_UNSET;
	t->probe_repeat = 1;
}

static int
add_port(struct conf_tls *t, uint16_t port, struct fault *why)
{
	uint16_t *v = realloc(t->ports, (t->ports_n + 1) * sizeof *v);

	if (v == NULL)
		return fault_set_nomem(why);
	t->ports = v;
	for (size_t i = 0; i < t->ports_n; i++)
		if (v[i] == port)
			return fault_set(why, ZP_EUSAGE, "port %d is given twice", port);
	v[t->ports_n++] = port;
	return ZP_OK;
}

static int
parse_ports(void *section, const struct conf_row *row, const struct strlist *values,
    struct fault *why)
{
	int64_t port;
	int rc = ZP_OK;

	(void)row;
	for (size_t i = 0; rc == ZP_OK && i < values->n; i++) {
		rc = conf_value_number(&port, values->v[i], 1, UINT16_MAX, why);
		if (rc == ZP_OK)
			rc = add_port(section, (uint16_t)port, why);
	}
	return rc;
}

static int
add_params(struct conf_tls *t, const struct conf_tlsa_params *p, struct fault *why)
{
	struct conf_tlsa_params *v = realloc(t->params, (t->params_n + 1) * sizeof *v);

	if (v == NULL)
		return fault_set_nomem(why);
	t->params = v;
	for (size_t i = 0; i < t->params_n; i++)
		if (v[i].usage == p->usage && v[i].selector == p->selector &&
		    v[i].matching == p->matching)
			return fault_set(why, ZP_EUSAGE, "'%d %d %d' is given twice", p->usage, p->selector,
			    p->matching);
	v[t->params_n++] = *p;
	return ZP_OK;
}

static int
parse_params(void *section, const struct conf_row *row, const struct strlist *values,
    struct fault *why)
{
	int rc = ZP_OK;

	(void)row;
	for (size_t i = 0; rc == ZP_OK && i < values->n; i++) {
		struct conf_tlsa_params p;
		char u;
		char s;
		char m;
		char more;

		if (sscanf(values->v[i], " %c %c %c %c", &u, &s, &m, &more) != 3 ||
		    u < '0' || u > '3' || s < '0' || s > '1' || m < '0' || m > '2')
			return fault_set(why, ZP_EUSAGE, "'%s' is not \"USAGE SELECTOR MATCHING\" with "
			    "numbers from 0 to 3, 0 to 1 and 0 to 2; \"3 1 1\" is usual", values->v[i]);
		p.usage = (uint8_t)(u - '0');
		p.selector = (uint8_t)(s - '0');
		p.matching = (uint8_t)(m - '0');
		rc = add_params(section, &p, why);
	}
	return rc;
}

static int
tls_judge(void *section, struct fault *why)
{
	static const struct conf_tlsa_params usual = { 3, 1, 1 };
	struct conf_tls *t = section;
	int rc = ZP_OK;

	if (t->ports_n == 0)
		rc = add_port(t, 25, why);
	if (rc == ZP_OK && t->params_n == 0)
		rc = add_params(t, &usual, why);
	if (rc != ZP_OK)
		return rc;
	if (t->live_chain != NULL && (t->live_cert != NULL || t->live_key != NULL))
		return conf_fault(why, ZP_EUSAGE, &t->where, t->live_cert != NULL ? "live-cert" :
		    "live-key", "live-chain holds key and chain in one file; give either it or "
		    "live-cert and live-key");
	if (t->live_cert == NULL && t->live_key != NULL)
		return conf_fault(why, ZP_EUSAGE, &t->where, "live-key", "live-cert is missing");
	if (t->live_cert != NULL && t->live_key == NULL)
		return conf_fault(why, ZP_EUSAGE, &t->where, "live-cert", "live-key is missing");
	if (t->no_probe && t->probe.n > 0)
		return conf_fault(why, ZP_EUSAGE, &t->where, "no-probe", "probe names addresses to look "
		    "at; give one of the two");
	if (t->scheme == CONF_SCHEME_NEXT_KEY && t->next_dir == NULL)
		return conf_fault(why, ZP_EUSAGE, &t->where, "scheme", "next-key needs next-dir = "
		    "\"FOLDER\" for the next key");
	if (t->scheme != CONF_SCHEME_NEXT_KEY && t->next_dir != NULL)
		return conf_fault(why, ZP_EUSAGE, &t->where, "next-dir", "this option is for scheme = "
		    "next-key");
	return ZP_OK;
}

static const struct conf_row tls_rows[] = {
	{ .name = "ports", .kind = CONF_CUSTOM, .parse = parse_ports },
	{ .name = "params", .kind = CONF_CUSTOM, .parse = parse_params },
	{ .name = "cert", .kind = CONF_TEXT, .at = AT(conf_tls, cert) },
	{ .name = "key", .kind = CONF_TEXT, .at = AT(conf_tls, key) },
	{ .name = "live-chain", .kind = CONF_TEXT, .at = AT(conf_tls, live_chain) },
	{ .name = "live-cert", .kind = CONF_TEXT, .at = AT(conf_tls, live_cert) },
	{ .name = "live-key", .kind = CONF_TEXT, .at = AT(conf_tls, live_key) },
	{ .name = "deploy", .kind = CONF_WORDS, .at = AT(conf_tls, deploy) },
	{ .name = "deploy-timeout", .kind = CONF_DURATION, .at = AT(conf_tls, deploy_timeout),
	  .min = 1000, .max = 86400 * 1000 },
	{ .name = "scheme", .kind = CONF_CHOICE, .at = AT(conf_tls, scheme), .choices = schemes,
	  .first = CONF_SCHEME_STAGED },
	{ .name = "next-dir", .kind = CONF_TEXT, .at = AT(conf_tls, next_dir) },
	{ .name = "safety", .kind = CONF_DURATION, .at = AT(conf_tls, safety), .max = CENTURY_MS },
	{ .name = "hold", .kind = CONF_DURATION, .at = AT(conf_tls, hold), .max = CENTURY_MS },
	{ .name = "max-wait", .kind = CONF_DURATION, .at = AT(conf_tls, max_wait), .max = CENTURY_MS },
	{ .name = "zone", .kind = CONF_HOST, .at = AT(conf_tls, zone) },
	{ .name = "probe", .kind = CONF_ADDRESSES, .at = AT(conf_tls, probe) },
	{ .name = "probe-repeat", .kind = CONF_NUMBER, .at = AT(conf_tls, probe_repeat), .min = 1,
	  .max = 1000 },
	{ .name = "no-probe", .kind = CONF_FLAG, .at = AT(conf_tls, no_probe) },
	{ .name = "prune", .kind = CONF_FLAG, .at = AT(conf_tls, prune) },
	{ .name = "allow-insecure", .kind = CONF_FLAG, .at = AT(conf_tls, allow_insecure) }
};

static const struct conf_form tls_form = {
	.size = sizeof(struct conf_tls), .where_at = AT(conf_tls, where), .rows = tls_rows,
	.rows_n = COUNT(tls_rows), .title = tls_title, .preset = tls_preset, .judge = tls_judge
};

/* The whole file. */

static const struct conf_row root_rows[] = {
	{ .name = "resolver", .kind = CONF_SECTION, .at = AT(conf, resolver),
	  .form = &resolver_form },
	{ .name = "zone", .kind = CONF_ARRAY, .at = AT(conf, zones), .form = &zone_form,
	  .count_at = AT(conf, zones_n) },
	{ .name = "domain", .kind = CONF_ARRAY, .at = AT(conf, domains), .form = &conf_form_domain,
	  .count_at = AT(conf, domains_n) },
	{ .name = "tls", .kind = CONF_ARRAY, .at = AT(conf, tls), .form = &tls_form,
	  .count_at = AT(conf, tls_n) }
};

const struct conf_form conf_form_root = {
	.size = sizeof(struct conf), .rows = root_rows, .rows_n = COUNT(root_rows)
};
