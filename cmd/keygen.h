/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/keygen.h - the kinds of key that keygen makes, one function each.
 *
 * As commands (cmd/commands.h); argv[0] is "keygen KIND".
 */
#ifndef CMD_KEYGEN_H
#define CMD_KEYGEN_H

#include "cmd/options.h"

int cmd_keygen_dkim(struct invocation *inv);
int cmd_keygen_tls(struct invocation *inv);
int cmd_keygen_tsig(struct invocation *inv);

#endif
