/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be wrong with an MTA-STS record, or with a policy. */
#include "config.h"

#include "zonegen/lint_kinds.h"

#include <stdlib.h>
#include <string.h>

#include "zonegen/mtasts.h"
#include "zonegen/taglist.h"

enum { AGE_SHORT = 86400, AGE_DIGITS = 10, LINE_MAX_LEN = 1024 };

enum { NO_VERSION, SYNTAX, DUPLICATE, NO_ID, BAD_ID, UNKNOWN_FIELD, POLICY_SYNTAX, POLICY_VERSION,
	POLICY_MODE, POLICY_MX, POLICY_NO_MX, POLICY_AGE, POLICY_AGE_SHORT, POLICY_DUPLICATE,
	POLICY_UNKNOWN, POLICY_OFF };

const struct finding_kind lint_mtasts_kinds[LINT_MTASTS_KINDS] = {
	[NO_VERSION] = { "mta-sts-no-version", FINDING_ERROR, "RFC 8461 3.1",
	    "the record does not begin with v=STSv1; and is ignored" },
	[SYNTAX] = { "mta-sts-syntax", FINDING_ERROR, "RFC 8461 3.1", "a piece is no field" },
	[DUPLICATE] = { "mta-sts-duplicate-field", FINDING_ERROR, "RFC 8461 3.1",
	    "a field is given twice" },
	[NO_ID] = { "mta-sts-no-id", FINDING_ERROR, "RFC 8461 3.1", "the id is missing" },
	[BAD_ID] = { "mta-sts-bad-id", FINDING_ERROR, "RFC 8461 3.1",
	    "the id is not 1 to 32 letters and digits" },
	[UNKNOWN_FIELD] = { "mta-sts-unknown-field", FINDING_INFO, "RFC 8461 3.1",
	    "an unknown field is ignored" },
	[POLICY_SYNTAX] = { "mta-sts-policy-syntax", FINDING_ERROR, "RFC 8461 3.2",
	    "a line of the policy is no 'key: value'" },
	[POLICY_VERSION] = { "mta-sts-policy-version", FINDING_ERROR, "RFC 8461 3.2",
	    "the policy does not say version: STSv1" },
	[POLICY_MODE] = { "mta-sts-policy-mode", FINDING_ERROR, "RFC 8461 3.2",
	    "the mode is missing or none of enforce, testing, none" },
	[POLICY_MX] = { "mta-sts-policy-mx", FINDING_ERROR, "RFC 8461 3.2",
	    "an mx pattern is no host name with *. in front or without" },
	[POLICY_NO_MX] = { "mta-sts-policy-no-mx", FINDING_ERROR, "RFC 8461 3.2",
	    "a policy in mode enforce or testing names no mx" },
	[POLICY_AGE] = { "mta-sts-policy-max-age", FINDING_ERROR, "RFC 8461 3.2",
	    "max_age is missing, no number or over a year" },
	[POLICY_AGE_SHORT] = { "mta-sts-policy-max-age-short", FINDING_WARNING, "RFC 8461 3.2",
	    "max_age is under a day: weeks or more are wanted against downgrades" },
	[POLICY_DUPLICATE] = { "mta-sts-policy-duplicate", FINDING_WARNING, "RFC 8461 3.2",
	    "a key other than mx is given twice: the first counts" },
	[POLICY_UNKNOWN] = { "mta-sts-policy-unknown-key", FINDING_INFO, "RFC 8461 3.2",
	    "an unknown key is ignored" },
	[POLICY_OFF] = { "mta-sts-policy-off", FINDING_INFO, "RFC 8461 5",
	    "mode none: the domain has no active policy" },
};

#define FOUND(kind, ...) findings_add(out, &lint_mtasts_kinds[kind], __VA_ARGS__)

static bool
is_id(const char *value)
{
	size_t len = strlen(value);

	return len >= 1 && len <= MTASTS_ID_MAX && lint_is_alphanumeric(value);
}

static int
judge_record(struct findings *out, const char *text, struct fault *why)
{
	struct taglist tags;
	int class = taglist_parse(&tags, text, false, why);

	if (class != ZP_OK)
		return class;
	if (strncmp(text, "v=STSv1", 7) != 0 || tags.n == 0 || strcmp(tags.v[0].value, "STSv1") != 0) {
		FOUND(NO_VERSION, "the record does not begin with v=STSv1; and is ignored");
		goto out;
	}
	for (size_t i = 1; i < tags.n; i++) {
		const struct tag *tag = &tags.v[i];
		bool is_the_id = strcmp(tag->name, "id") == 0;

		if (!tag->has_equals || !lint_is_field_name(tag->name))
			FOUND(SYNTAX, "'%.80s' is no field", tag->name);
		else if (taglist_is_repeated(&tags, i))
			FOUND(DUPLICATE, "the field %.80s is given twice", tag->name);
		else if (is_the_id && (!is_id(tag->value) || tag->spaced))
			FOUND(BAD_ID, "the id '%.80s' is not 1 to %d letters and digits right behind id=",
			    tag->value, MTASTS_ID_MAX);
		else if (!is_the_id && !lint_is_field_value(tag->value))
			FOUND(SYNTAX, "the field %.80s has a value that it cannot have", tag->name);
		else if (!is_the_id)
			FOUND(UNKNOWN_FIELD, "the field %.80s is unknown and ignored", tag->name);
	}
	if (taglist_peek(&tags, "id") == NULL)
		FOUND(NO_ID, "the id is missing: senders cannot tell a new policy from an old one");
out:
	taglist_release(&tags);
	return findings_check(out, why);
}

