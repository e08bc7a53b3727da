/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf/conf_read.h - reading the configuration file.
 *
 * The syntax is libconfuse's: NAME = VALUE, NAME = {VALUE, ...}, NAME += ...
 * for lists, SECTION "TITLE" { ... }, and comments that begin with # or // or
 * stand between slash-star and star-slash, anywhere between two words.  A
 * value needs quotes when it holds blanks or one of ={}()+,#*$"'.  In double
 * quotes a backslash stands before a quote or another backslash; in single
 * quotes, before a single quote or a backslash.
 *
 * Two things of libconfuse are left out: there is no include, and ${...} and
 * numeric escapes are refused, so that what the file says depends neither on
 * the environment nor on how DNS writes octets.  A plain option or a section
 * that is given twice is a mistake; of a list, the last NAME = counts.
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
