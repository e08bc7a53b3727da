/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/message.h"

#include <stdlib.h>

#include "tests/unit/tap.h"

static struct name
name_of(const char *text)
{
	struct name n;

	if (name_parse(&n, text, NULL, NULL) != ZP_OK)
		abort();
	return n;
}

static void
add(struct message *m, enum section s, const char *owner, uint16_t type, uint16_t class,
    uint32_t ttl, const char *data, uint16_t len)
{
	uint8_t copy[256];
	struct record r = { .owner = name_of(owner), .type = type, .class = class, .ttl = ttl,
		.rdata = { .len = len, .data = copy } };

	memcpy(copy, data, len);
	if (message_add(m, s, &r, NULL) != ZP_OK)
		abort();
}

static void
test_update(void)
{
	struct message m = { .id = 7, .opcode = OPCODE_UPDATE }, back;
	struct name zone = name_of("example.com");
	struct bytes wire = { 0 };
	struct fault why;
	static const char *const owners[] = { "a.example.com", "b.example.com" };

	tap_ok(message_ask(&m, &zone, RRTYPE_SOA, &why) == ZP_OK, "the zone");
	add(&m, SECTION_PREREQUISITE, owners[0], RRTYPE_ANY, CLASS_ANY, 0, "", 0);
	add(&m, SECTION_PREREQUISITE, owners[1], RRTYPE_A, CLASS_NONE, 0, "", 0);
	add(&m, SECTION_UPDATE, owners[0], RRTYPE_A, CLASS_IN, 300, "\300\0\2\1", 4);
	add(&m, SECTION_UPDATE, owners[1], RRTYPE_A, CLASS_NONE, 0, "\300\0\2\1", 4);
	add(&m, SECTION_UPDATE, owners[1], RRTYPE_MX, CLASS_ANY, 0, "", 0);
	tap_ok(message_pack(&wire, &m, 0, &why) == ZP_OK, "an update is packed");
	tap_ok(message_unpack(&back, wire.data, wire.len, &why) == ZP_OK, "and unpacked");
	tap_is_int(back.id, 7, "its id");
	tap_is_int(back.opcode, OPCODE_UPDATE, "its opcode");
	tap_ok(message_same_question(&m, &back), "its zone");
	tap_is_int(back.section[SECTION_PREREQUISITE].n, 2, "two prerequisites");
	tap_is_int(back.section[SECTION_UPDATE].n, 3, "three changes");
	tap_is_int(back.section[SECTION_UPDATE].v[2].rdata.len, 0, "a change without data");
	tap_is_int(back.section[SECTION_UPDATE].v[1].class, CLASS_NONE, "a change of class NONE");
	tap_ok(name_equal(&back.section[SECTION_UPDATE].v[1].owner,
	    &m.section[SECTION_UPDATE].v[1].owner), "an owner through compression");
	/* 12 header, 17 zone; a: 4 and b: 4 octets of owner at first, then a pointer of 2 each. */
	tap_is_int(wire.len, 12 + 17 + (4 + 10) * 2 + (2 + 10) * 3 + 8, "owners are compressed");
	message_release(&m);
	message_release(&back);
	bytes_release(&wire);
}

static void
test_edns(void)
{
	struct message m, back;
	struct name owner = name_of("mx.example");
	struct bytes wire = { 0 };
	struct fault why;

	tap_ok(message_query(&m, &owner, RRTYPE_TLSA, true, true, &why) == ZP_OK, "a query");
	m.rcode = RCODE_BADCOOKIE;
	tap_ok(message_pack(&wire, &m, 0, &why) == ZP_OK &&
	    message_unpack(&back, wire.data, wire.len, &why) == ZP_OK, "packed and unpacked");
	tap_ok(back.has_edns && back.dnssec_ok && back.udp_size == 1232, "EDNS comes through");
	tap_is_int(back.rcode, RCODE_BADCOOKIE, "with the upper bits of the rcode");
	tap_ok((back.flags & FLAG_RD) != 0 && (back.flags & FLAG_QR) == 0, "and the flags");
	tap_is_int(back.section[SECTION_ADDITIONAL].n, 0, "OPT is not among the records");
	message_release(&m);
	message_release(&back);
	bytes_release(&wire);
}

