/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/input.h - what a person names as input: a file, or standard input.
 */
#ifndef CMD_INPUT_H
#define CMD_INPUT_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/fault.h"

/*
 * As file_read; "-" is what is left to read of standard input, be it a file
 * at any position, a pipe or a socket.
 */
int input_read(struct bytes *out, const char *path, size_t max, struct fault *why) MUST_CHECK;

#endif
