/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "live/anchor.h"
#include "live/sighting.h"

#include "tests/unit/tap.h"

static struct name
name_of(const char *text)
{
	struct name n;

	if (name_parse(&n, text, NULL, NULL) != ZP_OK)
		tap_ok(false, "%s is a name", text);
	return n;
}

static void
add(struct sighting_list *l, const char *address, const char *owner, enum sighting_answer answer,
    enum verify_outcome trust)
{
	struct sighting s = { .owner = name_of(owner), .type = RRTYPE_TLSA, .answer = answer,
		.trust = trust };
	struct fault why;

	if (server_parse(&s.server, address, &why) != ZP_OK ||
	    sighting_list_take(l, &s, &why) != ZP_OK)
		tap_ok(false, "%s", why.text);
}

static void
test_broken_parent(void)
{
	struct sighting_list l = { 0 };

	add(&l, "192.0.2.1", "_25._tcp.mx.example.", SIGHTING_PRESENT, VERIFY_VALID);
	add(&l, "192.0.2.1", "_tcp.mx.example.", SIGHTING_NODATA, VERIFY_VALID);
	add(&l, "192.0.2.2", "x_tcp.mx.example.", SIGHTING_NXDOMAIN, VERIFY_VALID);
	add(&l, "192.0.2.2", "_25._tcp.mx.example.", SIGHTING_NXDOMAIN, VERIFY_VALID);
	tap_ok(sighting_find_broken_parent(&l) == NULL, "nothing is wrong");
	add(&l, "192.0.2.2", "_tcp.mx.example.", SIGHTING_NXDOMAIN, VERIFY_VALID);
	tap_is(sighting_find_broken_parent(&l)->server.address, "192.0.2.2",
	    "NXDOMAIN above a name that is there");
	sighting_list_release(&l);
}

static void
test_servers(void)
{
	struct server_list l = { 0 };
	struct bytes text = { 0 };
	struct server s;
	struct fault why;

	tap_is_int(server_parse(&s, "ns1.example.net", &why), ZP_EUSAGE, "a name is no address");
	tap_is_int(server_parse(&s, "192.0.2.1@0x", &why), ZP_EUSAGE, "nor has it such a port");
	tap_ok(server_parse(&s, "2001:DB8::0:1@5353", &why) == ZP_OK && s.port == 5353, "IPv6 with a port");
	tap_is(s.address, "2001:db8::1", "in canonical text");
	tap_ok(server_list_add(&l, &s, &why) == ZP_OK && l.n == 1, "it is added");
	s.name = name_of("ns1.example.net.");
	s.origin = SERVER_CHILD;
	tap_ok(server_list_add(&l, &s, &why) == ZP_OK && l.n == 1 &&
	    l.v[0].origin == (SERVER_GIVEN | SERVER_CHILD), "once, with what is new about it");
	server_print(&text, &l.v[0]);
	tap_is(bytes_text(&text), "ns1.example.net (2001:db8::1@5353)", "and printed");
	s.port = 53;
	tap_ok(server_list_add(&l, &s, &why) == ZP_OK && l.n == 2, "another port is another server");
	bytes_release(&text);
	server_list_release(&l);
}

static void
test_anchors(void)
{
	static const char ds[] = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
	struct bytes text = { 0 };
	struct anchors a;
	struct fault why;
	struct name name = name_of("mx.mail.example."), outside = name_of("test.");

	bytes_printf(&text, "; a comment\n$TTL 60\nexample. 3600 IN DS 1 13 2 ( ; folded\n\t%s )\n"
	    "\tDS 2 13 2 %s\nmail.example DNSKEY 257 3 8 AwEAAQ==\nexample. NS ns.example.\n"
	    "test. DNSKEY 257 3 8 AwEAAQ== ;;state=1 [ ADDPEND ]\n", ds, ds);
	tap_ok(anchors_parse(&a, bytes_text(&text), "text", &why) == ZP_OK, "anchors in zone-file form");
	tap_ok(a.sets.n == 2 && a.lines.n == 3, "DS and DNSKEY are read, others passed over");
	tap_is_int(anchors_find(&a, &name)->type, RRTYPE_DNSKEY, "the closest anchor is found");
	name = name_ancestor(&name, 2);
	tap_is_int(anchors_find(&a, &name)->n, 2, "two records of one owner are one set");
	tap_ok(anchors_find(&a, &outside) == NULL, "a key that is not trusted yet is none");
	anchors_release(&a);
	tap_ok(anchors_parse(&a, "\n. IN DS 1 8\n", "f", &why) == ZP_EUSAGE &&
	    strstr(why.text, "f: line 2") != NULL, "a malformed record is named: %s", why.text);
	tap_ok(anchors_parse(&a, ". IN DS ( 1 8 2\n", "f", &why) == ZP_EUSAGE, "an open parenthesis");
	tap_ok(anchors_parse(&a, ". IN NS a.\n", "f", &why) == ZP_EUSAGE, "no anchor at all");
	tap_ok(anchors_parse(&a, "trust-anchors { . initial-key 257 3 8 \"AwEAAQ==\"; };", "f", &why) ==
	    ZP_EUSAGE, "the form of named.conf is not this form");
	bytes_release(&text);
}

int
main(void)
{
	test_broken_parent();
	test_servers();
	test_anchors();
	return tap_done();
}
