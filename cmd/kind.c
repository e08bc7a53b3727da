/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/kind.h"

#include <stdio.h>
#include <string.h>

#include "cmd/show.h"

static void
print_kinds(FILE *to, const void *list)
{
	(void)fprintf(to, "\nKinds:\n");
	for (const struct kind *k = list; k->name != NULL; k++)
		(void)fprintf(to, "  %-10s %s\n", k->name, k->summary);
}

int
kind_run(struct invocation *inv, const struct kind *kinds, const struct usage *usage)
{
	const char *command = inv->argv[0];
	struct usage full_usage = *usage;
	enum options_outcome outcome;

	full_usage.print_list = print_kinds;
	full_usage.list = kinds;
	outcome = options_parse_globals(inv, &full_usage);
	if (outcome != OPTIONS_RUN)
		return outcome;
	if (inv->argc == 0) {
		show_error("%s: no kind is given", command);
		print_kinds(stderr, kinds);
		return EXIT_USAGE;
	}
	for (const struct kind *k = kinds; k->name != NULL; k++) {
		char full[32];

		if (strcmp(k->name, inv->argv[0]) != 0)
			continue;
		(void)snprintf(full, sizeof full, "%s", k->full);
		inv->argv[0] = full;
		return k->run(inv);
	}
	show_error("%s: no such kind: '%s'", command, inv->argv[0]);
	print_kinds(stderr, kinds);
	return EXIT_USAGE;
}
