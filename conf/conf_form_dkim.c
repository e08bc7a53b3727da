/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "conf/conf_form.h"

#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "dns/name.h"

#define AT(type, field) offsetof(struct type, field)
#define CENTURY_MS (INT64_C(100) * 366 * 86400 * 1000)
#define COUNT(a) (sizeof (a) / sizeof *(a))
#define DAY_MS (INT64_C(86400) * 1000)

static const char *const old_keys[] = { "shred", "archive", "publish", NULL };
static const char *const signers[] = { "opendkim", "rspamd", "command", NULL };
static const char *const algorithms[] = { "rsa2048", "rsa4096", "ed25519", NULL };

/* dkim */

static int
dkim_title(void *section, const char *title, struct fault *why)
{
	struct conf_dkim *d = section;
	struct name selector;
	int rc = name_parse_domain(&selector, title, why);

	if (rc != ZP_OK)
		return rc;
	d->selector = strdup(title);
	return d->selector == NULL ? fault_set_nomem(why) : ZP_OK;
}

static int
dkim_judge(void *section, struct fault *why)
{
	struct conf_dkim *d = section;

	if (d->key == NULL)
		return conf_fault(why, ZP_EUSAGE, &d->where, NULL, "key is missing; write key = "
		    "\"FILE\", a private or public key");
	return ZP_OK;
}

static const struct conf_row dkim_rows[] = {
	{ .name = "key", .kind = CONF_TEXT, .at = AT(conf_dkim, key) },
	{ .name = "hash", .kind = CONF_TEXTS, .at = AT(conf_dkim, hash) },
	{ .name = "service", .kind = CONF_TEXTS, .at = AT(conf_dkim, service) },
	{ .name = "flag", .kind = CONF_TEXTS, .at = AT(conf_dkim, flag) },
	{ .name = "note", .kind = CONF_TEXT, .at = AT(conf_dkim, note) },
	{ .name = "revoke", .kind = CONF_FLAG, .at = AT(conf_dkim, revoke) }
};

const struct conf_form conf_form_dkim = {
	.size = sizeof(struct conf_dkim), .where_at = AT(conf_dkim, where), .rows = dkim_rows,
	.rows_n = COUNT(dkim_rows), .title = dkim_title, .judge = dkim_judge
};

/* dkim-rotation */

static void
rotation_preset(void *section)
{
	struct conf_rotation *r = section;

	r->every = CONF_UNSET;
	r->in_flight = 7 * DAY_MS;
	r->revoked_for = 30 * DAY_MS;
	r->safety = 5 * 60 * 1000;
	r->max_wait = CONF_UNSET;
}

static int
add_algorithm(struct conf_rotation *r, int algorithm, struct fault *why)
{
	int *v = realloc(r->algorithms, (r->algorithms_n + 1) * sizeof *v);

	if (v == NULL)
		return fault_set_nomem(why);
	r->algorithms = v;
	for (size_t i = 0; i < r->algorithms_n; i++)
		if (v[i] == algorithm)
			return fault_set(why, ZP_EUSAGE, "'%s' is given twice", algorithms[algorithm]);
	v[r->algorithms_n++] = algorithm;
	return ZP_OK;
}

static int
parse_algorithms(void *section, const struct conf_row *row, const struct strlist *values,
    struct fault *why)
{
	int rc = ZP_OK;

	(void)row;
	for (size_t i = 0; rc == ZP_OK && i < values->n; i++) {
		int a = 0;

		while (algorithms[a] != NULL && strcmp(algorithms[a], values->v[i]) != 0)
			a++;
		if (algorithms[a] == NULL)
			return fault_set(why, ZP_EUSAGE, "'%s' is not one of rsa2048, rsa4096 or ed25519",
			    values->v[i]);
		rc = add_algorithm(section, a, why);
	}
	return rc;
}

