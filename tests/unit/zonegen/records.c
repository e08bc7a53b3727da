/* SPDX-License-Identifier: BSD-2-Clause */
/* What the generators make, and the pieces they share. */
#include "config.h"

#include <stdlib.h>

#include "tests/unit/tap.h"
#include "zonegen/dkim.h"
#include "zonegen/dmarc.h"
#include "zonegen/mtasts.h"
#include "zonegen/report_uri.h"
#include "zonegen/srv.h"
#include "zonegen/taglist.h"
#include "zonegen/tlsrpt.h"
#include "zonegen/txt.h"

static struct name
name_of(const char *text)
{
	struct name n;

	if (name_parse(&n, text, NULL, NULL) != ZP_OK)
		abort();
	return n;
}

/* The words of a text; the caller releases them. */
static struct strlist
list_of(const char *words)
{
	struct strlist l = { 0 };
	char word[64];

	for (const char *at = words; taglist_next_item(&at, ' ', word, sizeof word); )
		if (strlist_add(&l, word, NULL) != ZP_OK)
			abort();
	return l;
}

static void
test_txt(void)
{
	static const size_t lengths[] = { 0, 1, 254, 255, 256, 510, 511, 4000 };
	struct bytes text = { 0 }, rdata = { 0 }, again = { 0 };
	struct fault why = { 0 };

	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		size_t len = lengths[i], strings = len == 0 ? 1 : (len + 254) / 255;

		bytes_clear(&text);
		bytes_clear(&rdata);
		bytes_clear(&again);
		for (size_t k = 0; k < len; k++)
			bytes_append_u8(&text, (uint8_t)(k * 7));
		tap_is_int(txt_append(&rdata, text.data, text.len, &why), ZP_OK, "a text becomes rdata");
		tap_is_int(rdata.len, len + strings, "in as few strings as can be");
		tap_is_int(txt_join(&again, rdata.data, rdata.len, &why), ZP_OK, "which are joined");
		tap_ok(again.len == len && (len == 0 || memcmp(again.data, text.data, len) == 0),
		    "to the same %zu octets", len);
	}
	bytes_clear(&text);
	for (size_t k = 0; k < 65535; k++)
		bytes_append_u8(&text, 'x');
	tap_is_int(txt_append(&rdata, text.data, text.len, &why), ZP_EUSAGE, "too much is refused");
	tap_is_int(txt_join(&again, "\005abc", 4, &why), ZP_EUSAGE, "a string past the end is refused");
	bytes_release(&text);
	bytes_release(&rdata);
	bytes_release(&again);
}

static void
test_taglist(void)
{
	struct taglist l;
	struct fault why = { 0 };
	char word[8];
	const char *at = " a :b:: long-word-here";

	if (taglist_parse(&l, " v = 1 ;; x ; p=a=b ;\t", false, &why) != ZP_OK)
		abort();
	tap_is_int(l.n, 4, "four pieces");
	tap_is(l.v[0].name, "v", "a name without blanks");
	tap_is(l.v[0].value, "1", "a value without blanks");
	tap_ok(l.v[0].spaced && !l.v[3].spaced, "blanks around the equals sign are seen");
	tap_ok(!l.v[1].has_equals && l.v[1].name[0] == '\0', "an empty piece");
	tap_ok(!l.v[2].has_equals && strcmp(l.v[2].name, "x") == 0, "a piece without equals sign");
	tap_is(taglist_peek(&l, "p"), "a=b", "the first equals sign divides");
	tap_ok(taglist_peek(&l, "x") == NULL && taglist_peek(&l, "V") == NULL, "what is not there");
	tap_ok(l.ends_in_semicolon, "the last semicolon is seen");
	taglist_release(&l);
	if (taglist_parse(&l, "a=1; b=2; a=3", false, &why) != ZP_OK)
		abort();
	tap_ok(taglist_is_repeated(&l, 2) && !taglist_is_repeated(&l, 1), "a repeated tag");
	taglist_release(&l);

	tap_ok(taglist_next_item(&at, ':', word, sizeof word) && strcmp(word, "a") == 0, "an item");
	tap_ok(taglist_next_item(&at, ':', word, sizeof word) && strcmp(word, "b") == 0, "another");
	tap_ok(taglist_next_item(&at, ':', word, sizeof word) && word[0] == '\0', "an empty one");
	tap_ok(taglist_next_item(&at, ':', word, sizeof word) && strcmp(word, "long-wo") == 0,
	    "one that is cut");
	tap_ok(!taglist_next_item(&at, ':', word, sizeof word), "and no more");
}

