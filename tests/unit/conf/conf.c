/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration: the example of the manual word for word, every option's
 * value, and a table of mistakes with the message that each has to yield.
 */
#include "config.h"

#include "conf/conf.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "conf/conf_read.h"
#include "tests/unit/tap.h"

static const char example[] =
"    resolver { forward = \"127.0.0.1@53\"  trust-anchor = \"/usr/share/dns/root.key\" }\n"
"\n"
"    zone \"example.com\" {\n"
"        publisher   = rfc2136\n"
"        server      = \"ns1.example.com\"            # default: the SOA MNAME\n"
"        tsig-file   = \"/etc/zonepub/example.com.key\"\n"
"        authorities = {\"192.0.2.53\", \"198.51.100.53\"}   # default: every address of every NS\n"
"        ttl         = 3600\n"
"    }\n"
"\n"
"    domain \"example.com\" {\n"
"        mx    = {\"10 mx1.example.com\"}\n"
"        spf   = {\"mx\", \"a:mail.example.com\", \"ip4:198.51.100.25\", \"-all\"}\n"
"        dmarc { policy = quarantine  adkim = s  aspf = s"
"  rua = {\"mailto:dmarc-reports@example.com\"} }\n"
"        dkim \"mail\" { key = \"/etc/opendkim/keys/example.com/mail.private\" }\n"
"        dkim-rotation { algorithms = {\"rsa2048\"}  selector = \"s%Y%m%d\"  every = \"180d\"\n"
"                        in-flight = \"7d\"  revoked-for = \"30d\"  old-key = shred\n"
"                        signer = opendkim  key-table = \"/etc/opendkim/KeyTable\"\n"
"                        signing-table = \"/etc/opendkim/SigningTable\""
"  reload = {\"systemctl\", \"reload\", \"opendkim\"} }\n"
"        mta-sts { mode = enforce  mx = {\"mx1.example.com\"}"
"  max-age = 604800  policy-file = \"/var/www/mta-sts/example.com/mta-sts.txt\" }\n"
"        tls-rpt = {\"mailto:tlsrpt@example.com\"}\n"
"        record  = {\"@ CAA 0 issue \\\"letsencrypt.org\\\"\"}\n"
"    }\n"
"\n"
"    tls \"mx1.example.com\" {\n"
"        ports      = {25, 465, 587}\n"
"        params     = {\"3 1 1\"}                     # add \"2 1 1\" for current + issuer\n"
"        cert       = \"/etc/letsencrypt/live/mx1.example.com/fullchain.pem\"   # renewed pair\n"
"        key        = \"/etc/letsencrypt/live/mx1.example.com/privkey.pem\"\n"
"        live-chain = \"/etc/postfix/tls/mx1.pem\"  "
"  # key and chain in one file, replaced in one rename\n"
"        deploy     = {\"postfix\", \"reload\"}\n"
"        scheme     = staged                        # or: next-key\n"
"        safety     = \"5m\"                          # R of ROLLOVER.md\n"
"        hold       = \"1h\"                          # H; default: TTL + R\n"
"    }\n";

static struct name
name(const char *text)
{
	struct name n;
	struct fault why;

	if (name_parse(&n, text, NULL, &why) != ZP_OK)
		abort();
	return n;
}

static bool
is_host(const struct name *n, const char *text)
{
	struct name other = name(text);

	return name_equal(n, &other);
}

/* The words of a list, with a bar between them. */
static const char *
joined(char buf[256], const struct strlist *l)
{
	buf[0] = '\0';
	for (size_t i = 0; i < l->n; i++)
		(void)snprintf(buf + strlen(buf), 256 - strlen(buf), "%s%s", i > 0 ? "|" : "", l->v[i]);
	return buf;
}

