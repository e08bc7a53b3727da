/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub gen: hands the line to the kind of record that is asked for. */
#include "config.h"

#include "cmd/commands.h"
#include "cmd/gen.h"
#include "cmd/kind.h"

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

int
cmd_gen(struct invocation *inv)
{
	return kind_run(inv, kinds, &usage);
}
