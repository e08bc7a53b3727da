/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/update_report.h"

#include "publish/script_print.h"

void
update_report_message(FILE *to, const char *title, const struct message *m)
{
	struct bytes text = { 0 };
	struct fault why;

	if (script_print_message(&text, title, m, &why) != ZP_OK)
		(void)fprintf(stderr, "%s\n", why.text);
	else
		(void)fwrite(text.data, 1, text.len, to);
	bytes_release(&text);
}

/* " (the update that begins in line 12)", where there are lines to count. */
static void
print_place(const struct letter *l, bool with_line)
{
	if (with_line && l->line > 0)
		(void)fprintf(stderr, " (line %zu)", l->line);
	(void)fputc('\n', stderr);
}

static void
report_refused(const struct letter *l, bool with_line)
{
	char rcode[16], error[16] = "";

	if (l->verdict.kind != TSIG_UNJUDGED && l->verdict.kind != TSIG_GOOD)
		(void)fprintf(stderr, "; TSIG error with server: %s\n", l->why.text);
	(void)fprintf(stderr, "update failed: %s", message_print_rcode(rcode, l->reply.rcode));
	if (l->verdict.error != 0)
		(void)fprintf(stderr, "(%s)", tsig_print_error(error, l->verdict.error));
	print_place(l, with_line);
}

static void
report_lost(const struct letter *l, bool with_line)
{
	(void)fprintf(stderr, "; Communication with %s failed: %s\n", l->host, l->why.text);
	(void)fprintf(stderr, "update failed: %s", l->may_be_done ?
	    "no reply that counts; whether it was carried out is not known" :
	    "nothing was sent");
	print_place(l, with_line);
}

void
update_report_letter(const struct letter *l, bool with_line)
{
	(void)fflush(stdout);
	switch (l->fate) {
	case LETTER_DONE:
		break;
	case LETTER_WAITING:
		(void)fprintf(stderr, "update not sent");
		print_place(l, with_line);
		break;
	case LETTER_HOMELESS:
	case LETTER_UNSENDABLE:
		(void)fprintf(stderr, "%s", l->why.text);
		print_place(l, with_line);
		break;
	case LETTER_REFUSED:
		report_refused(l, with_line);
		break;
	case LETTER_LOST:
		report_lost(l, with_line);
		break;
	}
}

void
update_report_help(void)
{
	static const char *const lines[] = {
		"server HOST [PORT]          where updates go; default: the primary of their zone",
		"local ADDRESS [PORT]        where they come from",
		"zone NAME                   the zone to change; default: found by SOA",
		"class CLASS                 its class; default: IN",
		"ttl SECONDS|none            the TTL of records that are added without one",
		"key [HMAC:]NAME SECRET      the key to sign with",
		"check-names on|off          whether host names are checked",
		"[prereq] nxdomain NAME      no record may exist there",
		"[prereq] yxdomain NAME      some record must",
		"[prereq] nxrrset NAME [CLASS] TYPE",
		"                            no record of the type may exist",
		"[prereq] yxrrset NAME [CLASS] TYPE [RDATA]",
		"                            some record must; with RDATA, exactly these",
		"[update] add NAME [TTL] [CLASS] TYPE RDATA",
		"[update] del[ete] NAME [TTL] [CLASS] [TYPE [RDATA]]",
		"show                        print the message that is gathered",
		"send                        send it; an empty line does the same",
		"answer                      print the last reply",
		"debug                       print messages as they come and go",
		"gsstsig, oldgsstsig, realm  GSS-TSIG",
		"version, help",
		"quit                        end; what is not sent is dropped",
	};

	printf("%s:\n", PACKAGE_STRING);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		printf("%s\n", lines[i]);
}
