/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "live/dane.h"
#include "tests/unit/keys/keys_help.h"
#include "zonegen/tlsa.h"

enum { RECORDS_MAX = 4 };

/*
 * A record is written as "3 1 1", made from the chain in records_of; with a
 * '!' in front its last bit is wrong; with '^' it is of the second issuer;
 * "=" is literal text.
 */
static const struct row {
	const char *what;
	const char *chain;
	const char *records_of;
	const char *records[RECORDS_MAX];
	const char *host;
	const char *name;		/* one more reference name */
	const int64_t *at;
	const char *ca;
	uint16_t port;
	enum dane_verdict verdict;
	size_t record;
	size_t depth;
	const char *say;
} rows[] = {
	{ "3 1 1", "ec-chain.pem", "ec-chain.pem", { "3 1 1" }, "mx1.example.com", NULL, &data_now, NULL,
	    25, DANE_ACCEPTED, 0, 0, NULL },
	{ "3 0 2, lone leaf", "rsa.pem", "rsa-chain.pem", { "3 0 2" }, "mx1.example.com", NULL, &data_now,
	    NULL, 25, DANE_ACCEPTED, 0, 0, NULL },
	{ "3 1 0", "ed.pem", "ed-chain.pem", { "3 1 0" }, "mx1.example.com", NULL, &data_now, NULL, 465,
	    DANE_ACCEPTED, 0, 0, NULL },
	{ "usage 3 looks at no name", "ec-chain.pem", "ec-chain.pem", { "3 1 1" }, "other.example", NULL,
	    &data_now, NULL, 25, DANE_ACCEPTED, 0, 0, NULL },
	{ "usage 3 looks at no name off the mail ports", "ec-chain.pem", "ec-chain.pem", { "3 1 1" },
	    "other.example", NULL, &data_now, NULL, 443, DANE_ACCEPTED, 0, 0, NULL },
	{ "usage 3 looks at no date", "short-chain.pem", "short-chain.pem", { "3 1 1" },
	    "mx1.example.com", NULL, &data_now, NULL, 25, DANE_ACCEPTED, 0, 0, NULL },
	{ "2 1 1 of the issuer", "ec-chain.pem", "ec-chain.pem", { "2 1 1" }, "mx1.example.com", NULL,
	    &data_now, NULL, 25, DANE_ACCEPTED, 0, 1, NULL },
	{ "2 0 1 of the root", "ec-chain.pem", "ec-chain.pem", { "^2 0 1" }, "mx1.example.com", NULL,
	    &data_now, NULL, 25, DANE_ACCEPTED, 0, 2, NULL },
	{ "usage 2 looks at dates", "short-chain.pem", "short-chain.pem", { "2 1 1" }, "mx1.example.com",
	    NULL, &data_now, NULL, 25, DANE_REJECTED, 0, 0, "expired" },
	{ "usage 2 within the dates", "short-chain.pem", "short-chain.pem", { "2 1 1" },
	    "mx1.example.com", NULL, &data_march, NULL, 25, DANE_ACCEPTED, 0, 1, NULL },
	{ "usage 2 before the dates", "ec-chain.pem", "ec-chain.pem", { "2 1 1" }, "mx1.example.com",
	    NULL, &data_before, NULL, 25, DANE_REJECTED, 0, 0, "not yet valid" },
	{ "usage 2 looks at names", "ec-chain.pem", "ec-chain.pem", { "2 1 1" }, "other.example", NULL,
	    &data_now, NULL, 25, DANE_REJECTED, 0, 0, "does not name other.example" },
	{ "one more name is enough", "ec-chain.pem", "ec-chain.pem", { "2 1 1" }, "other.example",
	    "mx1.example.com", &data_now, NULL, 25, DANE_ACCEPTED, 0, 1, NULL },
	{ "a wildcard names one label", "ec-chain.pem", "ec-chain.pem", { "2 1 1" },
	    "a.wild.example.com", NULL, &data_now, NULL, 25, DANE_ACCEPTED, 0, 1, NULL },
	{ "a partial wildcard names nothing", "ec-chain.pem", "ec-chain.pem", { "2 1 1" },
	    "part1.part.example.com", NULL, &data_now, NULL, 443, DANE_REJECTED, 0, 0, "does not name" },
	{ "the anchor is not sent", "ec.pem", "ec-chain.pem", { "2 1 1" }, "mx1.example.com", NULL,
	    &data_now, NULL, 25, DANE_REJECTED, 0, 0, "none of the 1 usable" },
	{ "the anchor in full and sent", "ec-chain.pem", "ec-chain.pem", { "2 0 0" }, "mx1.example.com",
	    NULL, &data_now, NULL, 25, DANE_ACCEPTED, 0, 1, NULL },
	{ "a leaf is no anchor of itself", "ec-chain.pem", "ec-chain.pem", { "=2 1 1 leaf" },
	    "mx1.example.com", NULL, &data_now, NULL, 25, DANE_REJECTED, 0, 0, "none" },
	{ "another pair", "rsa-chain.pem", "ec-chain.pem", { "3 1 1", "3 0 1" }, "mx1.example.com", NULL,
	    &data_now, NULL, 25, DANE_REJECTED, 0, 0, "none of the 2 usable" },
	{ "one bit off", "ec-chain.pem", "ec-chain.pem", { "!3 1 1" }, "mx1.example.com", NULL, &data_now,
	    NULL, 25, DANE_REJECTED, 0, 0, "none" },
	{ "one match is enough", "ec-chain.pem", "ec-chain.pem", { "!3 1 1", "!2 0 1", "3 0 1" },
	    "mx1.example.com", NULL, &data_now, NULL, 25, DANE_ACCEPTED, 2, 0, NULL },
	{ "the stronger digest decides (RFC 7671 9)", "ec-chain.pem", "ec-chain.pem",
	    { "3 1 1", "!3 1 2" }, "mx1.example.com", NULL, &data_now, NULL, 25, DANE_REJECTED, 0, 0,
	    "none" },
	{ "of its own selector", "ec-chain.pem", "ec-chain.pem", { "3 1 1", "!3 0 2" },
	    "mx1.example.com", NULL, &data_now, NULL, 25, DANE_ACCEPTED, 0, 0, NULL },
	{ "usage 1 on port 25", "ec-chain.pem", "ec-chain.pem", { "1 1 1", "0 1 1" }, "mx1.example.com",
	    NULL, &data_now, "root.pem", 25, DANE_UNUSABLE, 0, 0, "no TLSA record is usable" },
	{ "usage 1 on port 465", "ec-chain.pem", "ec-chain.pem", { "1 1 1" }, "mx1.example.com", NULL,
	    &data_now, "root.pem", 465, DANE_UNUSABLE, 0, 0, "no TLSA record is usable" },
	{ "usage 1 elsewhere", "ec-chain.pem", "ec-chain.pem", { "1 1 1" }, "mx1.example.com", NULL,
	    &data_now, "root.pem", 443, DANE_ACCEPTED, 0, 0, NULL },
	{ "usage 0 elsewhere", "ec-live.pem", "ec-chain.pem", { "0 1 1" }, "mx1.example.com", NULL,
	    &data_now, "root.pem", 993, DANE_ACCEPTED, 0, 1, NULL },
	{ "an anchor that the trust store brings", "ec-live.pem", "ec-chain.pem", { "^2 1 1", "!1 1 1" },
	    "mx1.example.com", NULL, &data_now, "root.pem", 443, DANE_REJECTED, 0, 0, "none of the 2" },
	{ "usage 1 without trust", "ec-chain.pem", "ec-chain.pem", { "1 1 1" }, "mx1.example.com", NULL,
	    &data_now, "self.pem", 443, DANE_REJECTED, 0, 0, "depth" },
	{ "usage 1 looks at names", "ec-chain.pem", "ec-chain.pem", { "1 1 1" }, "other.example", NULL,
	    &data_now, "root.pem", 443, DANE_REJECTED, 0, 0, "does not name" },
	{ "a matching record beside usage 0", "ec-chain.pem", "ec-chain.pem", { "0 1 1", "3 1 1" },
	    "mx1.example.com", NULL, &data_now, NULL, 25, DANE_ACCEPTED, 1, 0, NULL },
	{ "no record", "ec-chain.pem", "ec-chain.pem", { NULL }, "mx1.example.com", NULL, &data_now, NULL,
	    25, DANE_UNUSABLE, 0, 0, "no TLSA record" },
	{ "malformed records", "ec-chain.pem", "ec-chain.pem", { "=3 1 1 abcd", "=3 9 1 abcd",
	    "=9 1 1 00", "=3 1 7 00" }, "mx1.example.com", NULL, &data_now, NULL, 25, DANE_UNUSABLE, 0, 0,
	    "no TLSA record is usable" },
	{ "a malformed record beside a good one", "ec-chain.pem", "ec-chain.pem",
	    { "=3 1 1 abcd", "3 1 1" }, "mx1.example.com", NULL, &data_now, NULL, 25, DANE_ACCEPTED, 1, 0,
	    NULL },
	{ "an issuer of the right name that did not sign", "forged-chain.pem", "forged-chain.pem",
	    { "=2 1 1 issuer" }, "mx1.example.com", NULL, &data_now, NULL, 25, DANE_REJECTED, 0, 0,
	    "signature" },
	{ "a self-signed leaf", "self.pem", "self.pem", { "3 1 1" }, "mx1.example.com", NULL, &data_now,
	    NULL, 25, DANE_ACCEPTED, 0, 0, NULL },
	{ "a chain out of order", "ec-unordered.pem", "ec-chain.pem", { "2 1 1" }, "mx1.example.com",
	    NULL, &data_now, NULL, 25, DANE_ACCEPTED, 0, 1, NULL },
};

