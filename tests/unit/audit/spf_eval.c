/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "audit/spf_eval.h"
#include "audit/spf_eval_macro.h"
#include "tests/unit/audit/spf_stage.h"
#include "tests/unit/tap.h"

static const struct stage_row rows[] = {
	{ "plain.example", "TXT", "\"some other text\"" },
	{ "plain.example", "TXT", "\"v=spf1 ip4:192.0.2.0/28 \" \"ip6:2001:db8::/33 -all "
	    "exp=why.example\"" },
	{ "why.example", "TXT", "\"%{i} may not send for %{o} \" \"(%{c}, %{t}, %{R})\"" },
	{ "joined.example", "TXT", "\"v=spf1\" \"-all\"" },
	{ "two.example", "TXT", "\"v=spf1 -all\"" },
	{ "two.example", "TXT", "\"V=SPF1 +all\"" },
	{ "down.example", "FAIL", "" },
	{ "nomem.example", "NOMEM", "" },
	{ "inc.example", "TXT", "\"v=spf1 ?include:plain.example include:soft.example -all\"" },
	{ "soft.example", "TXT", "\"v=spf1 ~all\"" },
	{ "incdown.example", "TXT", "\"v=spf1 include:down.example +all\"" },
	{ "incnone.example", "TXT", "\"v=spf1 include:none.example +all\"" },
	{ "early.example", "TXT", "\"v=spf1 ip4:192.0.2.1 include:down.example -all\"" },
	{ "redir.example", "TXT", "\"v=spf1 exp=nowhy.example redirect=%{d2}.to.example\"" },
	{ "redir.example.to.example", "TXT", "\"v=spf1 a -all exp=why2.example\"" },
	{ "redir.example.to.example", "A", "192.0.2.77" },
	{ "nowhy.example", "TXT", "\"wrong\"" },
	{ "why2.example", "TXT", "\"right: %{d}\"" },
	{ "redirnone.example", "TXT", "\"v=spf1 redirect=none.example\"" },
	{ "loop.example", "TXT", "\"v=spf1 include:loop.example\"" },
	{ "void2.example", "TXT", "\"v=spf1 a:n1.example mx:n2.example -all exp=n3.example\"" },
	{ "void3.example", "TXT", "\"v=spf1 a:n1.example mx:n2.example exists:n3.example -all\"" },
	{ "ten.example", "TXT", "\"v=spf1 a a a a a a a a a a ip4:192.0.2.9 -all\"" },
	{ "ten.example", "A", "198.51.100.1" },
	{ "eleven.example", "TXT", "\"v=spf1 a a a a a a a a a a exists:ten.example -all\"" },
	{ "eleven.example", "A", "198.51.100.1" },
	{ "mx.example", "TXT", "\"v=spf1 mx/31//64 -all\"" },
	{ "mx.example", "MX", "10 h1.mx.example." },
	{ "mx.example", "MX", "20 h2.mx.example." },
	{ "h1.mx.example", "A", "192.0.2.10" },
	{ "h1.mx.example", "AAAA", "2001:db8:0:1::1" },
	{ "h2.mx.example", "A", "192.0.2.20" },
	{ "h2.mx.example", "AAAA", "2001:db8:0:2::1" },
	{ "null.example", "TXT", "\"v=spf1 mx -all\"" },
	{ "null.example", "MX", "0 ." },
	{ "mx11.example", "TXT", "\"v=spf1 mx +all\"" },
	{ "mx11.example", "MX", "1 a.mx11.example." }, { "mx11.example", "MX", "2 a.mx11.example." },
	{ "mx11.example", "MX", "3 a.mx11.example." }, { "mx11.example", "MX", "4 a.mx11.example." },
	{ "mx11.example", "MX", "5 a.mx11.example." }, { "mx11.example", "MX", "6 a.mx11.example." },
	{ "mx11.example", "MX", "7 a.mx11.example." }, { "mx11.example", "MX", "8 a.mx11.example." },
	{ "mx11.example", "MX", "9 a.mx11.example." }, { "mx11.example", "MX", "10 a.mx11.example." },
	{ "mx11.example", "MX", "11 a.mx11.example." }, { "a.mx11.example", "A", "192.0.2.1" },
	{ "ptr.example", "TXT", "\"v=spf1 ptr -all exp=ptrwhy.example\"" },
	{ "ptrwhy.example", "TXT", "\"%{p}\"" },
	{ "1.2.0.192.in-addr.arpa", "PTR", "host.ptr.example." },
	{ "1.2.0.192.in-addr.arpa", "PTR", "aaa.other.example." },
	{ "aaa.other.example", "A", "192.0.2.1" },
	{ "host.ptr.example", "A", "192.0.2.1" },
	{ "2.2.0.192.in-addr.arpa", "PTR", "host.ptr.example." },
	{ "3.2.0.192.in-addr.arpa", "PTR", "aaa.down.ptr.example." },
	{ "3.2.0.192.in-addr.arpa", "PTR", "up.ptr.example." },
	{ "aaa.down.ptr.example", "FAIL", "" },
	{ "up.ptr.example", "A", "192.0.2.3" },
	{ "4.2.0.192.in-addr.arpa", "FAIL", "" },
	{ "100.20.3.192.in-addr.arpa", "PTR", "digits.ptr.example." },
	{ "digits.ptr.example", "A", "192.3.20.100" },
	{ "6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "PTR",
	    "six.ptr.example." },
	{ "six.ptr.example", "AAAA", "2001:db8::6" },
	{ "exists.example", "TXT", "\"v=spf1 exists:%{l1r-}.%{ir}.e.exists.example -all\"" },
	{ "foo.1.2.0.192.e.exists.example", "A", "127.0.0.2" },
	{ "foo.6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.e.exists.example", "A",
	    "127.0.0.2" },
	{ "helo.example", "TXT", "\"v=spf1 exists:%{l}.%{h}.x.example -all\"" },
	{ "postmaster.helo.example.x.example", "A", "127.0.0.2" },
	{ "syntax.example", "TXT", "\"v=spf1 +all moo\"" },
	{ "badexp.example", "TXT", "\"v=spf1 -all exp=badtext.example\"" },
	{ "badtext.example", "TXT", "\"\\195\\169 %{d}\"" },
	{ "esc.example", "TXT", "\"v=spf1 -all exp=esctext.example\"" },
	{ "esctext.example", "TXT", "\"%{l}\"" },
	{ "dot.example", "TXT", "\"v=spf1 include:%{d}.dot.example. redirect=to.dot.example.\"" },
	{ "dot.example.dot.example", "TXT", "\"v=spf1 exists:%{o}.%{d3}.x.example -all\"" },
	{ "dot.example.example.dot.example.x.example", "A", "127.0.0.2" },
	{ "to.dot.example", "TXT", "\"v=spf1 -all exp=%{d1r}.w.example.\"" },
	{ "to.w.example", "TXT", "\"%{d}\"" },
	{ "none.example", "TXT", "\"v=spf2 all\"" },
	{ "long.example", "TXT", "\"v=spf1 exists:%{l}.long.example -all\"" },
};

