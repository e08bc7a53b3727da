/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "zonegen/txt.h"

enum { STRING_MAX = 255, RDATA_MAX = 65535 };

int
txt_append(struct bytes *rdata, const void *text, size_t len, struct fault *why)
{
	const uint8_t *octets = text;
	size_t strings = len == 0 ? 1 : (len + STRING_MAX - 1) / STRING_MAX;

	if (len > RDATA_MAX || strings + len > RDATA_MAX)
		return fault_set(why, ZP_EUSAGE,
		    "a text of %zu octets does not fit into one TXT record", len);
	do {
		size_t part = len < STRING_MAX ? len : STRING_MAX;

		bytes_append_u8(rdata, (uint8_t)part);
		bytes_append(rdata, octets, part);
		len -= part;
		if (len > 0)
			octets += part;
	} while (len > 0);
	return bytes_check(rdata, why);
}

int
txt_join(struct bytes *text, const void *rdata, size_t len, struct fault *why)
{
	struct cursor c = cursor_make(rdata, len);

	while (cursor_left(&c) > 0) {
		uint8_t part = cursor_u8(&c);
		const uint8_t *octets = cursor_take(&c, part);

		if (octets == NULL)
			return fault_set(why, ZP_EUSAGE, "malformed TXT rdata: a string passes its end");
		bytes_append(text, octets, part);
	}
	return bytes_check(text, why);
}