/* Trust anchors that stand in the DNS in full and are not sent. */
static const struct {
	struct row row;
	bool strict;
	bool unsent;			/* accepted, and the anchor is only in the DNS */
} anchors[] = {
	{ { "the anchor is in the DNS in full, and is not sent", "ec.pem", "ec-chain.pem", { "2 0 0" },
	    "mx1.example.com", NULL, &data_now, NULL, 25, DANE_ACCEPTED, 0, 1, NULL }, false, true },
	{ { "the anchor's key likewise", "ec.pem", "ec-chain.pem", { "2 1 0" }, "mx1.example.com", NULL,
	    &data_now, NULL, 443, DANE_ACCEPTED, 0, 0, NULL }, false, true },
	{ { "the root's key, and the issuer is sent", "ec-live.pem", "ec-chain.pem", { "^2 1 0" },
	    "mx1.example.com", NULL, &data_now, NULL, 25, DANE_ACCEPTED, 0, 1, NULL }, false, true },
	{ { "dates count below an anchor that is not sent", "short-chain.pem", "ec-chain.pem",
	    { "^2 0 0" }, "mx1.example.com", NULL, &data_now, NULL, 25, DANE_REJECTED, 0, 0, "expired" },
	    false, false },
	{ { "strict: the anchor is not sent", "ec.pem", "ec-chain.pem", { "2 0 0" }, "mx1.example.com",
	    NULL, &data_now, NULL, 25, DANE_REJECTED, 0, 0, "not in the chain" }, true, false },
	{ { "strict: the anchor's key likewise", "ec.pem", "ec-chain.pem", { "2 1 0" }, "mx1.example.com",
	    NULL, &data_now, NULL, 443, DANE_REJECTED, 0, 0, "not in the chain" }, true, false },
	{ { "strict: beside a record that does not match", "ec.pem", "ec-chain.pem", { "2 0 0", "!3 1 1" },
	    "mx1.example.com", NULL, &data_now, NULL, 25, DANE_REJECTED, 0, 0, "not in the chain" },
	    true, false },
	{ { "strict: beside a record that matches", "ec.pem", "ec-chain.pem", { "2 0 0", "3 1 1" },
	    "mx1.example.com", NULL, &data_now, NULL, 25, DANE_ACCEPTED, 1, 0, NULL }, true, false },
	{ { "strict: beside a record that matches an expired chain", "short-chain.pem", "ec-chain.pem",
	    { "^2 0 0", "2 1 1" }, "mx1.example.com", NULL, &data_now, NULL, 25, DANE_REJECTED, 0, 0,
	    "expired" }, true, false },
	{ { "strict: sent", "ec-chain.pem", "ec-chain.pem", { "^2 0 0" }, "mx1.example.com", NULL,
	    &data_now, NULL, 25, DANE_ACCEPTED, 0, 2, NULL }, true, false },
	{ { "strict: junk is no anchor", "ec.pem", "ec-chain.pem", { "=2 0 0 abcd", "=2 1 0 abcd" },
	    "mx1.example.com", NULL, &data_now, NULL, 25, DANE_UNUSABLE, 0, 0, "no TLSA record is usable" },
	    true, false },
	{ { "junk is no anchor", "ec.pem", "ec-chain.pem", { "=2 0 0 abcd", "=2 1 0 abcd" },
	    "mx1.example.com", NULL, &data_now, NULL, 25, DANE_UNUSABLE, 0, 0,
	    "no TLSA record is usable" }, false, false },
};

