/* SPDX-License-Identifier: BSD-2-Clause */
/* The probe against servers that say a fixed text; handshakes are tested in tests/system/probe.py. */
#include "config.h"

#include "live/probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/tap.h"

enum { OPEN_MAX_SERVED = 64 };

/* A server in a process of its own; it says text to each client at once. */
struct server {
	pid_t pid;
	uint16_t port;
};

static void
serve(int listener, const char *text, bool closes)
{
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			_exit(0);
		if (text[0] != '\0' && write(fd, text, strlen(text)) < 0)
			_exit(1);
		if (closes)
			(void)close(fd);
	}
}

static struct server
server_start(const char *text, bool closes)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct server s = { -1, 0 };

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
	    listen(fd, OPEN_MAX_SERVED) != 0 || getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
		printf("Bail out! no server\n");
		exit(1);
	}
	s.port = ntohs(at.sin_port);
	s.pid = fork();
	if (s.pid == 0) {
		(void)signal(SIGPIPE, SIG_IGN);
		serve(fd, text, closes);
	}
	(void)close(fd);
	return s;
}

static void
server_stop(const struct server *s)
{
	(void)kill(s->pid, SIGKILL);
	(void)waitpid(s->pid, NULL, 0);
}

static struct probe_target
target(const struct server *s, uint16_t port)
{
	return (struct probe_target){ .address = "127.0.0.1", .port = port, .connect_port = s->port };
}

static void
test_outcomes(void)
{
	static const struct {
		const char *text;
		bool closes;
		uint16_t port;
		enum probe_outcome outcome;
		const char *say;
	} rows[] = {
		{ "421 later\r\n", false, 25, PROBE_BUSY, "421 later" },
		{ "220-x\r\n521 no\r\n", false, 587, PROBE_REFUSED, "521 no" },
		{ "220 mx\r\n250 SIZE\r\n", false, 25, PROBE_NO_STARTTLS, "STARTTLS" },
		{ "* OK hi\r\n", false, 25, PROBE_GARBAGE, "* OK" },
		{ "220 mx\r\n", false, 143, PROBE_GARBAGE, "220 mx" },
		{ "+OK hi\r\n-ERR what\r\n-ERR no\r\n", false, 110, PROBE_REFUSED, "-ERR no" },
		{ "", true, 25, PROBE_CLOSED, "closed" },
		{ "220 mx\r\n", true, 25, PROBE_CLOSED, "" },
		{ "", false, 25, PROBE_SILENT, "the greeting did not come within" },
		{ "220-", false, 25, PROBE_SILENT, "the greeting did not come within" },
		{ "220 mx\r\n", false, 25, PROBE_SILENT, "capabilities" },
		{ "", false, 465, PROBE_SILENT, "handshake" },
		{ "220 mx\r\n250 STARTTLS\r\n", false, 25, PROBE_SILENT, "STARTTLS" },
		{ "220 this is plain text\r\n", false, 465, PROBE_GARBAGE, "no TLS" },
	};
	enum { N = sizeof rows / sizeof rows[0] };
	struct server servers[N];
	struct probe_target targets[N];
	struct probe_results r;
	struct fault why;
	struct moment before = timepiece_now(), after;

	for (size_t i = 0; i < N; i++) {
		servers[i] = server_start(rows[i].text, rows[i].closes);
		targets[i] = target(&servers[i], rows[i].port);
	}
	tap_is_int(probe_run(&r, targets, N, "mx.example", 1, 700, &why), ZP_OK, "all at once");
	after = timepiece_now();
	tap_ok(after.boot - before.boot < 3000, "under one deadline: %d ms",
	    (int)(after.boot - before.boot));
	tap_is_int(r.n, N, "one result a target");
	for (size_t i = 0; i < r.n; i++) {
		char where[32];

		(void)snprintf(where, sizeof where, "127.0.0.1@%u: ", servers[i].port);
		tap_ok(r.v[i].outcome == rows[i].outcome, "outcome %d: %s",
		    (int)r.v[i].outcome, r.v[i].why.text);
		tap_ok(strstr(r.v[i].why.text, rows[i].say) != NULL &&
		    strncmp(r.v[i].why.text, where, strlen(where)) == 0, "which says what and where");
		tap_ok(r.v[i].chain.n == 0 && r.v[i].seen.wall >= before.wall &&
		    r.v[i].target.connect_port == servers[i].port, "no chain, its moment and target");
		server_stop(&servers[i]);
	}
	probe_results_release(&r);
}

static void
test_many(void)
{
	struct server s = server_start("554 no\r\n", false);
	struct probe_target targets[5];
	struct probe_results r;
	struct fault why;
	size_t refused = 0;

	for (size_t i = 0; i < 5; i++) {
		targets[i] = target(&s, 25);
		targets[i].algorithm = (enum probe_algorithm)(i % 3);
	}
	tap_is_int(probe_run(&r, targets, 5, "mx.example", 40, 10000, &why), ZP_OK,
	    "five targets, forty times each");
	tap_is_int(r.n, 200, "are two hundred results");
	for (size_t i = 0; i < r.n; i++)
		refused += r.v[i].outcome == PROBE_REFUSED &&
		    r.v[i].target.algorithm == (enum probe_algorithm)(i / 40 % 3);
	tap_is_int(refused, 200, "in the order of the targets");
	probe_results_release(&r);
	server_stop(&s);
	tap_is_int(probe_run(&r, targets, 1, "mx.example", 1, 2000, &why), ZP_OK, "then nobody listens");
	tap_ok(r.n == 1 && r.v[0].outcome == PROBE_UNREACHABLE, "unreachable: %s", r.v[0].why.text);
	probe_results_release(&r);
	tap_ok(probe_run(&r, targets, 0, "mx.example", 1, 1, &why) == ZP_OK && r.n == 0, "no target");
}

static void
test_targets(void)
{
	static const struct {
		const char *text;
		const char *address;	/* NULL: refused */
		uint16_t port;
	} rows[] = { { "127.0.0.1", "127.0.0.1", 25 }, { "127.0.0.1@2525", "127.0.0.1", 2525 },
		{ "::1", "::1", 25 }, { "::1@2525", "::1", 2525 }, { "[::1]@26", "::1", 26 },
		{ "mx.example", NULL, 0 }, { "127.0.0.1@0", NULL, 0 }, { "127.0.0.1@65536", NULL, 0 },
		{ "127.0.0.1:25", NULL, 0 }, { "", NULL, 0 }, { "@25", NULL, 0 } };
	struct probe_target t;
	struct probe_results r;
	struct fault why;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int class = probe_target_parse(&t, rows[i].text, 25, &why);

		if (rows[i].address == NULL)
			tap_ok(class == ZP_EUSAGE && why.text[0] != '\0', "'%s' is refused", rows[i].text);
		else
			tap_ok(class == ZP_OK && strcmp(t.address, rows[i].address) == 0 && t.port == 25 &&
			    t.connect_port == rows[i].port, "'%s'", rows[i].text);
	}
	t = (struct probe_target){ .address = "nonsense", .port = 25 };
	tap_is_int(probe_run(&r, &t, 1, "mx.example", 1, 100, &why), ZP_EUSAGE, "a bad address");
	tap_is_int(r.n, 0, "yields nothing");
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	test_outcomes();
	test_many();
	test_targets();
	return tap_done();
}
