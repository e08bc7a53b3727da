/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can be wrong with a TLSA record, or with the set of them at one name:
 * one record a line.
 */
#include "config.h"

#include "zonegen/lint_kinds.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "keys/digest.h"
#include "zonegen/tlsa.h"

enum { HEAD = 3, USAGE_TA = 2, USAGE_EE = 3 };

enum { SYNTAX, UNKNOWN_PARAMETER, LENGTH, EMPTY_DIGEST, NOT_DER, PKIX_USAGE, CERT_SELECTOR, FULL,
	DUPLICATE, NO_SCHEME };

const struct finding_kind lint_tlsa_kinds[LINT_TLSA_KINDS] = {
	[SYNTAX] = { "tlsa-syntax", FINDING_ERROR, "RFC 6698 2.2",
	    "the text is not usage, selector, matching type and hexadecimal data" },
	[UNKNOWN_PARAMETER] = { "tlsa-unknown-parameter", FINDING_ERROR, "RFC 7671 4",
	    "a usage, selector or matching type that clients do not know: the record is unusable" },
	[LENGTH] = { "tlsa-digest-length", FINDING_ERROR, "RFC 6698 2.1.3",
	    "the data has not the length of the digest" },
	[EMPTY_DIGEST] = { "tlsa-digest-of-nothing", FINDING_ERROR, "RFC 6698 2.1.3",
	    "the digest of empty input: the tool that made it read no certificate" },
	[NOT_DER] = { "tlsa-not-der", FINDING_ERROR, "RFC 6698 2.1.2",
	    "full data that is no certificate or key in DER" },
	[PKIX_USAGE] = { "tlsa-pkix-usage", FINDING_WARNING, "RFC 7672 3.1.3",
	    "usage 0 or 1: SMTP clients ignore the record" },
	[CERT_SELECTOR] = { "tlsa-cert-selector", FINDING_WARNING, "RFC 7671 5.1",
	    "usage 3 or 1 with selector 0: every renewal changes the record, use selector 1" },
	[FULL] = { "tlsa-full-matching", FINDING_WARNING, "RFC 7671 10.1",
	    "matching type 0 publishes all data: answers get large" },
	[DUPLICATE] = { "tlsa-duplicate", FINDING_WARNING, "RFC 2181 5", "a record is given twice" },
	[NO_SCHEME] = { "tlsa-no-rollover-scheme", FINDING_WARNING, "RFC 7671 8",
	    "the set is neither current and next key nor current key and issuer" },
};

#define FOUND(kind, ...) findings_add(out, &lint_tlsa_kinds[kind], __VA_ARGS__)

/* True if the octets are one DER SEQUENCE, whole. */
static bool
is_sequence(const uint8_t *data, size_t len)
{
	struct cursor c = cursor_make(data, len);
	size_t want, octets;

	if (cursor_u8(&c) != 0x30)
		return false;
	want = cursor_u8(&c);
	if (want >= 0x80) {
		octets = want - 0x80;
		if (octets == 0 || octets > 3)
			return false;
		for (want = 0; octets > 0; octets--)
			want = want << 8 | cursor_u8(&c);
	}
	return !cursor_is_broken(&c) && cursor_left(&c) == want && want > 0;
}

static bool
is_digest_of_nothing(const uint8_t *data, uint8_t matching)
{
	uint8_t digest[DIGEST_SHA512];

	if (matching == 1)
		return digest_sha256(digest, "", 0, NULL) == ZP_OK &&
		    memcmp(digest, data, DIGEST_SHA256) == 0;
	return digest_sha512(digest, "", 0, NULL) == ZP_OK &&
	    memcmp(digest, data, DIGEST_SHA512) == 0;
}

static void
judge_data(struct findings *out, const struct bytes *r)
{
	uint8_t matching = r->data[2];
	size_t len = r->len - HEAD, want = matching == 1 ? DIGEST_SHA256 : DIGEST_SHA512;

	if (matching == 0) {
		if (!is_sequence(r->data + HEAD, len))
			FOUND(NOT_DER, "the data is no %s in DER", r->data[1] == 0 ? "certificate" : "key");
		FOUND(FULL, "matching type 0 publishes all %zu octets: use 1", len);
	} else if (len != want) {
		FOUND(LENGTH, "the data has %zu octets, and a %s digest has %zu", len,
		    matching == 1 ? "SHA2-256" : "SHA2-512", want);
	} else if (is_digest_of_nothing(r->data + HEAD, matching)) {
		FOUND(EMPTY_DIGEST, "the data is the digest of empty input: no certificate was read");
	}
}

