/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub keygen: hands the line to the kind of key that is asked for. */
#include "config.h"

#include "cmd/commands.h"
#include "cmd/keygen.h"
#include "cmd/kind.h"

static const struct kind kinds[] = {
	{ "dkim", "keygen dkim", cmd_keygen_dkim, "DKIM keys, and the records that publish them" },
	{ "tls", "keygen tls", cmd_keygen_tls, "a key for TLS, and a request for its certificate" },
	{ "tsig", "keygen tsig", cmd_keygen_tsig, "a shared secret that signs updates" },
	{ NULL, NULL, NULL, NULL }
};

static const struct usage usage = {
	.synopsis = "keygen KIND [OPTIONS] [ARGUMENTS]",
	.about = "Makes a private key or a shared secret.  A file that holds one has mode 0600; an\n"
	    "existing file is never touched.  'zonepub keygen KIND --help' tells more.",
	.example = "  zonepub keygen tls mx1.example.com --csr --out /etc/ssl/next",
};

int
cmd_keygen(struct invocation *inv)
{
	return kind_run(inv, kinds, &usage);
}
