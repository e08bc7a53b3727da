/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "base/base64.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_print(struct bytes *out, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		uint32_t v = (uint32_t)p[i] << 16;
		char quad[4];

		if (n > 1)
			v |= (uint32_t)p[i + 1] << 8;
		if (n > 2)
			v |= p[i + 2];
		quad[0] = digits[v >> 18];
		quad[1] = digits[v >> 12 & 63];
		quad[2] = n > 1 ? digits[v >> 6 & 63] : '=';
		quad[3] = n > 2 ? digits[v & 63] : '=';
		bytes_append(out, quad, sizeof quad);
	}
}

bool
base64_parse(struct bytes *out, const char *text, size_t len)
{
	uint32_t v = 0;
	unsigned have = 0, pad = 0;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		const char *digit;

		if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
			continue;
		if (c == '=') {
			if (have < 2 || have + pad >= 4)
				return false;
			pad++;
			continue;
		}
		digit = c == '\0' ? NULL : strchr(digits, c);
		if (digit == NULL || pad > 0)
			return false;
		v = v << 6 | (uint32_t)(digit - digits);
		if (++have < 4)
			continue;
		bytes_append_u8(out, (uint8_t)(v >> 16));
		bytes_append_u8(out, (uint8_t)(v >> 8));
		bytes_append_u8(out, (uint8_t)v);
		v = 0;
		have = 0;
	}
	if (have == 0)
		return pad == 0 && !out->broken;
	if (have + pad != 4)
		return false;
	if (have == 2) {
		if ((v & 15) != 0)
			return false;
		bytes_append_u8(out, (uint8_t)(v >> 4));
	} else {
		if ((v & 3) != 0)
			return false;
		bytes_append_u8(out, (uint8_t)(v >> 10));
		bytes_append_u8(out, (uint8_t)(v >> 2));
	}
	return !out->broken;
}
