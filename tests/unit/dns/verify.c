/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/verify.h"

#include "tests/unit/dns/vectors.h"
#include "tests/unit/tap.h"

static const struct rrset none;

static enum verify_outcome
outcome(const struct rrset *set, const struct rrset *sigs, const struct rrset *keys, int64_t now)
{
	struct verify_result r;
	struct fault why;

	if (verify_rrset(&r, set, sigs, keys, now, &why) != ZP_OK)
		tap_ok(false, "%s", why.text);
	if ((r.outcome == VERIFY_VALID) != (r.reason[0] == '\0'))
		tap_ok(false, "a reason comes with what is not valid, and only then");
	return r.outcome;
}

/* Every signed set of a zone, before, during and after its time. */
static void
test_zone(const char *file, unsigned want)
{
	struct recset zone = vector_read(file);
	const struct rrset *keys = vector_find(&zone, "example.", RRTYPE_DNSKEY);
	unsigned valid = 0, early = 0, late = 0, empty = 0;

	for (size_t i = 0; i < zone.n; i++) {
		const struct rrset *set = &zone.v[i];
		const struct rrset *sigs = recset_find(&zone, &set->owner, RRTYPE_RRSIG);

		if (set->type == RRTYPE_RRSIG || sigs == NULL)
			continue;
		valid += outcome(set, sigs, keys, vector_now) == VERIFY_VALID;
		early += outcome(set, sigs, keys, vector_before) == VERIFY_NOT_YET;
		late += outcome(set, sigs, keys, vector_after) == VERIFY_EXPIRED;
		empty += outcome(set, &none, keys, vector_now) == VERIFY_MISSING;
	}
	tap_is_int(valid, want, "sets are validly signed");
	tap_is_int(early, valid, "and not before their time");
	tap_is_int(late, valid, "nor after it");
	tap_ok(empty >= valid, "%s: without signatures they are missing", file);
	recset_release(&zone);
}

static void
test_damage(void)
{
	struct recset zone = vector_read("nsec.zone"), other = vector_read("nsec3.zone");
	struct rrset *keys = vector_find(&zone, "example.", RRTYPE_DNSKEY);
	struct rrset *set = vector_find(&zone, "mx.example.", RRTYPE_TXT);
	struct rrset *sigs = vector_find(&zone, "mx.example.", RRTYPE_RRSIG);
	unsigned bogus = 0, all = 0;
	struct rrset more;
	struct fault why;

	tap_is_int(outcome(set, sigs, keys, vector_now), VERIFY_VALID, "untouched it is valid");
	for (size_t i = 0; i < sigs->n; i++) {
		struct rdata *r = &sigs->v[i];

		for (size_t at = 2; at < r->len && r->data[1] == RRTYPE_TXT; at++, all++) {
			r->data[at] ^= 0x10;
			bogus += outcome(set, sigs, keys, vector_now) != VERIFY_VALID;
			r->data[at] ^= 0x10;
		}
	}
	tap_ok(all > 60 && bogus == all, "each of %u octets of the signature counts (%u)", all, bogus);
	if (rrset_copy(&more, set, &why) != ZP_OK || rrset_add(&more, "\1x", 2, &why) != ZP_OK)
		tap_ok(false, "%s", why.text);
	tap_is_int(outcome(&more, sigs, keys, vector_now), VERIFY_BOGUS, "a record more is bogus");
	(void)rrset_remove(&more, "\1x", 2);
	(void)rrset_remove(&more, "\4text", 5);
	tap_is_int(outcome(&more, sigs, keys, vector_now), VERIFY_BOGUS, "a record less is bogus");
	rrset_release(&more);
	tap_is_int(outcome(set, sigs, vector_find(&other, "example.", RRTYPE_DNSKEY), vector_now),
	    VERIFY_BOGUS, "another zone's keys are no keys");
	keys->v[0].data[0] &= 0xfe;
	tap_is_int(outcome(set, sigs, keys, vector_now), VERIFY_BOGUS, "a key without the zone bit");
	keys->v[0].data[0] |= 1;
	keys->owner = vector_name("mx.example.");
	tap_is_int(outcome(set, sigs, keys, vector_now), VERIFY_BOGUS, "keys of another name");
	recset_release(&zone);
	recset_release(&other);
}

