/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd/update_session.h - a script of nsupdate on its way: lines in, updates out.
 */
#ifndef CMD_UPDATE_SESSION_H
#define CMD_UPDATE_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/message.h"
#include "publish/script.h"
#include "publish/sender.h"

struct update_session {
	/* Set by the caller. */
	struct script script;
	struct sender_options options;
	int fd;				/* the script; borrowed */
	bool is_interactive;
	bool is_debugging;
	bool is_dry;			/* print, do not send */
	bool is_unordered;		/* any updates may travel side by side */
	bool stops_on_error;
	bool is_strict;			/* updates that were not sent are an error */
	bool splits;			/* an update that is too large */
	struct server_addresses servers;	/* named on the command line; n == 0: none */
	char host[NAME_TEXT_MAX];
	struct tsig_key key;		/* of the command line; owned */
	bool is_gss;			/* GSS-TSIG in place of it; a key of the script ends that */
	struct sig0_key *sig0;		/* the same, if it is one of SIG(0) */

	/* The session's own. */
	struct sender *sender;
	struct letter *batch;		/* waiting to be sent */
	size_t batch_n;
	size_t batch_cap;
	uint64_t *owners;		/* hashes of the names that wait, 0 where free */
	size_t owners_n;
	bool has_prerequisite;		/* what waits suffers nothing beside it */
	struct message answer;		/* to the last update */
	bool has_answer;
	bool has_failed;		/* an update did */
	int exit_code;			/* of what ended the session */
	bool is_over;
};

/* Carry the script through; returns the exit code of nsupdate: 0, 1 or 2. */
int update_session_run(struct update_session *u);

void update_session_release(struct update_session *u);

#endif
