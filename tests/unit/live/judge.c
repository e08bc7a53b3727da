/* SPDX-License-Identifier: BSD-2-Clause */
/* Replies of a real server for the zones of tests/unit/dns/vectors, and the same with a fault. */
#include "config.h"

#include "live/judge.h"

#include "tests/unit/dns/vectors.h"
#include "tests/unit/tap.h"

struct row {
	const char *file, *owner;
	uint16_t type;
	enum sighting_answer answer;
	bool wildcard, empty_non_terminal;
};

static const struct row rows[] = {
	{ "nsec-0", "mx.example.", RRTYPE_TXT, SIGHTING_PRESENT, false, false },
	{ "nsec-1", "mx.example.", RRTYPE_AAAA, SIGHTING_NODATA, false, false },
	{ "nsec-2", "nx.example.", RRTYPE_A, SIGHTING_NXDOMAIN, false, false },
	{ "nsec-3", "x.wild.example.", RRTYPE_TXT, SIGHTING_PRESENT, true, false },
	{ "nsec-4", "_tcp.mx.example.", RRTYPE_TLSA, SIGHTING_NODATA, false, true },
	{ "nsec3-0", "mx.example.", RRTYPE_TXT, SIGHTING_PRESENT, false, false },
	{ "nsec3-1", "mx.example.", RRTYPE_AAAA, SIGHTING_NODATA, false, false },
	{ "nsec3-2", "nx.example.", RRTYPE_A, SIGHTING_NXDOMAIN, false, false },
	{ "nsec3-3", "x.wild.example.", RRTYPE_TXT, SIGHTING_PRESENT, true, false },
	{ "nsec3-4", "_tcp.mx.example.", RRTYPE_TLSA, SIGHTING_NODATA, false, true }
};

enum { ROWS = sizeof rows / sizeof rows[0] };

struct stage {
	struct message m;
	struct recset zone;
	struct name apex;
	struct judge_terms terms;
};

static void
stage_make(struct stage *st, const char *file)
{
	struct bytes path = { 0 }, data = { 0 };
	const char *top = getenv("top_srcdir");
	struct fault why = { 0 };

	st->zone = vector_read(strncmp(file, "nsec3", 5) == 0 ? "nsec3.zone" : "nsec.zone");
	st->apex = vector_name("example.");
	st->terms = (struct judge_terms){ .zone = &st->apex,
		.keys = vector_find(&st->zone, "example.", RRTYPE_DNSKEY) };
	bytes_printf(&path, "%s/tests/fuzz/seeds/judge/%s", top != NULL ? top : ".", file);
	if (file_read(&data, bytes_text(&path), 1 << 16, &why) != ZP_OK ||
	    message_unpack(&st->m, data.data + 1, data.len - 1, &why) != ZP_OK) {
		printf("Bail out! %s\n", why.text);
		exit(1);
	}
	bytes_release(&data);
	bytes_release(&path);
}

static void
stage_release(struct stage *st)
{
	message_release(&st->m);
	recset_release(&st->zone);
}

static struct sighting
judge(const struct stage *st, const char *owner, uint16_t type, int64_t at)
{
	struct sighting s = { .owner = vector_name(owner), .type = type,
		.when = { .wall = at * 1000 } };
	struct fault why;

	if (judge_reply(&s, &st->m, &st->terms, &why) != ZP_OK)
		tap_ok(false, "%s", why.text);
	return s;
}

static void
test_row(const struct row *r)
{
	static const struct rrset none;
	struct stage st;
	struct sighting s;

	stage_make(&st, r->file);
	s = judge(&st, r->owner, r->type, vector_now);
	tap_ok(s.answer == r->answer && s.trust == VERIFY_VALID && s.signed_until == vector_end &&
	    s.wildcard == r->wildcard && s.empty_non_terminal == r->empty_non_terminal &&
	    (s.set.n > 0) == (r->answer == SIGHTING_PRESENT), "%s: %s, %s (%s)", r->file,
	    sighting_print_answer(s.answer), verify_print_outcome(s.trust), s.reason);
	tap_ok(s.has_negative_ttl == sighting_is_absence(&s) && (!s.has_negative_ttl ||
	    s.negative_ttl == 300), "%s: the negative TTL comes with an absence", r->file);
	sighting_release(&s);
	s = judge(&st, r->owner, r->type, vector_after);
	tap_is_int(s.trust, VERIFY_EXPIRED, "expired later");
	tap_ok(s.reason[0] != '\0' && !sighting_is_trusted(&s, true), "with a reason, never trusted");
	sighting_release(&s);

	st.terms.margin_s = 86400;
	s = judge(&st, r->owner, r->type, vector_end - 86400);
	tap_is_int(s.trust, VERIFY_SHORT_LIVED, "a day before its end it is short-lived");
	sighting_release(&s);
	st.terms.margin_s = 0;

	st.terms.keys = &none;
	s = judge(&st, r->owner, r->type, vector_after);
	tap_ok(s.trust == VERIFY_UNCHECKED && s.answer == r->answer && sighting_is_trusted(&s, true) &&
	    !sighting_is_trusted(&s, false) && s.wildcard == r->wildcard, "without keys unchecked");
	sighting_release(&s);
	stage_release(&st);
}