/* True if clients can use the record. */
static bool
judge_record(struct findings *out, const struct bytes *r)
{
	uint8_t usage = r->data[0], selector = r->data[1], matching = r->data[2];

	if (usage > USAGE_EE || selector > 1 || matching > 2) {
		FOUND(UNKNOWN_PARAMETER, "%s %u is unknown: no client can use the record",
		    usage > USAGE_EE ? "usage" : selector > 1 ? "selector" : "matching type",
		    usage > USAGE_EE ? usage : selector > 1 ? selector : matching);
		return false;
	}
	judge_data(out, r);
	if (usage < USAGE_TA)
		FOUND(PKIX_USAGE, "usage %u: SMTP clients ignore the record, use 3 1 1", usage);
	if (selector == 0 && (usage == USAGE_EE || usage == 1))
		FOUND(CERT_SELECTOR, "%u 0 %u: every renewal changes the record, use selector 1", usage,
		    matching);
	return true;
}

/* How many usable records have the parameters of r. */
static size_t
count_like(const struct bytes *v, size_t n, const struct bytes *r)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += memcmp(v[i].data, r->data, HEAD) == 0;
	return count;
}

/*
 * A set of several is in order if the keys of one usage are published alike:
 * as many records for each selector and matching type.  Then there are two
 * of the same parameters (current and next), or usage 3 beside usage 2
 * (current and issuer).
 */
static void
judge_set(struct findings *out, const struct bytes *v, size_t n)
{
	bool ta = false, ee = false, pair = false, uneven = false;

	for (size_t i = 0; i < n; i++) {
		size_t like = count_like(v, n, &v[i]);

		ta |= v[i].data[0] == USAGE_TA;
		ee |= v[i].data[0] == USAGE_EE;
		pair |= like > 1;
		for (size_t k = 0; k < n; k++)
			uneven |= v[k].data[0] == USAGE_EE && v[i].data[0] == USAGE_EE &&
			    count_like(v, n, &v[k]) != like;
	}
	if (n > 1 && uneven)
		FOUND(NO_SCHEME, "some parameters of usage 3 are published for fewer keys than others:"
		    " a client that prefers those finds no match after the change");
	else if (n > 1 && !pair && !(ta && ee))
		FOUND(NO_SCHEME, "the set is no rollover scheme: publish the current and the next key"
		    " alike, or 3 1 1 beside 2 1 1");
}

int
lint_tlsa(struct findings *out, const char *text, struct fault *why)
{
	char *copy = strdup(text), *rest = copy, *line;
	struct bytes *v = NULL;
	size_t n = 0, lines = 1;
	int class = ZP_OK;

	for (const char *p = text; *p != '\0'; p++)
		lines += *p == '\n';
	v = calloc(lines, sizeof *v);
	if (copy == NULL || v == NULL) {
		class = fault_set_nomem(why);
		goto out;
	}
	while ((line = strsep(&rest, "\n")) != NULL) {
		struct fault reason = { 0 };
		bool repeated = false;

		if (line[strspn(line, " \t\r")] == '\0' && lines > 1)
			continue;
		if (tlsa_parse(&v[n], line, &reason) != ZP_OK) {
			FOUND(SYNTAX, "%s", reason.text);
			bytes_release(&v[n]);
			continue;
		}
		for (size_t i = 0; i < n; i++)
			repeated |= v[i].len == v[n].len && memcmp(v[i].data, v[n].data, v[n].len) == 0;
		if (repeated)
			FOUND(DUPLICATE, "'%.60s' is given twice", line);
		else if (judge_record(out, &v[n]))
			n++;
	}
	judge_set(out, v, n);
	class = findings_check(out, why);
out:
	for (size_t i = 0; v != NULL && i < lines; i++)
		bytes_release(&v[i]);
	free(v);
	free(copy);
	return class;
}
