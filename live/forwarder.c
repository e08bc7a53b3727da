/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "live/forwarder.h"

#include "dns/exchange.h"
#include "dns/message.h"

enum { PROBE_MS = 2000, PROBE_TRIES = 2 };

int
forwarder_is_recursive(bool *yes, const struct server *server, const struct name *zone,
    struct fault *why)
{
	struct message question = { 0 };
	struct exchange x = { .query = &question, .timeout_ms = PROBE_MS,
		.udp_timeout_ms = PROBE_MS / PROBE_TRIES, .udp_tries = PROBE_TRIES };
	int rc;

	*yes = true;
	if ((rc = server_address(&x.server, server, why)) != ZP_OK ||
	    (rc = message_query(&question, zone, RRTYPE_DNSKEY, true, true, why)) != ZP_OK)
		goto out;
	rc = exchange_one(&x, NULL, why);
	if (rc == ZP_OK)
		*yes = (x.reply.flags & FLAG_RA) != 0;
	else if (rc != ZP_ELOCAL) {
		fault_clear(why);
		rc = ZP_OK;
	}
out:
	exchange_release(&x);
	message_release(&question);
	return rc;
}
