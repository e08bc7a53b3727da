/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/gen.h - the kinds of record that gen makes, one function each.
 *
 * As commands (cmd/commands.h); argv[0] is "gen KIND".
 */
#ifndef CMD_GEN_H
#define CMD_GEN_H

#include "cmd/options.h"

int cmd_gen_dkim(struct invocation *inv);
int cmd_gen_dmarc(struct invocation *inv);
int cmd_gen_mtasts(struct invocation *inv);
int cmd_gen_spf(struct invocation *inv);
int cmd_gen_srv(struct invocation *inv);
int cmd_gen_tlsa(struct invocation *inv);
int cmd_gen_tlsrpt(struct invocation *inv);

#endif
