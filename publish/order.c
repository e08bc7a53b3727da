/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

#define TEXT(m, n) { n, ORDER_TEXT, offsetof(struct order, m), ORDER_MEANS }
#define LIST(m, n) { n, ORDER_LIST, offsetof(struct order, m), ORDER_MEANS }
#define NUMBER(m, n) { n, ORDER_NUMBER, offsetof(struct order, m), ORDER_MEANS }
#define BOOL(m, n) { n, ORDER_BOOL, offsetof(struct order, m), ORDER_MEANS }
#define PLACE(m, k, n) { n, k, offsetof(struct order, m), ORDER_PLACES }
#define LIVE(m, n) { n, ORDER_TEXT, offsetof(struct order, m), ORDER_LIVE }

const struct order_member order_members[] = {
	PLACE(hosts, ORDER_LIST, "hosts"), PLACE(ports, ORDER_LIST, "ports"),
	PLACE(params, ORDER_LIST, "params"), PLACE(scheme, ORDER_TEXT, "scheme"),
	TEXT(next_dir, "next-dir"), TEXT(cert, "cert"), TEXT(key, "key"),
	LIVE(live_chain, "live-chain"), LIVE(live_cert, "live-cert"), LIVE(live_key, "live-key"),
	LIST(deploy, "deploy"), NUMBER(deploy_timeout, "deploy-timeout"),
	NUMBER(safety, "safety"), NUMBER(hold, "hold"), NUMBER(ttl, "ttl"),
	LIST(authorities, "authorities"), LIST(exclude, "exclude"), LIST(probes, "probes"),
	NUMBER(probe_repeat, "probe-repeat"), BOOL(no_probe, "no-probe"),
	BOOL(allow_insecure, "allow-insecure"), BOOL(prune, "prune"),
	TEXT(resolver, "resolver"), TEXT(trust_anchor, "trust-anchor"), LIST(stubs, "stubs"),
	PLACE(publisher, ORDER_TEXT, "publisher"), PLACE(zone, ORDER_TEXT, "zone"), TEXT(server, "server"),
	TEXT(tsig_file, "tsig-file"), TEXT(transport, "transport"), TEXT(tls_name, "tls-name"),
	TEXT(tls_ca, "tls-ca"), PLACE(zonefile, ORDER_TEXT, "zonefile"), TEXT(sign_keys, "sign-keys"),
	LIST(reload, "reload"),
};
const size_t order_members_n = sizeof order_members / sizeof order_members[0];

struct order
order_make(void)
{
	return (struct order){
		.deploy_timeout = 60 * 1000, .safety = 5 * 60 * 1000, .hold = -1, .ttl = 3600,
		.probe_repeat = 1
	};
}

void
order_release(struct order *o)
{
	for (size_t i = 0; i < order_members_n; i++) {
		void *member = (char *)o + order_members[i].offset;

		if (order_members[i].kind == ORDER_TEXT)
			free(*(char **)member);
		else if (order_members[i].kind == ORDER_LIST)
			strlist_release(member);
	}
	*o = (struct order){ 0 };
}

int
order_set(char **member, const char *value, struct fault *why)
{
	char *copy = NULL;

	if (value != NULL && (copy = strdup(value)) == NULL)
		return fault_set_nomem(why);
	free(*member);
	*member = copy;
	return ZP_OK;
}

int
order_copy(struct order *to, const struct order *from, struct fault *why)
{
	int rc = ZP_OK;

	*to = (struct order){ 0 };
	for (size_t i = 0; rc == ZP_OK && i < order_members_n; i++) {
		size_t at = order_members[i].offset;
		const void *have = (const char *)from + at;
		void *want = (char *)to + at;

		switch (order_members[i].kind) {
		case ORDER_TEXT:
			rc = order_set(want, *(char *const *)have, why);
			break;
		case ORDER_LIST:
			rc = strlist_copy(want, have, why);
			break;
		case ORDER_NUMBER:
			*(int64_t *)want = *(const int64_t *)have;
			break;
		case ORDER_BOOL:
			*(bool *)want = *(const bool *)have;
			break;
		}
	}
	if (rc != ZP_OK)
		order_release(to);
	return rc;
}

static int
check_publisher(const struct order *o, struct fault *why)
{
	if (o->publisher == NULL)
		return fault_set(why, ZP_EUSAGE, "nothing says where to publish: give --tsig-file "
		    "(and --server) or --zonefile, or a zone section in the configuration");
	if (strcmp(o->publisher, "zonefile") == 0) {
		if (o->zonefile == NULL)
			return fault_set(why, ZP_EUSAGE, "the zonefile publisher needs --zonefile FILE");
		if (o->zone == NULL)
			return fault_set(why, ZP_EUSAGE, "the zonefile publisher needs --zone ZONE");
		if (o->tsig_file != NULL || o->server != NULL)
			return fault_set(why, ZP_EUSAGE,
			    "--zonefile goes with neither --server nor --tsig-file");
	} else if (o->sign_keys != NULL || o->reload.n > 0)
		return fault_set(why, ZP_EUSAGE, "--sign-keys and --reload go with --zonefile alone");
	return ZP_OK;
}

