/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/swap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "keys/cert.h"
#include "keys/keyfile.h"
#include "keys/pem.h"
#include "publish/steps_tlsa.h"

enum { PEM_MAX = 1024 * 1024, FILES_MAX = 2 };

/* One live file, and what shall be in it. */
struct target {
	const char *live;
	char *previous;
	struct bytes content;
};

static void
target_release(struct target *t)
{
	free(t->previous);
	bytes_wipe(&t->content);
}

char *
swap_previous_path(const char *live)
{
	struct bytes path = { 0 };

	bytes_printf(&path, "%s.zonepub-previous", live);
	return bytes_take_text(&path);
}

/* The end of the line at p, behind its newline. */
static const char *
line_end(const char *p, const char *end)
{
	const char *newline = memchr(p, '\n', (size_t)(end - p));

	return newline != NULL ? newline + 1 : end;
}

/* True if the line at p begins with mark and its label ends with kind. */
static bool
is_mark(const char *p, const char *stop, const char *mark, const char *kind)
{
	size_t n = strlen(mark), m = strlen(kind);
	const char *dashes;

	if ((size_t)(stop - p) < n + m + 5 || memcmp(p, mark, n) != 0)
		return false;
	dashes = memmem(p + n, (size_t)(stop - p) - n, "-----", 5);
	return dashes != NULL && (size_t)(dashes - p) >= n + m && memcmp(dashes - m, kind, m) == 0;
}

/*
 * Append content, ended with a newline, without its PEM blocks of kind.  Files
 * that hold a pair are welcome as either half: neither must a private key get
 * to where certificates are read, nor a certificate be there twice.
 */
static void
append_without(struct bytes *to, const struct bytes *content, const char *kind)
{
	const char *p = bytes_text(content), *end = p + content->len, *stop;
	bool inside = false;

	for (; p < end; p = stop) {
		stop = line_end(p, end);
		inside = inside || is_mark(p, stop, "-----BEGIN ", kind);
		if (!inside)
			bytes_append(to, p, (size_t)(stop - p));
		else if (is_mark(p, stop, "-----END ", kind))
			inside = false;
	}
	if (to->len > 0 && to->data[to->len - 1] != '\n')
		bytes_append_u8(to, '\n');
}

/* The files as they were read must be the pair that was judged: they may be changing just now. */
static int
need_pair(struct chain *chain, const struct order *o, const struct bytes *cert,
    const struct bytes *key, const char *fingerprint, struct fault *why)
{
	struct key_facts facts = { 0 };
	char *print = NULL;
	int rc = chain_parse(chain, cert, o->cert, why);

	if (rc == ZP_OK)
		rc = keyfile_parse(&facts, key, o->key, NULL, why);
	if (rc == ZP_OK && !facts.is_private)
		rc = fault_set(why, ZP_EUSAGE, "%s: a public key, where the private one is wanted", o->key);
	if (rc == ZP_OK)
		rc = steps_fingerprint(&print, chain, why);
	if (rc == ZP_OK && (!chain_has_key(chain, &facts) || strcmp(print, fingerprint) != 0))
		rc = fault_set(why, ZP_ERETRY, "%s and %s were changed just now: they are looked at again",
		    o->cert, o->key);
	free(print);
	key_facts_release(&facts);
	return rc;
}

/*
 * What the renewed pair makes of each live file: t[0] is that of the
 * certificates.  PEM goes as it is, DER becomes PEM: services read no other.
 */
static int
read_renewed(struct target *t, size_t n, const struct order *o, const char *fingerprint,
    struct fault *why)
{
	struct bytes key = { 0 }, cert = { 0 };
	struct chain chain = { 0 };
	int rc = file_read(&key, o->key, PEM_MAX, why);

	if (rc == ZP_OK)
		rc = file_read(&cert, o->cert, PEM_MAX, why);
	if (rc == ZP_OK)
		rc = need_pair(&chain, o, &cert, &key, fingerprint, why);
	if (rc == ZP_OK && pem_is_text(&key))
		append_without(&t[n - 1].content, &key, "CERTIFICATE");
	else if (rc == ZP_OK)
		rc = pem_print_key(&t[n - 1].content, &key, o->key, why);
	if (rc == ZP_OK && pem_is_text(&cert))
		append_without(&t[0].content, &cert, "PRIVATE KEY");
	else if (rc == ZP_OK)
		rc = pem_print_chain(&t[0].content, &chain, why);
	for (size_t i = 0; rc == ZP_OK && i < n; i++)
		rc = bytes_check(&t[i].content, why);
	chain_release(&chain);
	bytes_wipe(&key);
	bytes_wipe(&cert);
	return rc;
}