static void
test_sizes(void)
{
	struct message m = { .opcode = OPCODE_UPDATE }, back;
	struct bytes wire = { 0 };
	struct fault why;
	char owner[64], data[201] = { (char)200 };
	unsigned count = 0;

	for (; count < 300; count++) {
		(void)snprintf(owner, sizeof owner, "n%u.x%u.example.org", count, count % 7);
		add(&m, SECTION_UPDATE, owner, RRTYPE_TXT, CLASS_IN, 60, data, sizeof data);
	}
	tap_ok(message_pack(&wire, &m, 0, &why) == ZP_OK, "a message just below the limit");
	tap_ok(message_unpack(&back, wire.data, wire.len, &why) == ZP_OK, "and back");
	for (unsigned i = 0; i < count; i++) {
		if (!name_equal(&m.section[SECTION_UPDATE].v[i].owner,
		    &back.section[SECTION_UPDATE].v[i].owner)) {
			tap_ok(false, "owner %u", i);
			break;
		}
	}
	message_release(&back);
	tap_ok(message_pack(&wire, &m, MESSAGE_MAX - wire.len + 1, &why) == ZP_EUSAGE,
	    "with one octet too many in reserve it is refused");
	tap_ok(strstr(why.text, "1 octets larger") != NULL, "which says by how much");
	for (; count < 400; count++)
		add(&m, SECTION_UPDATE, "a.example.org", RRTYPE_TXT, CLASS_IN, 60, data, sizeof data);
	tap_ok(message_pack(&wire, &m, 0, &why) == ZP_EUSAGE && wire.len == 0,
	    "above the limit nothing is packed");
	message_release(&m);
	bytes_release(&wire);
}

/* A header with one question and count answers, then body. */
static int
unpack(struct message *m, const char *body, size_t len, unsigned answers, struct fault *why)
{
	struct bytes wire = { 0 };
	int class;

	bytes_append(&wire, "\0\1\204\0\0\1\0", 7);
	bytes_append_u8(&wire, (uint8_t)answers);
	bytes_append(&wire, "\0\0\0\0\1A\0\0\1\0\1", 11);
	bytes_append(&wire, body, len);
	class = message_unpack(m, wire.data, wire.len, why);
	bytes_release(&wire);
	return class;
}

#define UNPACK(body, answers) unpack(&m, body, sizeof body - 1, answers, &why)

static void
test_hostile(void)
{
	struct message m;
	struct fault why;

	tap_ok(message_unpack(&m, "", 0, &why) == ZP_EUSAGE, "nothing is no message");
	tap_ok(message_unpack(&m, "12345678901", 11, &why) == ZP_EUSAGE, "nor is half a header");
	tap_ok(UNPACK("", 0) == ZP_OK, "a question");
	tap_is_int(m.section[SECTION_QUESTION].v[0].owner.wire[1], 'a', "its name in lower case");
	message_release(&m);
	tap_ok(UNPACK("", 1) == ZP_EUSAGE && m.section[SECTION_QUESTION].n == 0 && m.id == 1,
	    "fewer records than counted: nothing but the header is kept");
	tap_ok(UNPACK("\300\023\0\1\0\1\0\0\0\0\0\0", 1) == ZP_EUSAGE, "a pointer to itself");
	tap_ok(UNPACK("\300\377\0\1\0\1\0\0\0\0\0\0", 1) == ZP_EUSAGE, "a pointer forwards");
	tap_ok(UNPACK("\1b\300\023\0\1\0\1\0\0\0\0\0\0", 1) == ZP_EUSAGE, "a loop of pointers");
	tap_ok(UNPACK("\300", 1) == ZP_EUSAGE, "half a pointer");
	tap_ok(UNPACK("\100a\0\0\1\0\1\0\0\0\0\0\0", 1) == ZP_EUSAGE, "a label type that is none");
	tap_ok(UNPACK("\300\014\0\1\0\1\0\0\0\0\0\4ab", 1) == ZP_EUSAGE, "data that run out");
	tap_ok(UNPACK("\300\014\0\17\0\1\0\0\0\0\0\4\0\12\300\014", 1) == ZP_OK &&
	    m.section[SECTION_ANSWER].v[0].rdata.len == 5, "a name in data is expanded");
	message_release(&m);
	tap_ok(UNPACK("\300\014\0\17\0\1\0\0\0\0\0\3\0\12\1a\0", 1) == ZP_EUSAGE,
	    "a name that goes beyond its data");
	tap_ok(UNPACK("\300\014\0\1\0\1\0\0\0\0\0\0xyz", 1) == ZP_OK && m.trailing == 3,
	    "octets behind the end are counted");
	message_release(&m);
	tap_ok(UNPACK("\0\0\372\0\377\0\0\0\0\0\0", 1) == ZP_EUSAGE, "TSIG among the answers");
	tap_ok(UNPACK("\0\0\51\4\320\0\0\0\0\0\0", 1) == ZP_EUSAGE, "OPT among the answers");
}

