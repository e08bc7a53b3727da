/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be wrong with a record that asks for TLS reports. */
#include "config.h"

#include "zonegen/lint_kinds.h"

#include <string.h>

#include "zonegen/report_uri.h"
#include "zonegen/taglist.h"

enum { NO_VERSION, SYNTAX, DUPLICATE, NO_RUA, BAD_URI, SCHEME, SIZE, UNKNOWN_FIELD };

const struct finding_kind lint_tlsrpt_kinds[LINT_TLSRPT_KINDS] = {
	[NO_VERSION] = { "tls-rpt-no-version", FINDING_ERROR, "RFC 8460 3",
	    "the record does not begin with v=TLSRPTv1; and is ignored" },
	[SYNTAX] = { "tls-rpt-syntax", FINDING_ERROR, "RFC 8460 3", "a piece is no field" },
	[DUPLICATE] = { "tls-rpt-duplicate-field", FINDING_ERROR, "RFC 8460 3",
	    "a field is given twice" },
	[NO_RUA] = { "tls-rpt-no-rua", FINDING_ERROR, "RFC 8460 3",
	    "rua= is missing: there is no address for reports" },
	[BAD_URI] = { "tls-rpt-bad-uri", FINDING_ERROR, "RFC 8460 3",
	    "rua= holds something that is no URI" },
	[SCHEME] = { "tls-rpt-uri-scheme", FINDING_ERROR, "RFC 8460 3",
	    "reports go to mailto: and https: addresses only" },
	[SIZE] = { "tls-rpt-uri-size", FINDING_ERROR, "RFC 8460 3",
	    "a size limit behind a URI is no part of the record" },
	[UNKNOWN_FIELD] = { "tls-rpt-unknown-field", FINDING_INFO, "RFC 8460 3",
	    "an unknown field is ignored" },
};

#define FOUND(kind, ...) findings_add(out, &lint_tlsrpt_kinds[kind], __VA_ARGS__)

static void
judge_uris(struct findings *out, const char *value)
{
	char text[1024];

	for (const char *at = value; taglist_next_item(&at, ',', text, sizeof text); ) {
		struct report_uri uri;
		struct fault reason = { 0 };

		if (report_uri_parse(&uri, text, &reason) != ZP_OK)
			FOUND(BAD_URI, "rua=: %s", reason.text);
		else if (uri.scheme == REPORT_OTHER)
			FOUND(SCHEME, "'%.80s' is neither mailto: nor https:", text);
		else if (uri.has_size)
			FOUND(SIZE, "'%.80s' has a size limit, which is no part of the record", text);
	}
}

static void
judge_field(struct findings *out, const struct tag *tag)
{
	if (strcmp(tag->name, "rua") == 0) {
		if (tag->spaced)
			FOUND(SYNTAX, "blanks stand around the equals sign of rua=");
		judge_uris(out, tag->value);
	} else if (!lint_is_field_value(tag->value)) {
		FOUND(SYNTAX, "the field %.80s has a value that it cannot have", tag->name);
	} else {
		FOUND(UNKNOWN_FIELD, "the field %.80s is unknown and ignored", tag->name);
	}
}

int
lint_tlsrpt(struct findings *out, const char *text, struct fault *why)
{
	struct taglist tags;
	int class = taglist_parse(&tags, text, false, why);

	if (class != ZP_OK)
		return class;
	if (strncmp(text, "v=TLSRPTv1", 10) != 0 || tags.n == 0 ||
	    strcmp(tags.v[0].value, "TLSRPTv1") != 0) {
		FOUND(NO_VERSION, "the record does not begin with v=TLSRPTv1; and is ignored");
		goto out;
	}
	for (size_t i = 1; i < tags.n; i++) {
		if (!tags.v[i].has_equals || !lint_is_field_name(tags.v[i].name))
			FOUND(SYNTAX, "'%.80s' is no field", tags.v[i].name);
		else if (taglist_is_repeated(&tags, i))
			FOUND(DUPLICATE, "the field %.80s is given twice", tags.v[i].name);
		else
			judge_field(out, &tags.v[i]);
	}
	if (taglist_peek(&tags, "rua") == NULL)
		FOUND(NO_RUA, "rua= is missing: there is no address for reports");
out:
	taglist_release(&tags);
	return findings_check(out, why);
}
