/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/world.h - the real world behind publish/outside.h.
 *
 * Servers are asked, services looked at, files moved and commands run.  What
 * is learned of zones and servers is asked anew at each look: nothing is
 * remembered from one look to the next.
 */
#ifndef PUBLISH_WORLD_H
#define PUBLISH_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "ledger/ledger.h"
#include "publish/outside.h"

/* Pointers are borrowed. */
struct world_options {
	struct ledger *ledger;		/* null: nothing can be recorded (--dry-run) */
	int64_t max_wait;		/* milliseconds that a run may wait in all; -1: no bound */
	const char *resolver;		/* ADDR[@PORT] of this run, where the order names none */
	const char *trust_anchor;
	void (*progress)(void *context, const char *stage, const char *text, int64_t left_ms);
	void (*recorded)(void *context, const struct entry *e);	/* after an entry was made; may be null */
	void *context;
};

struct world;

/* Fills outside, which stays valid until world_free(). */
int world_make(struct world **out, struct outside *outside, const struct world_options *options,
    struct fault *why) MUST_CHECK;
void world_free(struct world *w);

/* The look of outside (publish/look.c). */
int world_look(void *world, const struct order *o, struct look *out, struct fault *why) MUST_CHECK;

/* Parts of the world that a look needs. */
const struct world_options *world_options(const struct world *w);
/* True once: what is worth one warning in a run is looked at then. */
bool world_is_first_look(struct world *w);

#endif
