/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "base/base64.h"
#include "base/bytes.h"
#include "tests/unit/tap.h"

static void
test_append(void)
{
	struct bytes b = { 0 };
	static const uint8_t want[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 };

	tap_is(bytes_text(&b), "", "an empty buffer is the empty text");
	bytes_append_u8(&b, 1);
	bytes_append_u16(&b, 0x0203);
	bytes_append_u32(&b, 0x04050607);
	bytes_append_u48(&b, UINT64_C(0x08090a0b0c0d));
	tap_ok(b.len == sizeof want && memcmp(b.data, want, b.len) == 0,
	    "numbers are appended in network order");
	bytes_put_u16(&b, 1, 0xffee);
	tap_ok(b.data[1] == 0xff && b.data[2] == 0xee, "two octets are overwritten");
	bytes_clear(&b);
	bytes_printf(&b, "%s-%d", "a", 7);
	tap_is(bytes_text(&b), "a-7", "formatted text");
	bytes_release(&b);
}

static void
test_cursor(void)
{
	static const uint8_t data[] = { 0, 1, 2, 3, 4 };
	struct cursor c = cursor_make(data, sizeof data);

	tap_is_int(cursor_u16(&c), 1, "a number is read");
	tap_is_int(cursor_left(&c), 3, "three octets are left");
	tap_is_int(cursor_u32(&c), 0, "a read past the end yields zero");
	tap_ok(cursor_is_broken(&c), "and breaks the cursor");
	tap_is_int(cursor_u8(&c), 0, "a broken cursor stays broken");
}

static void
test_hex(void)
{
	struct bytes b = { 0 };

	tap_ok(bytes_parse_hex(&b, "0aF f\n10") && b.len == 3 && b.data[1] == 0xff, "hex with blanks");
	bytes_clear(&b);
	tap_ok(!bytes_parse_hex(&b, "0aF"), "an odd number of digits is refused");
	bytes_clear(&b);
	tap_ok(!bytes_parse_hex(&b, "0g"), "another character is refused");
	bytes_release(&b);
}

static void
test_base64(void)
{
	static const struct {
		const char *text;
		const char *code;
	} rows[] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };
	static const char *const bad[] = { "Z", "Zg", "Zg=", "Zg===", "=", "Zh==", "Zm9=", "Zg==Zg==",
		"Zm9v=", "Z*==" };
	struct bytes b = { 0 };

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		bytes_clear(&b);
		base64_print(&b, rows[i].text, strlen(rows[i].text));
		tap_is(bytes_text(&b), rows[i].code, "base64 of a vector of RFC 4648");
		bytes_clear(&b);
		tap_ok(base64_parse(&b, rows[i].code, strlen(rows[i].code)), "it decodes");
		tap_is(bytes_text(&b), rows[i].text, "to the same text");
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		bytes_clear(&b);
		tap_ok(!base64_parse(&b, bad[i], strlen(bad[i])), "'%s' is refused", bad[i]);
	}
	bytes_release(&b);
}

int
main(void)
{
	test_append();
	test_cursor();
	test_hex();
	test_base64();
	return tap_done();
}
