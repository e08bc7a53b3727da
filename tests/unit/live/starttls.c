/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "live/starttls.h"
#include "tests/unit/tap.h"

/* A talk is what the server says, and all that the client says to it. */
static const struct {
	enum starttls_protocol protocol;
	const char *server;
	const char *client;
	enum starttls_progress end;
	const char *say;	/* part of the fault */
} rows[] = {
	{ STARTTLS_SMTP, "", "", STARTTLS_GOES_ON, NULL },
	{ STARTTLS_SMTP, "220 mx", "", STARTTLS_GOES_ON, NULL },
	{ STARTTLS_SMTP, "220-mx\r\n", "", STARTTLS_GOES_ON, NULL },
	{ STARTTLS_SMTP, "220 mx\r\n", "EHLO me\r\n", STARTTLS_GOES_ON, NULL },
	{ STARTTLS_SMTP, "220-teaser\r\n220-more\r\n220 mx ESMTP\r\n250-mx\r\n250-SIZE 1\r\n"
	    "250-STARTTLS\r\n250 8BITMIME\r\n220 go\r\n", "EHLO me\r\nSTARTTLS\r\n", STARTTLS_READY, NULL },
	{ STARTTLS_SMTP, "220\r\n250-\r\n250 starttls\r\n220\r\n", "EHLO me\r\nSTARTTLS\r\n",
	    STARTTLS_READY, NULL },
	{ STARTTLS_SMTP, "220 mx\n250 STARTTLS\n220 go\n", "EHLO me\r\nSTARTTLS\r\n", STARTTLS_READY,
	    NULL },
	{ STARTTLS_SMTP, "220 mx\r\n250-mx\r\n250 SIZE\r\n", "EHLO me\r\nQUIT\r\n",
	    STARTTLS_NOT_OFFERED, "STARTTLS" },
	{ STARTTLS_SMTP, "220 STARTTLS\r\n250-mx XSTARTTLS\r\n250 XSTARTTLS\r\n",
	    "EHLO me\r\nQUIT\r\n", STARTTLS_NOT_OFFERED, "STARTTLS" },
	{ STARTTLS_SMTP, "421 busy\r\n", "QUIT\r\n", STARTTLS_BUSY, "421 busy" },
	{ STARTTLS_SMTP, "554 go away\r\n", "QUIT\r\n", STARTTLS_REFUSED, "554 go away" },
	{ STARTTLS_SMTP, "220-teaser\r\n521 no\r\n", "QUIT\r\n", STARTTLS_REFUSED, "521" },
	{ STARTTLS_SMTP, "220-teaser\r\n421 later\r\n", "QUIT\r\n", STARTTLS_BUSY, "421" },
	{ STARTTLS_SMTP, "220 mx\r\n502 what\r\n", "EHLO me\r\nQUIT\r\n", STARTTLS_REFUSED, "EHLO" },
	{ STARTTLS_SMTP, "220 mx\r\n250 STARTTLS\r\n454 not now\r\n", "EHLO me\r\nSTARTTLS\r\nQUIT\r\n",
	    STARTTLS_BUSY, "454 not now" },
	{ STARTTLS_SMTP, "220 mx\r\n250 STARTTLS\r\n501 no\r\n", "EHLO me\r\nSTARTTLS\r\nQUIT\r\n",
	    STARTTLS_REFUSED, "501" },
	{ STARTTLS_SMTP, "220 mx\r\n250 STARTTLS\r\n220 go\r\n250 injected\r\n",
	    "EHLO me\r\nSTARTTLS\r\n", STARTTLS_GARBAGE, "more text" },
	{ STARTTLS_SMTP, "* OK imap\r\n", "", STARTTLS_GARBAGE, "* OK imap" },
	{ STARTTLS_SMTP, "HTTP/1.1 400 Bad\r\n", "", STARTTLS_GARBAGE, "HTTP" },
	{ STARTTLS_SMTP, "220-a\r\n250 b\r\n", "", STARTTLS_GARBAGE, "250 b" },
	{ STARTTLS_SMTP, "220+mx\r\n", "", STARTTLS_GARBAGE, "220+mx" },
	{ STARTTLS_SMTP, "354 data\r\n", "", STARTTLS_GARBAGE, "354" },
	{ STARTTLS_SMTP, "220 \x1b[2J\r\n250 x\r\n", "EHLO me\r\nQUIT\r\n", STARTTLS_NOT_OFFERED, "" },
	{ STARTTLS_SMTP, "554 \x1b[2J\r\n", "QUIT\r\n", STARTTLS_REFUSED, "554 ?[2J" },
	{ STARTTLS_IMAP, "* OK hi\r\n* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK\r\na2 OK go\r\n",
	    "a1 CAPABILITY\r\na2 STARTTLS\r\n", STARTTLS_READY, NULL },
	{ STARTTLS_IMAP, "* OK [CAPABILITY STARTTLS] hi\r\n* CAPABILITY IMAP4rev1\r\na1 OK\r\n",
	    "a1 CAPABILITY\r\na3 LOGOUT\r\n", STARTTLS_NOT_OFFERED, "STARTTLS" },
	{ STARTTLS_IMAP, "* OK\r\n* CAPABILITY STARTTLS\r\n* NO note\r\na1 OK done\r\na2 BAD no\r\n",
	    "a1 CAPABILITY\r\na2 STARTTLS\r\na3 LOGOUT\r\n", STARTTLS_REFUSED, "a2 BAD" },
	{ STARTTLS_IMAP, "* BYE full\r\n", "a3 LOGOUT\r\n", STARTTLS_REFUSED, "BYE" },
	{ STARTTLS_IMAP, "* PREAUTH hi\r\n", "a3 LOGOUT\r\n", STARTTLS_REFUSED, "PREAUTH" },
	{ STARTTLS_IMAP, "* OK hi\r\na1\r\n", "a1 CAPABILITY\r\n", STARTTLS_GARBAGE, "a1" },
	{ STARTTLS_IMAP, "* OK hi\r\na9 OK\r\n", "a1 CAPABILITY\r\n", STARTTLS_GARBAGE, "a9" },
	{ STARTTLS_POP3, "+OK hi\r\n+OK list\r\nTOP\r\nSTLS\r\n.\r\n+OK go\r\n", "CAPA\r\nSTLS\r\n",
	    STARTTLS_READY, NULL },
	{ STARTTLS_POP3, "+OK hi\r\n-ERR what\r\n+OK go\r\n", "CAPA\r\nSTLS\r\n", STARTTLS_READY, NULL },
	{ STARTTLS_POP3, "+OK hi\r\n+OK\r\nTOP\r\n.\r\n", "CAPA\r\nQUIT\r\n", STARTTLS_NOT_OFFERED,
	    "STLS" },
	{ STARTTLS_POP3, "-ERR no\r\n", "QUIT\r\n", STARTTLS_REFUSED, "-ERR" },
	{ STARTTLS_POP3, "220 smtp\r\n", "", STARTTLS_GARBAGE, "220" },
	{ STARTTLS_SIEVE, "\"IMPLEMENTATION\" \"x\"\r\n\"STARTTLS\"\r\nOK \"hi\"\r\nOK \"go\"\r\n",
	    "STARTTLS\r\n", STARTTLS_READY, NULL },
	{ STARTTLS_SIEVE, "\"SIEVE\" \"x\"\r\nOK\r\n", "LOGOUT\r\n", STARTTLS_NOT_OFFERED, "STARTTLS" },
	{ STARTTLS_SIEVE, "BYE \"no\"\r\n", "LOGOUT\r\n", STARTTLS_REFUSED, "BYE" },
};

