/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/swap.h - the live certificate and key, replaced and put back.
 *
 * One file (live-chain): the key, then the certificates, written beside and
 * renamed: a service reads the old pair or the new one, never a mixture.
 *
 * Two files (live-cert, live-key): there is no rename of two.  The certificate
 * file is renamed first and the key right after, both written and synced
 * before the first rename.  A service that reads in between finds a key that
 * does not belong to the certificate and, as Postfix, Dovecot and nginx do,
 * refuses to load the pair and keeps what it has, or fails to start until the
 * deploy command that follows.  A crash in between is mended by the next run,
 * which swaps again before it deploys.
 *
 * What was live is kept beside, as FILE.zonepub-previous, with the same owner
 * and mode, until the rollover is over.  It is written before the first
 * rename, and never overwritten by a pair that is not the previous one.
 */
#ifndef PUBLISH_SWAP_H
#define PUBLISH_SWAP_H

#include "base/fault.h"
#include "publish/order.h"
#include "publish/outside.h"

/*
 * fingerprint names the leaf that SWAP_RENEWED shall put in place (see
 * steps_fingerprint()); the others do not look at it.  PEM files that hold
 * both halves are taken apart: certificates from cert, the key from key.  What
 * is DER is put in place as PEM.
 * SWAP_PREVIOUS with nothing kept has nothing to do: nothing was moved.
 *
 * Fails: ZP_EABSENT (the renewed pair is not there);
 * ZP_ERETRY (the renewed files hold another pair, or halves of two);
 * ZP_EUSAGE (a file holds no certificate or key); ZP_ELOCAL.  The live files
 * are then as they were, but for a failure between the two renames of a pair
 * of files.
 */
int swap_do(const struct order *o, enum swap_way way, const char *fingerprint,
    struct fault *why) MUST_CHECK;

/* Where the pair that was live is kept; the caller frees. NULL without memory. */
char *swap_previous_path(const char *live);

#endif
