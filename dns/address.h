/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/address.h - the address and port of a server.
 *
 * A value: copy it with =.  An all-zero struct is no address.  Text is
 * ADDR[@PORT]: "127.0.0.1@5353", "::1@53", "[::1]@53", "fe80::1%eth0".  Host
 * names are not resolved here.
 */
#ifndef DNS_ADDRESS_H
#define DNS_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/bytes.h"
#include "base/fault.h"

enum {
	ADDRESS_TEXT_MAX = 96,	/* room for any address in text, its scope and port */
	ADDRESS_PORT_DNS = 53,
	ADDRESS_PORT_DOT = 853
};

struct address {
	struct sockaddr_storage at;
	socklen_t len;		/* 0: no address */
};

/* ADDR[@PORT]; without a port, default_port. Fails: ZP_EUSAGE. */
int address_parse(struct address *out, const char *text, uint16_t default_port,
    struct fault *why) MUST_CHECK;

/* An address as it stands in the rdata of A (4 octets) or AAAA (16). Fails: ZP_EUSAGE. */
int address_parse_rdata(struct address *out, const void *data, size_t len, uint16_t port,
    struct fault *why) MUST_CHECK;

/*
 * HOST[@PORT], where HOST is a name or an address, into its parts; host gets
 * text without brackets.  Fails: ZP_EUSAGE on a bad port or an empty host;
 * ZP_ELOCAL.
 */
int address_split(struct bytes *host, uint16_t *port, const char *text, uint16_t default_port,
    struct fault *why) MUST_CHECK;

/* "127.0.0.1@53" into buf; "" for no address. Returns buf. */
const char *address_print(char buf[ADDRESS_TEXT_MAX], const struct address *a);

/* The same without the port. */
const char *address_print_host(char buf[ADDRESS_TEXT_MAX], const struct address *a);

bool address_is_empty(const struct address *a);
bool address_is_ipv6(const struct address *a);
bool address_equal(const struct address *a, const struct address *b);	/* with port and scope */
bool address_equal_host(const struct address *a, const struct address *b);	/* without port */
uint16_t address_port(const struct address *a);
void address_set_port(struct address *a, uint16_t port);

#endif
