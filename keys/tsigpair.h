/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys/tsigpair.h - TSIG keys as dnssec-keygen used to write them.
 *
 * Kexample.+163+12345.key holds a KEY record (RFC 2535), the .private file
 * beside it the same secret; the numbers are the algorithm and the tag.
 */
#ifndef KEYS_TSIGPAIR_H
#define KEYS_TSIGPAIR_H

#include <stdbool.h>

#include "base/fault.h"
#include "dns/tsig.h"
#include "keys/tsigfile.h"

/* True if the last part of path is K*+NNN+NNNNN, with .key, .private, a dot or nothing behind. */
bool tsigpair_is_path(const char *path);

/*
 * Read both files.  Fails: ZP_EABSENT, ZP_ELOCAL; ZP_EUSAGE, also for a pair
 * that is of another kind (SIG(0), a zone's key) or whose halves differ.
 */
int tsigpair_read(struct tsig_key *out, struct tsigfile_notes *notes, const char *path,
    struct fault *why) MUST_CHECK;

#endif
