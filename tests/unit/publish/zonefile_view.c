/* SPDX-License-Identifier: BSD-2-Clause */
/* What the signed file answers, judged as a validator judges: every answer and every denial holds. */
#include "config.h"

#include <dirent.h>
#include <unistd.h>

#include "base/file.h"
#include "dns/denial.h"
#include "dns/sign.h"
#include "dns/verify.h"
#include "publish/zonefile.h"
#include "tests/unit/publish/zonefile_help.h"
#include "tests/unit/tap.h"

enum { NOON = 1795348800, DAY = 86400 };	/* 2026-11-22T12:00:00Z */

static const char zone_text[] =
    "$TTL 3600\n@ SOA ns h 7 3600 900 604800 300\n@ NS ns\nns A 192.0.2.1\n"
    "mx A 192.0.2.2\n_25._tcp.mx TLSA 3 1 1 00\n*.wild TXT w\nsub NS ns.sub\nns.sub A 192.0.2.3\n"
    "secure NS ns\nsecure DS 1 13 2 00\nal CNAME mx\n";

static const struct {
	const char *owner;
	uint16_t type;
	enum zonefile_outcome outcome;
	bool wildcard;
} questions[] = {
	{ "_25._tcp.mx", RRTYPE_TLSA, ZONEFILE_ANSWER, false },
	{ "_25._tcp.mx", RRTYPE_TXT, ZONEFILE_NODATA, false },
	{ "_tcp.mx", RRTYPE_TLSA, ZONEFILE_NODATA, false },
	{ "_465._tcp.mx", RRTYPE_TLSA, ZONEFILE_NXDOMAIN, false },
	{ "mx", RRTYPE_A, ZONEFILE_ANSWER, false },
	{ "mx", RRTYPE_AAAA, ZONEFILE_NODATA, false },
	{ "al", RRTYPE_TLSA, ZONEFILE_ANSWER, false },
	{ "nope", RRTYPE_A, ZONEFILE_NXDOMAIN, false },
	{ "a.b.nope", RRTYPE_A, ZONEFILE_NXDOMAIN, false },
	{ "x.wild", RRTYPE_TXT, ZONEFILE_ANSWER, true },
	{ "x.y.wild", RRTYPE_TXT, ZONEFILE_ANSWER, true },
	{ "x.wild", RRTYPE_A, ZONEFILE_NODATA, true },
	{ "wild", RRTYPE_TXT, ZONEFILE_NODATA, false },
	{ "sub", RRTYPE_DS, ZONEFILE_NODATA, false },
	{ "secure", RRTYPE_DS, ZONEFILE_ANSWER, false },
	{ "secure", RRTYPE_A, ZONEFILE_REFERRAL, false },
	{ "sub", RRTYPE_NS, ZONEFILE_REFERRAL, false },
	{ "ns.sub", RRTYPE_A, ZONEFILE_REFERRAL, false },
	{ "example.org.", RRTYPE_SOA, ZONEFILE_ANSWER, false },
	{ "example.org.", RRTYPE_MX, ZONEFILE_NODATA, false },
	{ "example.net.", RRTYPE_A, ZONEFILE_NOT_ZONE, false },
};

struct stage {
	char folder[64];
	struct bytes keys, file;
	struct name zone;
	struct zonefile_options o;
};

static void
stage_make(struct stage *s, const char *extra)
{
	struct bytes text = { 0 };
	struct fault why = { 0 };
	struct changes none = { 0 };
	struct zonefile_receipt receipt;

	*s = (struct stage){ .zone = help_name("example.org."), .folder = "/tmp/zonefile-view.XXXXXX" };
	if (mkdtemp(s->folder) == NULL)
		abort();
	bytes_printf(&s->keys, "%s/keys", s->folder);
	bytes_printf(&s->file, "%s/zone", s->folder);
	help_must(file_make_folder(bytes_text(&s->keys), &why), &why);
	help_must(sign_make_key(NULL, bytes_text(&s->keys), &s->zone, &why), &why);
	bytes_append_text(&text, zone_text);
	bytes_append_text(&text, extra);
	help_must(file_create(bytes_text(&s->file), &text, 0644, &why), &why);
	bytes_release(&text);
	s->o = (struct zonefile_options){ .file = bytes_text(&s->file), .zone = &s->zone,
		.sign_keys = bytes_text(&s->keys), .now = NOON };
	help_must(zonefile_apply(&receipt, &s->o, &none, &why), &why);
	tap_ok(receipt.signed_anew && !receipt.edited && receipt.state == ZONEFILE_LOADED,
	    "the zone is signed");
	zonefile_receipt_release(&receipt);
}

