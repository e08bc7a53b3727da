/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live/forwarder.h - what kind of server a forwarder is.
 *
 * People also give an authoritative server of a private tree where a resolver
 * is asked for.  It answers for its own zones alone, so look-ups must be led
 * on from there, not handed to it.
 */
#ifndef LIVE_FORWARDER_H
#define LIVE_FORWARDER_H

#include <stdbool.h>

#include "base/fault.h"
#include "dns/name.h"
#include "live/server.h"

/*
 * Ask server for the keys of zone: does it offer recursion (RA)?  One that
 * does not reply in time counts as recursive.
 * Fails: ZP_ELOCAL.
 */
int forwarder_is_recursive(bool *yes, const struct server *server, const struct name *zone,
    struct fault *why) MUST_CHECK;

#endif
