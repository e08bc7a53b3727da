/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "keys/tsigfile.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/unit/tap.h"

/* base64 of "secret secret secret" */
#define SECRET "c2VjcmV0IHNlY3JldCBzZWNyZXQ="

struct row {
	const char *what;
	const char *text;
	const char *algorithm;	/* NULL: refused, and then name is a part of the sentence */
	const char *name;
	bool has_more;
};

static const struct row rows[] = {
	{ "a clause", "key \"k.example\" {\n\talgorithm hmac-sha256;\n\tsecret \"" SECRET "\";\n};\n",
	    "hmac-sha256", "k.example.", false },
	{ "a clause without quotes", "key k.example { algorithm hmac-sha512; secret " SECRET "; };",
	    "hmac-sha512", "k.example.", false },
	{ "the secret first", "key k { secret \"" SECRET "\"; algorithm \"hmac-sha1\"; };",
	    "hmac-sha1", "k.", false },
	{ "comments", "# one\n// two\n/* three\n */ key \"k\" { // here\n algorithm hmac-md5; /* and */ "
	    "secret \"" SECRET "\"; # there\n};\n# end", "hmac-md5", "k.", false },
	{ "two clauses", "key \"a\" { algorithm hmac-sha256; secret \"" SECRET "\"; };\n"
	    "key \"b\" { algorithm hmac-sha1; secret \"YWJj\"; };\n", "hmac-sha256", "a.", true },
	{ "ddns-confgen", "# To activate this key\nkey \"k\" {\n\talgorithm hmac-sha256;\n\tsecret \""
	    SECRET "\";\n};\n\n# Then\nupdate-policy {\n\t  grant k zonesub ANY;\n};\n"
	    "\n# After\nnsupdate -k <keyfile>\n",
	    "hmac-sha256", "k.", false },
	{ "keymgr -t", "# hmac-sha256:k.example:" SECRET "\nkey:\n  - id: k.example\n"
	    "    algorithm: hmac-sha256\n    secret: " SECRET "\n", "hmac-sha256", "k.example.", false },
	{ "the comment of keymgr alone", "# hmac-sha384:k.example:" SECRET "\n", "hmac-sha384",
	    "k.example.", false },
	{ "two keys of keymgr", "key:\n  - id: a\n    algorithm: hmac-sha256\n    secret: " SECRET
	    "\n  - id: b\n    algorithm: hmac-sha1\n    secret: YWJj\n", "hmac-sha256", "a.", true },
	{ "a line", "hmac-sha224:k.example.:" SECRET "\n", "hmac-sha224", "k.example.", false },
	{ "a line without its end", "hmac-sha256-128:k:" SECRET, "hmac-sha256-128", "k.", false },
	{ "nothing", "", NULL, "empty", false },
	{ "comments alone", "// nothing\n\n", NULL, "no key", false },
	{ "an open comment", "/* key", NULL, "f:1", false },
	{ "no algorithm", "key k { secret \"" SECRET "\"; };", NULL, "no algorithm", false },
	{ "no secret", "key k { algorithm hmac-sha256; };", NULL, "no secret", false },
	{ "a bad algorithm", "key k {\n algorithm sha;\n secret \"" SECRET "\"; };", NULL, "f:2", false },
	{ "a bad secret", "key k {\n algorithm hmac-sha256;\n secret \"c2VjcmV0*\"; };", NULL, "f:3",
	    false },
	{ "an empty secret", "key k { algorithm hmac-sha256; secret \"\"; };", NULL, "base64", false },
	{ "an unknown field", "key k {\n\nport 5; };", NULL, "f:3", false },
	{ "another statement", "options { directory \"/\"; };", NULL, "f:1", false },
	{ "text behind the clause", "key k { algorithm hmac-sha256; secret \"" SECRET "\"; };\n\nx",
	    NULL, "f:3", false },
	{ "no semicolon", "key k { algorithm hmac-sha256 secret \"" SECRET "\"; };", NULL, "';'", false },
	{ "no end", "key k { algorithm hmac-sha256;", NULL, "f:1", false },
	{ "no name", "key { algorithm hmac-sha256; };", NULL, "f:1", false },
	{ "a line in the wrong order", SECRET ":k:hmac-sha256\n", NULL, "f:1", false },
	{ "a line without an algorithm", "k:" SECRET "\n", NULL, "f:1", false },
	{ "two lines", "hmac-sha256:k:" SECRET "\nmore\n", NULL, "behind", false },
	{ "a list without a secret", "key:\n  - id: k\n    algorithm: hmac-sha256\n", NULL, "needs",
	    false },
	{ "a list with something else", "key:\n  - id: k\n    port: 5\n", NULL, "f:3", false },
};

static void
test_rows(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];
		struct tsigfile_notes notes;
		struct tsig_key key;
		struct bytes text = { 0 };
		struct fault why = { 0 };
		char algorithm[32], name[NAME_TEXT_MAX];
		int class;

		bytes_append_text(&text, r->text);
		class = tsigfile_parse(&key, &notes, &text, "f", &why);
		if (r->algorithm == NULL) {
			tap_ok(class == ZP_EUSAGE && key.secret.data == NULL, "%s is refused", r->what);
			tap_ok(strstr(why.text, r->name) != NULL || strstr(why.text, "f:") != NULL,
			    "%s", why.text);
			tap_ok(strstr(why.text, "c2Vj") == NULL, "the secret is not in the sentence");
		} else if (tap_ok(class == ZP_OK, "%s is read%s%s", r->what, why.text[0] ? ": " : "",
		    why.text)) {
			tap_is(tsig_print_algorithm(algorithm, &key), r->algorithm, "its algorithm");
			tap_is(name_print(name, &key.name), r->name, "its name");
			tap_is(bytes_text(&key.secret), "secret secret secret", "its secret");
			tap_is_int(notes.has_more, r->has_more, "alone or not");
			tap_is_int(notes.is_md5, strcmp(r->algorithm, "hmac-md5") == 0, "MD5 is noted");
		}
		tsig_key_release(&key);
		bytes_release(&text);
	}
}

