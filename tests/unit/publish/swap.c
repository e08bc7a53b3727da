/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include "publish/steps_tlsa.h"
#include "publish/swap.h"
#include "tests/unit/keys/keys_help.h"

static char top[4096];		/* tests/data/keys */

static struct bytes
content_of(const char *path)
{
	struct bytes b;

	if (file_read(&b, path, 1 << 20, NULL) != ZP_OK)
		bytes_append_text(&b, "(none)");
	return b;
}

/* Write to path what stands in files of the test data, one behind the other. */
static void
compose(const char *path, mode_t mode, const char *first, const char *second)
{
	const char *const names[] = { first, second };
	struct bytes all = { 0 };

	for (size_t i = 0; i < 2 && names[i] != NULL; i++) {
		char from[4200];
		struct bytes b;

		(void)snprintf(from, sizeof from, "%s/%s", top, names[i]);
		b = content_of(from);
		bytes_append(&all, b.data, b.len);
		bytes_release(&b);
	}
	if (file_replace(path, &all, mode, NULL) != ZP_OK || chmod(path, mode) != 0)
		abort();
	bytes_release(&all);
}

static bool
same(const char *a, const char *b)
{
	struct bytes x = content_of(a), y = content_of(b);
	bool equal = x.len == y.len && memcmp(x.data, y.data, x.len) == 0;

	bytes_release(&x);
	bytes_release(&y);
	return equal;
}

static unsigned
count_of(const char *path, const char *what)
{
	struct bytes b = content_of(path);
	unsigned n = 0;

	for (const char *p = bytes_text(&b); (p = strstr(p, what)) != NULL; p++)
		n++;
	bytes_release(&b);
	return n;
}

static unsigned
mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (unsigned)st.st_mode & 07777 : 0;
}

static char *
print_of(const char *path)
{
	struct chain c;
	char *print = NULL;

	if (chain_read(&c, path, NULL) != ZP_OK || steps_fingerprint(&print, &c, NULL) != ZP_OK)
		abort();
	chain_release(&c);
	return print;
}

static void
test_one_file(void)
{
	struct order o = { .cert = (char *)"new.pem", .key = (char *)"new.key", .live_chain = (char *)"live" };
	struct fault why = { 0 };
	struct stat st;
	char *print;

	compose("new.pem", 0644, "p384-chain.pem", NULL);
	compose("new.key", 0600, "p384.key", NULL);
	compose("live", 0640, "ec-live.pem", NULL);
	compose("was", 0600, "ec-live.pem", NULL);
	compose("want", 0600, "p384.key", "p384-chain.pem");
	print = print_of("new.pem");

	tap_is_int(swap_do(&o, SWAP_PREVIOUS, NULL, &why), ZP_OK, "nothing was kept yet");
	tap_ok(same("live", "was"), "what is live stays");
	o.no_probe = true;
	tap_is_int(swap_do(&o, SWAP_PREVIOUS, NULL, &why), ZP_EREFUSED, "where nobody looks that is refused");
	o.no_probe = false;
	tap_is_int(swap_do(&o, SWAP_RENEWED, print, &why), ZP_OK, "the renewed pair");
	tap_ok(same("live", "want"), "key, then certificates");
	tap_ok(mode_of("live") == 0640 && mode_of("live.zonepub-previous") == 0640, "owner and mode stay");
	tap_ok(same("live.zonepub-previous", "was"), "what was live is kept");
	tap_is_int(swap_do(&o, SWAP_RENEWED, print, &why), ZP_OK, "again");
	tap_ok(same("live.zonepub-previous", "was"), "changes nothing that is kept");
	tap_is_int(swap_do(&o, SWAP_PREVIOUS, NULL, &why), ZP_OK, "put back");
	tap_ok(same("live", "was"), "the former pair is live");
	tap_is_int(swap_do(&o, SWAP_FORGET, NULL, &why), ZP_OK, "forget");
	tap_ok(!file_exists("live.zonepub-previous"), "nothing is kept");
	tap_is_int(swap_do(&o, SWAP_FORGET, NULL, &why), ZP_OK, "forget twice");

	(void)unlink("live");
	tap_is_int(swap_do(&o, SWAP_RENEWED, print, &why), ZP_OK, "no live file yet");
	tap_ok(mode_of("live") == 0600 && !file_exists("live.zonepub-previous"),
	    "it is made for its owner alone, nothing is kept");

	/* A file without a newline at its end. */
	compose("new.key", 0600, "p384.key", NULL);
	tap_ok(stat("new.key", &st) == 0 && truncate("new.key", st.st_size - 1) == 0,
	    "a key without a final newline");
	(void)unlink("live");
	tap_is_int(swap_do(&o, SWAP_RENEWED, print, &why), ZP_OK, "is put in place");
	tap_ok(same("live", "want"), "the certificate begins on a line of its own");
	free(print);
}

