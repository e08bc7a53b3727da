/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/workers.h - many independent jobs on all processors, by processes.
 *
 * A job leaves its results on disk; what it changes in memory is lost to the
 * caller.
 */
#ifndef CMD_WORKERS_H
#define CMD_WORKERS_H

#include <stddef.h>

#include "base/fault.h"

/*
 * Call job(context, i) for each i below n.  After a failure no further job
 * is begun; those under way are finished.
 * Fails: as the first job that failed; ZP_ELOCAL if processes cannot be made
 * or one of them dies.
 */
int workers_run(size_t n, int (*job)(void *context, size_t i, struct fault *why), void *context,
    struct fault *why) MUST_CHECK;

#endif
