/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "live/reply.h"

#include <stdlib.h>

enum { ALIASES_MAX = 16 };

int
reply_authority(struct recset *out, const struct message *m, struct fault *why)
{
	const struct record_list *list = &m->section[SECTION_AUTHORITY];
	int rc = ZP_OK;

	*out = (struct recset){ 0 };
	for (size_t i = 0; i < list->n && rc == ZP_OK; i++) {
		const struct record *r = &list->v[i];

		if (r->class == CLASS_IN)
			rc = recset_add(out, &r->owner, r->type, r->ttl, r->rdata.data, r->rdata.len, why);
	}
	if (rc != ZP_OK)
		recset_release(out);
	return rc;
}

static int
path_take(struct alias_path *path, struct rrset *set, struct fault *why)
{
	struct rrset *v = reallocarray(path->v, path->n + 1, sizeof *v);

	if (v == NULL) {
		rrset_release(set);
		return fault_set_nomem(why);
	}
	path->v = v;
	v[path->n++] = *set;
	*set = (struct rrset){ 0 };
	return ZP_OK;
}

/* The DNAME above n, if the answer has one, into the path. */
static int
take_dname(struct alias_path *path, const struct record_list *list, const struct name *n,
    struct fault *why)
{
	unsigned labels = name_labels(n);

	for (unsigned skip = 1; skip < labels; skip++) {
		struct name above = name_ancestor(n, skip);
		struct rrset set;
		int rc = message_rrset(&set, NULL, list, &above, RRTYPE_DNAME, why);

		if (rc != ZP_OK)
			return rc;
		if (set.n > 0)
			return path_take(path, &set, why);
		rrset_release(&set);
	}
	return ZP_OK;
}

int
reply_aliases(struct alias_path *path, const struct message *m, const struct name *owner,
    uint16_t type, struct fault *why)
{
	const struct record_list *list = &m->section[SECTION_ANSWER];
	int rc = ZP_OK;

	*path = (struct alias_path){ .end = *owner };
	for (unsigned hops = 0; type != RRTYPE_CNAME; hops++) {
		struct name next;
		struct rrset set;

		if ((rc = message_rrset(&set, NULL, list, &path->end, RRTYPE_CNAME, why)) != ZP_OK)
			goto out;
		if (set.n == 0) {
			rrset_release(&set);
			break;
		}
		if (hops >= ALIASES_MAX || set.n > 1 ||
		    name_parse_wire(&next, set.v[0].data, set.v[0].len, NULL) != ZP_OK) {
			char text[NAME_TEXT_MAX];

			rrset_release(&set);
			rc = fault_set(why, ZP_EREFUSED, "the aliases at %.200s go in a circle, "
			    "are more than %d or are malformed", name_print_host(text, owner), ALIASES_MAX);
			goto out;
		}
		if ((rc = take_dname(path, list, &path->end, why)) != ZP_OK) {
			rrset_release(&set);
			goto out;
		}
		if ((rc = path_take(path, &set, why)) != ZP_OK)
			goto out;
		path->end = next;
	}
out:
	if (rc != ZP_OK)
		alias_path_release(path);
	return rc;
}

void
alias_path_release(struct alias_path *path)
{
	for (size_t i = 0; i < path->n; i++)
		rrset_release(&path->v[i]);
	free(path->v);
	*path = (struct alias_path){ 0 };
}
