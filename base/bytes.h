/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * base/bytes.h - octets: a buffer that grows, and a reader that stays inside.
 *
 * struct bytes owns its octets.  It always keeps one NUL behind the last
 * octet, so that bytes that hold text can be used as a string.  A buffer that
 * fails to grow remembers it: appends may be chained and checked once with
 * bytes_is_broken().
 *
 * struct cursor borrows.  A read past the end yields zeroes and marks the
 * cursor broken, to be checked once with cursor_is_broken().
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

struct bytes {
	uint8_t *data;	/* NULL while empty */
	size_t len;
	size_t cap;
	bool broken;	/* an append failed for want of memory */
};

/* Append; on lack of memory the buffer is left as it was and marked broken. */
void bytes_append(struct bytes *b, const void *data, size_t len);
void bytes_append_u8(struct bytes *b, uint8_t v);
void bytes_append_u16(struct bytes *b, uint16_t v);	/* network order */
void bytes_append_u32(struct bytes *b, uint32_t v);	/* network order */
void bytes_append_u48(struct bytes *b, uint64_t v);	/* network order */
void bytes_append_text(struct bytes *b, const char *text);
void bytes_printf(struct bytes *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void bytes_append_hex(struct bytes *b, const void *data, size_t len);	/* lower case */

/* Overwrite two octets at offset at, which must lie inside. */
void bytes_put_u16(struct bytes *b, size_t at, uint16_t v);

/* The content as a string; "" while empty. Borrowed until the next append. */
const char *bytes_text(const struct bytes *b);

/* Hand the content out as a string that the caller frees; NULL if broken. */
char *bytes_take_text(struct bytes *b);

/* ZP_OK, or ZP_ELOCAL if an append failed for want of memory. */
int bytes_check(const struct bytes *b, struct fault *why) MUST_CHECK;
bool bytes_is_broken(const struct bytes *b);

void bytes_clear(struct bytes *b);	/* keeps the memory */
void bytes_release(struct bytes *b);	/* frees */
void bytes_wipe(struct bytes *b);	/* overwrites with zeroes, then frees */

/* Hex digits, blanks allowed between them, to octets; false on anything else. */
bool bytes_parse_hex(struct bytes *b, const char *text);

struct cursor {
	const uint8_t *data;
	size_t len;
	size_t at;
	bool broken;
};

struct cursor cursor_make(const void *data, size_t len);
uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_u16(struct cursor *c);
uint32_t cursor_u32(struct cursor *c);
uint64_t cursor_u48(struct cursor *c);
/* Borrow the next len octets; NULL if fewer are left. */
const uint8_t *cursor_take(struct cursor *c, size_t len);
size_t cursor_left(const struct cursor *c);
bool cursor_is_broken(const struct cursor *c);

#endif
