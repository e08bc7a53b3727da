/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of a TLSA rollover: times with their arithmetic, verdicts, what stays; and the fold. */
#include "config.h"

#include <stdlib.h>

#include "publish/steps_tlsa.h"
#include "tests/unit/tap.h"

static struct moment
at(int64_t seconds)
{
	return (struct moment){ .wall = INT64_C(1770000000000) + seconds * 1000, .boot = seconds * 1000,
		.boot_id = "a" };
}

static struct rrset
set_of(const char *owner, uint32_t ttl, const char *marks)
{
	struct rrset s = { .type = RRTYPE_TLSA, .ttl = ttl };

	if (name_parse(&s.owner, owner, NULL, NULL) != ZP_OK)
		abort();
	for (; *marks != '\0'; marks++) {
		uint8_t rdata[35] = { 3, 1, 1, (uint8_t)*marks };

		if (rrset_add(&s, rdata, sizeof rdata, NULL) != ZP_OK)
			abort();
	}
	return s;
}

static const char OWNER[] = "_25._tcp.mx.example.com.";

static void
test_times(void)
{
	struct rollover r = { .stage = STAGE_PROPAGATED, .ttl = 300, .published_at = at(0), .seen_at = at(10) };
	struct step expire = { STAGE_PROPAGATED, DEED_EXPIRE, STAGE_EXPIRED, "" };
	struct step retire = { STAGE_VERIFIED, DEED_RETIRE, STAGE_RETIRED, "" };
	struct timing t;
	struct fault why;
	struct moment now = at(20);

	r.order.safety = 60000;
	r.order.hold = -1;
	tap_is_int(steps_time(&t, &r, &expire, &now, &why), ZP_EWAIT, "caches may hold the old answer");
	tap_is_int(t.left, 580000, "two TTL from the publication is the longer of both");
	tap_ok(strstr(why.text, "2 x TTL 300 s") != NULL, "and the sentence says so");
	r.seen_at = at(400);
	now = at(410);
	tap_is_int(steps_time(&t, &r, &expire, &now, &why), ZP_EWAIT, "a server that lags");
	tap_is_int(t.left, 350000, "one TTL and the safety from the last server on");
	tap_ok(strstr(why.text, "TTL 300 s + safety 60 s") != NULL, "with its arithmetic");
	now.wall += INT64_C(864000000);
	tap_is_int(steps_time(&t, &r, &expire, &now, &why), ZP_EWAIT, "a clock set forward does not shorten it");
	tap_is_int(t.left, 350000, "by nothing");
	now = at(410);
	now.boot_id[0] = 'b';
	now.wall = r.seen_at.wall - 1;
	tap_is_int(steps_time(&t, &r, &expire, &now, &why), ZP_EWAIT, "a clock that went backwards over a reboot");
	tap_ok(t.anew, "starts the wait anew");
	now = at(760);
	tap_is_int(steps_time(&t, &r, &expire, &now, &why), ZP_OK, "the time has come");
	now = at(759);
	tap_is_int(steps_time(&t, &r, &expire, &now, &why), ZP_EWAIT, "and not a second sooner");
	r.no_wait = true;
	tap_is_int(steps_time(&t, &r, &expire, &now, &why), ZP_OK, "nothing to wait for");

	r.verified_at = at(0);
	now = at(359);
	tap_is_int(steps_hold(&r), 360000, "the hold is TTL and safety");
	tap_is_int(steps_time(&t, &r, &retire, &now, &why), ZP_EWAIT, "old records are held");
	r.begun = STAGE_RETIRED;
	tap_is_int(steps_time(&t, &r, &retire, &now, &why), ZP_OK, "what was begun is completed");
	r.begun = STAGE_NONE;
	r.order.hold = 0;
	tap_is_int(steps_time(&t, &r, &retire, &now, &why), ZP_OK, "no hold was asked for");
}

static struct sighting
seen(unsigned origin, enum sighting_answer answer, enum verify_outcome trust, const char *marks)
{
	struct sighting s = { .type = RRTYPE_TLSA, .answer = answer, .trust = trust, .when = at(5) };

	s.server.origin = origin;
	s.set = set_of(OWNER, 300, marks);
	s.owner = s.set.owner;
	return s;
}