static void
test_rrset(void)
{
	struct message m = { 0 };
	struct name owner = name_of("mx.example");
	struct rrset set, signatures;
	struct fault why;
	char signature[32] = { 0, RRTYPE_A };

	add(&m, SECTION_ANSWER, "mx.example", RRTYPE_A, CLASS_IN, 300, "\300\0\2\2", 4);
	add(&m, SECTION_ANSWER, "mx.example", RRTYPE_A, CLASS_IN, 200, "\300\0\2\1", 4);
	add(&m, SECTION_ANSWER, "mx.example", RRTYPE_A, CLASS_CH, 1, "\300\0\2\3", 4);
	add(&m, SECTION_ANSWER, "my.example", RRTYPE_A, CLASS_IN, 1, "\300\0\2\4", 4);
	add(&m, SECTION_ANSWER, "mx.example", RRTYPE_RRSIG, CLASS_IN, 300, signature, 32);
	signature[1] = RRTYPE_AAAA;
	add(&m, SECTION_ANSWER, "mx.example", RRTYPE_RRSIG, CLASS_IN, 300, signature, 32);
	tap_ok(message_rrset(&set, &signatures, &m.section[SECTION_ANSWER], &owner, RRTYPE_A, &why) ==
	    ZP_OK, "a set is gathered");
	tap_ok(set.n == 2 && set.ttl == 200 && set.v[0].data[3] == 1, "sorted, with the smallest TTL");
	tap_is_int(signatures.n, 1, "and the signature that covers it");
	rrset_release(&set);
	rrset_release(&signatures);
	tap_ok(message_rrset(&set, NULL, &m.section[SECTION_ANSWER], &owner, RRTYPE_TXT, &why) ==
	    ZP_OK && set.n == 0, "what is not there is an empty set");
	message_release(&m);
}

static void
test_names(void)
{
	char buf[16];

	tap_is(message_print_rcode(buf, RCODE_NXRRSET), "NXRRSET", "rcode 8");
	tap_is(message_print_rcode(buf, RCODE_BADVERS), "BADVERS", "rcode 16");
	tap_is(message_print_rcode(buf, 11), "RCODE11", "rcode 11");
	tap_is(message_print_rcode(buf, 4095), "RCODE4095", "rcode 4095");
	tap_is(message_print_opcode(buf, OPCODE_UPDATE), "UPDATE", "opcode 5");
	tap_is(message_print_class(buf, CLASS_NONE), "NONE", "class 254");
	tap_is(message_print_class(buf, 77), "CLASS77", "class 77");
}

int
main(void)
{
	test_update();
	test_edns();
	test_sizes();
	test_hostile();
	test_rrset();
	test_names();
	return tap_done();
}
