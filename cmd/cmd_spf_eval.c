/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub spf-eval: what SPF says of an address that sends for a domain. */
#include "config.h"

#include <limits.h>
#include <string.h>

#include "audit/spf_eval.h"
#include "audit/spf_eval_live.h"
#include "base/bytes.h"
#include "base/timepiece.h"
#include "cmd/commands.h"
#include "cmd/json.h"
#include "cmd/output.h"
#include "cmd/settings.h"
#include "cmd/show.h"
#include "live/resolver.h"

/* RFC 7208 4.6.4: if there is a limit, it should be at least 20 seconds. */
enum { LIMIT_MS = 20 * 1000 };

struct request {
	const char *ip;
	const char *sender;
	const char *helo;
	const char *receiver;
	int64_t limit_ms;
};

static const char about[] =
    "Evaluates SPF (check_host of RFC 7208) for a client's address and prints the result,\n"
    "the term that matched and the look-ups used.  An empty sender, '' or '<>', checks the\n"
    "HELO name.";

static const char example[] =
    "  zonepub spf-eval --ip 192.0.2.25 --sender user@example.com --helo mx1.example.com";

/* A label and text of the network: what does not print is replaced. */
static void
append_line(struct bytes *out, const char *label, const char *text)
{
	bytes_printf(out, "%s: ", label);
	for (; *text != '\0'; text++)
		bytes_append_u8(out, *text >= ' ' && *text <= '~' ? (uint8_t)*text : '?');
	bytes_append_u8(out, '\n');
}

static void
append_text(struct bytes *out, const struct spf_verdict *v)
{
	bytes_printf(out, "%s\n", spf_eval_print_result(v->result));
	append_line(out, "mechanism", v->mechanism != NULL ? v->mechanism : "none");
	if (v->domain != NULL)
		append_line(out, "record of", v->domain);
	bytes_printf(out, "look-ups: %u of %d\nvoid look-ups: %u of %d\n", v->lookups,
	    SPF_LOOKUPS_MAX, v->void_lookups, SPF_VOID_LOOKUPS_MAX);
	if (v->explanation != NULL)
		append_line(out, "explanation", v->explanation);
	if (v->reason != NULL)
		append_line(out, "reason", v->reason);
}

static int
append_json(struct bytes *out, const struct spf_verdict *v, struct fault *why)
{
	struct json *document = json_make_object();
	int class;

	json_put_text(document, "result", spf_eval_print_result(v->result));
	json_put_text(document, "mechanism", v->mechanism);
	json_put_number(document, "lookups", v->lookups);
	json_put_number(document, "void_lookups", v->void_lookups);
	json_put_text(document, "explanation", v->explanation);
	class = json_print(out, document, why);
	json_free(document);
	return class;
}

static int
print_verdict(const struct spf_verdict *v, const struct globals *g, struct fault *why)
{
	struct bytes out = { 0 };
	int class = ZP_OK;

	if (g->json) {
		class = append_json(&out, v, why);
		if (v->reason != NULL && !g->quiet) {
			struct bytes line = { 0 };

			append_line(&line, spf_eval_print_result(v->result), v->reason);
			show_note("%.*s", (int)(line.len > 0 ? line.len - 1 : 0), bytes_text(&line));
			bytes_release(&line);
		}
	} else {
		append_text(&out, v);
	}
	if (class == ZP_OK)
		class = output_print(&out, why);
	bytes_release(&out);
	return class;
}

static int
read_request(struct spf_query *q, const struct request *r, struct fault *why)
{
	if (r->ip == NULL)
		return fault_set(why, ZP_EUSAGE, "--ip is missing: the address of the client");
	if (r->sender == NULL && r->helo == NULL)
		return fault_set(why, ZP_EUSAGE, "--sender and --helo are missing: give one or both");
	if (r->limit_ms <= 0 || r->limit_ms > INT_MAX)
		return fault_set(why, ZP_EUSAGE, "--timeout: more than zero and less than 24 days");
	*q = (struct spf_query){ .sender = r->sender != NULL ? r->sender : "",
		.helo = r->helo != NULL ? r->helo : "", .receiver = r->receiver,
		.now = timepiece_now().wall / 1000 };
	if (q->helo[0] == '\0' && (q->sender[0] == '\0' || strcmp(q->sender, "<>") == 0))
		return fault_set(why, ZP_EUSAGE, "an empty sender needs a HELO name: --helo NAME");
	if (spf_eval_parse_address(&q->client, r->ip, why) != ZP_OK)
		return fault_prepend(why, "--ip");
	return ZP_OK;
}

int
cmd_spf_eval(struct invocation *inv)
{
	struct request request = { .limit_ms = LIMIT_MS };
	const struct option_row rows[] = {
		{ '\0', "ip", OPTION_TEXT, &request.ip, "ADDR", "IPv4 or IPv6 address of the client" },
		{ '\0', "sender", OPTION_TEXT, &request.sender, "MAILBOX", "MAIL FROM, may be empty" },
		{ '\0', "helo", OPTION_TEXT, &request.helo, "NAME", "what the client says in HELO or EHLO" },
		{ '\0', "receiver", OPTION_TEXT, &request.receiver, "NAME",
		    "the receiving host, for the macro r in explanations" },
		{ '\0', "timeout", OPTION_DURATION, &request.limit_ms, "DUR",
		    "time for all look-ups together (20s); temperror behind it" },
	};
	const struct usage usage = {
		.synopsis = "spf-eval --ip ADDR --sender MAILBOX --helo NAME", .about = about,
		.rows = rows, .rows_n = sizeof rows / sizeof rows[0], .example = example
	};
	struct conf *conf = NULL;
	struct resolver *resolver = NULL;
	struct spf_live *live = NULL;
	struct spf_verdict verdict = { 0 };
	struct spf_query query;
	struct spf_dns dns;
	struct fault why = { 0 };
	enum options_outcome outcome = options_parse(inv, &usage);
	int class;

	if (outcome != OPTIONS_RUN)
		return outcome;
	if (inv->argc > 0) {
		show_error("spf-eval takes no argument: '%s'", inv->argv[0]);
		return EXIT_USAGE;
	}
	if (read_request(&query, &request, &why) != ZP_OK)
		return show_fault(&why);
	if ((class = settings_read(&conf, &inv->globals, &why)) != ZP_OK ||
	    (class = settings_resolver(&resolver, conf, &inv->globals, (int)request.limit_ms,
	    &why)) != ZP_OK ||
	    (class = spf_eval_live_make(&live, resolver, request.limit_ms, &why)) != ZP_OK)
		goto out;
	dns = spf_eval_live_dns(live);
	class = spf_eval_check(&verdict, &query, &dns, &why);
	if (class == ZP_OK)
		class = print_verdict(&verdict, &inv->globals, &why);
out:
	spf_eval_release(&verdict);
	spf_eval_live_free(live);
	resolver_free(resolver);
	conf_free(conf);
	return class == ZP_OK ? EXIT_DONE : show_fault(&why);
}
