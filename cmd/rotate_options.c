/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of rotate-tlsa, as a table. */
#include "config.h"

#include <string.h>

#include "cmd/rotate_order.h"

struct rotate_options
rotate_options_make(void)
{
	return (struct rotate_options){
		.deploy_timeout = -1, .safety = -1, .hold = -1, .max_wait = -1, .ttl = -1, .probe_repeat = -1
	};
}

void
rotate_options_release(struct rotate_options *o)
{
	strlist_release(&o->ports);
	strlist_release(&o->params);
	strlist_release(&o->deploy);
	strlist_release(&o->reload);
	strlist_release(&o->authorities);
	strlist_release(&o->exclude);
	strlist_release(&o->probes);
}

size_t
rotate_options_rows(struct option_row rows[ROTATE_ROWS], struct rotate_options *o)
{
	const struct option_row table[] = {
		{ 'p', "port", OPTION_LIST, &o->ports, "N", "a port of the service (repeatable; default 25)" },
		{ '\0', "cert", OPTION_TEXT, &o->cert, "FILE", "the renewed certificate and its issuers" },
		{ '\0', "key", OPTION_TEXT, &o->key, "FILE", "its private key" },
		{ '\0', "live-chain", OPTION_TEXT, &o->live_chain, "FILE",
		    "where the service reads key and certificates, in one file" },
		{ '\0', "live-cert", OPTION_TEXT, &o->live_cert, "FILE", "the same in two files: certificates" },
		{ '\0', "live-key", OPTION_TEXT, &o->live_key, "FILE", "and key" },
		{ '\0', "deploy", OPTION_LIST, &o->deploy, "COMMAND",
		    "makes the service load them (one word each, or one quoted line)" },
		{ '\0', "deploy-timeout", OPTION_DURATION, &o->deploy_timeout, "DUR", "how long it may run (60s)" },
		{ '\0', "params", OPTION_LIST, &o->params, "\"U S M\"",
		    "usage, selector, matching type (repeatable; \"3 1 1\")" },
		{ '\0', "scheme", OPTION_TEXT, &o->scheme, "NAME", "staged (default) or next-key" },
		{ '\0', "next-dir", OPTION_TEXT, &o->next_dir, "DIR", "where the next key is kept (next-key)" },
		{ '\0', "wait", OPTION_FLAG, &o->wait, NULL, "stay until done (default on a terminal)" },
		{ '\0', "no-wait", OPTION_FLAG, &o->no_wait, NULL, "do what is due, then exit 75 with the next time" },
		{ '\0', "max-wait", OPTION_DURATION, &o->max_wait, "DUR", "stay no longer than this" },
		{ '\0', "safety", OPTION_DURATION, &o->safety, "DUR", "margin behind every cache's time (5m)" },
		{ '\0', "hold", OPTION_DURATION, &o->hold, "DUR", "how long old records stay after the proof (TTL + safety)" },
		{ '\0', "ttl", OPTION_NUMBER, &o->ttl, "N", "TTL of a new RRset, seconds (3600)" },
		{ '\0', "authority", OPTION_LIST, &o->authorities, "ADDR[@PORT]",
		    "a server of the zone, instead of those found (repeatable)" },
		{ '\0', "exclude", OPTION_LIST, &o->exclude, "SERVER", "a server that shall not count (repeatable)" },
		{ '\0', "probe", OPTION_LIST, &o->probes, "ADDR[@PORT]",
		    "where the service is looked at, instead of HOST's addresses" },
		{ '\0', "probe-repeat", OPTION_NUMBER, &o->probe_repeat, "N",
		    "handshakes per address, for hosts behind a balancer (1)" },
		{ '\0', "no-probe", OPTION_FLAG, &o->no_probe, NULL, "do without looking at the service" },
		{ '\0', "allow-insecure", OPTION_FLAG, &o->allow_insecure, NULL, "publish in a zone that is not secure" },
		{ '\0', "prune", OPTION_FLAG, &o->prune, NULL, "at the end also remove records that match nothing known" },
		{ '\0', "zone", OPTION_TEXT, &o->zone, "ZONE", "the zone (default: found by its SOA)" },
		{ '\0', "server", OPTION_TEXT, &o->server, "HOST[@PORT]", "takes the updates (default: the SOA's primary)" },
		{ '\0', "tsig-file", OPTION_TEXT, &o->tsig_file, "FILE", "the key that signs them" },
		{ '\0', "transport", OPTION_TEXT, &o->transport, "T", "auto, udp, tcp or tls" },
		{ '\0', "tls-name", OPTION_TEXT, &o->tls_name, "NAME", "name in the server's certificate (tls)" },
		{ '\0', "zonefile", OPTION_TEXT, &o->zonefile, "FILE", "edit this master file instead" },
		{ '\0', "sign-keys", OPTION_TEXT, &o->sign_keys, "DIR", "and sign it into FILE.signed" },
		{ '\0', "reload", OPTION_LIST, &o->reload, "COMMAND", "and tell its server" },
	};

	_Static_assert(sizeof table / sizeof table[0] <= ROTATE_ROWS, "ROTATE_ROWS is too small");
	memcpy(rows, table, sizeof table);
	return sizeof table / sizeof table[0];
}
