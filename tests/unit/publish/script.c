/* SPDX-License-Identifier: BSD-2-Clause */
/* The script language of nsupdate: statements, records, what is refused and how. */
#include "config.h"

#include <stdlib.h>

#include "publish/script.h"
#include "publish/script_print.h"
#include "publish/split.h"
#include "tests/unit/tap.h"

static struct script script;
static struct fault why;

/* Read one line; its step, or -1. */
static int
line(const char *text)
{
	char buffer[4096];
	enum script_step step;

	(void)snprintf(buffer, sizeof buffer, "%s", text);
	why = (struct fault){ 0 };
	return script_read(&step, &script, buffer, &why) == ZP_OK ? (int)step : -1;
}

static void
start(void)
{
	script_release(&script);
	script = (struct script){ .default_port = 53, .default_hmac = "hmac-md5" };
}

/* The records of the message, a line each. */
static const char *
gathered(void)
{
	static struct bytes text;
	const char *at;

	bytes_clear(&text);
	script.message.opcode = OPCODE_UPDATE;
	if (script_print_message(&text, "", &script.message, &why) != ZP_OK)
		return "";
	at = strstr(bytes_text(&text), "SECTION:\n");
	return at != NULL ? at + 9 : "";
}

static void
test_statements(void)
{
	char text[NAME_TEXT_MAX];

	start();
	tap_is_int(line(""), SCRIPT_SEND, "an empty line sends");
	tap_is_int(line(" \t "), SCRIPT_SEND, "so does one of blanks");
	tap_is_int(line("send"), SCRIPT_SEND, "and send");
	tap_is_int(line("; add nonsense"), SCRIPT_NEXT, "a comment");
	tap_is_int(line("QUIT now"), SCRIPT_QUIT, "words in any case");
	tap_is_int(line("server ns1.example.net 5353"), SCRIPT_SERVER, "server");
	tap_is(bytes_text(&script.server), "ns1.example.net", "its name");
	tap_is_int(script.server_port, 5353, "its port");
	tap_is_int(line("server ns2.example.net"), SCRIPT_SERVER, "server without a port");
	tap_is_int(script.server_port, 53, "the default port");
	tap_is_int(line("server ns3 99999"), -1, "a port out of range");
	tap_is(bytes_text(&script.server), "ns2.example.net", "leaves the server as it was");
	tap_is_int(line("zone Example.COM"), SCRIPT_NEXT, "zone");
	tap_is(name_print(text, &script.zone), "example.com.", "is absolute");
	tap_is_int(line("zone a..b"), -1, "a bad zone");
	tap_is(name_print(text, &script.zone), "example.com.", "changes nothing");
	tap_is_int(line("local 192.0.2.1 4000"), SCRIPT_ROUTE, "local");
	tap_is_int(address_port(&script.local_v4), 4000, "with its port");
	tap_is_int(line("local host.example"), -1, "local takes addresses only");
	tap_is_int(line("local 192.0.2.1@53"), -1, "in nsupdate's way of writing");
	tap_is_int(line("class ANY"), -1, "no default class ANY");
	tap_is_int(line("nonsense"), -1, "an unknown word");
	tap_is(why.text, "incorrect section name: nonsense", "is named");
	tap_is_int(line("update remove x"), -1, "an unknown operation");
	tap_is(why.text, "incorrect operation code: remove", "is named");
	tap_is_int(line("prereq add x"), -1, "add is no prerequisite");
	tap_is_int(line("gsstsig"), SCRIPT_GSS, "gsstsig");
	script.local_only = true;
	tap_is_int(line("server x"), -1, "no server with -l");
	script.local_only = false;
}

static void
test_keys(void)
{
	start();
	tap_is_int(line("key hmac-sha256:k.example c2VjcmV0c2VjcmV0"), SCRIPT_ROUTE, "a key");
	tap_is_int(script.key.algorithm, TSIG_HMAC_SHA256, "its algorithm");
	tap_is_int((int64_t)script.key.secret.len, 12, "its secret");
	tap_is_int(line("key other c2Vj cmV0"), SCRIPT_ROUTE, "a secret in two words");
	tap_is_int(script.key.algorithm, TSIG_HMAC_MD5, "the default algorithm");
	tap_is_int(line("key bad TOPSECRET!"), -1, "bad base64");
	tap_ok(strstr(why.text, "TOPSECRET") == NULL, "no secret in the sentence");
	tap_is_int(line("key hmac-none:k AAAA"), -1, "an unknown algorithm");
	tap_is_int(script.key.algorithm, TSIG_HMAC_MD5, "the old key stays");
}

