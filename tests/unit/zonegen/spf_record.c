/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tests/unit/tap.h"
#include "zonegen/spf_macro.h"
#include "zonegen/spf_record.h"

static void
test_version(void)
{
	tap_ok(spf_record_is_one("v=spf1", 6), "the version alone is a record");
	tap_ok(spf_record_is_one("V=SpF1 -all", 11), "in any case");
	tap_ok(!spf_record_is_one("v=spf10 -all", 12), "another version is none");
	tap_ok(!spf_record_is_one("v=spf1\t-all", 11), "a tab does not end the version");
	tap_ok(!spf_record_is_one("v=spf1", 5), "nor does the length cut it short");
	tap_ok(!spf_record_is_one(" v=spf1", 7), "nothing stands before it");
}

static void
test_terms(void)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{ "all", true }, { "-ALL", true }, { "~aLl", true }, { "?all", true },
		{ "all.", false }, { "all:x.example", false }, { "all/8", false }, { "--all", false },
		{ "*all", false }, { "", false }, { "+", false }, { "moo", false },
		{ "include:a.example", true }, { "include", false }, { "include:", false },
		{ "include:a.example/24", false }, { "include=a.example", true },
		{ "a", true }, { "a:a.example", true }, { "a/24", true }, { "a//64", true },
		{ "a/0//0", true }, { "a:a.example/32//128", true }, { "a:", false }, { "a:/24", false },
		{ "a/33", false }, { "a//129", false }, { "a/24/64", false }, { "a/024", false },
		{ "a/", false }, { "a//", false }, { "a/24//", false }, { "a/-1", false },
		{ "a/2147483680", false }, { "a:museum", false }, { "a:museum.", false },
		{ "a:a.example.", true }, { "a:a.example..", false }, { "a:1.2.3.4", false },
		{ "a:a.-b", false }, { "a:a.b-", false }, { "a:a.xn--zckzah", true },
		{ "a:a.1-2", true }, { "a:a.b_c", false }, { "a:a.example:25", false },
		{ "a:b:c/d.example", true }, { "a:%{d}", true }, { "a:%{d}.", false },
		{ "a:x%{d}", true }, { "a:%{d}x", false }, { "a:a%%", true }, { "a:%{d}/24//64", true },
		{ "a:%{d2r.-+,/_=}", true }, { "a:%{d0}", false }, { "a:%{d99999999999999999999}", true },
		{ "a:%{dr2}", false }, { "a:%{a}", false }, { "a:%{}", false }, { "a:%{d", false },
		{ "a:%{d!}", false }, { "a:%(d).example", false }, { "a:%", false }, { "a:%{c}", false },
		{ "a:%{R}", false }, { "a:%{t}", false }, { "a:\x80.example", false },
		{ "a:\x01.example", false }, { "mx", true }, { "mx:a.example/8//9", true }, { "mx/99", false },
		{ "ptr", true }, { "ptr:a.example", true }, { "ptr/0", false }, { "ptr:", false },
		{ "ip4:192.0.2.1", true }, { "ip4:192.0.2.0/24", true }, { "ip4:192.0.2.0/0", true },
		{ "ip4:192.0.2.0/33", false }, { "ip4:192.0.2", false }, { "ip4:192.0.2.256", false },
		{ "ip4:192.0.2.01", false }, { "ip4:192.0.2.1//32", false }, { "ip4", false },
		{ "ip4:", false }, { "ip4:2001:db8::1", false }, { "ip4:192.0.2.1/", false },
		{ "ip4:192.0.2.1/00", false }, { "ip4:192.0.2.1:25", false },
		{ "ip6:2001:db8::1", true }, { "ip6:2001:DB8::/32", true }, { "ip6:::/0", true },
		{ "ip6:::ffff:192.0.2.1/128", true }, { "ip6:2001:db8::1/129", false },
		{ "ip6:192.0.2.1", false }, { "ip6:::1//33", false }, { "ip6::1::2", false },
		{ "exists:%{ir}.%{v}.a.example", true }, { "exists", false }, { "exists:", false },
		{ "exists:a.example/8", false }, { "redirect=a.example", true }, { "redirect:a.example", false },
		{ "redirect=", false }, { "-redirect=a.example", false }, { "redirect=a.example/24", false },
		{ "exp=a.example", true }, { "exp=", false }, { "exp=%{r}.example", false },
		{ "x=", true }, { "moo.cow-far_out=man:dog/cat", true }, { "x=%{c}%{r}%{t}", true },
		{ "x=%abc", false }, { "1x=y", false }, { "=y", false }, { "moo/cow=man", false },
		{ "v=spf1", true },
	};
	struct spf_term t;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fault why = { 0 };
		int class = spf_record_parse_term(&t, rows[i].text, strlen(rows[i].text), &why);

		tap_ok(class == (rows[i].good ? ZP_OK : ZP_EUSAGE) && (rows[i].good || why.text[0] != '\0'),
		    "'%s' is %s", rows[i].text, rows[i].good ? "a term" : "refused with a sentence");
	}
	tap_is_int(spf_record_parse_term(&t, "moo", 3, NULL), ZP_EUSAGE, "nobody need listen to the reason");
}