static void
make_record(struct bytes *out, const char *text, const struct chain *of)
{
	const struct tlsa_source source = { of, NULL, text[0] == '^' ? 2 : 1 };
	struct tlsa_params p;
	struct fault why;
	int class;

	if (strcmp(text, "=2 1 1 leaf") == 0 || strcmp(text, "=2 1 1 issuer") == 0) {
		bytes_append(out, "\2\1\1", 3);
		bytes_append(out, of->v[text[7] == 'l' ? 0 : 1].key.sha256, DIGEST_SHA256);
		return;
	}
	if (text[0] == '=') {
		class = tlsa_parse(out, text + 1, &why);
	} else {
		class = tlsa_parse_params(&p, text + (text[0] < '0' || text[0] > '9'), &why);
		if (class == ZP_OK)
			class = tlsa_make(out, &p, &source, &why);
	}
	if (class != ZP_OK)
		tap_ok(false, "%s: %s", text, why.text);
	else if (text[0] == '!')
		out->data[out->len - 1] ^= 1;
}

static void
test_row(const struct row *r, bool strict, bool unsent)
{
	struct bytes made[RECORDS_MAX] = { { 0 } };
	struct rdata tlsa[RECORDS_MAX];
	struct chain chain, of;
	struct strlist names = { 0 };
	char ca[512];
	struct dane_question q = { .chain = &chain, .tlsa = tlsa, .host = r->host, .names = &names,
		.port = r->port, .at = *r->at, .strict = strict };
	struct dane_answer a;
	struct fault why = { 0 };

	data_chain(&chain, r->chain);
	data_chain(&of, r->records_of);
	if (r->ca != NULL)
		q.ca_file = data_path(ca, r->ca);
	if (r->name != NULL && strlist_add(&names, r->name, &why) != ZP_OK)
		return;
	for (size_t i = 0; i < RECORDS_MAX && r->records[i] != NULL; i++) {
		make_record(&made[i], r->records[i], &of);
		tlsa[q.tlsa_n++] = (struct rdata){ (uint16_t)made[i].len, made[i].data };
	}
	tap_ok(dane_judge(&a, &q, &why) == ZP_OK && a.verdict == r->verdict, "%s (%s%s)", r->what,
	    a.reason, why.text);
	if (r->verdict == DANE_ACCEPTED)
		tap_ok(a.record == r->record && a.depth == r->depth && a.is_unsent == unsent &&
		    a.reason[0] == '\0', "record %zu at depth %zu%s", a.record, a.depth,
		    a.is_unsent ? ", not sent" : "");
	else
		tap_ok(strstr(a.reason, r->say) != NULL, "for its reason: %s", a.reason);
	for (size_t i = 0; i < RECORDS_MAX; i++)
		bytes_release(&made[i]);
	strlist_release(&names);
	chain_release(&chain);
	chain_release(&of);
}

