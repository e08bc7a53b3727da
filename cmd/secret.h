/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/secret.h - where commands get passphrases: a file, else the terminal.
 */
#ifndef CMD_SECRET_H
#define CMD_SECRET_H

#include "keys/keyfile.h"

/*
 * A source of passphrases for keys/: the first line of the file, or what is
 * typed at the terminal if file is NULL.  file is borrowed.  Without a
 * terminal the answer is ZP_EUSAGE and names --passphrase-file.
 */
struct passphrase secret_make(const char *file);

#endif
