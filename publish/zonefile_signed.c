/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/zonefile_signed.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dns/sign.h"

enum {
	LIFETIME_DEFAULT = 14 * 86400,
	INCEPTION_AGO = 3600		/* clocks of validators may be slow */
};

char *
zonefile_signed_path(const struct zonefile_options *o)
{
	struct bytes path = { 0 };

	bytes_printf(&path, "%s.signed", o->file);
	return bytes_take_text(&path);
}

static uint32_t
lifetime(const struct zonefile_options *o)
{
	return o->signature_lifetime != 0 ? o->signature_lifetime : LIFETIME_DEFAULT;
}

static bool
is_older(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec != b->st_mtim.tv_sec ? a->st_mtim.tv_sec < b->st_mtim.tv_sec :
	    a->st_mtim.tv_nsec < b->st_mtim.tv_nsec;
}

/* True if a source was written after the signed file, or cannot be asked. */
static bool
is_outdated(const struct stat *signed_file, const struct zonefile_text *source)
{
	struct stat st;

	for (size_t i = 0; i < source->n_sources; i++)
		if (stat(source->sources[i].path, &st) != 0 || is_older(signed_file, &st))
			return true;
	return false;
}

/* True if a signature ends before half of its lifetime is left, or there is none. */
static bool
runs_out(const struct zonefile_text *t, const struct zonefile_options *o)
{
	bool any = false;

	for (size_t i = 0; i < t->n; i++) {
		const struct zonefile_record *r = &t->records[i];
		struct cursor c;
		uint32_t left;

		if (r->type != RRTYPE_RRSIG || r->rdata.len < 18)
			continue;
		c = cursor_make(r->rdata.data + 8, 4);
		left = cursor_u32(&c) - (uint32_t)o->now;
		if (left >= UINT32_C(0x80000000) || left < lifetime(o) / 2)
			return true;
		any = true;
	}
	return !any;
}

/* The DNSKEY set that the source and the keys ask for. */
static int
wanted_keys(struct rrset *out, const struct zonefile_text *source, const struct sign_keys *keys,
    struct fault *why)
{
	struct rrset mine = { 0 }, theirs = { 0 };
	int rc = sign_keys_dnskey(&mine, keys, 0, why);

	if (rc == ZP_OK)
		rc = zonefile_index_set(&theirs, source, &source->zone, RRTYPE_DNSKEY, why);
	if (rc == ZP_OK)
		rc = rrset_union(out, &mine, &theirs, why);
	rrset_release(&mine);
	rrset_release(&theirs);
	return rc;
}

int
zonefile_signed_judge(struct zonefile_signed_state *out, const struct zonefile_options *o,
    const struct zonefile_text *source, const struct sign_keys *keys, struct fault *why)
{
	struct zonefile_text t = { 0 };
	struct rrset want = { 0 }, have = { 0 };
	char *path = zonefile_signed_path(o);
	struct stat st;
	int rc;

	*out = (struct zonefile_signed_state){ .due = true };
	if (path == NULL)
		return fault_set_nomem(why);
	if (stat(path, &st) != 0) {
		free(path);
		return ZP_OK;
	}
	rc = zonefile_text_read(&t, path, o->zone, NULL, why);
	if (rc == ZP_EUSAGE || rc == ZP_EABSENT) {
		/* Not of our making, or damaged: to be replaced, and nothing is known of it. */
		fault_clear(why);
		out->exists = true;
		out->serial = source->serial;
		rc = ZP_OK;
		goto out;
	}
	if (rc == ZP_OK)
		rc = wanted_keys(&want, source, keys, why);
	if (rc == ZP_OK)
		rc = zonefile_index_set(&have, &t, o->zone, RRTYPE_DNSKEY, why);
	if (rc != ZP_OK)
		goto out;
	out->exists = true;
	out->serial = t.serial;
	out->due = t.serial != source->serial || is_outdated(&st, source) ||
	    !rrset_same_data(&want, &have) || runs_out(&t, o);
out:
	rrset_release(&want);
	rrset_release(&have);
	zonefile_text_release(&t);
	free(path);
	return rc;
}

int
zonefile_signed_make(struct bytes *out, const struct zonefile_options *o,
    const struct zonefile_text *source, const struct sign_keys *keys, struct fault *why)
{
	struct recset sets = { 0 };
	struct sign_request request = {
		.zone = &sets,
		.origin = o->zone,
		.keys = keys,
		.inception = (uint32_t)(o->now - INCEPTION_AGO),
		.expiration = (uint32_t)(o->now + lifetime(o)),
	};
	int rc = zonefile_index_sets(&sets, source, why);

	if (rc == ZP_OK)
		rc = sign_zone(out, &request, why);
	if (rc != ZP_OK)
		(void)fault_prepend(why, "%s", o->file);
	recset_release(&sets);
	return rc;
}
