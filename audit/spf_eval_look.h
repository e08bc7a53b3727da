/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * audit/spf_eval_look.h - the look-ups of one SPF evaluation, counted.
 *
 * ZP_ERETRY stands for temperror here, ZP_EUSAGE for permerror.
 */
#ifndef AUDIT_SPF_EVAL_LOOK_H
#define AUDIT_SPF_EVAL_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/spf_eval.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "dns/name.h"
#include "dns/rrset.h"

struct spf_look {
	const struct spf_dns *dns;
	const struct spf_address *client;
	unsigned voids;		/* void look-ups so far */
	bool uncounted;		/* an explanation is being made: no limit can change the result */
	bool names_known;	/* the names of the client were looked up */
	struct name names[SPF_NAMES_MAX];	/* those that lead back to it */
	size_t n_names;
};

/* Ask, and count if there is nothing. Fails: ZP_ERETRY, ZP_ELOCAL, ZP_EUSAGE (one too many). */
int spf_eval_look_ask(struct rrset *out, struct spf_look *l, const struct name *owner,
    uint16_t type, struct fault *why) MUST_CHECK;

/* Does owner have an address in the client's network of so many bits? Fails: as above. */
int spf_eval_look_address(bool *match, struct spf_look *l, const struct name *owner, unsigned bits,
    struct fault *why) MUST_CHECK;

/* The addresses of these will be asked for. */
void spf_eval_look_expect_addresses(const struct spf_look *l, const struct name *owners, size_t n);

/*
 * Append the first TXT record of owner, its strings joined, for which wanted
 * holds (null: any); *n says how many there are.  Fails: as above.
 */
int spf_eval_look_text(struct bytes *out, size_t *n, struct spf_look *l, const struct name *owner,
    bool (*wanted)(const char *text, size_t len), struct fault *why) MUST_CHECK;

/*
 * Fill l->names, once: the first ten names that the client's PTR records
 * hold and that lead back to it (RFC 7208 5.5).  A failed look-up is a name
 * less.  Fails: ZP_ELOCAL, ZP_EUSAGE.
 */
int spf_eval_look_names(struct spf_look *l, struct fault *why) MUST_CHECK;

/*
 * Of l->names, the one for the macro p: domain itself, else one below it,
 * else any (RFC 7208 7.3); NULL if there are none.
 */
const struct name *spf_eval_look_best_name(const struct spf_look *l, const char *domain);

#endif
