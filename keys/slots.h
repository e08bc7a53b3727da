/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys/slots.h - the next key, made ahead (the next-key scheme, RFC 7671 8.1).
 *
 * A folder holds, for each host and algorithm,
 *	HOST.ALGORITHM.next.key		the private key of the next certificate
 *	HOST.ALGORITHM.next.csr		a request for it, for the ACME client
 *	HOST.ALGORITHM.current.key	the key that the live certificate uses
 * Slots move by rename, the new next key is made first, so that at every
 * instant a current or a next key is there and no key is ever lost: what
 * leaves "current" becomes HOST.ALGORITHM.retired.key until the next move.
 */
#ifndef KEYS_SLOTS_H
#define KEYS_SLOTS_H

#include "base/fault.h"
#include "keys/keygen.h"

/* One set of slots. Borrowed. */
struct slots {
	const char *folder;	/* made if missing, mode 0700 */
	const char *host;
	enum keygen_algorithm algorithm;
};

/*
 * The facts of the next key; made, with its request, if there is none.
 * Fails: ZP_EUSAGE (a slot holds no key), ZP_ELOCAL.
 */
int slots_make_next(struct key_facts *next, const struct slots *s, struct fault *why) MUST_CHECK;

/*
 * The live certificate uses current now.  If that is the next key the slots
 * are moved on: next becomes current, a new next key is made.  Any other key
 * leaves the slots alone.  next receives the facts of the next key as it is
 * afterwards.  Doing it again changes nothing.
 * Fails: as slots_make_next().
 */
int slots_advance(struct key_facts *next, const struct slots *s, const struct key_facts *current,
    struct fault *why) MUST_CHECK;

/* HOST.ALGORITHM.SLOT.SUFFIX in the folder, to be freed; NULL without memory. */
char *slots_path(const struct slots *s, const char *slot, const char *suffix);

#endif
