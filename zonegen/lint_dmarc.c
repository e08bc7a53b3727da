/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be wrong with a DMARC policy record. */
#include "config.h"

#include "zonegen/lint_kinds.h"

#include <string.h>

#include "zonegen/dmarc.h"
#include "zonegen/report_uri.h"
#include "zonegen/taglist.h"

enum { NO_VERSION, SYNTAX, DUPLICATE_TAG, BAD_VALUE, NO_POLICY, ORDER, BAD_URI, URI_SCHEME, URI_SIZE,
	REMOVED_TAG, UNKNOWN_TAG, FO_COMBINATION, FO_WITHOUT_RUF, TESTING };

const struct finding_kind lint_dmarc_kinds[LINT_DMARC_KINDS] = {
	[NO_VERSION] = { "dmarc-no-version", FINDING_ERROR, "RFC 9989 4.7",
	    "the first tag is not v=DMARC1, written so: the record is ignored" },
	[SYNTAX] = { "dmarc-syntax", FINDING_ERROR, "RFC 9989 4.8", "a piece is no tag=value" },
	[DUPLICATE_TAG] = { "dmarc-duplicate-tag", FINDING_ERROR, "RFC 6376 3.2",
	    "a tag is given twice: receivers reject the record or choose one" },
	[BAD_VALUE] = { "dmarc-bad-value", FINDING_ERROR, "RFC 9989 4.7",
	    "a known tag has a value that it cannot have: receivers ignore it" },
	[NO_POLICY] = { "dmarc-no-policy", FINDING_WARNING, "RFC 9989 4.7",
	    "p= is missing: it counts as none, and older receivers ignore the record" },
	[ORDER] = { "dmarc-policy-not-second", FINDING_WARNING, "RFC 7489 6.4",
	    "p= does not follow v=: older receivers ignore the record" },
	[BAD_URI] = { "dmarc-bad-uri", FINDING_ERROR, "RFC 9989 4.6",
	    "rua= or ruf= holds something that is no URI" },
	[URI_SCHEME] = { "dmarc-uri-scheme", FINDING_WARNING, "RFC 9989 4.7",
	    "receivers need to support mailto: only and ignore other URIs" },
	[URI_SIZE] = { "dmarc-uri-size", FINDING_WARNING, "RFC 9989 4.8",
	    "the size limit behind a URI is no longer part of DMARC" },
	[REMOVED_TAG] = { "dmarc-removed-tag", FINDING_WARNING, "RFC 9989 C",
	    "a tag that RFC 9989 removed: pct, rf or ri" },
	[UNKNOWN_TAG] = { "dmarc-unknown-tag", FINDING_WARNING, "RFC 9989 4.7",
	    "an unknown tag is ignored" },
	[FO_COMBINATION] = { "dmarc-fo-combination", FINDING_WARNING, "RFC 9989 4.8",
	    "fo= has a list of options that only RFC 7489 allowed" },
	[FO_WITHOUT_RUF] = { "dmarc-fo-without-ruf", FINDING_INFO, "RFC 9989 4.7",
	    "fo= is ignored where ruf= is missing" },
	[TESTING] = { "dmarc-testing", FINDING_INFO, "RFC 9989 4.7",
	    "t=y: receivers do not apply the policy" },
};

#define FOUND(kind, ...) findings_add(out, &lint_dmarc_kinds[kind], __VA_ARGS__)

static void
judge_uris(struct findings *out, const char *tag, const char *value)
{
	char text[1024];

	for (const char *at = value; taglist_next_item(&at, ',', text, sizeof text); ) {
		struct report_uri uri;
		struct fault reason = { 0 };

		if (report_uri_parse(&uri, text, &reason) != ZP_OK) {
			FOUND(BAD_URI, "%s=: %s", tag, reason.text);
			continue;
		}
		if (uri.scheme != REPORT_MAILTO)
			FOUND(URI_SCHEME, "%s=%.80s: receivers need to support mailto: only", tag, text);
		if (uri.has_size)
			FOUND(URI_SIZE, "%s=%.80s: the size limit is no longer part of DMARC: leave it out",
			    tag, text);
	}
}

