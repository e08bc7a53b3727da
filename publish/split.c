/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/split.h"

#include <stdlib.h>

enum { RECORD_HEAD = 10 };	/* type, class, TTL and length */

/* A record of the update. */
struct piece {
	const struct record *r;
	size_t at;		/* its place in the message */
};

struct group {
	size_t first;		/* the first piece, in the order of names */
	size_t n;
	size_t at;		/* the place of its first record in the message */
	size_t size;		/* octets, names not compressed */
	bool adds;
};

/* A message by the names that it speaks of. */
struct grouping {
	const struct message *m;
	struct piece *pieces;	/* in the order of names */
	struct group *v;	/* in the order of sending */
	size_t n;
};

static size_t
size_of(const struct record *r)
{
	return r->owner.len + RECORD_HEAD + (size_t)r->rdata.len;
}

static int
compare_pieces(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;
	int order = name_compare(&x->r->owner, &y->r->owner);

	if (order != 0)
		return order;
	return x->at < y->at ? -1 : x->at > y->at;
}

static int
compare_groups(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->adds != y->adds)
		return x->adds ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static int
make_groups(struct grouping *g, const struct message *m, struct fault *why)
{
	const struct record_list *updates = &m->section[SECTION_UPDATE];

	*g = (struct grouping){ .m = m };
	g->pieces = calloc(updates->n + 1, sizeof *g->pieces);
	g->v = calloc(updates->n + 1, sizeof *g->v);
	if (g->pieces == NULL || g->v == NULL)
		return fault_set_nomem(why);
	for (size_t i = 0; i < updates->n; i++)
		g->pieces[i] = (struct piece){ .r = &updates->v[i], .at = i };
	qsort(g->pieces, updates->n, sizeof *g->pieces, compare_pieces);
	for (size_t i = 0; i < updates->n; i++) {
		const struct record *r = g->pieces[i].r;

		if (i == 0 || !name_equal(&r->owner, &g->pieces[i - 1].r->owner))
			g->v[g->n++] = (struct group){ .first = i, .at = g->pieces[i].at };
		g->v[g->n - 1].n++;
		g->v[g->n - 1].size += size_of(r);
		g->v[g->n - 1].adds |= r->class != CLASS_ANY && r->class != CLASS_NONE;
	}
	qsort(g->v, g->n, sizeof *g->v, compare_groups);
	return ZP_OK;
}

static int
add_part(struct message_list *out, struct fault *why)
{
	struct message *v = reallocarray(out->v, out->n + 1, sizeof *v);

	if (v == NULL)
		return fault_set_nomem(why);
	out->v = v;
	out->v[out->n++] = (struct message){ .opcode = OPCODE_UPDATE };
	return ZP_OK;
}

static int
put_prerequisites(struct message *part, size_t *used, const struct message *m, struct fault *why)
{
	const struct record_list *list = &m->section[SECTION_PREREQUISITE];
	int class = ZP_OK;

	for (size_t i = 0; i < list->n && class == ZP_OK; i++) {
		*used += size_of(&list->v[i]);
		class = message_add(part, SECTION_PREREQUISITE, &list->v[i], why);
	}
	return class;
}

static int
put_group(struct message *part, const struct group *g, const struct piece *pieces,
    struct fault *why)
{
	int class = ZP_OK;

	for (size_t i = 0; i < g->n && class == ZP_OK; i++)
		class = message_add(part, SECTION_UPDATE, pieces[g->first + i].r, why);
	return class;
}

static int
fill_parts(struct message_list *out, const struct grouping *g, size_t room, struct fault *why)
{
	size_t used = MESSAGE_HEADER;
	char name[NAME_TEXT_MAX];
	int class = add_part(out, why);

	if (class == ZP_OK)
		class = put_prerequisites(&out->v[0], &used, g->m, why);
	if (class == ZP_OK && used > room)
		return fault_set(why, ZP_EUSAGE, "the prerequisites alone are too large for a message");
	for (size_t i = 0; i < g->n && class == ZP_OK; i++) {
		const struct group *group = &g->v[i];

		if (group->size + MESSAGE_HEADER > room)
			return fault_set(why, ZP_EUSAGE, "the updates of %.300s alone are too large for a "
			    "message", name_print(name, &g->pieces[group->first].r->owner));
		if (used + group->size > room) {
			class = add_part(out, why);
			used = MESSAGE_HEADER;
		}
		if (class == ZP_OK)
			class = put_group(&out->v[out->n - 1], group, g->pieces, why);
		used += group->size;
	}
	return class;
}

int
split_update(struct message_list *out, const struct message *m, size_t room, struct fault *why)
{
	struct grouping g;
	int class;

	*out = (struct message_list){ 0 };
	class = make_groups(&g, m, why);
	if (class == ZP_OK)
		class = fill_parts(out, &g, room, why);
	free(g.v);
	free(g.pieces);
	if (class != ZP_OK)
		message_list_release(out);
	return class;
}

void
message_list_release(struct message_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		message_release(&l->v[i]);
	free(l->v);
	*l = (struct message_list){ 0 };
}
