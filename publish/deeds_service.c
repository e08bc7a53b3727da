/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps that change the service: deploy, verify, put back. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "publish/deeds.h"

enum {
	SERVICE_GRACE_MS = 10000,	/* how long a service may take to show what was deployed */
	SERVICE_LOOK_MS = 250,
	SERVICE_AGAIN_MS = 10000,
	DEPLOYS_MAX = 2
};

#define MATCHES_NEW "matches the new record"

static const struct place *
place_of(const struct look *look, const struct showing *sh)
{
	for (size_t i = 0; i < look->places_n; i++)
		if (look->places[i].port == sh->result.target.port &&
		    name_equal(&look->places[i].host, &sh->host))
			return &look->places[i];
	return NULL;
}

static int
describe_showing(struct strlist *lines, const struct showing *sh, const char *verdict,
    struct fault *why)
{
	const struct probe_result *p = &sh->result;
	struct bytes line = { 0 };
	char host[NAME_TEXT_MAX];

	bytes_printf(&line, "%s %s port %u", name_print_host(host, &sh->host), p->target.address,
	    (unsigned)p->target.port);
	if (p->target.connect_port != 0 && p->target.connect_port != p->target.port)
		bytes_printf(&line, " (at %u)", (unsigned)p->target.connect_port);
	if (p->target.algorithm != PROBE_ANY)
		bytes_printf(&line, " %s", p->target.algorithm == PROBE_RSA ? "RSA" :
		    p->target.algorithm == PROBE_ED25519 ? "Ed25519" : "ECDSA");
	if (p->outcome == PROBE_SHOWN)
		bytes_printf(&line, ": %s, %s", p->chain.v[0].subject, verdict);
	else
		bytes_printf(&line, ": %s", p->why.text);
	return strlist_take(lines, bytes_take_text(&line), why);
}

/* Is it the renewed certificate itself? Another one may match the same record: an issuer's, a reused key's. */
static int
is_renewed(bool *out, const struct runner *run, const struct chain *chain, struct fault *why)
{
	char *print = NULL;
	int rc = steps_fingerprint(&print, chain, why);

	*out = rc == ZP_OK && strcmp(print, run->state.fingerprint) == 0;
	free(print);
	return rc;
}

/* Ask outside of each showing whether the pending records, or all that is published, accept it. */
static int
judge_showings(enum shown *out, struct strlist *lines, const struct runner *run,
    const struct look *look, const struct showings *shown, enum key_kind kind, struct fault *why)
{
	const struct outside *o = run->outside;
	struct verdict_on_showing *v = calloc(shown->n + 1, sizeof *v);
	int rc = v == NULL ? fault_set_nomem(why) : ZP_OK;

	strlist_release(lines);
	for (size_t i = 0; rc == ZP_OK && i < shown->n; i++) {
		const struct showing *sh = &shown->v[i];
		const struct place *p = place_of(look, sh);
		const struct rrset *target = p == NULL ? NULL :
		    recset_find(&run->state.target, &p->owner, RRTYPE_TLSA);

		v[i].showing = sh;
		if (target != NULL && sh->result.outcome == PROBE_SHOWN) {
			rc = o->judge(o->world, p, &sh->result.chain, &run->state.pending,
			    &v[i].by_pending, why);
			if (rc == ZP_OK && v[i].by_pending)
				rc = is_renewed(&v[i].by_pending, run, &sh->result.chain, why);
			if (rc == ZP_OK)
				rc = o->judge(o->world, p, &sh->result.chain, target, &v[i].by_target, why);
		}
		if (rc == ZP_OK)
			rc = describe_showing(lines, sh, v[i].by_pending ? MATCHES_NEW :
			    v[i].by_target ? "matches a published record" : "matches no published record", why);
	}
	if (rc == ZP_OK)
		*out = steps_shown(v, shown->n, kind);
	free(v);
	return rc;
}

