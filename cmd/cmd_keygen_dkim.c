/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub keygen dkim: private keys for signers, and the records that publish them. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/argv.h"
#include "base/file.h"
#include "cmd/emit.h"
#include "cmd/gen_record.h"
#include "cmd/input.h"
#include "cmd/json.h"
#include "cmd/keygen.h"
#include "cmd/output.h"
#include "cmd/show.h"
#include "cmd/workers.h"
#include "keys/keygen.h"
#include "zonegen/dkim.h"

enum { BATCH_MAX = 16 * 1024 * 1024, COUNT_MAX = 1000000, COUNT_UNSET = -1 };

/* One key to make. */
struct order {
	struct name domain;
	struct name owner;
	enum keygen_algorithm algorithm;
	char *selector;
	char *folder;
	char *key_path;
	char *record_path;
};

struct call {
	struct order *v;
	size_t n;
	struct emit emit;
	const char *domain;
	const char *selector;
	const char *algorithm;
	const char *folder;
	const char *batch;
	int64_t count;		/* COUNT_UNSET: one key, named by the selector alone */
};

static void
call_release(struct call *call)
{
	for (size_t i = 0; i < call->n; i++) {
		free(call->v[i].selector);
		free(call->v[i].folder);
		free(call->v[i].key_path);
		free(call->v[i].record_path);
	}
	free(call->v);
}

static int
parse_algorithm(enum keygen_algorithm *out, const char *text, struct fault *why)
{
	int class = keygen_parse_algorithm(out, text, why);

	if (class == ZP_OK && (*out == KEYGEN_P256 || *out == KEYGEN_P384))
		return fault_set(why, ZP_EUSAGE,
		    "--algorithm: DKIM has no %s keys: rsa2048, rsa3072, rsa4096 or ed25519", text);
	return class;
}

static char *
print_path(const char *folder, const char *selector, const char *suffix)
{
	struct bytes path = { 0 };

	bytes_printf(&path, "%s/%s%s", folder, selector, suffix);
	return bytes_take_text(&path);
}

/* Take an order on; room for it is there. */
static int
add_order(struct call *call, const char *domain, const char *selector, const char *algorithm,
    const char *folder, struct fault *why)
{
	struct order *o = &call->v[call->n++];
	int class = gen_domain(&o->domain, domain, why);

	if (class == ZP_OK)
		class = dkim_owner(&o->owner, selector, &o->domain, why);
	if (class == ZP_OK)
		class = parse_algorithm(&o->algorithm, algorithm, why);
	if (class != ZP_OK)
		return class;
	o->selector = strdup(selector);
	o->folder = strdup(folder);
	o->key_path = print_path(folder, selector, ".private");
	o->record_path = print_path(folder, selector, ".txt");
	if (o->selector == NULL || o->folder == NULL || o->key_path == NULL || o->record_path == NULL)
		return fault_set_nomem(why);
	return ZP_OK;
}

static int
make_room(struct call *call, size_t n, struct fault *why)
{
	call->v = calloc(n, sizeof *call->v);
	return call->v == NULL ? fault_set_nomem(why) : ZP_OK;
}

static int
order_count(struct call *call, struct fault *why)
{
	bool numbered = call->count != COUNT_UNSET;
	size_t n = numbered ? (size_t)call->count : 1;
	int class;

	if (call->selector == NULL)
		return fault_set(why, ZP_EUSAGE, "no selector is given: --selector is wanted");
	if (n == 0 || n > COUNT_MAX)
		return fault_set(why, ZP_EUSAGE, "--count: '%zu' is no number from 1 to %d", n, COUNT_MAX);
	class = make_room(call, n, why);
	for (size_t i = 0; class == ZP_OK && i < n; i++) {
		char selector[NAME_TEXT_MAX];

		(void)snprintf(selector, sizeof selector, "%.255s", call->selector);
		if (numbered)
			(void)snprintf(selector, sizeof selector, "%.255s%zu", call->selector, i + 1);
		class = add_order(call, call->domain, selector, call->algorithm, call->folder, why);
	}
	return class;
}

