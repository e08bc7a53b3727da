/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tests/tools/ask - what the resolver and the authorities say, for the tests.
 *
 *	ask [OPTION...] resolve NAME TYPE [NAME TYPE]...
 *	ask [OPTION...] trust ZONE
 *
 * Options: -f ADDR[@PORT] forwarder, -a FILE trust anchor, -s ZONE=ADDR stub,
 * -t MS time-out.  One line for each answer, words first, then the reason.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dns/wire.h"
#include "live/resolver.h"
#include "live/trust.h"

enum { STUBS_MAX = 16, QUESTIONS_MAX = 256 };

struct request {
	struct resolver_options options;
	struct resolver_stub stubs[STUBS_MAX];
	struct server servers[STUBS_MAX];
	char **words;
	int n;
};

static int
fail(const struct fault *why)
{
	fprintf(stderr, "ask: %s\n", why->text);
	return why->class;
}

static void
print_set(const struct rrset *set)
{
	struct bytes text = { 0 };

	for (size_t i = 0; i < set->n; i++) {
		bytes_clear(&text);
		if (wire_print_rdata(&text, set->type, set->v[i].data, set->v[i].len, NULL) == ZP_OK)
			printf("  %s\n", bytes_text(&text));
	}
	bytes_release(&text);
}

static int
do_resolve(const struct request *rq)
{
	static struct resolver_question q[QUESTIONS_MAX];
	static struct resolver_answer a[QUESTIONS_MAX];
	struct resolver *r = NULL;
	struct fault why = { 0 };
	size_t n = 0;
	int rc;

	for (int i = 0; i + 1 < rq->n && n < QUESTIONS_MAX; i += 2, n++)
		if ((rc = name_parse(&q[n].owner, rq->words[i], NULL, &why)) != ZP_OK ||
		    (rc = wire_parse_type(&q[n].type, rq->words[i + 1], &why)) != ZP_OK)
			return fail(&why);
	if ((rc = resolver_make(&r, &rq->options, &why)) != ZP_OK ||
	    (rc = resolver_ask_many(a, r, q, n, &why)) != ZP_OK)
		rc = fail(&why);
	for (size_t i = 0; i < n && rc == ZP_OK; i++) {
		char name[NAME_TEXT_MAX], type[16];

		printf("%s %s %s %s records=%zu sigs=%zu aliases=%zu ttl=%u %s\n",
		    name_print_host(name, &a[i].owner), wire_print_type(type, a[i].type),
		    resolver_print_security(a[i].security), resolver_print_kind(a[i].kind), a[i].set.n,
		    a[i].sigs.n, a[i].aliases.n, a[i].ttl, a[i].reason);
		print_set(&a[i].set);
		resolver_answer_release(&a[i]);
	}
	resolver_free(r);
	return rc;
}

static int
do_trust(const struct request *rq)
{
	struct resolver *r = NULL;
	struct trust_chain c = { 0 };
	struct name zone;
	struct fault why = { 0 };
	char level[NAME_TEXT_MAX];
	int rc;

	if ((rc = name_parse(&zone, rq->words[0], NULL, &why)) != ZP_OK ||
	    (rc = resolver_make(&r, &rq->options, &why)) != ZP_OK ||
	    (rc = trust_follow(&c, r, &zone, &why)) != ZP_OK)
		rc = fail(&why);
	else
		printf("%s %s keys=%zu %s\n", trust_print_state(c.state), name_print_host(level, &c.level),
		    c.keys.n, c.text);
	trust_release(&c);
	resolver_free(r);
	return rc;
}

static const struct {
	const char *word;
	int (*run)(const struct request *rq);
} verbs[] = { { "resolve", do_resolve }, { "trust", do_trust } };

static int
add_stub(struct request *rq, char *text)
{
	size_t n = rq->options.n_stubs;
	char *address = strchr(text, '=');
	struct fault why = { 0 };

	if (address == NULL || n == STUBS_MAX)
		return ZP_EUSAGE;
	*address++ = '\0';
	if (name_parse(&rq->stubs[n].zone, text, NULL, &why) != ZP_OK ||
	    server_parse(&rq->servers[n], address, &why) != ZP_OK)
		return fail(&why);
	rq->stubs[n].v = &rq->servers[n];
	rq->stubs[n].n = 1;
	rq->options.n_stubs++;
	return ZP_OK;
}

int
main(int argc, char **argv)
{
	struct request rq = { .options = { .stubs = NULL } };
	int c;

	rq.options.stubs = rq.stubs;
	while ((c = getopt(argc, argv, "f:a:s:t:")) != -1) {
		switch (c) {
		case 'f':
			rq.options.forward = optarg;
			break;
		case 'a':
			rq.options.anchor_file = optarg;
			break;
		case 's':
			if (add_stub(&rq, optarg) != ZP_OK)
				return ZP_EUSAGE;
			break;
		case 't':
			rq.options.timeout_ms = (int)strtol(optarg, NULL, 10);
			break;
		default:
			return ZP_EUSAGE;
		}
	}
	rq.words = argv + optind + 1;
	rq.n = argc - optind - 1;
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0] && rq.n > 0; i++)
		if (strcmp(argv[optind], verbs[i].word) == 0)
			return verbs[i].run(&rq);
	fprintf(stderr, "usage: ask [OPTION...] resolve|trust ...\n");
	return ZP_EUSAGE;
}
