/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub lint: judges the text of one record. */
#include "config.h"

#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/commands.h"
#include "cmd/json.h"
#include "cmd/output.h"
#include "cmd/show.h"
#include "zonegen/lint.h"

enum { TEXT_MAX = 1024 * 1024 };

/* TEXT, or standard input for "-", without the newline at its end. */
static int
read_text(struct bytes *out, const char *argument, struct fault *why)
{
	int class = ZP_OK;

	if (strcmp(argument, "-") == 0)
		class = file_read(out, "/dev/stdin", TEXT_MAX, why);
	else
		bytes_append_text(out, argument);
	if (class == ZP_OK)
		class = bytes_check(out, why);
	if (class != ZP_OK)
		return class;
	if (out->len > 0 && memchr(out->data, '\0', out->len) != NULL)
		return fault_set(why, ZP_EUSAGE, "the text has a NUL octet: it is no record's text");
	while (out->len > 0 && strchr("\r\n", out->data[out->len - 1]) != NULL)
		out->data[--out->len] = '\0';
	return ZP_OK;
}

static void
print_lines(struct bytes *out, const struct findings *found)
{
	for (size_t i = 0; i < found->n; i++)
		bytes_printf(out, "%s %s %s\n", finding_level_print(found->v[i].kind->level),
		    found->v[i].kind->code, found->v[i].message);
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

static int
judge(struct bytes *out, bool *failed, const struct lint_row *row, const struct invocation *inv,
    struct fault *why)
{
	struct bytes text = { 0 };
	struct findings found = { 0 };
	int class = read_text(&text, inv->argv[1], why);

	if (class == ZP_OK)
		class = row->judge(&found, bytes_text(&text), why);
	if (class == ZP_OK && inv->globals.json)
		class = print_json(out, &found, why);
	else if (class == ZP_OK)
		print_lines(out, &found);
	*failed = findings_has_error(&found);
	findings_release(&found);
	bytes_release(&text);
	return class;
}

/* Every code that there is, for the manual and for those who write scripts. */
static void
print_codes(struct bytes *out)
{
	size_t n;
	const struct lint_row *rows = lint_rows(&n);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < rows[i].kinds_n; k++) {
			const struct finding_kind *kind = &rows[i].kinds[k];

			bytes_printf(out, "%-7s %s (%s): %s\n", finding_level_print(kind->level),
			    kind->code, kind->reference, kind->about);
		}
}

int
cmd_lint(struct invocation *inv)
{
	bool codes = false, failed = false;
	const struct option_row rows[] = {
		{ '\0', "codes", OPTION_FLAG, &codes, NULL, "list every finding there can be" },
	};
	const struct usage usage = {
		.synopsis = "lint dkim|spf|dmarc|tlsa|mta-sts|tls-rpt [OPTIONS] TEXT",
		.about = "Judges the text of one record, its strings joined; '-' reads standard input.\n"
		    "Prints one finding a line: level, code, message.  Exits with 3 if one is an error.\n"
		    "tlsa takes the records of one name, one a line; mta-sts also takes a policy.",
		.rows = rows, .rows_n = sizeof rows / sizeof rows[0],
		.example = "  zonepub lint spf \"v=spf1 mx -all\"",
	};
	const struct lint_row *row;
	struct bytes out = { 0 };
	struct fault why = { 0 };
	enum options_outcome outcome = options_parse(inv, &usage);

	if (outcome != OPTIONS_RUN)
		return outcome;
	if (codes && inv->argc == 0) {
		print_codes(&out);
		goto print;
	}
	if (inv->argc != 2) {
		show_error("lint: a kind of record and one text are wanted: see zonepub lint --help");
		return EXIT_USAGE;
	}
	row = lint_find(inv->argv[0]);
	if (row == NULL) {
		show_error("lint: no such kind of record: '%s': see zonepub lint --help", inv->argv[0]);
		return EXIT_USAGE;
	}
	if (judge(&out, &failed, row, inv, &why) != ZP_OK)
		goto fail;
print:
	if (bytes_check(&out, &why) != ZP_OK || output_print(&out, &why) != ZP_OK)
		goto fail;
	bytes_release(&out);
	return failed ? EXIT_FINDINGS : EXIT_DONE;
fail:
	bytes_release(&out);
	return show_fault(&why);
}
