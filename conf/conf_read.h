/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf/conf_read.h - reading the configuration file.
 *
 * The syntax is libconfuse's: NAME = VALUE, NAME = {VALUE, ...}, NAME += ...
 * for lists, SECTION "TITLE" { ... }, and comments that begin with # or // or
 * stand between slash-star and star-slash.  A value needs quotes when it
 * holds blanks or one of ={}(),+#.  In double quotes and without quotes
 * ${NAME} and ${NAME:-DEFAULT} stand for a variable of the environment; in
 * single quotes they do not.  There is no include.
 *
 * An option that takes a command takes a list of words, or one string that is
 * split as a shell splits words (base/argv.h).
 *
 * Nothing is printed; no file but the configuration itself is opened.
 */
#ifndef CONF_CONF_READ_H
#define CONF_CONF_READ_H

#include "base/fault.h"
#include "conf/conf.h"

/*
 * Read path. The caller owns *out, and gets NULL on failure.
 *
 * Fails: ZP_EABSENT if there is no such file; ZP_EUSAGE, with file and line,
 * on anything unknown, malformed, out of range or given twice; ZP_ELOCAL.
 */
int conf_read(struct conf **out, const char *path, struct fault *why) MUST_CHECK;

/* The same for text that is at hand; file is the name that messages give it. */
int conf_read_text(struct conf **out, const char *text, const char *file, struct fault *why)
    MUST_CHECK;

#endif
