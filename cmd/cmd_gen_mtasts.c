/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub gen mta-sts: the policy and the record that announces it. */
#include "config.h"

#include <string.h>

#include "base/file.h"
#include "base/path.h"
#include "cmd/emit.h"
#include "cmd/gen.h"
#include "cmd/gen_record.h"
#include "cmd/output.h"
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

/* Is content a policy, of whatever kind?  It begins as this program and most people write them. */
static bool
is_policy(const struct bytes *content)
{
	static const char key[] = "version:", value[] = "STSv1";
	const char *text = bytes_text(content);

	if (strncmp(text, key, sizeof key - 1) != 0)
		return false;
	text += sizeof key - 1;
	text += strspn(text, " \t");
	return strncmp(text, value, sizeof value - 1) == 0 &&
	    (text[sizeof value - 1] == '\0' || strchr("\r\n \t", text[sizeof value - 1]) != NULL);
}

static bool
is_stdout(const char *path)
{
	return path == NULL || strcmp(path, "-") == 0;
}

static int
check_places(const struct call *call, bool json, struct fault *why)
{
	const char *policy = call->policy_file, *record = call->emit.output;
	bool both = is_stdout(policy) && is_stdout(record);

	if (both || (!is_stdout(policy) && !is_stdout(record) && path_is_same(policy, record)))
		return fault_set(why, ZP_EUSAGE, "--policy-file %s: the record goes there as well%s", policy,
		    both ? ": give -o FILE, or leave --policy-file out to see the policy as comments" : "");
	return emit_check(&call->emit, json, why);
}

/* Make the policy ready; only with --force in place of a file that holds something else. */
static int
draft_policy(struct file_draft *draft, const struct call *call, struct fault *why)
{
	const char *path = call->policy_file;
	struct bytes old = { 0 };
	bool is_free;
	int class;

	if (is_stdout(path))
		return ZP_OK;
	if (file_is_special(path))
		return file_send(path, &call->text, why);
	class = file_read(&old, path, POLICY_MAX, why);
	is_free = class == ZP_EABSENT || (class == ZP_OK && is_policy(&old));
	bytes_release(&old);
	if (!is_free && !call->emit.force)
		return fault_set(why, ZP_EREFUSED,
		    "%s exists and is no MTA-STS policy: give --force to replace it", path);
	return file_draft_make(draft, path, &call->text, FILE_BY_UMASK, why);
}

/* Whatever is wrong with one of the two is found before the other is there. */
static int
write_both(const struct call *call, const struct emission *emission, const struct globals *g,
    struct fault *why)
{
	struct file_draft draft = { 0 };
	int class = check_places(call, g->json, why);

	if (class == ZP_OK)
		class = draft_policy(&draft, call, why);
	if (class == ZP_OK)
		class = emit_write(emission, &call->emit, g, why);
	if (class == ZP_OK && draft.path != NULL)
		class = file_draft_commit(&draft, why);
	else if (class == ZP_OK && is_stdout(call->policy_file))
		class = output_print(&call->text, why);
	file_draft_drop(&draft);
	return class;
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
	if (class == ZP_OK && (call->policy_file == NULL || inv->globals.dry_run))
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
		    "write the policy there, over an older one; over other content with --force" },
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
	    (call.policy_file != NULL && !inv->globals.dry_run ?
	    write_both(&call, &emission, &inv->globals, &why) :
	    emit_write(&emission, &call.emit, &inv->globals, &why)) != ZP_OK)
		status = show_fault(&why);
out:
	recset_release(&call.records);
	strlist_release(&call.comments);
	strlist_release(&call.mx);
	bytes_release(&call.text);
	return status;
}
