/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub lint: judges the text of one record. */
#include "config.h"

#include <string.h>

#include "audit/spf_count.h"
#include "audit/spf_eval_live.h"
#include "base/bytes.h"
#include "cmd/commands.h"
#include "cmd/gen_record.h"
#include "cmd/input.h"
#include "cmd/json.h"
#include "cmd/output.h"
#include "cmd/settings.h"
#include "cmd/show.h"
#include "cmd/tint.h"
#include "zonegen/lint.h"

enum { TEXT_MAX = 65535, RESOLVE_MS = 20 * 1000 };	/* no record is longer */

struct call {
	const struct lint_row *row;
	const char *domain;	/* whose record it is; NULL: not said */
	bool resolve;
	bool codes;
};

/* TEXT, or standard input for "-", without the newline at its end. */
static int
read_text(struct bytes *out, const char *argument, struct fault *why)
{
	int class = ZP_OK;

	if (strcmp(argument, "-") == 0)
		class = input_read(out, argument, TEXT_MAX, why);
	else
		bytes_append_text(out, argument);
	if (class == ZP_OK)
		class = bytes_check(out, why);
	if (class != ZP_OK)
		return class;
	if (out->len > TEXT_MAX)
		return fault_set(why, ZP_EUSAGE, "the text has %zu octets: a record has %d at most",
		    out->len, TEXT_MAX);
	if (out->len > 0 && memchr(out->data, '\0', out->len) != NULL)
		return fault_set(why, ZP_EUSAGE, "the text has a NUL octet: it is no record's text");
	while (out->len > 0 && strchr("\r\n", out->data[out->len - 1]) != NULL)
		out->data[--out->len] = '\0';
	return ZP_OK;
}

static void
print_lines(struct bytes *out, const struct findings *found, bool tinted)
{
	static const enum tint tints[] = {
		[FINDING_ERROR] = TINT_BAD, [FINDING_WARNING] = TINT_WARNING, [FINDING_INFO] = TINT_PLAIN
	};

	for (size_t i = 0; i < found->n; i++) {
		const struct finding_kind *kind = found->v[i].kind;

		tint_append(out, tinted, tints[kind->level], finding_level_print(kind->level));
		bytes_printf(out, " %s %s\n", kind->code, found->v[i].message);
	}
}

static int
print_json(struct bytes *out, const struct findings *found, struct fault *why)
{
	struct json *list = json_make_list();
	int class;

	for (size_t i = 0; i < found->n; i++) {
		struct json *o = json_make_object();

		json_put_text(o, "level", finding_level_print(found->v[i].kind->level));
		json_put_text(o, "code", found->v[i].kind->code);
		json_put_text(o, "message", found->v[i].message);
		json_put_text(o, "reference", found->v[i].kind->reference);
		json_add(list, o);
	}
	class = json_print(out, list, why);
	json_free(list);
	return class;
}

/* Follow the look-ups of an SPF record that keeps the grammar and the limit by itself. */
static int
resolve(struct findings *found, const char *text, const struct call *call,
    const struct globals *globals, struct fault *why)
{
	struct conf *conf = NULL;
	struct resolver *resolver = NULL;
	struct spf_live *live = NULL;
	struct spf_dns dns;
	struct name domain;
	int class = call->domain == NULL ? ZP_OK : gen_domain(&domain, call->domain, why);

	if (class == ZP_OK)
		class = settings_read(&conf, globals, why);
	if (class == ZP_OK)
		class = settings_resolver(&resolver, conf, globals, RESOLVE_MS, why);
	if (class == ZP_OK)
		class = spf_eval_live_make(&live, resolver, RESOLVE_MS, why);
	if (class == ZP_OK) {
		dns = spf_eval_live_dns(live);
		class = spf_count_judge(found, text, call->domain == NULL ? NULL : &domain, &dns, why);
	}
	spf_eval_live_free(live);
	resolver_free(resolver);
	conf_free(conf);
	return class;
}

static int
judge(struct bytes *out, bool *failed, const struct call *call, const struct invocation *inv,
    struct fault *why)
{
	struct bytes text = { 0 };
	struct findings found = { 0 };
	int class = read_text(&text, inv->argv[1], why);

