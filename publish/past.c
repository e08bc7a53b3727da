/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/past.h"

#include <string.h>

#include "publish/rollover.h"

static int
fold_one(struct rollover *out, struct ledger *l, int64_t id, struct fault *why)
{
	struct entries entries = { 0 };
	int rc = ledger_read(&entries, l, id, why);

	*out = (struct rollover){ 0 };
	if (rc == ZP_OK)
		rc = rollover_fold(out, &entries, why);
	entries_release(&entries);
	return rc;
}

char *
past_target(const struct order *o)
{
	const char *live = o->live_chain != NULL ? o->live_chain : o->live_cert;
	struct bytes text = { 0 };

	bytes_append_text(&text, o->hosts.v[0]);
	if (live != NULL)
		bytes_printf(&text, " %s", live);
	return bytes_take_text(&text);
}

int
past_find_open(int64_t *id, struct ledger *l, const struct order *o, struct fault *why)
{
	struct ledger_rollovers list = { 0 };
	int rc = ledger_list(&list, l, true, why);

	*id = 0;
	for (size_t i = 0; rc == ZP_OK && i < list.n; i++) {
		struct rollover r;

		if (strcmp(list.v[i].kind, "tlsa") != 0)
			continue;
		rc = fold_one(&r, l, list.v[i].id, why);
		if (rc == ZP_OK && order_shares_host(&r.order, o) && order_shares_place(&r.order, o)) {
			if (*id != 0)
				rc = fault_set(why, ZP_EUSAGE, "rollovers %lld and %lld are under way for these hosts: let "
				    "'zonepub run' finish them first", (long long)*id, (long long)r.id);
			*id = r.id;
		} else if (rc == ZP_OK && order_shares_files(&r.order, o))
			rc = fault_set(why, ZP_EUSAGE, "rollover %lld of %s replaces the same live files: hosts that "
			    "share a certificate are moved together (name them in one command), or one after the "
			    "other", (long long)r.id, r.order.hosts.v[0]);
		rollover_release(&r);
	}
	ledger_rollovers_release(&list);
	if (rc == ZP_OK && *id == 0)
		return fault_set(why, ZP_EABSENT, "no rollover is under way for %s", o->hosts.v[0]);
	return rc;
}

/* True if r, of the same host but other live files, left the records where they were. */
static bool
left_alone(const struct rollover *r, const struct rrset *records)
{
	for (size_t i = 0; i < r->target.n; i++)
		if (!rrset_includes(&r->target.v[i], records))
			return false;
	return !r->order.prune;
}

bool
past_seen_since(struct moment *since, struct ledger *l, const struct order *o,
    const struct rrset *records)
{
	struct ledger_rollovers list = { 0 };
	struct fault ignored;
	bool seen = false;

	if (ledger_list(&list, l, false, &ignored) != ZP_OK)
		return false;
	/* The last one counts: its end is what has stood since then. */
	for (size_t i = list.n; i-- > 0; ) {
		struct rollover r;
		bool ours, beside;

		if (strcmp(list.v[i].kind, "tlsa") != 0 ||
		    fold_one(&r, l, list.v[i].id, &ignored) != ZP_OK)
			continue;
		ours = order_shares_host(&r.order, o);
		/* One for a certificate of another kind, in files of its own, is passed over. */
		beside = ours && !order_shares_place(&r.order, o) && left_alone(&r, records);
		ours = ours && !beside;
		if (ours && r.stage == STAGE_DONE && rrset_includes(&r.pending, records)) {
			seen = true;
			*since = r.last;
		}
		rollover_release(&r);
		if (ours)
			break;
	}
	ledger_rollovers_release(&list);
	return seen;
}