int
order_check(const struct order *o, struct fault *why)
{
	int rc;

	if (o->hosts.n == 0)
		return fault_set(why, ZP_EUSAGE, "no host is given");
	if (o->cert == NULL || o->key == NULL)
		return fault_set(why, ZP_EUSAGE, "%s: the renewed pair is needed: --cert FILE and "
		    "--key FILE, or a tls section for the host in the configuration", o->hosts.v[0]);
	if (o->live_chain != NULL && (o->live_cert != NULL || o->live_key != NULL))
		return fault_set(why, ZP_EUSAGE,
		    "--live-chain goes with neither --live-cert nor --live-key");
	if ((o->live_cert == NULL) != (o->live_key == NULL))
		return fault_set(why, ZP_EUSAGE, "--live-cert and --live-key go together");
	if (o->live_chain == NULL && o->live_cert == NULL && o->deploy.n == 0)
		return fault_set(why, ZP_EUSAGE, "nothing says how the renewed pair becomes live: give "
		    "--live-chain FILE, --live-cert FILE with --live-key FILE, or --deploy COMMAND");
	if (o->no_probe && o->probes.n > 0)
		return fault_set(why, ZP_EUSAGE, "--no-probe and --probe contradict each other");
	rc = check_publisher(o, why);
	return rc;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool
order_shares_service(const struct order *a, const struct order *b)
{
	return same_text(a->cert, b->cert) && same_text(a->key, b->key) &&
	    same_text(a->live_chain, b->live_chain) && same_text(a->live_cert, b->live_cert) &&
	    same_text(a->live_key, b->live_key);
}

bool
order_shares_place(const struct order *a, const struct order *b)
{
	const char *live_a = a->live_chain != NULL ? a->live_chain : a->live_cert;
	const char *live_b = b->live_chain != NULL ? b->live_chain : b->live_cert;

	return live_a == NULL || live_b == NULL || strcmp(live_a, live_b) == 0;
}

bool
order_shares_files(const struct order *a, const struct order *b)
{
	const char *live_a = a->live_chain != NULL ? a->live_chain : a->live_cert;
	const char *live_b = b->live_chain != NULL ? b->live_chain : b->live_cert;

	return live_a != NULL && live_b != NULL && strcmp(live_a, live_b) == 0;
}

bool
order_shares_host(const struct order *a, const struct order *b)
{
	for (size_t i = 0; i < a->hosts.n; i++)
		if (strlist_has(&b->hosts, a->hosts.v[i]))
			return true;
	return false;
}

static bool
same_list(const struct strlist *a, const struct strlist *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++)
		same = strcmp(a->v[i], b->v[i]) == 0;
	return same;
}

static bool
same_member(const struct order_member *m, const struct order *a, const struct order *b)
{
	const void *of_a = (const char *)a + m->offset, *of_b = (const char *)b + m->offset;

	switch (m->kind) {
	case ORDER_TEXT:
		return same_text(*(char *const *)of_a, *(char *const *)of_b);
	case ORDER_LIST:
		return same_list(of_a, of_b);
	case ORDER_NUMBER:
		return *(const int64_t *)of_a == *(const int64_t *)of_b;
	case ORDER_BOOL:
		return *(const bool *)of_a == *(const bool *)of_b;
	}
	return true;
}

const struct order_member *
order_differs(const struct order *a, const struct order *b)
{
	for (size_t i = 0; i < order_members_n; i++)
		if (strcmp(order_members[i].name, "hosts") != 0 && !same_member(&order_members[i], a, b))
			return &order_members[i];
	return NULL;
}

static void
print_member(struct bytes *to, const struct order_member *m, const struct order *o)
{
	const void *of = (const char *)o + m->offset;

	if (m->kind == ORDER_NUMBER)
		bytes_printf(to, "%lld", (long long)*(const int64_t *)of);
	else if (m->kind == ORDER_BOOL)
		bytes_append_text(to, *(const bool *)of ? "yes" : "no");
	else if (m->kind == ORDER_TEXT)
		bytes_append_text(to, *(char *const *)of == NULL ? "none" : *(char *const *)of);
	else {
		const struct strlist *l = of;

		for (size_t i = 0; i < l->n; i++)
			bytes_printf(to, "%s%s", i > 0 ? " " : "", l->v[i]);
		if (l->n == 0)
			bytes_append_text(to, "none");
	}
}

int
order_compare(enum order_change *out, struct strlist *lines, const struct order *was,
    const struct order *is, struct fault *why)
{
	int rc = ZP_OK;

	*out = ORDER_SAME;
	for (size_t i = 0; rc == ZP_OK && i < order_members_n; i++) {
		const struct order_member *m = &order_members[i];
		struct bytes line = { 0 };

		if (same_member(m, was, is))
			continue;
		if (m->change > *out)
			*out = m->change;
		bytes_printf(&line, "%s: ", m->name);
		print_member(&line, m, is);
		bytes_append_text(&line, " (was: ");
		print_member(&line, m, was);
		bytes_append_text(&line, ")");
		rc = strlist_take(lines, bytes_take_text(&line), why);
	}
	return rc;
}