static void
test_ttls(void)
{
	start();
	tap_is_int(line("add a.example A 192.0.2.1"), -1, "no TTL");
	tap_is_int(line("ttl 1h"), -1, "no units");
	tap_is_int(line("ttl 2147483648"), -1, "too large");
	tap_is_int(line("ttl 600"), SCRIPT_NEXT, "a default TTL");
	tap_is_int(line("add a.example A 192.0.2.1"), SCRIPT_NEXT, "is used");
	tap_is_int(line("add a.example 30 A 192.0.2.2"), SCRIPT_NEXT, "unless one is given");
	tap_is(gathered(), "a.example.\t\t600\tIN\tA\t192.0.2.1\na.example.\t\t30\tIN\tA\t192.0.2.2\n\n\n",
	    "both");
	tap_is_int(line("ttl none"), SCRIPT_NEXT, "none again");
	tap_is_int(line("add a.example A 192.0.2.1"), -1, "no TTL again");
	tap_is_int((int64_t)script.message.section[SECTION_UPDATE].n, 2, "a refused line adds nothing");
}

/* A line and what it puts into the message; null: it is refused. */
static const struct {
	const char *line;
	const char *record;
} records[] = {
	{ "update add a.b. 5 IN A 192.0.2.1", "a.b.\t\t5\tIN\tA\t192.0.2.1" },
	{ "add a.b 5 in txt one \"two three\" ;x (y)", "a.b.\t\t5\tIN\tTXT\t\"one\" \"two three\" \";x\" \"(y)\"" },
	{ "add a.b 5 CAA 0 issue le.org;x=y", "a.b.\t\t5\tIN\tCAA\t0 issue \"le.org;x=y\"" },
	{ "add a.b 5 TYPE65300 \\# 2 abcd", "a.b.\t\t5\tIN\tTYPE65300\t\\# 2 abcd" },
	{ "add a.b 5 MX 10 c", "a.b.\t\t5\tIN\tMX\t10 c." },
	{ "add a.b 5 CH TXT x", "a.b.\t\t5\tCH\tTXT\t\"x\"" },
	{ "del a.b", "a.b.\t\t0\tANY\tANY\t" },
	{ "delete a.b ANY", "a.b.\t\t0\tANY\tANY\t" },
	{ "update del a.b IN", "a.b.\t\t0\tANY\tANY\t" },
	{ "update delete a.b 77 TXT", "a.b.\t\t0\tANY\tTXT\t" },
	{ "update delete a.b A 192.0.2.1", "a.b.\t\t0\tNONE\tA\t192.0.2.1" },
	{ "prereq nxdomain a.b and more", "a.b.\t\t0\tNONE\tANY\t" },
	{ "yxdomain a.b", "a.b.\t\t0\tANY\tANY\t" },
	{ "nxrrset a.b IN TXT", "a.b.\t\t0\tNONE\tTXT\t" },
	{ "prereq yxrrset a.b A", "a.b.\t\t0\tANY\tA\t" },
	{ "prereq yxrrset a.b A 192.0.2.1", "a.b.\t\t0\tIN\tA\t192.0.2.1" },
	{ "add", NULL },
	{ "add a.b", NULL },
	{ "add a.b 5", NULL },
	{ "add a.b 5 IN", NULL },
	{ "add a.b 5 A", NULL },
	{ "add a.b 5 A 192.0.2", NULL },
	{ "add a.b 5 A 192.0.2.1 ; x", NULL },
	{ "add a.b 5 NOSUCH x", NULL },
	{ "add a.b 5 ANY", NULL },
	{ "add a.b 5 TXT \"open", NULL },
	{ "del", NULL },
	{ "del a.b A 192.0.2", NULL },
	{ "del a.b ANY ANY", NULL },
	{ "nxrrset a.b", NULL },
	{ "yxrrset a.b NOSUCH", NULL },
	{ "add a_b.c 5 A 192.0.2.1", NULL },
	{ "add a.b 5 MX 10 c_d.e", NULL },
	{ "add a.b 5 NS c_d.e", NULL },
	{ "add 1.2.0.192.in-addr.arpa 5 PTR c_d.e", NULL },
	{ "add *.b 5 A 192.0.2.1", "*.b.\t\t5\tIN\tA\t192.0.2.1" },
	{ "add a_b.c 5 TXT x", "a_b.c.\t\t5\tIN\tTXT\t\"x\"" },
	{ "add a.b 5 PTR c_d.e", "a.b.\t\t5\tIN\tPTR\tc_d.e." },
	{ "del a_b.c A 192.0.2.1", "a_b.c.\t\t0\tNONE\tA\t192.0.2.1" },
};

