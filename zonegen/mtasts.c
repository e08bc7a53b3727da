/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "zonegen/mtasts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "keys/digest.h"

int
mtasts_owner(struct name *out, const struct name *domain, struct fault *why)
{
	return name_prepend(out, "_mta-sts", domain, why);
}

int
mtasts_parse_pattern(struct name *out, bool *wildcard, const char *text, struct fault *why)
{
	*wildcard = strncmp(text, "*.", 2) == 0;
	if (name_parse_server(out, text + (*wildcard ? 2 : 0), why) != ZP_OK)
		return fault_prepend(why, "mx pattern");
	return ZP_OK;
}

bool
mtasts_covers(const char *pattern, const struct name *host)
{
	struct name name, parent = name_ancestor(host, 1);
	bool wildcard;

	if (mtasts_parse_pattern(&name, &wildcard, pattern, NULL) != ZP_OK)
		return false;
	return name_equal(&name, wildcard ? &parent : host);
}

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The patterns in lower case, without final dots, sorted. */
static int
plain_patterns(struct strlist *out, const struct strlist *mx, struct fault *why)
{
	int class = ZP_OK;

	for (size_t i = 0; mx != NULL && i < mx->n; i++) {
		struct bytes text = { 0 };
		char host[NAME_TEXT_MAX];
		struct name name;
		bool wildcard;

		class = mtasts_parse_pattern(&name, &wildcard, mx->v[i], why);
		if (class != ZP_OK)
			return class;
		bytes_printf(&text, "%s%s", wildcard ? "*." : "", name_print_host(host, &name));
		class = bytes_check(&text, why);
		if (class == ZP_OK && !strlist_has(out, bytes_text(&text)))
			class = strlist_add(out, bytes_text(&text), why);
		bytes_release(&text);
		if (class != ZP_OK)
			return class;
	}
	if (out->n > 0)
		qsort(out->v, out->n, sizeof out->v[0], compare_texts);
	return class;
}

int
mtasts_print_policy(struct bytes *out, const struct mtasts_policy *p, struct fault *why)
{
	struct strlist mx = { 0 };
	bool none = strcmp(p->mode, "none") == 0;
	int class;

	if (!none && strcmp(p->mode, "enforce") != 0 && strcmp(p->mode, "testing") != 0)
		return fault_set(why, ZP_EUSAGE, "mode '%.80s' is none of enforce, testing, none", p->mode);
	if (p->max_age < 0 || p->max_age > MTASTS_AGE_MAX)
		return fault_set(why, ZP_EUSAGE, "max-age %" PRId64 " is not in 0 to %d seconds",
		    p->max_age, MTASTS_AGE_MAX);
	class = plain_patterns(&mx, p->mx, why);
	if (class == ZP_OK && mx.n == 0 && !none)
		class = fault_set(why, ZP_EUSAGE, "mode %s needs at least one mx pattern", p->mode);
	if (class == ZP_OK) {
		bytes_printf(out, "version: STSv1\r\nmode: %s\r\n", p->mode);
		for (size_t i = 0; i < mx.n; i++)
			bytes_printf(out, "mx: %s\r\n", mx.v[i]);
		bytes_printf(out, "max_age: %" PRId64 "\r\n", p->max_age);
		class = bytes_check(out, why);
	}
	strlist_release(&mx);
	return class;
}

int
mtasts_print_record(struct bytes *out, const struct bytes *policy, struct fault *why)
{
	uint8_t digest[DIGEST_SHA256];
	int class = digest_sha256(digest, policy->data, policy->len, why);

	if (class != ZP_OK)
		return class;
	bytes_append_text(out, "v=STSv1; id=");
	bytes_append_hex(out, digest, MTASTS_ID_MAX / 2);
	bytes_append_text(out, ";");
	return bytes_check(out, why);
}
