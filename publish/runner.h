/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/runner.h - carries a TLSA rollover through.
 *
 * Before a step touches the world it is recorded as begun, after its result
 * was seen as proven.  A process may die anywhere: the next one folds the
 * entries and goes on.  Each step is safe to do again; each looks before it
 * acts.
 *
 * The runner holds the caller to one thing: nobody else works on the same
 * rollover meanwhile (ledger_lock).  Two that do it all the same are found
 * out by the numbers of their entries.
 */
#ifndef PUBLISH_RUNNER_H
#define PUBLISH_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "ledger/ledger.h"
#include "publish/outside.h"
#include "publish/rollover.h"
#include "publish/steps_tlsa.h"

/* What a preparation found, beside the entry that it makes. */
struct preparation {
	struct body body;		/* of the entry PREPARED or SUPERSEDED */
	struct strlist warnings;
	bool adds;			/* something has to be published */
	bool first;			/* no TLSA record stood at any place */
	bool settled;			/* the pair is live, and its records alone are everywhere: nothing to do */
};

/*
 * Read and judge the renewed pair, look at every server and service, and say
 * what has to be published.  Changes nothing.
 *
 * Fails: ZP_EREFUSED (the pair is no good); ZP_EUNSAFE (zone not secure, a
 * first publication without a view of the service); ZP_ERETRY (a server or
 * service cannot be looked at); ZP_EUSAGE, ZP_EABSENT, ZP_ELOCAL.
 */
int runner_prepare(struct preparation *out, const struct outside *outside,
    const struct order *order, struct fault *why) MUST_CHECK;
void preparation_release(struct preparation *p);

struct runner {
	const struct outside *outside;
	struct entries entries;		/* what is recorded; owned */
	struct rollover state;		/* folded from it; owned */
	bool wait;			/* stay until done; else do what is due and return */
	int64_t patience;		/* not waiting: how long a server or service is watched for all that, ms */
};

/* Take the entries of a rollover; they move in. Fails: as rollover_fold(). */
int runner_open(struct runner *run, const struct outside *outside, struct entries *entries,
    struct fault *why) MUST_CHECK;
void runner_close(struct runner *run);

/*
 * Take every step that is due.
 * ZP_OK: the rollover has ended, done or aborted.
 * ZP_EWAIT: something is not yet; *left is when to come back, in milliseconds.
 * Otherwise what failed; the rollover stands where it stood (ZP_EREFUSED also
 * when it is stuck).
 */
int runner_walk(struct runner *run, int64_t *left, struct fault *why) MUST_CHECK;

/* Record that a newer pair takes over, as prepared. */
int runner_supersede(struct runner *run, struct preparation *p, struct fault *why) MUST_CHECK;

/*
 * Record that the rollover goes on by another order: other servers, keys,
 * commands or times, for the same places.  lines say what is different.
 */
int runner_reorder(struct runner *run, const struct order *order, const struct strlist *lines,
    struct fault *why) MUST_CHECK;

/* Record that a person wants a stuck rollover to go on. */
int runner_resume(struct runner *run, struct fault *why) MUST_CHECK;

/*
 * Record that a person wants to go back; the walk then does it.  If it got
 * stuck on the way, the person has done what it needs and says: go on.
 * Fails: ZP_EUNSAFE if the old records have been, or are being, retired.
 */
int runner_abort(struct runner *run, struct fault *why) MUST_CHECK;

/* Append an entry and fold it in. The body is borrowed. */
int runner_record(struct runner *run, enum entry_kind kind, enum stage stage,
    const struct body *body, struct fault *why) MUST_CHECK;

/* The same with a sentence only. */
int runner_note(struct runner *run, enum entry_kind kind, enum stage stage, const char *text,
    struct fault *why) MUST_CHECK;

/*
 * Do a step once (publish/deeds.c).  ZP_OK: an entry was recorded, fold and go
 * on.  ZP_EWAIT, ZP_ERETRY: not yet, look again after *left ms.  Otherwise it
 * failed.
 */
int runner_do(struct runner *run, const struct step *step, int64_t *left, struct fault *why)
    MUST_CHECK;

#endif