/* What a policy has said so far. */
struct seen {
	bool version;
	bool max_age;
	bool mode;
	bool needs_mx;
	unsigned mx;
};

static void
judge_version(struct findings *out, struct seen *seen, const char *value)
{
	seen->version = true;
	if (strcmp(value, "STSv1") != 0)
		FOUND(POLICY_VERSION, "version '%.80s' is not STSv1", value);
}

static void
judge_mode(struct findings *out, struct seen *seen, const char *value)
{
	seen->mode = true;
	seen->needs_mx = strcmp(value, "enforce") == 0 || strcmp(value, "testing") == 0;
	if (strcmp(value, "none") == 0)
		FOUND(POLICY_OFF, "mode none: the domain has no active policy");
	else if (!seen->needs_mx)
		FOUND(POLICY_MODE, "mode '%.80s' is none of enforce, testing, none", value);
}

static void
judge_max_age(struct findings *out, struct seen *seen, const char *value)
{
	size_t len = strlen(value);

	seen->max_age = true;
	if (len == 0 || len > AGE_DIGITS || strspn(value, "0123456789") != len ||
	    strtoul(value, NULL, 10) > MTASTS_AGE_MAX)
		FOUND(POLICY_AGE, "max_age '%.80s' is no number of seconds up to %d", value,
		    MTASTS_AGE_MAX);
	else if (strtoul(value, NULL, 10) < AGE_SHORT)
		FOUND(POLICY_AGE_SHORT, "max_age %s is under a day: weeks or more are wanted", value);
}

static void
judge_mx(struct findings *out, struct seen *seen, const char *value)
{
	struct fault reason = { 0 };
	struct name host;
	bool wildcard;

	seen->mx++;
	if (mtasts_parse_pattern(&host, &wildcard, value, &reason) != ZP_OK)
		FOUND(POLICY_MX, "%s", reason.text);
}

static const struct {
	const char *key;
	void (*judge)(struct findings *out, struct seen *seen, const char *value);
	size_t offset;		/* of what remembers the key in struct seen */
} policy_rules[] = {
	{ "version", judge_version, offsetof(struct seen, version) },
	{ "mode", judge_mode, offsetof(struct seen, mode) },
	{ "max_age", judge_max_age, offsetof(struct seen, max_age) },
	{ "mx", judge_mx, 0 },
};
enum { POLICY_RULES_N = sizeof policy_rules / sizeof policy_rules[0], RULE_MX = 3 };

/* One line: key, ':', blanks, value, blanks (RFC 8461 3.2). */
static void
judge_line(struct findings *out, struct seen *seen, char *line)
{
	char *colon = strchr(line, ':'), *value;
	size_t len = strlen(line), rule = 0;

	while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL)
		line[--len] = '\0';
	if (len == 0)
		return;
	if (colon == NULL) {
		FOUND(POLICY_SYNTAX, "the line '%.80s' has no colon", line);
		return;
	}
	*colon = '\0';
	value = colon + 1 + strspn(colon + 1, " \t");
	if (!lint_is_field_name(line)) {
		FOUND(POLICY_SYNTAX, "'%.80s' is no key", line);
		return;
	}
	while (rule < POLICY_RULES_N && strcmp(policy_rules[rule].key, line) != 0)
		rule++;
	if (rule == POLICY_RULES_N)
		FOUND(POLICY_UNKNOWN, "the key '%.80s' is unknown and ignored", line);
	else if (rule != RULE_MX && *(bool *)((char *)seen + policy_rules[rule].offset))
		FOUND(POLICY_DUPLICATE, "the key %s is given twice: the first counts", line);
	else
		policy_rules[rule].judge(out, seen, value);
}

int
lint_mtasts_policy(struct findings *out, const char *text, struct fault *why)
{
	struct seen seen = { 0 };
	char *copy = strdup(text), *rest = copy, *line;

	if (copy == NULL)
		return fault_set_nomem(why);
	while ((line = strsep(&rest, "\n")) != NULL)
		judge_line(out, &seen, line);
	free(copy);
	if (!seen.version)
		FOUND(POLICY_VERSION, "the policy does not say version: STSv1");
	if (!seen.mode)
		FOUND(POLICY_MODE, "the mode is missing");
	if (!seen.max_age)
		FOUND(POLICY_AGE, "max_age is missing");
	if (seen.needs_mx && seen.mx == 0)
		FOUND(POLICY_NO_MX, "the policy names no mx: no host could be delivered to");
	return findings_check(out, why);
}

/* A policy has lines of 'key: value'; a record has one line, and equals signs. */
int
lint_mtasts(struct findings *out, const char *text, struct fault *why)
{
	size_t key = strcspn(text, ":=;\n");

	if (text[key] == ':' || strchr(text, '\n') != NULL)
		return lint_mtasts_policy(out, text, why);
	return judge_record(out, text, why);
}
