/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/denial.h"

#include "tests/unit/dns/vectors.h"
#include "tests/unit/tap.h"

struct row {
	const char *owner;
	uint16_t type;
	bool nxdomain;
	enum verify_outcome want;
	bool empty_non_terminal, wildcard;
};

enum { NODATA = false, NXDOMAIN = true };

/* What is true of the zone, and what a server may say that is not. */
static const struct row rows[] = {
	{ "mx.example.", RRTYPE_AAAA, NODATA, VERIFY_VALID, false, false },
	{ "example.", RRTYPE_AAAA, NODATA, VERIFY_VALID, false, false },
	{ "_tcp.mx.example.", RRTYPE_A, NODATA, VERIFY_VALID, true, false },
	{ "wild.example.", RRTYPE_TXT, NODATA, VERIFY_VALID, true, false },
	{ "empty.wild.example.", RRTYPE_TXT, NODATA, VERIFY_VALID, true, false },
	{ "x.wild.example.", RRTYPE_A, NODATA, VERIFY_VALID, false, true },
	{ "sub.example.", RRTYPE_DS, NODATA, VERIFY_VALID, false, false },
	{ "nx.example.", RRTYPE_A, NXDOMAIN, VERIFY_VALID, false, false },
	{ "zz.example.", RRTYPE_A, NXDOMAIN, VERIFY_VALID, false, false },
	{ "_26._tcp.mx.example.", RRTYPE_TLSA, NXDOMAIN, VERIFY_VALID, false, false },
	{ "x.y.mx.example.", RRTYPE_A, NXDOMAIN, VERIFY_VALID, false, false },
	{ "x.empty.wild.example.", RRTYPE_TXT, NXDOMAIN, VERIFY_VALID, false, false },

	{ "mx.example.", RRTYPE_A, NODATA, VERIFY_BOGUS, false, false },
	{ "alias.example.", RRTYPE_A, NODATA, VERIFY_BOGUS, false, false },
	{ "x.wild.example.", RRTYPE_TXT, NODATA, VERIFY_BOGUS, false, true },
	{ "sub.example.", RRTYPE_A, NODATA, VERIFY_BOGUS, false, false },
	{ "signed.example.", RRTYPE_DS, NODATA, VERIFY_BOGUS, false, false },
	{ "nx.example.", RRTYPE_A, NODATA, VERIFY_BOGUS, false, false },
	{ "mx.example.", RRTYPE_A, NXDOMAIN, VERIFY_BOGUS, false, false },
	{ "_tcp.mx.example.", RRTYPE_A, NXDOMAIN, VERIFY_BOGUS, true, false },
	{ "x.wild.example.", RRTYPE_A, NXDOMAIN, VERIFY_BOGUS, false, false },
	{ "x.sub.example.", RRTYPE_A, NXDOMAIN, VERIFY_BOGUS, false, false },
	{ "x.tree.example.", RRTYPE_A, NXDOMAIN, VERIFY_BOGUS, false, false },
	{ "example.", RRTYPE_A, NXDOMAIN, VERIFY_BOGUS, false, false }
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static struct denial_proof
check(const struct row *row, const struct recset *authority, const struct rrset *keys, int64_t now)
{
	struct denial_claim claim = { .owner = vector_name(row->owner), .type = row->type,
		.nxdomain = row->nxdomain };
	struct denial_proof p;
	struct fault why;

	if (denial_check(&p, &claim, authority, keys, now, &why) != ZP_OK)
		tap_ok(false, "%s", why.text);
	return p;
}

/* The whole zone as authority: every claim finds the records it needs, if they exist. */
static void
test_zone(const char *file, bool hashed)
{
	struct recset zone = vector_read(file);
	const struct rrset *keys = vector_find(&zone, "example.", RRTYPE_DNSKEY);

	for (size_t i = 0; i < ROWS; i++) {
		const struct row *r = &rows[i];
		struct denial_proof p = check(r, &zone, keys, vector_now);
		bool flags = r->want != VERIFY_VALID ||
		    (p.empty_non_terminal == r->empty_non_terminal && p.wildcard == r->wildcard);

		tap_ok(p.result.outcome == r->want && flags && (r->want != VERIFY_VALID ||
		    p.result.expiration == vector_end), "%s: %s type %u %s: %s (%s)", file, r->owner, r->type,
		    r->nxdomain ? "nxdomain" : "nodata", verify_print_outcome(p.result.outcome),
		    p.result.reason);
		if (r->want != VERIFY_VALID)
			continue;
		p = check(r, &zone, keys, vector_after);
		tap_is_int(p.result.outcome, VERIFY_EXPIRED, "expired when its time is over");
	}
	tap_ok(hashed == (recset_find(&zone, &keys->owner, RRTYPE_NSEC) == NULL), "%s: kind", file);
	recset_release(&zone);
}

/* With any one of its sets missing, a false claim stays unproven and a true one never turns bogus by itself. */
static void
test_missing(const char *file)
{
	struct recset zone = vector_read(file);
	struct rrset keys = *vector_find(&zone, "example.", RRTYPE_DNSKEY);
	unsigned wrong = 0, lost[ROWS] = { 0 };

	for (size_t k = 0; k < zone.n; k++) {
		uint16_t type = zone.v[k].type;

		if (type != RRTYPE_NSEC && type != RRTYPE_NSEC3)
			continue;
		zone.v[k].type = RRTYPE_TXT;
		for (size_t i = 0; i < ROWS; i++) {
			enum verify_outcome o = check(&rows[i], &zone, &keys, vector_now).result.outcome;

			wrong += rows[i].want != VERIFY_VALID && o == VERIFY_VALID;
			lost[i] += rows[i].want == VERIFY_VALID && o != VERIFY_VALID;
		}
		zone.v[k].type = type;
	}
	tap_is_int(wrong, 0, "no set, left out, lets a false claim through");
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].want == VERIFY_VALID)
			tap_ok(lost[i] >= 1 && lost[i] <= 3, "%s: %s needs %u records", file, rows[i].owner,
			    lost[i]);
	recset_release(&zone);
}