static void
test_wildcard(void)
{
	struct recset zone = vector_read("nsec.zone");
	const struct rrset *keys = vector_find(&zone, "example.", RRTYPE_DNSKEY);
	struct rrset *set = vector_find(&zone, "*.wild.example.", RRTYPE_TXT);
	struct rrset *sigs = vector_find(&zone, "*.wild.example.", RRTYPE_RRSIG);
	struct name source = set->owner;
	struct verify_result r;
	struct fault why;

	tap_ok(verify_rrset(&r, set, sigs, keys, vector_now, &why) == ZP_OK &&
	    r.outcome == VERIFY_VALID && !r.wildcard, "the wildcard itself is no expansion");
	set->owner = sigs->owner = vector_name("a.b.wild.example.");
	tap_ok(verify_rrset(&r, set, sigs, keys, vector_now, &why) == ZP_OK &&
	    r.outcome == VERIFY_VALID && r.wildcard && name_equal(&r.wildcard_source, &source),
	    "a name below it is, and says from where");
	tap_is_int(r.expiration, vector_end, "the expiration is told");
	tap_is_int(r.original_ttl, 3600, "and the original TTL");
	set->owner = sigs->owner = vector_name("a.example.");
	tap_is_int(outcome(set, sigs, keys, vector_now), VERIFY_BOGUS, "not a name beside it");
	recset_release(&zone);
}

static void
test_keys(const char *zone_file, const char *ds_file)
{
	struct recset zone = vector_read(zone_file), ds = vector_read(ds_file);
	struct rrset *keys = vector_find(&zone, "example.", RRTYPE_DNSKEY);
	const struct rrset *sigs = vector_find(&zone, "example.", RRTYPE_RRSIG);
	struct rrset *anchor = vector_find(&ds, "example.", RRTYPE_DS);
	struct verify_result r;
	struct fault why;
	bool matched;

	tap_is_int(anchor->n, 3, "SHA-1, SHA-256 and SHA-384");
	for (size_t i = 0; i < anchor->n; i++) {
		struct rrset one = rrset_make(&anchor->owner, RRTYPE_DS, 0);
		struct bytes made = { 0 };
		const struct rdata *a = &anchor->v[i];

		tap_ok(rrset_add(&one, a->data, a->len, &why) == ZP_OK &&
		    verify_keys(&r, &matched, keys, sigs, &one, vector_now, &why) == ZP_OK &&
		    matched && r.outcome == VERIFY_VALID, "DS of digest type %u holds", a->data[3]);
		tap_ok(verify_make_ds(&made, &keys->owner, keys->v[0].data, keys->v[0].len, a->data[3],
		    &why) == ZP_OK && rdata_compare(made.data, made.len, a->data, a->len) == 0,
		    "and is made the same here");
		one.v[0].data[10] ^= 1;
		tap_ok(verify_keys(&r, &matched, keys, sigs, &one, vector_now, &why) == ZP_OK &&
		    !matched && r.outcome == VERIFY_BOGUS, "another digest matches no key");
		one.v[0].data[3] = 99;
		tap_ok(verify_keys(&r, &matched, keys, sigs, &one, vector_now, &why) == ZP_OK &&
		    !matched && r.outcome == VERIFY_UNSUPPORTED, "an unknown digest type is unsupported");
		bytes_release(&made);
		rrset_release(&one);
	}
	tap_ok(verify_keys(&r, &matched, keys, sigs, keys, vector_now, &why) == ZP_OK && matched &&
	    r.outcome == VERIFY_VALID, "a DNSKEY is an anchor as well");
	tap_ok(verify_keys(&r, &matched, keys, sigs, anchor, vector_after, &why) == ZP_OK && matched &&
	    r.outcome == VERIFY_EXPIRED, "an expired key set is matched but not valid");
	tap_is_int(verify_keys(&r, &matched, keys, sigs, sigs, vector_now, &why), ZP_EUSAGE,
	    "an RRSIG is no anchor");
	recset_release(&zone);
	recset_release(&ds);
}

int
main(void)
{
	test_zone("nsec.zone", 25);
	test_zone("nsec3.zone", 29);
	test_zone("optout.zone", 28);
	test_zone("rsasha1.zone", 3);
	test_zone("rsasha256.zone", 3);
	test_zone("rsasha512.zone", 3);
	test_zone("ed448.zone", 3);
	test_damage();
	test_wildcard();
	test_keys("nsec.zone", "nsec.ds");
	test_keys("nsec3.zone", "nsec3.ds");
	test_keys("rsasha256.zone", "rsasha256.ds");
	return tap_done();
}