static void
test_failures(void)
{
	struct bytes made = { 0 };
	struct chain chain, none = { 0 };
	struct dane_question q = { .chain = &none, .host = "mx1.example.com", .port = 443,
		.at = data_now, .ca_file = "/nonexistent" };
	struct rdata tlsa;
	struct dane_answer a;
	struct fault why;

	tap_is_int(dane_judge(&a, &q, &why), ZP_EUSAGE, "no certificate at all");
	data_chain(&chain, "ec-chain.pem");
	make_record(&made, "1 1 1", &chain);
	tlsa = (struct rdata){ (uint16_t)made.len, made.data };
	q.chain = &chain;
	q.tlsa = &tlsa;
	q.tlsa_n = 1;
	tap_is_int(dane_judge(&a, &q, &why), ZP_EUSAGE, "a trust store that is not there");
	tap_ok(strstr(why.text, "/nonexistent") != NULL, "is named: %s", why.text);
	q.port = 25;
	tap_ok(dane_judge(&a, &q, &why) == ZP_OK, "and is not read where nothing needs it");
	bytes_clear(&made);
	make_record(&made, "3 1 1", &chain);
	tlsa = (struct rdata){ (uint16_t)made.len, made.data };
	q.host = "mx1.example.com.";
	tap_ok(dane_judge(&a, &q, &why) == ZP_OK && a.verdict == DANE_ACCEPTED, "a final dot is welcome");
	q.host = "";
	tap_is_int(dane_judge(&a, &q, &why), ZP_EUSAGE, "no host");
	bytes_release(&made);
	chain_release(&chain);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		test_row(&rows[i], false, false);
	for (size_t i = 0; i < sizeof anchors / sizeof anchors[0]; i++)
		test_row(&anchors[i].row, anchors[i].strict, anchors[i].unsent);
	test_failures();
	return tap_done();
}
