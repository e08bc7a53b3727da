/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub gen dkim: the record of a DKIM key. */
#include "config.h"

#include <string.h>

#include "cmd/emit.h"
#include "cmd/gen.h"
#include "cmd/gen_record.h"
#include "cmd/secret.h"
#include "cmd/show.h"
#include "zonegen/dkim.h"

struct request {
	struct strlist hashes;
	struct strlist services;
	struct strlist flags;
	const char *domain;
	const char *selector;
	const char *key;
	const char *note;
	const char *passphrase_file;
	bool revoke;
	bool quiet;
	struct emit emit;
};

static int
check_flags(const struct request *r, struct fault *why)
{
	for (size_t i = 0; i < r->flags.n; i++)
		if (strcmp(r->flags.v[i], "y") != 0 && strcmp(r->flags.v[i], "s") != 0)
			return fault_set(why, ZP_EUSAGE, "--flag: '%.80s' is neither y nor s",
			    r->flags.v[i]);
	return ZP_OK;
}

static int
read_key(struct key_facts *key, const struct request *r, struct fault *why)
{
	struct passphrase pass = secret_make(r->passphrase_file);
	int class;

	if (r->key == NULL && r->revoke)
		return ZP_OK;
	if (r->key == NULL)
		return fault_set(why, ZP_EUSAGE, "no key is given: --key is wanted");
	class = keyfile_read(key, r->key, &pass, why);
	if (class == ZP_OK && key->is_exposed && !r->quiet)
		show_warning("%s: others can read this private key: chmod o= it", r->key);
	return class;
}

static int
make(struct recset *out, const struct request *r, struct fault *why)
{
	struct key_facts key = { 0 };
	struct bytes text = { 0 };
	struct name domain, owner;
	int class = gen_domain(&domain, r->domain, why);

	if (class == ZP_OK && r->selector == NULL)
		class = fault_set(why, ZP_EUSAGE, "no selector is given: --selector is wanted");
	if (class == ZP_OK)
		class = dkim_owner(&owner, r->selector, &domain, why);
	if (class == ZP_OK)
		class = check_flags(r, why);
	if (class == ZP_OK)
		class = read_key(&key, r, why);
	if (class == ZP_OK) {
		const struct dkim_request request = {
			.key = r->key == NULL ? NULL : &key, .hashes = &r->hashes,
			.services = &r->services, .flags = &r->flags, .note = r->note,
			.revoke = r->revoke
		};

		class = dkim_print(&text, &request, why);
		if (class != ZP_OK && r->key != NULL)
			(void)fault_prepend(why, "%s", r->key);
	}
	if (class == ZP_OK)
		class = gen_judge(lint_dkim, &text, r->quiet, why);
	if (class == ZP_OK)
		class = gen_add_text(out, &owner, &r->emit, &text, why);
	bytes_release(&text);
	key_facts_release(&key);
	return class;
}

int
cmd_gen_dkim(struct invocation *inv)
{
	struct request r = { .emit = EMIT_DEFAULTS };
	const struct option_row rows[] = {
		{ '\0', "domain", OPTION_TEXT, &r.domain, "D", "the signing domain" },
		{ '\0', "selector", OPTION_TEXT, &r.selector, "S", "the selector" },
		{ '\0', "key", OPTION_TEXT, &r.key, "FILE", "private or public key, PEM or DER" },
		{ '\0', "hash", OPTION_LIST, &r.hashes, "HASH", "h=: allow this hash only; repeatable" },
		{ '\0', "service", OPTION_LIST, &r.services, "SERVICE",
		    "s=: for this service only; repeatable" },
		{ '\0', "flag", OPTION_LIST, &r.flags, "y|s", "t=: testing, strict; repeatable" },
		{ '\0', "note", OPTION_TEXT, &r.note, "TEXT", "n=: a note for people" },
		{ '\0', "revoke", OPTION_FLAG, &r.revoke, NULL,
		    "an empty p=: the key is revoked (--key may be left out)" },
		{ '\0', "passphrase-file", OPTION_TEXT, &r.passphrase_file, "FILE",
		    "passphrase of the key" },
		EMIT_ROWS(&r.emit),
	};
	const struct usage usage = {
		.synopsis = "gen dkim --domain D --selector S --key FILE [OPTIONS]",
		.about = "Prints the TXT record that publishes a DKIM key (RFC 6376, RFC 8463).",
		.rows = rows, .rows_n = sizeof rows / sizeof rows[0],
		.example = "  zonepub gen dkim --domain example.com --selector s1 --key s1.private",
	};
	struct recset records = { 0 };
	struct emission emission = { &records, NULL };
	struct fault why = { 0 };
	enum options_outcome outcome = options_parse(inv, &usage);
	int status = outcome;

	if (outcome != OPTIONS_RUN)
		goto out;
	r.quiet = inv->globals.quiet;
	status = EXIT_DONE;
	if (gen_no_arguments(inv, &why) != ZP_OK || make(&records, &r, &why) != ZP_OK ||
	    emit_write(&emission, &r.emit, &inv->globals, &why) != ZP_OK)
		status = show_fault(&why);
out:
	recset_release(&records);
	strlist_release(&r.hashes);
	strlist_release(&r.services);
	strlist_release(&r.flags);
	return status;
}
