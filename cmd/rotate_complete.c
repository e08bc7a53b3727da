/* SPDX-License-Identifier: BSD-2-Clause */
/* What an order leaves unsaid, and whether its words are words. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cmd/rotate_order.h"
#include "live/server.h"
#include "publish/aim.h"
#include "zonegen/tlsa.h"

enum { PROBE_REPEAT_MAX = 1000, DEPLOY_TIMEOUT_MIN_MS = 1000 };

static int
add_defaults(struct order *o, struct fault *why)
{
	int rc = ZP_OK;

	if (o->ports.n == 0)
		rc = strlist_add(&o->ports, "25", why);
	if (rc == ZP_OK && o->params.n == 0)
		rc = strlist_add(&o->params, "3 1 1", why);
	if (rc == ZP_OK && o->scheme == NULL)
		rc = order_set(&o->scheme, "staged", why);
	/* A server that goes by addresses needs no key: naming the zone is enough. */
	if (rc == ZP_OK && o->publisher == NULL && o->zone != NULL)
		rc = order_set(&o->publisher, "rfc2136", why);
	return rc;
}

/* Every port as a number, and once. */
static int
settle_ports(struct order *o, struct fault *why)
{
	struct strlist given = o->ports;
	int rc = ZP_OK;

	o->ports = (struct strlist){ 0 };
	for (size_t i = 0; rc == ZP_OK && i < given.n; i++) {
		char protocol[8], text[8];
		uint16_t port;

		rc = tlsa_parse_port(&port, protocol, given.v[i], why);
		if (rc == ZP_OK && strcmp(protocol, "tcp") != 0)
			rc = fault_set(why, ZP_EUSAGE, "--port: '%s': a service that is looked at is one of tcp",
			    given.v[i]);
		(void)snprintf(text, sizeof text, "%u", rc == ZP_OK ? (unsigned)port : 0);
		if (rc == ZP_OK && !strlist_has(&o->ports, text))
			rc = strlist_add(&o->ports, text, why);
	}
	strlist_release(&given);
	return rc;
}

static int
check_lists(const struct order *o, struct fault *why)
{
	int rc = ZP_OK;

	for (size_t i = 0; rc == ZP_OK && i < o->params.n; i++) {
		struct tlsa_params p;

		rc = tlsa_parse_params(&p, o->params.v[i], why);
	}
	for (size_t i = 0; rc == ZP_OK && i < o->exclude.n; i++) {
		struct server server;
		struct name name;

		if (server_parse(&server, o->exclude.v[i], NULL) == ZP_OK)
			continue;
		rc = name_parse_host(&name, o->exclude.v[i], why);
		if (rc != ZP_OK)
			(void)fault_prepend(why, "--exclude names a server or its address");
	}
	return rc;
}

static int
check_words(const struct order *o, struct fault *why)
{
	static const char *const transports[] = { "auto", "udp", "tcp", "tls" };
	bool known = o->transport == NULL;

	for (size_t i = 0; !known && i < sizeof transports / sizeof transports[0]; i++)
		known = strcmp(o->transport, transports[i]) == 0;
	if (!known)
		return fault_set(why, ZP_EUSAGE, "--transport: '%s' is none of auto, udp, tcp, tls",
		    o->transport);
	if (o->probe_repeat < 1 || o->probe_repeat > PROBE_REPEAT_MAX)
		return fault_set(why, ZP_EUSAGE, "--probe-repeat: a number from 1 to %d", PROBE_REPEAT_MAX);
	if (o->deploy_timeout < DEPLOY_TIMEOUT_MIN_MS)
		return fault_set(why, ZP_EUSAGE, "--deploy-timeout: at least 1 s");
	if (strcmp(o->scheme, "staged") != 0 && strcmp(o->scheme, "next-key") != 0)
		return fault_set(why, ZP_EUSAGE, "--scheme: '%s' is neither staged nor next-key", o->scheme);
	if (strcmp(o->scheme, "next-key") == 0 && o->next_dir == NULL)
		return fault_set(why, ZP_EUSAGE, "the next-key scheme needs --next-dir DIR (next-dir in the tls "
		    "section), where 'zonepub keygen tls HOST --next' keeps the next key");
	return ZP_OK;
}

int
rotate_complete(struct order *o, struct fault *why)
{
	int rc = add_defaults(o, why);

	if (rc == ZP_OK)
		rc = settle_ports(o, why);
	if (rc == ZP_OK)
		rc = check_lists(o, why);
	if (rc == ZP_OK)
		rc = check_words(o, why);
	if (rc == ZP_OK)
		rc = aim_check(o, why);
	return rc == ZP_OK ? order_check(o, why) : rc;
}
