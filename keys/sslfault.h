/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys/sslfault.h - OpenSSL's error queue as the end of a sentence.
 */
#ifndef KEYS_SSLFAULT_H
#define KEYS_SSLFAULT_H

#include "base/fault.h"

/*
 * As fault_set(), with ": " and the oldest reason of this thread's queue
 * behind, where there is one.  Empties the queue.
 */
int sslfault_set(struct fault *why, int class, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