/* What the header says decides before any record is looked at. */
static void
test_header(void)
{
	static const struct {
		uint16_t rcode, flags;
		enum sighting_answer answer;
	} heads[] = {
		{ RCODE_REFUSED, FLAG_QR, SIGHTING_LAME },
		{ RCODE_NOTAUTH, FLAG_QR | FLAG_AA, SIGHTING_LAME },
		{ RCODE_SERVFAIL, FLAG_QR | FLAG_AA, SIGHTING_FAILED },
		{ RCODE_FORMERR, FLAG_QR, SIGHTING_FAILED },
		{ RCODE_NOERROR, FLAG_QR, SIGHTING_LAME },
		{ RCODE_NXDOMAIN, FLAG_QR, SIGHTING_LAME },
		{ RCODE_NOERROR, FLAG_QR | FLAG_AA | FLAG_TC, SIGHTING_GARBLED }
	};

	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
		struct stage st;
		struct sighting s;

		stage_make(&st, "nsec-0");
		st.m.rcode = heads[i].rcode;
		st.m.flags = heads[i].flags;
		s = judge(&st, "mx.example.", RRTYPE_TXT, vector_now);
		tap_ok(s.answer == heads[i].answer && s.trust == VERIFY_UNCHECKED && s.set.n == 0 &&
		    s.reason[0] != '\0' && !sighting_is_trusted(&s, true), "rcode %u, flags %04x: %s",
		    heads[i].rcode, heads[i].flags, s.reason);
		sighting_release(&s);
		stage_release(&st);
	}
}

/* A reply that leaves something out is not believed. */
static void
test_lies(void)
{
	struct stage st;
	struct sighting s;

	stage_make(&st, "nsec-0");
	free(st.m.section[SECTION_ANSWER].v[0].rdata.data);
	memmove(st.m.section[SECTION_ANSWER].v, st.m.section[SECTION_ANSWER].v + 1,
	    --st.m.section[SECTION_ANSWER].n * sizeof *st.m.section[SECTION_ANSWER].v);
	s = judge(&st, "mx.example.", RRTYPE_TXT, vector_now);
	tap_ok(s.answer == SIGHTING_PRESENT && s.trust == VERIFY_BOGUS, "a record left out: %s", s.reason);
	sighting_release(&s);
	stage_release(&st);

	stage_make(&st, "nsec-2");
	s = judge(&st, "mx.example.", RRTYPE_TXT, vector_now);
	tap_ok(s.answer == SIGHTING_NXDOMAIN && s.trust == VERIFY_BOGUS, "a denial of another name: %s",
	    s.reason);
	sighting_release(&s);
	st.m.rcode = RCODE_NOERROR;
	s = judge(&st, "nx.example.", RRTYPE_A, vector_now);
	tap_ok(s.answer == SIGHTING_NODATA && s.trust == VERIFY_BOGUS, "NXDOMAIN shown as NODATA");
	sighting_release(&s);
	for (size_t i = 0; i < st.m.section[SECTION_AUTHORITY].n; i++)
		if (st.m.section[SECTION_AUTHORITY].v[i].type == RRTYPE_NSEC)
			st.m.section[SECTION_AUTHORITY].v[i].type = RRTYPE_TXT;
	s = judge(&st, "nx.example.", RRTYPE_A, vector_now);
	tap_is_int(s.trust, VERIFY_MISSING, "a denial without its proof");
	sighting_release(&s);
	stage_release(&st);

	stage_make(&st, "nsec-3");
	for (size_t i = 0; i < st.m.section[SECTION_AUTHORITY].n; i++)
		st.m.section[SECTION_AUTHORITY].v[i].type = RRTYPE_TXT;
	s = judge(&st, "x.wild.example.", RRTYPE_TXT, vector_now);
	tap_ok(s.answer == SIGHTING_PRESENT && s.wildcard && s.trust == VERIFY_MISSING,
	    "a wildcard without the proof that the name is not there");
	sighting_release(&s);
	stage_release(&st);
}

int
main(void)
{
	for (size_t i = 0; i < ROWS; i++)
		test_row(&rows[i]);
	test_header();
	test_lies();
	return tap_done();
}
