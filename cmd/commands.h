/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/commands.h - the commands, one function each.
 *
 * A command gets the command line from its own name on (argv[0]), prints its
 * results and messages, and returns the exit code.
 */
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include "cmd/options.h"

int cmd_gen(struct invocation *inv);
int cmd_keygen(struct invocation *inv);
int cmd_verify_chain(struct invocation *inv);
int cmd_spf_eval(struct invocation *inv);
int cmd_lint(struct invocation *inv);
int cmd_nsupdate(struct invocation *inv);
int cmd_rotate_tlsa(struct invocation *inv);
int cmd_run(struct invocation *inv);
int cmd_status(struct invocation *inv);
int cmd_history(struct invocation *inv);
int cmd_abort(struct invocation *inv);

#endif
