/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cmd/commands.h"
#include "cmd/options.h"
#include "cmd/show.h"
#include "cmd/update_session.h"
#include "dns/gss.h"
#include "dns/wire.h"
#include "keys/tsigfile.h"
#include "keys/tsigpair.h"

enum {
	FAILED = 1,		/* nsupdate's exit code for a bad command line */
	NOT_GIVEN = -1,
	IANA_LAST = 0xfeff,	/* types above are for private use (RFC 6895 3.1) */
	PIPELINE_MAX = 1024,
	RETRIES_MAX = 7		/* the exchange makes no more than 8 attempts */
};

static const char SESSION_KEY[] = "/run/named/session.key";
static const char RESOLV_CONF[] = "/etc/resolv.conf";
static const char DEFAULT_HMAC[] = "hmac-md5";

struct words {
	bool debug, more_debug, interactive, local, tcp, v4, v6, gss, old_gss;
	bool types, private_types;
	bool tls, opportunistic;
	bool stop_on_error, strict, unordered, split, is_version;
	const char *key_file, *key, *port, *resolv_conf;
	const char *level, *timeout, *udp_timeout, *retries;
	const char *ca_file, *cert_file, *cert_key, *tls_name;
	int64_t pipeline;
};

static int
fail(const char *what, const char *word)
{
	(void)fflush(stdout);
	(void)fprintf(stderr, "%s%s%s%s\n", what, word != NULL ? " '" : "", word != NULL ? word : "",
	    word != NULL ? "'" : "");
	return FAILED;
}

/* A number as nsupdate takes them: the whole word, decimal. */
static bool
read_number(long *out, const char *word, long least, long most)
{
	char *end;

	errno = 0;
	*out = strtol(word, &end, 10);
	return *word >= '0' && *word <= '9' && *end == '\0' && errno == 0 && *out >= least &&
	    *out <= most;
}

static void
print_types(bool iana, bool private_use)
{
	char name[16];

	for (unsigned type = 1; type <= UINT16_MAX; type++) {
		if (!(type > IANA_LAST ? private_use : iana))
			continue;
		(void)wire_print_type(name, (uint16_t)type);
		if (strncmp(name, "TYPE", 4) != 0)
			printf("%s\n", name);
	}
}

static int
read_key(struct update_session *u, const struct words *w)
{
	struct tsigfile_notes notes = { 0 };
	struct fault why = { 0 };
	const char *file = w->key_file != NULL ? w->key_file :
	    w->local && w->key == NULL && !u->is_gss ? SESSION_KEY : NULL;
	int class = ZP_OK;

	if (file != NULL)
		class = tsigfile_read(&u->key, &notes, file, &why);
	else if (w->key != NULL)
		class = tsigfile_parse_inline(&u->key, w->key, DEFAULT_HMAC, &why);
	if (class == ZP_EUSAGE && w->key_file != NULL && tsigpair_is_path(w->key_file))
		class = sig0_key_read(&u->sig0, w->key_file, &why);
	u->options.sig0 = u->sig0;
	if (class != ZP_OK) {
		(void)fault_prepend(&why, "could not read the key");
		return fail(why.text, NULL);
	}
	if (notes.is_md5)
		(void)fprintf(stderr, "warning: %s: HMAC-MD5 is weak: replace the key\n", file);
	return 0;
}

/* As long as can be waited, at most. */
static int
milliseconds(long seconds)
{
	return seconds < INT32_MAX / 1000 ? (int)seconds * 1000 : INT32_MAX;
}

static int
read_times(struct sender_options *o, const struct words *w)
{
	long timeout = 300, udp = 3, retries = 3;

	if (w->timeout != NULL && !read_number(&timeout, w->timeout, 0, UINT32_MAX))
		return fail("bad timeout", w->timeout);
	if (w->udp_timeout != NULL && !read_number(&udp, w->udp_timeout, 0, UINT32_MAX))
		return fail("bad udp timeout", w->udp_timeout);
	if (w->retries != NULL && !read_number(&retries, w->retries, 0, UINT32_MAX))
		return fail("bad udp retries", w->retries);
	if (udp == 0)
		udp = timeout / (retries + 1);
	if (udp == 0)
		udp = 1;
	o->timeout_ms = timeout > 0 ? milliseconds(timeout) : INT32_MAX;
	o->udp_timeout_ms = milliseconds(udp);
	o->udp_tries = retries < RETRIES_MAX ? (int)retries + 1 : RETRIES_MAX + 1;
	return 0;
}