static void
test_example_domain(const struct conf *c)
{
	struct name n = name("Example.COM");
	const struct conf_domain *d = conf_domain_find(c, &n);
	char buf[256];

	if (!tap_ok(d != NULL, "the domain is found"))
		return;
	tap_ok(d->mx_n == 1 && d->mx[0].preference == 10 && is_host(&d->mx[0].host, "mx1.example.com"),
	    "mx");
	tap_is(joined(buf, &d->spf), "mx|a:mail.example.com|ip4:198.51.100.25|-all", "spf");
	tap_ok(d->dmarc != NULL && d->dmarc->policy == CONF_DMARC_QUARANTINE &&
	    d->dmarc->subdomain_policy == CONF_DMARC_UNSET && strcmp(d->dmarc->adkim, "s") == 0 &&
	    strcmp(d->dmarc->aspf, "s") == 0 && d->dmarc->fo == NULL && d->dmarc->pct == CONF_UNSET,
	    "dmarc");
	tap_is(joined(buf, &d->dmarc->rua), "mailto:dmarc-reports@example.com", "rua");
	tap_ok(d->dkim_n == 1 && strcmp(d->dkim[0].selector, "mail") == 0 &&
	    strcmp(d->dkim[0].key, "/etc/opendkim/keys/example.com/mail.private") == 0 &&
	    !d->dkim[0].revoke && d->dkim[0].where.line == 15, "dkim");
	tap_ok(d->rotation != NULL && d->rotation->algorithms_n == 1 &&
	    d->rotation->algorithms[0] == CONF_RSA2048 &&
	    strcmp(d->rotation->selector, "s%Y%m%d") == 0, "rotation: keys");
	tap_ok(d->rotation->every == 180LL * 86400000 && d->rotation->in_flight == 7LL * 86400000 &&
	    d->rotation->revoked_for == 30LL * 86400000, "rotation: times");
	tap_ok(d->rotation->old_key == CONF_OLD_KEY_SHRED &&
	    d->rotation->signer == CONF_SIGNER_OPENDKIM &&
	    strcmp(d->rotation->key_table, "/etc/opendkim/KeyTable") == 0 &&
	    strcmp(d->rotation->signing_table, "/etc/opendkim/SigningTable") == 0, "rotation: signer");
	tap_is(joined(buf, &d->rotation->reload), "systemctl|reload|opendkim", "rotation: reload");
	tap_is_int(conf_line_of(&d->rotation->where, "key-table"), 18, "an option's line");
	tap_is_int(conf_line_of(&d->rotation->where, "archive"), 16, "else the section's");
	tap_ok(d->mta_sts != NULL && d->mta_sts->mode == CONF_MTA_STS_ENFORCE &&
	    d->mta_sts->max_age == 604800 &&
	    strcmp(d->mta_sts->policy_file, "/var/www/mta-sts/example.com/mta-sts.txt") == 0, "mta-sts");
	tap_is(joined(buf, &d->mta_sts->mx), "mx1.example.com", "mta-sts: mx");
	tap_is(joined(buf, &d->tls_rpt), "mailto:tlsrpt@example.com", "tls-rpt");
	tap_ok(d->records_n == 1 && is_host(&d->records[0].owner, "example.com") &&
	    d->records[0].ttl == CONF_UNSET && strcmp(d->records[0].type, "CAA") == 0 &&
	    strcmp(d->records[0].rdata, "0 issue \"letsencrypt.org\"") == 0, "record");
	tap_ok(d->srv == NULL && d->ttl == CONF_UNSET, "what is not given is not there");
}

