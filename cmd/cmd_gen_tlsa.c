/* SPDX-License-Identifier: BSD-2-Clause */
/* zonepub gen tlsa: TLSA records from certificates, keys, requests or a live service. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/argv.h"
#include "base/timepiece.h"
#include "cmd/emit.h"
#include "cmd/gen.h"
#include "cmd/input.h"
#include "cmd/live_chain.h"
#include "cmd/secret.h"
#include "cmd/show.h"
#include "zonegen/tlsa.h"

enum { BATCH_MAX = 64 * 1024 * 1024, ROWS_MAX = 24, LIVE_TIMEOUT_MS = 30 * 1000,
	ISSUER_UNSET = -1 };

/* One request: a host and what its records are made of. */
struct request {
	struct strlist ports;
	struct strlist params;
	struct strlist probes;
	const char *cert;
	const char *key;
	const char *csr;
	const char *p12;
	const char *passphrase_file;
	int64_t issuer;		/* from 1; ISSUER_UNSET */
	int64_t timeout_ms;
	bool live;
};

/* The whole call. */
struct call {
	struct request request;
	struct emit emit;
	const char *batch;
	bool quiet;
	struct recset records;	/* what has been made so far */
};

/* What a source file brought. */
struct source {
	struct chain chain;
	struct key_facts key;
	struct tlsa_source tlsa;
};

static const char about[] =
    "Prints the TLSA records that stand for a certificate, key or request, or for what a\n"
    "live service shows.  Exactly one source is wanted.";

static const char example[] =
    "  zonepub gen tlsa mx1.example.com --cert fullchain.pem\n"
    "  zonepub gen tlsa mx1.example.com --port 25 --port 465 --cert fullchain.pem \\\n"
    "      --params \"3 1 1\" --params \"2 1 1\"";

static size_t
request_rows(struct option_row rows[ROWS_MAX], struct request *r, struct emit *e)
{
	const struct option_row table[] = {
		{ '\0', "port", OPTION_LIST, &r->ports, "N[/tcp]", "port of the service (25); repeatable" },
		{ '\0', "cert", OPTION_ONCE, &r->cert, "FILE", "certificate or chain, PEM or DER" },
		{ '\0', "key", OPTION_ONCE, &r->key, "FILE", "private or public key, PEM or DER" },
		{ '\0', "csr", OPTION_ONCE, &r->csr, "FILE", "certificate signing request, PEM or DER" },
		{ '\0', "p12", OPTION_ONCE, &r->p12, "FILE", "PKCS#12 file" },
		{ '\0', "live", OPTION_FLAG, &r->live, NULL, "what the service shows now" },
		{ '\0', "probe", OPTION_LIST, &r->probes, "ADDR[@PORT]",
		    "with --live: look there, not at the host's addresses" },
		{ '\0', "timeout", OPTION_DURATION, &r->timeout_ms, "DUR", "with --live (30s)" },
		{ '\0', "params", OPTION_LIST, &r->params, "\"U S M\"",
		    "usage, selector, matching type (3 1 1); repeatable" },
		{ '\0', "issuer", OPTION_NUMBER, &r->issuer, "N",
		    "usage 0 and 2: the N-th certificate above the leaf (1)" },
		{ '\0', "passphrase-file", OPTION_TEXT, &r->passphrase_file, "FILE",
		    "passphrase of the key or PKCS#12 file" },
		{ '\0', "ttl", OPTION_NUMBER, &e->ttl, "N", "time to live in seconds (3600)" },
	};

	memcpy(rows, table, sizeof table);
	return sizeof table / sizeof table[0];
}

static void
request_release(struct request *r)
{
	strlist_release(&r->ports);
	strlist_release(&r->params);
	strlist_release(&r->probes);
}

static void
source_release(struct source *s)
{
	chain_release(&s->chain);
	key_facts_release(&s->key);
}

/* Which certificate above the leaf usages 0 and 2 stand for. */
static unsigned
issuer_of(const struct request *r)
{
	return r->issuer == ISSUER_UNSET ? 1 : (unsigned)r->issuer;
}

