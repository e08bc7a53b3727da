/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub verify-chain: would a DANE client accept this chain? */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/timepiece.h"
#include "cmd/commands.h"
#include "cmd/json.h"
#include "cmd/output.h"
#include "cmd/show.h"
#include "cmd/tint.h"
#include "dns/name.h"
#include "keys/cert.h"
#include "live/dane.h"
#include "zonegen/tlsa.h"

struct request {
	const char *chain;
	struct strlist tlsa;
	struct strlist names;
	const char *port;
	const char *ca_file;
	const char *at;
};

/* The records in wire form. */
struct records {
	struct rdata *v;
	size_t n;
};

static const char *const verdict_words[] = {
	[DANE_ACCEPTED] = "accepted", [DANE_REJECTED] = "rejected", [DANE_UNUSABLE] = "unusable"
};

static void
records_release(struct records *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->v[i].data);
	free(r->v);
	*r = (struct records){ 0 };
}

static int
read_records(struct records *out, const struct strlist *texts, struct fault *why)
{
	struct bytes rdata = { 0 };
	int class = ZP_OK;

	out->v = calloc(texts->n, sizeof *out->v);
	if (out->v == NULL)
		return fault_set_nomem(why);
	for (size_t i = 0; class == ZP_OK && i < texts->n; i++) {
		class = tlsa_parse(&rdata, texts->v[i], why);
		if (class != ZP_OK)
			break;
		out->v[i].data = malloc(rdata.len);
		if (out->v[i].data == NULL) {
			class = fault_set_nomem(why);
			break;
		}
		memcpy(out->v[i].data, rdata.data, rdata.len);
		out->v[i].len = (uint16_t)rdata.len;
		out->n++;
	}
	bytes_release(&rdata);
	return class;
}

static void
print_text(struct bytes *out, const struct dane_answer *a, const struct records *records,
    const struct chain *chain, bool tinted)
{
	const uint8_t *r;
	struct fault why;

	if (a->verdict != DANE_ACCEPTED) {
		tint_append(out, tinted, TINT_BAD, verdict_words[a->verdict]);
		bytes_printf(out, ": %s\n", a->reason);
		for (size_t i = 0; i < records->n; i++)
			if (tlsa_check(records->v[i].data, records->v[i].len, &why) != ZP_OK)
				bytes_printf(out, "record %zu: %s\n", i + 1, why.text);
		return;
	}
	r = records->v[a->record].data;
	tint_append(out, tinted, TINT_GOOD, verdict_words[a->verdict]);
	bytes_printf(out, ": TLSA %u %u %u (record %zu of %zu) %s at depth %zu", r[0], r[1], r[2],
	    a->record + 1, records->n, a->is_bare ? "is the key that signed the certificate" : "matches",
	    a->depth);
	if (a->sent < chain->n)
		bytes_printf(out, ": %s", chain->v[a->sent].subject);
	bytes_append_u8(out, '\n');
}

static int
show_json(const struct dane_answer *a, const struct dane_question *q, struct fault *why)
{
	struct json *o = json_make_object();
	struct bytes record = { 0 };
	int class;

	json_put_text(o, "host", q->host);
	json_put_number(o, "port", q->port);
	json_put_text(o, "verdict", verdict_words[a->verdict]);
	json_put_bool(o, "accepted", a->verdict == DANE_ACCEPTED);
	json_put_number(o, "usable", (int64_t)a->usable);
	if (a->verdict == DANE_ACCEPTED) {
		const struct rdata *r = &q->tlsa[a->record];

		tlsa_print(&record, r->data, r->len);
		json_put_text(o, "record", bytes_text(&record));
		json_put_number(o, "depth", (int64_t)a->depth);
		json_put_null(o, "reason");
	} else {
		json_put_null(o, "record");
		json_put_null(o, "depth");
		json_put_text(o, "reason", a->reason);
	}
	class = json_show(o, why);
	bytes_release(&record);
	json_free(o);
	return class;
}

static int
judge(enum dane_verdict *verdict, const struct request *r, const char *host_text, const struct globals *g,
    struct fault *why)
{
	struct chain chain = { 0 };
	struct records records = { 0 };
	struct bytes text = { 0 };
	struct dane_question q = { .chain = &chain, .names = &r->names, .ca_file = r->ca_file };
	struct dane_answer answer;
	struct name host;
	char host_buf[NAME_TEXT_MAX], protocol[8];
	int class = name_parse_server(&host, host_text, why);