static void
empty_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.')
			(void)unlinkat(dirfd(dir), e->d_name, 0);
	if (dir != NULL)
		closedir(dir);
	(void)rmdir(path);
}

static void
stage_release(struct stage *s)
{
	empty_folder(bytes_text(&s->keys));
	empty_folder(s->folder);
	bytes_release(&s->keys);
	bytes_release(&s->file);
}

/* The set that is neither an RRSIG nor absent. */
static const struct rrset *
data_of(const struct recset *section)
{
	for (size_t i = 0; i < section->n; i++)
		if (section->v[i].type != RRTYPE_RRSIG)
			return &section->v[i];
	return NULL;
}

static void
judge_answer(const struct zonefile_answer *a, const struct rrset *keys, const char *what)
{
	const struct rrset *set = data_of(&a->answer);
	const struct rrset *sigs = set == NULL ? NULL :
	    recset_find(&a->answer, &set->owner, RRTYPE_RRSIG);
	struct verify_result r = { .outcome = VERIFY_MISSING };
	struct fault why = { 0 };

	if (sigs != NULL)
		help_must(verify_rrset(&r, set, sigs, keys, NOON, &why), &why);
	if (!tap_is_int(r.outcome, VERIFY_VALID, what))
		printf("# %s\n", r.reason);
	tap_ok(r.wildcard == a->wildcard, "a wildcard shows in the signature");
	tap_is_int(r.expiration, NOON + 14 * DAY, "it lives for fourteen days");
	if (sigs != NULL) {
		help_must(verify_rrset(&r, set, sigs, keys, NOON + 15 * DAY, &why), &why);
		tap_is_int(r.outcome, VERIFY_EXPIRED, "and no longer");
	}
	if (a->wildcard) {
		struct denial_proof proof;

		help_must(verify_rrset(&r, set, sigs, keys, NOON, &why), &why);
		help_must(denial_check_expansion(&proof, &set->owner, &r.wildcard_source,
		    &a->authority, keys, NOON, &why), &why);
		tap_is_int(proof.result.outcome, VERIFY_VALID, "the name itself is proven not to exist");
	}
}

static void
judge_denial(const struct zonefile_answer *a, const struct name *owner, uint16_t type,
    const struct rrset *keys, const char *what)
{
	struct denial_claim claim = { .owner = *owner, .type = type,
		.nxdomain = a->outcome == ZONEFILE_NXDOMAIN };
	struct denial_proof proof;
	struct fault why = { 0 };

	help_must(denial_check(&proof, &claim, &a->authority, keys, NOON, &why), &why);
	if (!tap_is_int(proof.result.outcome, VERIFY_VALID, what))
		printf("# %s\n", proof.result.reason);
	tap_ok(proof.wildcard == a->wildcard, "a wildcard without the type shows");
	tap_ok(!proof.opt_out, "no opt-out");
}

static void
test_answers(const char *extra)
{
	struct stage s;
	struct zonefile_view *view = NULL;
	struct zonefile_answer keys = { 0 };
	struct fault why = { 0 };

	stage_make(&s, extra);
	help_must(zonefile_view_make(&view, &s.o, &why), &why);
	tap_is_int(zonefile_view_serial(view), 7, "the serial");
	tap_is_int(zonefile_view_negative_ttl(view), 300, "the negative TTL");
	help_must(zonefile_view_answer(&keys, view, &s.zone, RRTYPE_DNSKEY, &why), &why);
	for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
		struct zonefile_answer a = { 0 };
		struct name owner;
		const struct rrset *dnskey = recset_find(&keys.answer, &s.zone, RRTYPE_DNSKEY);

		help_must(name_parse(&owner, questions[i].owner, &s.zone, &why), &why);
		help_must(zonefile_view_answer(&a, view, &owner, questions[i].type, &why), &why);
		tap_is_int(a.outcome, questions[i].outcome, questions[i].owner);
		tap_ok(a.wildcard == questions[i].wildcard, "a wildcard or not");
		if (a.outcome == ZONEFILE_ANSWER)
			judge_answer(&a, dnskey, questions[i].owner);
		else if (a.outcome == ZONEFILE_NODATA || a.outcome == ZONEFILE_NXDOMAIN)
			judge_denial(&a, &owner, questions[i].type, dnskey, questions[i].owner);
		zonefile_answer_release(&a);
	}
	zonefile_answer_release(&keys);
	zonefile_view_free(view);
	stage_release(&s);
}

