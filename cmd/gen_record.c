/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/gen_record.h"

#include "cmd/show.h"
#include "zonegen/txt.h"

int
gen_domain(struct name *out, const char *text, struct fault *why)
{
	*out = (struct name){ 0 };
	if (text == NULL)
		return fault_set(why, ZP_EUSAGE, "no domain is given: --domain is wanted");
	if (name_parse_domain(out, text, why) != ZP_OK)
		return fault_prepend(why, "--domain");
	if (name_is_root(out))
		return fault_set(why, ZP_EUSAGE, "--domain: the root is no mail domain");
	return ZP_OK;
}

int
gen_add_text(struct recset *out, const struct name *owner, const struct emit *e,
    const struct bytes *text, struct fault *why)
{
	struct bytes rdata = { 0 };
	int class = txt_append(&rdata, text->data, text->len, why);

	if (class == ZP_OK)
		class = recset_add(out, owner, RRTYPE_TXT, (uint32_t)e->ttl, rdata.data, rdata.len, why);
	bytes_release(&rdata);
	return class;
}

int
gen_judge(int (*judge)(struct findings *out, const char *text, struct fault *why),
    const struct bytes *text, bool quiet, struct fault *why)
{
	struct findings found = { 0 };
	int class = judge(&found, bytes_text(text), why);

	for (size_t i = 0; class == ZP_OK && i < found.n; i++) {
		const struct finding_kind *kind = found.v[i].kind;

		if (kind->level == FINDING_ERROR)
			class = fault_set(why, ZP_EUSAGE, "%s (%s, %s)", found.v[i].message, kind->code,
			    kind->reference);
		else if (kind->level == FINDING_WARNING && !quiet)
			show_warning("%s (%s, %s)", found.v[i].message, kind->code, kind->reference);
	}
	findings_release(&found);
	return class;
}

int
gen_no_arguments(const struct invocation *inv, struct fault *why)
{
	if (inv->argc == 0)
		return ZP_OK;
	return fault_set(why, ZP_EUSAGE, "'%.80s' is too much: everything is given by options",
	    inv->argv[0]);
}

int
gen_take_arguments(struct strlist *list, const struct invocation *inv, struct fault *why)
{
	int class = ZP_OK;

	for (int i = 0; class == ZP_OK && i < inv->argc; i++)
		class = strlist_add(list, inv->argv[i], why);
	return class;
}