static void
test_example(void)
{
	struct conf *c = NULL;
	struct fault why = { 0 };
	struct name n;
	const struct conf_zone *z;
	const struct conf_tls *t;
	char buf[256];

	tap_is_int(conf_read_text(&c, example, "z.conf", &why), ZP_OK, "the example is read");
	tap_is(why.text, "", "without a complaint");
	if (c == NULL)
		return;
	tap_is(c->resolver.forward, "127.0.0.1@53", "forward");
	tap_is(c->resolver.trust_anchor, "/usr/share/dns/root.key", "trust-anchor");
	tap_is_int(c->resolver.where.line, 1, "the resolver's line");

	n = name("mx1.example.com");
	z = conf_zone_find(c, &n);
	tap_ok(z != NULL && is_host(&z->name, "example.com") && z->where.line == 3, "the zone of a host");
	tap_ok(z->publisher == CONF_RFC2136 && z->transport == CONF_TRANSPORT_AUTO && z->ttl == 3600 &&
	    !z->allow_insecure, "its choices");
	tap_is(z->server, "ns1.example.com", "server");
	tap_is(z->tsig_file, "/etc/zonepub/example.com.key", "tsig-file");
	tap_is(joined(buf, &z->authorities), "192.0.2.53|198.51.100.53", "authorities");
	tap_is_int(conf_fault(&why, ZP_ELOCAL, &z->where, "tsig-file", "cannot read %s", "it"),
	    ZP_ELOCAL, "a fault about an option");
	tap_is(why.text, "z.conf:6: tsig-file: cannot read it", "names its line");
	tap_is_int(conf_fault(&why, ZP_EUSAGE, &z->where, NULL, "no"), ZP_EUSAGE, "about a section");
	tap_is(why.text, "z.conf:3: zone: no", "as well");

	t = conf_tls_find(c, &n);
	tap_ok(t != NULL && t->ports_n == 3 && t->ports[0] == 25 && t->ports[1] == 465 &&
	    t->ports[2] == 587, "ports");
	tap_ok(t->params_n == 1 && t->params[0].usage == 3 && t->params[0].selector == 1 &&
	    t->params[0].matching == 1, "params");
	tap_is(t->cert, "/etc/letsencrypt/live/mx1.example.com/fullchain.pem", "cert");
	tap_is(t->key, "/etc/letsencrypt/live/mx1.example.com/privkey.pem", "key");
	tap_is(t->live_chain, "/etc/postfix/tls/mx1.pem", "live-chain");
	tap_is(joined(buf, &t->deploy), "postfix|reload", "deploy");
	tap_ok(t->safety == 300000 && t->hold == 3600000 && t->max_wait == CONF_UNSET &&
	    t->deploy_timeout == 60000 && t->scheme == CONF_SCHEME_STAGED && !t->no_probe, "the rest");
	tap_ok(t->live_cert == NULL && t->probe.n == 0 && name_is_empty(&t->zone), "what is absent");
	n = name("mx2.example.com");
	tap_ok(conf_tls_find(c, &n) == NULL, "another host has no section");
	test_example_domain(c);
	conf_free(c);
}

