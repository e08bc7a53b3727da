/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zonegen/srv.h - SRV records by which mail programs find their servers
 * (RFC 6186, RFC 8314 5.1, RFC 5804 1.8).
 *
 * Services with TLS from the start get a lower priority number than those
 * that begin in the clear, so that they are preferred.
 */
#ifndef ZONEGEN_SRV_H
#define ZONEGEN_SRV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "dns/name.h"

struct srv_service {
	const char *name;	/* "imaps": the option and the label */
	uint16_t port;
	bool implicit_tls;
};

enum { SRV_SERVICES_N = 7 };
extern const struct srv_service srv_services[SRV_SERVICES_N];

/* _SERVICE._tcp.DOMAIN. Fails: ZP_EUSAGE if it is too long. */
int srv_owner(struct name *out, const struct srv_service *service, const struct name *domain,
    struct fault *why) MUST_CHECK;

/*
 * Append the rdata for "HOST" or "HOST:PORT"; "." says that there is no such
 * service.  rank counts the hosts of one service from 0: later ones are
 * asked only if earlier ones do not answer.
 * Fails: ZP_EUSAGE; ZP_ELOCAL.
 */
int srv_make(struct bytes *rdata, const struct srv_service *service, const char *target,
    unsigned rank, struct fault *why) MUST_CHECK;

#endif
