/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/outside.h"

#include <stdlib.h>

void
look_release(struct look *l)
{
	free(l->places);
	sighting_list_release(&l->seen);
	strlist_release(&l->warnings);
	*l = (struct look){ 0 };
}

void
showings_release(struct showings *s)
{
	for (size_t i = 0; i < s->n; i++)
		chain_release(&s->v[i].result.chain);
	free(s->v);
	*s = (struct showings){ 0 };
}

void
pair_release(struct pair *p)
{
	chain_release(&p->chain);
	key_facts_release(&p->key);
	*p = (struct pair){ 0 };
}