/* "DOMAIN SELECTOR [ALGORITHM]"; the files of a domain are in a folder of its name. */
static int
order_line(struct call *call, const char *line, struct fault *why)
{
	struct strlist words = { 0 };
	char *folder = NULL, host[NAME_TEXT_MAX];
	struct name domain;
	int class = argv_split(&words, line, why);

	if (class == ZP_OK && (words.n < 2 || words.n > 3))
		class = fault_set(why, ZP_EUSAGE, "DOMAIN SELECTOR [ALGORITHM] is wanted");
	if (class == ZP_OK)
		class = gen_domain(&domain, words.v[0], why);
	if (class != ZP_OK)
		goto out;
	folder = print_path(call->folder, name_print_host(host, &domain), "");
	if (folder == NULL)
		class = fault_set_nomem(why);
	else
		class = add_order(call, words.v[0], words.v[1],
		    words.n == 3 ? words.v[2] : call->algorithm, folder, why);
out:
	free(folder);
	strlist_release(&words);
	return class;
}

static int
order_batch(struct call *call, struct fault *why)
{
	struct bytes content = { 0 };
	char *rest, *line;
	size_t number = 0, lines = 1;
	int class = input_read(&content, call->batch, BATCH_MAX, why);

	for (size_t i = 0; i < content.len; i++)
		lines += content.data[i] == '\n';
	if (class == ZP_OK)
		class = make_room(call, lines, why);
	rest = class == ZP_OK && content.len > 0 ? (char *)content.data : NULL;
	while (class == ZP_OK && (line = strsep(&rest, "\n")) != NULL) {
		number++;
		line += strspn(line, " \t\r");
		if (*line == '\0' || *line == '#')
			continue;
		class = order_line(call, line, why);
		if (class != ZP_OK)
			(void)fault_prepend(why, "--batch %s: line %zu", call->batch, number);
	}
	if (class == ZP_OK && call->n == 0)
		class = fault_set(why, ZP_EUSAGE, "--batch %s: there is no request in it", call->batch);
	bytes_release(&content);
	return class;
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Nothing is made if one of the files is there, or is wanted twice. */
static int
check_files(const struct call *call, struct fault *why)
{
	const char **paths = calloc(call->n, sizeof *paths);
	int class = ZP_OK;

	if (paths == NULL)
		return fault_set_nomem(why);
	for (size_t i = 0; class == ZP_OK && i < call->n; i++) {
		const struct order *o = &call->v[i];
		bool key = file_exists(o->key_path);

		paths[i] = o->key_path;
		if (key || file_exists(o->record_path))
			class = fault_set(why, ZP_EREFUSED,
			    "%s exists, and is not overwritten: take a new selector",
			    key ? o->key_path : o->record_path);
	}
	if (class == ZP_OK)
		qsort(paths, call->n, sizeof *paths, compare_paths);
	for (size_t i = 1; class == ZP_OK && i < call->n; i++)
		if (strcmp(paths[i - 1], paths[i]) == 0)
			class = fault_set(why, ZP_EUSAGE, "%s is wanted twice", paths[i]);
	free(paths);
	return class;
}

static int
write_record(const struct call *call, const struct order *o, const struct key_facts *key,
    struct fault *why)
{
	const struct dkim_request request = { .key = key };
	struct recset records = { 0 };
	struct emission emission = { &records, NULL };
	struct bytes text = { 0 }, out = { 0 };
	int class = dkim_print(&text, &request, why);

	if (class == ZP_OK)
		class = gen_add_text(&records, &o->owner, &call->emit, &text, why);
	if (class == ZP_OK)
		class = emit_print(&out, &emission, EMIT_ZONE, why);
	if (class == ZP_OK)
		class = file_create(o->record_path, &out, FILE_BY_UMASK, why);
	bytes_release(&text);
	bytes_release(&out);
	recset_release(&records);
	return class;
}

/* The folders of all orders; those of a batch come in runs of one domain. */
static int
make_folders(const struct call *call, struct fault *why)
{
	const char *last = "";
	int class = ZP_OK;

	for (size_t i = 0; class == ZP_OK && i < call->n; i++) {
		if (strcmp(call->v[i].folder, last) != 0)
			class = file_make_folder(call->v[i].folder, why);
		last = call->v[i].folder;
	}
	return class;
}

/* One key and its record; a key whose record could not be written is taken back. */
static int
make_key(void *context, size_t i, struct fault *why)
{
	const struct call *call = context;
	const struct order *o = &call->v[i];
	struct key_facts key = { 0 };
	int class = keygen_write(&key, o->key_path, o->algorithm, why);

	if (class == ZP_OK) {
		class = write_record(call, o, &key, why);
		if (class != ZP_OK)
			(void)unlink(o->key_path);
	}
	key_facts_release(&key);
	return class;
}

static int
show(const struct call *call, bool json, struct fault *why)
{
	struct json *list = json ? json_make_list() : NULL;
	struct bytes text = { 0 };
	int class;

	for (size_t i = 0; i < call->n; i++) {
		const struct order *o = &call->v[i];
		char domain[NAME_TEXT_MAX];
		struct json *part;

		if (!json) {
			bytes_printf(&text, "%s\n%s\n", o->key_path, o->record_path);
			continue;
		}
		part = json_make_object();
		json_put_text(part, "domain", name_print_host(domain, &o->domain));
		json_put_text(part, "selector", o->selector);
		json_put_text(part, "algorithm", keygen_print_algorithm(o->algorithm));
		json_put_text(part, "key", o->key_path);
		json_put_text(part, "record", o->record_path);
		json_add(list, part);
	}
	class = json ? json_print(&text, list, why) : bytes_check(&text, why);
	if (class == ZP_OK)
		class = output_print(&text, why);
	json_free(list);
	bytes_release(&text);
	return class;
}

static int
make(struct call *call, const struct invocation *inv, struct fault *why)
{
	int class = gen_no_arguments(inv, why);

	if (class == ZP_OK && call->folder == NULL)
		class = fault_set(why, ZP_EUSAGE, "no folder is given: --out is wanted");
	if (class == ZP_OK && call->batch != NULL &&
	    (call->domain != NULL || call->selector != NULL || call->count != COUNT_UNSET))
		class = fault_set(why, ZP_EUSAGE, "with --batch the domains and selectors are in the file");
	if (class == ZP_OK)
		class = call->batch != NULL ? order_batch(call, why) : order_count(call, why);
	if (class == ZP_OK)
		class = check_files(call, why);
	for (size_t i = 0; class == ZP_OK && i < call->n; i++)
		if (call->v[i].algorithm == KEYGEN_RSA1024 && !inv->globals.quiet) {
			show_warning("RSA of 1024 bits is weak: use rsa2048 (RFC 8301 3.2)");
			break;
		}
	if (class == ZP_OK && !inv->globals.dry_run)
		class = make_folders(call, why);
	if (class == ZP_OK && !inv->globals.dry_run)
		class = workers_run(call->n, make_key, call, why);
	if (class == ZP_OK)
		class = show(call, inv->globals.json, why);
	return class;
}

int
cmd_keygen_dkim(struct invocation *inv)
{
	struct call call = { .emit = EMIT_DEFAULTS, .algorithm = "rsa2048", .count = COUNT_UNSET };
	const struct option_row rows[] = {
		{ '\0', "domain", OPTION_TEXT, &call.domain, "D", "the signing domain" },
		{ '\0', "selector", OPTION_TEXT, &call.selector, "S", "the selector" },
		{ '\0', "algorithm", OPTION_TEXT, &call.algorithm, "ALG",
		    "rsa2048, rsa3072, rsa4096, rsa1024 or ed25519 (rsa2048)" },
		{ 'o', "out", OPTION_TEXT, &call.folder, "DIR", "where to put S.private and S.txt" },
		{ '\0', "count", OPTION_NUMBER, &call.count, "N", "make N keys, selectors S1 to SN" },
		{ '\0', "batch", OPTION_TEXT, &call.batch, "FILE",
		    "one key a line: DOMAIN SELECTOR [ALG], into DIR/DOMAIN ('-': standard input)" },
		{ '\0', "ttl", OPTION_NUMBER, &call.emit.ttl, "N",
		    "time to live of the record, in seconds (3600)" },
	};
	const struct usage usage = {
		.synopsis = "keygen dkim --domain D --selector S [--algorithm ALG] [--count N] --out DIR\n"
		    "       zonepub keygen dkim --batch FILE --out DIR",
		.about = "Makes DIR/S.private, a private key that OpenDKIM and rspamd read (mode 0600), and\n"
		    "DIR/S.txt, the record to publish.  Several keys are made on all processors.  Prints\n"
		    "the paths of what was made, with --dry-run of what would be.",
		.rows = rows, .rows_n = sizeof rows / sizeof rows[0],
		.example = "  zonepub keygen dkim --domain example.com --selector s2026 --out /etc/dkimkeys",
	};
	struct fault why = { 0 };
	enum options_outcome outcome = options_parse(inv, &usage);
	int status = outcome;

	if (outcome != OPTIONS_RUN)
		return status;
	status = make(&call, inv, &why) == ZP_OK ? EXIT_DONE : show_fault(&why);
	call_release(&call);
	return status;
}
