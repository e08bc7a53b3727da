/* SPDX-License-Identifier: BSD-2-Clause */
/* The door: finds the command that is asked for and hands the line to it. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

static void
print_commands(FILE *to, const void *list)
{
	(void)fprintf(to, "\nCommands:\n");
	for (const struct command *c = list; c->name != NULL; c++)
		(void)fprintf(to, "  %-13s %s\n", c->name, c->summary);
}

static const struct usage usage = {
	.synopsis = "[GLOBAL OPTIONS] COMMAND [OPTIONS] [ARGUMENTS]",
	.about = "Manages the DNS records that mail depends on, and carries key and certificate\n"
	    "rollovers through without a bounced message.  'zonepub COMMAND --help' tells more.",
	.example = "  zonepub gen tlsa mx1.example.com --cert fullchain.pem",
	.print_list = print_commands, .list = commands
};

/* By the name of a symbolic link. */
static bool
is_called(char **argv, const char *name)
{
	const char *slash = argv[0] != NULL ? strrchr(argv[0], '/') : NULL;

	return argv[0] != NULL && strcmp(slash != NULL ? slash + 1 : argv[0], name) == 0;
}

/*
 * A standard descriptor that is closed would be given to the next file or
 * socket, and a message to standard error would end there.  It is opened the
 * wrong way round, so that its use fails as before.
 */
static bool
keep_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return false;
	return true;
}

/* Results that could not be written are no success; a reader that left early knows it. */
static int
close_output(int code)
{
	bool failed = ferror(stdout) != 0;
	int number = EIO;

	if (fflush(stdout) != 0) {
		failed = true;
		number = errno;
	}
	if (!failed || code != EXIT_DONE)
		return code;
	if (number != EPIPE)
		show_error("cannot write to standard output: %s", strerror(number));
	return EXIT_FAILED;
}

static int
run(int argc, char **argv)
{
	struct invocation inv = { .argc = argc, .argv = argv };
	enum options_outcome outcome;

	if (is_called(argv, "nsupdate"))
		return cmd_nsupdate(&inv);
	outcome = options_parse_globals(&inv, &usage);
	if (outcome != OPTIONS_RUN)
		return outcome;
	if (inv.argc == 0) {
		show_error("no command is given: see zonepub --help");
		print_commands(stderr, commands);
		return EXIT_USAGE;
	}
	for (const struct command *c = commands; c->name != NULL; c++)
		if (strcmp(c->name, inv.argv[0]) == 0)
			return c->run(&inv);
	show_error("no such command: '%s': see zonepub --help", inv.argv[0]);
	return EXIT_USAGE;
}

/*
 * ldns takes 192 KiB for each record that it reads and gives them back at
 * once: they need not come from the kernel anew for each record of a batch.
 */
static void
keep_memory(void)
{
	(void)mallopt(M_TRIM_THRESHOLD, 1 << 20);
}

int
main(int argc, char **argv)
{
	if (!keep_standard())
		return EXIT_FAILED;
	keep_memory();
	(void)signal(SIGPIPE, SIG_IGN);
	/* Were it ignored, commands that we run would leave no exit code. */
	(void)signal(SIGCHLD, SIG_DFL);
	return close_output(run(argc, argv));
}
