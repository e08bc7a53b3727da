/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/zonefile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "dns/sign.h"
#include "publish/zonefile_edit.h"
#include "publish/zonefile_signed.h"
#include "publish/zonefile_text.h"

int
zonefile_read(struct recset *out, uint32_t *serial, const struct zonefile_options *o,
    const struct recset *places, struct fault *why)
{
	struct zonefile_text t;
	int rc;

	*out = (struct recset){ 0 };
	*serial = 0;
	rc = zonefile_text_read(&t, o->file, o->zone, NULL, why);
	if (rc != ZP_OK)
		return rc;
	*serial = t.serial;
	if (places == NULL)
		rc = zonefile_index_sets(out, &t, why);
	for (size_t i = 0; rc == ZP_OK && places != NULL && i < places->n; i++) {
		struct rrset set;

		rc = zonefile_index_set(&set, &t, &places->v[i].owner, places->v[i].type, why);
		if (rc == ZP_OK && set.n > 0)
			rc = recset_take(out, &set, why);
	}
	if (rc != ZP_OK)
		recset_release(out);
	zonefile_text_release(&t);
	return rc;
}

/* ---- one run of zonefile_apply --------------------------------------------------------- */

struct run {
	const struct zonefile_options *o;
	struct zonefile_receipt *receipt;
	int lock;
	char *unfinished;		/* the marker's path */
	bool was_unfinished;
	uint32_t unfinished_serial;	/* the serial that the run which died had found */
	struct zonefile_text before, after;
	struct sign_keys *keys;
	struct file_draft *drafts;	/* in the order of their renames */
	size_t n_drafts;
};

/* FILE with symbolic links followed, and an ending: every name of FILE has one lock. */
static char *
beside(const char *file, const char *ending)
{
	char *real = realpath(file, NULL);
	struct bytes path = { 0 };

	bytes_printf(&path, "%s%s", real != NULL ? real : file, ending);
	free(real);
	return bytes_take_text(&path);
}

static char *
unfinished_path(const char *file)
{
	return beside(file, ".unfinished");
}

bool
zonefile_is_unfinished(const struct zonefile_options *o)
{
	char *path = unfinished_path(o->file);
	bool stands = path != NULL && file_exists(path);

	free(path);
	return stands;
}

static int
begin(struct run *r, struct fault *why)
{
	char *lock = beside(r->o->file, ".lock");
	struct bytes marker = { 0 };
	int rc;

	r->unfinished = unfinished_path(r->o->file);
	if (lock == NULL || r->unfinished == NULL) {
		rc = fault_set_nomem(why);
		goto out;
	}
	if (access(r->o->file, F_OK) != 0 && errno == ENOENT) {
		rc = fault_set(why, ZP_EABSENT, "there is no zone file %s", r->o->file);
		goto out;
	}
	rc = file_lock(&r->lock, lock, r->o->lock_wait_ms, why);
	if (rc != ZP_OK)
		goto out;
	rc = file_read(&marker, r->unfinished, 4096, why);
	r->was_unfinished = rc != ZP_EABSENT;
	if (rc == ZP_OK) {
		unsigned long serial = strtoul(bytes_text(&marker), NULL, 10);

		r->unfinished_serial = (uint32_t)serial;
	} else if (rc == ZP_EABSENT) {
		fault_clear(why);
		rc = ZP_OK;
	}
out:
	free(lock);
	bytes_release(&marker);
	return rc;
}

/* From the text that stands there to the text that shall, serial included. */
static int
edit(struct run *r, bool *sign, bool *edited, const struct changes *changes, struct fault *why)
{
	struct zonefile_serial_rule rule = { .now = r->o->now,
		.raise = r->was_unfinished && r->unfinished_serial == r->before.serial };
	struct zonefile_signed_state state = { 0 };
	int rc = zonefile_edit(&r->after, edited, &r->before, changes, &rule, why);

	*sign = false;
	if (rc != ZP_OK || r->keys == NULL)
		return rc;
	rc = zonefile_signed_judge(&state, r->o, &r->before, r->keys, why);
	if (rc != ZP_OK)
		return rc;
	*sign = *edited || state.due;
	if (!*sign || !state.exists || zonefile_serial_is_higher(r->after.serial, state.serial))
		return ZP_OK;

	/* Secondaries would not fetch new signatures under a serial that they have. */
	rule.raise = rule.has_above = true;
	rule.above = state.serial;
	zonefile_text_release(&r->after);
	return zonefile_edit(&r->after, edited, &r->before, changes, &rule, why);
}

static int
add_draft(struct run *r, const char *path, const struct bytes *content, mode_t mode,
    struct fault *why)
{
	struct file_draft *v = reallocarray(r->drafts, r->n_drafts + 1, sizeof *v);
	int rc;

	if (v == NULL)
		return fault_set_nomem(why);
	r->drafts = v;
	rc = file_draft_make(&v[r->n_drafts], path, content, mode, why);
	if (rc == ZP_OK)
		r->n_drafts++;
	return rc;
}

static bool
differs(const struct bytes *a, const struct bytes *b)
{
	return a->len != b->len || (a->len > 0 && memcmp(a->data, b->data, a->len) != 0);
}

