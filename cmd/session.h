/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/session.h - what the commands that move rollovers share.
 *
 * A session is the ledger, the real world, and the way in which the steps of
 * rollovers are shown: a line on standard output for each step that was
 * proven, a live line on standard error while something is awaited (on a
 * terminal only), and one JSON document at the end with --json.
 */
#ifndef CMD_SESSION_H
#define CMD_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "cmd/json.h"
#include "cmd/options.h"
#include "conf/conf.h"
#include "ledger/ledger.h"
#include "publish/runner.h"
#include "publish/world.h"

struct session {
	const struct globals *globals;
	struct ledger *ledger;
	struct world *world;
	struct outside outside;
	struct json *list;	/* --json: one object for each rollover */
	bool live_line;		/* a line without its end stands on the terminal */
	bool wait;
	int64_t next_due;	/* earliest moment at which something goes on, wall ms; 0: none */
	int code;		/* the exit code so far: failures beat waiting beats done */
};

/* The folder of the ledger: --state, $ZONEPUB_STATE, or the default. Borrowed. */
const char *session_state(const struct globals *globals);

/*
 * The configuration: --config, $ZONEPUB_CONFIG, or the default file, which
 * may be missing; then *out is NULL.
 */
int session_conf(struct conf **out, const struct globals *globals, struct fault *why) MUST_CHECK;

/* For those who go without it: what is named must be there. Fails: ZP_EUSAGE. */
int session_need_conf(const struct globals *globals, struct fault *why) MUST_CHECK;

/* writing: the ledger is opened for that and made if need be. max_wait: ms or -1. */
int session_open(struct session *s, const struct globals *globals, bool writing, int64_t max_wait,
    struct fault *why) MUST_CHECK;
void session_close(struct session *s);

/* Forget the last exit codes; print the JSON list, if asked for; return the exit code. */
int session_finish(struct session *s);

/*
 * Take rollover id as far as it goes now.  act, if not null, is called on the
 * opened runner before the walk: to supersede, resume, abort.  What happened
 * is shown and counted in s->code.
 */
void session_walk(struct session *s, int64_t id,
    int (*act)(struct runner *run, void *context, struct fault *why), void *context);

/*
 * The same for every rollover of the list.  With s->wait they wait side by
 * side: what is due first is taken first, until all have ended or failed.
 */
void session_walk_all(struct session *s, const struct ledger_rollovers *list);

/* Count a failure: it is shown, and its exit code kept if it is the worst. */
void session_fail(struct session *s, const struct fault *why);

/* What status shows of a rollover. */
struct json *session_json(const struct rollover *r, const struct moment *now);
void session_print_status(const struct rollover *r, const struct moment *now);

/* One line for an entry of the history, evidence below it if asked for. */
void session_print_entry(const struct entry *e, const struct body *b, bool evidence);

#endif