static void
test_options(void)
{
	static const char text[] =
	    "/* a comment\n"
	    "   of two lines */\n"
	    "resolver {\n"
	    "  stub \"example.\" { servers = {\"127.0.0.1@5300\", \"::1@5301\"} }\n"
	    "  stub test { servers = \"127.0.0.1\" }\n"
	    "}\n"
	    "// another\n"
	    "zone example.org {\n"
	    "  zonefile = /etc/nsd/example.org\n"
	    "  sign-keys = '/etc/keys/${HOME}'\n"
	    "  reload = \"nsd-control reload 'example.org'\"\n"
	    "  exclude = {ns9.example.net, 192.0.2.9}\n"
	    "  ttl = 1h allow-insecure = yes\n"
	    "}\n"
	    "zone sub.example.org { api = http://127.0.0.1:8081 api-key-file = k }\n"
	    "zone xn--bcher-kva.example { server = \"192.0.2.1@5353\" transport = tls\n"
	    "  tls-ca = ca.pem tls-name = ns.example }\n"
	    "tls mx.sub.example.org {\n"
	    "  ports = {25 # the main one\n"
	    "    , 465}\n"
	    "  ports += {993}\n"
	    "  params = {\"3 1 1\", \"2 1 1\"}\n"
	    "  live-cert = c live-key = k scheme = next-key next-dir = /var/lib/next\n"
	    "  deploy = \"systemctl reload 'my service'\" deploy-timeout = 2m\n"
	    "  safety = 0 hold = 0s max-wait = 3d zone = sub.example.org\n"
	    "  probe = {192.0.2.25, \"2001:db8::25@2525\"} allow-insecure = true\n"
	    "  probe-repeat = 3 prune = yes\n"
	    "}\n"
	    "tls mx2.example.org { no-probe = on }\n"
	    "domain example.org {\n"
	    "  mx = {\"0 .\"} ttl = 2h\n"
	    "  dmarc { policy = none subdomain-policy = reject nonexistent-policy = quarantine\n"
	    "    fo = \"1:d\" testing = y psd = u pct = 50 ruf = \"mailto:a@example.org\" }\n"
	    "  dkim s1 { key = a hash = sha256 service = email flag = {y, s} note = hello revoke = on }\n"
	    "  dkim a.b { key = b }\n"
	    "  dkim-rotation { algorithms = {rsa4096, ed25519} signer = command command = {/bin/sw, x}\n"
	    "    old-key = archive archive = /old }\n"
	    "  mta-sts { mode = none }\n"
	    "  srv { submissions = mail.example.org imaps = {\"imap.example.org@10993\", b.example.org} }\n"
	    "  record = {\"www 300 IN A 192.0.2.1\", \"_x.example.org. in 60 txt \\\"a\\\\032b\\\"\"}\n"
	    "}\n";
	struct conf *c = NULL;
	struct fault why = { 0 };
	struct name n = name("mx.sub.example.org");
	const struct conf_zone *z;
	const struct conf_tls *t;
	const struct conf_domain *d;
	char buf[256];

	tap_is_int(conf_read_text(&c, text, "o.conf", &why), ZP_OK, "all options are read");
	tap_is(why.text, "", "without a complaint");
	if (c == NULL)
		return;
	tap_ok(c->resolver.stubs_n == 2 && is_host(&c->resolver.stubs[1].zone, "test") &&
	    c->resolver.stubs[0].where.line == 4, "stubs");
	tap_is(joined(buf, &c->resolver.stubs[0].servers), "127.0.0.1@5300|::1@5301", "their servers");

	z = conf_zone_find(c, &n);
	tap_ok(z != NULL && is_host(&z->name, "sub.example.org") && z->publisher == CONF_POWERDNS,
	    "the most specific zone");
	tap_is(z->api, "http://127.0.0.1:8081", "a URL needs no quotes");
	n = name("xsub.example.org");
	z = conf_zone_find(c, &n);
	tap_ok(z != NULL && is_host(&z->name, "example.org") && z->publisher == CONF_ZONEFILE,
	    "zones match on label boundaries");
	tap_is(z->sign_keys, "/etc/keys/${HOME}", "single quotes keep what they hold");
	tap_is(joined(buf, &z->reload), "nsd-control|reload|example.org", "a command is split");
	tap_is(joined(buf, &z->exclude), "ns9.example.net|192.0.2.9", "exclude");
	tap_ok(z->ttl == 3600 && z->allow_insecure, "ttl and allow-insecure");
	n = name("example.net");
	tap_ok(conf_zone_find(c, &n) == NULL, "no zone, no section");
	tap_ok(c->zones[2].transport == CONF_TRANSPORT_TLS && strcmp(c->zones[2].tls_ca, "ca.pem") == 0 &&
	    strcmp(c->zones[2].tls_name, "ns.example") == 0 && c->zones[2].publisher == CONF_RFC2136,
	    "transport");

	t = &c->tls[0];
	tap_ok(t->probe_repeat == 3 && t->prune && c->tls[1].probe_repeat == 1 && !c->tls[1].prune,
	    "probe-repeat and prune");
	tap_ok(t->ports_n == 3 && t->ports[2] == 993, "a list is continued, around a comment");
	tap_ok(t->params_n == 2 && t->params[1].usage == 2, "params");
	tap_is(joined(buf, &t->deploy), "systemctl|reload|my service", "deploy is split");
	tap_ok(t->safety == 0 && t->hold == 0 && t->max_wait == 3LL * 86400000 &&
	    t->deploy_timeout == 120000 && is_host(&t->zone, "sub.example.org") && t->allow_insecure,
	    "times and zone");
	tap_ok(t->scheme == CONF_SCHEME_NEXT_KEY && strcmp(t->next_dir, "/var/lib/next") == 0 &&
	    strcmp(t->live_cert, "c") == 0 && strcmp(t->live_key, "k") == 0, "scheme");
	tap_is(joined(buf, &t->probe), "192.0.2.25|2001:db8::25@2525", "probe");
	t = &c->tls[1];
	tap_ok(t->no_probe && t->ports_n == 1 && t->ports[0] == 25 && t->params_n == 1 &&
	    t->params[0].usage == 3 && t->safety == 300000 && t->hold == CONF_UNSET, "defaults");

	d = &c->domains[0];
	tap_ok(d->mx_n == 1 && name_is_root(&d->mx[0].host) && d->ttl == 7200, "null MX");
	tap_ok(d->dmarc->policy == CONF_DMARC_NONE && d->dmarc->subdomain_policy == CONF_DMARC_REJECT &&
	    d->dmarc->nonexistent_policy == CONF_DMARC_QUARANTINE && d->dmarc->pct == 50 &&
	    strcmp(d->dmarc->fo, "1:d") == 0 && strcmp(d->dmarc->testing, "y") == 0 &&
	    strcmp(d->dmarc->psd, "u") == 0 && d->dmarc->ruf.n == 1, "dmarc");
	tap_ok(d->dkim_n == 2 && d->dkim[0].revoke && d->dkim[0].flag.n == 2 &&
	    strcmp(d->dkim[0].note, "hello") == 0 && strcmp(d->dkim[1].selector, "a.b") == 0, "dkim");
	tap_ok(d->rotation->algorithms_n == 2 && d->rotation->algorithms[1] == CONF_ED25519 &&
	    d->rotation->signer == CONF_SIGNER_COMMAND && d->rotation->old_key == CONF_OLD_KEY_ARCHIVE &&
	    strcmp(d->rotation->selector, "s%Y%m%d") == 0 && d->rotation->every == CONF_UNSET,
	    "rotation");
	tap_ok(d->srv != NULL && d->srv->n == 3 && strcmp(d->srv->v[0].service, "submissions") == 0 &&
	    d->srv->v[1].port == 10993 && d->srv->v[2].port == 0 &&
	    is_host(&d->srv->v[2].host, "b.example.org"), "srv");
	tap_ok(d->records_n == 2 && is_host(&d->records[0].owner, "www.example.org") &&
	    d->records[0].ttl == 300 && strcmp(d->records[0].rdata, "192.0.2.1") == 0 &&
	    d->records[1].ttl == 60 && strcmp(d->records[1].type, "TXT") == 0 &&
	    strcmp(d->records[1].rdata, "\"a\\032b\"") == 0, "records");
	conf_free(c);
}