/* An issuer that was asked for has to be there, whatever the parameters. */
static int
check_issuer(const struct request *r, const struct chain *chain, struct fault *why)
{
	size_t above = chain->n > 0 ? chain->n - 1 : 0;

	if (r->issuer == ISSUER_UNSET || (size_t)r->issuer <= above)
		return ZP_OK;
	return fault_set(why, ZP_EUSAGE, "--issuer %u: the source has %zu certificate%s above the leaf",
	    issuer_of(r), above, above == 1 ? "" : "s");
}

static bool
has_source(const struct request *r)
{
	return r->cert != NULL || r->key != NULL || r->csr != NULL || r->p12 != NULL || r->live;
}

static int
check_request(const struct request *r, struct fault *why)
{
	int n = (r->cert != NULL) + (r->key != NULL) + (r->csr != NULL) + (r->p12 != NULL) + r->live;

	if (n == 0)
		return fault_set(why, ZP_EUSAGE,
		    "no source is given: one of --cert, --key, --csr, --p12, --live is wanted");
	if (n > 1)
		return fault_set(why, ZP_EUSAGE,
		    "exactly one of --cert, --key, --csr, --p12, --live is wanted, and %d are given", n);
	if (r->issuer == 0)
		return fault_set(why, ZP_EUSAGE, "--issuer counts from 1, the issuer of the leaf");
	if (r->probes.n > 0 && !r->live)
		return fault_set(why, ZP_EUSAGE, "--probe goes with --live");
	return ZP_OK;
}

static void
warn_exposed(const struct call *call, bool exposed, const char *path)
{
	if (exposed && !call->quiet)
		show_warning("%s: others can read this private key: chmod o= it", path);
}

static int
read_source(struct source *s, const struct call *call, const struct request *r, struct fault *why)
{
	struct passphrase pass = secret_make(r->passphrase_file);
	int class;

	if (r->cert != NULL) {
		class = chain_read(&s->chain, r->cert, why);
		warn_exposed(call, s->chain.is_exposed, r->cert);
	} else if (r->p12 != NULL) {
		class = chain_read_pkcs12(&s->chain, &s->key, r->p12, &pass, why);
		warn_exposed(call, s->key.is_exposed, r->p12);
	} else if (r->csr != NULL) {
		class = csr_read(&s->key, r->csr, why);
		warn_exposed(call, s->key.is_exposed, r->csr);
	} else {
		class = keyfile_read(&s->key, r->key, &pass, why);
		warn_exposed(call, s->key.is_exposed, r->key);
	}
	s->tlsa = (struct tlsa_source){ s->chain.n > 0 ? &s->chain : NULL, &s->key, issuer_of(r) };
	return class == ZP_OK ? check_issuer(r, &s->chain, why) : class;
}

static void
warn_params(const struct call *call, const struct tlsa_params *p, uint16_t port)
{
	if (call->quiet)
		return;
	if (p->usage < 2 && tlsa_is_smtp_port(port))
		show_warning("TLSA %u %u %u on port %u: SMTP ignores usage %u (RFC 7672 3.1.3): use 3 1 1",
		    p->usage, p->selector, p->matching, port, p->usage);
	if (p->matching == 0)
		show_warning("TLSA %u %u 0 publishes the whole data: answers get large (RFC 7671 10.1)",
		    p->usage, p->selector);
}

static void
warn_dates(const struct call *call, const struct chain *chain)
{
	int64_t now = timepiece_now().wall;
	char when[32];

	for (size_t i = 0; i < chain->n && !call->quiet; i++) {
		const struct cert *c = &chain->v[i];

		if (c->not_after < now)
			show_warning("certificate '%s' expired at %s", c->subject,
			    timepiece_print_wall(when, sizeof when, c->not_after));
		if (c->not_before > now)
			show_warning("certificate '%s' is not valid before %s", c->subject,
			    timepiece_print_wall(when, sizeof when, c->not_before));
	}
}

