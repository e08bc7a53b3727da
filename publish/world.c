/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/world.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/argv.h"
#include "base/file.h"
#include "keys/slots.h"
#include "keys/tsigfile.h"
#include "live/dane.h"
#include "live/discover.h"
#include "live/probe.h"
#include "publish/aim.h"
#include "publish/guide.h"
#include "publish/rfc2136.h"
#include "publish/steps_tlsa.h"
#include "publish/swap.h"
#include "publish/zonefile.h"
#include "zonegen/tlsa.h"

enum { PROBE_TIMEOUT_MS = 20000, LAST_WORDS = 200 };

struct world {
	struct world_options options;
	struct moment started;
	bool has_looked;
};

static struct moment
world_now(void *world)
{
	(void)world;
	return timepiece_now();
}

static int
world_wait(void *world, int64_t ms, struct fault *why)
{
	struct world *w = world;
	struct moment now = timepiece_now();
	struct timespec left;
	int64_t elapsed;

	if (!timepiece_elapsed(&elapsed, &w->started, &now))
		elapsed = 0;
	if (w->options.max_wait >= 0 && elapsed + ms > w->options.max_wait)
		ms = w->options.max_wait - elapsed;
	if (ms <= 0)
		return fault_set(why, ZP_EWAIT, "waited as long as --max-wait allows");
	left = (struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		continue;
	return ZP_OK;
}

static int
world_append(void *world, const struct entry *e, struct fault *why)
{
	struct world *w = world;
	int rc = ledger_append(w->options.ledger, e, why);

	if (rc == ZP_OK && w->options.recorded != NULL)
		w->options.recorded(w->options.context, e);
	return rc;
}

static void
world_progress(void *world, const char *stage, const char *text, int64_t left)
{
	struct world *w = world;

	if (w->options.progress != NULL)
		w->options.progress(w->options.context, stage, text, left);
}

/* --- updates --- */

static enum transport
transport_of(const struct order *o)
{
	static const struct {
		const char *word;
		enum transport transport;
	} words[] = { { "auto", TRANSPORT_AUTO }, { "udp", TRANSPORT_UDP }, { "tcp", TRANSPORT_TCP },
		{ "tls", TRANSPORT_TLS } };

	for (size_t i = 0; o->transport != NULL && i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i].word, o->transport) == 0)
			return words[i].transport;
	return TRANSPORT_AUTO;
}

/* A server that says no: by which key it was asked. */
static void
name_key(struct fault *why, const struct tsig_key *key, const struct order *o)
{
	struct fault said = *why;
	char name[NAME_TEXT_MAX];

	if (tsig_key_is_empty(key))
		(void)fault_set(why, said.class, "%s (the update was not signed: --tsig-file names a key)",
		    said.text);
	else
		(void)fault_set(why, said.class, "%s (signed with the key %s of %s)", said.text,
		    name_print(name, &key->name), o->tsig_file);
}

static int
update_by_message(struct world *w, const struct order *o, const struct name *zone,
    const struct changes *changes, struct fault *why)
{
	struct tls_options tls = { .server_name = o->tls_name, .ca_file = o->tls_ca };
	struct rfc2136_options options = { .transport = transport_of(o), .tls = &tls };
	struct tsig_key key = { 0 };
	struct tsigfile_notes notes;
	struct server primary;
	int rc = guide_primary_of(&primary, w, o, zone, why);

	if (rc == ZP_OK)
		rc = server_address(&options.server, &primary, why);
	if (rc == ZP_OK && o->tsig_file != NULL)
		rc = tsigfile_read(&key, &notes, o->tsig_file, why);
	if (!tsig_key_is_empty(&key))
		options.key = &key;
	if (rc == ZP_OK)
		rc = rfc2136_update(&options, zone, changes, why);
	if (rc == ZP_EREFUSED)
		name_key(why, &key, o);
	tsig_key_release(&key);
	return rc;
}

