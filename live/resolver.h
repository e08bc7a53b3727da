/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live/resolver.h - validated look-ups: what a validating resolver sees.
 *
 * This is the wall of libunbound.  Validation is done here, whatever a
 * forwarder thinks.  Answers are kept for the length of a round, so that a
 * chain of trust is fetched once; resolver_forget() starts the next round and
 * believes nothing of the last one.  Nothing is printed.
 */
#ifndef LIVE_RESOLVER_H
#define LIVE_RESOLVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/strlist.h"
#include "dns/message.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/verify.h"
#include "live/reply.h"
#include "live/sighting.h"

/* Ask these servers, which serve it themselves, for names in zone. */
struct resolver_stub {
	struct name zone;
	const struct server *v;
	size_t n;
};

/* All of it is copied. */
struct resolver_options {
	const char *forward;		/* ADDR[@PORT]; null: stubs, else resolv_conf, else the root servers */
	const char *resolv_conf;	/* forward to its nameservers (null: do not look at it) */
	const char *anchor_file;	/* DS or DNSKEY records in zone-file form; null: the system's */
	const struct resolver_stub *stubs;
	size_t n_stubs;
	int timeout_ms;			/* for one call of resolver_ask(); 0: 15 s */
};

struct resolver;

/*
 * Reads the anchor file; asks nobody.
 * Fails: ZP_EUSAGE (anchor file missing or malformed: the files tried are
 * named; forward is no address); ZP_ELOCAL.
 */
int resolver_make(struct resolver **out, const struct resolver_options *o, struct fault *why) MUST_CHECK;
void resolver_free(struct resolver *r);

/* The time for one call of resolver_ask() from now on, in ms; yields what it was. */
int resolver_set_timeout(struct resolver *r, int timeout_ms);

/* Start a new round: what was learned is forgotten. */
void resolver_forget(struct resolver *r);

/* True if name lies below one of the trust anchors. */
bool resolver_has_anchor(const struct resolver *r, const struct name *name);

/* The anchor (DS or DNSKEY rrset) closest above name, borrowed; NULL if none is. */
const struct rrset *resolver_anchor(const struct resolver *r, const struct name *name);

/* Of two, the later counts. */
enum resolver_security {
	RESOLVER_SECURE = 0,
	RESOLVER_INSECURE,	/* proven to be unsigned, or no anchor covers it */
	RESOLVER_BOGUS,		/* validation failed: reason says how */
	RESOLVER_FAILED		/* no answer: time-out, SERVFAIL, no server */
};

enum resolver_kind {
	RESOLVER_DATA = 0,
	RESOLVER_NODATA,
	RESOLVER_NXDOMAIN,
	RESOLVER_NOTHING	/* BOGUS or FAILED: nothing can be said */
};

struct resolver_question {
	struct name owner;
	uint16_t type;
	bool unchecked;		/* fetch it without validation, to look at what is wrong */
};

/* A value; owns its sets. */
struct resolver_answer {
	struct name owner;	/* as asked */
	uint16_t type;
	enum resolver_security security;
	enum resolver_kind kind;
	struct rrset set;	/* DATA: at the end of the alias chain */
	struct rrset sigs;	/* the RRSIGs over set, if they came */
	struct alias_path aliases;	/* CNAMEs and DNAMEs from owner on, in order, and where they end */
	struct recset authority;	/* SOA, NS, NSEC ... of the reply */
	uint32_t ttl;		/* least of set and aliases, or the negative TTL; 0: none */
	char reason[VERIFY_REASON_MAX];	/* BOGUS, FAILED: why */
};

/*
 * Ask n questions at the same time.  answers has room for n, in the order of
 * the questions; the caller releases each.  A question that finds no answer
 * is an answer with RESOLVER_FAILED.
 * Fails: ZP_ELOCAL, ZP_EUSAGE (libunbound turned an option down); answers are
 * then empty.
 */
int resolver_ask_many(struct resolver_answer *answers, struct resolver *r,
    const struct resolver_question *q, size_t n, struct fault *why) MUST_CHECK;
int resolver_ask(struct resolver_answer *answer, struct resolver *r, const struct name *owner,
    uint16_t type, struct fault *why) MUST_CHECK;
void resolver_answer_release(struct resolver_answer *a);

/* Fill in the records and the TTL from a reply; security and kind are set. For the wall alone. */
int resolver_answer_read(struct resolver_answer *a, const struct message *m,
    struct fault *why) MUST_CHECK;

/*
 * The value of answer for a caller that needs it to be there: ZP_OK if it is
 * DATA; else ZP_EABSENT (no data, no such name), ZP_EUNSAFE (bogus) or
 * ZP_ERETRY (failed), with the sentence.
 */
int resolver_answer_need(const struct resolver_answer *a, struct fault *why) MUST_CHECK;

const char *resolver_print_security(enum resolver_security s);	/* "secure" ... */
const char *resolver_print_kind(enum resolver_kind k);		/* "data" ... */

#endif
