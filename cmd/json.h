/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/json.h - the JSON documents that commands print: the wall of jansson.
 *
 * A document is built from the inside out: a part that is put into another
 * moves there.  Want of memory is remembered and reported once, by
 * json_print().  Every function takes a null part.  Text must be UTF-8;
 * other text is taken octet by octet as U+0000 to U+00FF.
 */
#ifndef CMD_JSON_H
#define CMD_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"

struct json;

struct json *json_make_object(void);
struct json *json_make_list(void);

/* Members of an object, in the order of their coming; a null text becomes null. */
void json_put_text(struct json *object, const char *key, const char *text);
void json_put_number(struct json *object, const char *key, int64_t v);
void json_put_bool(struct json *object, const char *key, bool v);
void json_put_null(struct json *object, const char *key);
void json_put(struct json *object, const char *key, struct json *part);	/* part moves in */

/* Elements of a list. */
void json_add_text(struct json *list, const char *text);
void json_add_octets(struct json *list, const void *data, size_t len);
void json_add(struct json *list, struct json *part);	/* part moves in */

/* Append the document and a newline. Fails: ZP_ELOCAL. */
int json_print(struct bytes *out, const struct json *document, struct fault *why) MUST_CHECK;

/* Print it to standard output. Fails: ZP_ELOCAL, also if the output cannot be written. */
int json_show(const struct json *document, struct fault *why) MUST_CHECK;

void json_free(struct json *document);	/* and all that moved into it */

#endif
