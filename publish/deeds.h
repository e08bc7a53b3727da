/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/deeds.h - what is done at each step of a TLSA rollover.
 *
 * Each deed looks before it acts and may be done again: after a crash, after
 * a lost reply, after someone else's change.  The contract of a deed is that
 * of runner_do().
 */
#ifndef PUBLISH_DEEDS_H
#define PUBLISH_DEEDS_H

#include "publish/runner.h"

typedef int deed_fn(struct runner *run, const struct step *step, int64_t *left, struct fault *why);

deed_fn deeds_publish, deeds_observe, deeds_expire, deeds_deploy, deeds_verify, deeds_retire,
    deeds_finish, deeds_put_back, deeds_withdraw;

/* What should stand at have's owner, given that have stands there. */
typedef int target_fn(struct rrset *out, const struct runner *run, const struct rrset *have,
    const void *context, struct fault *why);

/*
 * The changes that bring every place from what stands at the primary to what
 * target wants; body's before and after take the whole sets.
 * Fails: ZP_ERETRY (the primary did not answer), ZP_ESTALE (an alias stands there, or it is
 * outside the zone), ZP_ELOCAL.
 */
int deeds_draw_changes(struct changes *out, struct body *body, const struct runner *run,
    const struct look *look, target_fn *target, const void *context, struct fault *why) MUST_CHECK;

/*
 * Bring the zone to what target wants: draw, record as begun, ask the
 * publisher, and after a lost reply look before asking again.  Someone else's
 * change in between makes it draw anew, three times.  look holds the last
 * look, body what was drawn from it.
 * Fails: as outside->update and deeds_draw_changes().
 */
int deeds_carry_out(struct runner *run, enum stage stage, struct look *look, struct body *body,
    target_fn *target, const void *context, struct fault *why) MUST_CHECK;

/*
 * Look: does every server serve the target?  One that went back to an older
 * answer fills caches with it anew, so the way goes back to watching the
 * servers: an entry is made, ZP_OK returned, and deeds_went_back() is true.  So
 * it is when a longer TTL than before is seen.
 * Fails: ZP_EWAIT with the first server that does not.
 */
int deeds_need_target(struct evidence *e, struct look *look, struct runner *run,
    struct fault *why) MUST_CHECK;
bool deeds_went_back(const struct runner *run, int64_t number);

/*
 * A wait that is left out, or counts from an earlier rollover, rests on what
 * every server gave out then.  If one gives out a set that does not accept
 * the renewed chain, the wait is needed after all: an entry is made.
 * Fails: as outside->pair_read and outside->judge.
 */
int deeds_check_shortcut(struct runner *run, const struct look *look, struct fault *why) MUST_CHECK;

/* ZP_EWAIT and the sentence for evidence that is not complete. */
int deeds_not_everywhere(const struct evidence *e, struct fault *why);

/* Move the lines of e into b as its evidence, and its TTL. */
void deeds_keep_evidence(struct body *b, struct evidence *e);

/* Record step as proven, with b and text as its sentence. Fails: as runner_record(). */
int deeds_prove(struct runner *run, const struct step *step, struct body *b, const char *text,
    struct fault *why) MUST_CHECK;

/* Look at the services, unless the order says not to. Fails: as outside->probe. */
int deeds_probe(struct showings *shown, const struct runner *run, const struct look *look,
    struct fault *why) MUST_CHECK;

/*
 * Every service must be accepted by its set in after; an empty set accepts all.
 * Fails: ZP_EUNSAFE (one is not), ZP_EWAIT (one cannot be looked at).
 */
int deeds_need_accepted(const struct runner *run, const struct look *look,
    const struct showings *shown, const struct recset *after, struct fault *why) MUST_CHECK;

#endif
