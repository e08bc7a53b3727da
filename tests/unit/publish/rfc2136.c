/* SPDX-License-Identifier: BSD-2-Clause */
/* The message of an update: prerequisites from what was seen, removals before additions. */
#include "config.h"

#include <stdlib.h>

#include "publish/rfc2136.h"
#include "tests/unit/tap.h"

/* A set of one-octet rdata at owner, one for each letter. */
static struct rrset
set_of(const char *owner, uint32_t ttl, const char *letters)
{
	struct rrset s = { .type = RRTYPE_TLSA, .ttl = ttl };

	if (name_parse(&s.owner, owner, NULL, NULL) != ZP_OK)
		abort();
	for (; *letters != '\0'; letters++)
		if (rrset_add(&s, letters, 1, NULL) != ZP_OK)
			abort();
	return s;
}

static void
add_change(struct changes *c, const char *owner, const char *before, uint32_t ttl_before,
    const char *after, uint32_t ttl_after)
{
	struct rrset b = set_of(owner, ttl_before, before), a = set_of(owner, ttl_after, after);

	if (changes_take(c, &b, &a, NULL) != ZP_OK)
		abort();
	rrset_release(&b);
	rrset_release(&a);
}

/* The records of a section: "CLASS TTL RDATA" joined with '|', owners left out. */
static const char *
print(struct bytes *out, const struct message *m, enum section section)
{
	bytes_clear(out);
	for (size_t i = 0; i < m->section[section].n; i++) {
		const struct record *r = &m->section[section].v[i];

		bytes_printf(out, "%s%s %u %.*s", i > 0 ? "|" : "", r->class == CLASS_IN ? "IN" :
		    r->class == CLASS_ANY ? "ANY" : r->class == CLASS_NONE ? "NONE" : "?", (unsigned)r->ttl,
		    (int)r->rdata.len, r->rdata.len > 0 ? (const char *)r->rdata.data : "");
	}
	return bytes_text(out);
}

static void
test_sections(void)
{
	/* before, its TTL, after, its TTL; what the message asks for and does */
	static const struct {
		const char *before, *after;
		uint32_t ttl_before, ttl_after;
		const char *prerequisite, *update, *what;
	} rows[] = {
		{ "", "ab", 0, 60, "NONE 0 ", "IN 60 a|IN 60 b", "a first set: the place must be free" },
		{ "a", "ab", 60, 60, "IN 0 a", "IN 60 b", "one more: only it is added" },
		{ "ab", "b", 60, 60, "IN 0 a|IN 0 b", "NONE 0 a", "one less: only it is removed" },
		{ "ab", "bc", 60, 60, "IN 0 a|IN 0 b", "NONE 0 a|IN 60 c", "removals come first" },
		{ "ab", "", 60, 60, "IN 0 a|IN 0 b", "ANY 0 ", "the whole set" },
		{ "a", "ab", 60, 30, "IN 0 a", "ANY 0 |IN 30 a|IN 30 b", "another TTL: the set is replaced" },
		{ "a", "a", 60, 60, "IN 0 a", "", "nothing to do: still guarded" },
	};
	struct bytes text = { 0 };
	struct name zone;

	if (name_parse(&zone, "example.com.", NULL, NULL) != ZP_OK)
		abort();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct changes c = { 0 };
		struct message m;
		struct fault why = { 0 };

		add_change(&c, "_25._tcp.mx.example.com.", rows[i].before, rows[i].ttl_before, rows[i].after,
		    rows[i].ttl_after);
		tap_is_int(rfc2136_draw(&m, &zone, &c, &why), ZP_OK, rows[i].what);
		tap_is(print(&text, &m, SECTION_PREREQUISITE), rows[i].prerequisite, "  its prerequisites");
		tap_is(print(&text, &m, SECTION_UPDATE), rows[i].update, "  its updates");
		tap_ok(m.opcode == OPCODE_UPDATE && m.flags == 0 && m.section[SECTION_ZONE].n == 1 &&
		    m.section[SECTION_ZONE].v[0].type == RRTYPE_SOA &&
		    name_equal(&m.section[SECTION_ZONE].v[0].owner, &zone), "  an UPDATE of the zone, no flags");
		message_release(&m);
		changes_release(&c);
	}
	bytes_release(&text);
}

static void
test_many(void)
{
	struct bytes text = { 0 };
	struct changes c = { 0 };
	struct message m;
	struct fault why = { 0 };
	struct name zone;

	if (name_parse(&zone, "example.com.", NULL, NULL) != ZP_OK)
		abort();
	add_change(&c, "_25._tcp.mx.example.com.", "a", 60, "b", 60);
	add_change(&c, "_465._tcp.mx.example.com.", "c", 60, "d", 60);
	tap_is_int(rfc2136_draw(&m, &zone, &c, &why), ZP_OK, "two places in one message");
	tap_is(print(&text, &m, SECTION_UPDATE), "NONE 0 a|NONE 0 c|IN 60 b|IN 60 d",
	    "all removals before all additions");
	message_release(&m);

	add_change(&c, "_25._tcp.mx.badexample.com.", "", 0, "a", 60);
	tap_is_int(rfc2136_draw(&m, &zone, &c, &why), ZP_EUSAGE, "a place that only looks like the zone's");
	tap_ok(strstr(why.text, "badexample.com") != NULL && m.section[SECTION_UPDATE].n == 0,
	    "is named, and nothing is drawn: %s", why.text);
	message_release(&m);
	changes_release(&c);
	bytes_release(&text);
}

int
main(void)
{
	test_sections();
	test_many();
	return tap_done();
}