/* Every service must be accepted by the sets of after; else the sentence says which is not. */
int
deeds_need_accepted(const struct runner *run, const struct look *look, const struct showings *shown,
    const struct recset *after, struct fault *why)
{
	const struct outside *o = run->outside;

	for (size_t i = 0; i < shown->n; i++) {
		const struct showing *sh = &shown->v[i];
		const struct place *p = place_of(look, sh);
		const struct rrset *set = p == NULL ? NULL : recset_find(after, &p->owner, RRTYPE_TLSA);
		bool accepted = false;
		int rc;

		if (sh->result.outcome == PROBE_NO_SUCH_KEY || set == NULL || set->n == 0)
			continue;
		if (sh->result.outcome != PROBE_SHOWN)
			return fault_set(why, ZP_EWAIT, "cannot see the certificate of %s port %u: %s",
			    sh->result.target.address, (unsigned)sh->result.target.port,
			    sh->result.why.text);
		rc = o->judge(o->world, p, &sh->result.chain, set, &accepted, why);
		if (rc != ZP_OK)
			return rc;
		if (!accepted)
			return fault_set(why, ZP_EUNSAFE, "%s port %u shows %s, which no record would match "
			    "any more", sh->result.target.address, (unsigned)sh->result.target.port,
			    sh->result.chain.v[0].subject);
	}
	return ZP_OK;
}

int
deeds_probe(struct showings *shown, const struct runner *run, const struct look *look,
    struct fault *why)
{
	const struct outside *o = run->outside;

	if (run->state.order.no_probe)
		return ZP_OK;
	return o->probe(o->world, &run->state.order, look, shown, why);
}

/*
 * The renewed files must still be the pair whose records were published.  A
 * newer pair takes over, from the start.
 */
static int
check_pair(struct runner *run, struct fault *why)
{
	const struct outside *o = run->outside;
	struct preparation p = { 0 };
	struct pair pair = { 0 };
	char *print = NULL;
	int rc = o->pair_read(o->world, &run->state.order, PAIR_RENEWED, &pair, why);

	if (rc == ZP_OK)
		rc = steps_fingerprint(&print, &pair.chain, why);
	if (rc != ZP_OK || strcmp(print, run->state.fingerprint) == 0)
		goto out;
	rc = runner_prepare(&p, o, &run->state.order, why);
	if (rc == ZP_OK)
		rc = runner_supersede(run, &p, why);
out:
	free(print);
	pair_release(&pair);
	preparation_release(&p);
	return rc;
}

/* Run the deploy command and keep the last lines of what it said. */
static int
run_deploy(struct runner *run, struct body *b, struct fault *why)
{
	const struct outside *o = run->outside;
	struct bytes output = { 0 };
	const char *line;
	int rc = o->deploy(o->world, &run->state.order, &output, why);

	for (line = bytes_text(&output); *line != '\0';) {
		size_t len = strcspn(line, "\n");
		struct bytes one = { 0 };

		for (size_t i = 0; i < len; i++) {
			uint8_t c = (uint8_t)line[i];

			bytes_append_u8(&one, c >= ' ' && c < 0x7f ? c : '?');
		}
		if (len > 0 && strlist_take(&b->evidence, bytes_take_text(&one), NULL) != ZP_OK)
			break;
		bytes_release(&one);
		line += len + (line[len] == '\n');
	}
	bytes_release(&output);
	return rc;
}

int
deeds_deploy(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	const struct outside *o = run->outside;
	struct moment now = o->now(o->world);
	int64_t number = run->state.number;
	struct body b = body_make();
	struct evidence e = { 0 };
	struct look look = { 0 };
	int rc = deeds_need_target(&e, &look, run, why);

	if (rc != ZP_OK || deeds_went_back(run, number))
		goto out;
	rc = steps_safe_deploy(&run->state, &e, &now, why);
	if (rc == ZP_EUNSAFE) {
		*left = 60000;
		rc = why->class = ZP_EWAIT;
		goto out;
	}
	rc = check_pair(run, why);
	if (rc != ZP_OK || deeds_went_back(run, number))
		goto out;
	b.evidence = e.lines;
	e.lines = (struct strlist){ 0 };
	/* A pair that an earlier rollover kept, which nobody knows any more, is none to go back to. */
	if (!run->state.live_switched)
		rc = o->swap(o->world, &run->state.order, SWAP_FORGET, run->state.fingerprint, why);
	if (rc == ZP_OK)
		rc = order_set(&b.text, "the renewed pair is put in place", why);
	if (rc == ZP_OK)
		rc = runner_record(run, ENTRY_BEGUN, step->to, &b, why);
	if (rc == ZP_OK)
		rc = o->swap(o->world, &run->state.order, SWAP_RENEWED, run->state.fingerprint,
		    why);
	strlist_release(&b.evidence);
	if (rc == ZP_OK)
		rc = run_deploy(run, &b, why);
	if (rc == ZP_OK)
		rc = deeds_prove(run, step, &b, run->state.order.deploy.n > 0 ? "the deploy command succeeded" :
		    "the files are in place", why);
out:
	evidence_release(&e);
	look_release(&look);
	body_release(&b);
	return rc;
}