static void
test_records(void)
{
	for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
		int step;
		char want[256];

		start();
		step = line(records[i].line);
		if (records[i].record == NULL) {
			tap_ok(step == -1 && why.text[0] != '\0', "refused: %s", records[i].line);
			tap_is(gathered(), "", "and nothing gathered");
			continue;
		}
		(void)snprintf(want, sizeof want, "%s\n\n\n", records[i].record);
		tap_is_int(step, SCRIPT_NEXT, records[i].line);
		tap_is(gathered(), want, "its record");
	}
	start();
	tap_is_int(line("check-names off"), SCRIPT_NEXT, "check-names off");
	tap_is_int(line("add a_b.c 5 A 192.0.2.1"), SCRIPT_NEXT, "lets any owner pass");
	start();
	tap_is_int(line("add a.b 5 CH TXT x"), SCRIPT_NEXT, "a class for the message");
	tap_is_int(line("add a.b 5 IN TXT x"), -1, "holds for all of it");
	tap_is(why.text, "class mismatch: IN", "and is said");
	script_reset(&script);
	tap_is_int(line("add a.b 5 IN TXT x"), SCRIPT_NEXT, "until it was sent");
}

static size_t
part_of(const struct message_list *parts, const char *owner)
{
	struct name n;

	if (name_parse(&n, owner, NULL, &why) != ZP_OK)
		return 99;
	for (size_t i = 0; i < parts->n; i++)
		for (size_t k = 0; k < parts->v[i].section[SECTION_UPDATE].n; k++)
			if (name_equal(&parts->v[i].section[SECTION_UPDATE].v[k].owner, &n))
				return i;
	return 98;
}

static void
test_split(void)
{
	struct message_list parts;
	struct bytes wire = { 0 };
	char text[200];
	size_t sum = 0;

	start();
	tap_is_int(line("del gone.x"), SCRIPT_NEXT, "a removal first");
	tap_is_int(line("nxdomain new.x"), SCRIPT_NEXT, "a prerequisite");
	for (int i = 0; i < 40; i++) {
		(void)snprintf(text, sizeof text, "del n%d.x A", i);
		(void)line(text);
	}
	for (int i = 0; i < 40; i++) {
		(void)snprintf(text, sizeof text, "add n%d.x 5 A 192.0.2.1", i);
		(void)line(text);
	}
	tap_is_int(split_update(&parts, &script.message, 300, &why), ZP_OK, "split");
	tap_is_int((int64_t)parts.n, 5, "into as many parts as it takes with names compressed");
	tap_is_int((int64_t)parts.v[0].section[SECTION_PREREQUISITE].n, 1, "the guard comes first");
	for (size_t i = 0; i < parts.n; i++) {
		const struct record_list *u = &parts.v[i].section[SECTION_UPDATE];

		sum += u->n;
		tap_ok(message_pack(&wire, &parts.v[i], MESSAGE_MAX - 300, &why) == ZP_OK, "each fits");
		for (size_t k = 0; k + 1 < u->n; k += 2)
			if (u->v[k].class != CLASS_ANY || !name_equal(&u->v[k].owner, &u->v[k + 1].owner))
				tap_ok(i == parts.n - 1, "a replacement stays in one piece");
	}
	tap_is_int((int64_t)sum, 81, "nothing is lost");
	tap_is_int((int64_t)part_of(&parts, "gone.x"), (int64_t)parts.n - 1, "removals come last");
	message_list_release(&parts);
	tap_is_int(split_update(&parts, &script.message, 30, &why), ZP_EUSAGE, "too little room");
	tap_is_int((int64_t)parts.n, 0, "gives nothing");
	bytes_release(&wire);
}

int
main(void)
{
	test_statements();
	test_keys();
	test_ttls();
	test_records();
	test_split();
	script_release(&script);
	return tap_done();
}
