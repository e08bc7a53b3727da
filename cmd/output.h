/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/output.h - a result on standard output, whole or not at all.
 */
#ifndef CMD_OUTPUT_H
#define CMD_OUTPUT_H

#include "base/bytes.h"
#include "base/fault.h"

/* Write all of text to standard output. Fails: ZP_ELOCAL (disk full, closed pipe). */
int output_print(const struct bytes *text, struct fault *why) MUST_CHECK;

#endif