static void
test_values(void)
{
	static const char text[] = "v=spf1  ?a:b.example/24//64 IP6:2001:db8::/33 exp=e.example x=y "
	    "redirect=%{d2} ";
	struct spf_record r;
	struct fault why = { 0 };

	tap_is_int(spf_record_parse(&r, text, sizeof text - 1, &why), ZP_OK, "a record is parsed");
	tap_is_int(r.n, 5, "into its terms");
	tap_ok(r.v[0].kind == SPF_A && r.v[0].qualifier == '?' && r.v[0].cidr4 == 24 &&
	    r.v[0].cidr6 == 64 && r.v[0].target_len == 9 && memcmp(r.v[0].target, "b.example", 9) == 0,
	    "a mechanism with qualifier, domain and both prefix lengths");
	tap_ok(r.v[1].kind == SPF_IP6 && r.v[1].qualifier == '+' && r.v[1].cidr6 == 33 &&
	    r.v[1].address[0] == 0x20 && r.v[1].address[3] == 0xb8, "an address");
	tap_ok(r.exp == &r.v[2] && r.redirect == &r.v[4] && r.redirect->qualifier == '\0',
	    "both modifiers are found");
	tap_ok(r.v[3].kind == SPF_UNKNOWN && r.v[3].target_len == 1, "an unknown modifier");
	spf_record_release(&r);
	tap_ok(r.v == NULL && r.n == 0, "releasing empties");

	tap_is_int(spf_record_parse(&r, "v=spf1 exp=a.example exp=a.example", 34, &why), ZP_EUSAGE,
	    "exp stands once");
	tap_is_int(spf_record_parse(&r, "v=spf1 redirect=a.example -all redirect=a.example", 49, &why),
	    ZP_EUSAGE, "redirect stands once");
	tap_is_int(spf_record_parse(&r, "v=spf1 a:b.example\0 -all", 24, &why), ZP_EUSAGE,
	    "a NUL is an octet like others");
	tap_is_int(spf_record_parse(&r, "v=spf1 a\tmx", 11, &why), ZP_EUSAGE, "a tab separates nothing");
	tap_ok(strchr(why.text, '\t') == NULL, "and is not repeated in the message");
	tap_is_int(spf_record_parse(&r, "v=spf1", 6, &why), ZP_OK, "a record without terms");
	tap_is_int(r.n, 0, "has none");
	spf_record_release(&r);
	tap_ok(spf_record_costs_lookup(SPF_REDIRECT) && spf_record_costs_lookup(SPF_PTR) &&
	    !spf_record_costs_lookup(SPF_EXP) && !spf_record_costs_lookup(SPF_IP4),
	    "the terms that cost a look-up");
}

static void
test_macros(void)
{
	static const char text[] = "a%{L12r-+}%_";
	const char *at = text, *end = text + sizeof text - 1;
	struct spf_macro m;
	struct fault why = { 0 };

	tap_ok(spf_macro_next(&m, &at, end, SPF_MACRO_IN_DOMAIN, &why) == ZP_OK && m.literal_len == 1 &&
	    !m.was_percent, "a literal");
	tap_ok(spf_macro_next(&m, &at, end, SPF_MACRO_IN_DOMAIN, &why) == ZP_OK && m.literal == NULL &&
	    m.letter == 'l' && m.escape && m.keep == 12 && m.reverse && m.delimiters_len == 2,
	    "a macro with all its parts");
	tap_ok(spf_macro_next(&m, &at, end, SPF_MACRO_IN_DOMAIN, &why) == ZP_OK && m.was_percent &&
	    m.literal_len == 1 && m.literal[0] == ' ' && at == end, "a space by its name");
	tap_ok(spf_macro_uses("x%{P}", 5, 'p') && !spf_macro_uses("%%{p}", 5, 'p') &&
	    !spf_macro_uses("p%{d}", 5, 'p'), "the use of a letter is found");
	tap_is_int(spf_macro_check("a b", 3, SPF_MACRO_IN_MODIFIER, &why), ZP_EUSAGE,
	    "a modifier holds no space");
	tap_is_int(spf_macro_check("a b %{c}", 8, SPF_MACRO_IN_EXPLANATION, &why), ZP_OK,
	    "an explanation does");
}

int
main(void)
{
	test_version();
	test_terms();
	test_values();
	test_macros();
	return tap_done();
}