static enum verdict
judge(struct evidence *e, struct sighting *v, size_t n, const char *with, const char *without)
{
	struct place place = { .owner = v[0].owner };
	struct look look = { .places = &place, .places_n = 1, .seen = { .v = v, .n = n } };
	struct rrset target = set_of(OWNER, 300, with), gone = set_of(OWNER, 300, without);
	struct recset sets = { .v = &target, .n = 1 };
	enum verdict verdict;
	bool silent;

	if (evidence_judge(e, &look, &sets, &gone, false, NULL) != ZP_OK)
		abort();
	verdict = e->verdict;
	silent = e->all_silent;
	evidence_release(e);
	e->all_silent = silent;
	rrset_release(&target);
	rrset_release(&gone);
	for (size_t i = 0; i < n; i++)
		sighting_release(&v[i]);
	return verdict;
}

static void
test_evidence(void)
{
	enum { NS = SERVER_CHILD, PRIMARY = SERVER_PRIMARY };
	struct evidence e;
	struct sighting both[] = { seen(PRIMARY, SIGHTING_PRESENT, VERIFY_VALID, "ab"),
		seen(NS, SIGHTING_PRESENT, VERIFY_VALID, "abf") };
	struct sighting lags[] = { seen(PRIMARY, SIGHTING_PRESENT, VERIFY_VALID, "ab"),
		seen(NS, SIGHTING_PRESENT, VERIFY_VALID, "a") };
	struct sighting down[] = { seen(PRIMARY, SIGHTING_PRESENT, VERIFY_VALID, "ab"),
		seen(NS, SIGHTING_SILENT, VERIFY_UNCHECKED, "") };
	struct sighting bogus[] = { seen(NS, SIGHTING_PRESENT, VERIFY_EXPIRED, "ab") };
	struct sighting alias[] = { seen(NS, SIGHTING_ALIAS, VERIFY_VALID, "") };
	struct sighting absent[] = { seen(NS, SIGHTING_NODATA, VERIFY_VALID, "") };
	struct sighting lone[] = { seen(PRIMARY, SIGHTING_PRESENT, VERIFY_VALID, "ab") };
	struct sighting old[] = { seen(NS, SIGHTING_PRESENT, VERIFY_VALID, "ab") };

	tap_is_int(judge(&e, both, 2, "ab", ""), VERDICT_SEEN_EVERYWHERE, "every server serves the set, and more");
	tap_is_int(judge(&e, lags, 2, "ab", ""), VERDICT_NOT_YET, "one lags");
	tap_is_int(judge(&e, down, 2, "ab", ""), VERDICT_CANNOT_TELL, "one does not answer");
	tap_ok(e.all_silent, "a primary that resolvers do not ask does not break the silence");
	tap_is_int(judge(&e, bogus, 1, "ab", ""), VERDICT_CANNOT_TELL, "a bad signature is no answer");
	tap_ok(e.all_silent, "and breaks no silence");
	tap_is_int(judge(&e, alias, 1, "ab", ""), VERDICT_CONTRADICTED, "an alias leads elsewhere");
	tap_is_int(judge(&e, absent, 1, "ab", ""), VERDICT_NOT_YET, "nothing there yet");
	tap_is_int(judge(&e, lone, 1, "ab", ""), VERDICT_SEEN_EVERYWHERE, "the primary alone");
	tap_ok(!e.all_silent, "is all there is to ask");
	tap_is_int(judge(&e, old, 1, "b", "a"), VERDICT_NOT_YET, "an old record is still served");
}

static struct showing
showing(enum probe_outcome outcome, enum probe_algorithm algorithm, struct cert *leaf)
{
	struct showing s = { .result = { .outcome = outcome, .target = { .algorithm = algorithm } } };

	if (outcome == PROBE_SHOWN)
		s.result.chain = (struct chain){ .v = leaf, .n = 1 };
	return s;
}