/* The renewed files are replaced while we look. */
static void
test_changed(void)
{
	struct order o = { .cert = (char *)"new.pem", .key = (char *)"new.key", .live_chain = (char *)"live" };
	struct fault why = { 0 };
	char *print;

	compose("new.pem", 0644, "p384-chain.pem", NULL);
	compose("new.key", 0600, "p384.key", NULL);
	compose("live", 0600, "ec-live.pem", NULL);
	print = print_of("new.pem");
	compose("new.key", 0600, "rsa.key", NULL);
	tap_is_int(swap_do(&o, SWAP_RENEWED, print, &why), ZP_ERETRY, "the key was replaced: halves of two pairs");
	compose("new.pem", 0644, "rsa-chain.pem", NULL);
	tap_is_int(swap_do(&o, SWAP_RENEWED, print, &why), ZP_ERETRY, "both were: another pair");
	tap_ok(strstr(why.text, "new.pem") != NULL, "named: %s", why.text);
	compose("want", 0600, "ec-live.pem", NULL);
	tap_ok(same("live", "want") && !file_exists("live.zonepub-previous"), "nothing was moved");
	compose("new.key", 0600, "ec-locked.key", NULL);
	tap_is_int(swap_do(&o, SWAP_RENEWED, print, &why), ZP_EUSAGE, "an encrypted key is refused");
	compose("new.key", 0600, "p384.pub", NULL);
	tap_is_int(swap_do(&o, SWAP_RENEWED, print, &why), ZP_EUSAGE, "a public key is refused");
	tap_ok(same("live", "want"), "and nothing was moved");
	free(print);
}

/* One file that holds both halves, given as either. */
static void
test_combined(void)
{
	struct order o = { .cert = (char *)"both", .key = (char *)"both", .live_cert = (char *)"c",
		.live_key = (char *)"k" };
	struct order one = { .cert = (char *)"both", .key = (char *)"both", .live_chain = (char *)"live" };
	struct fault why = { 0 };
	char *print;

	compose("both", 0600, "p384.key", "p384-chain.pem");
	compose("c", 0644, "ec-chain.pem", NULL);
	compose("k", 0600, "ec.key", NULL);
	print = print_of("both");
	tap_is_int(swap_do(&o, SWAP_RENEWED, print, &why), ZP_OK, "a file with key and certificates as both halves");
	tap_ok(mode_of("c") == 0644 && count_of("c", "PRIVATE") == 0, "no key gets to the certificates");
	tap_ok(count_of("k", "CERTIFICATE") == 0 && count_of("k", "PRIVATE KEY") == 2, "the key is with the key");
	tap_is_int(swap_do(&one, SWAP_RENEWED, print, &why), ZP_OK, "the same into one file");
	tap_ok(count_of("live", "BEGIN PRIVATE KEY") + count_of("live", "BEGIN EC PRIVATE KEY") == 1 &&
	    count_of("live", "BEGIN CERTIFICATE") == count_of("both", "BEGIN CERTIFICATE"), "each is there once");
	free(print);
}

/* DER is handed out by some issuers, and read by no mail server. */
static void
test_der(void)
{
	static const struct {
		const char *cert, *key, *pem;
	} rows[] = {
		{ "rsa.der", "rsa.key.der", "rsa.pem" }, { "rsa.der", "rsa-old.key.der", "rsa.pem" },
		{ "ec.der", "ec-old.key.der", "ec.pem" }, { "ed.der", "ed.key.der", "ed.pem" },
		{ "p384.pem", "p384.key.der", "p384.pem" }, { "p384.der", "p384.key", "p384.pem" },
	};
	struct order o = { .cert = (char *)"new.pem", .key = (char *)"new.key", .live_chain = (char *)"live" };
	struct fault why = { 0 };

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct chain live = { 0 }, want = { 0 };
		struct key_facts key = { 0 };
		char *print;

		compose("new.pem", 0644, rows[i].cert, NULL);
		compose("new.key", 0600, rows[i].key, NULL);
		compose("want", 0600, rows[i].pem, NULL);
		(void)unlink("live");
		print = print_of("new.pem");
		tap_ok(swap_do(&o, SWAP_RENEWED, print, &why) == ZP_OK, "%s and %s", rows[i].cert, rows[i].key);
		tap_ok(count_of("live", "-----BEGIN CERTIFICATE-----\n") == 1 &&
		    count_of("live", "PRIVATE KEY-----\n") == 2, "are live as PEM");
		tap_ok(chain_read(&live, "live", &why) == ZP_OK && chain_read(&want, "want", &why) == ZP_OK &&
		    keyfile_read(&key, "live", NULL, &why) == ZP_OK && chain_equal(&live, &want) &&
		    chain_has_key(&live, &key) && key.is_private, "and the same pair: %s", why.text);
		chain_release(&live);
		chain_release(&want);
		key_facts_release(&key);
		free(print);
	}
	(void)unlink("live.zonepub-previous");
}