static void
test_nothing(void)
{
	struct recset zone = vector_read("nsec3.zone"), empty = { 0 };
	struct rrset *keys = vector_find(&zone, "example.", RRTYPE_DNSKEY);

	tap_is_int(check(&rows[0], &empty, keys, vector_now).result.outcome, VERIFY_MISSING,
	    "no records, no proof");
	for (size_t i = 0; i < zone.n; i++)
		if (zone.v[i].type == RRTYPE_NSEC3)
			zone.v[i].v[0].data[3] = 151;
	tap_is_int(check(&rows[0], &zone, keys, vector_now).result.outcome, VERIFY_UNSUPPORTED,
	    "too many iterations are not looked at");
	for (size_t i = 0; i < zone.n; i++)
		if (zone.v[i].type == RRTYPE_RRSIG)
			zone.v[i].type = RRTYPE_TXT;
	for (size_t i = 0; i < zone.n; i++)
		if (zone.v[i].type == RRTYPE_NSEC3)
			zone.v[i].v[0].data[3] = 5;
	tap_is_int(check(&rows[0], &zone, keys, vector_now).result.outcome, VERIFY_MISSING,
	    "a proof without signatures is missing");
	recset_release(&zone);
}

static void
test_opt_out(void)
{
	static const struct row ds = { "sub.example.", RRTYPE_DS, NODATA, VERIFY_VALID, false, false };
	static const struct row mx = { "mx.example.", RRTYPE_AAAA, NODATA, VERIFY_VALID, false, false };
	struct recset zone = vector_read("optout.zone");
	const struct rrset *keys = vector_find(&zone, "example.", RRTYPE_DNSKEY);
	struct denial_proof p = check(&ds, &zone, keys, vector_now);

	tap_ok(p.result.outcome == VERIFY_VALID && p.opt_out, "no DS, by an opt-out span");
	p = check(&mx, &zone, keys, vector_now);
	tap_ok(p.result.outcome == VERIFY_VALID && !p.opt_out, "a name with a record of its own is not");
	recset_release(&zone);
}

static void
test_expansion(const char *file)
{
	static const struct { const char *owner; bool valid; } names[] = {
		{ "x.wild.example.", true }, { "a.b.wild.example.", true },
		{ "named.wild.example.", false }, { "x.named.wild.example.", false },
		{ "x.empty.wild.example.", false }, { "empty.wild.example.", false }
	};
	struct recset zone = vector_read(file);
	const struct rrset *keys = vector_find(&zone, "example.", RRTYPE_DNSKEY);
	struct name source = vector_name("*.wild.example.");
	struct denial_proof p;
	struct fault why;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct name owner = vector_name(names[i].owner);

		tap_ok(denial_check_expansion(&p, &owner, &source, &zone, keys, vector_now, &why) == ZP_OK &&
		    (p.result.outcome == VERIFY_VALID) == names[i].valid, "%s: %s may%s come from the wildcard",
		    file, names[i].owner, names[i].valid ? "" : " not");
	}
	recset_release(&zone);
}

int
main(void)
{
	test_zone("nsec.zone", false);
	test_zone("nsec3.zone", true);
	test_missing("nsec.zone");
	test_missing("nsec3.zone");
	test_nothing();
	test_opt_out();
	test_expansion("nsec.zone");
	test_expansion("nsec3.zone");
	return tap_done();
}