static void
test_inline(void)
{
	static const char *const bad[] = { "", "k", "x:k:" SECRET, "k:", ":" SECRET, "k:*", SECRET ":k",
		"hmac-sha256::" SECRET, "hmac-sha256:a..b:" SECRET };
	struct tsig_key key;
	struct fault why;
	char buf[32];

	tap_ok(tsigfile_parse_inline(&key, "k:" SECRET, "hmac-sha256", &why) == ZP_OK, "NAME:SECRET");
	tap_is(tsig_print_algorithm(buf, &key), "hmac-sha256", "has the default algorithm");
	tsig_key_release(&key);
	tap_ok(tsigfile_parse_inline(&key, "hmac-sha512:k:" SECRET, "hmac-sha256", &why) == ZP_OK,
	    "ALG:NAME:SECRET");
	tap_is(tsig_print_algorithm(buf, &key), "hmac-sha512", "has its own");
	tsig_key_release(&key);
	tap_ok(tsigfile_parse_inline(&key, "k:" SECRET, NULL, &why) == ZP_EUSAGE,
	    "without a default the algorithm must be given");
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		tap_ok(tsigfile_parse_inline(&key, bad[i], "hmac-sha256", &why) == ZP_EUSAGE &&
		    key.secret.data == NULL && strstr(why.text, "c2Vj") == NULL,
		    "'%s' is refused: %s", bad[i], why.text);
}

static void
put(const char *path, const char *text, mode_t mode)
{
	struct bytes content = { 0 };
	struct fault why;

	bytes_append_text(&content, text);
	if (file_replace(path, &content, mode, &why) != ZP_OK || chmod(path, mode) != 0)
		abort();
	bytes_release(&content);
}

static void
test_pair(void)
{
	static const char *const paths[] = { "Kk.example.+163+04711.key", "Kk.example.+163+04711.private",
		"Kk.example.+163+04711", "Kk.example.+163+04711.", "./Kk.example.+163+04711.key" };
	char folder[] = "/tmp/zp-tsigfile-XXXXXX", buf[32], name[NAME_TEXT_MAX];
	struct tsigfile_notes notes;
	struct tsig_key key;
	struct fault why = { 0 };

	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		abort();
	put("Kk.example.+163+04711.key", "; a comment\nk.example. 3600 IN KEY 512 3 163 c2VjcmV0IHNl "
	    "Y3JldCBzZWNyZXQ=\n", 0600);
	put("Kk.example.+163+04711.private", "Private-key-format: v1.3\nAlgorithm: 163 (HMAC_SHA256)\n"
	    "Key: " SECRET "\nBits: AAA=\n", 0600);
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		if (!tap_ok(tsigfile_read(&key, &notes, paths[i], &why) == ZP_OK, "%s %s", paths[i], why.text))
			continue;
		tap_is(tsig_print_algorithm(buf, &key), "hmac-sha256", "its algorithm");
		tap_is(name_print(name, &key.name), "k.example.", "its name");
		tap_is(bytes_text(&key.secret), "secret secret secret", "its secret");
		tap_ok(!notes.is_exposed, "nobody else can read it");
		tsig_key_release(&key);
	}
	tap_ok(chmod("Kk.example.+163+04711.key", 0644) == 0 &&
	    tsigfile_read(&key, &notes, paths[1], &why) == ZP_OK && notes.is_exposed,
	    "an exposed half is noted");
	tsig_key_release(&key);
	put("Kk.example.+163+04711.private", "Private-key-format: v1.3\nAlgorithm: 163 (HMAC_SHA256)\n"
	    "Key: " SECRET "\nBits: AIA=\n", 0600);
	tap_ok(tsigfile_read(&key, &notes, paths[0], &why) == ZP_OK && key.mac_len == 16, "128 bits");
	tsig_key_release(&key);
	put("Kk.example.+163+04711.key", "k.example. IN KEY 512 3 163 YWJj\n", 0600);
	tap_ok(tsigfile_read(&key, &notes, paths[0], &why) == ZP_EUSAGE, "halves that differ: %s",
	    why.text);
	put("Kk.example.+163+04711.private", "Algorithm: 13 (ECDSAP256SHA256)\nPrivateKey: YWJj\n", 0600);
	tap_ok(tsigfile_read(&key, &notes, paths[0], &why) == ZP_EUSAGE, "a key of another kind: %s",
	    why.text);
	tap_ok(unlink("Kk.example.+163+04711.private") == 0 &&
	    tsigfile_read(&key, &notes, paths[0], &why) == ZP_EABSENT, "a missing half: %s", why.text);
	put("k.key", "key k { algorithm hmac-sha256; secret \"" SECRET "\"; };\n", 0644);
	tap_ok(tsigfile_read(&key, &notes, "k.key", &why) == ZP_OK && notes.is_exposed,
	    "a clause that others can read is noted");
	tsig_key_release(&key);
	tap_ok(tsigfile_read(&key, &notes, "no.key", &why) == ZP_EABSENT, "no such file");
	(void)unlink("k.key");
	(void)unlink("Kk.example.+163+04711.key");
	if (chdir("/") != 0 || rmdir(folder) != 0)
		abort();
}

int
main(void)
{
	test_rows();
	test_inline();
	test_pair();
	return tap_done();
}
