/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a rollover stands, folded from its entries. */
#include "config.h"

#include <stdlib.h>

#include "publish/runner.h"
#include "tests/unit/tap.h"

struct line {
	enum entry_kind kind;
	enum stage stage;
	char *body;
};

static struct rollover
fold(struct line *lines, size_t n)
{
	struct entry v[16];
	struct entries entries = { .v = v, .n = n };
	struct rollover r;
	struct fault why = { 0 };

	for (size_t i = 0; i < n; i++)
		v[i] = (struct entry){ .rollover = 7, .number = (int64_t)i + 1, .kind = (int)lines[i].kind,
			.stage = (int)lines[i].stage, .body = lines[i].body, .at = { .wall = (int64_t)i * 1000 } };
	tap_is_int(rollover_fold(&r, &entries, &why), ZP_OK, "entries are folded");
	return r;
}

#define FOLD(lines) fold(lines, sizeof (lines) / sizeof (lines)[0])

static char PREPARED[] = "{\"no-wait\":true,\"ttl\":300,\"pending\":[\"3 1 1 0b\"],\"known\":[\"3 1 1 0a\"],"
    "\"fingerprint\":\"bb\"}";
static char NEWER[] = "{\"ttl\":60,\"pending\":[\"3 1 1 0c\"],\"fingerprint\":\"cc\"}";
static char NEXT[] = "{\"pending\":[\"3 1 1 0d\"]}";
static char WHY[] = "{\"text\":\"because\"}";

static void
test_forward(void)
{
	struct line lines[] = { { ENTRY_PROVEN, STAGE_PREPARED, PREPARED }, { ENTRY_BEGUN, STAGE_PUBLISHED, NULL },
		{ ENTRY_FAILED, STAGE_PUBLISHED, WHY } };
	struct rollover r = FOLD(lines);

	tap_is_int(r.stage, STAGE_PREPARED, "what is only begun is not proven");
	tap_is_int(r.begun, STAGE_PUBLISHED, "but begun");
	tap_is(r.last_error, "because", "with the reason");
	tap_ok(r.no_wait && r.ttl == 300 && r.pending.n == 1 && r.known.n == 1, "the preparation is there");
	tap_is_int(r.number, 3, "the number is the last one's");
	rollover_release(&r);
}

static void
test_setback(void)
{
	struct line lines[] = { { ENTRY_PROVEN, STAGE_PREPARED, PREPARED }, { ENTRY_PROVEN, STAGE_PUBLISHED, NULL },
		{ ENTRY_PROVEN, STAGE_PROPAGATED, NULL }, { ENTRY_SETBACK, STAGE_PUBLISHED, WHY } };
	struct rollover r = FOLD(lines);

	tap_ok(!r.no_wait && r.stage == STAGE_PUBLISHED, "a set-back needs the wait after all");
	tap_ok(r.published_at.wall == 3000 && r.seen_at.wall == 0, "which starts with it");
	rollover_release(&r);
}

static void
test_superseded(void)
{
	struct line lines[] = { { ENTRY_PROVEN, STAGE_PREPARED, PREPARED }, { ENTRY_PROVEN, STAGE_PUBLISHED, NULL },
		{ ENTRY_SUPERSEDED, STAGE_PREPARED, NEWER } };
	struct rollover r = FOLD(lines);

	tap_is_int(r.stage, STAGE_PREPARED, "a newer pair starts over");
	tap_is(r.fingerprint, "cc", "with its own fingerprint");
	tap_ok(r.pending.n == 1 && r.known.n == 2, "the skipped pair's record goes one day");
	tap_is_int(r.ttl, 300, "the longest TTL stays");
	rollover_release(&r);
}

static void
test_no_way_back(void)
{
	struct line lines[] = { { ENTRY_PROVEN, STAGE_PREPARED, PREPARED }, { ENTRY_BEGUN, STAGE_DEPLOYED, NULL },
		{ ENTRY_PROVEN, STAGE_DEPLOYED, NULL }, { ENTRY_PROVEN, STAGE_VERIFIED, NULL },
		{ ENTRY_BEGUN, STAGE_RETIRED, NEXT }, { ENTRY_SETBACK, STAGE_DEPLOYED, WHY } };
	struct runner run = { .state = FOLD(lines) };
	struct fault why;

	tap_ok(run.state.retiring && run.state.begun == STAGE_NONE, "a removal that was begun is not forgotten");
	tap_is_int(run.state.pending.n, 2, "the next key's record is pending as well");
	tap_is_int(run.state.deploys, 1, "deploys are counted when they are proven");
	tap_is_int(runner_abort(&run, &why), ZP_EUNSAFE, "and there is no way back");
	rollover_release(&run.state);
}

static void
test_put_back(void)
{
	struct line stuck[] = { { ENTRY_PROVEN, STAGE_PREPARED, PREPARED }, { ENTRY_BEGUN, STAGE_DEPLOYED, NULL },
		{ ENTRY_BEGUN, STAGE_PUT_BACK, NULL }, { ENTRY_PROVEN, STAGE_PUT_BACK, WHY } };
	struct line abort[] = { { ENTRY_PROVEN, STAGE_PREPARED, PREPARED }, { ENTRY_BEGUN, STAGE_DEPLOYED, NULL },
		{ ENTRY_ABORT, STAGE_PREPARED, NULL }, { ENTRY_PROVEN, STAGE_PUT_BACK, WHY } };
	struct line resumed[] = { { ENTRY_PROVEN, STAGE_PREPARED, PREPARED }, { ENTRY_PROVEN, STAGE_PUT_BACK, WHY },
		{ ENTRY_RESUMED, STAGE_EXPIRED, NULL } };
	struct rollover r = FOLD(stuck);

	tap_ok(r.stuck && !r.live_switched && r.stage == STAGE_EXPIRED, "after a put-back a person is needed");
	tap_is(r.last_error, "because", "and told why");
	tap_is_int(steps_wanted(&r).deed, DEED_NONE, "nothing is done by itself");
	rollover_release(&r);
	r = FOLD(abort);
	tap_ok(!r.stuck, "unless the person said so");
	tap_is_int(steps_wanted(&r).deed, DEED_WITHDRAW, "then the records are taken back");
	rollover_release(&r);
	r = FOLD(resumed);
	tap_is_int(steps_wanted(&r).deed, DEED_DEPLOY, "told to go on: deployed once more");
	rollover_release(&r);
}

