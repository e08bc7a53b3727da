/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/outside.h - the world, as a rollover sees it.
 *
 * Everything a rollover reads or touches (clock, servers, TLS services, files,
 * commands, ledger) goes through this struct of functions.  The real world
 * fills it in publish/world.c; a simulation hands in a stage.  A function
 * that fails has changed nothing that it does not say.
 */
#ifndef PUBLISH_OUTSIDE_H
#define PUBLISH_OUTSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/timepiece.h"
#include "dns/rrset.h"
#include "keys/cert.h"
#include "ledger/ledger.h"
#include "live/probe.h"
#include "live/sighting.h"
#include "publish/order.h"
#include "publish/plan.h"

/* Where the TLSA records of one host and port stand. */
struct place {
	struct name host;
	uint16_t port;
	struct name owner;	/* _port._tcp.host, or what its aliases lead to */
	struct name zone;	/* that holds owner */
	uint32_t link_ttl;	/* longest TTL of the aliases on the way, seconds; 0: none */
};

/* What every server says at one moment. */
struct look {
	struct place *places;
	size_t places_n;
	struct sighting_list seen;	/* each server of each place's zone; the publisher's own has origin SERVER_PRIMARY */
	struct strlist warnings;	/* for people: exclusions, insecurity that was allowed */
};

/* What one TLS service showed. */
struct showing {
	struct name host;
	struct probe_result result;
};

struct showings {
	struct showing *v;
	size_t n;
};

/* Which certificate and key. */
enum pair_which {
	PAIR_RENEWED,	/* the order's cert and key */
	PAIR_LIVE,	/* what is at the live place */
	PAIR_PREVIOUS	/* what SWAP_PREVIOUS would put there */
};

struct pair {
	struct chain chain;	/* empty: there is none */
	struct key_facts key;
};

enum swap_way {
	SWAP_RENEWED,	/* the renewed pair to the live place; what was there is kept as previous */
	SWAP_PREVIOUS,	/* the previous pair back to the live place; nothing to do if none is kept */
	SWAP_FORGET	/* the kept previous pair is removed */
};

struct outside {
	void *world;

	struct moment (*now)(void *world);

	/* Wait for ms milliseconds, or less; ZP_EWAIT ends the run (the caller must leave). */
	int (*wait)(void *world, int64_t ms, struct fault *why);

	/* Ask every server for every place. ZP_OK also if servers failed: they are sightings. */
	int (*look)(void *world, const struct order *o, struct look *out, struct fault *why);

	/*
	 * Carry out changes at the publisher, each guarded by what stood there before.
	 * ZP_OK: acknowledged.  ZP_ESTALE: something else stands there, nothing was
	 * changed.  ZP_ERETRY: the outcome is unknown.  ZP_EREFUSED, ZP_ELOCAL,
	 * ZP_EUSAGE: nothing was changed.
	 */
	int (*update)(void *world, const struct order *o, const struct changes *c, struct fault *why);

	/* Look at the services. ZP_OK also if some failed: they are showings. */
	int (*probe)(void *world, const struct order *o, const struct look *l, struct showings *out,
	    struct fault *why);

	/* Would a DANE client that holds set accept chain on this host and port? */
	int (*judge)(void *world, const struct place *p, const struct chain *chain,
	    const struct rrset *set, bool *accepted, struct fault *why);

	/*
	 * Read a pair.  PAIR_LIVE yields an empty pair where the order names no live
	 * place or nothing is there, PAIR_PREVIOUS where none is kept.
	 */
	int (*pair_read)(void *world, const struct order *o, enum pair_which which, struct pair *out,
	    struct fault *why);

	/*
	 * Move files; doing again what is done changes nothing.  Nothing to do
	 * without a live place.  SWAP_RENEWED: only the pair whose leaf has this
	 * fingerprint (steps_fingerprint()) may go live.  ZP_ERETRY: the files hold
	 * another one now, or halves of two; nothing was moved.
	 */
	int (*swap)(void *world, const struct order *o, enum swap_way way, const char *fingerprint,
	    struct fault *why);

	/* Run the deploy command. output is what it said, in any case. ZP_OK: it succeeded. */
	int (*deploy)(void *world, const struct order *o, struct bytes *output, struct fault *why);

	/*
	 * The next key of the next-key scheme, of the kind of live; made if there is
	 * none.  With move_on the pair of key live is what the services show: if that
	 * was the next key the slots are moved on and a new next key is made.  Doing
	 * it again changes nothing.  Other schemes: *next stays empty.
	 */
	int (*next_key)(void *world, const struct order *o, const struct key_facts *live,
	    bool move_on, struct key_facts *next, struct fault *why);

	/* Append to the ledger; durable when it returns. */
	int (*append)(void *world, const struct entry *e, struct fault *why);

	/* Tell a person what is going on; may be null. due_ms: what is left to wait, or -1. */
	void (*progress)(void *world, const char *stage, const char *text, int64_t due_ms);
};

void look_release(struct look *l);
void showings_release(struct showings *s);
void pair_release(struct pair *p);

#endif
