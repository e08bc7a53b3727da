/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub gen dmarc: the policy, and what other domains have to publish for its reports. */
#include "config.h"

#include <string.h>

#include "cmd/emit.h"
#include "cmd/gen.h"
#include "cmd/gen_record.h"
#include "cmd/show.h"
#include "zonegen/dmarc.h"

struct call {
	struct dmarc_request request;
	struct strlist rua;
	struct strlist ruf;
	const char *domain;
	struct emit emit;
	struct recset records;
	struct strlist comments;
};

/*
 * The authorisation records lie in other zones.  In JSON they are objects
 * like the others, told apart by their names; in forms that are loaded or
 * sent as they are, they are comments.
 */
static int
add_authorisations(struct call *call, const struct name *domain, enum emit_format format,
    struct fault *why)
{
	struct recset foreign = { 0 };
	struct emission emission = { &foreign, NULL };
	struct bytes text = { 0 };
	char *rest, *line;
	int class = dmarc_authorise(&foreign, domain, &call->request, (uint32_t)call->emit.ttl, why);

	for (size_t i = 0; class == ZP_OK && format == EMIT_JSON && i < foreign.n; i++)
		class = recset_take(&call->records, &foreign.v[i], why);
	if (class != ZP_OK || format == EMIT_JSON || foreign.n == 0)
		goto out;
	class = strlist_add(&call->comments,
	    "to be published in the zone of the report address, which lies outside the domain:", why);
	if (class == ZP_OK)
		class = emit_print(&text, &emission, EMIT_LINE, why);
	rest = class == ZP_OK && text.len > 0 ? (char *)text.data : NULL;
	while (class == ZP_OK && (line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0')
			class = strlist_add(&call->comments, line, why);
out:
	bytes_release(&text);
	recset_release(&foreign);
	return class;
}

static int
make(struct call *call, const struct invocation *inv, struct fault *why)
{
	struct bytes text = { 0 };
	struct name domain, owner;
	enum emit_format format;
	int class = emit_parse_format(&format, &call->emit, inv->globals.json, why);

	if (class == ZP_OK)
		class = gen_no_arguments(inv, why);
	if (class == ZP_OK)
		class = gen_domain(&domain, call->domain, why);
	if (class == ZP_OK && call->request.policy == NULL)
		class = fault_set(why, ZP_EUSAGE,
		    "no policy is given: --policy none, quarantine or reject is wanted");
	if (class == ZP_OK)
		class = name_prepend(&owner, "_dmarc", &domain, why);
	if (class == ZP_OK)
		class = dmarc_print(&text, &call->request, why);
	if (class == ZP_OK)
		class = gen_judge(lint_dmarc, &text, inv->globals.quiet, why);
	if (class == ZP_OK)
		class = gen_add_text(&call->records, &owner, &call->emit, &text, why);
	if (class == ZP_OK)
		class = add_authorisations(call, &domain, format, why);
	bytes_release(&text);
	return class;
}

int
cmd_gen_dmarc(struct invocation *inv)
{
	struct call call = { .emit = EMIT_DEFAULTS };
	struct dmarc_request *r = &call.request;
	const struct option_row rows[] = {
		{ '\0', "domain", OPTION_TEXT, &call.domain, "D", "the domain of the policy" },
		{ '\0', "policy", OPTION_TEXT, &r->policy, "P", "none, quarantine or reject" },
		{ '\0', "subdomain-policy", OPTION_TEXT, &r->subdomain_policy, "P",
		    "for existing subdomains (sp=)" },
		{ '\0', "nonexistent-policy", OPTION_TEXT, &r->nonexistent_policy, "P",
		    "for subdomains that do not exist (np=)" },
		{ '\0', "adkim", OPTION_TEXT, &r->adkim, "r|s", "alignment with DKIM: relaxed, strict" },
		{ '\0', "aspf", OPTION_TEXT, &r->aspf, "r|s", "alignment with SPF: relaxed, strict" },
		{ '\0', "rua", OPTION_LIST, &call.rua, "URI", "where aggregate reports go; repeatable" },
		{ '\0', "ruf", OPTION_LIST, &call.ruf, "URI", "where failure reports go; repeatable" },
		{ '\0', "fo", OPTION_TEXT, &r->fo, "OPTS", "which failures: 0, 1, d, s or d:s" },
		{ '\0', "testing", OPTION_TEXT, &r->testing, "y|n", "do not apply the policy yet (t=)" },
		{ '\0', "psd", OPTION_TEXT, &r->psd, "y|n|u", "whether this is a public suffix" },
		{ '\0', "pct", OPTION_TEXT, &r->pct, "N", "removed by RFC 9989: accepted with a warning" },
		{ '\0', "rf", OPTION_TEXT, &r->rf, "FORMAT", "the same" },
		{ '\0', "ri", OPTION_TEXT, &r->ri, "SECONDS", "the same" },
		EMIT_ROWS(&call.emit),
	};
	const struct usage usage = {
		.synopsis = "gen dmarc --domain D --policy none|quarantine|reject [OPTIONS]",
		.about = "Prints the DMARC record (RFC 9989).  For a report address outside the domain it\n"
		    "also prints the record by which that domain agrees to take the reports.",
		.rows = rows, .rows_n = sizeof rows / sizeof rows[0],
		.example = "  zonepub gen dmarc --domain example.com --policy quarantine \\\n"
		    "      --rua mailto:dmarc-reports@example.com",
	};
	struct emission emission = { &call.records, &call.comments };
	struct fault why = { 0 };
	enum options_outcome outcome = options_parse(inv, &usage);
	int status = outcome;

	if (outcome != OPTIONS_RUN)
		goto out;
	r->rua = &call.rua;
	r->ruf = &call.ruf;
	status = EXIT_DONE;
	if (make(&call, inv, &why) != ZP_OK ||
	    emit_write(&emission, &call.emit, &inv->globals, &why) != ZP_OK)
		status = show_fault(&why);
out:
	recset_release(&call.records);
	strlist_release(&call.comments);
	strlist_release(&call.rua);
	strlist_release(&call.ruf);
	return status;
}