/* Each text, and what the message has to hold. */
static const struct {
	const char *text;
	const char *says;
} mistakes[] = {
	{ "\nbogus = 1\n", "x:2: no such option 'bogus'" },
	{ "zone example.com {\n ttl = 1\n colour = red\n}\n", "x:3: no such option 'colour'" },
	{ "zone { ttl = 1 }", "x:1: missing title for section 'zone'" },
	{ "zone example.com ttl = 1", "x:1: missing opening brace for section 'zone'" },
	{ "zone a.example { }\n\nzone a.example { }", "x:3: found duplicate title 'a.example'" },
	{ "zone a.example { }\n\nzone A.Example. { }", "x:3: zone: there is a section for a.example "
	  "already, on line 1" },
	{ "tls mx.example { }\ntls MX.example { }", "x:2: tls: there is a section for mx.example" },
	{ "domain d.example { }\ndomain D.example { }", "x:2: domain: there is a section" },
	{ "resolver { }\nresolver { }", "x:2: resolver: given twice, first on line 1" },
	{ "domain d.example {\n dmarc { policy = none }\n dmarc { policy = reject }\n}",
	  "x:3: dmarc: given twice, first on line 2" },
	{ "zone a.example {\n ttl = 1\n ttl = 2\n}", "x:3: ttl: given twice, first on line 2" },
	{ "zone a.example {\n ttl = soon\n}", "x:2: ttl: " },
	{ "zone a.example { ttl = 99999999999 }", "x:1: ttl: " },
	{ "zone a.example {\n publisher = carrier-pigeon }", "x:2: publisher: 'carrier-pigeon' is not "
	  "one of rfc2136, zonefile or powerdns" },
	{ "zone a.example { transport = quic }", "x:1: transport: 'quic' is not one of" },
	{ "zone a.example { publisher = zonefile }", "x:1: zone: publisher = zonefile needs zonefile" },
	{ "zone a.example { api = u }", "x:1: zone: publisher = powerdns needs api-key-file" },
	{ "zone a.example { publisher = rfc2136\n zonefile = f }", "x:2: zonefile: this option is for "
	  "publisher = zonefile, the zone has rfc2136" },
	{ "zone a.example { authorities = ns1.example }", "x:1: authorities: 'ns1.example' is not an "
	  "IP address" },
	{ "zone a.example { server = \"ns1.example@0\" }", "x:1: server: '0' is not a number from 1" },
	{ "zone a.example { server = \"\" }", "x:1: server: the value is empty" },
	{ "zone a.example { tsig-file = \"a\\nb\" }", "x:1: tsig-file: the value holds a control" },
	{ "zone a.example { allow-insecure = maybe }", "x:1: allow-insecure: 'maybe' is not one of" },
	{ "zone a..example { }", "x:1: zone: " },
	{ "zone \"b\xc3\xbc" "cher.example\" { }", "x:1: zone: " },
	{ "tls mx.example { ports = {25, 70000} }", "x:1: ports: '70000' is not a number" },
	{ "tls mx.example { ports = {25, 25} }", "x:1: ports: port 25 is given twice" },
	{ "tls mx.example { ports = {25x} }", "x:1: ports: '25x'" },
	{ "tls mx.example { ports = {-25} }", "x:1: ports: '-25'" },
	{ "tls mx.example { params = {\"3 1 3\"} }", "x:1: params: '3 1 3' is not" },
	{ "tls mx.example { params = {\"3 1 1\", \"3 1 1\"} }", "x:1: params: '3 1 1' is given twice" },
	{ "tls mx.example { params = \"3 1 1 0\" }", "x:1: params: " },
	{ "tls mx.example {\n live-chain = a\n live-key = b }", "x:3: live-key: live-chain holds" },
	{ "tls mx.example { live-key = b }", "x:1: live-key: live-cert is missing" },
	{ "tls mx.example { live-cert = b }", "x:1: live-cert: live-key is missing" },
	{ "tls mx.example { scheme = next-key }", "x:1: scheme: next-key needs next-dir" },
	{ "tls mx.example { next-dir = d }", "x:1: next-dir: this option is for scheme" },
	{ "tls mx.example { probe = 192.0.2.1 no-probe = yes }", "x:1: no-probe: " },
	{ "tls mx.example { deploy = \"a 'b\" }", "x:1: deploy: " },
	{ "tls mx.example { probe-repeat = 0 }", "x:1: probe-repeat: " },
	{ "tls mx.example { safety = -5 }", "x:1: safety: " },
	{ "tls mx.example { deploy-timeout = 0 }", "x:1: deploy-timeout: '0' is out of range: from" },
	{ "tls mx.example { cert += a }", "x:1: attempt to append to non-list option 'cert'" },
	{ "tls mx.example { cert a }", "x:1: missing equal sign after option 'cert'" },
	{ "resolver { forward = dns.example }", "x:1: forward: 'dns.example' is not an IP address" },
	{ "resolver { stub example { } }", "x:1: stub: no servers are given" },
	{ "domain d.example { mx = \"mx.d.example\" }", "x:1: mx: 'mx.d.example' is not \"PREFERENCE" },
	{ "domain d.example { mx = \"99999 mx.d.example\" }", "x:1: mx: " },
	{ "domain d.example { spf = {\"v=spf1\", mx} }", "x:1: spf: 'v=spf1': the version" },
	{ "domain d.example { spf = \"mx -all\" }", "x:1: spf: 'mx -all' is not one term" },
	{ "domain d.example { dmarc { } }", "x:1: dmarc: policy is missing" },
	{ "domain d.example { dmarc { policy = none adkim = x } }", "x:1: adkim: 'x' is not one of r or s" },
	{ "domain d.example { dmarc { policy = none rua = a@b } }", "x:1: rua: 'a@b' is not a URI" },
	{ "domain d.example { dmarc { policy = none pct = 101 } }", "x:1: pct: '101' is not a number "
	  "from 0 to 100" },
	{ "domain d.example { dkim s { } }", "x:1: dkim: key is missing" },
	{ "domain d.example { dkim \"a b\" { key = k } }", "x:1: dkim: " },
	{ "domain d.example { dkim-rotation { algorithms = ed25519 } }", "x:1: algorithms: " },
	{ "domain d.example { dkim-rotation { algorithms = md5 } }", "x:1: algorithms: 'md5' is not" },
	{ "domain d.example { dkim-rotation { signer = opendkim } }", "x:1: signer: opendkim needs" },
	{ "domain d.example { dkim-rotation { every = 5m } }", "x:1: every: '5m' is out of range: from" },
	{ "domain d.example { mta-sts { mx = a.example } }", "x:1: mta-sts: mode is missing" },
	{ "domain d.example { mta-sts { mode = enforce } }", "x:1: mta-sts: mx is missing" },
	{ "domain d.example { mta-sts { mode = testing mx = \"a.*.example\" } }", "x:1: mx: " },
	{ "domain d.example { srv { imaps = 192.0.2.1 } }", "x:1: imaps: '192.0.2.1' is an address" },
	{ "domain d.example { record = \"www A\" }", "x:1: record: 'www A' is not \"OWNER" },
	{ "domain d.example { record = \"www.e.example. A 192.0.2.1\" }", "x:1: record: "
	  "'www.e.example.' lies outside of the domain" },
	{ "domain d.example {\n tls-rpt = nowhere }", "x:2: tls-rpt: 'nowhere' is not a URI" },
	{ "zone a.example { server = \"${HOME}\" }", "x:1: ${...} is not expanded here" },
	{ "domain d.example { record = \"a TXT b\\098\" }", "x:1: a backslash with a number" },
	{ "zone a.example { server = \"a\\x00b\" }", "x:1: a backslash with a number" },
	{ "domain d.example { record = \"a TXT b\\nc A 192.0.2.1\" }", "x:1: record: the value holds a "
	  "control character" },
	{ "domain d.example { spf = {mx, \"\"} }", "x:1: spf: the value is empty" },
	{ "zone a.example { tsig-file = ${HOME} }", "x:1: a value with special characters needs quotes" },
	{ "domain d.example { mta-sts { mx = *.example } }", "x:1: a value with special characters" },
	{ "include(\"/etc/passwd\")", "x:1: a value with special characters needs quotes" },
	{ "zone a.example {\n server = \"abc\n }\n", "x:2: the string that begins here does not end" },
	{ "\nzone a.example {\n ttl = 1\n", "x:2: the section that begins here does not end" },
	{ "zone a.example { }\n}", "x:2: this brace closes nothing" },
	{ "tls a.example { ports = {25 }", "x:1: the section that begins here does not end" },
	{ "tls a.example { ports = {25 26} }", "x:1: unexpected token" },
	{ "{", "x:1: the section that begins here does not end" },
	{ "{}", "x:1: " },
	{ "\"\" = a", "x:1: " },
	{ "/* \n", "x:1: the comment that begins here does not end" },
	{ "zone a.example { ttl = }", "x:1: " },
	{ "resolver = 5", "x:1: " },
	{ "zone a.example { ttl { } }", "x:1: missing equal sign" }
};

