/* SPDX-License-Identifier: BSD-2-Clause */
/* The editor of master files: which octets change, and which never do. */
#include "config.h"

#include "publish/zonefile_edit.h"
#include "tests/unit/publish/zonefile_help.h"
#include "tests/unit/tap.h"

enum { NOON = 1795348800 };	/* 2026-11-22T12:00:00Z */

static const struct zonefile_serial_rule rule = { .now = NOON };

#define SOA "@ IN SOA ns hostmaster 7 3600 900 604800 300\n"
#define SOA_AFTER "@ IN SOA ns hostmaster 8 3600 900 604800 300\n"
#define NS "\tNS ns\nns\tA 192.0.2.1\n"

struct row {
	const char *what;
	const char *before;
	const char *changes;
	const char *after;	/* NULL: as before */
};

static const struct row rows[] = {
	{ "a first record goes to the end",
	    "$TTL 1h\n" SOA NS "; the end\n",
	    "+ _25._tcp.mx.example.org. 3600 TLSA 3 1 1 00",
	    "$TTL 1h\n" SOA_AFTER NS "; the end\n"
	    "_25._tcp.mx.example.org.\t3600\tIN\tTLSA\t3 1 1 00\n" },
	{ "a missing last line end is put there",
	    "$TTL 1h\n" SOA NS "; the end",
	    "+ a.example.org. 60 TXT \"x\"\n+ b.example.org. 60 TXT \"y\"",
	    "$TTL 1h\n" SOA_AFTER NS "; the end\n"
	    "a.example.org.\t60\tIN\tTXT\t\"x\"\nb.example.org.\t60\tIN\tTXT\t\"y\"\n" },
	{ "the second stands behind the first, comments and blank lines stay",
	    "; head\n\n$TTL 300 ; five\n" SOA NS "\n; keys\nw 60 IN TLSA 3 1 1 aa ; old\n\nz A 192.0.2.3 ; z\n",
	    "= w.example.org. 60 TLSA 3 1 1 aa\n+ w.example.org. 60 TLSA 3 1 1 bb",
	    "; head\n\n$TTL 300 ; five\n" SOA_AFTER NS "\n; keys\nw 60 IN TLSA 3 1 1 aa ; old\n"
	    "w.example.org.\t60\tIN\tTLSA\t3 1 1 bb\n\nz A 192.0.2.3 ; z\n" },
	{ "the old one goes with its line",
	    "$TTL 300\n" SOA NS "w 60 IN TLSA 3 1 1 aa ; old\nw 60 IN TLSA 3 1 1 bb ; new\nz A 192.0.2.3\n",
	    "- w.example.org. 60 TLSA 3 1 1 aa\n= w.example.org. 60 TLSA 3 1 1 bb",
	    "$TTL 300\n" SOA_AFTER NS "w 60 IN TLSA 3 1 1 bb ; new\nz A 192.0.2.3\n" },
	{ "a replaced record stands at the same place, the rest of the name behind the first set",
	    "$TTL 300\n" SOA NS "w 60 TLSA 3 1 1 aa\n  A 192.0.2.9\nz A 192.0.2.3\n",
	    "- w.example.org. 60 TLSA 3 1 1 aa\n+ w.example.org. 60 TLSA 3 1 1 cc",
	    "$TTL 300\n" SOA_AFTER NS "w.example.org.\t60\tIN\tTLSA\t3 1 1 cc\n  A 192.0.2.9\nz A 192.0.2.3\n" },
	{ "the heir of a removed owner is given the name",
	    "$TTL 300\n" SOA NS "w\t60 TLSA 3 1 1 aa\n\t\t; between\n\t\tA 192.0.2.9\n\t\tAAAA 2001:db8::1\nz A 192.0.2.3\n",
	    "- w.example.org. 60 TLSA 3 1 1 aa",
	    "$TTL 300\n" SOA_AFTER NS "\t\t; between\nw.example.org.\t\tA 192.0.2.9\n\t\tAAAA 2001:db8::1\nz A 192.0.2.3\n" },
	{ "over spaces, so that columns stay",
	    "$TTL 300\n" SOA NS "w               TLSA 3 1 1 aa\n                 A 192.0.2.9\n",
	    "- w.example.org. 300 TLSA 3 1 1 aa",
	    "$TTL 300\n" SOA_AFTER NS "w.example.org.   A 192.0.2.9\n" },
	{ "an heir in the middle goes, the next still inherits",
	    "$TTL 300\n" SOA NS "w A 192.0.2.9\n  TXT \"go\"\n  AAAA 2001:db8::1\n",
	    "- w.example.org. 300 TXT \"go\"",
	    "$TTL 300\n" SOA_AFTER NS "w A 192.0.2.9\n  AAAA 2001:db8::1\n" },
	{ "class and TTL in any order, parentheses, comments inside",
	    "$TTL 300\n" SOA NS "w IN 60 TLSA ( 3 1 1 ; usage\n   aa\n   bb ) ; end\nw 60 IN TLSA (\n3 1 1\n cc )\nz A 192.0.2.3\n",
	    "- w.example.org. 60 TLSA 3 1 1 aabb\n= w.example.org. 60 TLSA 3 1 1 cc",
	    "$TTL 300\n" SOA_AFTER NS "w 60 IN TLSA (\n3 1 1\n cc )\nz A 192.0.2.3\n" },
	{ "another TTL changes one word",
	    "$TTL 300\n" SOA NS "w IN 1h TLSA ( 3 1 1 ; usage\n aa ) ; end\nw TLSA 3 1 1 bb\n",
	    "= w.example.org. 60 TLSA 3 1 1 aa\n= w.example.org. 60 TLSA 3 1 1 bb",
	    "$TTL 300\n" SOA_AFTER NS "w IN 60 TLSA ( 3 1 1 ; usage\n aa ) ; end\nw 60 TLSA 3 1 1 bb\n" },
	{ "another $ORIGIN at the place",
	    "$TTL 300\n" SOA NS "$ORIGIN sub.example.org.\nw TXT \"a\"\n$ORIGIN example.org.\n",
	    "= w.sub.example.org. 300 TXT \"a\"\n+ w.sub.example.org. 300 TXT \"b\"",
	    "$TTL 300\n" SOA_AFTER NS "$ORIGIN sub.example.org.\nw TXT \"a\"\n"
	    "w.sub.example.org.\t300\tIN\tTXT\t\"b\"\n$ORIGIN example.org.\n" },
	{ "CR LF stays, and new lines have it too",
	    "$TTL 300\r\n@ SOA ns h 7 1 1 1 1\r\n NS ns\r\nns A 192.0.2.1\r\nw TXT \"a\"\r\n",
	    "= w.example.org. 300 TXT \"a\"\n+ w.example.org. 300 TXT \"b\"",
	    "$TTL 300\r\n@ SOA ns h 8 1 1 1 1\r\n NS ns\r\nns A 192.0.2.1\r\nw TXT \"a\"\r\n"
	    "w.example.org.\t300\tIN\tTXT\t\"b\"\r\n" },
	{ "without $TTL the next record keeps the TTL that it inherited",
	    "@ 500 SOA ns h 7 1 1 1 1\n NS ns\nns A 192.0.2.1\nw 60 TXT \"a\"\nz A 192.0.2.3\n",
	    "- w.example.org. 60 TXT \"a\"",
	    "@ 500 SOA ns h 8 1 1 1 1\n NS ns\nns A 192.0.2.1\nz 60 A 192.0.2.3\n" },
	{ "and is not led astray by a new one",
	    "@ 500 SOA ns h 7 1 1 1 1\n NS ns\nns A 192.0.2.1\nw TXT \"a\"\nz A 192.0.2.3\n",
	    "= w.example.org. 500 TXT \"a\"\n+ w.example.org. 500 TXT \"b\"\n+ w.example.org. 60 A 192.0.2.77",
	    "@ 500 SOA ns h 8 1 1 1 1\n NS ns\nns A 192.0.2.1\nw TXT \"a\"\n"
	    "w.example.org.\t500\tIN\tTXT\t\"b\"\nw.example.org.\t60\tIN\tA\t192.0.2.77\nz 500 A 192.0.2.3\n" },
	{ "the serial in a many-lined SOA, digits only",
	    "$TTL 300\n@ IN SOA ns.example.org. host\\.master.example.org. (\n\t2026112203\t; serial\n\t3600 900 ; r\n\t604800\n\t300 )\n" NS,
	    "+ w.example.org. 60 TXT \"a;b\"",
	    "$TTL 300\n@ IN SOA ns.example.org. host\\.master.example.org. (\n\t2026112204\t; serial\n\t3600 900 ; r\n\t604800\n\t300 )\n" NS
	    "w.example.org.\t60\tIN\tTXT\t\"a;b\"\n" },
	{ "strings with all that has a meaning elsewhere",
	    "$TTL 300\n" SOA NS "w TXT \"a ; ( \\\" \\; \" \"$ORIGIN x\" ; c\n  TXT plain\\;text\n",
	    "- w.example.org. 300 TXT \"a ; ( \\\" ; \" \"$ORIGIN x\"\n= w.example.org. 300 TXT \"plain;text\"",
	    "$TTL 300\n" SOA_AFTER NS "w.example.org. TXT plain\\;text\n" },
	{ "two copies of one record go together",
	    "$TTL 300\n" SOA NS "w TXT a\nw TXT \"a\"\nz TXT b\n",
	    "- w.example.org. 300 TXT \"a\"",
	    "$TTL 300\n" SOA_AFTER NS "z TXT b\n" },
	{ "letters of any case are the same name",
	    "$TTL 300\n" SOA NS "W.Example.ORG. tXt a\n",
	    "- w.example.org. 300 TXT \"a\"",
	    "$TTL 300\n" SOA_AFTER NS },
	{ "what is there already changes nothing",
	    "$TTL 300\n" SOA NS "w TXT a\n",
	    "= w.example.org. 300 TXT \"a\"", NULL },
	{ "what is gone already changes nothing",
	    "$TTL 300\n" SOA NS,
	    "- w.example.org. 300 TXT \"a\"", NULL },
	{ "what came about meanwhile changes nothing",
	    "$TTL 300\n" SOA NS "w TXT a\n",
	    "+ w.example.org. 300 TXT \"a\"", NULL },
	{ "the last line goes and a new one comes",
	    "$TTL 300\n" SOA NS "w TXT a",
	    "- w.example.org. 300 TXT \"a\"\n+ x.example.org. 300 TXT \"a\"",
	    "$TTL 300\n" SOA_AFTER NS "x.example.org.\t300\tIN\tTXT\t\"a\"\n" },
	{ "neighbours go and come",
	    "$TTL 300\n" SOA NS "a TXT a\nb TXT b\nc TXT c\n",
	    "- a.example.org. 300 TXT \"a\"\n+ a.example.org. 300 TXT \"A\"\n- b.example.org. 300 TXT \"b\"\n"
	    "+ b.example.org. 300 TXT \"B\"",
	    "$TTL 300\n" SOA_AFTER NS "a.example.org.\t300\tIN\tTXT\t\"A\"\nb.example.org.\t300\tIN\tTXT\t\"B\"\nc TXT c\n" },
	{ "types without a name, and those with names inside",
	    "$TTL 300\n" SOA NS "w TYPE65400 \\# 2 abcd\n  MX 10 mx\n",
	    "- w.example.org. 300 TYPE65400 \\# 2 abcd\n= w.example.org. 300 MX 10 mx.example.org.\n"
	    "+ w.example.org. 300 MX 20 mx2.example.org.",
	    "$TTL 300\n" SOA_AFTER NS "w.example.org. MX 10 mx\nw.example.org.\t300\tIN\tMX\t20 mx2.example.org.\n" },
	{ "a CNAME takes the place of addresses",
	    "$TTL 300\n" SOA NS "w A 192.0.2.5\n",
	    "- w.example.org. 300 A 192.0.2.5\n+ w.example.org. 60 CNAME z.example.org.",
	    "$TTL 300\n" SOA_AFTER NS "w.example.org.\t60\tIN\tCNAME\tz.example.org.\n" },
	{ "a $GENERATE line of other names is left alone",
	    "$TTL 300\n" SOA NS "$GENERATE 1-3 h$ A 192.0.2.$ ; hosts\nw TXT a\n",
	    "- w.example.org. 300 TXT \"a\"",
	    "$TTL 300\n" SOA_AFTER NS "$GENERATE 1-3 h$ A 192.0.2.$ ; hosts\n" },
	{ "the delegation itself can be edited",
	    "$TTL 300\n" SOA NS "sub NS ns.sub\nns.sub A 192.0.2.8\n",
	    "+ sub.example.org. 300 DS 1 13 2 00",
	    "$TTL 300\n" SOA_AFTER NS "sub NS ns.sub\nsub.example.org.\t300\tIN\tDS\t1 13 2 00\nns.sub A 192.0.2.8\n" },
};

