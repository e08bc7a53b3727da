/* SPDX-License-Identifier: BSD-2-Clause */
/* The bodies of a rollover's entries as JSON: the wall of jansson for the ledger. */
#include "config.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "dns/wire.h"
#include "publish/rollover.h"
#include "zonegen/tlsa.h"

/* jansson reports lack of memory by a failing call; one flag gathers them. */
struct writer {
	json_t *top;
	bool failed;
};

static void
put(struct writer *w, json_t *to, const char *name, json_t *value)
{
	if (value == NULL || json_object_set_new(to, name, value) != 0)
		w->failed = true;
}

/*
 * Words for people, which may quote what others wrote: octets that are no
 * UTF-8 become '?', so that an entry never fails on them.
 */
static json_t *
words(const char *text)
{
	json_t *value = json_string(text);
	struct bytes plain = { 0 };

	if (value != NULL)
		return value;
	for (; *text != '\0'; text++)
		bytes_append_u8(&plain, (uint8_t)*text < 0x80 ? (uint8_t)*text : '?');
	value = bytes_is_broken(&plain) ? NULL : json_string(bytes_text(&plain));
	bytes_release(&plain);
	return value;
}

static void
put_words(struct writer *w, const char *name, const struct strlist *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->n; i++)
		if (json_array_append_new(list, words(l->v[i])) != 0)
			w->failed = true;
	if (l->n > 0)
		put(w, w->top, name, list);
	else
		json_decref(list);
}

static void
put_list(struct writer *w, json_t *to, const char *name, const struct strlist *l)
{
	json_t *list;

	if (l->n == 0)
		return;
	list = json_array();
	for (size_t i = 0; i < l->n; i++)
		if (json_array_append_new(list, json_string(l->v[i])) != 0)
			w->failed = true;
	put(w, to, name, list);
}

static json_t *
order_to_json(struct writer *w, const struct order *o)
{
	json_t *object = json_object();

	for (size_t i = 0; i < order_members_n; i++) {
		const struct order_member *m = &order_members[i];
		const void *member = (const char *)o + m->offset;

		switch (m->kind) {
		case ORDER_TEXT:
			if (*(char *const *)member != NULL)
				put(w, object, m->name, json_string(*(char *const *)member));
			break;
		case ORDER_LIST:
			put_list(w, object, m->name, member);
			break;
		case ORDER_NUMBER:
			put(w, object, m->name, json_integer(*(const int64_t *)member));
			break;
		case ORDER_BOOL:
			put(w, object, m->name, json_boolean(*(const bool *)member));
			break;
		}
	}
	return object;
}

/* A set of rdata without owner, as TLSA text. */
static void
put_rdata(struct writer *w, const char *name, const struct rrset *s)
{
	struct strlist lines = { 0 };

	for (size_t i = 0; i < s->n; i++) {
		struct bytes line = { 0 };

		tlsa_print(&line, s->v[i].data, s->v[i].len);
		if (strlist_take(&lines, bytes_take_text(&line), NULL) != ZP_OK)
			w->failed = true;
	}
	put_list(w, w->top, name, &lines);
	strlist_release(&lines);
}

/* A list of sets; one that is empty is recorded too, as it says that nothing is there. */
static void
put_recset(struct writer *w, const char *name, const struct recset *r)
{
	json_t *list;

	if (r->n == 0)
		return;
	list = json_array();
	for (size_t i = 0; i < r->n; i++) {
		struct bytes line = { 0 };
		char owner[NAME_TEXT_MAX];
		json_t *set = json_object(), *rdata = json_array();

		put(w, set, "owner", json_string(name_print(owner, &r->v[i].owner)));
		put(w, set, "ttl", json_integer(r->v[i].ttl));
		for (size_t j = 0; j < r->v[i].n; j++) {
			bytes_clear(&line);
			tlsa_print(&line, r->v[i].v[j].data, r->v[i].v[j].len);
			if (bytes_is_broken(&line) ||
			    json_array_append_new(rdata, json_string(bytes_text(&line))) != 0)
				w->failed = true;
		}
		put(w, set, "tlsa", rdata);
		if (json_array_append_new(list, set) != 0)
			w->failed = true;
		bytes_release(&line);
	}
	put(w, w->top, name, list);
}

