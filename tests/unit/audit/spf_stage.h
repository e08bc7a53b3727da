/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tests/unit/audit/spf_stage.h - a DNS of a table for the SPF evaluator.
 *
 * A row with the type "FAIL" makes every question for its owner fail, and one
 * with "NOMEM" stands for want of memory.
 */
#ifndef TESTS_UNIT_AUDIT_SPF_STAGE_H
#define TESTS_UNIT_AUDIT_SPF_STAGE_H

#include <string.h>

#include "audit/spf_eval.h"
#include "audit/spf_eval_domain.h"
#include "dns/wire.h"

struct stage_row {
	const char *owner;
	const char *type;
	const char *rdata;
};

struct stage {
	const struct stage_row *rows;
	size_t n;
	unsigned asked;		/* questions */
	unsigned expected;	/* names announced */
};

static inline int
stage_add(struct rrset *out, const struct stage_row *row, struct fault *why)
{
	struct bytes data = { 0 };
	int class = wire_parse_rdata(&data, out->type, row->rdata, NULL, why);

	if (class == ZP_OK)
		class = rrset_add(out, data.data, data.len, why);
	bytes_release(&data);
	return class;
}

static inline int
stage_ask(void *world, const struct name *owner, uint16_t type, struct rrset *out,
    struct fault *why)
{
	struct stage *s = world;
	int class = ZP_OK;

	s->asked++;
	*out = rrset_make(owner, type, 60);
	for (size_t i = 0; i < s->n && class == ZP_OK; i++) {
		const struct stage_row *row = &s->rows[i];
		struct name here;
		uint16_t row_type;

		if (!spf_eval_domain_name(&here, row->owner) || !name_equal(&here, owner))
			continue;
		if (strcmp(row->type, "FAIL") == 0)
			class = fault_set(why, ZP_ERETRY, "no answer");
		else if (strcmp(row->type, "NOMEM") == 0)
			class = fault_set_nomem(why);
		else if (wire_parse_type(&row_type, row->type, why) == ZP_OK && row_type == type)
			class = stage_add(out, row, why);
	}
	if (class != ZP_OK)
		rrset_release(out);
	return class;
}

static inline void
stage_expect(void *world, const struct name *owners, size_t n, uint16_t type)
{
	struct stage *s = world;

	(void)owners;
	(void)type;
	s->expected += (unsigned)n;
}

#endif