static int
update_by_file(const struct order *o, const struct name *zone, const struct changes *changes,
    struct fault *why)
{
	struct zonefile_options options = guide_zonefile_options(o, zone);
	struct zonefile_receipt receipt = { 0 };
	int rc = zonefile_apply(&receipt, &options, changes, why);

	zonefile_receipt_release(&receipt);
	return rc;
}

static int
world_update(void *world, const struct order *o, const struct changes *changes,
    struct fault *why)
{
	struct world *w = world;
	struct name zone;
	int rc = guide_zone_of(&zone, w, o, &changes->v[0].before.owner, why);

	if (rc != ZP_OK)
		return rc;
	return strcmp(o->publisher, "zonefile") == 0 ? update_by_file(o, &zone, changes, why) :
	    update_by_message(w, o, &zone, changes, why);
}

/* --- services --- */

static int
world_pair_read(void *world, const struct order *o, enum pair_which which, struct pair *out,
    struct fault *why)
{
	const char *live = o->live_chain != NULL ? o->live_chain : o->live_cert;
	const char *live_key = o->live_chain != NULL ? o->live_chain : o->live_key;
	const char *cert = which == PAIR_RENEWED ? o->cert : live;
	const char *key = which == PAIR_RENEWED ? o->key : live_key;
	char *kept_cert = NULL, *kept_key = NULL;
	int rc = ZP_OK;

	(void)world;
	*out = (struct pair){ 0 };
	if (cert == NULL)
		return ZP_OK;
	if (which == PAIR_PREVIOUS) {
		cert = kept_cert = swap_previous_path(live);
		key = kept_key = swap_previous_path(live_key);
		if (cert == NULL || key == NULL)
			rc = fault_set_nomem(why);
	}
	if (rc == ZP_OK)
		rc = chain_read(&out->chain, cert, why);
	if (rc == ZP_OK)
		rc = keyfile_read(&out->key, key, NULL, why);
	free(kept_cert);
	free(kept_key);
	if (which != PAIR_RENEWED && rc == ZP_EABSENT) {
		/* The first pair of a new service, or nothing was ever moved. */
		pair_release(out);
		fault_clear(why);
		return ZP_OK;
	}
	if (rc != ZP_OK)
		pair_release(out);
	return rc;
}

/* True if a pair of the order is of Ed25519: few are, and others are not asked for one. */
static bool
has_ed25519(struct world *w, const struct order *o)
{
	static const enum pair_which all[] = { PAIR_RENEWED, PAIR_LIVE, PAIR_PREVIOUS };
	bool has = false;

	for (size_t i = 0; !has && i < sizeof all / sizeof all[0]; i++) {
		struct pair p;

		if (world_pair_read(w, o, all[i], &p, NULL) != ZP_OK)
			continue;
		has = p.chain.n > 0 && p.chain.v[0].key.kind == KEY_ED25519;
		pair_release(&p);
	}
	return has;
}

/* What is looked at: every address, port and kind of key. */
struct targets {
	struct probe_target *v;
	size_t n;
	bool ed25519;
};

static int
add_targets(struct targets *t, const char *text, uint16_t port, struct fault *why)
{
	static const enum probe_algorithm algorithms[] = { PROBE_RSA, PROBE_ECDSA, PROBE_ED25519 };
	size_t n = t->ed25519 ? 3 : 2;

	for (size_t i = 0; i < n; i++) {
		struct probe_target *grown = reallocarray(t->v, t->n + 1, sizeof *grown);
		int rc;

		if (grown == NULL)
			return fault_set_nomem(why);
		t->v = grown;
		rc = probe_target_parse(&grown[t->n], text, port, why);
		if (rc != ZP_OK)
			return rc;
		grown[t->n++].algorithm = algorithms[i];
	}
	return ZP_OK;
}

