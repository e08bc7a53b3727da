/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/zonefile_edit.h - changes to a zone's text: pure.
 *
 * Computes the new octets of each file.  Only these become different:
 *	- lines of records that go, with the comments on them;
 *	- the TTL word of records that stay with another TTL;
 *	- new lines for records that come: absolute owner, TTL, class, behind
 *	  the last record of the same owner and type, else behind the last of
 *	  the same owner in the main file, else at its end;
 *	- the owner or TTL of a record that inherited it from one that goes;
 *	- the digits of the SOA serial.
 *
 * The result is read again and compared record by record with what was meant,
 * so that an edit that would say something else is never written.
 */
#ifndef PUBLISH_ZONEFILE_EDIT_H
#define PUBLISH_ZONEFILE_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "publish/plan.h"
#include "publish/zonefile_text.h"

/*
 * The serial to follow old at now (seconds since 1970), always higher in the
 * arithmetic of RFC 1982 and never 0.  YYYYMMDDnn becomes today's first (UTC)
 * or goes on with +1; a number that can be a time in seconds becomes now or
 * goes on with +1; any other number goes on with +1.
 */
uint32_t zonefile_serial_next(uint32_t old, int64_t now);

/* True if a is higher than b (RFC 1982 3.2). */
bool zonefile_serial_is_higher(uint32_t a, uint32_t b);

/* When the serial is raised, and how far. */
struct zonefile_serial_rule {
	bool raise;		/* even if no record changes */
	bool has_above;		/* it shall come out higher than above as well */
	uint32_t above;
	int64_t now;		/* seconds since 1970 */
};

/*
 * Fill *out with text after changes, its sources in the order of text's.
 * *edited tells whether anything differs.
 *
 * Fails: ZP_ESTALE, ZP_EREFUSED as zonefile_apply; ZP_EUSAGE; ZP_ELOCAL.
 */
int zonefile_edit(struct zonefile_text *out, bool *edited, const struct zonefile_text *text,
    const struct changes *changes, const struct zonefile_serial_rule *rule, struct fault *why) MUST_CHECK;

#endif