static int
rotation_judge(void *section, struct fault *why)
{
	struct conf_rotation *r = section;
	int rc = r->algorithms_n == 0 ? add_algorithm(r, CONF_RSA2048, why) : ZP_OK;

	if (rc == ZP_OK && r->selector == NULL) {
		r->selector = strdup("s%Y%m%d");
		rc = r->selector == NULL ? fault_set_nomem(why) : ZP_OK;
	}
	if (rc != ZP_OK)
		return rc;
	if (r->algorithms_n == 1 && r->algorithms[0] == CONF_ED25519)
		return conf_fault(why, ZP_EUSAGE, &r->where, "algorithms", "many receivers cannot verify "
		    "ed25519 yet: give an RSA algorithm beside it");
	if (r->signer == CONF_SIGNER_OPENDKIM && (r->key_table == NULL || r->signing_table == NULL))
		return conf_fault(why, ZP_EUSAGE, &r->where, "signer", "opendkim needs key-table and "
		    "signing-table");
	if (r->signer == CONF_SIGNER_RSPAMD && r->selector_map == NULL)
		return conf_fault(why, ZP_EUSAGE, &r->where, "signer", "rspamd needs selector-map");
	if (r->signer == CONF_SIGNER_COMMAND && r->command.n == 0)
		return conf_fault(why, ZP_EUSAGE, &r->where, "signer", "command needs command = {...}");
	if (r->old_key == CONF_OLD_KEY_ARCHIVE && r->archive == NULL)
		return conf_fault(why, ZP_EUSAGE, &r->where, "old-key", "archive needs archive = "
		    "\"FOLDER\"");
	return ZP_OK;
}

static const struct conf_row rotation_rows[] = {
	{ .name = "algorithms", .kind = CONF_CUSTOM, .parse = parse_algorithms },
	{ .name = "selector", .kind = CONF_TEXT, .at = AT(conf_rotation, selector) },
	{ .name = "every", .kind = CONF_DURATION, .at = AT(conf_rotation, every), .min = DAY_MS,
	  .max = CENTURY_MS },
	{ .name = "in-flight", .kind = CONF_DURATION, .at = AT(conf_rotation, in_flight),
	  .max = CENTURY_MS },
	{ .name = "revoked-for", .kind = CONF_DURATION, .at = AT(conf_rotation, revoked_for),
	  .max = CENTURY_MS },
	{ .name = "safety", .kind = CONF_DURATION, .at = AT(conf_rotation, safety),
	  .max = CENTURY_MS },
	{ .name = "max-wait", .kind = CONF_DURATION, .at = AT(conf_rotation, max_wait),
	  .max = CENTURY_MS },
	{ .name = "old-key", .kind = CONF_CHOICE, .at = AT(conf_rotation, old_key),
	  .choices = old_keys, .first = CONF_OLD_KEY_SHRED },
	{ .name = "archive", .kind = CONF_TEXT, .at = AT(conf_rotation, archive) },
	{ .name = "signer", .kind = CONF_CHOICE, .at = AT(conf_rotation, signer), .choices = signers,
	  .first = CONF_SIGNER_OPENDKIM },
	{ .name = "key-dir", .kind = CONF_TEXT, .at = AT(conf_rotation, key_dir) },
	{ .name = "key-table", .kind = CONF_TEXT, .at = AT(conf_rotation, key_table) },
	{ .name = "signing-table", .kind = CONF_TEXT, .at = AT(conf_rotation, signing_table) },
	{ .name = "selector-map", .kind = CONF_TEXT, .at = AT(conf_rotation, selector_map) },
	{ .name = "path-map", .kind = CONF_TEXT, .at = AT(conf_rotation, path_map) },
	{ .name = "command", .kind = CONF_WORDS, .at = AT(conf_rotation, command) },
	{ .name = "reload", .kind = CONF_WORDS, .at = AT(conf_rotation, reload) }
};

const struct conf_form conf_form_rotation = {
	.size = sizeof(struct conf_rotation), .where_at = AT(conf_rotation, where),
	.rows = rotation_rows, .rows_n = COUNT(rotation_rows), .preset = rotation_preset,
	.judge = rotation_judge
};