	if (class == ZP_OK)
		class = call->row->judge(&found, bytes_text(&text), why);
	if (class == ZP_OK && call->resolve && !findings_has_error(&found))
		class = resolve(&found, bytes_text(&text), call, &inv->globals, why);
	if (class == ZP_OK && inv->globals.json)
		class = print_json(out, &found, why);
	else if (class == ZP_OK)
		print_lines(out, &found, tint_is_on(&inv->globals));
	*failed = findings_has_error(&found);
	findings_release(&found);
	bytes_release(&text);
	return class;
}

static void
print_kinds(struct bytes *out, const struct finding_kind *kinds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes_printf(out, "%-7s %s (%s): %s\n", finding_level_print(kinds[i].level),
		    kinds[i].code, kinds[i].reference, kinds[i].about);
}

/* Every code that there is, for the manual and for those who write scripts. */
static void
print_codes(struct bytes *out)
{
	size_t n;
	const struct lint_row *rows = lint_rows(&n);

	for (size_t i = 0; i < n; i++)
		print_kinds(out, rows[i].kinds, rows[i].kinds_n);
	print_kinds(out, spf_count_kinds, SPF_COUNT_KINDS);
}

/* The kind of record that is asked for. */
static int
read_kind(struct call *call, const struct invocation *inv, struct fault *why)
{
	if (inv->argc != 2)
		return fault_set(why, ZP_EUSAGE,
		    "lint: a kind of record and one text are wanted: see zonepub lint --help");
	call->row = lint_find(inv->argv[0]);
	if (call->row == NULL)
		return fault_set(why, ZP_EUSAGE,
		    "lint: no such kind of record: '%.80s': see zonepub lint --help", inv->argv[0]);
	if ((call->resolve || call->domain != NULL) && strcmp(call->row->name, "spf") != 0)
		return fault_set(why, ZP_EUSAGE, "--resolve and --domain go with lint spf");
	if (call->domain != NULL && !call->resolve)
		return fault_set(why, ZP_EUSAGE, "--domain goes with --resolve");
	return ZP_OK;
}

int
cmd_lint(struct invocation *inv)
{
	struct call call = { 0 };
	bool failed = false;
	const struct option_row rows[] = {
		{ '\0', "resolve", OPTION_FLAG, &call.resolve, NULL,
		    "spf: also count the look-ups of included records, asking the DNS" },
		{ '\0', "domain", OPTION_TEXT, &call.domain, "D",
		    "with --resolve: whose record it is or is to be" },
		{ '\0', "codes", OPTION_FLAG, &call.codes, NULL, "list every finding there can be" },
	};
	const struct usage usage = {
		.synopsis = "lint dkim|spf|dmarc|tlsa|mta-sts|tls-rpt [OPTIONS] TEXT",
		.about = "Judges the text of one record, its strings joined; '-' reads standard input.\n"
		    "Prints one finding a line: level, code, message.  Exits with 3 if one is an error.\n"
		    "tlsa takes the records of one name, one a line; mta-sts also takes a policy.",
		.rows = rows, .rows_n = sizeof rows / sizeof rows[0],
		.example = "  zonepub lint spf \"v=spf1 mx -all\"",
	};
	struct bytes out = { 0 };
	struct fault why = { 0 };
	enum options_outcome outcome = options_parse(inv, &usage);
	int class;

	if (outcome != OPTIONS_RUN)
		return outcome;
	if (call.codes && inv->argc == 0) {
		print_codes(&out);
		class = ZP_OK;
	} else {
		class = read_kind(&call, inv, &why);
		if (class == ZP_OK)
			class = judge(&out, &failed, &call, inv, &why);
	}
	if (class == ZP_OK)
		class = bytes_check(&out, &why);
	if (class == ZP_OK)
		class = output_print(&out, &why);
	bytes_release(&out);
	if (class != ZP_OK)
		return show_fault(&why);
	return failed ? EXIT_FINDINGS : EXIT_DONE;
}
