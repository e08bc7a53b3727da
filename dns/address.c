/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* 1 to 65535 in decimal. */
static bool
parse_port(uint16_t *port, const char *text)
{
	unsigned v = 0;

	if (*text == '\0' || strlen(text) > 5)
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		v = v * 10 + (unsigned)(*text - '0');
	}
	if (v == 0 || v > UINT16_MAX)
		return false;
	*port = (uint16_t)v;
	return true;
}

int
address_split(struct bytes *host, uint16_t *port, const char *text, uint16_t default_port,
    struct fault *why)
{
	const char *mark = strchr(text, '@');
	size_t len = mark != NULL ? (size_t)(mark - text) : strlen(text);

	bytes_clear(host);
	*port = default_port;
	if (mark != NULL && !parse_port(port, mark + 1))
		return fault_set(why, ZP_EUSAGE,
		    "'%.100s': what follows '@' is no port (1 to 65535)", text);
	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (len == 0)
		return fault_set(why, ZP_EUSAGE, "'%.100s' names no host", text);
	bytes_append(host, text, len);
	return bytes_check(host, why);
}

/* fe80::1%eth0 or fe80::1%2 */
static bool
parse_ipv6(struct sockaddr_in6 *out, const char *text)
{
	char plain[INET6_ADDRSTRLEN];
	const char *mark = strchr(text, '%');
	size_t len = mark != NULL ? (size_t)(mark - text) : strlen(text);

	if (len >= sizeof plain)
		return false;
	memcpy(plain, text, len);
	plain[len] = '\0';
	if (inet_pton(AF_INET6, plain, &out->sin6_addr) != 1)
		return false;
	out->sin6_family = AF_INET6;
	if (mark == NULL)
		return true;
	out->sin6_scope_id = if_nametoindex(mark + 1);
	if (out->sin6_scope_id == 0) {
		uint16_t number;

		if (!parse_port(&number, mark + 1))
			return false;
		out->sin6_scope_id = number;
	}
	return true;
}

int
address_parse(struct address *out, const char *text, uint16_t default_port, struct fault *why)
{
	struct bytes host = { 0 };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { 0 };
	uint16_t port;
	int class;

	*out = (struct address){ 0 };
	class = address_split(&host, &port, text, default_port, why);
	if (class != ZP_OK)
		goto out;
	if (inet_pton(AF_INET, bytes_text(&host), &v4.sin_addr) == 1) {
		memcpy(&out->at, &v4, sizeof v4);
		out->len = sizeof v4;
	} else if (parse_ipv6(&v6, bytes_text(&host))) {
		memcpy(&out->at, &v6, sizeof v6);
		out->len = sizeof v6;
	} else {
		class = fault_set(why, ZP_EUSAGE,
		    "'%.100s' is no address: give IPv4 or IPv6, with @PORT behind it if need be", text);
		goto out;
	}
	address_set_port(out, port);
out:
	bytes_release(&host);
	return class;
}

int
address_parse_rdata(struct address *out, const void *data, size_t len, uint16_t port,
    struct fault *why)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	*out = (struct address){ 0 };
	if (len == sizeof v4.sin_addr) {
		memcpy(&v4.sin_addr, data, len);
		memcpy(&out->at, &v4, sizeof v4);
		out->len = sizeof v4;
	} else if (len == sizeof v6.sin6_addr) {
		memcpy(&v6.sin6_addr, data, len);
		memcpy(&out->at, &v6, sizeof v6);
		out->len = sizeof v6;
	} else {
		return fault_set(why, ZP_EUSAGE, "an address record of %zu octets is malformed", len);
	}
	address_set_port(out, port);
	return ZP_OK;
}

static const struct sockaddr_in *
v4_of(const struct address *a)
{
	return (const struct sockaddr_in *)&a->at;
}

static const struct sockaddr_in6 *
v6_of(const struct address *a)
{
	return (const struct sockaddr_in6 *)&a->at;
}

const char *
address_print_host(char buf[ADDRESS_TEXT_MAX], const struct address *a)
{
	char text[INET6_ADDRSTRLEN] = "", scope[IF_NAMESIZE];

	buf[0] = '\0';
	if (a->len == 0)
		return buf;
	if (!address_is_ipv6(a)) {
		(void)inet_ntop(AF_INET, &v4_of(a)->sin_addr, buf, ADDRESS_TEXT_MAX);
		return buf;
	}
	(void)inet_ntop(AF_INET6, &v6_of(a)->sin6_addr, text, sizeof text);
	if (v6_of(a)->sin6_scope_id == 0)
		(void)snprintf(buf, ADDRESS_TEXT_MAX, "%s", text);
	else if (if_indextoname(v6_of(a)->sin6_scope_id, scope) != NULL)
		(void)snprintf(buf, ADDRESS_TEXT_MAX, "%s%%%s", text, scope);
	else
		(void)snprintf(buf, ADDRESS_TEXT_MAX, "%s%%%u", text, v6_of(a)->sin6_scope_id);
	return buf;
}

const char *
address_print(char buf[ADDRESS_TEXT_MAX], const struct address *a)
{
	size_t used;

	(void)address_print_host(buf, a);
	used = strlen(buf);
	if (used > 0)
		(void)snprintf(buf + used, ADDRESS_TEXT_MAX - used, "@%u", (unsigned)address_port(a));
	return buf;
}

bool
address_is_empty(const struct address *a)
{
	return a->len == 0;
}

bool
address_is_ipv6(const struct address *a)
{
	return a->len != 0 && a->at.ss_family == AF_INET6;
}

bool
address_equal_host(const struct address *a, const struct address *b)
{
	if (a->len == 0 || b->len == 0 || a->at.ss_family != b->at.ss_family)
		return a->len == b->len && a->len == 0;
	if (!address_is_ipv6(a))
		return v4_of(a)->sin_addr.s_addr == v4_of(b)->sin_addr.s_addr;
	return memcmp(&v6_of(a)->sin6_addr, &v6_of(b)->sin6_addr, sizeof v6_of(a)->sin6_addr) == 0 &&
	    v6_of(a)->sin6_scope_id == v6_of(b)->sin6_scope_id;
}

bool
address_equal(const struct address *a, const struct address *b)
{
	return address_equal_host(a, b) && address_port(a) == address_port(b);
}

uint16_t
address_port(const struct address *a)
{
	if (a->len == 0)
		return 0;
	return ntohs(address_is_ipv6(a) ? v6_of(a)->sin6_port : v4_of(a)->sin_port);
}

void
address_set_port(struct address *a, uint16_t port)
{
	if (a->len == 0)
		return;
	if (address_is_ipv6(a))
		((struct sockaddr_in6 *)&a->at)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)&a->at)->sin_port = htons(port);
}
