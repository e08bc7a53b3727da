/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub gen: hands the line to the kind of record that is asked for. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cmd/commands.h"
#include "cmd/gen.h"
#include "cmd/show.h"

struct kind {
	const char *name;
	const char *full;	/* how messages and the help call it */
	int (*run)(struct invocation *inv);
	const char *summary;
};

static const struct kind kinds[] = {
	{ "dkim", "gen dkim", cmd_gen_dkim, "the TXT record of a DKIM key" },
	{ "spf", "gen spf", cmd_gen_spf, "the SPF record of a domain" },
	{ "dmarc", "gen dmarc", cmd_gen_dmarc, "the DMARC policy of a domain" },
	{ "tlsa", "gen tlsa", cmd_gen_tlsa, "the TLSA record of a certificate or key" },
	{ "mta-sts", "gen mta-sts", cmd_gen_mtasts, "the MTA-STS record and policy of a domain" },
	{ "tls-rpt", "gen tls-rpt", cmd_gen_tlsrpt, "the record that asks for TLS reports" },
	{ "srv", "gen srv", cmd_gen_srv, "the SRV records of a domain's mail services" },
	{ NULL, NULL, NULL, NULL }
};

static const struct usage usage = {
	.synopsis = "gen KIND [OPTIONS] [ARGUMENTS]",
	.about = "Prints one kind of record, made from keys, certificates or options.\n"
	    "'zonepub gen KIND --help' tells more.",
	.example = "  zonepub gen tlsa mx1.example.com --cert fullchain.pem",
};

static void
print_kinds(FILE *to)
{
	(void)fprintf(to, "\nKinds:\n");
	for (const struct kind *k = kinds; k->name != NULL; k++)
		(void)fprintf(to, "  %-10s %s\n", k->name, k->summary);
}

int
cmd_gen(struct invocation *inv)
{
	enum options_outcome outcome = options_parse_globals(inv, &usage);

	if (outcome == OPTIONS_HELPED)
		print_kinds(stdout);
	if (outcome != OPTIONS_RUN)
		return outcome;
	if (inv->argc == 0) {
		show_error("gen: no kind of record is given");
		print_kinds(stderr);
		return EXIT_USAGE;
	}
	for (const struct kind *k = kinds; k->name != NULL; k++) {
		char full[32];
		int status;

		if (strcmp(k->name, inv->argv[0]) != 0)
			continue;
		(void)snprintf(full, sizeof full, "%s", k->full);
		inv->argv[0] = full;
		status = k->run(inv);
		return status;
	}
	show_error("gen: no such kind of record: '%s'", inv->argv[0]);
	print_kinds(stderr);
	return EXIT_USAGE;
}
