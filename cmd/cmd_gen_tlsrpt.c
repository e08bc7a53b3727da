/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub gen tls-rpt: the record that asks for TLS reports. */
#include "config.h"

#include "cmd/emit.h"
#include "cmd/gen.h"
#include "cmd/gen_record.h"
#include "cmd/show.h"
#include "zonegen/tlsrpt.h"

static int
make(struct recset *out, const char *domain_text, const struct strlist *rua, const struct emit *e,
    bool quiet, struct fault *why)
{
	struct bytes text = { 0 };
	struct name domain, owner;
	int class = gen_domain(&domain, domain_text, why);

	if (class == ZP_OK && rua->n == 0)
		class = fault_set(why, ZP_EUSAGE, "no address is given: --rua is wanted");
	if (class == ZP_OK)
		class = tlsrpt_owner(&owner, &domain, why);
	if (class == ZP_OK)
		class = tlsrpt_print(&text, rua, why);
	if (class == ZP_OK)
		class = gen_judge(lint_tlsrpt, &text, quiet, why);
	if (class == ZP_OK)
		class = gen_add_text(out, &owner, e, &text, why);
	bytes_release(&text);
	return class;
}

int
cmd_gen_tlsrpt(struct invocation *inv)
{
	const char *domain = NULL;
	struct strlist rua = { 0 };
	struct emit emit = EMIT_DEFAULTS;
	const struct option_row rows[] = {
		{ '\0', "domain", OPTION_TEXT, &domain, "D", "the mail domain" },
		{ '\0', "rua", OPTION_LIST, &rua, "URI...",
		    "where reports go, mailto: or https:; repeatable" },
		EMIT_ROWS(&emit),
	};
	const struct usage usage = {
		.synopsis = "gen tls-rpt --domain D --rua URI... [OPTIONS]",
		.about = "Prints the record that asks senders for reports on TLS (RFC 8460).",
		.rows = rows, .rows_n = sizeof rows / sizeof rows[0],
		.example = "  zonepub gen tls-rpt --domain example.com --rua mailto:tlsrpt@example.com",
	};
	struct recset records = { 0 };
	struct emission emission = { &records, NULL };
	struct fault why = { 0 };
	enum options_outcome outcome = options_parse(inv, &usage);
	int status = outcome;

	if (outcome != OPTIONS_RUN)
		goto out;
	status = EXIT_DONE;
	if (gen_take_arguments(&rua, inv, &why) != ZP_OK ||
	    make(&records, domain, &rua, &emit, inv->globals.quiet, &why) != ZP_OK ||
	    emit_write(&emission, &emit, &inv->globals, &why) != ZP_OK)
		status = show_fault(&why);
out:
	recset_release(&records);
	strlist_release(&rua);
	return status;
}
