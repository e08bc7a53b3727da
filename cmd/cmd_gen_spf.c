/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub gen spf: the SPF record of a domain, terms in the order given. */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "cmd/emit.h"
#include "cmd/gen.h"
#include "cmd/gen_record.h"
#include "cmd/show.h"
#include "zonegen/spf_record.h"

/* The terms are data: one that holds a blank would be read as two. */
static int
print_text(struct bytes *out, const struct invocation *inv, struct fault *why)
{
	if (inv->argc == 0)
		return fault_set(why, ZP_EUSAGE, "no term is given: say for instance -- mx -all");
	bytes_append_text(out, "v=spf1");
	for (int i = 0; i < inv->argc; i++) {
		const char *term = inv->argv[i];
		struct spf_term parsed;

		if (i == 0 && strcasecmp(term, "v=spf1") == 0)
			continue;
		if (spf_record_parse_term(&parsed, term, strlen(term), why) != ZP_OK)
			return why->class;
		bytes_printf(out, " %s", term);
	}
	return bytes_check(out, why);
}

static int
make(struct recset *out, const char *domain_text, const struct emit *e,
    const struct invocation *inv, struct fault *why)
{
	struct bytes text = { 0 };
	struct name domain;
	int class = gen_domain(&domain, domain_text, why);

	if (class == ZP_OK)
		class = print_text(&text, inv, why);
	if (class == ZP_OK)
		class = gen_judge(lint_spf, &text, inv->globals.quiet, why);
	if (class == ZP_OK)
		class = gen_add_text(out, &domain, e, &text, why);
	bytes_release(&text);
	return class;
}

int
cmd_gen_spf(struct invocation *inv)
{
	const char *domain = NULL;
	struct emit emit = EMIT_DEFAULTS;
	const struct option_row rows[] = {
		{ '\0', "domain", OPTION_TEXT, &domain, "D", "the domain that mail is sent from" },
		EMIT_ROWS(&emit),
	};
	const struct usage usage = {
		.synopsis = "gen spf --domain D [OPTIONS] -- TERM...",
		.about = "Prints the SPF record (RFC 7208) with these terms, in this order, after judging\n"
		    "them as 'lint spf' does.",
		.rows = rows, .rows_n = sizeof rows / sizeof rows[0],
		.example = "  zonepub gen spf --domain example.com -- mx ip4:192.0.2.0/24 -all",
	};
	struct recset records = { 0 };
	struct emission emission = { &records, NULL };
	struct fault why = { 0 };
	enum options_outcome outcome = options_parse(inv, &usage);
	int status = outcome;

	if (outcome != OPTIONS_RUN)
		goto out;
	status = EXIT_DONE;
	if (make(&records, domain, &emit, inv, &why) != ZP_OK ||
	    emit_write(&emission, &emit, &inv->globals, &why) != ZP_OK)
		status = show_fault(&why);
out:
	recset_release(&records);
	return status;
}
