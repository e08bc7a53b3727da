/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/predict.h"

#include <inttypes.h>
#include <stdio.h>

#include "zonegen/tlsa.h"

/* state is the word for all, or null: the words of `status`. */
static void
show_sets(struct json *list, const char *state, const struct recset *sets,
    const struct preparation *p)
{
	for (size_t i = 0; i < sets->n; i++)
		for (size_t j = 0; j < sets->v[i].n; j++) {
			const struct rdata *rd = &sets->v[i].v[j];
			struct bytes rdata = { 0 };
			char owner[NAME_TEXT_MAX];
			struct json *record = list == NULL ? NULL : json_make_object();

			(void)name_print(owner, &sets->v[i].owner);
			tlsa_print(&rdata, rd->data, rd->len);
			if (record == NULL)
				printf("  %-8s %s %" PRIu32 " IN TLSA %s\n", state, owner, sets->v[i].ttl,
				    bytes_text(&rdata));
			else {
				json_put_text(record, "name", owner);
				json_put_number(record, "ttl", sets->v[i].ttl);
				json_put_text(record, "type", "TLSA");
				json_put_text(record, "rdata", bytes_text(&rdata));
				json_put_text(record, "state", state != NULL ? state :
				    rrset_has(&p->body.pending, rd->data, rd->len) ? "new" :
				    rrset_has(&p->body.known, rd->data, rd->len) ? "old" : "unmanaged");
				json_add(list, record);
			}
			bytes_release(&rdata);
		}
}

static void
show_step(struct json *list, const struct step *step, int64_t at, bool at_once)
{
	char when[32];

	(void)timepiece_print_wall(when, sizeof when, at);
	if (list == NULL)
		printf("  %-10s %s %s  %s\n", stage_word(step->to), at_once ? "at once   " : "not before",
		    when, step->doing);
	else {
		struct json *stage = json_make_object();

		json_put_text(stage, "stage", stage_word(step->to));
		json_put_text(stage, "not_before", when);
		json_put_text(stage, "doing", step->doing);
		json_add(list, stage);
	}
}

/* max(2 TTL, TTL + R), as if every server followed at once. */
static int64_t
wait_of(const struct preparation *p, const struct rollover *r)
{
	int64_t ttl = (int64_t)r->ttl * 1000;

	if (p->body.no_wait)
		return 0;
	return 2 * ttl > ttl + r->order.safety ? 2 * ttl : ttl + r->order.safety;
}

void
predict_show(struct session *s, const struct order *o, const struct preparation *p)
{
	struct rollover r = { .order.hold = o->hold, .order.safety = o->safety,
		.ttl = p->body.ttl > 0 ? (uint32_t)p->body.ttl : 0 };
	struct json *records = s->list == NULL ? NULL : json_make_list();
	struct json *stages = s->list == NULL ? NULL : json_make_list();
	int64_t now = timepiece_now().wall, at = now;

	if (s->list == NULL)
		printf("%s: %s\n", o->hosts.v[0], p->body.text);
	show_sets(records, "now", &p->body.before, p);
	show_sets(records, "then", &p->body.after, p);
	if (p->settled && s->list == NULL)
		printf("  nothing to do: it is live, and its records are published\n");
	for (const struct step *step = steps_walk(); !p->settled && step->deed != DEED_NONE; step++) {
		if (step->deed == DEED_EXPIRE)
			at += wait_of(p, &r);
		if (step->deed == DEED_RETIRE)
			at += steps_hold(&r);
		show_step(stages, step, at, at == now);
	}
	if (s->list == NULL)
		printf("nothing was sent or changed (--dry-run)\n");
	else {
		struct json *plan = json_make_object();

		json_put_text(plan, "target", o->hosts.v[0]);
		json_put_text(plan, "text", p->body.text);
		json_put(plan, "records", records);
		json_put(plan, "stages", stages);
		json_add(s->list, plan);
	}
}

void
predict_nothing(struct session *s, const struct order *o, const struct preparation *p)
{
	struct json *object, *records;

	if (s->list == NULL) {
		if (!s->globals->quiet)
			printf("%s: nothing to do: this pair is live, and its records are published\n",
			    o->hosts.v[0]);
		return;
	}
	object = json_make_object();
	records = json_make_list();
	show_sets(records, NULL, &p->body.after, p);
	json_put_text(object, "id", NULL);
	json_put_text(object, "kind", "tlsa");
	json_put_text(object, "target", o->hosts.v[0]);
	json_put_text(object, "stage", stage_word(STAGE_DONE));
	json_put_text(object, "due", NULL);
	json_put_text(object, "waiting_for", NULL);
	json_put(object, "records", records);
	json_put_text(object, "started", NULL);
	json_put_text(object, "last_error", NULL);
	json_add(s->list, object);
}

int
predict_under_way(struct session *s, int64_t id, struct fault *why)
{
	struct moment now = timepiece_now();
	struct entries entries = { 0 };
	struct rollover r = { 0 };
	int rc = ledger_read(&entries, s->ledger, id, why);

	if (rc == ZP_OK)
		rc = rollover_fold(&r, &entries, why);
	if (rc == ZP_OK && s->list != NULL)
		json_add(s->list, session_json(&r, &now));
	else if (rc == ZP_OK) {
		printf("under way, and gone on with for this pair:\n");
		session_print_status(&r, &now);
		printf("a rollover that begins now:\n");
	}
	rollover_release(&r);
	entries_release(&entries);
	return rc;
}
