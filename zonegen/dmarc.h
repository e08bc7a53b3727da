/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zonegen/dmarc.h - the DMARC policy record (RFC 9989) and the record that
 * another domain publishes to take its reports (RFC 9990 4).
 */
#ifndef ZONEGEN_DMARC_H
#define ZONEGEN_DMARC_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/strlist.h"
#include "dns/name.h"
#include "dns/rrset.h"

/* What the record shall say; null: the tag is left out. Borrows everything. */
struct dmarc_request {
	const char *policy;		/* p */
	const char *subdomain_policy;	/* sp */
	const char *nonexistent_policy;	/* np */
	const char *adkim;
	const char *aspf;
	const struct strlist *rua;
	const struct strlist *ruf;
	const char *fo;
	const char *testing;		/* t */
	const char *psd;
	const char *pct;		/* these three are no longer in RFC 9989 */
	const char *rf;
	const char *ri;
};

enum dmarc_tag { DMARC_TAG_CURRENT, DMARC_TAG_REMOVED, DMARC_TAG_UNKNOWN };

/* What RFC 9989 has to say of a tag's name. */
enum dmarc_tag dmarc_tag_status(const char *tag);

/*
 * Check the value of a tag, rua and ruf excepted, whose items are report
 * URIs.  For a removed tag the rules of RFC 7489 hold; an unknown tag may
 * have any value.
 * Fails: ZP_EUSAGE with the values that are allowed.
 */
int dmarc_check_value(const char *tag, const char *value, struct fault *why) MUST_CHECK;

/*
 * True if fo has one of the combinations of RFC 9989 4.8; other lists of
 * known options were allowed by RFC 7489 alone.
 */
bool dmarc_fo_is_current(const char *value);

/* Append the record's text. Fails: ZP_EUSAGE (a bad value or URI); ZP_ELOCAL. */
int dmarc_print(struct bytes *out, const struct dmarc_request *request, struct fault *why)
    MUST_CHECK;

/*
 * Add DOMAIN._report._dmarc.HOST TXT "v=DMARC1;" for each report address that
 * lies outside domain.
 * Fails: ZP_EUSAGE (a bad URI, or the name is too long); ZP_ELOCAL.
 */
int dmarc_authorise(struct recset *out, const struct name *domain,
    const struct dmarc_request *request, uint32_t ttl, struct fault *why) MUST_CHECK;

#endif
