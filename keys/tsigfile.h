/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys/tsigfile.h - TSIG keys from files and from the command line.
 *
 * Forms of a file, told apart by what is in it:
 *   - the key clause of named.conf, as tsig-keygen and ddns-confgen print it
 *     (comments and the update-policy of ddns-confgen are passed over);
 *   - the list that "keymgr -t" prints;
 *   - K*.key and K*.private of dnssec-keygen, named by either file or by
 *     what they have in common;
 *   - one line ALG:NAME:SECRET.
 * Where a file has several keys, the first is taken.
 *
 * No error sentence ever holds any part of a secret.
 */
#ifndef KEYS_TSIGFILE_H
#define KEYS_TSIGFILE_H

#include <stdbool.h>

#include "base/fault.h"
#include "dns/tsig.h"

/* What is worth a warning. */
struct tsigfile_notes {
	bool is_exposed;	/* others can read the file */
	bool is_md5;		/* HMAC-MD5 */
	bool has_more;		/* the file has further keys, which were not taken */
};

/*
 * Read the key in path; notes may be null.
 * Fails: ZP_EABSENT (no such file), ZP_EUSAGE (file and line in the
 * sentence), ZP_ELOCAL.
 */
int tsigfile_read(struct tsig_key *out, struct tsigfile_notes *notes, const char *path,
    struct fault *why) MUST_CHECK;

/* The same from memory; path is for the sentences alone. */
int tsigfile_parse(struct tsig_key *out, struct tsigfile_notes *notes, const struct bytes *text,
    const char *path, struct fault *why) MUST_CHECK;

/*
 * [ALG:]NAME:SECRET, as nsupdate -y takes it; without ALG, default_algorithm.
 * Fails: ZP_EUSAGE, ZP_ELOCAL.
 */
int tsigfile_parse_inline(struct tsig_key *out, const char *text, const char *default_algorithm,
    struct fault *why) MUST_CHECK;

#endif