static void
test_report_uri(void)
{
	static const struct {
		const char *text;
		int class;
		enum report_scheme scheme;
		const char *host;
	} rows[] = {
		{ "mailto:a@Example.com", ZP_OK, REPORT_MAILTO, "example.com." },
		{ "MAILTO:a+b=c@example.com?subject=x", ZP_OK, REPORT_MAILTO, "example.com." },
		{ "mailto:a@example.com!10m", ZP_OK, REPORT_MAILTO, "example.com." },
		{ "https://example.com", ZP_OK, REPORT_HTTPS, "example.com." },
		{ "https://example.com:8443/a?b#c", ZP_OK, REPORT_HTTPS, "example.com." },
		{ "https://192.0.2.1/r", ZP_OK, REPORT_HTTPS, "" },
		{ "https://[2001:db8::1]/r", ZP_OK, REPORT_HTTPS, "" },
		{ "https://[2001:db8::1]:8443", ZP_OK, REPORT_HTTPS, "" },
		{ "https://[2001:db8::1]x/", ZP_EUSAGE, REPORT_HTTPS, "" },
		{ "https://[2001:db8::g]/", ZP_EUSAGE, REPORT_HTTPS, "" },
		{ "https://[192.0.2.1]/", ZP_EUSAGE, REPORT_HTTPS, "" },
		{ "https://[2001:db8::1/", ZP_EUSAGE, REPORT_HTTPS, "" },
		{ "ftp://example.com/", ZP_OK, REPORT_OTHER, "" },
		{ "a@example.com", ZP_EUSAGE, REPORT_OTHER, "" },
		{ "mailto:", ZP_EUSAGE, REPORT_OTHER, "" },
		{ "mailto:@example.com", ZP_EUSAGE, REPORT_MAILTO, "" },
		{ "mailto:a@b@example.com", ZP_EUSAGE, REPORT_MAILTO, "" },
		{ "mailto:a@.", ZP_EUSAGE, REPORT_MAILTO, "" },
		{ "mailto:a,b@example.com", ZP_EUSAGE, REPORT_OTHER, "" },
		{ "mailto:a!b@example.com", ZP_EUSAGE, REPORT_OTHER, "" },
		{ "mailto:a;b@example.com", ZP_EUSAGE, REPORT_OTHER, "" },
		{ "mailto:a b@example.com", ZP_EUSAGE, REPORT_OTHER, "" },
		{ "mailto:\xc3\xa4@example.com", ZP_EUSAGE, REPORT_OTHER, "" },
		{ "https:example.com", ZP_EUSAGE, REPORT_HTTPS, "" },
		{ "", ZP_EUSAGE, REPORT_OTHER, "" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct report_uri uri;
		struct fault why = { 0 };
		char host[NAME_TEXT_MAX];

		tap_is_int(report_uri_parse(&uri, rows[i].text, &why), rows[i].class, rows[i].text);
		if (rows[i].class != ZP_OK) {
			tap_ok(why.text[0] != '\0', "the message says why");
			continue;
		}
		tap_is_int(uri.scheme, rows[i].scheme, "its scheme");
		tap_is(name_print(host, &uri.host), rows[i].host, "its host");
		tap_ok(uri.has_size == (strchr(rows[i].text, '!') != NULL), "a size is seen");
	}
}

static void
test_dkim(void)
{
	static const struct {
		const char *selector;
		int class;
	} rows[] = {
		{ "s1", ZP_OK }, { "a.b", ZP_OK }, { "S-1", ZP_OK }, { "", ZP_EUSAGE }, { ".", ZP_EUSAGE },
		{ "@", ZP_EUSAGE }, { "a.", ZP_EUSAGE }, { "a..b", ZP_EUSAGE }, { "a b", ZP_EUSAGE },
		{ "a\\.b", ZP_EUSAGE }, { "*", ZP_EUSAGE },
	};
	const struct dkim_request revoked = { .revoke = true, .note = " a;b=\r\n\x80 " };
	const struct dkim_request nothing = { .revoke = false };
	struct name domain = name_of("example.com."), owner;
	struct bytes text = { 0 };
	struct fault why = { 0 };
	char buf[NAME_TEXT_MAX];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		tap_is_int(dkim_owner(&owner, rows[i].selector, &domain, &why), rows[i].class,
		    "a selector is checked");
	tap_is_int(dkim_owner(&owner, "s1", &domain, &why), ZP_OK, "an owner is made");
	tap_is(name_print(buf, &owner), "s1._domainkey.example.com.", "with the label between");
	tap_is_int(dkim_print(&text, &revoked, &why), ZP_OK, "a revoked key needs none");
	tap_is(bytes_text(&text), "v=DKIM1; n==20a=3Bb=3D=0D=0A=80=20; p=", "a note is quoted");
	tap_is_int(dkim_print(&text, &nothing, &why), ZP_EUSAGE, "another key is wanted");
	bytes_release(&text);
}

static void
test_dmarc(void)
{
	struct strlist rua = list_of("mailto:a@example.com mailto:b@sub.example.com"
	    " mailto:c@example.org mailto:d@example.org https://example.net/x"
	    " https://192.0.2.1/ https://[2001:db8::1]/");
	const struct dmarc_request request = { .policy = "none", .rua = &rua, .testing = "y" };
	const struct dmarc_request bad = { .policy = "none", .fo = "1; t=y" };
	struct name domain = name_of("example.com.");
	struct recset records = { 0 };
	struct bytes text = { 0 };
	struct fault why = { 0 };
	char buf[NAME_TEXT_MAX];

	tap_is_int(dmarc_print(&text, &request, &why), ZP_OK, "a policy is printed");
	tap_is(bytes_text(&text), "v=DMARC1; p=none; rua=mailto:a@example.com,mailto:b@sub.example.com,"
	    "mailto:c@example.org,mailto:d@example.org,https://example.net/x,"
	    "https://192.0.2.1/,https://[2001:db8::1]/; t=y", "with its tags");
	bytes_clear(&text);
	tap_is_int(dmarc_print(&text, &bad, &why), ZP_EUSAGE, "a value cannot bring in another tag");
	tap_is_int(dmarc_authorise(&records, &domain, &request, 60, &why), ZP_OK,
	    "other domains are asked to agree");
	tap_is_int(records.n, 2, "once each; an address has no domain that could");
	tap_is(name_print(buf, &records.v[0].owner), "example.com._report._dmarc.example.org.",
	    "at the name that receivers look up");
	recset_release(&records);
	bytes_release(&text);
	strlist_release(&rua);
}

static void
test_mtasts(void)
{
	struct strlist lists[] = {
		list_of("mx2.example.com *.MAIL.example.com. mx1.example.com"),
		list_of("MX1.example.com *.mail.example.com mx2.example.com. mx1.example.com"),
		list_of("mx2.example.com mx1.example.com")
	};
	struct bytes policy[3] = { { 0 }, { 0 }, { 0 } }, record[3] = { { 0 }, { 0 }, { 0 } };
	struct mtasts_policy p = { .mode = "enforce", .max_age = 86400 };
	struct name host = name_of("a.mail.example.com."), deep = name_of("a.b.mail.example.com.");
	struct fault why = { 0 };

	for (size_t i = 0; i < 3; i++) {
		p.mx = &lists[i];
		if (mtasts_print_policy(&policy[i], &p, &why) != ZP_OK ||
		    mtasts_print_record(&record[i], &policy[i], &why) != ZP_OK)
			abort();
	}
	tap_is(bytes_text(&policy[0]), "version: STSv1\r\nmode: enforce\r\nmx: *.mail.example.com\r\n"
	    "mx: mx1.example.com\r\nmx: mx2.example.com\r\nmax_age: 86400\r\n", "a policy is printed");
	tap_is(bytes_text(&policy[1]), bytes_text(&policy[0]), "one that means the same is the same");
	tap_is(bytes_text(&record[1]), bytes_text(&record[0]), "and has the same id");
	tap_ok(strcmp(bytes_text(&record[2]), bytes_text(&record[0])) != 0, "another has another id");
	tap_ok(mtasts_covers("*.mail.example.com", &host) && mtasts_covers("a.mail.example.com", &host),
	    "a host is covered");
	tap_ok(!mtasts_covers("*.mail.example.com", &deep) && !mtasts_covers("mail.example.com", &host),
	    "a star stands for one label");
	p.mx = NULL;
	tap_is_int(mtasts_print_policy(&policy[0], &p, &why), ZP_EUSAGE, "no mx is refused");
	p.mode = "none";
	tap_is_int(mtasts_print_policy(&policy[0], &p, &why), ZP_OK, "unless the mode is none");
	p.max_age = MTASTS_AGE_MAX + 1;
	tap_is_int(mtasts_print_policy(&policy[0], &p, &why), ZP_EUSAGE, "more than a year is refused");
	for (size_t i = 0; i < 3; i++) {
		bytes_release(&policy[i]);
		bytes_release(&record[i]);
		strlist_release(&lists[i]);
	}
}

static void
test_tlsrpt(void)
{
	struct strlist two = list_of("mailto:a@example.com https://example.com/r");
	struct strlist three = list_of("mailto:a@example.com ftp://example.com/"), none = { 0 };
	struct bytes text = { 0 };
	struct fault why = { 0 };

	tap_is_int(tlsrpt_print(&text, &two, &why), ZP_OK, "a record is printed");
	tap_is(bytes_text(&text), "v=TLSRPTv1; rua=mailto:a@example.com,https://example.com/r",
	    "with its addresses");
	tap_is_int(tlsrpt_print(&text, &three, &why), ZP_EUSAGE, "ftp is refused");
	tap_is_int(tlsrpt_print(&text, &none, &why), ZP_EUSAGE, "no address is refused");
	bytes_release(&text);
	strlist_release(&two);
	strlist_release(&three);
}

static void
test_srv(void)
{
	static const struct {
		unsigned service;
		const char *target;
		unsigned rank;
		const char *rdata;	/* "": refused */
	} rows[] = {
		{ 0, "m.example", 0, "0000000101d1016d076578616d706c6500" },
		{ 1, "m.example.", 1, "000b0001024b016d076578616d706c6500" },
		{ 2, "m.example:1993", 0, "0000000107c9016d076578616d706c6500" },
		{ 4, ".", 0, "00000000000000" },
		{ 0, "", 0, "" }, { 0, "m.example:0", 0, "" }, { 0, "m.example:65536", 0, "" },
		{ 0, "m.example:", 0, "" }, { 0, ".:25", 0, "" }, { 0, "a b", 0, "" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct bytes rdata = { 0 }, hex = { 0 };
		struct fault why = { 0 };
		int class = srv_make(&rdata, &srv_services[rows[i].service], rows[i].target,
		    rows[i].rank, &why);

		tap_is_int(class, rows[i].rdata[0] == '\0' ? ZP_EUSAGE : ZP_OK, rows[i].target);
		if (class == ZP_OK) {
			bytes_append_hex(&hex, rdata.data, rdata.len);
			tap_is(bytes_text(&hex), rows[i].rdata, "priority, weight, port and host");
		}
		bytes_release(&rdata);
		bytes_release(&hex);
	}
}

int
main(void)
{
	test_txt();
	test_taglist();
	test_report_uri();
	test_dkim();
	test_dmarc();
	test_mtasts();
	test_tlsrpt();
	test_srv();
	return tap_done();
}
