/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "zonegen/srv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRIORITY_CLEAR = 10, WEIGHT = 1, RANKS_MAX = 10 };

const struct srv_service srv_services[SRV_SERVICES_N] = {
	{ "submissions", 465, true },
	{ "submission", 587, false },
	{ "imaps", 993, true },
	{ "imap", 143, false },
	{ "pop3s", 995, true },
	{ "pop3", 110, false },
	{ "sieve", 4190, false },
};

int
srv_owner(struct name *out, const struct srv_service *service, const struct name *domain,
    struct fault *why)
{
	char prefix[32];

	(void)snprintf(prefix, sizeof prefix, "_%s._tcp", service->name);
	return name_prepend(out, prefix, domain, why);
}

/* A port from 1 to 65535; 0 if text is none. */
static uint16_t
parse_port(const char *text)
{
	size_t len = strlen(text);
	unsigned long v;

	if (len == 0 || len > 5 || strspn(text, "0123456789") != len)
		return 0;
	v = strtoul(text, NULL, 10);
	return v > UINT16_MAX ? 0 : (uint16_t)v;
}

int
srv_make(struct bytes *rdata, const struct srv_service *service, const char *target,
    unsigned rank, struct fault *why)
{
	const char *colon = strchr(target, ':');
	bool absent = strcmp(target, ".") == 0;
	uint16_t port = colon == NULL ? service->port : parse_port(colon + 1);
	char host[NAME_TEXT_MAX];
	struct name name;
	int class;

	(void)snprintf(host, sizeof host, "%.*s",
	    (int)(colon == NULL ? strlen(target) : (size_t)(colon - target)), target);
	if (port == 0)
		return fault_set(why, ZP_EUSAGE, "--%s: '%.80s' has no port from 1 to 65535 behind the colon",
		    service->name, target);
	if (rank >= RANKS_MAX)
		return fault_set(why, ZP_EUSAGE, "--%s: more than %d hosts", service->name, RANKS_MAX);
	class = absent ? name_parse(&name, ".", NULL, why) : name_parse_server(&name, host, why);
	if (class != ZP_OK)
		return fault_prepend(why, "--%s", service->name);
	bytes_append_u16(rdata, absent ? 0
	    : (uint16_t)((service->implicit_tls ? 0 : PRIORITY_CLEAR) + rank));
	bytes_append_u16(rdata, absent ? 0 : WEIGHT);
	bytes_append_u16(rdata, absent ? 0 : port);
	bytes_append(rdata, name.wire, name.len);
	return bytes_check(rdata, why);
}