/* Drafts of all files that become different: included ones, the main file, the signed one. */
static int
draft(struct run *r, bool sign, struct fault *why)
{
	const struct zonefile_text *old = &r->before, *new = &r->after;
	struct bytes text = { 0 };
	struct stat st;
	int rc = ZP_OK;

	if (stat(r->o->file, &st) != 0)
		return fault_set_errno(why, ZP_ELOCAL, "cannot read %s", r->o->file);
	for (size_t i = 1; rc == ZP_OK && i <= old->n_sources; i++) {
		size_t at = i % old->n_sources;	/* the main file last */

		if (differs(&old->sources[at].content, &new->sources[at].content))
			rc = add_draft(r, new->sources[at].path, &new->sources[at].content,
			    st.st_mode & 07777, why);
	}
	if (rc == ZP_OK && sign) {
		char *path = zonefile_signed_path(r->o);

		rc = path == NULL ? fault_set_nomem(why) :
		    zonefile_signed_make(&text, r->o, new, r->keys, why);
		if (rc == ZP_OK)
			rc = add_draft(r, path, &text, st.st_mode & 07777, why);
		free(path);
	}
	bytes_release(&text);
	return rc;
}

static int
mark_unfinished(struct run *r, struct fault *why)
{
	struct bytes text = { 0 };
	int rc;

	/* A marker that stands says the serial that the first of several dead runs had found. */
	if (r->was_unfinished)
		return ZP_OK;
	bytes_printf(&text, "%u\n", (unsigned)r->before.serial);
	rc = bytes_check(&text, why);
	if (rc == ZP_OK)
		rc = file_replace(r->unfinished, &text, 0600, why);
	bytes_release(&text);
	return rc;
}

static int
commit(struct run *r, struct fault *why)
{
	int rc = mark_unfinished(r, why);

	for (size_t i = 0; rc == ZP_OK && i < r->n_drafts; i++) {
		rc = file_draft_commit(&r->drafts[i], why);
		/* A failure may have come before or after the rename. */
		r->receipt->state = ZONEFILE_WRITTEN;
		if (rc != ZP_OK)
			(void)fault_prepend(why, "%s may be written in part, the next run finishes it",
			    r->o->file);
	}
	return rc;
}

/* The last line that a command said, for the message. */
static void
print_last_line(struct bytes *out, const struct bytes *output)
{
	const char *text = bytes_text(output), *end = text + output->len, *start;

	while (end > text && (end[-1] == '\n' || end[-1] == '\r'))
		end--;
	for (start = end; start > text && start[-1] != '\n';)
		start--;
	if (end > start)
		bytes_printf(out, ": %.*s", end - start > 200 ? 200 : (int)(end - start), start);
}

static int
reload(struct run *r, struct fault *why)
{
	const struct strlist *words = r->o->reload;
	struct argv_result *result = &r->receipt->reload;
	struct bytes said = { 0 };
	struct fault cause = { 0 };
	int rc = ZP_OK;

	if (words != NULL && words->n > 0) {
		rc = argv_run(result, words, NULL, r->o->reload_timeout_ms, &cause);
		if (rc != ZP_OK)
			bytes_printf(&said, "cannot be run: %s", cause.text);
		else if (result->timed_out)
			bytes_printf(&said, "did not end within %d ms", r->o->reload_timeout_ms);
		else if (result->signal != 0)
			bytes_printf(&said, "was ended by signal %d", result->signal);
		else if (result->status != 0)
			bytes_printf(&said, "ended with status %d", result->status);
		if (said.len > 0) {
			print_last_line(&said, &result->output);
			rc = fault_set(why, ZP_ELOCAL, "%s is in place with serial %u, but the reload "
			    "command '%s' %s", r->o->file, (unsigned)r->after.serial, words->v[0],
			    bytes_text(&said));
		}
	}
	bytes_release(&said);
	if (rc != ZP_OK)
		return rc;
	if (unlink(r->unfinished) != 0 && errno != ENOENT)
		return fault_set_errno(why, ZP_ELOCAL, "cannot remove %s", r->unfinished);
	r->receipt->state = ZONEFILE_LOADED;
	return ZP_OK;
}

int
zonefile_apply(struct zonefile_receipt *out, const struct zonefile_options *o,
    const struct changes *changes, struct fault *why)
{
	struct run r = { .o = o, .receipt = out, .lock = -1 };
	bool edited = false, sign = false;
	int rc;

	*out = (struct zonefile_receipt){ 0 };
	rc = begin(&r, why);
	if (rc == ZP_OK)
		rc = zonefile_text_read(&r.before, o->file, o->zone, NULL, why);
	if (rc == ZP_OK)
		out->old_serial = out->new_serial = r.before.serial;
	if (rc == ZP_OK && o->sign_keys != NULL)
		rc = sign_keys_read(&r.keys, o->sign_keys, o->zone, o->now, why);
	if (rc == ZP_OK)
		rc = edit(&r, &sign, &edited, changes, why);
	if (rc != ZP_OK || (!edited && !sign && !r.was_unfinished))
		goto out;
	rc = draft(&r, sign, why);
	if (rc == ZP_OK)
		rc = commit(&r, why);
	if (rc != ZP_OK)
		goto out;
	out->state = ZONEFILE_WRITTEN;
	out->edited = edited;
	out->signed_anew = sign;
	out->new_serial = r.after.serial;
	rc = reload(&r, why);
out:
	for (size_t i = 0; i < r.n_drafts; i++)
		file_draft_drop(&r.drafts[i]);
	free(r.drafts);
	free(r.unfinished);
	sign_keys_free(r.keys);
	zonefile_text_release(&r.before);
	zonefile_text_release(&r.after);
	if (r.lock >= 0)
		(void)close(r.lock);
	return rc;
}

void
zonefile_receipt_release(struct zonefile_receipt *r)
{
	argv_result_release(&r->reload);
	*r = (struct zonefile_receipt){ 0 };
}
