/* SPDX-License-Identifier: BSD-2-Clause */
/* Orders and the bodies of ledger entries. */
#include "config.h"

#include <stdlib.h>

#include "publish/order.h"
#include "publish/rollover.h"
#include "tests/unit/tap.h"

/* Every member of an order gets a value of its own. */
static void
fill(struct order *o)
{
	for (size_t i = 0; i < order_members_n; i++) {
		const struct order_member *m = &order_members[i];
		void *to = (char *)o + m->offset;

		if (m->kind == ORDER_TEXT && order_set(to, m->name, NULL) != ZP_OK)
			abort();
		if (m->kind == ORDER_LIST && (strlist_add(to, m->name, NULL) != ZP_OK ||
		    strlist_add(to, "", NULL) != ZP_OK))
			abort();
		if (m->kind == ORDER_NUMBER)
			*(int64_t *)to = (int64_t)i + 7;
		if (m->kind == ORDER_BOOL)
			*(bool *)to = true;
	}
}

/* The member in which a and b differ, or null. */
static const char *
differ(const struct order *a, const struct order *b)
{
	for (size_t i = 0; i < order_members_n; i++) {
		const struct order_member *m = &order_members[i];
		const void *x = (const char *)a + m->offset, *y = (const char *)b + m->offset;
		const struct strlist *l = x, *k = y;
		bool same = true;

		switch (m->kind) {
		case ORDER_TEXT:
			same = *(char *const *)y != NULL && strcmp(*(char *const *)x, *(char *const *)y) == 0;
			break;
		case ORDER_LIST:
			same = l->n == k->n;
			for (size_t j = 0; same && j < l->n; j++)
				same = strcmp(l->v[j], k->v[j]) == 0;
			break;
		case ORDER_NUMBER:
			same = *(const int64_t *)x == *(const int64_t *)y;
			break;
		case ORDER_BOOL:
			same = *(const bool *)x == *(const bool *)y;
			break;
		}
		if (!same)
			return m->name;
	}
	return NULL;
}

static void
test_order(void)
{
	struct order o = order_make(), copy;
	struct body b = body_make(), back;
	struct fault why = { 0 };
	char *text;

	fill(&o);
	tap_ok(order_copy(&copy, &o, &why) == ZP_OK && differ(&o, &copy) == NULL, "a copy has all members");
	b.order = copy;
	b.has_order = true;
	tap_is_int(body_print(&text, &b, &why), ZP_OK, "an order is recorded");
	tap_is_int(body_parse(&back, text, &why), ZP_OK, "and read again");
	tap_ok(back.has_order && differ(&o, &back.order) == NULL, "with all members%s%s",
	    differ(&o, &back.order) != NULL ? ", but not " : "",
	    differ(&o, &back.order) != NULL ? differ(&o, &back.order) : "");
	free(text);
	body_release(&b);
	body_release(&back);
	order_release(&o);
}

/* What goes wrong if this order is checked, or "". */
static const char *
check(void (*change)(struct order *))
{
	static struct fault why;
	struct order o = order_make();
	int rc = strlist_add(&o.hosts, "mx.example.com", NULL);

	fault_clear(&why);
	if (rc != ZP_OK || order_set(&o.cert, "/c", NULL) != ZP_OK || order_set(&o.key, "/k", NULL) != ZP_OK ||
	    order_set(&o.live_chain, "/l", NULL) != ZP_OK || order_set(&o.publisher, "rfc2136", NULL) != ZP_OK)
		abort();
	change(&o);
	rc = order_check(&o, &why);
	order_release(&o);
	return rc == ZP_OK ? "" : rc == ZP_EUSAGE ? why.text : "not a usage error";
}

static void
set(char **member, const char *value)
{
	if (order_set(member, value, NULL) != ZP_OK)
		abort();
}

static void change_nothing(struct order *o) { (void)o; }
static void no_hosts(struct order *o) { strlist_release(&o->hosts); }
static void no_key(struct order *o) { set(&o->key, NULL); }
static void no_place(struct order *o) { set(&o->live_chain, NULL); }
static void both_places(struct order *o) { set(&o->live_cert, "/a"); set(&o->live_key, "/b"); }
static void half_place(struct order *o) { set(&o->live_chain, NULL); set(&o->live_cert, "/a"); }
static void no_publisher(struct order *o) { set(&o->publisher, NULL); }
static void no_zonefile(struct order *o) { set(&o->publisher, "zonefile"); }

static void
contradict(struct order *o)
{
	o->no_probe = true;
	if (strlist_add(&o->probes, "192.0.2.1", NULL) != ZP_OK)
		abort();
}

static void
test_check(void)
{
	tap_is(check(change_nothing), "", "a whole order");
	tap_ok(strstr(check(no_hosts), "host") != NULL, "no host");
	tap_ok(strstr(check(no_key), "--key") != NULL, "no key");
	tap_ok(strstr(check(no_place), "--live-chain") != NULL, "no live place and no command");
	tap_ok(strstr(check(both_places), "--live-chain") != NULL, "two live places");
	tap_ok(strstr(check(half_place), "--live-key") != NULL, "half a live place");
	tap_ok(strstr(check(no_publisher), "--tsig-file") != NULL, "no publisher");
	tap_ok(strstr(check(no_zonefile), "--zonefile") != NULL, "no zone file");
	tap_ok(strstr(check(contradict), "--no-probe") != NULL, "looked at and not looked at");
}

/* What a server, a certificate or a command said may be no UTF-8: it is recorded all the same. */
static void
test_words(void)
{
	struct body b = body_make(), back;
	struct fault why = { 0 };
	char *text = NULL;

	if (order_set(&b.text, "CN=M\xfcller", NULL) != ZP_OK ||
	    strlist_add(&b.evidence, "caf\xe9 \xc3\xa9", NULL) != ZP_OK ||
	    strlist_add(&b.evidence, "caf\xc3\xa9", NULL) != ZP_OK)
		abort();
	tap_is_int(body_print(&text, &b, &why), ZP_OK, "words that are no UTF-8");
	tap_ok(text != NULL && body_parse(&back, text, &why) == ZP_OK, "are read again");
	tap_is(back.text, "CN=M?ller", "with a mark where they are not");
	tap_is(back.evidence.n == 2 ? back.evidence.v[0] : NULL, "caf? ??", "in each line of the evidence");
	tap_is(back.evidence.n == 2 ? back.evidence.v[1] : NULL, "caf\xc3\xa9", "UTF-8 stays");
	free(text);
	body_release(&b);
	body_release(&back);
}

static void
test_damage(void)
{
	static const char *const texts[] = { "[", "[]", "7", "{\"text\":7}", "{\"evidence\":{}}",
		"{\"evidence\":[1]}", "{\"before\":[{}]}", "{\"before\":[{\"owner\":\"a.\",\"ttl\":\"x\"}]}",
		"{\"pending\":[\"3 1 1\"]}", "{\"ttl\":\"1\"}", "{\"order\":{\"hosts\":\"x\"}}",
		"{\"text\":\"a\",\"text\":\"b\"}" };
	struct body b;

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct fault why = { 0 };

		tap_ok(body_parse(&b, texts[i], &why) != ZP_OK && why.text[0] != '\0' && b.evidence.n == 0,
		    "damage is a failure: %s", texts[i]);
		body_release(&b);
	}
	tap_is_int(body_parse(&b, "", NULL), ZP_OK, "an empty body is none");
	body_release(&b);
}

int
main(void)
{
	test_order();
	test_check();
	test_words();
	test_damage();
	return tap_done();
}
