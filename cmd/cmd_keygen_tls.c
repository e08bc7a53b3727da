/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub keygen tls: a private key, and the request for a certificate. */
#include "config.h"

#include <stdlib.h>

#include "base/file.h"
#include "cmd/json.h"
#include "cmd/keygen.h"
#include "cmd/output.h"
#include "cmd/show.h"
#include "dns/name.h"
#include "keys/keygen.h"
#include "keys/slots.h"

/* What is to be made, and where. */
struct plan {
	struct strlist hosts;	/* checked, without a final dot */
	enum keygen_algorithm algorithm;
	struct bytes key_path;
	struct bytes csr_path;	/* empty: no request */
	bool next;		/* the next key of the next-key scheme */
};

static void
plan_release(struct plan *p)
{
	strlist_release(&p->hosts);
	bytes_release(&p->key_path);
	bytes_release(&p->csr_path);
}

static int
plan_hosts(struct plan *p, const struct invocation *inv, struct fault *why)
{
	int class = ZP_OK;

	for (int i = 0; class == ZP_OK && i < inv->argc; i++) {
		char text[NAME_TEXT_MAX];
		struct name host;

		class = name_parse_server(&host, inv->argv[i], why);
		if (class == ZP_OK)
			class = strlist_add(&p->hosts, name_print_host(text, &host), why);
	}
	return class;
}

static int
plan_files(struct plan *p, const char *folder, bool csr, bool dry, struct fault *why)
{
	bytes_printf(&p->key_path, "%s/%s.key", folder, p->hosts.v[0]);
	if (csr)
		bytes_printf(&p->csr_path, "%s/%s.csr", folder, p->hosts.v[0]);
	if (bytes_is_broken(&p->key_path) || bytes_is_broken(&p->csr_path))
		return fault_set_nomem(why);
	if (csr && file_exists(bytes_text(&p->csr_path)))
		return fault_set(why, ZP_EREFUSED, "%s exists, and is not overwritten",
		    bytes_text(&p->csr_path));
	if (dry && file_exists(bytes_text(&p->key_path)))
		return fault_set(why, ZP_EREFUSED, "%s exists, and a key is never overwritten",
		    bytes_text(&p->key_path));
	return dry ? ZP_OK : file_make_folder(folder, why);
}

static int
show(const struct plan *p, const struct key_facts *key, bool json, struct fault *why)
{
	struct bytes text = { 0 };
	struct json *o = json ? json_make_object() : NULL;
	int class;

	if (json) {
		struct bytes digest = { 0 };

		if (key->kind != KEY_NONE)
			bytes_append_hex(&digest, key->sha256, sizeof key->sha256);
		json_put_text(o, "algorithm", keygen_print_algorithm(p->algorithm));
		json_put_text(o, "key", bytes_text(&p->key_path));
		json_put_text(o, "csr", p->csr_path.len > 0 ? bytes_text(&p->csr_path) : NULL);
		json_put_text(o, "spki_sha256", digest.len > 0 ? bytes_text(&digest) : NULL);
		if (p->next) {
			struct bytes rdata = { 0 };

			bytes_printf(&rdata, "3 1 1 %s", bytes_text(&digest));
			json_put_text(o, "tlsa", digest.len > 0 ? bytes_text(&rdata) : NULL);
			bytes_release(&rdata);
		}
		class = json_print(&text, o, why);
		bytes_release(&digest);
	} else {
		bytes_printf(&text, "%s\n", bytes_text(&p->key_path));
		if (p->csr_path.len > 0)
			bytes_printf(&text, "%s\n", bytes_text(&p->csr_path));
		if (p->next && key->kind != KEY_NONE) {
			bytes_append_text(&text, "3 1 1 ");
			bytes_append_hex(&text, key->sha256, sizeof key->sha256);
			bytes_append_text(&text, "\n");
		}
		class = bytes_check(&text, why);
	}
	if (class == ZP_OK)
		class = output_print(&text, why);
	json_free(o);
	bytes_release(&text);
	return class;
}

static int
make(struct plan *p, const struct invocation *inv, const char *folder, bool csr,
    struct fault *why)
{
	struct key_facts key = { 0 };
	bool dry = inv->globals.dry_run;
	int class = plan_files(p, folder, csr, dry, why);