int
body_print(char **out, const struct body *b, struct fault *why)
{
	struct writer w = { .top = json_object() };

	*out = NULL;
	if (b->text != NULL)
		put(&w, w.top, "text", words(b->text));
	put_words(&w, "evidence", &b->evidence);
	if (b->has_order)
		put(&w, w.top, "order", order_to_json(&w, &b->order));
	put_recset(&w, "before", &b->before);
	put_recset(&w, "after", &b->after);
	put_recset(&w, "covered", &b->covered);
	put_rdata(&w, "pending", &b->pending);
	put_rdata(&w, "known", &b->known);
	if (b->fingerprint != NULL)
		put(&w, w.top, "fingerprint", json_string(b->fingerprint));
	if (b->ttl >= 0)
		put(&w, w.top, "ttl", json_integer(b->ttl));
	if (b->no_wait)
		put(&w, w.top, "no-wait", json_true());
	if (b->has_since) {
		json_t *since = json_object();

		put(&w, since, "wall", json_integer(b->since.wall));
		put(&w, since, "boot", json_integer(b->since.boot));
		put(&w, since, "boot-id", json_string(b->since.boot_id));
		put(&w, w.top, "since", since);
	}
	if (!w.failed)
		*out = json_dumps(w.top, JSON_COMPACT);
	json_decref(w.top);
	return *out != NULL ? ZP_OK : fault_set(why, ZP_ELOCAL,
	    "an entry of the ledger cannot be written: out of memory, or text that is not UTF-8");
}

static int
damaged(struct fault *why, const char *what)
{
	return fault_set(why, ZP_ELOCAL, "the ledger holds an entry that this version cannot read "
	    "(%s): a newer zonepub wrote it, or it is damaged", what);
}

static int
get_text(char **out, const json_t *from, const char *name, struct fault *why)
{
	const json_t *value = json_object_get(from, name);

	if (value == NULL)
		return ZP_OK;
	return json_is_string(value) ? order_set(out, json_string_value(value), why) :
	    damaged(why, name);
}

static int
get_list(struct strlist *out, const json_t *from, const char *name, struct fault *why)
{
	const json_t *list = json_object_get(from, name), *item;
	size_t i;
	int rc = ZP_OK;

	if (list != NULL && !json_is_array(list))
		return damaged(why, name);
	json_array_foreach (list, i, item) {
		rc = json_is_string(item) ? strlist_add(out, json_string_value(item), why) :
		    damaged(why, name);
		if (rc != ZP_OK)
			break;
	}
	return rc;
}

static int
get_number(int64_t *out, const json_t *from, const char *name, struct fault *why)
{
	const json_t *value = json_object_get(from, name);

	if (value == NULL)
		return ZP_OK;
	if (!json_is_integer(value))
		return damaged(why, name);
	*out = json_integer_value(value);
	return ZP_OK;
}

static int
order_from_json(struct order *o, const json_t *from, struct fault *why)
{
	int rc = ZP_OK;

	*o = order_make();
	for (size_t i = 0; rc == ZP_OK && i < order_members_n; i++) {
		const struct order_member *m = &order_members[i];
		void *member = (char *)o + m->offset;

		switch (m->kind) {
		case ORDER_TEXT:
			rc = get_text(member, from, m->name, why);
			break;
		case ORDER_LIST:
			rc = get_list(member, from, m->name, why);
			break;
		case ORDER_NUMBER:
			rc = get_number(member, from, m->name, why);
			break;
		case ORDER_BOOL:
			*(bool *)member = json_is_true(json_object_get(from, m->name));
			break;
		}
	}
	return rc;
}

