/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "base/bytes.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Make room for more octets and a final NUL. */
static bool
grow(struct bytes *b, size_t more)
{
	size_t want, cap;
	uint8_t *data;

	if (b->broken || more > SIZE_MAX / 4 - b->len)
		goto fail;
	want = b->len + more + 1;
	if (want <= b->cap)
		return true;
	cap = b->cap == 0 ? 64 : b->cap;
	while (cap < want)
		cap *= 2;

	/* Not realloc: the old place may hold a secret that must not be left behind. */
	data = malloc(cap);
	if (data == NULL)
		goto fail;
	if (b->data != NULL) {
		memcpy(data, b->data, b->len);
		explicit_bzero(b->data, b->cap);
		free(b->data);
	}
	b->data = data;
	b->cap = cap;
	return true;
fail:
	b->broken = true;
	return false;
}

void
bytes_append(struct bytes *b, const void *data, size_t len)
{
	if (!grow(b, len))
		return;
	if (len > 0)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

/* The low n octets of v, most significant first. */
static void
append_number(struct bytes *b, uint64_t v, unsigned n)
{
	uint8_t octets[8];

	for (unsigned i = 0; i < n; i++)
		octets[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
	bytes_append(b, octets, n);
}

void
bytes_append_u8(struct bytes *b, uint8_t v)
{
	append_number(b, v, 1);
}

void
bytes_append_u16(struct bytes *b, uint16_t v)
{
	append_number(b, v, 2);
}

void
bytes_append_u32(struct bytes *b, uint32_t v)
{
	append_number(b, v, 4);
}

void
bytes_append_u48(struct bytes *b, uint64_t v)
{
	append_number(b, v, 6);
}

void
bytes_append_text(struct bytes *b, const char *text)
{
	bytes_append(b, text, strlen(text));
}

void
bytes_printf(struct bytes *b, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0) {
		b->broken = true;
		return;
	}
	if (!grow(b, (size_t)len))
		return;
	va_start(ap, fmt);
	(void)vsnprintf((char *)b->data + b->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)len;
}

void
bytes_append_hex(struct bytes *b, const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *octets = data;

	for (size_t i = 0; i < len; i++) {
		bytes_append_u8(b, (uint8_t)digits[octets[i] >> 4]);
		bytes_append_u8(b, (uint8_t)digits[octets[i] & 15]);
	}
}

void
bytes_put_u16(struct bytes *b, size_t at, uint16_t v)
{
	assert(at + 2 <= b->len);
	b->data[at] = (uint8_t)(v >> 8);
	b->data[at + 1] = (uint8_t)v;
}

const char *
bytes_text(const struct bytes *b)
{
	return b->data == NULL ? "" : (const char *)b->data;
}

char *
bytes_take_text(struct bytes *b)
{
	char *text;

	if (b->data == NULL)
		bytes_append(b, "", 0);
	if (b->broken) {
		bytes_release(b);
		return NULL;
	}
	text = (char *)b->data;
	*b = (struct bytes){ 0 };
	return text;
}

int
bytes_check(const struct bytes *b, struct fault *why)
{
	return b->broken ? fault_set_nomem(why) : ZP_OK;
}

bool
bytes_is_broken(const struct bytes *b)
{
	return b->broken;
}

void
bytes_clear(struct bytes *b)
{
	b->len = 0;
	b->broken = false;
	if (b->data != NULL)
		b->data[0] = '\0';
}

void
bytes_release(struct bytes *b)
{
	free(b->data);
	*b = (struct bytes){ 0 };
}

void
bytes_wipe(struct bytes *b)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->cap);
	bytes_release(b);
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
bytes_parse_hex(struct bytes *b, const char *text)
{
	int high = -1;

	for (; *text != '\0'; text++) {
		int value = hex_value(*text);

		if (value < 0) {
			if (isspace((unsigned char)*text))
				continue;
			return false;
		}
		if (high < 0) {
			high = value;
			continue;
		}
		bytes_append_u8(b, (uint8_t)(high << 4 | value));
		high = -1;
	}
	return high < 0 && !b->broken;
}

struct cursor
cursor_make(const void *data, size_t len)
{
	return (struct cursor){ .data = data, .len = len };
}

const uint8_t *
cursor_take(struct cursor *c, size_t len)
{
	const uint8_t *here;

	if (c->broken || len > c->len - c->at) {
		c->broken = true;
		return NULL;
	}
	here = c->data + c->at;
	c->at += len;
	return here;
}

static uint64_t
take_number(struct cursor *c, size_t n)
{
	const uint8_t *octets = cursor_take(c, n);
	uint64_t v = 0;

	for (size_t i = 0; octets != NULL && i < n; i++)
		v = v << 8 | octets[i];
	return v;
}

uint8_t
cursor_u8(struct cursor *c)
{
	return (uint8_t)take_number(c, 1);
}

uint16_t
cursor_u16(struct cursor *c)
{
	return (uint16_t)take_number(c, 2);
}

uint32_t
cursor_u32(struct cursor *c)
{
	return (uint32_t)take_number(c, 4);
}

uint64_t
cursor_u48(struct cursor *c)
{
	return take_number(c, 6);
}

size_t
cursor_left(const struct cursor *c)
{
	return c->broken ? 0 : c->len - c->at;
}

bool
cursor_is_broken(const struct cursor *c)
{
	return c->broken;
}
