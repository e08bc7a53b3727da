/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub keygen tsig: a shared secret, as a named.conf key clause. */
#include "config.h"

#include <string.h>

#include "base/base64.h"
#include "base/file.h"
#include "cmd/json.h"
#include "cmd/keygen.h"
#include "cmd/output.h"
#include "cmd/show.h"
#include "dns/name.h"
#include "dns/tsig.h"
#include "keys/keygen.h"

/* A secret is as long as the digest (RFC 2104 3). */
static const size_t secret_sizes[] = {
	[TSIG_HMAC_MD5] = 16, [TSIG_HMAC_SHA1] = 20, [TSIG_HMAC_SHA224] = 28,
	[TSIG_HMAC_SHA256] = 32, [TSIG_HMAC_SHA384] = 48, [TSIG_HMAC_SHA512] = 64
};

/* The key as text; the caller wipes it. */
static int
print_key(struct bytes *out, const struct tsig_key *key, bool json, struct fault *why)
{
	struct bytes secret = { 0 };
	char name[NAME_TEXT_MAX], algorithm[32];
	int class;

	base64_print(&secret, key->secret.data, key->secret.len);
	(void)name_print_host(name, &key->name);
	(void)tsig_print_algorithm(algorithm, key);
	if (json) {
		struct json *o = json_make_object();

		json_put_text(o, "name", name);
		json_put_text(o, "algorithm", algorithm);
		json_put_text(o, "secret", bytes_text(&secret));
		class = json_print(out, o, why);
		json_free(o);
	} else {
		bytes_printf(out, "key \"%s\" {\n\talgorithm %s;\n\tsecret \"%s\";\n};\n", name, algorithm,
		    bytes_text(&secret));
		class = bytes_check(out, why);
	}
	bytes_wipe(&secret);
	return class;
}

/* The key where it was asked for: a file gets the clause, whatever standard output gets. */
static int
hand_out(const struct tsig_key *key, const char *output, const struct globals *g, struct fault *why)
{
	struct bytes text = { 0 };
	int class = ZP_OK;

	if (output != NULL) {
		class = print_key(&text, key, false, why);
		if (class == ZP_OK)
			class = file_create(output, &text, 0600, why);
		bytes_wipe(&text);
	}
	if (class == ZP_OK && (output == NULL || g->json)) {
		class = print_key(&text, key, g->json, why);
		if (class == ZP_OK)
			class = output_print(&text, why);
		bytes_wipe(&text);
	}
	return class;
}

static int
make(const char *name, const char *algorithm, const char *output, const struct globals *g,
    struct fault *why)
{
	struct tsig_key key = { 0 };
	int class = name_parse_domain(&key.name, name, why);

	if (class == ZP_OK && name_is_root(&key.name))
		class = fault_set(why, ZP_EUSAGE, "the root is no name for a key");
	if (class == ZP_OK)
		class = tsig_parse_algorithm(&key, algorithm, why);
	if (class == ZP_OK && key.algorithm == TSIG_HMAC_MD5 && !g->quiet)
		show_warning("HMAC MD5 is for servers that know nothing better: use hmac-sha256 (RFC 8945 6)");
	if (class == ZP_OK)
		class = keygen_secret(&key.secret, secret_sizes[key.algorithm], why);
	if (class == ZP_OK && output != NULL && strcmp(output, "-") == 0)
		output = NULL;
	if (class == ZP_OK && output != NULL && g->dry_run && file_exists(output))
		class = fault_set(why, ZP_EREFUSED, "%s exists: it is never overwritten", output);
	else if (class == ZP_OK && output != NULL && g->dry_run)
		show_note("the key would be written to %s", output);
	else if (class == ZP_OK)
		class = hand_out(&key, output, g, why);
	tsig_key_release(&key);
	return class;
}

int
cmd_keygen_tsig(struct invocation *inv)
{
	const char *algorithm = "hmac-sha256", *output = NULL;
	const struct option_row rows[] = {
		{ '\0', "algorithm", OPTION_TEXT, &algorithm, "ALG",
		    "hmac-sha256, -sha384, -sha512, -sha224, -sha1 or -md5 (hmac-sha256)" },
		{ 'o', "output", OPTION_TEXT, &output, "FILE", "write there, to a new file of mode 0600" },
	};
	const struct usage usage = {
		.synopsis = "keygen tsig NAME [--algorithm ALG] [-o FILE]",
		.about = "Makes a shared secret and prints it as a key clause of named.conf.",
		.rows = rows, .rows_n = sizeof rows / sizeof rows[0],
		.example = "  zonepub keygen tsig mail-update -o /etc/zonepub/example.com.key"
	};
	struct fault why = { 0 };
	enum options_outcome outcome = options_parse(inv, &usage);

	if (outcome != OPTIONS_RUN)
		return outcome;
	if (inv->argc != 1) {
		show_error("keygen tsig: one name is wanted");
		return EXIT_USAGE;
	}
	if (make(inv->argv[0], algorithm, output, &inv->globals, &why) != ZP_OK)
		return show_fault(&why);
	return EXIT_DONE;
}