static bool
has_live_files(const struct runner *run)
{
	return run->state.order.live_chain != NULL || run->state.order.live_cert != NULL;
}

/*
 * Is the previous pair still safe?  Someone may have removed its records by
 * hand.  A server that does not answer holds up nobody who goes back.
 */
static int
need_previous_accepted(struct runner *run, struct fault *why)
{
	const struct outside *o = run->outside;
	struct look look = { 0 };
	struct pair pair = { 0 };
	int rc = o->pair_read(o->world, &run->state.order, PAIR_PREVIOUS, &pair, why);

	if (rc == ZP_OK && pair.chain.n > 0)
		rc = o->look(o->world, &run->state.order, &look, why);
	for (size_t i = 0; rc == ZP_OK && i < look.places_n; i++)
		for (size_t j = 0; rc == ZP_OK && j < look.seen.n; j++) {
			const struct sighting *s = &look.seen.v[j];
			bool accepted = true;

			if (s->answer == SIGHTING_PRESENT && s->type == RRTYPE_TLSA &&
			    name_equal(&s->owner, &look.places[i].owner))
				rc = o->judge(o->world, &look.places[i], &pair.chain, &s->set, &accepted, why);
			if (rc == ZP_OK && !accepted)
				rc = fault_set(why, ZP_EUNSAFE, "the previous pair is not put back: %s serves no "
				    "record for it any more; publish it again, and wait for its TTL",
				    s->server.address);
		}
	look_release(&look);
	pair_release(&pair);
	return rc;
}

/* Both pictures, for a person: what is published and what is shown. */
static int
get_stuck(struct runner *run, const char *reason, const struct look *look, struct strlist *shown,
    struct fault *why)
{
	struct body b = body_make();
	int rc = order_set(&b.text, reason, why);

	for (size_t i = 0; rc == ZP_OK && i < look->seen.n; i++) {
		struct bytes line = { 0 };

		sighting_print(&line, &look->seen.v[i]);
		rc = strlist_take(&b.evidence, bytes_take_text(&line), why);
	}
	for (size_t i = 0; rc == ZP_OK && i < shown->n; i++)
		rc = strlist_add(&b.evidence, shown->v[i], why);
	if (rc == ZP_OK)
		rc = runner_record(run, ENTRY_STUCK, run->state.stage, &b, why);
	body_release(&b);
	return rc;
}

int
deeds_put_back(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	const struct outside *o = run->outside;
	const struct look none = { 0 };
	struct strlist nothing = { 0 };
	struct body b = body_make();
	int rc = ZP_OK;

	(void)left;
	if (!has_live_files(run) && run->state.order.no_probe && !run->state.put_back_by_hand)
		return get_stuck(run, "there are no live files to put back, and --no-probe means that nobody "
		    "looks at what is shown: deploy the former pair by hand, then abort again", &none, &nothing,
		    why);
	if (run->state.begun != step->to)
		rc = need_previous_accepted(run, why);
	if (rc == ZP_OK && run->state.begun != step->to)
		rc = runner_note(run, ENTRY_BEGUN, step->to, "the previous pair is put back", why);
	if (rc == ZP_OK)
		rc = o->swap(o->world, &run->state.order, SWAP_PREVIOUS, run->state.fingerprint,
		    why);
	/* Without live files the command alone would deploy what is there: not the previous pair. */
	if (rc == ZP_OK && has_live_files(run))
		rc = run_deploy(run, &b, why);
	if (rc == ZP_OK)
		rc = deeds_prove(run, step, &b, has_live_files(run) ? "the previous pair is in place again" :
		    run->state.put_back_by_hand ? "the previous pair is in place again, as was said" :
		    "there are no live files to put back: deploy the previous pair by hand", why);
	body_release(&b);
	return rc;
}

/* ZP_EWAIT: what the services show, and the first that does not show the renewed chain. */
static int
say_short(enum shown shown, const struct strlist *lines, struct fault *why)
{
	static const char *const words[] = {
		[SHOWN_MIXED] = "some services still show the former chain",
		[SHOWN_FORMER] = "the services still show the former chain",
		[SHOWN_NEITHER] = "a service shows a chain that no published record matches, or no TLS",
		[SHOWN_CANNOT_TELL] = "not every service can be looked at"
	};
	const char *line = "none was found";

	for (size_t i = lines->n; i-- > 0; )
		if (strstr(lines->v[i], MATCHES_NEW) == NULL)
			line = lines->v[i];
	return fault_set(why, ZP_EWAIT, "%s: %s", words[shown], line);
}

