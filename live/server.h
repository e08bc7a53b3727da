/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live/server.h - the authoritative servers of a zone, as plain values.
 */
#ifndef LIVE_SERVER_H
#define LIVE_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "dns/address.h"
#include "dns/name.h"

/* Where a server was found; several may hold. */
enum server_origin {
	SERVER_PARENT = 1,	/* NS set at the parent */
	SERVER_CHILD = 2,	/* NS set of the zone itself */
	SERVER_PRIMARY = 4,	/* MNAME of the SOA */
	SERVER_GIVEN = 8,	/* by the configuration or an option */
	SERVER_UNROUTED = 16	/* this machine has no route to the address */
};

enum { SERVER_ADDRESS_MAX = 72 };

/* One address of one authoritative server: a value, compared with server_same(). */
struct server {
	struct name name;	/* empty if only the address was given */
	char address[SERVER_ADDRESS_MAX];	/* IPv4 or IPv6 in canonical text, a zone id may follow */
	uint16_t port;
	unsigned origin;	/* of enum server_origin */
};

struct server_list {
	struct server *v;
	size_t n;
};

/*
 * "ADDR" or "ADDR@PORT"; the port is 53 if none is given.
 * Fails: ZP_EUSAGE (a host name is no address).
 */
int server_parse(struct server *out, const char *text, struct fault *why) MUST_CHECK;
/* "192.0.2.1", "192.0.2.1@5300", with the name in front where it is known: "ns1.example.net (192.0.2.1)". */
void server_print(struct bytes *out, const struct server *s);
/* Between the value and what the transport takes; the name and origin stay empty. */
void server_from_address(struct server *out, const struct address *a);
int server_address(struct address *out, const struct server *s, struct fault *why) MUST_CHECK;
/* Same address and port. */
bool server_same(const struct server *a, const struct server *b);
/* Add a server; one that is there gets the origin added, and the name if it had none. */
int server_list_add(struct server_list *l, const struct server *s, struct fault *why) MUST_CHECK;
void server_list_release(struct server_list *l);

#endif