static enum starttls_progress
talk(struct bytes *out, size_t row, size_t piece, struct fault *why)
{
	struct starttls s = starttls_make(rows[row].protocol, "me");
	const char *text = rows[row].server;
	size_t len = strlen(text);
	enum starttls_progress p = STARTTLS_GOES_ON;

	for (size_t at = 0; at < len && p == STARTTLS_GOES_ON; at += piece)
		p = starttls_feed(&s, out, text + at, len - at < piece ? len - at : piece, why);
	return p;
}

static void
test_talks(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		bool injected = rows[i].say != NULL && strcmp(rows[i].say, "more text") == 0;

		for (size_t piece = injected ? 4096 : 1; piece <= 4096; piece *= 8) {
			struct bytes out = { 0 };
			struct fault why = { 0 };

			tap_is_int(talk(&out, i, piece, &why), rows[i].end, rows[i].server);
			tap_is(bytes_text(&out), rows[i].client, "the client says");
			if (rows[i].say != NULL)
				tap_ok(strstr(why.text, rows[i].say) != NULL, "the fault: %s", why.text);
			bytes_release(&out);
		}
	}
}

static void
test_limits(void)
{
	struct starttls s = starttls_make(STARTTLS_SMTP, "me");
	enum starttls_progress p = STARTTLS_GOES_ON;
	struct bytes out = { 0 };
	struct fault why = { 0 };
	size_t n = 0;

	while (p == STARTTLS_GOES_ON && n < 100000 && ++n)
		p = starttls_feed(&s, &out, "2", 1, &why);
	tap_ok(p == STARTTLS_GARBAGE && n <= STARTTLS_LINE_MAX, "a line without end ends");
	s = starttls_make(STARTTLS_SMTP, "me");
	for (n = 0, p = STARTTLS_GOES_ON; p == STARTTLS_GOES_ON && n < 100000; n++)
		p = starttls_feed(&s, &out, "220-x\r\n", 7, &why);
	tap_ok(p == STARTTLS_GARBAGE && n == STARTTLS_LINES_MAX + 1, "a reply without end ends");
	s = starttls_make(STARTTLS_SMTP, "me");
	tap_is_int(starttls_feed(&s, &out, "220 \0\r\n", 7, &why), STARTTLS_GARBAGE, "a NUL is garbage");
	tap_is_int(out.len, 0, "nothing was said to any of them");
	bytes_release(&out);
}

static void
test_ports(void)
{
	tap_ok(starttls_protocol_of(25) == STARTTLS_SMTP && starttls_protocol_of(587) == STARTTLS_SMTP &&
	    starttls_protocol_of(143) == STARTTLS_IMAP && starttls_protocol_of(110) == STARTTLS_POP3 &&
	    starttls_protocol_of(4190) == STARTTLS_SIEVE && starttls_protocol_of(465) == STARTTLS_NONE &&
	    starttls_protocol_of(993) == STARTTLS_NONE && starttls_protocol_of(2525) == STARTTLS_NONE,
	    "ports and their protocols");
}

int
main(void)
{
	test_talks();
	test_limits();
	test_ports();
	return tap_done();
}