/* The records for one port out of one source. */
static int
add_records(struct call *call, const struct request *r, const struct name *owner,
    uint16_t port, const struct tlsa_source *source, struct fault *why)
{
	struct bytes rdata = { 0 };
	size_t n = r->params.n > 0 ? r->params.n : 1;
	int class = ZP_OK;

	for (size_t i = 0; class == ZP_OK && i < n; i++) {
		struct tlsa_params p;

		class = tlsa_parse_params(&p, r->params.n > 0 ? r->params.v[i] : "3 1 1", why);
		if (class == ZP_OK)
			class = tlsa_make(&rdata, &p, source, why);
		if (class == ZP_OK)
			class = recset_add(&call->records, owner, RRTYPE_TLSA, (uint32_t)call->emit.ttl,
			    rdata.data, rdata.len, why);
		if (class == ZP_OK)
			warn_params(call, &p, port);
	}
	bytes_release(&rdata);
	return class;
}

/* Every chain that the service shows counts: there may be one for each kind of key. */
static int
add_live_records(struct call *call, const struct request *r, const struct name *host,
    const struct name *owner, uint16_t port, struct fault *why)
{
	struct live_chains live = { 0 };
	const struct live_question q = { host, port, &r->probes, (int)r->timeout_ms, call->quiet };
	int class = live_chains_get(&live, &q, why);

	for (size_t i = 0; class == ZP_OK && i < live.n; i++) {
		const struct tlsa_source source = { &live.v[i], NULL, issuer_of(r) };

		warn_dates(call, &live.v[i]);
		class = check_issuer(r, &live.v[i], why);
		if (class == ZP_OK)
			class = add_records(call, r, owner, port, &source, why);
	}
	live_chains_release(&live);
	return class;
}

static int
answer(struct call *call, const struct request *r, const char *host_text, struct fault *why)
{
	struct source source = { 0 };
	struct name host, owner;
	size_t n = r->ports.n > 0 ? r->ports.n : 1;
	int class = name_parse_server(&host, host_text, why);

	if (class == ZP_OK)
		class = check_request(r, why);
	if (class == ZP_OK && !r->live)
		class = read_source(&source, call, r, why);
	if (class == ZP_OK)
		warn_dates(call, &source.chain);
	for (size_t i = 0; class == ZP_OK && i < n; i++) {
		uint16_t port;
		char protocol[8];

		class = tlsa_parse_port(&port, protocol, r->ports.n > 0 ? r->ports.v[i] : "25", why);
		if (class == ZP_OK)
			class = tlsa_owner(&owner, port, protocol, &host, why);
		if (class == ZP_OK && r->live && strcmp(protocol, "tcp") != 0)
			class = fault_set(why, ZP_EUSAGE, "--live looks at TCP services, not at %u/%s", port,
			    protocol);
		if (class == ZP_OK && r->live)
			class = add_live_records(call, r, &host, &owner, port, why);
		else if (class == ZP_OK)
			class = add_records(call, r, &owner, port, &source.tlsa, why);
	}
	source_release(&source);
	return class;
}

/* The source of the command line serves the lines of a batch that give none. */
static void
inherit_source(struct request *to, const struct request *from)
{
	if (has_source(to))
		return;
	to->cert = from->cert;
	to->key = from->key;
	to->csr = from->csr;
	to->p12 = from->p12;
	to->live = from->live;
}

/* Lists that a batch line does not give are those of the command line. */
static int
inherit(struct strlist *to, const struct strlist *from, struct fault *why)
{
	return to->n > 0 ? ZP_OK : strlist_copy(to, from, why);
}