static void
test_rows(void)
{
	struct name zone = help_name("example.org.");

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *sources[] = { "zone", rows[i].before, NULL };
		struct zonefile_text instead = help_sources(sources), text, after;
		struct changes c = help_changes(rows[i].changes);
		struct fault why = { 0 };
		bool edited = false;
		int rc = zonefile_text_read(&text, "zone", &zone, &instead, &why);

		if (rc == ZP_OK)
			rc = zonefile_edit(&after, &edited, &text, &c, &rule, &why);
		if (!tap_ok(rc == ZP_OK, "%s: it is done", rows[i].what))
			printf("# %s\n", why.text);
		if (rc == ZP_OK) {
			tap_is(bytes_text(&after.sources[0].content),
			    rows[i].after == NULL ? rows[i].before : rows[i].after, rows[i].what);
			tap_ok(edited == (rows[i].after != NULL), "and it is said whether it changed");
			zonefile_text_release(&after);
		}
		zonefile_text_release(&text);
		zonefile_text_release(&instead);
		changes_release(&c);
	}
}

/* Texts and changes that are turned down, with a word of the reason. */
static const struct {
	const char *before;
	const char *changes;
	int class;
	const char *reason;
} refusals[] = {
	{ "$TTL 1\n" SOA NS "w TXT b\n", "- w.example.org. 1 TXT \"a\"", ZP_ESTALE, "zone:5: w.example.org. TXT was changed" },
	{ "$TTL 1\n" SOA NS, "- w.example.org. 1 TXT \"a\"\n+ w.example.org. 1 TXT \"b\"", ZP_ESTALE, "zone: w.example.org. TXT was changed" },
	{ "$TTL 1\n" SOA NS "w TXT b\n", "+ w.example.org. 1 TXT \"a\"", ZP_ESTALE, "was changed" },
	{ "$TTL 1\n" SOA NS "$GENERATE 1-3 h$ A 192.0.2.$\n", "- h2.example.org. 1 A 192.0.2.2", ZP_EREFUSED, "zone:5: h2.example.org. A comes from a $GENERATE" },
	{ "$TTL 1\n" SOA NS "sub NS ns.sub\nns.sub A 192.0.2.3\n", "+ x.sub.example.org. 1 TXT \"a\"", ZP_EREFUSED, "delegated away at sub.example.org." },
	{ "$TTL 1\n" SOA NS "sub NS ns.sub\nns.sub A 192.0.2.3\n", "+ sub.example.org. 1 TXT \"a\"", ZP_EREFUSED, "delegated away" },
	{ "$TTL 1\n" SOA NS "w A 192.0.2.2\n", "+ w.example.org. 1 CNAME x.example.org.", ZP_EREFUSED, "has a CNAME beside other records" },
	{ "$TTL 1\n" SOA NS "w CNAME x\n", "+ w.example.org. 1 A 192.0.2.2", ZP_EREFUSED, "has a CNAME beside other records" },
	{ "$TTL 1\n" SOA NS, "+ w.example.net. 1 A 192.0.2.2", ZP_EREFUSED, "outside the zone" },
	{ "$TTL 1\n" SOA NS, "+ example.org. 1 SOA a. b. 1 1 1 1 1", ZP_EREFUSED, "cannot be changed" },
	{ "$TTL 1\n" NS, "+ w.example.org. 1 A 192.0.2.2", ZP_EUSAGE, "zone:2: a record without an owner" },
	{ "$TTL 1\n@" NS, "+ w.example.org. 1 A 192.0.2.2", ZP_EUSAGE, "no SOA record" },
	{ "$TTL 1\n" SOA NS SOA "@ SOA a. b. 1 1 1 1 2\n", "", ZP_EUSAGE, "second SOA" },
	{ "$TTL 1\n" SOA NS "w SOA a. b. 1 1 1 1 2\n", "", ZP_EUSAGE, "zone:5: w.example.org. has an SOA" },
	{ "$TTL 1\n" SOA NS "w.example.com. A 192.0.2.1\n", "", ZP_EUSAGE, "zone:5: w.example.com. lies outside" },
	{ "$TTL 1\n" SOA NS "w CNAME a\nw CNAME b\n", "", ZP_EUSAGE, "two CNAME" },
	{ "$TTL 1\n" SOA NS "w A 192.0.2\n", "", ZP_EUSAGE, "zone:5: " },
	{ "$TTL 1\n" SOA NS "w FOO bar\n", "", ZP_EUSAGE, "zone:5: " },
	{ "$TTL 1\n" SOA NS "w CH TXT a\n", "", ZP_EUSAGE, "zone:5: only class IN" },
	{ "$TTL 1\n" SOA NS "w TXT \"a\n", "", ZP_EUSAGE, "zone:5: a quoted string" },
	{ "$TTL 1\n" SOA NS "w TXT ( a\n\n", "", ZP_EUSAGE, "zone:5: a parenthesis that is never closed" },
	{ "$TTL 1\n" SOA NS "w TXT a )\n", "", ZP_EUSAGE, "zone:5: a closing parenthesis" },
	{ "$TTL 1\n" SOA NS "$FOO a\n", "", ZP_EUSAGE, "zone:5: an unknown $ directive" },
	{ "$TTL 1\n" SOA NS "$INCLUDE /nonexistent/x\n", "", ZP_EUSAGE, "zone:5: the included file /nonexistent/x does not exist" },
	{ "$TTL 1\n" SOA NS "$INCLUDE zone\n", "", ZP_EUSAGE, "too deeply" },
	{ "@ A 192.0.2.1\n" SOA, "", ZP_EUSAGE, "zone:1: no TTL is known" },
	{ "$TTL 1\n" SOA "$GENERATE 1-3 h$ A 192.0.2.1\n  A 192.0.2.3\n", "", ZP_EUSAGE, "zone:4: a record without an owner" },
	{ "$TTL 1\n" SOA "$GENERATE 3-1 h$ A 192.0.2.1\n", "", ZP_EUSAGE, "zone:3: $GENERATE" },
	{ "$TTL 1\n" SOA "$GENERATE 1-3 h$ FOO 192.0.2.1\n", "", ZP_EUSAGE, "zone:3: $GENERATE: " },
	{ "@ 5 SOA a. b. 1 1 1 1 1\nw 60 TXT a\n$GENERATE 1-3 h$ A 192.0.2.$\n", "- w.example.org. 60 TXT \"a\"",
	  ZP_EREFUSED, "zone:3: this $GENERATE line takes its TTL from a record that changes" },
	{ "", "", ZP_EUSAGE, "no SOA record" },
};

