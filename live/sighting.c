/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "live/sighting.h"

#include <stdlib.h>
#include <string.h>

#include "dns/wire.h"

static const char *const answer_words[] = {
	[SIGHTING_PRESENT] = "present", [SIGHTING_NODATA] = "nodata",
	[SIGHTING_NXDOMAIN] = "nxdomain", [SIGHTING_ALIAS] = "alias",
	[SIGHTING_REFERRED] = "referred", [SIGHTING_LAME] = "lame",
	[SIGHTING_FAILED] = "failed", [SIGHTING_SILENT] = "silent",
	[SIGHTING_GARBLED] = "garbled"
};

enum { ANSWERS = sizeof answer_words / sizeof answer_words[0] };

const char *
sighting_print_answer(enum sighting_answer a)
{
	return (unsigned)a < ANSWERS ? answer_words[a] : "unknown";
}

bool
sighting_is_answer(const struct sighting *s)
{
	return s->answer <= SIGHTING_ALIAS;
}

bool
sighting_is_absence(const struct sighting *s)
{
	return s->answer == SIGHTING_NODATA || s->answer == SIGHTING_NXDOMAIN;
}

bool
sighting_is_trusted(const struct sighting *s, bool insecure)
{
	return sighting_is_answer(s) &&
	    (s->trust == VERIFY_VALID || (insecure && s->trust == VERIFY_UNCHECKED));
}

void
sighting_print(struct bytes *out, const struct sighting *s)
{
	char name[NAME_TEXT_MAX], type[16], when[32];

	server_print(out, &s->server);
	bytes_printf(out, ": %s %s: %s", name_print_host(name, &s->owner),
	    wire_print_type(type, s->type), sighting_print_answer(s->answer));
	if (s->answer == SIGHTING_PRESENT || s->answer == SIGHTING_ALIAS)
		bytes_printf(out, ", %zu record%s, TTL %u%s", s->set.n, s->set.n == 1 ? "" : "s",
		    s->set.ttl, s->wildcard ? ", from a wildcard" : "");
	if (sighting_is_absence(s) && s->has_negative_ttl)
		bytes_printf(out, ", negative TTL %u", s->negative_ttl);
	if (sighting_is_answer(s) && s->trust != VERIFY_UNCHECKED) {
		bytes_printf(out, ", signatures %s", verify_print_outcome(s->trust));
		if (s->signed_until != 0)
			bytes_printf(out, " (until %s)",
			    timepiece_print_wall(when, sizeof when, s->signed_until * 1000));
	}
	if (s->has_serial)
		bytes_printf(out, ", serial %u", s->serial);
	if (s->reason[0] != '\0')
		bytes_printf(out, ": %s", s->reason);
}

void
sighting_release(struct sighting *s)
{
	rrset_release(&s->set);
	*s = (struct sighting){ 0 };
}

int
sighting_list_take(struct sighting_list *l, struct sighting *s, struct fault *why)
{
	struct sighting *v = reallocarray(l->v, l->n + 1, sizeof *v);

	if (v == NULL) {
		sighting_release(s);
		return fault_set_nomem(why);
	}
	l->v = v;
	v[l->n++] = *s;
	*s = (struct sighting){ 0 };
	return ZP_OK;
}

void
sighting_list_release(struct sighting_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		sighting_release(&l->v[i]);
	free(l->v);
	*l = (struct sighting_list){ 0 };
}

/* Does another sighting show that something lies below n? */
static bool
has_below(const struct sighting_list *l, const struct name *n)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct sighting *s = &l->v[i];

		if ((s->answer == SIGHTING_PRESENT || s->answer == SIGHTING_ALIAS) && !s->wildcard &&
		    !name_equal(&s->owner, n) && name_is_under(&s->owner, n))
			return true;
	}
	return false;
}

const struct sighting *
sighting_find_broken_parent(const struct sighting_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].answer == SIGHTING_NXDOMAIN && has_below(l, &l->v[i].owner))
			return &l->v[i];
	return NULL;
}
