/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/rollover.h - where a TLSA rollover stands, read off its entries.
 *
 * A rollover is never stored: it is folded from the entries of the ledger
 * each time.  An entry says that a step was begun, was proven, failed, or
 * that the way went back; its body (struct body) holds what was seen.
 */
#ifndef PUBLISH_ROLLOVER_H
#define PUBLISH_ROLLOVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/strlist.h"
#include "base/timepiece.h"
#include "dns/rrset.h"
#include "ledger/ledger.h"
#include "publish/order.h"

/* The numbers are recorded: never change one. */
enum stage {
	STAGE_NONE = 0,
	STAGE_PREPARED = 1,
	STAGE_PUBLISHED = 2,
	STAGE_PROPAGATED = 3,
	STAGE_EXPIRED = 4,
	STAGE_DEPLOYED = 5,
	STAGE_VERIFIED = 6,
	STAGE_RETIRED = 7,
	STAGE_DONE = 8,
	STAGE_ABORTED = 9,
	STAGE_STUCK = 10,	/* shown only: a rollover keeps the stage at which it got stuck */
	STAGE_PUT_BACK = 11	/* a step of going back: the previous pair is live again */
};

enum entry_kind {
	ENTRY_BEGUN = 1,	/* a step is about to touch the world */
	ENTRY_PROVEN = 2,	/* its result was seen */
	ENTRY_FAILED = 3,	/* it did not work or cannot go on yet; will be tried again */
	ENTRY_SETBACK = 4,	/* the world changed: stage is where the way goes on from */
	ENTRY_STUCK = 5,	/* needs a person */
	ENTRY_RESUMED = 6,	/* a person said: go on */
	ENTRY_SUPERSEDED = 7,	/* a newer pair takes the pending one's place */
	ENTRY_ABORT = 8,	/* a person said: go back */
	ENTRY_ORDER = 9		/* told to go on by other servers, keys, commands or times; the stage stays */
};

/* What an entry says; any member may be empty. Owns everything. */
struct body {
	char *text;			/* one sentence for people */
	struct strlist evidence;	/* one line for each thing seen */
	bool has_order;
	struct order order;
	struct recset before;		/* RRsets as they were */
	struct recset after;		/* as they shall be */
	struct rrset pending;		/* records of the renewed pair (no owner) */
	struct rrset known;		/* records that stand for chains now or once live (no owner) */
	struct recset covered;		/* what a wildcard gives where nothing of its own stands */
	char *fingerprint;		/* SHA-256 of the renewed leaf certificate, hex */
	int64_t ttl;			/* longest TTL seen, seconds; -1: says nothing */
	bool no_wait;			/* every set that a cache can hold accepts the renewed chain */
	bool has_since;
	struct moment since;		/* the fact has held since then, when not since the entry */
};

struct body body_make(void);
void body_release(struct body *b);

/* Body to JSON text that the caller frees, and back. Fails: ZP_ELOCAL (also: not a body). */
int body_print(char **out, const struct body *b, struct fault *why) MUST_CHECK;
int body_parse(struct body *out, const char *text, struct fault *why) MUST_CHECK;

struct rollover {
	int64_t id;
	int64_t number;			/* of the last entry */
	struct moment started, last;	/* of the first and of the last entry */
	struct order order;
	enum stage stage;		/* proven */
	enum stage begun;		/* begun and not proven; STAGE_NONE */
	bool stuck, aborting, ended;
	bool live_switched;		/* the renewed pair is, or may be, at the live place */
	bool was_published;		/* the publication was begun: caches may hold target, whatever came then */
	bool was_superseded;		/* a pair was skipped after its records were published */
	bool retiring;			/* the removal of old records was begun: there is no way back any more */
	bool no_wait;
	bool has_since;			/* the pending records were all seen everywhere before, at since */
	struct moment since;
	unsigned deploys;		/* that succeeded, of this pair and since a person said: go on */
	unsigned setbacks;
	char *fingerprint;
	struct rrset pending, known;
	struct recset before;		/* at the places, before the first update */
	struct recset covered;		/* what a wildcard gave there then */
	struct recset target;		/* what was, or shall be, published beside each other */
	struct recset left;		/* what stood there after the removal of old records */
	uint32_t ttl;			/* longest TTL seen of old, new and aliases, seconds */
	struct moment published_at;	/* T_pub */
	struct moment seen_at;		/* T_all */
	struct moment deployed_at, verified_at;
	struct moment put_back_at;	/* the previous pair is live again since then */
	bool put_back_by_hand;		/* a person said that it is */
	char *last_error;		/* of the step that comes next; null: none */
};

/*
 * Fold entries, in order, without gaps.
 * Fails: ZP_ELOCAL if an entry cannot be read (a newer program wrote it).
 */
int rollover_fold(struct rollover *out, const struct entries *entries, struct fault *why) MUST_CHECK;
/* Fold one more entry into r; of no use after a failure. Fails: as rollover_fold(). */
int rollover_add(struct rollover *r, const struct entry *e, struct fault *why) MUST_CHECK;
void rollover_release(struct rollover *r);

/* "prepared" ...; stable words (SPEC 4). */
const char *stage_word(enum stage s);
/* The word for where r stands: its stage, or stuck. */
const char *rollover_word(const struct rollover *r);

#endif