static int
host_targets(struct targets *t, struct world *w, const struct order *o, const char *host,
    struct fault *why)
{
	struct server_list found = { 0 };
	int rc = o->probes.n > 0 ? aim_check(o, why) : guide_addresses_of(&found, w, o, host, why);

	for (size_t i = 0; rc == ZP_OK && i < o->ports.n; i++) {
		char protocol[8];
		uint16_t port;

		rc = tlsa_parse_port(&port, protocol, o->ports.v[i], why);
		for (size_t j = 0; rc == ZP_OK && j < o->probes.n; j++)
			if (aim_fits(o, j, i))
				rc = add_targets(t, o->probes.v[j], port, why);
		for (size_t j = 0; rc == ZP_OK && j < found.n; j++)
			rc = add_targets(t, found.v[j].address, port, why);
	}
	server_list_release(&found);
	return rc;
}

/* Move the results of one host over. */
static int
take_results(struct showings *out, struct probe_results *results, const struct name *host,
    struct fault *why)
{
	struct showing *v = reallocarray(out->v, out->n + results->n + 1, sizeof *v);

	if (v == NULL)
		return fault_set_nomem(why);
	out->v = v;
	for (size_t i = 0; i < results->n; i++) {
		v[out->n++] = (struct showing){ .host = *host, .result = results->v[i] };
		results->v[i].chain = (struct chain){ 0 };
	}
	return ZP_OK;
}

static int
world_probe(void *world, const struct order *o, const struct look *l, struct showings *out,
    struct fault *why)
{
	struct world *w = world;
	bool ed25519 = has_ed25519(w, o);
	int rc = ZP_OK;

	(void)l;
	*out = (struct showings){ 0 };
	for (size_t i = 0; rc == ZP_OK && i < o->hosts.n; i++) {
		struct probe_results results = { 0 };
		struct targets targets = { .ed25519 = ed25519 };
		char sni[NAME_TEXT_MAX];
		struct name host;

		rc = name_parse_host(&host, o->hosts.v[i], why);
		if (rc == ZP_OK)
			rc = host_targets(&targets, w, o, o->hosts.v[i], why);
		if (rc == ZP_OK)
			rc = probe_run(&results, targets.v, targets.n, name_print_host(sni, &host),
			    (unsigned)o->probe_repeat, PROBE_TIMEOUT_MS, why);
		if (rc == ZP_OK)
			rc = take_results(out, &results, &host, why);
		probe_results_release(&results);
		free(targets.v);
	}
	if (rc != ZP_OK)
		showings_release(out);
	return rc;
}

static int
world_judge(void *world, const struct place *p, const struct chain *chain,
    const struct rrset *set, bool *accepted, struct fault *why)
{
	char host[NAME_TEXT_MAX];
	struct dane_question q = {
		.chain = chain, .tlsa = set->v, .tlsa_n = set->n, .host = name_print_host(host, &p->host),
		.port = p->port, .at = timepiece_now().wall, .strict = true
	};
	struct dane_answer answer;
	int rc;

	(void)world;
	*accepted = false;
	if (set->n == 0)
		return ZP_OK;
	rc = dane_judge(&answer, &q, why);
	if (rc == ZP_OK)
		*accepted = answer.verdict == DANE_ACCEPTED;
	return rc;
}

/* --- files and commands --- */

static int
world_swap(void *world, const struct order *o, enum swap_way way, const char *fingerprint,
    struct fault *why)
{
	(void)world;
	return swap_do(o, way, fingerprint, why);
}

/* What a command said last, made fit for a sentence. */
static void
append_last_words(struct bytes *to, const struct bytes *output)
{
	const char *text = bytes_text(output), *end = text + output->len, *p;

	while (end > text && (uint8_t)end[-1] <= ' ')
		end--;
	p = end - text > LAST_WORDS ? end - LAST_WORDS : text;
	if (p < end)
		bytes_append_text(to, ": ");
	for (; p < end; p++)
		if (*p == '\n')
			bytes_append_text(to, "; ");
		else
			bytes_append_u8(to, *p >= ' ' && *p < 0x7f ? (uint8_t)*p : '?');
}