	q.at = timepiece_now().wall;
	if (class == ZP_OK)
		class = tlsa_parse_port(&q.port, protocol, r->port, why);
	if (class == ZP_OK && r->at != NULL && !timepiece_parse_wall(&q.at, r->at))
		class = fault_set(why, ZP_EUSAGE,
		    "--at: '%s' is no time such as 2026-03-01T13:05:10Z", r->at);
	if (class == ZP_OK)
		class = read_records(&records, &r->tlsa, why);
	if (class == ZP_OK)
		class = chain_read(&chain, r->chain, why);
	if (class != ZP_OK)
		goto out;
	q.host = name_print_host(host_buf, &host);
	q.tlsa = records.v;
	q.tlsa_n = records.n;
	class = dane_judge(&answer, &q, why);
	if (class != ZP_OK)
		goto out;
	*verdict = answer.verdict;
	if (answer.is_unsent && !g->quiet)
		show_warning("the trust anchor of this record is not in the chain: not every client takes it "
		    "from the DNS, the server should send it (%s)",
		    tlsa_is_smtp_port(q.port) ? "RFC 7672 3.1.2" : "RFC 7671 5.2.2");
	if (g->json) {
		class = show_json(&answer, &q, why);
		goto out;
	}
	print_text(&text, &answer, &records, &chain, tint_is_on(g));
	class = bytes_check(&text, why);
	if (class == ZP_OK)
		class = output_print(&text, why);
out:
	bytes_release(&text);
	records_release(&records);
	chain_release(&chain);
	return class;
}

int
cmd_verify_chain(struct invocation *inv)
{
	struct request r = { .port = "25" };
	const struct option_row rows[] = {
		{ '\0', "chain", OPTION_TEXT, &r.chain, "FILE", "the chain as it is sent, PEM or DER" },
		{ '\0', "tlsa", OPTION_LIST, &r.tlsa, "\"U S M HEX\"", "a TLSA record; repeatable" },
		{ '\0', "port", OPTION_TEXT, &r.port, "N", "port of the service (25)" },
		{ '\0', "name", OPTION_LIST, &r.names, "NAME",
		    "one more name that usage 2 may find in the certificate; repeatable" },
		{ '\0', "ca-file", OPTION_TEXT, &r.ca_file, "FILE",
		    "trust store for usages 0 and 1 off the mail ports" },
		{ '\0', "at", OPTION_TEXT, &r.at, "TIME", "judge as of then, such as 2026-03-01T13:05:10Z" },
	};
	const struct usage usage = {
		.synopsis = "verify-chain HOST --chain FILE --tlsa \"U S M HEX\"... [--port N]",
		.about = "Tells whether a DANE client would accept the chain for HOST (RFC 7672 for ports\n"
		    "25, 465 and 587, else RFC 7671), and which record matches at which depth.\n"
		    "Exit status 3 if it would not.",
		.rows = rows, .rows_n = sizeof rows / sizeof rows[0],
		.example = "  zonepub verify-chain mx1.example.com --chain fullchain.pem \\\n"
		    "      --tlsa \"3 1 1 $(openssl x509 -in fullchain.pem -noout -pubkey |\n"
		    "          openssl pkey -pubin -outform der | sha256sum | cut -c1-64)\""
	};
	enum dane_verdict verdict = DANE_REJECTED;
	struct fault why = { 0 };
	enum options_outcome outcome = options_parse(inv, &usage);
	int status = outcome;

	if (outcome != OPTIONS_RUN)
		goto out;
	status = EXIT_USAGE;
	if (inv->argc != 1)
		show_error("verify-chain: one host is wanted");
	else if (r.chain == NULL)
		show_error("verify-chain: --chain is missing");
	else if (r.tlsa.n == 0)
		show_error("verify-chain: --tlsa is missing");
	else if (judge(&verdict, &r, inv->argv[0], &inv->globals, &why) != ZP_OK)
		status = show_fault(&why);
	else
		status = verdict == DANE_ACCEPTED ? EXIT_DONE : EXIT_FINDINGS;
out:
	strlist_release(&r.tlsa);
	strlist_release(&r.names);
	return status;
}
