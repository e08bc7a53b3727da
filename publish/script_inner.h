/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/script_inner.h - shared by the files of publish/script.h alone.
 */
#ifndef PUBLISH_SCRIPT_INNER_H
#define PUBLISH_SCRIPT_INNER_H

#include "publish/script.h"

/* The next word of *rest, or NULL; it is cut off in place and *rest moves behind it. */
char *script_word(char **rest);

/* "IN", "CH", "HS", "NONE", "ANY", "CLASS3"; false if it is none. */
bool script_parse_class(uint16_t *out, const char *text);

/* Take class as the message's; false if it has another. */
bool script_set_class(struct script *s, uint16_t class);

/* The statements that add to the message; rest begins behind their words. */
int script_prerequisite(struct script *s, char *rest, bool must_exist, bool is_set,
    struct fault *why) MUST_CHECK;
int script_update(struct script *s, char *rest, bool is_delete, struct fault *why) MUST_CHECK;

/*
 * The rules for host names (RFC 952, RFC 1123 2.1) where records call for
 * them: owners of addresses, and the hosts in record data.
 * Fails: ZP_EUSAGE.
 */
int script_check_names(const struct record *r, struct fault *why) MUST_CHECK;

#endif
