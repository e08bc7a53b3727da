/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "audit/spf_eval_domain.h"

#include <arpa/inet.h>
#include <string.h>

enum { DOMAIN_TEXT_MAX = 253 };

static const char hex_upper[] = "0123456789ABCDEF";
static const char hex_lower[] = "0123456789abcdef";

bool
spf_eval_domain_name(struct name *out, const char *text)
{
	uint8_t wire[NAME_WIRE_MAX];
	size_t len = strlen(text);
	size_t used = 0;

	*out = (struct name){ 0 };
	if (len > 0 && text[len - 1] == '.')
		len--;
	if (len == 0 || len > DOMAIN_TEXT_MAX)
		return false;
	for (size_t at = 0; at <= len;) {
		const char *dot = memchr(text + at, '.', len - at);
		size_t label = dot == NULL ? len - at : (size_t)(dot - (text + at));

		if (label == 0 || label > NAME_LABEL_MAX)
			return false;
		wire[used++] = (uint8_t)label;
		memcpy(wire + used, text + at, label);
		used += label;
		at += label + 1;
	}
	wire[used++] = 0;
	return name_parse_wire(out, wire, used, NULL) == ZP_OK;
}

void
spf_eval_domain_append(struct bytes *out, const char *text)
{
	size_t len = strlen(text);

	if (len > 0 && text[len - 1] == '.')
		len--;
	while (len > DOMAIN_TEXT_MAX) {
		const char *dot = memchr(text, '.', len);

		if (dot == NULL)
			break;
		len -= (size_t)(dot + 1 - text);
		text = dot + 1;
	}
	bytes_append(out, text, len);
}

/* The i-th of the 32 nibbles of an IPv6 address. */
static char
nibble(const struct spf_address *a, unsigned i, const char *hex)
{
	return hex[i % 2 == 0 ? a->octets[i / 2] >> 4 : a->octets[i / 2] & 15];
}

void
spf_eval_domain_print_dotted(struct bytes *out, const struct spf_address *a)
{
	if (!a->six) {
		spf_eval_domain_print_address(out, a);
		return;
	}
	for (unsigned i = 0; i < 32; i++)
		bytes_printf(out, "%s%c", i == 0 ? "" : ".", nibble(a, i, hex_upper));
}

void
spf_eval_domain_print_address(struct bytes *out, const struct spf_address *a)
{
	char buf[INET6_ADDRSTRLEN];

	if (inet_ntop(a->six ? AF_INET6 : AF_INET, a->octets, buf, sizeof buf) != NULL)
		bytes_append_text(out, buf);
}

struct name
spf_eval_domain_reverse(const struct spf_address *a)
{
	static const uint8_t in_addr[] = "\7in-addr\4arpa";
	static const uint8_t ip6[] = "\3ip6\4arpa";
	struct name n = { 0 };

	if (a->six) {
		for (unsigned i = 32; i-- > 0;) {
			n.wire[n.len++] = 1;
			n.wire[n.len++] = (uint8_t)nibble(a, i, hex_lower);
		}
		memcpy(n.wire + n.len, ip6, sizeof ip6);
		n.len = (uint8_t)(n.len + sizeof ip6);
		return n;
	}
	for (unsigned i = 4; i-- > 0;) {
		unsigned v = a->octets[i];
		uint8_t digits = v > 99 ? 3 : v > 9 ? 2 : 1;

		n.wire[n.len] = digits;
		for (unsigned d = digits; d > 0; d--, v /= 10)
			n.wire[n.len + d] = (uint8_t)hex_lower[v % 10];
		n.len = (uint8_t)(n.len + digits + 1);
	}
	memcpy(n.wire + n.len, in_addr, sizeof in_addr);
	n.len = (uint8_t)(n.len + sizeof in_addr);
	return n;
}

bool
spf_eval_domain_same_net(const uint8_t *a, const uint8_t *b, size_t len, unsigned bits)
{
	size_t whole = bits / 8;
	unsigned mask = 0xffU << (8 - bits % 8) & 0xffU;

	if (bits > len * 8)
		return false;
	return memcmp(a, b, whole) == 0 &&
	    (bits % 8 == 0 || ((a[whole] ^ b[whole]) & mask) == 0);
}

int
spf_eval_parse_address(struct spf_address *out, const char *text, struct fault *why)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	*out = (struct spf_address){ 0 };
	if (inet_pton(AF_INET, text, out->octets) == 1)
		return ZP_OK;
	if (inet_pton(AF_INET6, text, out->octets) != 1)
		return fault_set(why, ZP_EUSAGE, "'%s' is neither an IPv4 nor an IPv6 address", text);
	out->six = memcmp(out->octets, mapped, sizeof mapped) != 0;
	if (!out->six) {
		memmove(out->octets, out->octets + sizeof mapped, 4);
		memset(out->octets + 4, 0, 12);
	}
	return ZP_OK;
}