	if (class == ZP_OK && !dry)
		class = keygen_write(&key, bytes_text(&p->key_path), p->algorithm, why);
	if (class == ZP_OK && csr && !dry)
		class = keygen_write_csr(bytes_text(&p->csr_path), bytes_text(&p->key_path), NULL,
		    &p->hosts, why);
	if (class == ZP_OK)
		class = show(p, &key, inv->globals.json, why);
	key_facts_release(&key);
	return class;
}

static int
parse_algorithm(enum keygen_algorithm *out, const char *text, struct fault *why)
{
	int class = keygen_parse_algorithm(out, text, why);

	if (class == ZP_OK && *out == KEYGEN_RSA1024)
		return fault_set(why, ZP_EUSAGE, "--algorithm: RSA of 1024 bits is too weak for TLS, and no CA "
		    "certifies it: take rsa2048");
	return class;
}

/* The next key of the next-key scheme: made if there is none, and shown. */
static int
make_next(struct plan *p, const struct invocation *inv, const char *folder, struct fault *why)
{
	const struct slots slots = { folder, p->hosts.v[0], p->algorithm };
	char *key_path = slots_path(&slots, "next", "key");
	char *csr_path = slots_path(&slots, "next", "csr");
	struct key_facts key = { 0 };
	int class = ZP_OK;

	if (key_path == NULL || csr_path == NULL)
		class = fault_set_nomem(why);
	else if (!inv->globals.dry_run)
		class = slots_make_next(&key, &slots, why);
	else if (file_exists(key_path))
		class = keyfile_read(&key, key_path, NULL, why);
	if (class == ZP_OK) {
		p->next = true;
		bytes_append_text(&p->key_path, key_path);
		bytes_append_text(&p->csr_path, csr_path);
		class = show(p, &key, inv->globals.json, why);
	}
	key_facts_release(&key);
	free(csr_path);
	free(key_path);
	return class;
}

int
cmd_keygen_tls(struct invocation *inv)
{
	const char *algorithm = "p256", *folder = NULL;
	bool csr = false, next = false;
	const struct option_row rows[] = {
		{ '\0', "algorithm", OPTION_TEXT, &algorithm, "ALG",
		    "p256, p384, rsa2048, rsa3072, rsa4096 or ed25519 (p256)" },
		{ 'o', "out", OPTION_TEXT, &folder, "DIR", "where to put HOST.key and HOST.csr" },
		{ '\0', "csr", OPTION_FLAG, &csr, NULL, "make a certificate signing request as well" },
		{ '\0', "next", OPTION_FLAG, &next, NULL,
		    "HOST's next key, its request and TLSA data, ahead of time; shown if there is one" },
	};
	const struct usage usage = {
		.synopsis = "keygen tls HOST... [--algorithm ALG] --out DIR [--csr]\n"
		    "       zonepub keygen tls HOST --next [--algorithm ALG] --out DIR",
		.about = "Makes DIR/HOST.key, and with --csr DIR/HOST.csr that names every HOST.  Prints the\n"
		    "paths of what was made, with --dry-run of what would be.  With --next they are those\n"
		    "of the next-key scheme of rotate-tlsa: DIR is its --next-dir, the request goes to the\n"
		    "ACME client.",
		.rows = rows, .rows_n = sizeof rows / sizeof rows[0],
		.example = "  zonepub keygen tls mx1.example.com --algorithm rsa2048 --csr --out /etc/ssl/next"
	};
	struct plan plan = { 0 };
	struct fault why = { 0 };
	enum options_outcome outcome = options_parse(inv, &usage);
	int status = EXIT_DONE;

	if (outcome != OPTIONS_RUN)
		return outcome;
	if (inv->argc == 0 || folder == NULL) {
		show_error("keygen tls: %s", inv->argc == 0 ? "a host is wanted" : "--out is missing");
		return EXIT_USAGE;
	}
	if (next && inv->argc > 1) {
		show_error("keygen tls: --next is for one host, and %d are given", inv->argc);
		return EXIT_USAGE;
	}
	if (parse_algorithm(&plan.algorithm, algorithm, &why) != ZP_OK ||
	    plan_hosts(&plan, inv, &why) != ZP_OK ||
	    (next ? make_next(&plan, inv, folder, &why) : make(&plan, inv, folder, csr, &why)) != ZP_OK)
		status = show_fault(&why);
	plan_release(&plan);
	return status;
}
