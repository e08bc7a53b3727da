/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/preflight.h - what an order names on this machine, before anything is begun.
 *
 * A key file that cannot be read or a command that does not exist is found
 * out when a rollover starts, not hours later, when it is their turn.
 * Reads files and asks for permissions; changes nothing.
 */
#ifndef PUBLISH_PREFLIGHT_H
#define PUBLISH_PREFLIGHT_H

#include "publish/order.h"

/*
 * Fails, each with the path: ZP_ELOCAL (a folder or file cannot be used),
 * ZP_EABSENT (no such file or command), ZP_EUSAGE (a key file that is none, or public).
 */
int preflight_check(const struct order *o, struct fault *why) MUST_CHECK;

#endif
