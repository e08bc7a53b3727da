/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/predict.h - rotate-tlsa --dry-run: what a rollover would do, and when.
 *
 * Everything is looked at as a real one looks at it; the times come from the
 * TTLs that were seen.  With --json an object goes to the session's list:
 * "target", "text", "records" (with "state": "now" or "then") and "stages"
 * (each "stage", "not_before", "doing").
 */
#ifndef CMD_PREDICT_H
#define CMD_PREDICT_H

#include "cmd/session.h"

/* Show what p leads to. */
void predict_show(struct session *s, const struct order *o, const struct preparation *p);

/*
 * Say that there is nothing to do, as the pair is live and its records are
 * published.  With --json an object as of `status`, of no id, that is done.
 */
void predict_nothing(struct session *s, const struct order *o, const struct preparation *p);

/* Show rollover id, which is under way for the same service. Fails: as the ledger does. */
int predict_under_way(struct session *s, int64_t id, struct fault *why) MUST_CHECK;

#endif
