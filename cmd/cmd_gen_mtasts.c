/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub gen mta-sts: the policy and the record that announces it. */
#include "config.h"

#include <string.h>

#include "base/file.h"
#include "cmd/emit.h"
#include "cmd/gen.h"
#include "cmd/gen_record.h"
#include "cmd/show.h"
#include "zonegen/mtasts.h"

enum { POLICY_MAX = 65536, AGE_NOT_GIVEN = -1 };

struct call {
	struct mtasts_policy policy;
	struct strlist mx;
	const char *domain;
	const char *policy_file;
	struct emit emit;
	struct recset records;
	struct strlist comments;
	struct bytes text;	/* of the policy */
};

/* A file that holds another policy is replaced with --force only. */
static int
write_policy(const struct call *call, struct fault *why)
{
	struct bytes old = { 0 };
	int class = file_read(&old, call->policy_file, POLICY_MAX, why);
	bool same = class == ZP_OK && old.len == call->text.len &&
	    memcmp(old.data, call->text.data, old.len) == 0;

	bytes_release(&old);
	if (same)
		return ZP_OK;
	if (class != ZP_EABSENT && !call->emit.force)
		return fault_set(why, ZP_EREFUSED,
		    "%s exists with other content: give --force to replace it", call->policy_file);
	return file_replace(call->policy_file, &call->text, 0644, why);
}

/* Without a file for it, the policy is shown behind the record. */
static int
add_comments(struct call *call, const struct name *domain, struct fault *why)
{
	struct bytes copy = { 0 };
	char host[NAME_TEXT_MAX], *rest, *line;
	int class;

	bytes_printf(&copy, "to be served at https://mta-sts.%s/.well-known/mta-sts.txt:\n",
	    name_print_host(host, domain));
	bytes_append(&copy, call->text.data, call->text.len);
	class = bytes_check(&copy, why);
	rest = class == ZP_OK ? (char *)copy.data : NULL;
	while (class == ZP_OK && (line = strsep(&rest, "\n")) != NULL) {
		line[strcspn(line, "\r")] = '\0';
		if (*line != '\0')
			class = strlist_add(&call->comments, line, why);
	}
	bytes_release(&copy);
	return class;
}

static int
make(struct call *call, const struct invocation *inv, struct fault *why)
{
	struct bytes record = { 0 };
	struct name domain, owner;
	int class = gen_domain(&domain, call->domain, why);

	if (class == ZP_OK && call->policy.mode == NULL)
		class = fault_set(why, ZP_EUSAGE,
		    "no mode is given: --mode enforce, testing or none is wanted");
	if (class == ZP_OK && call->policy.max_age == AGE_NOT_GIVEN)
		class = fault_set(why, ZP_EUSAGE, "no age is given: --max-age is wanted, in seconds");
	if (class == ZP_OK)
		class = mtasts_owner(&owner, &domain, why);
	if (class == ZP_OK)
		class = mtasts_print_policy(&call->text, &call->policy, why);
	if (class == ZP_OK)
		class = gen_judge(lint_mtasts_policy, &call->text, inv->globals.quiet, why);
	if (class == ZP_OK)
		class = mtasts_print_record(&record, &call->text, why);
	if (class == ZP_OK)
		class = gen_judge(lint_mtasts, &record, inv->globals.quiet, why);
	if (class == ZP_OK)
		class = gen_add_text(&call->records, &owner, &call->emit, &record, why);
	if (class == ZP_OK && call->policy_file != NULL && !inv->globals.dry_run)
		class = write_policy(call, why);
	else if (class == ZP_OK)
		class = add_comments(call, &domain, why);
	bytes_release(&record);
	return class;
}

int
cmd_gen_mtasts(struct invocation *inv)
{
	struct call call = { .emit = EMIT_DEFAULTS, .policy.max_age = AGE_NOT_GIVEN };
	const struct option_row rows[] = {
		{ '\0', "domain", OPTION_TEXT, &call.domain, "D", "the mail domain" },
		{ '\0', "mode", OPTION_TEXT, &call.policy.mode, "MODE", "enforce, testing or none" },
		{ '\0', "mx", OPTION_LIST, &call.mx, "PATTERN...",
		    "hosts that take mail, or *.domain; repeatable" },
		{ '\0', "max-age", OPTION_NUMBER, &call.policy.max_age, "N",
		    "how long senders keep the policy, in seconds" },
		{ '\0', "policy-file", OPTION_TEXT, &call.policy_file, "OUT",
		    "write the policy there; other content only with --force" },
		EMIT_ROWS(&call.emit),
	};
	const struct usage usage = {
		.synopsis = "gen mta-sts --domain D --mode enforce|testing|none --mx PATTERN... "
		    "--max-age N\n           [--policy-file OUT] [OPTIONS]",
		.about = "Prints the MTA-STS record (RFC 8461) and makes the policy it announces.  The id\n"
		    "changes when the policy changes, and only then.",
		.rows = rows, .rows_n = sizeof rows / sizeof rows[0],
		.example = "  zonepub gen mta-sts --domain example.com --mode enforce --mx mx1.example.com \\\n"
		    "      --max-age 604800 --policy-file mta-sts.txt",
	};
	struct emission emission = { &call.records, &call.comments };
	struct fault why = { 0 };
	enum options_outcome outcome = options_parse(inv, &usage);
	int status = outcome;

	if (outcome != OPTIONS_RUN)
		goto out;
	call.policy.mx = &call.mx;
	status = EXIT_DONE;
	if (gen_take_arguments(&call.mx, inv, &why) != ZP_OK || make(&call, inv, &why) != ZP_OK ||
	    emit_write(&emission, &call.emit, &inv->globals, &why) != ZP_OK)
		status = show_fault(&why);
out:
	recset_release(&call.records);
	strlist_release(&call.comments);
	strlist_release(&call.mx);
	bytes_release(&call.text);
	return status;
}