static void
test_shown(void)
{
	struct cert ecdsa = { .key = { .kind = KEY_ECDSA } }, rsa = { .key = { .kind = KEY_RSA } };
	struct showing e = showing(PROBE_SHOWN, PROBE_ECDSA, &ecdsa), r = showing(PROBE_SHOWN, PROBE_RSA, &rsa);
	struct showing no_rsa = showing(PROBE_NO_SUCH_KEY, PROBE_RSA, NULL);
	struct showing no_ecdsa = showing(PROBE_NO_SUCH_KEY, PROBE_ECDSA, NULL);
	struct showing down = showing(PROBE_UNREACHABLE, PROBE_ECDSA, NULL);
	struct showing plain = showing(PROBE_NO_STARTTLS, PROBE_ECDSA, NULL);
	struct showing refused = showing(PROBE_REFUSED, PROBE_ECDSA, NULL);
	struct showing crowd = showing(PROBE_BUSY, PROBE_ECDSA, NULL);
	struct showing broken = showing(PROBE_BUSY, PROBE_ECDSA, NULL);
	struct showing closed = showing(PROBE_CLOSED, PROBE_ECDSA, NULL);
	const struct {
		struct verdict_on_showing v[2];
		size_t n;
		enum shown want;
		const char *what;
	} rows[] = {
		{ { { &e, true, true }, { &e, true, true } }, 2, SHOWN_NEW, "the renewed chain everywhere" },
		{ { { &e, true, true }, { &e, false, true } }, 2, SHOWN_MIXED, "a mixture" },
		{ { { &e, false, true }, { &e, false, true } }, 2, SHOWN_FORMER, "the former chain" },
		{ { { &e, true, true }, { &e, false, false } }, 2, SHOWN_NEITHER, "a third chain outweighs all" },
		{ { { &e, true, true }, { &r, false, true } }, 2, SHOWN_NEW, "another kind stands beside it" },
		{ { { &e, true, true }, { &no_rsa, false, false } }, 2, SHOWN_NEW, "there is no other kind" },
		{ { { &r, false, true }, { &no_ecdsa, false, false } }, 2, SHOWN_FORMER, "the kind is not there yet" },
		{ { { &e, true, true }, { &down, false, false } }, 2, SHOWN_CANNOT_TELL, "one is unreachable" },
		{ { { &plain, false, false } }, 1, SHOWN_NEITHER, "no TLS at all" },
		{ { { &refused, false, false } }, 1, SHOWN_NEITHER, "one refuses for good" },
		{ { { &crowd, false, false } }, 1, SHOWN_CANNOT_TELL, "one is busy in its greeting" },
		{ { { &broken, false, false } }, 1, SHOWN_NEITHER, "one refuses STARTTLS for now" },
		{ { { &closed, false, false } }, 1, SHOWN_NEITHER, "one leaves in the handshake" },
		{ { { NULL, false, false } }, 0, SHOWN_CANNOT_TELL, "nothing was looked at" }
	};

	broken.result.has_greeted = closed.result.has_greeted = true;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		tap_is_int(steps_shown(rows[i].v, rows[i].n, KEY_ECDSA), rows[i].want, rows[i].what);
}

static void
test_remainder(void)
{
	struct rollover r = { .pending = set_of(OWNER, 300, "n"), .known = set_of(OWNER, 300, "on") };
	struct rrset have = set_of(OWNER, 300, "onf"), left, want = set_of(OWNER, 300, "nf");
	struct rrset pruned = set_of(OWNER, 300, "n");
	struct showings none = { 0 };

	tap_ok(steps_remainder(&left, &r, &have, &none, NULL) == ZP_OK && rrset_same_data(&left, &want),
	    "known old records go, foreign ones stay");
	rrset_release(&left);
	r.order.prune = true;
	tap_ok(steps_remainder(&left, &r, &have, &none, NULL) == ZP_OK && rrset_same_data(&left, &pruned),
	    "with --prune foreign ones go");
	rrset_release(&left);
	rrset_release(&have);
	rrset_release(&want);
	rrset_release(&pruned);
	rrset_release(&r.pending);
	rrset_release(&r.known);
}

int
main(void)
{
	test_times();
	test_evidence();
	test_shown();
	test_remainder();
	return tap_done();
}
