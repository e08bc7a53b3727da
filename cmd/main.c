/* SPDX-License-Identifier: BSD-2-Clause */
/* The door: finds the command that is asked for and hands the line to it. */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cmd/commands.h"
#include "cmd/options.h"
#include "cmd/show.h"

struct command {
	const char *name;
	int (*run)(struct invocation *inv);
	const char *summary;
};

/* In the order in which the help lists them. */
static const struct command commands[] = {
	{ "gen", cmd_gen, "print a record made from keys, certificates or options" },
	{ "keygen", cmd_keygen, "make a private key or a shared secret" },
	{ "verify-chain", cmd_verify_chain, "judge a certificate chain against TLSA records" },
	{ "spf-eval", cmd_spf_eval, "evaluate SPF for a client's address" },
	{ "lint", cmd_lint, "judge the text of a record" },
	{ "rotate-tlsa", cmd_rotate_tlsa, "carry a TLSA and certificate rollover through" },
	{ "run", cmd_run, "take every step that is due, of every rollover" },
	{ "status", cmd_status, "show the rollovers and what each waits for" },
	{ "history", cmd_history, "show what was recorded, with its evidence" },
	{ "abort", cmd_abort, "take a rollover back" },
	{ "nsupdate", cmd_nsupdate, "send the updates of an nsupdate script" },
	{ NULL, NULL, NULL }
};

static const struct usage usage = {
	.synopsis = "[GLOBAL OPTIONS] COMMAND [OPTIONS] [ARGUMENTS]",
	.about = "Manages the DNS records that mail depends on, and carries key and certificate\n"
	    "rollovers through without a bounced message.  'zonepub COMMAND --help' tells more.",
};

static void
print_commands(FILE *to)
{
	(void)fprintf(to, "\nCommands:\n");
	for (const struct command *c = commands; c->name != NULL; c++)
		(void)fprintf(to, "  %-13s %s\n", c->name, c->summary);
}

/* By the name of a symbolic link. */
static bool
is_called(char **argv, const char *name)
{
	const char *slash = argv[0] != NULL ? strrchr(argv[0], '/') : NULL;

	return argv[0] != NULL && strcmp(slash != NULL ? slash + 1 : argv[0], name) == 0;
}

int
main(int argc, char **argv)
{
	struct invocation inv = { .argc = argc, .argv = argv };
	enum options_outcome outcome;

	(void)signal(SIGPIPE, SIG_IGN);
	if (is_called(argv, "nsupdate"))
		return cmd_nsupdate(&inv);
	outcome = options_parse_globals(&inv, &usage);
	if (outcome == OPTIONS_HELPED && argc == 2 && strstr("--help", argv[1]) != NULL)
		print_commands(stdout);
	if (outcome != OPTIONS_RUN)
		return outcome;
	if (inv.argc == 0) {
		show_error("no command is given: see zonepub --help");
		print_commands(stderr);
		return EXIT_USAGE;
	}
	for (const struct command *c = commands; c->name != NULL; c++)
		if (strcmp(c->name, inv.argv[0]) == 0)
			return c->run(&inv);
	show_error("no such command: '%s': see zonepub --help", inv.argv[0]);
	return EXIT_USAGE;
}
