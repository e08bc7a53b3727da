/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/address.h"

#include "tests/unit/tap.h"

static const struct {
	const char *text;
	const char *printed;	/* NULL: refused */
} rows[] = {
	{ "127.0.0.1", "127.0.0.1@53" },
	{ "127.0.0.1@5353", "127.0.0.1@5353" },
	{ "::1", "::1@53" },
	{ "::1@54", "::1@54" },
	{ "[::1]@54", "::1@54" },
	{ "[::1]", "::1@53" },
	{ "[127.0.0.1]@9", "127.0.0.1@9" },
	{ "2001:DB8::0:1@65535", "2001:db8::1@65535" },
	{ "fe80::1%lo", "fe80::1%lo@53" },
	{ "fe80::1%1@53", "fe80::1%lo@53" },
	{ "::ffff:192.0.2.1", "::ffff:192.0.2.1@53" },
	{ "", NULL }, { "@53", NULL }, { "127.0.0.1@", NULL }, { "127.0.0.1@0", NULL },
	{ "127.0.0.1@65536", NULL }, { "127.0.0.1@5x", NULL }, { "127.0.0.1@-1", NULL },
	{ "127.0.0.1@53@53", NULL }, { "127.0.0", NULL }, { "127.0.0.256", NULL }, { "localhost", NULL },
	{ "::1%", NULL }, { "fe80::1%no-such-interface", NULL }, { "[::1", NULL }, { "[]@53", NULL },
	{ " 127.0.0.1", NULL },
};

int
main(void)
{
	static const uint8_t four[] = { 192, 0, 2, 1 };
	static const uint8_t sixteen[16] = { 0x20, 1, 0xd, 0xb8, [15] = 1 };
	char buf[ADDRESS_TEXT_MAX];
	struct address a, b;
	struct bytes host = { 0 };
	struct fault why;
	uint16_t port;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int class = address_parse(&a, rows[i].text, ADDRESS_PORT_DNS, &why);

		if (rows[i].printed == NULL)
			tap_ok(class == ZP_EUSAGE && address_is_empty(&a), "'%s' is refused", rows[i].text);
		else
			tap_is(address_print(buf, &a), rows[i].printed, rows[i].text);
	}
	tap_ok(address_parse(&a, "192.0.2.1@53", 0, &why) == ZP_OK &&
	    address_parse_rdata(&b, four, sizeof four, 53, &why) == ZP_OK && address_equal(&a, &b),
	    "the address of an A record");
	address_set_port(&b, 853);
	tap_ok(!address_equal(&a, &b) && address_equal_host(&a, &b), "another port");
	tap_is(address_print_host(buf, &b), "192.0.2.1", "without the port");
	tap_ok(address_parse_rdata(&b, sixteen, sizeof sixteen, 53, &why) == ZP_OK &&
	    address_is_ipv6(&b) && !address_equal_host(&a, &b), "the address of an AAAA record");
	tap_ok(address_parse_rdata(&b, sixteen, 5, 53, &why) == ZP_EUSAGE && address_is_empty(&b),
	    "five octets are no address");
	tap_is(address_print(buf, &b), "", "no address is no text");
	tap_ok(address_split(&host, &port, "ns1.example.com@5353", 53, &why) == ZP_OK && port == 5353,
	    "a name with a port");
	tap_is(bytes_text(&host), "ns1.example.com", "the name");
	tap_ok(address_split(&host, &port, "ns1.example.com", 53, &why) == ZP_OK && port == 53,
	    "a name without");
	tap_ok(address_split(&host, &port, "ns1.example.com@dns", 53, &why) == ZP_EUSAGE,
	    "a port that is none");
	bytes_release(&host);
	return tap_done();
}
