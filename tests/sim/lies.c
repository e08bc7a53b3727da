/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wrong rules, to prove that the simulation notices.  The linker leads calls
 * of the real functions here (--wrap); without a lie they are what runs.
 */
#include "config.h"

#include <string.h>

#include "publish/deeds.h"
#include "publish/steps_tlsa.h"
#include "tests/sim/stage.h"

static enum lie lie_now;

void
lie_set(enum lie lie)
{
	lie_now = lie;
}

const char *
lie_name(enum lie lie)
{
	static const char *const names[LIES_N] = {
		[LIE_NONE] = "the truth",
		[LIE_NO_WAIT] = "no wait for caches",
		[LIE_ONE_TTL_FROM_PUBLICATION] = "one TTL from the publication only",
		[LIE_NEW_TTL] = "the TTL of the order instead of the longest seen",
		[LIE_NO_PROPAGATION] = "waits, but does not look whether servers follow",
		[LIE_FORGETS_A_SERVER] = "one server is not looked at",
		[LIE_WALL_CLOCK] = "waits are measured by the wall clock",
		[LIE_SILENCE_IS_NOTHING] = "silence of all servers does not restart the wait",
		[LIE_RETIRES_UNVERIFIED] = "old records are removed without a look at the services",
		[LIE_RETIRES_ALL] = "everything but the new records is removed",
		[LIE_SHORT_SIGNATURES] = "signatures may end during the TTL",
		[LIE_NO_GATE] = "nobody looks again before the pair goes live",
		[LIE_ABORTS_BLINDLY] = "new records are taken back without a look at the services",
		[LIE_WITHDRAWS_AT_ONCE] = "with --no-probe new records are taken back as soon as the files are"
	};

	return names[lie];
}

int __real_steps_time(struct timing *out, const struct rollover *r, const struct step *s,
    const struct moment *now, struct fault *why);
int __wrap_steps_time(struct timing *out, const struct rollover *r, const struct step *s,
    const struct moment *now, struct fault *why);

int
__wrap_steps_time(struct timing *out, const struct rollover *r, const struct step *s,
    const struct moment *now, struct fault *why)
{
	struct rollover lied = *r;

	if (s->deed == DEED_EXPIRE && lie_now == LIE_NO_WAIT)
		lied.no_wait = true;
	if (s->deed == DEED_EXPIRE && lie_now == LIE_ONE_TTL_FROM_PUBLICATION) {
		int64_t elapsed;

		*out = (struct timing){ 0 };
		if (r->no_wait || !timepiece_elapsed(&elapsed, &r->published_at, now) ||
		    elapsed >= (int64_t)r->ttl * 1000)
			return ZP_OK;
		out->left = (int64_t)r->ttl * 1000 - elapsed;
		return fault_set(why, ZP_EWAIT, "one TTL");
	}
	if (lie_now == LIE_WITHDRAWS_AT_ONCE)
		lied.put_back_at.wall = 0;
	if (lie_now == LIE_NEW_TTL)
		lied.ttl = (uint32_t)r->order.ttl;
	if (s->deed == DEED_RETIRE && lie_now == LIE_RETIRES_UNVERIFIED) {
		*out = (struct timing){ 0 };
		return ZP_OK;
	}
	return __real_steps_time(out, &lied, s, now, why);
}

struct step __real_steps_wanted(const struct rollover *r);
struct step __wrap_steps_wanted(const struct rollover *r);

struct step
__wrap_steps_wanted(const struct rollover *r)
{
	struct rollover lied = *r;

	if (lie_now == LIE_RETIRES_UNVERIFIED && r->stage == STAGE_DEPLOYED)
		lied.stage = STAGE_VERIFIED;
	return __real_steps_wanted(&lied);
}

int __real_evidence_judge(struct evidence *out, const struct look *look, const struct recset *with,
    const struct rrset *without, bool insecure, struct fault *why);
int __wrap_evidence_judge(struct evidence *out, const struct look *look, const struct recset *with,
    const struct rrset *without, bool insecure, struct fault *why);