static int
read_previous(struct target *t, size_t n, struct fault *why)
{
	int rc = ZP_OK;

	for (size_t i = 0; rc == ZP_OK && i < n; i++)
		rc = file_read(&t[i].content, t[i].previous, PEM_MAX, why);
	return rc;
}

/* *same: every live file has its content already. */
static int
compare_live(bool *same, const struct target *t, size_t n, struct fault *why)
{
	*same = true;
	for (size_t i = 0; i < n; i++) {
		struct bytes now;
		int rc = file_read(&now, t[i].live, PEM_MAX, why);

		if (rc == ZP_OK)
			*same = *same && now.len == t[i].content.len &&
			    memcmp(now.data, t[i].content.data, now.len) == 0;
		else if (rc == ZP_EABSENT)
			*same = false;
		bytes_wipe(&now);
		if (rc != ZP_OK && rc != ZP_EABSENT)
			return rc;
	}
	return ZP_OK;
}

/*
 * Keep what is live beside it.  Once kept it stays: after a crash between two
 * renames the live files are a mixture, and the kept ones are the pair.
 */
static int
keep_previous(const struct target *t, size_t n, struct fault *why)
{
	/* The first of them is written last: if it is there, all are. */
	if (file_exists(t[0].previous))
		return ZP_OK;
	for (size_t i = n; i-- > 0; ) {
		struct bytes now;
		int rc = file_read(&now, t[i].live, PEM_MAX, why);

		if (rc == ZP_OK)
			rc = file_duplicate(t[i].previous, t[i].live, &now, why);
		bytes_wipe(&now);
		if (rc != ZP_OK && rc != ZP_EABSENT)
			return rc;
	}
	return ZP_OK;
}

static int
forget_previous(const struct target *t, size_t n, struct fault *why)
{
	for (size_t i = 0; i < n; i++)
		if (unlink(t[i].previous) != 0 && errno != ENOENT)
			return fault_set_errno(why, ZP_ELOCAL, "cannot remove %s", t[i].previous);
	return ZP_OK;
}

int
swap_do(const struct order *o, enum swap_way way, const char *fingerprint, struct fault *why)
{
	struct target t[FILES_MAX] = { { .live = o->live_chain != NULL ? o->live_chain : o->live_cert },
		{ .live = o->live_key } };
	size_t n = o->live_chain != NULL ? 1 : FILES_MAX;
	struct file_draft drafts[FILES_MAX] = { { 0 } };
	bool same = false;
	int rc = ZP_OK;

	if (t[0].live == NULL)
		return ZP_OK;
	for (size_t i = 0; i < n; i++)
		if ((t[i].previous = swap_previous_path(t[i].live)) == NULL)
			rc = fault_set_nomem(why);
	if (rc == ZP_OK && way == SWAP_FORGET) {
		rc = forget_previous(t, n, why);
		goto out;
	}
	/*
	 * Nothing is kept where the renewed pair was live from the start: nothing to put back.
	 * If it was lost instead the services will show that, as long as somebody looks.
	 */
	if (rc == ZP_OK && way == SWAP_PREVIOUS && !file_exists(t[0].previous)) {
		if (o->no_probe)
			rc = fault_set(why, ZP_EREFUSED, "the former pair is not kept in %s, and --no-probe means "
			    "that nobody looks at what is shown: put the former pair at %s by hand and there",
			    t[0].previous, t[0].live);
		goto out;
	}
	if (rc == ZP_OK)
		rc = way == SWAP_RENEWED ? read_renewed(t, n, o, fingerprint, why) :
		    read_previous(t, n, why);
	if (rc == ZP_OK)
		rc = compare_live(&same, t, n, why);
	if (rc != ZP_OK || same)
		goto out;
	if (way == SWAP_RENEWED)
		rc = keep_previous(t, n, why);
	for (size_t i = 0; rc == ZP_OK && i < n; i++)
		rc = file_draft_make(&drafts[i], t[i].live, &t[i].content, 0600, why);
	for (size_t i = 0; rc == ZP_OK && i < n; i++)
		rc = file_draft_commit(&drafts[i], why);
out:
	for (size_t i = 0; i < n; i++) {
		file_draft_drop(&drafts[i]);
		target_release(&t[i]);
	}
	return rc;
}