static int
get_rdata(struct rrset *out, const json_t *from, const char *name, struct fault *why)
{
	const json_t *list = json_object_get(from, name), *item;
	size_t i;
	int rc = ZP_OK;

	out->type = RRTYPE_TLSA;
	if (list != NULL && !json_is_array(list))
		return damaged(why, name);
	json_array_foreach (list, i, item) {
		struct bytes rdata = { 0 };

		rc = json_is_string(item) ? tlsa_parse(&rdata, json_string_value(item), why) :
		    damaged(why, name);
		if (rc == ZP_OK)
			rc = rrset_add(out, rdata.data, rdata.len, why);
		bytes_release(&rdata);
		if (rc != ZP_OK)
			break;
	}
	return rc;
}

static int
get_recset(struct recset *out, const json_t *from, const char *name, struct fault *why)
{
	const json_t *list = json_object_get(from, name), *item;
	size_t i;
	int rc = ZP_OK;

	if (list != NULL && !json_is_array(list))
		return damaged(why, name);
	json_array_foreach (list, i, item) {
		struct rrset set = { 0 };
		int64_t ttl = 0;

		rc = json_is_string(json_object_get(item, "owner")) ?
		    name_parse(&set.owner, json_string_value(json_object_get(item, "owner")), NULL,
		    why) : damaged(why, name);
		if (rc == ZP_OK)
			rc = get_number(&ttl, item, "ttl", why);
		set.ttl = (uint32_t)ttl;
		if (rc == ZP_OK)
			rc = get_rdata(&set, item, "tlsa", why);
		if (rc == ZP_OK)
			rc = recset_take(out, &set, why);
		rrset_release(&set);
		if (rc != ZP_OK)
			break;
	}
	return rc;
}

static int
get_since(struct body *b, const json_t *top, struct fault *why)
{
	const json_t *since = json_object_get(top, "since");
	const char *boot_id = json_string_value(json_object_get(since, "boot-id"));
	int rc;

	if (since == NULL)
		return ZP_OK;
	b->has_since = true;
	rc = get_number(&b->since.wall, since, "wall", why);
	if (rc == ZP_OK)
		rc = get_number(&b->since.boot, since, "boot", why);
	if (rc == ZP_OK && boot_id != NULL && strlen(boot_id) < sizeof b->since.boot_id)
		memcpy(b->since.boot_id, boot_id, strlen(boot_id) + 1);
	return rc;
}

int
body_parse(struct body *out, const char *text, struct fault *why)
{
	json_t *top = json_loads(text == NULL || *text == '\0' ? "{}" : text,
	    JSON_REJECT_DUPLICATES, NULL);
	const json_t *order = json_object_get(top, "order");
	int rc;

	*out = body_make();
	if (!json_is_object(top)) {
		rc = damaged(why, "no JSON object");
		goto out;
	}
	rc = get_text(&out->text, top, "text", why);
	if (rc == ZP_OK)
		rc = get_list(&out->evidence, top, "evidence", why);
	out->has_order = json_is_object(order);
	if (rc == ZP_OK && out->has_order)
		rc = order_from_json(&out->order, order, why);
	if (rc == ZP_OK)
		rc = get_recset(&out->before, top, "before", why);
	if (rc == ZP_OK)
		rc = get_recset(&out->after, top, "after", why);
	if (rc == ZP_OK)
		rc = get_recset(&out->covered, top, "covered", why);
	if (rc == ZP_OK)
		rc = get_rdata(&out->pending, top, "pending", why);
	if (rc == ZP_OK)
		rc = get_rdata(&out->known, top, "known", why);
	if (rc == ZP_OK)
		rc = get_text(&out->fingerprint, top, "fingerprint", why);
	if (rc == ZP_OK)
		rc = get_number(&out->ttl, top, "ttl", why);
	out->no_wait = json_is_true(json_object_get(top, "no-wait"));
	if (rc == ZP_OK)
		rc = get_since(out, top, why);
out:
	json_decref(top);
	if (rc != ZP_OK)
		body_release(out);
	return rc;
}
