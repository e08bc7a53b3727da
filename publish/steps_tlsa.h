/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/steps_tlsa.h - the three questions before each step of a TLSA
 * rollover: is it wanted, is it time, is it safe.
 *
 * Pure: what was recorded, what was seen and the moment go in, an answer and
 * its arithmetic come out.  No clock, no file, no socket.
 *
 * Sources: RFC 7671 8.1 and 8.4, RFC 6698 A.4, RFC 7583 3.2.1, RFC 7672.
 */
#ifndef PUBLISH_STEPS_TLSA_H
#define PUBLISH_STEPS_TLSA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "publish/outside.h"
#include "publish/rollover.h"

enum deed {
	DEED_NONE,	/* ended or stuck */
	DEED_PUBLISH,	/* add the pending records */
	DEED_OBSERVE,	/* see them at every server */
	DEED_EXPIRE,	/* let every cache forget the old answer */
	DEED_DEPLOY,	/* the renewed pair goes live */
	DEED_VERIFY,	/* see it at every service */
	DEED_RETIRE,	/* remove what matches nothing any more */
	DEED_FINISH,
	DEED_PUT_BACK,	/* the previous pair goes live again */
	DEED_WITHDRAW	/* the pending records are taken back */
};

/* One row of the walk. */
struct step {
	enum stage from;	/* proven before */
	enum deed deed;
	enum stage to;		/* proven by it */
	const char *doing;	/* for people: "publish the new records" */
};

/* Wanted? The step that comes next; deed is DEED_NONE if there is none. */
struct step steps_wanted(const struct rollover *r);

/* The whole walk forward, ended by DEED_NONE: for --dry-run and help. */
const struct step *steps_walk(void);

/* Time? ZP_OK, or ZP_EWAIT with what is left and the sentence that adds it up. */
struct timing {
	int64_t left;		/* milliseconds */
	bool anew;		/* the clock went backwards: the wait has to start anew */
};
int steps_time(struct timing *out, const struct rollover *r, const struct step *s,
    const struct moment *now, struct fault *why) MUST_CHECK;

/* How long H is for this rollover, milliseconds. */
int64_t steps_hold(const struct rollover *r);

/* Of several, the weakest is the verdict on all. */
enum verdict {
	VERDICT_SEEN_EVERYWHERE,
	VERDICT_NOT_YET,	/* some server still gives another answer */
	VERDICT_CONTRADICTED,	/* some server leads elsewhere: an alias or a delegation */
	VERDICT_CANNOT_TELL	/* some server did not answer, or not credibly */
};

struct evidence {
	enum verdict verdict;
	bool all_silent;	/* not one of the servers that resolvers ask gave a credible answer */
	struct strlist lines;	/* one for each sighting */
	struct strlist open;	/* the lines of the sightings that are not as wanted */
	uint32_t ttl;		/* longest of the sets seen and of the aliases on the way, seconds */
	int64_t signed_until;	/* earliest end of a signature, seconds since 1970; 0: none seen */
	struct server signed_by;	/* the server that gave it */
	struct moment latest;	/* of the last reply */
};

/*
 * Does every server serve the sets of with, and nothing of without?  Both
 * list one set for each owner of look's places; without may be null.
 * Signatures must be good, unless insecure.  Fails: ZP_ELOCAL.
 */
int evidence_judge(struct evidence *out, const struct look *look, const struct recset *with,
    const struct rrset *without, bool insecure, struct fault *why) MUST_CHECK;
void evidence_release(struct evidence *e);

/* The sighting of the publisher's own server at owner; NULL if it was not asked. */
const struct sighting *look_primary(const struct look *l, const struct name *owner);

/*
 * Safe to deploy? With the evidence measured now that every server serves both
 * sets: signatures must outlive TTL + R.  ZP_OK or ZP_EUNSAFE with numbers.
 */
int steps_safe_deploy(const struct rollover *r, const struct evidence *e,
    const struct moment *now, struct fault *why) MUST_CHECK;

/* What the services showed, seen against the pending records. */
enum shown {
	SHOWN_NEW,		/* every one that has a certificate of the pair's kind shows the renewed chain */
	SHOWN_MIXED,		/* some the renewed, some the former */
	SHOWN_FORMER,		/* all a chain that the published set accepts, none the renewed one */
	SHOWN_NEITHER,		/* some a chain that no published record matches, or TLS does not come about */
	SHOWN_CANNOT_TELL	/* some could not be looked at */
};

/* One showing as the pure side sees it; accepted by which set was asked of outside. */
struct verdict_on_showing {
	const struct showing *showing;
	bool by_pending;	/* the pending records alone accept it */
	bool by_target;		/* the published set accepts it */
};

enum shown steps_shown(const struct verdict_on_showing *v, size_t n, enum key_kind kind);

/*
 * What stays at owner when the rollover ends: of have, everything but the
 * records that are known to have been a chain's, are not pending, and match
 * no chain that is still shown.  With prune also what is not known goes.
 * Fails: ZP_ELOCAL.
 */
int steps_remainder(struct rrset *out, const struct rollover *r, const struct rrset *have,
    const struct showings *shown, struct fault *why) MUST_CHECK;

/*
 * out = the records of params that can be made of a bare key, before there is a
 * certificate: usage 3 with selector 1.  Fails: as tlsa_make().
 */
int steps_key_records(struct rrset *out, const struct strlist *params, const struct key_facts *key,
    struct fault *why) MUST_CHECK;

/* out = the records of params for chain, each once. Fails: as tlsa_make(). */
int steps_records(struct rrset *out, const struct strlist *params, const struct chain *chain,
    struct fault *why) MUST_CHECK;

/* SHA-256 of the leaf certificate in hex, which the caller frees. Fails: ZP_ELOCAL. */
int steps_fingerprint(char **out, const struct chain *chain, struct fault *why) MUST_CHECK;

#endif