static struct spf_verdict
check(struct stage *s, const char *ip, const char *sender, const char *helo)
{
	struct spf_dns dns = { .ask = stage_ask, .expect = stage_expect, .world = s };
	struct spf_query q = { .sender = sender, .helo = helo, .receiver = "rx.example", .now = 1234 };
	struct spf_verdict v = { 0 };
	struct fault why = { 0 };

	*s = (struct stage){ .rows = rows, .n = sizeof rows / sizeof rows[0] };
	if (spf_eval_parse_address(&q.client, ip, &why) != ZP_OK ||
	    spf_eval_check(&v, &q, &dns, &why) != ZP_OK)
		tap_ok(false, "the check of %s: %s", sender, why.text);
	return v;
}

static void
test_results(void)
{
	static const struct {
		const char *ip, *sender, *result, *mechanism, *explanation;
		unsigned lookups, voids;
	} cases[] = {
		{ "192.0.2.15", "a@plain.example", "pass", "ip4:192.0.2.0/28", NULL, 0, 0 },
		{ "::ffff:192.0.2.15", "a@plain.example", "pass", "ip4:192.0.2.0/28", NULL, 0, 0 },
		{ "192.0.2.16", "a@plain.example", "fail", "-all",
		    "192.0.2.16 may not send for plain.example (192.0.2.16, 1234, rx.example)", 0, 0 },
		{ "2001:db8:7fff::1", "a@plain.example", "pass", "ip6:2001:db8::/33", NULL, 0, 0 },
		{ "2001:db8:8000::1", "<a@PLAIN.example>", "fail", "-all",
		    "2.0.0.1.0.D.B.8.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1 may not send for "
		    "PLAIN.example (2001:db8:8000::1, 1234, rx.example)", 0, 0 },
		{ "192.0.2.1", "a@joined.example", "none", NULL, NULL, 0, 0 },
		{ "192.0.2.1", "a@nowhere.example", "none", NULL, NULL, 0, 0 },
		{ "192.0.2.1", "a@single", "none", NULL, NULL, 0, 0 },
		{ "192.0.2.1", "a@b..example", "none", NULL, NULL, 0, 0 },
		{ "192.0.2.1", "a@two.example", "permerror", NULL, NULL, 0, 0 },
		{ "192.0.2.1", "a@down.example", "temperror", NULL, NULL, 0, 0 },
		{ "192.0.2.1", "a@syntax.example", "permerror", NULL, NULL, 0, 0 },
		{ "192.0.2.1", "a@inc.example", "neutral", "?include:plain.example", NULL, 1, 0 },
		{ "192.0.2.99", "a@inc.example", "fail", "-all", NULL, 2, 0 },
		{ "192.0.2.1", "a@incdown.example", "temperror", NULL, NULL, 1, 0 },
		{ "192.0.2.1", "a@incnone.example", "permerror", NULL, NULL, 1, 0 },
		{ "192.0.2.1", "a@early.example", "pass", "ip4:192.0.2.1", NULL, 0, 0 },
		{ "192.0.2.77", "a@redir.example", "pass", "a", NULL, 2, 0 },
		{ "192.0.2.78", "a@redir.example", "fail", "-all", "right: redir.example.to.example", 2, 0 },
		{ "192.0.2.1", "a@redirnone.example", "permerror", NULL, NULL, 1, 0 },
		{ "192.0.2.1", "a@loop.example", "permerror", NULL, NULL, 10, 0 },
		{ "192.0.2.1", "a@void2.example", "fail", "-all", NULL, 2, 2 },
		{ "192.0.2.1", "a@void3.example", "permerror", NULL, NULL, 3, 3 },
		{ "192.0.2.9", "a@ten.example", "pass", "ip4:192.0.2.9", NULL, 10, 0 },
		{ "192.0.2.9", "a@eleven.example", "permerror", NULL, NULL, 10, 0 },
		{ "192.0.2.11", "a@mx.example", "pass", "mx/31//64", NULL, 1, 0 },
		{ "192.0.2.21", "a@mx.example", "pass", "mx/31//64", NULL, 1, 0 },
		{ "192.0.2.12", "a@mx.example", "fail", "-all", NULL, 1, 0 },
		{ "2001:db8:0:2:ffff::", "a@mx.example", "pass", "mx/31//64", NULL, 1, 0 },
		{ "192.0.2.1", "a@null.example", "fail", "-all", NULL, 1, 0 },
		{ "192.0.2.1", "a@mx11.example", "permerror", NULL, NULL, 1, 0 },
		{ "192.0.2.1", "a@ptr.example", "pass", "ptr", NULL, 1, 0 },
		{ "192.0.2.2", "a@ptr.example", "fail", "-all", "unknown", 1, 0 },
		{ "192.0.2.3", "a@ptr.example", "pass", "ptr", NULL, 1, 0 },
		{ "192.0.2.4", "a@ptr.example", "fail", "-all", "unknown", 1, 0 },
		{ "192.0.2.5", "a@ptr.example", "fail", "-all", "unknown", 1, 1 },
		{ "192.3.20.100", "a@ptr.example", "pass", "ptr", NULL, 1, 0 },
		{ "2001:db8::6", "a@ptr.example", "pass", "ptr", NULL, 1, 0 },
		{ "192.0.2.1", "foo-bar@exists.example", "pass", "exists:%{l1r-}.%{ir}.e.exists.example",
		    NULL, 1, 0 },
		{ "2001:db8::6", "foo-x@exists.example", "pass", "exists:%{l1r-}.%{ir}.e.exists.example",
		    NULL, 1, 0 },
		{ "192.0.2.1", "bar-foo@exists.example", "fail", "-all", NULL, 1, 1 },
		{ "192.0.2.1", "", "pass", "exists:%{l}.%{h}.x.example", NULL, 1, 0 },
		{ "192.0.2.1", "<>", "pass", "exists:%{l}.%{h}.x.example", NULL, 1, 0 },
		{ "192.0.2.1", "@helo.example", "pass", "exists:%{l}.%{h}.x.example", NULL, 1, 0 },
		{ "192.0.2.1", "a@dot.example.", "pass", "include:%{d}.dot.example.", NULL, 2, 0 },
		{ "192.0.2.1", "a@to.dot.example.", "fail", "-all", "to.dot.example", 0, 0 },
		{ "192.0.2.1", "a@badexp.example", "fail", "-all", NULL, 0, 0 },
		{ "192.0.2.1", "a@b@esc.example", "fail", "-all", "a@b", 0, 0 },
		{ "192.0.2.1", "\x1b[2J@esc.example", "fail", "-all", NULL, 0, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct stage s;
		struct spf_verdict v = check(&s, cases[i].ip, cases[i].sender, "helo.example");
		const char *mechanism = cases[i].mechanism == NULL ? "(none)" : cases[i].mechanism;
		const char *explanation = cases[i].explanation == NULL ? "(none)" : cases[i].explanation;

		printf("# %s from %s\n", cases[i].sender[0] == '\x1b' ? "(escape)" : cases[i].sender,
		    cases[i].ip);
		tap_is(spf_eval_print_result(v.result), cases[i].result, "the result");
		tap_is(v.mechanism == NULL ? "(none)" : v.mechanism, mechanism, "the mechanism");
		tap_is(v.explanation == NULL ? "(none)" : v.explanation, explanation, "the explanation");
		tap_is_int(v.lookups, cases[i].lookups, "terms that cost look-ups");
		tap_is_int(v.void_lookups, cases[i].voids, "void look-ups");
		tap_ok((v.reason != NULL) == (v.result == SPF_NONE || v.result == SPF_PERMERROR ||
		    v.result == SPF_TEMPERROR), "a reason where there is no verdict");
		spf_eval_release(&v);
	}
}

static void
test_laziness(void)
{
	struct stage s;
	struct spf_verdict v = check(&s, "192.0.2.1", "a@early.example", "h.example");

	tap_is_int(s.asked, 1, "nothing is asked behind the term that matches");
	spf_eval_release(&v);
	v = check(&s, "192.0.2.10", "a@mx.example", "h.example");
	tap_is_int(s.asked, 3, "nor behind the MX host that matches");
	tap_is_int(s.expected, 2, "though both hosts were announced");
	spf_eval_release(&v);
	v = check(&s, "192.0.2.1", "a@single", "h.example");
	tap_is_int(s.asked, 0, "nothing is asked for a domain of one label");
	spf_eval_release(&v);
}

static void
test_failure(void)
{
	struct stage s = { .rows = rows, .n = sizeof rows / sizeof rows[0] };
	struct spf_dns dns = { .ask = stage_ask, .world = &s };
	struct spf_query q = { .sender = "a@nomem.example", .helo = "" };
	struct spf_verdict v;
	struct fault why = { 0 };

	tap_is_int(spf_eval_check(&v, &q, &dns, &why), ZP_ELOCAL, "want of memory is no result");
	tap_ok(v.mechanism == NULL && v.reason == NULL, "and leaves nothing behind");
	tap_is_int(spf_eval_parse_address(&q.client, "192.0.2", &why), ZP_EUSAGE, "no address");
	tap_is_int(spf_eval_parse_address(&q.client, "fe80::1%eth0", &why), ZP_EUSAGE, "no scopes");
}

static void
test_shortening(void)
{
	char sender[384], expected[512];
	struct stage_row row = { expected, "A", "127.0.0.2" };
	struct stage_row own[2] = { { "long.example", "TXT",
	    "\"v=spf1 exists:%{l}.long.example -all\"" } };
	struct stage s = { .rows = own, .n = 2 };
	struct spf_dns dns = { .ask = stage_ask, .world = &s };
	struct spf_query q = { .sender = sender, .helo = "" };
	struct spf_verdict v;
	struct fault why = { 0 };

	/* 25 labels of ten octets with their dots: 250, and ".long.example" makes it 262 */
	sender[0] = '\0';
	for (int i = 0; i < 25; i++)
		(void)snprintf(sender + strlen(sender), 16, "%saaaaaaa%02d", i == 0 ? "" : ".", i);
	(void)snprintf(expected, sizeof expected, "%s.long.example", sender + 10);
	(void)snprintf(sender + strlen(sender), 16, "@long.example");
	own[1] = row;
	if (spf_eval_check(&v, &q, &dns, &why) != ZP_OK)
		tap_ok(false, "%s", why.text);
	tap_ok(v.result == SPF_PASS, "a domain over 253 octets loses labels on the left");
	spf_eval_release(&v);
}

/* The table of RFC 7208 7.4. */
static void
test_macros(void)
{
	static const struct {
		const char *text, *expansion;
	} cases[] = {
		{ "%{s}", "strong-bad@email.example.com" }, { "%{o}", "email.example.com" },
		{ "%{d}", "email.example.com" }, { "%{d4}", "email.example.com" },
		{ "%{d3}", "email.example.com" }, { "%{d2}", "example.com" }, { "%{d1}", "com" },
		{ "%{dr}", "com.example.email" }, { "%{d2r}", "example.email" }, { "%{l}", "strong-bad" },
		{ "%{l-}", "strong.bad" }, { "%{lr}", "strong-bad" }, { "%{lr-}", "bad.strong" },
		{ "%{l1r-}", "strong" }, { "%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com" },
		{ "%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com" },
		{ "%{lr-}.lp.%{ir}.%{v}._spf.%{d2}",
		    "bad.strong.lp.3.2.0.192.in-addr._spf.example.com" },
		{ "%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}",
		    "3.2.0.192.in-addr.strong.lp._spf.example.com" },
		{ "%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net" },
		{ "%{S}", "strong-bad%40email.example.com" }, { "%{h}/%{p}/%{r}/%{c}/%{t}",
		    "helo.example/unknown/rx.example/192.0.2.3/7" }, { "a%%b%_c%-d", "a%b c%20d" },
		{ "%{s1@}", NULL }, { "%{o+.}", "email.example.com" }, { "%{S2r-.}", "bad%40email.strong" },
	};
	struct spf_address client;
	struct spf_eval_values v = { "strong-bad@email.example.com", "strong-bad", "email.example.com",
		"email.example.com", "unknown", "helo.example", "rx.example", &client, 7 };
	struct fault why = { 0 };

	tap_is_int(spf_eval_parse_address(&client, "192.0.2.3", &why), ZP_OK, "the client of the table");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct bytes out = { 0 };
		int class = spf_eval_macro_expand(&out, cases[i].text, strlen(cases[i].text),
		    SPF_MACRO_IN_EXPLANATION, &v, &why);

		if (cases[i].expansion == NULL)
			tap_is_int(class, ZP_EUSAGE, cases[i].text);
		else
			tap_is(bytes_text(&out), cases[i].expansion, cases[i].text);
		bytes_release(&out);
	}
}

int
main(void)
{
	test_results();
	test_laziness();
	test_failure();
	test_shortening();
	test_macros();
	return tap_done();
}
