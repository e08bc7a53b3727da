/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/update_report.h - what nsupdate tells people.
 */
#ifndef CMD_UPDATE_REPORT_H
#define CMD_UPDATE_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "dns/message.h"
#include "publish/sender.h"

void update_report_message(FILE *to, const char *title, const struct message *m);

/* Say on standard error what became of l, unless it is done; with the line where it begins. */
void update_report_letter(const struct letter *l, bool with_line);

/* The statements of a script. */
void update_report_help(void);

#endif