static void
test_refusals(void)
{
	struct name zone = help_name("example.org.");

	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		const char *sources[] = { "zone", refusals[i].before, NULL };
		struct zonefile_text instead = help_sources(sources), text, after = { 0 };
		struct changes c = help_changes(refusals[i].changes);
		struct fault why = { 0 };
		bool edited;
		int rc = zonefile_text_read(&text, "zone", &zone, &instead, &why);

		if (rc == ZP_OK)
			rc = zonefile_edit(&after, &edited, &text, &c, &rule, &why);
		tap_is_int(rc, refusals[i].class, refusals[i].reason);
		if (!tap_ok(strstr(why.text, refusals[i].reason) != NULL, "it says '%s'",
		    refusals[i].reason))
			printf("# %s\n", why.text);
		tap_ok(after.n_sources == 0, "and nothing comes out");
		zonefile_text_release(&text);
		zonefile_text_release(&instead);
		changes_release(&c);
	}
}

static void
test_includes(void)
{
	static const char *const sources[] = {
		"d/zone", "$TTL 300\n" SOA NS "$INCLUDE \"keys.inc\" sub\n  TXT still-ns ; heir\n$INCLUDE /etc/x.inc\n",
		"d/keys.inc", "; keys\nw TXT a ; one\n  TXT b\n",
		"/etc/x.inc", "x.example.org. A 192.0.2.4", NULL };
	struct name zone = help_name("example.org.");
	struct zonefile_text instead = help_sources(sources), text, after = { 0 };
	struct changes c = help_changes("- w.sub.example.org. 300 TXT \"a\"\n"
	    "= w.sub.example.org. 300 TXT \"b\"\n+ w.sub.example.org. 300 TXT \"c\"\n"
	    "= ns.example.org. 300 TXT \"still-ns\"\n+ ns.example.org. 300 TXT \"more\"\n"
	    "+ x.example.org. 300 TXT \"x\"");
	struct fault why = { 0 };
	bool edited = false;

	help_must(zonefile_text_read(&text, "d/zone", &zone, &instead, &why), &why);
	tap_is_int(zonefile_edit(&after, &edited, &text, &c, &rule, &why), ZP_OK,
	    "records in included files are edited");
	tap_is(why.text, "", "without a fault");
	tap_is(bytes_text(&after.sources[0].content), "$TTL 300\n" SOA_AFTER NS
	    "$INCLUDE \"keys.inc\" sub\n  TXT still-ns ; heir\n"
	    "ns.example.org.\t300\tIN\tTXT\t\"more\"\n$INCLUDE /etc/x.inc\n"
	    "x.example.org.\t300\tIN\tTXT\t\"x\"\n", "the main file has the serial");
	tap_is(bytes_text(&after.sources[1].content), "; keys\nw.sub.example.org. TXT b\n"
	    "w.sub.example.org.\t300\tIN\tTXT\t\"c\"\n", "the record is edited where it stands");
	tap_is(bytes_text(&after.sources[2].content), sources[5],
	    "a new set does not go into an included file");
	zonefile_text_release(&text);
	zonefile_text_release(&instead);
	zonefile_text_release(&after);
	changes_release(&c);
}