/* Whoever speaks of certificates does not want to go in the clear. */
static bool
wants_tls(const struct words *w)
{
	return w->tls || w->opportunistic || w->ca_file != NULL || w->cert_file != NULL ||
	    w->cert_key != NULL || w->tls_name != NULL;
}

static int
read_port(struct update_session *u, const struct words *w)
{
	long port = wants_tls(w) ? ADDRESS_PORT_DOT : ADDRESS_PORT_DNS;

	if (w->port != NULL && !read_number(&port, w->port, 1, 65535))
		return fail("bad port number", w->port);
	u->options.port = (uint16_t)port;
	u->script.default_port = (uint16_t)port;
	return 0;
}

static int
check_words(const struct words *w)
{
	long level;

	if (w->level != NULL && !read_number(&level, w->level, 0, INT32_MAX))
		return fail("bad library debug value", w->level);
	if (w->v4 && w->v6)
		return fail("only one of -4 and -6 allowed", NULL);
	if (w->key_file != NULL && w->key != NULL)
		return fail("cannot specify both -k and -y", NULL);
	if ((w->gss || w->old_gss) && (w->key_file != NULL || w->key != NULL))
		return fail("cannot specify -g with -k or -y", NULL);
	if ((w->gss || w->old_gss) && !gss_is_built())
		return fail("GSS-TSIG is not supported: this program was built without GSSAPI", NULL);
	if (w->pipeline < 1 || w->pipeline > PIPELINE_MAX)
		return fail("--pipeline: a number from 1 to 1024", NULL);
	return 0;
}

static void
set_localhost(struct update_session *u)
{
	static const char *const hosts[] = { "127.0.0.1", "::1" };

	for (size_t i = 0; i < 2; i++) {
		struct address *a = &u->servers.v[u->servers.n];

		if (address_parse(a, hosts[i], u->options.port, NULL) == ZP_OK &&
		    (u->options.family == AF_UNSPEC || u->options.family == a->at.ss_family))
			u->servers.n++;
	}
	(void)snprintf(u->host, sizeof u->host, "localhost");
	u->script.local_only = true;
}

static int
open_script(struct update_session *u, const char *path, const struct words *w)
{
	u->fd = STDIN_FILENO;
	u->is_interactive = w->interactive || (path == NULL && isatty(STDIN_FILENO) != 0);
	if (path == NULL || strcmp(path, "-") == 0)
		return 0;
	u->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (u->fd >= 0)
		return 0;
	(void)fprintf(stderr, "could not open '%s': %s\n", path, strerror(errno));
	return FAILED;
}

static int
run(const struct words *w, const struct globals *globals, const char *path)
{
	struct tls_options tls = { .server_name = w->tls_name, .ca_file = w->ca_file,
		.cert_file = w->cert_file, .key_file = w->cert_key,
		.opportunistic = w->opportunistic };
	struct update_session u = { .is_debugging = w->debug || w->more_debug,
		.is_gss = w->gss || w->old_gss, .is_dry = globals->dry_run, .is_unordered = w->unordered,
		.stops_on_error = w->stop_on_error, .is_strict = w->strict, .splits = w->split,
		.fd = STDIN_FILENO };
	bool has_tls = wants_tls(w);
	int code = check_words(w);

	u.options.family = w->v4 ? AF_INET : w->v6 ? AF_INET6 : AF_UNSPEC;
	u.options.transport = has_tls ? TRANSPORT_TLS : w->tcp ? TRANSPORT_TCP : TRANSPORT_AUTO;
	u.options.tls = has_tls ? &tls : NULL;
	u.options.in_flight = (unsigned)w->pipeline;
	u.options.resolv_conf = w->resolv_conf != NULL ? w->resolv_conf : RESOLV_CONF;
	u.script.default_hmac = DEFAULT_HMAC;
	if (code == 0)
		code = read_port(&u, w);
	if (code == 0)
		code = read_times(&u.options, w);
	if (code == 0)
		code = read_key(&u, w);
	if (code == 0)
		code = open_script(&u, path, w);
	if (code == 0) {
		if (w->local)
			set_localhost(&u);
		code = update_session_run(&u);
	}
	if (u.fd > STDIN_FILENO)
		(void)close(u.fd);
	update_session_release(&u);
	return code;
}