int
__wrap_evidence_judge(struct evidence *out, const struct look *look, const struct recset *with,
    const struct rrset *without, bool insecure, struct fault *why)
{
	struct look lied = *look;
	int rc;

	/* Servers come in the order of their number: the last ones are the last server's. */
	if (lie_now == LIE_FORGETS_A_SERVER && lied.seen.n > look->places_n)
		lied.seen.n -= look->places_n;
	rc = __real_evidence_judge(out, &lied, with, without, insecure, why);
	if (rc == ZP_OK && lie_now == LIE_NO_PROPAGATION) {
		out->verdict = VERDICT_SEEN_EVERYWHERE;
		out->all_silent = false;
	}
	if (rc == ZP_OK && lie_now == LIE_SILENCE_IS_NOTHING) {
		if (out->all_silent)
			out->verdict = VERDICT_SEEN_EVERYWHERE;
		out->all_silent = false;
	}
	return rc;
}

bool __real_timepiece_elapsed(int64_t *ms, const struct moment *then, const struct moment *now);
bool __wrap_timepiece_elapsed(int64_t *ms, const struct moment *then, const struct moment *now);

bool
__wrap_timepiece_elapsed(int64_t *ms, const struct moment *then, const struct moment *now)
{
	if (lie_now != LIE_WALL_CLOCK)
		return __real_timepiece_elapsed(ms, then, now);
	*ms = now->wall - then->wall;
	return *ms >= 0;
}

int __real_steps_safe_deploy(const struct rollover *r, const struct evidence *e,
    const struct moment *now, struct fault *why);
int __wrap_steps_safe_deploy(const struct rollover *r, const struct evidence *e,
    const struct moment *now, struct fault *why);

int
__wrap_steps_safe_deploy(const struct rollover *r, const struct evidence *e,
    const struct moment *now, struct fault *why)
{
	return lie_now == LIE_SHORT_SIGNATURES ? ZP_OK : __real_steps_safe_deploy(r, e, now, why);
}

int __real_deeds_need_target(struct evidence *e, struct look *look, struct runner *run,
    struct fault *why);
int __wrap_deeds_need_target(struct evidence *e, struct look *look, struct runner *run,
    struct fault *why);

int
__wrap_deeds_need_target(struct evidence *e, struct look *look, struct runner *run,
    struct fault *why)
{
	if (lie_now == LIE_NO_GATE && run->state.stage >= STAGE_PROPAGATED) {
		*e = (struct evidence){ .verdict = VERDICT_SEEN_EVERYWHERE };
		return ZP_OK;
	}
	return __real_deeds_need_target(e, look, run, why);
}

int __real_deeds_probe(struct showings *shown, const struct runner *run, const struct look *look,
    struct fault *why);
int __wrap_deeds_probe(struct showings *shown, const struct runner *run, const struct look *look,
    struct fault *why);

int
__wrap_deeds_probe(struct showings *shown, const struct runner *run, const struct look *look,
    struct fault *why)
{
	bool blind = (lie_now == LIE_RETIRES_UNVERIFIED && run->state.stage != STAGE_EXPIRED) ||
	    (lie_now == LIE_ABORTS_BLINDLY && run->state.aborting);

	return blind ? ZP_OK : __real_deeds_probe(shown, run, look, why);
}

int __real_steps_remainder(struct rrset *out, const struct rollover *r, const struct rrset *have,
    const struct showings *shown, struct fault *why);
int __wrap_steps_remainder(struct rrset *out, const struct rollover *r, const struct rrset *have,
    const struct showings *shown, struct fault *why);

int
__wrap_steps_remainder(struct rrset *out, const struct rollover *r, const struct rrset *have,
    const struct showings *shown, struct fault *why)
{
	struct rollover lied = *r;

	if (lie_now == LIE_RETIRES_ALL)
		lied.order.prune = true;
	return __real_steps_remainder(out, &lied, have, shown, why);
}

/* The certificates of the play cannot be read by OpenSSL, and are all in order. */
bool __wrap_cert_is_issued_by(const struct cert *child, const struct cert *issuer);

bool
__wrap_cert_is_issued_by(const struct cert *child, const struct cert *issuer)
{
	(void)child;
	(void)issuer;
	return true;
}

int __wrap_pair_judge(struct pair_findings *out, const struct chain *chain,
    const struct key_facts *key, const char *host, int64_t wall_ms, struct fault *why);

int
__wrap_pair_judge(struct pair_findings *out, const struct chain *chain,
    const struct key_facts *key, const char *host, int64_t wall_ms, struct fault *why)
{
	(void)host;
	(void)wall_ms;
	*out = (struct pair_findings){ 0 };
	return chain_has_key(chain, key) ? ZP_OK : fault_set(why, ZP_EREFUSED, "key mismatch");
}