static void
test_blind_way_back(void)
{
	struct line lines[] = { { ENTRY_PROVEN, STAGE_PREPARED, PREPARED }, { ENTRY_BEGUN, STAGE_PUBLISHED, NULL },
		{ ENTRY_BEGUN, STAGE_DEPLOYED, NULL }, { ENTRY_ABORT, STAGE_PREPARED, NULL },
		{ ENTRY_STUCK, STAGE_PREPARED, WHY }, { ENTRY_ABORT, STAGE_PREPARED, NULL },
		{ ENTRY_PROVEN, STAGE_PUT_BACK, WHY } };
	const struct moment now = { .wall = 7000 }, later = { .wall = 16000 };
	struct rollover r = fold(lines, 5);
	struct step step;
	struct timing timing;
	struct fault why;

	tap_ok(r.was_published, "what was begun may be in caches, whatever came then");
	tap_ok(r.stuck && !r.put_back_by_hand, "on the way back it waits for a person");
	rollover_release(&r);
	r = fold(lines, 6);
	tap_ok(!r.stuck && r.put_back_by_hand, "who says so has put the pair back");
	rollover_release(&r);
	r = FOLD(lines);
	step = steps_wanted(&r);
	r.order.hold = 10000;
	tap_is_int(step.deed, DEED_WITHDRAW, "the records are taken back");
	tap_is_int(steps_time(&timing, &r, &step, &now, &why), ZP_OK, "at once, where services are looked at");
	r.order.no_probe = true;
	tap_is_int(steps_time(&timing, &r, &step, &now, &why), ZP_EWAIT, "after the hold, where nobody looks");
	tap_is_int(timing.left, 9000, "from the put-back on");
	tap_is_int(steps_time(&timing, &r, &step, &later, &why), ZP_OK, "then it is time");
	rollover_release(&r);
}

/* A set of count records at an owner. */
static struct rrset
set_of(uint8_t first, size_t count)
{
	struct rrset s = { .type = RRTYPE_TLSA, .ttl = 77 };
	uint8_t rdata[35] = { 3, 1, 1 };

	if (name_parse(&s.owner, "_25._tcp.mx.example.com.", NULL, NULL) != ZP_OK)
		abort();
	for (size_t i = 0; i < count; i++) {
		rdata[3] = (uint8_t)(first + i);
		if (rrset_add(&s, rdata, sizeof rdata, NULL) != ZP_OK)
			abort();
	}
	return s;
}

static void
test_sets(void)
{
	struct body b = body_make(), back;
	struct rrset before = set_of(1, 0), after = set_of(1, 3), covered = set_of(1, 2);
	char *text;

	b.pending = set_of(9, 1);
	b.ttl = 0;
	b.has_since = true;
	b.since = (struct moment){ .wall = 123, .boot = 45, .boot_id = "boot" };
	if (recset_take(&b.before, &before, NULL) != ZP_OK || recset_take(&b.after, &after, NULL) != ZP_OK ||
	    recset_take(&b.covered, &covered, NULL) != ZP_OK)
		abort();
	tap_ok(body_print(&text, &b, NULL) == ZP_OK && body_parse(&back, text, NULL) == ZP_OK,
	    "sets are recorded and read again");
	tap_ok(back.before.n == 1 && back.before.v[0].n == 0, "one with nothing in it, too");
	tap_ok(back.after.n == 1 && rrset_same_data(&back.after.v[0], &b.after.v[0]) &&
	    back.after.v[0].ttl == 77, "records and TTL");
	tap_ok(back.covered.n == 1 && back.covered.v[0].n == 2, "what a wildcard gives");
	tap_ok(back.pending.n == 1 && back.known.n == 0, "records without an owner");
	tap_ok(back.has_since && back.since.wall == 123 && back.since.boot == 45 &&
	    strcmp(back.since.boot_id, "boot") == 0, "and since when");
	tap_is_int(back.ttl, 0, "a TTL of nothing is a TTL");
	free(text);
	body_release(&b);
	body_release(&back);
}

static void
test_damage(void)
{
	char body[] = "not JSON";
	struct entry e = { .rollover = 7, .number = 1, .kind = ENTRY_PROVEN, .stage = STAGE_PREPARED,
		.body = body };
	struct entries entries = { .v = &e, .n = 1 };
	struct rollover r;
	struct fault why;

	tap_is_int(rollover_fold(&r, &entries, &why), ZP_ELOCAL, "a damaged entry is no rollover");
	tap_ok(strstr(why.text, "rollover 7") != NULL, "and is named");
}

int
main(void)
{
	test_forward();
	test_setback();
	test_superseded();
	test_no_way_back();
	test_put_back();
	test_blind_way_back();
	test_sets();
	test_damage();
	return tap_done();
}