/* The DS that is printed leads to the DNSKEY set. */
static void
test_anchor(void)
{
	struct stage s;
	struct sign_keys *keys;
	struct zonefile_view *view;
	struct zonefile_answer a;
	struct bytes text = { 0 }, rdata = { 0 };
	struct rrset ds;
	struct verify_result r;
	struct fault why = { 0 };
	bool matched = false;
	const char *fields;

	stage_make(&s, "");
	help_must(sign_keys_read(&keys, bytes_text(&s.keys), &s.zone, NOON, &why), &why);
	help_must(sign_keys_print_ds(&text, keys, 60, &why), &why);
	fields = strstr(bytes_text(&text), " DS ");
	tap_ok(fields != NULL && strncmp(bytes_text(&text), "example.org. 60 IN DS ", 22) == 0,
	    "a DS record is printed");
	text.data[text.len - 1] = '\0';	/* the line end */
	ds = rrset_make(&s.zone, RRTYPE_DS, 60);
	help_must(wire_parse_rdata(&rdata, RRTYPE_DS, fields == NULL ? "" : fields + 4, NULL, &why), &why);
	help_must(rrset_add(&ds, rdata.data, rdata.len, &why), &why);
	help_must(zonefile_view_make(&view, &s.o, &why), &why);
	help_must(zonefile_view_answer(&a, view, &s.zone, RRTYPE_DNSKEY, &why), &why);
	help_must(verify_keys(&r, &matched, &a.answer.v[0], &a.answer.v[1], &ds, NOON, &why), &why);
	tap_is_int(r.outcome, VERIFY_VALID, "it is a trust anchor of the signed file");
	tap_ok(matched, "by a key in it");
	rrset_release(&ds);
	bytes_release(&rdata);
	bytes_release(&text);
	zonefile_answer_release(&a);
	zonefile_view_free(view);
	sign_keys_free(keys);
	stage_release(&s);
}

static void
test_faults(void)
{
	struct stage s;
	struct zonefile_view *view;
	struct recset sets, places = { 0 };
	struct name mx = help_name("mx.example.org."), nope = help_name("nope.example.org.");
	struct fault why = { 0 };
	uint32_t serial;

	stage_make(&s, "");
	s.o.file = "/nonexistent/zone";
	tap_is_int(zonefile_view_make(&view, &s.o, &why), ZP_EABSENT, "no file to look into");
	tap_ok(view == NULL, "no view");
	tap_is_int(zonefile_read(&sets, &serial, &s.o, NULL, &why), ZP_EABSENT, "no file to read");
	s.o.file = bytes_text(&s.file);
	help_must(recset_add(&places, &mx, RRTYPE_A, 0, "", 0, &why), &why);
	help_must(recset_add(&places, &nope, RRTYPE_A, 0, "", 0, &why), &why);
	help_must(zonefile_read(&sets, &serial, &s.o, &places, &why), &why);
	tap_ok(sets.n == 1 && sets.v[0].ttl == 3600 && serial == 7 && name_equal(&sets.v[0].owner, &mx),
	    "a place that is free yields no set");
	recset_release(&sets);
	recset_release(&places);
	stage_release(&s);
}

int
main(void)
{
	test_answers("");
	test_answers("@ NSEC3PARAM 1 0 0 -\n");
	test_answers("@ NSEC3PARAM 1 0 7 c0ffee\n");
	test_anchor();
	test_faults();
	return tap_done();
}
