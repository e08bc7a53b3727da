/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live/dane.h - would a DANE client accept this chain?
 *
 * The verdict is OpenSSL's own certificate verification with the TLSA records
 * as trust anchors (RFC 7671), as DANE clients that are built on it do it.
 * On ports 25, 465 and 587 the rules of RFC 7672 hold: usages 0 and 1 are not
 * usable, usage 3 looks at neither names nor dates.  Elsewhere usages 0 and 1
 * also need a path to the trust store.  Partial wildcards match nowhere.
 *
 * A trust anchor that stands in the DNS in full (2 0 0, 2 1 0) is taken from
 * there if the server does not send it.  RFC 7672 3.1.2 wants it sent, and
 * other clients may insist: the strict judgement does.
 *
 * No network, no clock: the moment is handed in.  The trust store is read
 * only when usage 0 or 1 needs it.
 */
#ifndef LIVE_DANE_H
#define LIVE_DANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/strlist.h"
#include "dns/rrset.h"
#include "keys/cert.h"

struct dane_question {
	const struct chain *chain;	/* as the server sent it */
	const struct rdata *tlsa;	/* wire form, as in a TLSA RRset */
	size_t tlsa_n;
	const char *host;		/* TLSA base domain, no final dot */
	const struct strlist *names;	/* further reference names for usage 2 (RFC 7672 3.2.2); may be null */
	uint16_t port;
	int64_t at;			/* wall clock, ms */
	const char *ca_file;		/* PEM; null: SSL_CERT_FILE or the system's store */
	bool strict;			/* a trust anchor counts only if it is sent */
};

enum dane_verdict {
	DANE_ACCEPTED,
	DANE_REJECTED,
	DANE_UNUSABLE		/* no record of the set is usable: nothing can match */
};

struct dane_answer {
	enum dane_verdict verdict;
	size_t record;		/* accepted: index into tlsa of the record that matched */
	size_t depth;		/* accepted: of the certificate that it matched; 0 is the leaf */
	size_t sent;		/* accepted: its index in the chain as sent; chain->n: not in it */
	bool is_bare;		/* accepted: the record is the key that signed that certificate */
	bool is_unsent;		/* accepted: the trust anchor is only in the DNS */
	size_t usable;		/* how many records were usable */
	char reason[512];	/* not accepted: one sentence; else empty */
};

/*
 * ZP_OK means that there is a verdict.
 * Fails: ZP_EUSAGE (empty chain, ca_file unreadable); ZP_ELOCAL.
 */
int dane_judge(struct dane_answer *out, const struct dane_question *q, struct fault *why)
    MUST_CHECK;

#endif