static int
fell_short(struct runner *run, enum shown shown, const struct look *look, struct strlist *lines,
    int64_t *left, struct fault *why)
{
	static const struct step put_back = { STAGE_NONE, DEED_PUT_BACK, STAGE_PUT_BACK, "" };
	bool has_files = has_live_files(run);
	const char *reason = "a service shows a chain that no published record matches, or no TLS, and "
	    "there are no live files to put back";
	struct fault refusal = { 0 };
	int rc;

	*left = SERVICE_AGAIN_MS;
	switch (shown) {
	case SHOWN_FORMER:
		if (run->state.deploys < DEPLOYS_MAX)
			return runner_note(run, ENTRY_SETBACK, STAGE_EXPIRED, "the services still show the former "
			    "chain: deployed once more", why);
		return get_stuck(run, "the services show the former chain, though it was deployed twice: see "
		    "to the deploy command, then run the same command again, or abort", look, lines, why);
	case SHOWN_NEITHER:
		if (has_files && run->state.retiring)
			reason = "a service shows a chain that no published record matches, or no TLS, and the "
			    "records of the previous pair are being removed already";
		else if (has_files) {
			rc = deeds_put_back(run, &put_back, left, &refusal);
			if (rc != ZP_OK && rc != ZP_EUNSAFE)
				return fault_set(why, rc, "%s", refusal.text);
			reason = rc == ZP_EUNSAFE ? refusal.text : "a service showed a chain that no published "
			    "record matches, or no TLS: the previous pair was put back";
		}
		return get_stuck(run, reason, look, lines, why);
	default:
		return say_short(shown, lines, why);
	}
}

/* Watch on for a moment; who has no patience left is told what was watched for. */
static int
watch_on(const struct runner *run, enum shown shown, const struct strlist *lines, struct fault *why)
{
	const struct outside *o = run->outside;
	int rc = o->wait(o->world, SERVICE_LOOK_MS, why);

	return rc == ZP_EWAIT ? say_short(shown, lines, why) : rc;
}

/* The pair that was deployed: as renewed, or, where those files are gone since then, as it is live. */
static int
read_deployed(struct pair *pair, const struct runner *run, struct fault *why)
{
	const struct outside *o = run->outside;
	struct fault ignored;
	int rc = o->pair_read(o->world, &run->state.order, PAIR_RENEWED, pair, why);

	if (rc == ZP_OK)
		return rc;
	if (o->pair_read(o->world, &run->state.order, PAIR_LIVE, pair, &ignored) != ZP_OK ||
	    pair->chain.n == 0)
		return rc;
	fault_clear(why);
	return ZP_OK;
}

int
deeds_verify(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
{
	const struct outside *o = run->outside;
	struct body b = body_make();
	struct look look = { 0 };
	struct showings shown = { 0 };
	struct pair pair = { 0 };
	enum shown verdict = SHOWN_CANNOT_TELL;
	int64_t waited = 0;
	int rc = ZP_OK;

	if (run->state.order.no_probe) {
		rc = deeds_prove(run, step, &b, "not looked at (--no-probe)", why);
		goto out;
	}
	rc = read_deployed(&pair, run, why);
	if (rc == ZP_OK)
		rc = o->look(o->world, &run->state.order, &look, why);
	while (rc == ZP_OK) {
		showings_release(&shown);
		rc = deeds_probe(&shown, run, &look, why);
		if (rc == ZP_OK)
			rc = judge_showings(&verdict, &b.evidence, run, &look, &shown, pair.key.kind, why);
		if (rc != ZP_OK || verdict == SHOWN_NEW || waited >= SERVICE_GRACE_MS)
			break;
		rc = watch_on(run, verdict, &b.evidence, why);
		waited += SERVICE_LOOK_MS;
	}
	if (rc == ZP_OK && verdict != SHOWN_NEW)
		rc = fell_short(run, verdict, &look, &b.evidence, left, why);
	else if (rc == ZP_OK) {
		rc = deeds_prove(run, step, &b, "every service shows a chain that matches the new record", why);
	}
out:
	pair_release(&pair);
	showings_release(&shown);
	look_release(&look);
	body_release(&b);
	return rc;
}