int
cmd_nsupdate(struct invocation *inv)
{
	struct words w = { .pipeline = 1 };
	bool ignored;
	const char *unused;
	const struct option_row rows[] = {
		{ 'k', "key-file", OPTION_TEXT, &w.key_file, "FILE", "sign with the key in FILE" },
		{ 'y', "key", OPTION_TEXT, &w.key, "[HMAC:]NAME:SECRET", "sign with this key" },
		{ 'g', "gss", OPTION_FLAG, &w.gss, NULL, "sign with GSS-TSIG (Kerberos)" },
		{ 'o', "old-gss", OPTION_FLAG, &w.old_gss, NULL, "the same" },
		{ 'l', "local", OPTION_FLAG, &w.local, NULL, "this host's server and its session key" },
		{ 'v', "tcp", OPTION_FLAG, &w.tcp, NULL, "use TCP" },
		{ 'p', "port", OPTION_TEXT, &w.port, "PORT", "of servers; default 53, with -S 853" },
		{ 't', "timeout", OPTION_TEXT, &w.timeout, "SECONDS", "for one update; default 300" },
		{ 'u', "udp-timeout", OPTION_TEXT, &w.udp_timeout, "SECONDS", "before it is sent again; 3" },
		{ 'r', "retries", OPTION_TEXT, &w.retries, "N", "how often it is sent again over UDP; 3" },
		{ '4', "ipv4", OPTION_FLAG, &w.v4, NULL, "look up IPv4 addresses only" },
		{ '6', "ipv6", OPTION_FLAG, &w.v6, NULL, "look up IPv6 addresses only" },
		{ 'C', "resolv-conf", OPTION_TEXT, &w.resolv_conf, "FILE", "instead of /etc/resolv.conf" },
		{ 'S', "tls", OPTION_FLAG, &w.tls, NULL, "use DNS over TLS" },
		{ 'A', "tls-ca", OPTION_TEXT, &w.ca_file, "FILE", "authorities to trust, PEM" },
		{ 'E', "tls-cert", OPTION_TEXT, &w.cert_file, "FILE", "the client's certificate, PEM" },
		{ 'K', "tls-key", OPTION_TEXT, &w.cert_key, "FILE", "its key, PEM" },
		{ 'H', "tls-name", OPTION_TEXT, &w.tls_name, "NAME", "the name in the server's certificate" },
		{ 'O', "tls-opportunistic", OPTION_FLAG, &w.opportunistic, NULL,
		    "encrypt, but verify nothing" },
		{ 'd', "debug", OPTION_FLAG, &w.debug, NULL, "print messages as they come and go" },
		{ 'D', "more-debug", OPTION_FLAG, &w.more_debug, NULL, "the same" },
		{ 'L', "level", OPTION_TEXT, &w.level, "N", "taken for compatibility" },
		{ 'M', "memory-debug", OPTION_FLAG, &ignored, NULL, "taken for compatibility" },
		{ 'R', "random", OPTION_TEXT, &unused, "FILE", "taken for compatibility" },
		{ 'i', "interactive", OPTION_FLAG, &w.interactive, NULL, "prompt, and forgive errors" },
		{ 'T', "types", OPTION_FLAG, &w.types, NULL, "print the known record types" },
		{ 'P', "private-types", OPTION_FLAG, &w.private_types, NULL,
		    "print the known types for private use" },
		{ '\0', "pipeline", OPTION_NUMBER, &w.pipeline, "N",
		    "up to N independent updates at once; default 1" },
		{ '\0', "unordered", OPTION_FLAG, &w.unordered, NULL,
		    "with --pipeline: take all updates as independent" },
		{ '\0', "split", OPTION_FLAG, &w.split, NULL,
		    "cut an update that is too large for one message" },
		{ '\0', "stop-on-error", OPTION_FLAG, &w.stop_on_error, NULL,
		    "end at the first update that fails" },
		{ '\0', "strict", OPTION_FLAG, &w.strict, NULL,
		    "exit 1 if updates were left unsent at the end" },
	};
	const struct usage usage = {
		.synopsis = "nsupdate [OPTIONS] [FILE]",
		.about = "Sends the updates of a script in the language of nsupdate, from FILE or standard\n"
		    "input.  Exit code 0: done; 1: a bad script or command line; 2: an update failed.",
		.rows = rows, .rows_n = sizeof rows / sizeof rows[0],
		.example = "  printf 'server ns1.example.net\\nadd www.example.net 300 A 192.0.2.1\\nsend\\n' |\n"
		    "  zonepub nsupdate -k /etc/zonepub/update.key",
	};
	enum options_outcome outcome = options_parse_bare(inv, &usage);

	if (outcome != OPTIONS_RUN)
		return outcome == OPTIONS_HELPED ? EXIT_DONE : FAILED;
	if (w.types || w.private_types) {
		print_types(w.types, w.private_types);
		return EXIT_DONE;
	}
	return run(&w, &inv->globals, inv->argc > 0 ? inv->argv[0] : NULL);
}