static void
judge_tag(struct findings *out, const struct tag *tag)
{
	const char *name = tag->name, *value = tag->value;
	enum dmarc_tag status = dmarc_tag_status(name);
	struct fault reason = { 0 };

	if (status == DMARC_TAG_UNKNOWN) {
		FOUND(UNKNOWN_TAG, "the tag %.80s= is unknown: receivers ignore it", name);
		return;
	}
	if (status == DMARC_TAG_REMOVED) {
		FOUND(REMOVED_TAG, "the tag %s= was removed from DMARC: leave it out", name);
		return;
	}
	if (strcmp(name, "rua") == 0 || strcmp(name, "ruf") == 0)
		judge_uris(out, name, value);
	else if (dmarc_check_value(name, value, &reason) != ZP_OK)
		FOUND(BAD_VALUE, "%s", reason.text);
	else if (strcmp(name, "fo") == 0 && !dmarc_fo_is_current(value))
		FOUND(FO_COMBINATION, "fo=%.80s: give 0, 1, d, s or d:s, as other lists are no longer allowed",
		    value);
	else if (strcmp(name, "t") == 0 && (value[0] == 'y' || value[0] == 'Y'))
		FOUND(TESTING, "t=y: receivers do not apply the policy");
}

/* dmarc-tag (RFC 9989 4.8). */
static bool
form_is_good(struct findings *out, const struct tag *tag)
{
	if (!tag->has_equals) {
		if (tag->name[0] == '\0')
			FOUND(SYNTAX, "two semicolons with nothing between");
		else
			FOUND(SYNTAX, "'%.80s' is no tag: there is no equals sign", tag->name);
		return false;
	}
	if (!lint_is_tag_name(tag->name)) {
		FOUND(SYNTAX, "'%.80s' is no name of a tag", tag->name);
		return false;
	}
	if (tag->value[0] == '\0') {
		FOUND(SYNTAX, "the tag %.80s= has no value", tag->name);
		return false;
	}
	if (!lint_is_printable(tag->value)) {
		FOUND(SYNTAX, "the value of %.80s= has an octet that is no printable ASCII", tag->name);
		return false;
	}
	return true;
}

int
lint_dmarc(struct findings *out, const char *text, struct fault *why)
{
	struct taglist tags;
	int class = taglist_parse(&tags, text, false, why);
	const char *first;

	if (class != ZP_OK)
		return class;
	first = tags.n > 0 && strcmp(tags.v[0].name, "v") == 0 ? tags.v[0].value : "";
	if (strcmp(first, "DMARC1") != 0 || text[0] == ' ' || text[0] == '\t') {
		FOUND(NO_VERSION, "the record does not begin with v=DMARC1 and is ignored");
		goto out;
	}
	for (size_t i = 1; i < tags.n; i++) {
		if (!form_is_good(out, &tags.v[i]))
			continue;
		if (taglist_is_repeated(&tags, i))
			FOUND(DUPLICATE_TAG, "the tag %.80s= is given twice", tags.v[i].name);
		else
			judge_tag(out, &tags.v[i]);
	}
	if (taglist_peek(&tags, "p") == NULL)
		FOUND(NO_POLICY, "p= is missing: it counts as none, and older receivers ignore the record");
	else if (strcmp(tags.v[1].name, "p") != 0)
		FOUND(ORDER, "p= does not follow v=: older receivers ignore the record");
	if (taglist_peek(&tags, "fo") != NULL && taglist_peek(&tags, "ruf") == NULL)
		FOUND(FO_WITHOUT_RUF, "fo= is ignored, as there is no ruf=");
out:
	taglist_release(&tags);
	return findings_check(out, why);
}
