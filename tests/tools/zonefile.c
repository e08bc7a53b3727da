/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The zone-file publisher on the command line, for tests that compare it
 * with other programs.
 *
 *	zonefile [-k KEYS] [-n NOW] [-l LIFETIME] [-w LOCK-MS] [-r WORD]... ACTION ZONE FILE [OWNER TYPE]
 *
 * ACTION apply reads changes as tests/unit/publish/zonefile_help.h has them
 * from standard input; read prints every set; answer prints what a server
 * would say; ds and makekey take the key folder as FILE.
 * Exit: the class of the fault.
 */
#include "config.h"

#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "dns/sign.h"
#include "publish/zonefile.h"
#include "tests/unit/publish/zonefile_help.h"

struct call {
	struct zonefile_options o;
	struct strlist reload;
	struct name zone;
	const char *owner, *type;
};

static int
print_sets(const struct recset *sets, const char *prefix, struct fault *why)
{
	struct bytes text = { 0 };
	int rc = ZP_OK;

	for (size_t i = 0; rc == ZP_OK && i < sets->n; i++) {
		bytes_append_text(&text, prefix);
		rc = wire_print_rrset(&text, &sets->v[i], why);
	}
	fputs(bytes_text(&text), stdout);
	bytes_release(&text);
	return rc;
}

static int
do_apply(struct call *c, struct fault *why)
{
	static const char *const states[] = { "untouched", "written", "loaded" };
	struct zonefile_receipt receipt;
	struct bytes text = { 0 };
	struct changes changes = { 0 };
	int rc = file_read(&text, "/dev/stdin", 1 << 24, why);

	if (rc != ZP_OK)
		return rc;
	changes = help_changes(bytes_text(&text));
	rc = zonefile_apply(&receipt, &c->o, &changes, why);
	printf("%s %u %u%s%s\n", states[receipt.state], (unsigned)receipt.old_serial,
	    (unsigned)receipt.new_serial, receipt.edited ? " edited" : "",
	    receipt.signed_anew ? " signed" : "");
	zonefile_receipt_release(&receipt);
	changes_release(&changes);
	bytes_release(&text);
	return rc;
}

static int
do_read(struct call *c, struct fault *why)
{
	struct recset sets;
	uint32_t serial;
	int rc = zonefile_read(&sets, &serial, &c->o, NULL, why);

	if (rc == ZP_OK)
		rc = print_sets(&sets, "", why);
	recset_release(&sets);
	return rc;
}

static int
do_answer(struct call *c, struct fault *why)
{
	static const char *const outcomes[] = { "answer", "nodata", "nxdomain", "referral", "not-zone" };
	struct zonefile_view *view;
	struct zonefile_answer answer = { 0 };
	struct name owner = help_name(c->owner);
	uint16_t type;
	int rc = wire_parse_type(&type, c->type, why);

	if (rc == ZP_OK)
		rc = zonefile_view_make(&view, &c->o, why);
	if (rc != ZP_OK)
		return rc;
	rc = zonefile_view_answer(&answer, view, &owner, type, why);
	printf("%s %u %u%s\n", outcomes[answer.outcome], (unsigned)zonefile_view_serial(view),
	    (unsigned)zonefile_view_negative_ttl(view), answer.wildcard ? " wildcard" : "");
	if (rc == ZP_OK)
		rc = print_sets(&answer.answer, "", why);
	puts("--");
	if (rc == ZP_OK)
		rc = print_sets(&answer.authority, "", why);
	zonefile_answer_release(&answer);
	zonefile_view_free(view);
	return rc;
}

static int
do_ds(struct call *c, struct fault *why)
{
	struct sign_keys *keys;
	struct bytes text = { 0 };
	int rc = sign_keys_read(&keys, c->o.file, &c->zone, c->o.now, why);

	if (rc == ZP_OK)
		rc = sign_keys_print_ds(&text, keys, 3600, why);
	fputs(bytes_text(&text), stdout);
	bytes_release(&text);
	sign_keys_free(keys);
	return rc;
}

static int
do_makekey(struct call *c, struct fault *why)
{
	struct bytes path = { 0 };
	int rc = sign_make_key(&path, c->o.file, &c->zone, why);

	puts(bytes_text(&path));
	bytes_release(&path);
	return rc;
}

static const struct {
	const char *name;
	int (*act)(struct call *, struct fault *);
} actions[] = { { "apply", do_apply }, { "read", do_read }, { "answer", do_answer },
	{ "ds", do_ds }, { "makekey", do_makekey } };

int
main(int argc, char **argv)
{
	struct call c = { .o = { .now = time(NULL), .reload_timeout_ms = 10000,
		.lock_wait_ms = 10000 } };
	struct fault why = { 0 };
	int rc = ZP_EUSAGE, opt;

	while ((opt = getopt(argc, argv, "+k:n:l:r:w:")) != -1) {
		switch (opt) {
		case 'k':
			c.o.sign_keys = optarg;
			break;
		case 'n':
			c.o.now = strtoll(optarg, NULL, 10);
			break;
		case 'l':
			c.o.signature_lifetime = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 'w':
			c.o.lock_wait_ms = (int)strtol(optarg, NULL, 10);
			break;
		case 'r':
			help_must(strlist_add(&c.reload, optarg, &why), &why);
			break;
		default:
			return 99;
		}
	}
	if (argc - optind < 3)
		return 99;
	c.zone = help_name(argv[optind + 1]);
	c.o.zone = &c.zone;
	c.o.file = argv[optind + 2];
	c.o.reload = &c.reload;
	if (argc - optind == 5) {
		c.owner = argv[optind + 3];
		c.type = argv[optind + 4];
	}
	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
		if (strcmp(actions[i].name, argv[optind]) == 0)
			rc = actions[i].act(&c, &why);
	if (rc != ZP_OK)
		fprintf(stderr, "%s\n", why.text);
	strlist_release(&c.reload);
	return rc;
}