static void
test_mistakes(void)
{
	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
		struct conf *c = NULL;
		struct fault why = { 0 };
		int rc = conf_read_text(&c, mistakes[i].text, "x", &why);

		tap_ok(rc == ZP_EUSAGE && c == NULL &&
		    strncmp(why.text, mistakes[i].says, 4) == 0 &&
		    strstr(why.text, mistakes[i].says) != NULL, "mistake %zu: %s", i, why.text);
		conf_free(c);
	}
}

/* Comments and emptiness that must not hurt. */
static void
test_harmless(void)
{
	static const char *const texts[] = {
		"", "\n", "#", "#\n", "#\n#\n", "//", "// x\n", "/**/", "   \t\r\n",
		"#2345678901234567890123456789012\n", "resolver {\r\n}\r\n",
		"resolver { # {\n}", "resolver { forward = \"127.0.0.1\" /* \" */ }",
		"tls a.example { ports = { } params = { } deploy = { } }",
		"tls a.example { ports = {25,} }"
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct conf *c = NULL;
		struct fault why = { 0 };

		tap_ok(conf_read_text(&c, texts[i], "x", &why) == ZP_OK && c != NULL,
		    "harmless %zu: %s", i, why.text);
		conf_free(c);
	}
}

static void
test_files(void)
{
	char path[] = "/tmp/zonepub-conf-XXXXXX";
	struct bytes text = { 0 };
	struct conf *c = NULL;
	struct fault why = { 0 };
	int fd = mkstemp(path);

	if (fd < 0)
		abort();
	close(fd);
	for (int i = 0; i < 2000; i++)
		bytes_printf(&text, "tls mx%d.example { ports = {25, 465} cert = c%d key = k }\n", i, i);
	tap_is_int(file_replace(path, &text, 0600, &why), ZP_OK, "a file");
	tap_is_int(conf_read(&c, path, &why), ZP_OK, "is read");
	tap_ok(c != NULL && c->tls_n == 2000 && c->tls[1999].where.line == 2000 &&
	    strcmp(c->file, path) == 0, "whole");
	conf_free(c);
	bytes_clear(&text);
	bytes_append(&text, "zone a.example { }\0 bogus", 25);
	tap_is_int(file_replace(path, &text, 0600, &why), ZP_OK, "a file with a NUL");
	tap_is_int(conf_read(&c, path, &why), ZP_EUSAGE, "is refused");
	tap_ok(c == NULL && strstr(why.text, path) != NULL, "why: %s", why.text);
	bytes_release(&text);
	if (unlink(path) != 0)
		abort();
	tap_is_int(conf_read(&c, path, &why), ZP_EABSENT, "a missing file is absent");
	tap_ok(c == NULL && strstr(why.text, path) != NULL, "why: %s", why.text);
}

int
main(void)
{
	test_example();
	test_options();
	test_mistakes();
	test_harmless();
	test_files();
	return tap_done();
}