static void
test_repeated_include(void)
{
	static const char *const sources[] = {
		"zone", "$TTL 300\n" SOA NS "$INCLUDE k a\n$INCLUDE k b\n", "k", "w TXT a\n", NULL };
	struct name zone = help_name("example.org.");
	struct zonefile_text instead = help_sources(sources), text, after = { 0 };
	struct changes c = help_changes("- w.a.example.org. 300 TXT \"a\"");
	struct fault why = { 0 };
	bool edited = false;

	help_must(zonefile_text_read(&text, "zone", &zone, &instead, &why), &why);
	tap_is_int(zonefile_edit(&after, &edited, &text, &c, &rule, &why), ZP_EREFUSED,
	    "a file that is included twice is not edited");
	tap_ok(strstr(why.text, "k is included more than once") != NULL, "and the reason is given");
	zonefile_text_release(&text);
	zonefile_text_release(&instead);
	changes_release(&c);
}

static void
test_serial(void)
{
	static const struct {
		uint32_t old, next;
	} serials[] = {
		{ 1, 2 }, { 0, 1 }, { 41, 42 }, { UINT32_MAX, 1 }, { 0x7fffffff, 0x80000000 },
		{ 2026112100, 2026112200 }, { 2026112199, 2026112200 }, { 2026112200, 2026112201 },
		{ 2026112299, 2026112300 }, { 2026112305, 2026112306 }, { 2026113199, 2026113200 },
		{ 2027010100, 2027010101 }, { 1999123199, 2026112200 },
		{ 1700000000, NOON }, { NOON, NOON + 1 }, { NOON - 1, NOON }, { NOON + 500, NOON + 501 },
		{ 4000000000, 4000000001 }, { 999999999, 1000000000 },
	};

	for (size_t i = 0; i < sizeof serials / sizeof serials[0]; i++) {
		uint32_t next = zonefile_serial_next(serials[i].old, NOON);

		tap_is_int(next, serials[i].next, "the next serial");
		tap_ok(zonefile_serial_is_higher(next, serials[i].old), "is higher than %u",
		    (unsigned)serials[i].old);
	}
	tap_ok(!zonefile_serial_is_higher(5, 5), "a serial is not higher than itself");
	tap_ok(zonefile_serial_is_higher(3, UINT32_MAX - 3), "3 comes after 2^32 - 4");
	tap_ok(!zonefile_serial_is_higher(UINT32_MAX - 3, 3), "and not before");
}

