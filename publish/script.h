/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/script.h - the script language of nsupdate.
 *
 * A script is read line by line.  Statements about where and how to send are
 * remembered; prerequisites and updates gather in a message until a line says
 * that it is to be sent.  Nothing here touches the network, a file or a clock:
 * what a line asks the caller to do is its step.
 *
 * Words are separated by blanks.  Names are absolute, whether they end in a
 * dot or not.  A semicolon begins a comment at the start of a line alone; in
 * record data it and parentheses are ordinary characters.
 */
#ifndef PUBLISH_SCRIPT_H
#define PUBLISH_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "dns/address.h"
#include "dns/message.h"
#include "dns/name.h"
#include "dns/tsig.h"

enum { SCRIPT_TTL_MAX = 0x7fffffff };	/* RFC 2181 8 */

/* What a line asks for. */
enum script_step {
	SCRIPT_NEXT,		/* the next line */
	SCRIPT_SEND,		/* send the message, then script_reset() */
	SCRIPT_QUIT,		/* end; what is gathered is dropped */
	SCRIPT_SERVER,		/* find the addresses of server and port */
	SCRIPT_ROUTE,		/* the key, the realm or the local address has changed */
	SCRIPT_SHOW,		/* print the message */
	SCRIPT_ANSWER,		/* print the last reply */
	SCRIPT_DEBUG,
	SCRIPT_HELP,
	SCRIPT_VERSION,
	SCRIPT_GSS		/* sign with GSS-TSIG from here on */
};

struct script {
	/* Set by the caller before the first line. */
	uint16_t default_port;		/* of servers named without one */
	bool local_only;		/* the server statement is refused */
	const char *default_hmac;	/* of keys named without an algorithm; borrowed */

	/* What the statements said; owned. */
	struct name zone;		/* empty: to be found */
	struct bytes server;		/* empty: none was named */
	uint16_t server_port;
	struct address local_v4, local_v6;	/* to send from to servers of the family; empty: any */
	struct tsig_key key;		/* empty: none was named */
	struct bytes realm;
	bool has_ttl;
	uint32_t ttl;
	bool skip_check_names;
	uint16_t default_class;		/* 0: IN */

	/* The message that is being gathered, without its zone section. */
	struct message message;
	uint16_t class;			/* 0: not known yet */
	size_t line;			/* number of the line read last */
	size_t first_line;		/* where the message begins; 0: it is empty */
};

/*
 * Read one line, without its line end; it is cut into words in place.
 * *step is SCRIPT_NEXT on failure, and the line has had no effect.
 * Fails: ZP_EUSAGE, the sentence without line number; ZP_ELOCAL.
 */
int script_read(enum script_step *step, struct script *s, char *line, struct fault *why) MUST_CHECK;

/* The class of the message, and of its zone. */
uint16_t script_class(const struct script *s);

/* Empty the message. */
void script_reset(struct script *s);

void script_release(struct script *s);

#endif