static void
test_two_files(void)
{
	struct order o = { .cert = (char *)"new.pem", .key = (char *)"new.key", .live_cert = (char *)"c",
		.live_key = (char *)"k" };
	struct fault why = { 0 };
	char *print;

	compose("new.pem", 0644, "p384-chain.pem", NULL);
	compose("new.key", 0600, "p384.key", NULL);
	compose("c", 0644, "ec-chain.pem", NULL);
	compose("k", 0640, "ec.key", NULL);
	compose("was-c", 0600, "ec-chain.pem", NULL);
	compose("was-k", 0600, "ec.key", NULL);
	(void)unlink("c.zonepub-previous");
	(void)unlink("k.zonepub-previous");
	print = print_of("new.pem");
	tap_is_int(swap_do(&o, SWAP_RENEWED, print, &why), ZP_OK, "two files");
	tap_ok(same("c", "new.pem") && same("k", "new.key"), "both are new");
	tap_ok(mode_of("c") == 0644 && mode_of("k") == 0640, "with the modes they had");

	/* A crash between the two renames: the new certificate beside the old key. */
	compose("k", 0640, "ec.key", NULL);
	tap_is_int(swap_do(&o, SWAP_RENEWED, print, &why), ZP_OK, "a mixture is mended by the next run");
	tap_ok(same("k", "new.key") && same("c.zonepub-previous", "was-c") &&
	    same("k.zonepub-previous", "was-k"), "and what is kept is the pair, not the mixture");
	compose("c", 0644, "ec-chain.pem", NULL);
	tap_is_int(swap_do(&o, SWAP_PREVIOUS, NULL, &why), ZP_OK, "a mixture is put back");
	tap_ok(same("c", "was-c") && same("k", "was-k"), "to the former pair");

	/* Only the first of two was kept when the process died: it was never relied on. */
	(void)unlink("c.zonepub-previous");
	tap_is_int(swap_do(&o, SWAP_RENEWED, print, &why), ZP_OK, "what was kept by half");
	tap_ok(same("c.zonepub-previous", "was-c") && same("k.zonepub-previous", "was-k"), "is kept whole");
	free(print);
}

static void
test_full_disk(void)
{
	struct order o = { .cert = (char *)"new.pem", .key = (char *)"new.key", .live_chain = (char *)"live" };
	struct rlimit had, small;
	struct fault why = { 0 };
	char *print;

	compose("new.pem", 0644, "p384-chain.pem", NULL);
	compose("new.key", 0600, "p384.key", NULL);
	compose("live", 0600, "ec-live.pem", NULL);
	compose("want", 0600, "ec-live.pem", NULL);
	(void)unlink("live.zonepub-previous");
	print = print_of("new.pem");
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)getrlimit(RLIMIT_FSIZE, &had);
	small = (struct rlimit){ 100, had.rlim_max };
	(void)setrlimit(RLIMIT_FSIZE, &small);
	tap_is_int(swap_do(&o, SWAP_RENEWED, print, &why), ZP_ELOCAL, "the disk is full");
	(void)setrlimit(RLIMIT_FSIZE, &had);
	tap_ok(same("live", "want") && !file_exists("live.zonepub-previous"), "the live file stands");
	free(print);
}

int
main(void)
{
	static const char *const files[] = { "new.pem", "new.key", "live", "was", "want", "both", "c", "k",
		"was-c", "was-k", "live.zonepub-previous", "c.zonepub-previous", "k.zonepub-previous" };
	char folder[] = "/tmp/zonepub-swap-XXXXXX", path[512];

	if (realpath(data_path(path, "."), top) == NULL || mkdtemp(folder) == NULL || chdir(folder) != 0)
		return 1;
	test_one_file();
	test_changed();
	test_combined();
	test_der();
	test_two_files();
	test_full_disk();
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		(void)unlink(files[i]);
	tap_is_int(chdir("/"), 0, "left the folder");
	tap_is_int(rmdir(folder), 0, "nothing else was left in it");
	return tap_done();
}
