/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * audit/spf_eval.h - check_host(), the evaluation of SPF (RFC 7208 section 4).
 *
 * Pure but for the look-ups, which are asked of a struct of functions, one
 * by one as the records call for them.  The limits of RFC 7208 4.6.4 hold:
 * ten terms that cost look-ups, ten MX and ten PTR names for each of them,
 * two void look-ups.  A void look-up is an answer without records to any
 * question but those for the records and explanations themselves.
 */
#ifndef AUDIT_SPF_EVAL_H
#define AUDIT_SPF_EVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "dns/name.h"
#include "dns/rrset.h"

enum {
	SPF_LOOKUPS_MAX = 10,
	SPF_VOID_LOOKUPS_MAX = 2,
	SPF_NAMES_MAX = 10	/* of MX hosts, and of names of a client */
};

enum spf_result {
	SPF_NONE = 0, SPF_NEUTRAL, SPF_PASS, SPF_FAIL, SPF_SOFTFAIL, SPF_TEMPERROR, SPF_PERMERROR
};

/* Where answers come from. */
struct spf_dns {
	/*
	 * The records of owner and type, aliases followed; *out is empty if
	 * there are none, be it no data or no such name, and is the caller's
	 * to release.  Fails: ZP_ERETRY (no answer, a bogus one, a server's
	 * failure: temperror); ZP_ELOCAL ends the evaluation.
	 */
	int (*ask)(void *world, const struct name *owner, uint16_t type, struct rrset *out,
	    struct fault *why);
	/* These will probably be asked for next: ask them at once. May be null. */
	void (*expect)(void *world, const struct name *owners, size_t n, uint16_t type);
	void *world;
};

/* The client; an IPv4-mapped IPv6 address is an IPv4 address. */
struct spf_address {
	bool six;
	uint8_t octets[16];	/* four of them for IPv4 */
};

struct spf_query {
	struct spf_address client;
	const char *sender;	/* MAIL FROM, with or without <>; "" or "<>": the HELO name is checked */
	const char *helo;	/* "" if unknown */
	const char *receiver;	/* %{r}; null: "unknown" */
	int64_t now;		/* %{t}: seconds since 1970 */
};

/* A value; owns its texts. */
struct spf_verdict {
	enum spf_result result;
	char *mechanism;	/* the term that matched, as written; NULL if none did */
	char *domain;		/* whose record it stands in; NULL if none matched */
	char *explanation;	/* of a fail: what exp= says; NULL if nothing usable */
	char *reason;		/* none, temperror, permerror: a sentence; else NULL */
	unsigned lookups;	/* of SPF_LOOKUPS_MAX */
	unsigned void_lookups;	/* of SPF_VOID_LOOKUPS_MAX; one more if that was too many */
};

/*
 * Evaluate.  Errors of the records and of the DNS are results, not failures.
 * Fails: ZP_ELOCAL.
 */
int spf_eval_check(struct spf_verdict *out, const struct spf_query *q, const struct spf_dns *dns,
    struct fault *why) MUST_CHECK;

void spf_eval_release(struct spf_verdict *v);

/* "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1". Fails: ZP_EUSAGE. */
int spf_eval_parse_address(struct spf_address *out, const char *text, struct fault *why) MUST_CHECK;

const char *spf_eval_print_result(enum spf_result r);	/* "pass" ... */

#endif
