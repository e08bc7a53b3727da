/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "keys/slots.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

char *
slots_path(const struct slots *s, const char *slot, const char *suffix)
{
	struct bytes path = { 0 };

	bytes_printf(&path, "%s/%s.%s.%s.%s", s->folder, s->host,
	    keygen_print_algorithm(s->algorithm), slot, suffix);
	return bytes_take_text(&path);
}

/* What an earlier try has moved already is no longer there. */
static int
move(const char *from, const char *to, struct fault *why)
{
	int rc = file_move(from, to, why);

	return rc == ZP_EABSENT ? ZP_OK : rc;
}

/* A key and its request in a slot; what a crash left unfinished is made whole. */
static int
make_slot(struct key_facts *out, const struct slots *s, const char *slot, struct fault *why)
{
	char *key = slots_path(s, slot, "key"), *csr = slots_path(s, slot, "csr");
	struct strlist hosts = { 0 };
	int rc = key == NULL || csr == NULL ? fault_set_nomem(why) : ZP_OK;

	*out = (struct key_facts){ 0 };
	if (rc == ZP_OK)
		rc = file_make_folder(s->folder, why);
	if (rc == ZP_OK)
		rc = strlist_add(&hosts, s->host, why);
	if (rc == ZP_OK)
		rc = file_exists(key) ? keyfile_read(out, key, NULL, why) :
		    keygen_write(out, key, s->algorithm, why);
	if (rc == ZP_OK && !file_exists(csr))
		rc = keygen_write_csr(csr, key, NULL, &hosts, why);
	strlist_release(&hosts);
	free(key);
	free(csr);
	if (rc != ZP_OK)
		key_facts_release(out);
	return rc;
}

int
slots_make_next(struct key_facts *next, const struct slots *s, struct fault *why)
{
	return make_slot(next, s, "next", why);
}

/* The key and request in slot from go to slot to. The request may go first: it can be made again. */
static int
move_slot(const struct slots *s, const char *from, const char *to, struct fault *why)
{
	static const char *const suffixes[] = { "csr", "key" };
	int rc = ZP_OK;

	for (size_t i = 0; rc == ZP_OK && i < sizeof suffixes / sizeof suffixes[0]; i++) {
		char *old = slots_path(s, from, suffixes[i]), *new = slots_path(s, to, suffixes[i]);

		rc = old == NULL || new == NULL ? fault_set_nomem(why) : move(old, new, why);
		free(old);
		free(new);
	}
	return rc;
}

int
slots_advance(struct key_facts *next, const struct slots *s, const struct key_facts *current,
    struct fault *why)
{
	struct key_facts coming = { 0 };
	int rc = make_slot(next, s, "next", why);

	if (rc != ZP_OK || !key_facts_equal(next, current))
		return rc;
	/* The one after the next is made before anything moves. */
	rc = make_slot(&coming, s, "coming", why);
	if (rc == ZP_OK)
		rc = move_slot(s, "current", "retired", why);
	if (rc == ZP_OK)
		rc = move_slot(s, "next", "current", why);
	if (rc == ZP_OK)
		rc = move_slot(s, "coming", "next", why);
	key_facts_release(&coming);
	key_facts_release(next);
	return rc == ZP_OK ? make_slot(next, s, "next", why) : rc;
}
