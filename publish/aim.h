/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/aim.h - which of the probes that are given looks at which port.
 *
 * ADDR looks at every port.  ADDR@PORT whose PORT is one of the ports looks
 * at that one.  Of the others, where services are forwarded to other ports:
 * if they are as many as the ports that no probe names, each looks at one of
 * those, in order; else at all of those, or at all ports where none is left.
 */
#ifndef PUBLISH_AIM_H
#define PUBLISH_AIM_H

#include "publish/order.h"

/* True if the probe and the port with these indices in o belong together. */
bool aim_fits(const struct order *o, size_t probe, size_t port);

/* Fails: ZP_EUSAGE if probes are given and some port has none. */
int aim_check(const struct order *o, struct fault *why) MUST_CHECK;

#endif
