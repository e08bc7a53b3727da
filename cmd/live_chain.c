/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/live_chain.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cmd/show.h"
#include "live/probe.h"

/* One target for each address and kind of certificate. */
struct targets {
	struct probe_target *v;
	size_t n;
};

static int
add_target(struct targets *t, const struct probe_target *target, struct fault *why)
{
	static const enum probe_algorithm kinds[] = { PROBE_ANY, PROBE_RSA, PROBE_ECDSA,
		PROBE_ED25519 };
	enum { KINDS_N = sizeof kinds / sizeof kinds[0] };
	struct probe_target *grown = realloc(t->v, (t->n + KINDS_N) * sizeof *grown);

	if (grown == NULL)
		return fault_set_nomem(why);
	t->v = grown;
	for (size_t i = 0; i < KINDS_N; i++) {
		t->v[t->n] = *target;
		t->v[t->n++].algorithm = kinds[i];
	}
	return ZP_OK;
}

static int
resolve(struct targets *t, const char *host, uint16_t port, struct fault *why)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
	struct addrinfo *list = NULL;
	int failed = getaddrinfo(host, NULL, &hints, &list);
	int class = ZP_OK;

	if (failed != 0)
		return fault_set(why, failed == EAI_NONAME ? ZP_EABSENT : ZP_ERETRY,
		    "no address of %s: %s", host, gai_strerror(failed));
	for (const struct addrinfo *a = list; class == ZP_OK && a != NULL; a = a->ai_next) {
		struct probe_target target = { .port = port };

		if (getnameinfo(a->ai_addr, a->ai_addrlen, target.address, sizeof target.address, NULL, 0,
		    NI_NUMERICHOST) != 0)
			continue;
		class = add_target(t, &target, why);
	}
	freeaddrinfo(list);
	return class;
}

static int
collect_targets(struct targets *t, const struct live_question *q, const char *host,
    struct fault *why)
{
	int class = ZP_OK;

	if (q->probes->n == 0)
		return resolve(t, host, q->port, why);
	for (size_t i = 0; class == ZP_OK && i < q->probes->n; i++) {
		struct probe_target target;

		class = probe_target_parse(&target, q->probes->v[i], q->port, why);
		if (class == ZP_OK)
			class = add_target(t, &target, why);
	}
	return class;
}

static int
add_chain(struct live_chains *out, const struct chain *chain, struct fault *why)
{
	struct chain *grown;
	int class;

	for (size_t i = 0; i < out->n; i++)
		if (chain_equal(&out->v[i], chain))
			return ZP_OK;
	grown = realloc(out->v, (out->n + 1) * sizeof *grown);
	if (grown == NULL)
		return fault_set_nomem(why);
	out->v = grown;
	class = chain_copy(&out->v[out->n], chain, why);
	if (class == ZP_OK)
		out->n++;
	return class;
}

static int
collect_chains(struct live_chains *out, const struct probe_results *results, bool quiet,
    struct fault *why)
{
	const struct probe_result *failed = NULL;
	int class = ZP_OK;

	for (size_t i = 0; class == ZP_OK && i < results->n; i++) {
		const struct probe_result *r = &results->v[i];

		if (r->outcome == PROBE_SHOWN)
			class = add_chain(out, &r->chain, why);
		else if (r->outcome != PROBE_NO_SUCH_KEY && failed == NULL)
			failed = r;
	}
	if (class != ZP_OK)
		return class;
	if (out->n == 0 && failed != NULL) {
		*why = failed->why;
		return why->class;
	}
	if (out->n == 0)
		return fault_set(why, ZP_EABSENT, "no certificate was shown");
	for (size_t i = 0; !quiet && i < results->n; i++)
		if (results->v[i].outcome != PROBE_SHOWN &&
		    results->v[i].outcome != PROBE_NO_SUCH_KEY &&
		    results->v[i].target.algorithm == PROBE_ANY)
			show_warning("%s", results->v[i].why.text);
	return ZP_OK;
}

int
live_chains_get(struct live_chains *out, const struct live_question *q, struct fault *why)
{
	struct probe_results results = { 0 };
	struct targets targets = { 0 };
	char host[NAME_TEXT_MAX];
	int class;

	*out = (struct live_chains){ 0 };
	(void)name_print_host(host, q->host);
	class = collect_targets(&targets, q, host, why);
	if (class == ZP_OK)
		class = probe_run(&results, targets.v, targets.n, host, 1, q->timeout_ms, why);
	if (class == ZP_OK)
		class = collect_chains(out, &results, q->quiet, why);
	probe_results_release(&results);
	free(targets.v);
	if (class != ZP_OK)
		live_chains_release(out);
	return class;
}

void
live_chains_release(struct live_chains *l)
{
	for (size_t i = 0; i < l->n; i++)
		chain_release(&l->v[i]);
	free(l->v);
	*l = (struct live_chains){ 0 };
}