static void
test_raise(void)
{
	const char *sources[] = { "zone", "$TTL 300\n" SOA NS, NULL };
	struct name zone = help_name("example.org.");
	struct zonefile_text instead = help_sources(sources), text, after = { 0 };
	struct changes none = { 0 };
	struct zonefile_serial_rule raise = { .raise = true, .now = NOON };
	struct fault why = { 0 };
	bool edited = false;

	help_must(zonefile_text_read(&text, "zone", &zone, &instead, &why), &why);
	help_must(zonefile_edit(&after, &edited, &text, &none, &raise, &why), &why);
	tap_is(bytes_text(&after.sources[0].content), "$TTL 300\n" SOA_AFTER NS,
	    "the serial alone is raised when that is asked for");
	tap_is_int(after.serial, 8, "and known");
	zonefile_text_release(&after);
	raise = (struct zonefile_serial_rule){ .raise = true, .has_above = true, .above = 99, .now = NOON };
	help_must(zonefile_edit(&after, &edited, &text, &none, &raise, &why), &why);
	tap_is_int(after.serial, 100, "above one that was given out elsewhere");
	zonefile_text_release(&text);
	zonefile_text_release(&instead);
	zonefile_text_release(&after);
}

int
main(void)
{
	test_rows();
	test_refusals();
	test_includes();
	test_repeated_include();
	test_serial();
	test_raise();
	return tap_done();
}
