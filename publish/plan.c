/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/plan.h"

#include <assert.h>
#include <stdlib.h>

int
changes_take(struct changes *c, struct rrset *before, struct rrset *after, struct fault *why)
{
	struct change *v = reallocarray(c->v, c->n + 1, sizeof *v);

	assert(before->type == after->type && name_equal(&before->owner, &after->owner));
	if (v == NULL) {
		rrset_release(before);
		rrset_release(after);
		return fault_set_nomem(why);
	}
	c->v = v;
	v[c->n++] = (struct change){ .before = *before, .after = *after };
	*before = *after = (struct rrset){ 0 };
	return ZP_OK;
}

void
changes_release(struct changes *c)
{
	for (size_t i = 0; i < c->n; i++) {
		rrset_release(&c->v[i].before);
		rrset_release(&c->v[i].after);
	}
	free(c->v);
	*c = (struct changes){ 0 };
}
