/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "live/probe.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "live/probe_attempt.h"

/* Connections at a time: in all, and to one address, where servers set limits. */
enum { OPEN_MAX_ALL = 200, OPEN_MAX_ADDRESS = 16, REPEAT_MAX = 1000 };

int
probe_target_parse(struct probe_target *out, const char *text, uint16_t port, struct fault *why)
{
	struct address a;
	char host[ADDRESS_TEXT_MAX];
	int class = address_parse(&a, text, port, why);

	*out = (struct probe_target){ 0 };
	if (class != ZP_OK)
		return class;
	(void)address_print_host(host, &a);
	if (strlen(host) >= sizeof out->address)
		return fault_set(why, ZP_EUSAGE, "'%.80s': the address is too long", text);
	memcpy(out->address, host, strlen(host) + 1);
	out->port = port;
	out->connect_port = address_port(&a);
	return ZP_OK;
}

/* The whole call. */
struct run {
	struct attempt_setting setting;
	struct attempt *attempts;
	struct pollfd *polls;
	size_t n;
};

static void
run_release(struct run *run)
{
	for (size_t i = 0; run->attempts != NULL && i < run->n; i++)
		attempt_release(&run->attempts[i]);
	free(run->attempts);
	free(run->polls);
	for (size_t i = 0; i < HANDSHAKE_ALGORITHMS_N; i++)
		handshake_context_free(run->setting.contexts[i]);
}

static int
prepare(struct run *run, struct probe_results *out, const struct probe_target *targets,
    unsigned repeat, struct fault *why)
{
	for (size_t i = 0; i < run->n; i++) {
		struct attempt *a = &run->attempts[i];
		struct probe_target *t = &out->v[i].target;
		struct handshake_context **context;
		int class;

		*t = targets[i / repeat];
		*a = (struct attempt){ .result = &out->v[i], .fd = -1 };
		class = address_parse(&a->to, t->address, t->port, why);
		if (class != ZP_OK)
			return class;
		address_set_port(&a->to, t->connect_port != 0 ? t->connect_port : t->port);
		context = &run->setting.contexts[t->algorithm];
		if (*context == NULL)
			class = handshake_context_make(context, (enum handshake_algorithm)t->algorithm, why);
		if (class != ZP_OK)
			return class;
	}
	return ZP_OK;
}

/* How many connections are open, in all and to the address of a. */
static void
count_open(const struct run *run, const struct attempt *a, unsigned *all, unsigned *same)
{
	*all = *same = 0;
	for (size_t i = 0; i < run->n; i++) {
		if (run->attempts[i].fd < 0)
			continue;
		++*all;
		if (address_equal_host(&run->attempts[i].to, &a->to))
			++*same;
	}
}

static int
start_more(struct run *run, struct fault *why)
{
	for (size_t i = 0; i < run->n; i++) {
		struct attempt *a = &run->attempts[i];
		unsigned all, same;
		int class;

		if (a->phase != ATTEMPT_WAITING)
			continue;
		count_open(run, a, &all, &same);
		if (all >= OPEN_MAX_ALL)
			break;
		if (same >= OPEN_MAX_ADDRESS)
			continue;
		class = attempt_start(a, why);
		if (class != ZP_OK)
			return class;
	}
	return ZP_OK;
}

/* Poll once, at most wait_ms, and step what is ready. */
static int
step(struct run *run, int wait_ms, struct fault *why)
{
	for (size_t i = 0; i < run->n; i++)
		run->polls[i] = (struct pollfd){ .fd = run->attempts[i].fd,
			.events = run->attempts[i].events };
	if (poll(run->polls, run->n, wait_ms) < 0)
		return errno == EINTR ? ZP_OK : fault_set_errno(why, ZP_ELOCAL, "poll");

	for (size_t i = 0; i < run->n; i++) {
		int class;

		if (run->polls[i].fd < 0 || run->polls[i].revents == 0)
			continue;
		class = attempt_step(&run->attempts[i], &run->setting, why);
		if (class != ZP_OK)
			return class;
	}
	return ZP_OK;
}

static int
run_until(struct run *run, int timeout_ms, struct fault *why)
{
	int64_t end = timepiece_now().boot + timeout_ms;

	for (;;) {
		int64_t left = end - timepiece_now().boot;
		bool open = false;
		int class = left > 0 ? start_more(run, why) : ZP_OK;

		if (class != ZP_OK)
			return class;
		for (size_t i = 0; i < run->n; i++)
			open = open || run->attempts[i].phase != ATTEMPT_DONE;
		if (!open)
			return ZP_OK;
		if (left <= 0)
			break;
		class = step(run, (int)left, why);
		if (class != ZP_OK)
			return class;
	}
	for (size_t i = 0; i < run->n; i++)
		if (run->attempts[i].phase != ATTEMPT_DONE)
			attempt_expire(&run->attempts[i], timeout_ms);
	return ZP_OK;
}

int
probe_run(struct probe_results *out, const struct probe_target *targets, size_t n,
    const char *sni, unsigned repeat, int timeout_ms, struct fault *why)
{
	struct run run = { .setting.sni = sni };
	int class;

	*out = (struct probe_results){ 0 };
	if (repeat == 0)
		repeat = 1;
	if (n == 0)
		return ZP_OK;
	if (repeat > REPEAT_MAX || n > SIZE_MAX / REPEAT_MAX / sizeof *run.attempts)
		return fault_set(why, ZP_EUSAGE, "more than %d looks at one service", REPEAT_MAX);
	out->v = calloc(n * repeat, sizeof *out->v);
	run.attempts = calloc(n * repeat, sizeof *run.attempts);
	run.polls = calloc(n * repeat, sizeof *run.polls);
	if (out->v == NULL || run.attempts == NULL || run.polls == NULL) {
		class = fault_set_nomem(why);
		goto out;
	}
	out->n = run.n = n * repeat;
	for (size_t i = 0; i < run.n; i++)
		run.attempts[i].fd = -1;
	class = prepare(&run, out, targets, repeat, why);
	if (class == ZP_OK)
		class = run_until(&run, timeout_ms, why);
out:
	run_release(&run);
	if (class != ZP_OK)
		probe_results_release(out);
	return class;
}

void
probe_results_release(struct probe_results *r)
{
	for (size_t i = 0; i < r->n; i++)
		chain_release(&r->v[i].chain);
	free(r->v);
	*r = (struct probe_results){ 0 };
}
