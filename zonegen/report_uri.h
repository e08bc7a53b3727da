/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zonegen/report_uri.h - where DMARC and TLS reports are to be sent
 * (RFC 9989 4.6, RFC 8460 3): a URI without comma, exclamation mark and
 * semicolon, which the records use themselves.
 */
#ifndef ZONEGEN_REPORT_URI_H
#define ZONEGEN_REPORT_URI_H

#include <stdbool.h>

#include "base/fault.h"
#include "dns/name.h"

enum report_scheme { REPORT_MAILTO, REPORT_HTTPS, REPORT_OTHER };

struct report_uri {
	enum report_scheme scheme;
	struct name host;	/* mail domain or host asked; empty with OTHER and for IP addresses */
	bool has_size;		/* "!10m" stands at its end, as RFC 7489 allowed */
};

/* Fails: ZP_EUSAGE with what is wrong and how to write it. */
int report_uri_parse(struct report_uri *out, const char *text, struct fault *why) MUST_CHECK;

#endif
