/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ask - a thin front of dns/exchange.h for the system tests.
 *
 * ask [options] SERVER[@PORT] query NAME TYPE
 * ask [options] SERVER[@PORT] add ZONE NAME TTL TYPE RDATA
 *   -k FILE       TSIG key file        -y KEY        TSIG key, [alg:]name:secret
 *   -T TRANSPORT  auto, udp, tcp, tls  -t MS         time for all of it
 *   -u MS         time for one try     -r N          tries over UDP
 *   -R            an update may be sent again
 *   -n N          so many at once; %d in NAME is the number
 *   -f N          in flight on one connection        -c N  connections to one server
 *   -C FILE       CA file              -N NAME       name of the certificate
 *   -i CERT       client certificate   -I KEY        its key
 *   -b ADDR       ask from there       -o            repeat in separate runs over one pool
 * Prints one line an exchange: CLASS RCODE sent=0|1 used=... attempts=... verdict=... why
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dns/exchange.h"
#include "dns/wire.h"
#include "keys/tsigfile.h"

static const char *const class_names[] = { "ok", "usage", "local", "retry", "refused", "absent",
	"stale", "unsafe", "wait" };
static const char *const transport_names[] = { "auto", "udp", "tcp", "tls" };

static int
die(const struct fault *why)
{
	fprintf(stderr, "ask: %s\n", why->text);
	return 1;
}

static void
show(const struct exchange *x)
{
	char rcode[16];

	printf("%s %s sent=%d used=%s attempts=%u verdict=%d skew=%lld answers=%zu rtt=%d %s\n",
	    class_names[x->class], message_print_rcode(rcode, x->reply.rcode), x->was_sent,
	    transport_names[x->used], x->attempts, (int)x->verdict.kind, (long long)x->verdict.skew,
	    x->reply.section[SECTION_ANSWER].n, x->rtt_ms, x->why.text);
}

static int
fill(struct message *m, char **words, unsigned number, struct fault *why)
{
	char text[256];
	struct name name;
	struct record r = { .class = CLASS_IN };
	struct bytes rdata = { 0 };
	const char *mark = strstr(words[0][0] == 'q' ? words[1] : words[2], "%d");
	const char *source = words[0][0] == 'q' ? words[1] : words[2];
	uint16_t type;
	int class;

	if (mark != NULL)
		(void)snprintf(text, sizeof text, "%.*s%u%s", (int)(mark - source), source, number,
		    mark + 2);
	else
		(void)snprintf(text, sizeof text, "%s", source);
	if (words[0][0] == 'q') {
		class = wire_parse_type(&type, words[2], why);
		if (class == ZP_OK)
			class = name_parse(&name, text, NULL, why);
		return class != ZP_OK ? class : message_query(m, &name, type, false, false, why);
	}
	*m = (struct message){ .opcode = OPCODE_UPDATE };
	class = name_parse(&name, words[1], NULL, why);
	if (class == ZP_OK)
		class = message_ask(m, &name, RRTYPE_SOA, why);
	if (class == ZP_OK)
		class = name_parse(&r.owner, text, NULL, why);
	if (class == ZP_OK)
		class = wire_parse_type(&r.type, words[4], why);
	if (class == ZP_OK)
		class = wire_parse_rdata(&rdata, r.type, words[5], NULL, why);
	if (class == ZP_OK) {
		r.ttl = (uint32_t)strtoul(words[3], NULL, 10);
		r.rdata = (struct rdata){ .len = (uint16_t)rdata.len, .data = rdata.data };
		class = message_add(m, SECTION_UPDATE, &r, why);
	}
	bytes_release(&rdata);
	return class;
}

int
main(int argc, char **argv)
{
	struct exchange model = { 0 };
	struct exchange_limits limits = { 0 };
	struct tls_options tls = { .opportunistic = true };
	struct tsig_key key = { 0 };
	struct exchange_pool *pool = NULL;
	struct exchange *v;
	struct message *queries;
	struct fault why = { 0 };
	unsigned n = 1, failed = 0;
	bool one_by_one = false;
	int option, class = ZP_OK;

	(void)signal(SIGPIPE, SIG_IGN);
	while (class == ZP_OK && (option = getopt(argc, argv, "k:y:T:t:u:r:Rn:f:c:C:N:i:I:b:o")) != -1) {
		switch (option) {
		case 'k': class = tsigfile_read(&key, NULL, optarg, &why); break;
		case 'y': class = tsigfile_parse_inline(&key, optarg, "hmac-sha256", &why); break;
		case 'T':
			for (unsigned i = 0; i < 4; i++) {
				if (strcmp(optarg, transport_names[i]) == 0)
					model.transport = (enum transport)i;
			}
			break;
		case 't': model.timeout_ms = (int)strtol(optarg, NULL, 10); break;
		case 'u': model.udp_timeout_ms = (int)strtol(optarg, NULL, 10); break;
		case 'r': model.udp_tries = (int)strtol(optarg, NULL, 10); break;
		case 'R': model.resend = true; break;
		case 'n': n = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'f': limits.in_flight = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'c': limits.connections = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'C': tls.ca_file = optarg; tls.opportunistic = false; break;
		case 'N': tls.server_name = optarg; tls.opportunistic = false; break;
		case 'i': tls.cert_file = optarg; break;
		case 'I': tls.key_file = optarg; break;
		case 'b': class = address_parse(&model.source, optarg, 53, &why); break;
		case 'o': one_by_one = true; break;
		default: return 2;
		}
	}
	if (class != ZP_OK)
		return die(&why);
	argv += optind;
	argc -= optind;
	if (argc < 4 || (argv[1][0] == 'a' && argc < 7))
		return 2;
	if (address_parse(&model.server, argv[0], 53, &why) != ZP_OK ||
	    exchange_pool_make(&pool, &limits, &why) != ZP_OK)
		return die(&why);
	if (!address_is_empty(&model.source))
		address_set_port(&model.source, 0);
	model.key = tsig_key_is_empty(&key) ? NULL : &key;
	model.tls = &tls;

	v = calloc(n, sizeof *v);
	queries = calloc(n, sizeof *queries);
	if (v == NULL || queries == NULL)
		return 1;
	for (unsigned i = 0; i < n; i++) {
		v[i] = model;
		v[i].query = &queries[i];
		if (fill(&queries[i], argv + 1, i, &why) != ZP_OK)
			return die(&why);
	}
	if (!one_by_one)
		class = exchange_run(v, n, pool, &why);
	for (unsigned i = 0; one_by_one && i < n && class == ZP_OK; i++)
		class = exchange_run(&v[i], 1, pool, &why);
	if (class != ZP_OK)
		return die(&why);
	for (unsigned i = 0; i < n; i++) {
		show(&v[i]);
		failed += v[i].class != ZP_OK;
		exchange_release(&v[i]);
		message_release(&queries[i]);
	}
	free(v);
	free(queries);
	exchange_pool_free(pool);
	tsig_key_release(&key);
	return failed > 0 ? 3 : 0;
}
