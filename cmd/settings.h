/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/settings.h - the configuration that a command line calls for.
 *
 * It is the file of --config, else of $ZONEPUB_CONFIG, else the one in the
 * system's place.  Only the last may be missing.
 */
#ifndef CMD_SETTINGS_H
#define CMD_SETTINGS_H

#include "base/fault.h"
#include "cmd/options.h"
#include "conf/conf.h"
#include "live/resolver.h"

/*
 * Read it.  *out is NULL if there is none, and is the caller's to free.
 * Fails: ZP_EUSAGE (a named file that is missing, any error in it); ZP_ELOCAL.
 */
int settings_read(struct conf **out, const struct globals *g, struct fault *why) MUST_CHECK;

/*
 * The resolver of --resolver and --trust-anchor, else of the resolver section
 * of c (which may be null), else of /etc/resolv.conf.  timeout_ms is for one
 * question.  Fails: as resolver_make(), and ZP_EUSAGE for a bad stub.
 */
int settings_resolver(struct resolver **out, const struct conf *c, const struct globals *g,
    int timeout_ms, struct fault *why) MUST_CHECK;

#endif
