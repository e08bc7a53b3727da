/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/wire.h"

#include <stdlib.h>

#include "dns/message.h"
#include "tests/unit/tap.h"

struct row {
	const char *type;
	const char *text;
	const char *printed;	/* NULL: refused */
};

static const struct row rows[] = {
	{ "A", "192.0.2.1", "192.0.2.1" },
	{ "A", "192.0.2.1 extra", NULL },
	{ "A", "192.0.2", NULL },
	{ "AAAA", "2001:DB8:0:0::1", "2001:db8::1" },
	{ "NS", "Ns1", "ns1.origin.example." },
	{ "NS", "@", "origin.example." },
	{ "NS", "a..b.", NULL },
	{ "CNAME", "Other.Example.", "other.example." },
	{ "MX", "10 Mail", "10 mail.origin.example." },
	{ "MX", "0 .", "0 ." },
	{ "MX", "70000 a.", NULL },
	{ "MX", "10 a. b.", NULL },
	{ "MX", "10", NULL },
	{ "MX", "10 @", "10 origin.example." },
	{ "MX", "10 @.example.com.", NULL },
	{ "SRV", "0 1 25 Mx", "0 1 25 mx.origin.example." },
	{ "SOA", "ns h 1 2h 3 4 5", "ns.origin.example. h.origin.example. 1 7200 3 4 5" },
	{ "TXT", "\"v=spf1 -all\"", "\"v=spf1 -all\"" },
	{ "TXT", "v=DKIM1; p=abc", "\"v=DKIM1;\" \"p=abc\"" },
	{ "TXT", "\"a\" \"b\" \"\"", "\"a\" \"b\" \"\"" },
	{ "TXT", "\"tab\\009 \\\"q\\\" \\\\ \\200\"", "\"tab\\009 \\\"q\\\" \\\\ \\200\"" },
	{ "TXT", "\"a\"\"b\"", NULL },
	{ "TXT", "\"a", NULL },
	{ "TXT", "a\\256", NULL },
	{ "TXT", "a\\", NULL },
	{ "TXT", "a\"b", NULL },
	{ "TXT", "", NULL },
	{ "TXT", "a\nb", NULL },
	{ "TLSA", "3 1 1 ABCD EF01", "3 1 1 abcdef01" },
	{ "TLSA", "3 1 1 abc", NULL },
	{ "TLSA", "3 1 1 xy", NULL },
	{ "TLSA", "256 1 1 ab", NULL },
	{ "TLSA", "3 1 1", NULL },
	{ "CAA", "0 issue \"letsencrypt.org\"", "0 issue \"letsencrypt.org\"" },
	{ "CAA", "0 issue letsencrypt.org; a=b", NULL },
	{ "CAA", "300 issue \"a\"", NULL },
	{ "DS", "1 13 2 ABCD", "1 13 2 abcd" },
	{ "NSEC", "Host.example. A TXT TYPE1234", "Host.example. A TXT TYPE1234" },
	{ "NSEC3PARAM", "1 0 0 -", "1 0 0 -" },
	{ "CERT", "FOO 0 0 aabb", NULL },
	{ "TYPE65280", "\\# 3 abcdef", "\\# 3 abcdef" },
	{ "TYPE65280", "\\# 0", "\\# 0" },
	{ "TYPE65280", "\\# 3 abcd", NULL },
	{ "TYPE65280", "abc", NULL },
	{ "MX", "\\# 5 000a014100", "10 a." },
	{ "MX", "-1 a.", NULL },
	{ "MX", "+1 a.", NULL },
	{ "MX", "\\# 4 000ac000", NULL },
	{ "A", "\\# 5 c000020101", NULL },
	{ "HTTPS", "1 . alpn=h2", "\\# 10 00010000010003026832" },
	{ "A", "192.0.2.1 ; comment", NULL },
	{ "A", "( 192.0.2.1 )", NULL },
	{ "ANY", "x", NULL },
	{ "OPT", "x", NULL },
};

static void
test_rows(void)
{
	struct bytes wire = { 0 }, text = { 0 }, again = { 0 };
	struct name origin;
	struct fault why;

	tap_ok(name_parse(&origin, "Origin.Example.", NULL, &why) == ZP_OK, "the origin");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];
		uint16_t type;
		int class;

		if (!tap_ok(wire_parse_type(&type, r->type, &why) == ZP_OK, "type %s", r->type))
			continue;
		class = wire_parse_rdata(&wire, type, r->text, &origin, &why);
		if (r->printed == NULL) {
			tap_ok(class == ZP_EUSAGE && wire.len == 0 && why.text[0] != '\0',
			    "%s %s is refused", r->type, r->text);
			continue;
		}
		if (!tap_ok(class == ZP_OK, "%s %s is read", r->type, r->text)) {
			printf("# %s\n", why.text);
			continue;
		}
		bytes_clear(&text);
		tap_ok(wire_print_rdata(&text, type, wire.data, wire.len, &why) == ZP_OK, "printed");
		tap_is(bytes_text(&text), r->printed, "as it should be");
		tap_ok(wire_parse_rdata(&again, type, bytes_text(&text), NULL, &why) == ZP_OK &&
		    again.len == wire.len && (wire.len == 0 ||
		    memcmp(again.data, wire.data, wire.len) == 0), "and read back to the same octets");
	}
	bytes_release(&wire);
	bytes_release(&text);
	bytes_release(&again);
}

