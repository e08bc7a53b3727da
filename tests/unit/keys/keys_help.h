/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tests/unit/keys/keys_help.h - the keys and certificates of tests/data/keys.
 */
#ifndef TESTS_UNIT_KEYS_HELP_H
#define TESTS_UNIT_KEYS_HELP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "keys/cert.h"
#include "keys/keyfile.h"
#include "tests/unit/tap.h"

/* Between the dates of all certificates but those of short-chain.pem (March 2026). */
static const int64_t data_now = INT64_C(1798761600000);		/* 2027-01-01 */
static const int64_t data_march = INT64_C(1773532800000);	/* 2026-03-15 */
static const int64_t data_before = INT64_C(1764547200000);	/* 2025-12-01 */

/* The path of a file; each call overwrites buf. */
static inline const char *
data_path(char buf[512], const char *name)
{
	const char *top = getenv("top_srcdir");

	(void)snprintf(buf, 512, "%s/tests/data/keys/%s", top != NULL ? top : ".", name);
	return buf;
}

/* The digest of a thing as facts.txt has it: column 1 is SHA-256, 2 is SHA-512. */
static inline void
data_fact(char hex[129], const char *what, unsigned column)
{
	struct bytes facts = { 0 };
	struct fault why;
	char path[512], *rest, *line;

	hex[0] = '\0';
	if (file_read(&facts, data_path(path, "facts.txt"), 1 << 20, &why) != ZP_OK) {
		printf("Bail out! %s\n", why.text);
		exit(1);
	}
	rest = (char *)facts.data;
	while ((line = strsep(&rest, "\n")) != NULL) {
		char *word = strsep(&line, " ");

		if (strcmp(word, what) != 0)
			continue;
		for (unsigned i = 0; i < column; i++)
			word = strsep(&line, " ");
		(void)snprintf(hex, 129, "%s", word);
	}
	bytes_release(&facts);
}

static inline void
data_chain(struct chain *out, const char *name)
{
	struct fault why;
	char path[512];

	if (chain_read(out, data_path(path, name), &why) != ZP_OK) {
		printf("Bail out! %s\n", why.text);
		exit(1);
	}
}

/* A passphrase that counts how often it was asked for. */
struct data_pass {
	const char *text;
	unsigned asked;
};

static inline int
data_ask(struct bytes *out, void *context, const char *path, struct fault *why)
{
	struct data_pass *p = context;

	(void)path;
	p->asked++;
	bytes_append_text(out, p->text);
	return bytes_check(out, why);
}

#endif