static int
world_deploy(void *world, const struct order *o, struct bytes *output, struct fault *why)
{
	int timeout = o->deploy_timeout < INT_MAX ? (int)o->deploy_timeout : INT_MAX;
	struct bytes last = { 0 };
	struct argv_result result;
	int rc;

	(void)world;
	*output = (struct bytes){ 0 };
	if (o->deploy.n == 0)
		return ZP_OK;
	rc = argv_run(&result, &o->deploy, NULL, timeout, why);
	if (rc != ZP_OK)
		return rc == ZP_EABSENT ? fault_set(why, ZP_EREFUSED, "the deploy command %s does not exist",
		    o->deploy.v[0]) : rc;
	*output = result.output;
	result.output = (struct bytes){ 0 };
	append_last_words(&last, output);
	if (result.timed_out)
		rc = fault_set(why, ZP_EREFUSED, "the deploy command %s did not end within %lld s and was "
		    "killed (--deploy-timeout)", o->deploy.v[0], (long long)o->deploy_timeout / 1000);
	else if (result.signal != 0)
		rc = fault_set(why, ZP_EREFUSED, "the deploy command %s was ended by signal %d",
		    o->deploy.v[0], result.signal);
	else if (result.status != 0)
		rc = fault_set(why, ZP_EREFUSED, "the deploy command %s failed with exit code %d%s",
		    o->deploy.v[0], result.status, bytes_text(&last));
	bytes_release(&last);
	argv_result_release(&result);
	return rc;
}

static enum keygen_algorithm
algorithm_of(const struct key_facts *k)
{
	if (k->kind == KEY_RSA)
		return k->bits > 3072 ? KEYGEN_RSA4096 : k->bits > 2048 ? KEYGEN_RSA3072 : KEYGEN_RSA2048;
	if (k->kind == KEY_ED25519)
		return KEYGEN_ED25519;
	return k->bits > 256 ? KEYGEN_P384 : KEYGEN_P256;
}

static int
world_next_key(void *world, const struct order *o, const struct key_facts *live, bool move_on,
    struct key_facts *next, struct fault *why)
{
	struct slots slots = { .folder = o->next_dir, .host = o->hosts.v[0] };
	const struct world *w = world;
	char *path;
	bool missing;

	*next = (struct key_facts){ 0 };
	if (o->scheme == NULL || strcmp(o->scheme, "next-key") != 0)
		return ZP_OK;
	slots.algorithm = algorithm_of(live);
	path = slots_path(&slots, "next", "key");
	if (path == NULL)
		return fault_set_nomem(why);
	missing = !file_exists(path);
	free(path);
	/* A run that may change nothing makes no key either. */
	if (missing && w->options.ledger == NULL)
		return ZP_OK;
	return move_on ? slots_advance(next, &slots, live, why) : slots_make_next(next, &slots, why);
}

/* --- the whole --- */

const struct world_options *
world_options(const struct world *w)
{
	return &w->options;
}

bool
world_is_first_look(struct world *w)
{
	bool first = !w->has_looked;

	w->has_looked = true;
	return first;
}

int
world_make(struct world **out, struct outside *outside, const struct world_options *options,
    struct fault *why)
{
	struct world *w = calloc(1, sizeof *w);

	*out = w;
	if (w == NULL)
		return fault_set_nomem(why);
	w->options = *options;
	w->started = timepiece_now();
	*outside = (struct outside){
		.world = w, .now = world_now, .wait = world_wait, .look = world_look,
		.update = world_update, .probe = world_probe, .judge = world_judge,
		.pair_read = world_pair_read, .swap = world_swap, .deploy = world_deploy,
		.next_key = world_next_key, .append = world_append, .progress = world_progress
	};
	return ZP_OK;
}

void
world_free(struct world *w)
{
	free(w);
}