static void
test_long_strings(void)
{
	char text[300];
	struct bytes wire = { 0 };
	struct fault why;

	memset(text, 'a', sizeof text);
	text[255] = '\0';
	tap_ok(wire_parse_rdata(&wire, RRTYPE_TXT, text, NULL, &why) == ZP_OK && wire.len == 256,
	    "a string of 255 octets fits");
	text[255] = 'a';
	text[256] = '\0';
	tap_ok(wire_parse_rdata(&wire, RRTYPE_TXT, text, NULL, &why) == ZP_EUSAGE &&
	    strstr(why.text, "256 octets") != NULL, "one of 256 is an error that says so");
	text[0] = text[257] = '"';
	text[258] = '\0';
	text[256] = 'a';
	tap_ok(wire_parse_rdata(&wire, RRTYPE_TXT, text, NULL, &why) == ZP_EUSAGE,
	    "quoted as well");
	bytes_release(&wire);
}

static void
test_types(void)
{
	uint16_t type;
	char buf[16];
	struct fault why;

	tap_ok(wire_parse_type(&type, "tlsa", &why) == ZP_OK && type == RRTYPE_TLSA, "tlsa");
	tap_ok(wire_parse_type(&type, "TYPE52", &why) == ZP_OK && type == 52, "TYPE52");
	tap_ok(wire_parse_type(&type, "type65535", &why) == ZP_OK && type == 65535, "type65535");
	tap_ok(wire_parse_type(&type, "TYPE65536", &why) == ZP_EUSAGE, "TYPE65536 is none");
	tap_ok(wire_parse_type(&type, "TYPE5x", &why) == ZP_EUSAGE, "TYPE5x is none");
	tap_ok(wire_parse_type(&type, "NONSENSE", &why) == ZP_EUSAGE, "NONSENSE is none");
	tap_ok(wire_parse_type(&type, "", &why) == ZP_EUSAGE, "nothing is none");
	tap_is(wire_print_type(buf, RRTYPE_CAA), "CAA", "257 is CAA");
	tap_is(wire_print_type(buf, 65280), "TYPE65280", "65280 is TYPE65280");
	tap_is(wire_print_type(buf, 0), "TYPE0", "0 is TYPE0");
	tap_is(wire_print_type(buf, RRTYPE_ANY), "ANY", "255 is ANY");
	tap_is(wire_print_type(buf, RRTYPE_TSIG), "TSIG", "250 is TSIG");
}

static void
test_hostile(void)
{
	static const uint8_t bitmap[] = { 0, 0x20, 0x54, 1, 2 };
	static const uint8_t name[] = { 0, 10, 5, 'a' };
	static const uint8_t upper[] = { 0, 10, 2, 'A', 'B', 0 };
	static const uint8_t string[] = { 5, 'a' };
	struct bytes out = { 0 };
	struct fault why;

	bytes_append_text(&out, "kept");
	tap_ok(wire_print_rdata(&out, RRTYPE_NSEC, bitmap, sizeof bitmap, &why) == ZP_EUSAGE,
	    "a type bitmap that runs out is not printed");
	tap_ok(wire_print_rdata(&out, RRTYPE_TXT, string, sizeof string, &why) == ZP_EUSAGE,
	    "nor a string that runs out");
	tap_ok(wire_print_rdata(&out, RRTYPE_TXT, "", 0, &why) == ZP_EUSAGE, "nor TXT without strings");
	tap_is(bytes_text(&out), "kept", "and what was printed before stays");
	tap_ok(wire_canonical_rdata(&out, RRTYPE_MX, name, sizeof name, &why) == ZP_EUSAGE &&
	    out.len == 0, "a name that runs out is malformed");
	tap_ok(wire_canonical_rdata(&out, RRTYPE_MX, upper, sizeof upper, &why) == ZP_OK &&
	    out.len == 6 && memcmp(out.data, "\0\012\002ab\0", 6) == 0, "names become lower case");
	tap_ok(wire_canonical_rdata(&out, RRTYPE_MX, NULL, 0, &why) == ZP_EUSAGE, "nothing is no MX");
	tap_ok(wire_canonical_rdata(&out, 65280, NULL, 0, &why) == ZP_OK, "but an unknown type");
	bytes_release(&out);
}

static void
test_rrset(void)
{
	struct rrset set;
	struct name owner;
	struct bytes out = { 0 };
	struct fault why;

	tap_ok(name_parse(&owner, "_25._tcp.Mx.example", NULL, &why) == ZP_OK, "an owner");
	set = rrset_make(&owner, RRTYPE_TLSA, 300);
	tap_ok(rrset_add(&set, "\3\1\1\377\1", 5, &why) == ZP_OK &&
	    rrset_add(&set, "\2\1\1\253\1", 5, &why) == ZP_OK, "two records");
	tap_ok(wire_print_rrset(&out, &set, &why) == ZP_OK, "printed");
	tap_is(bytes_text(&out), "_25._tcp.mx.example. 300 IN TLSA 2 1 1 ab01\n"
	    "_25._tcp.mx.example. 300 IN TLSA 3 1 1 ff01\n", "one line a record, in canonical order");
	rrset_release(&set);
	bytes_release(&out);
}

int
main(void)
{
	test_rows();
	test_long_strings();
	test_types();
	test_hostile();
	test_rrset();
	return tap_done();
}