/* One line of a batch; returns an exit code, with a message printed unless it is EXIT_DONE. */
static int
answer_line(struct call *call, const char *line, size_t number)
{
	struct request r = call->request;
	struct option_row rows[ROWS_MAX];
	struct usage usage = { .rows = rows };
	struct strlist words = { 0 };
	struct invocation inv = { 0 };
	int64_t ttl = call->emit.ttl;
	struct fault why = { 0 };
	int status = EXIT_USAGE;
	int class;

	r.ports = r.params = r.probes = (struct strlist){ 0 };
	r.cert = r.key = r.csr = r.p12 = NULL;
	r.live = false;
	usage.rows_n = request_rows(rows, &r, &call->emit);
	class = strlist_add(&words, "gen tlsa", &why);
	if (class == ZP_OK) {
		struct strlist rest = { 0 };

		class = argv_split(&rest, line, &why);
		for (size_t i = 0; class == ZP_OK && i < rest.n; i++)
			class = strlist_add(&words, rest.v[i], &why);
		strlist_release(&rest);
	}
	if (class != ZP_OK)
		goto out;
	inv.argc = (int)words.n;
	inv.argv = words.v;
	if (options_parse_line(&inv, &usage) != OPTIONS_RUN) {
		show_error("--batch %s: line %zu cannot be used", call->batch, number);
		goto release;
	}
	if (inv.argc != 1) {
		class = fault_set(&why, ZP_EUSAGE, "one host and its options are wanted");
		goto out;
	}
	inherit_source(&r, &call->request);
	if ((class = inherit(&r.ports, &call->request.ports, &why)) == ZP_OK &&
	    (class = inherit(&r.params, &call->request.params, &why)) == ZP_OK &&
	    (class = inherit(&r.probes, &call->request.probes, &why)) == ZP_OK)
		class = answer(call, &r, inv.argv[0], &why);
out:
	status = EXIT_DONE;
	if (class != ZP_OK) {
		(void)fault_prepend(&why, "--batch %s: line %zu", call->batch, number);
		status = show_fault(&why);
	}
release:
	call->emit.ttl = ttl;
	strlist_release(&words);
	request_release(&r);
	return status;
}

static int
answer_batch(struct call *call)
{
	struct bytes content = { 0 };
	struct fault why = { 0 };
	char *rest, *line;
	size_t number = 0;
	int status = EXIT_DONE;

	if (input_read(&content, call->batch, BATCH_MAX, &why) != ZP_OK) {
		bytes_release(&content);
		return show_fault(&why);
	}
	rest = content.len > 0 ? (char *)content.data : NULL;
	while (status == EXIT_DONE && (line = strsep(&rest, "\n")) != NULL) {
		number++;
		line[strcspn(line, "\r")] = '\0';
		line += strspn(line, " \t");
		if (*line != '\0' && *line != '#')
			status = answer_line(call, line, number);
	}
	bytes_release(&content);
	return status;
}

int
cmd_gen_tlsa(struct invocation *inv)
{
	struct call call = { .emit = EMIT_DEFAULTS, .request.timeout_ms = LIVE_TIMEOUT_MS,
		.request.issuer = ISSUER_UNSET };
	struct option_row rows[ROWS_MAX];
	size_t n = request_rows(rows, &call.request, &call.emit);
	const struct option_row more[] = {
		{ '\0', "batch", OPTION_TEXT, &call.batch, "FILE",
		    "one request a line: HOST and options ('-': standard input)" },
		EMIT_OUTPUT_ROWS(&call.emit),
	};
	const struct usage usage = {
		.synopsis = "gen tlsa HOST [--port N[/tcp]]... (--cert FILE | --key FILE | --csr FILE |\n"
		    "           --p12 FILE | --live) [--params \"U S M\"]...",
		.about = about, .rows = rows, .rows_n = n + sizeof more / sizeof more[0],
		.example = example
	};
	struct emission emission = { &call.records, NULL };
	enum emit_format format;
	struct fault why = { 0 };
	enum options_outcome outcome;
	int status;

	memcpy(rows + n, more, sizeof more);
	outcome = options_parse(inv, &usage);
	status = outcome;
	if (outcome != OPTIONS_RUN)
		goto out;
	call.quiet = inv->globals.quiet;

	status = EXIT_DONE;
	if (emit_parse_format(&format, &call.emit, inv->globals.json, &why) != ZP_OK) {
		status = show_fault(&why);
	} else if (inv->argc != (call.batch == NULL ? 1 : 0)) {
		show_error(call.batch == NULL ? "gen tlsa: one host is wanted" :
		    "gen tlsa: with --batch the hosts are in the file");
		status = EXIT_USAGE;
	} else if (call.batch != NULL) {
		status = answer_batch(&call);
	} else if (answer(&call, &call.request, inv->argv[0], &why) != ZP_OK) {
		status = show_fault(&why);
	}
	if (status == EXIT_DONE &&
	    emit_write(&emission, &call.emit, &inv->globals, &why) != ZP_OK)
		status = show_fault(&why);
out:
	recset_release(&call.records);
	request_release(&call.request);
	return status;
}
