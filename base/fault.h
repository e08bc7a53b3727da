/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * base/fault.h - why something failed.
 *
 * Functions that can fail return ZP_OK or one of the classes below.  A class
 * names what the caller can do about it; the sentence in struct fault is for
 * the person who reads it: what failed, where, and what to do.  Whoever finds
 * the failure writes the sentence; whoever passes it up may put the name of
 * the larger thing in front.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stddef.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

enum zp_class {
	ZP_OK = 0,
	ZP_EUSAGE,	/* the request or the configuration is wrong: change it */
	ZP_ELOCAL,	/* this machine fails: memory, disk, a file, a program */
	ZP_ERETRY,	/* no answer or a passing fault: the outcome is unknown */
	ZP_EREFUSED,	/* the other side said no */
	ZP_EABSENT,	/* what was asked for is not there */
	ZP_ESTALE,	/* the world changed since it was read: read again */
	ZP_EUNSAFE,	/* a safety rule forbids it */
	ZP_EWAIT	/* not yet: come back at the moment that is named */
};

struct fault {
	int class;		/* one of enum zp_class */
	char text[1024];	/* one line, no newline; empty with ZP_OK */
};

/*
 * Record a failure and return its class, so that a caller can write
 * `return fault_set(why, ZP_ELOCAL, ...)`.  A null why is allowed.
 */
int fault_set(struct fault *why, int class, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* As fault_set, with ": " and the text of errno (read on entry) behind. */
int fault_set_errno(struct fault *why, int class, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Record that memory ran out; returns ZP_ELOCAL. */
int fault_set_nomem(struct fault *why);

/* Put text and ": " in front of the sentence; returns the class unchanged. */
int fault_prepend(struct fault *why, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Forget a recorded failure. */
void fault_clear(struct fault *why);

#endif
