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

/* Records that stay together. */
struct group {
	size_t first;		/* the first piece, in the order of names */
	size_t n;
	size_t at;		/* the place of its first record in the message */
	size_t size;		/* octets, names not compressed */
	bool adds;
};

struct cutter {
	const struct message *m;
	size_t room;
	struct piece *pieces;	/* in the order of names */
	struct group *groups;	/* in the order of sending */
	size_t groups_n;
	struct record *ordered;	/* the records in the order of sending; borrowed */
	bool has_begun;		/* the part with the prerequisites is closed */
	struct bytes wire;	/* of the last measurement */
};

static int
compare_places(const struct piece *x, const struct piece *y)
{
	return x->at < y->at ? -1 : x->at > y->at;
}

static int
compare_names(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;
	int order = name_compare(&x->r->owner, &y->r->owner);

	return order != 0 ? order : compare_places(x, y);
}

static int
compare_types(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->r->type != y->r->type)
		return x->r->type < y->r->type ? -1 : 1;
	return compare_places(x, y);
}

static int
compare_groups(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->adds != y->adds)
		return x->adds ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* Group the pieces from first on, as long as they are alike. */
static void
add_group(struct cutter *c, size_t first, size_t end, bool by_type)
{
	struct group *g = &c->groups[c->groups_n++];

	*g = (struct group){ .first = first, .at = c->pieces[first].at };
	for (size_t i = first; i < end; i++) {
		const struct record *r = c->pieces[i].r, *head = c->pieces[first].r;

		if (by_type ? r->type != head->type : !name_equal(&r->owner, &head->owner))
			break;
		g->n++;
		g->size += r->owner.len + RECORD_HEAD + (size_t)r->rdata.len;
		g->adds |= r->class != CLASS_ANY && r->class != CLASS_NONE;
	}
}

/* The RRsets of a name depend on each other where all go, or where an alias comes or goes. */
static bool
is_divisible(const struct cutter *c, const struct group *g)
{
	for (size_t i = 0; i < g->n; i++) {
		uint16_t type = c->pieces[g->first + i].r->type;

		if (type == RRTYPE_ANY || type == RRTYPE_CNAME || type == RRTYPE_DNAME)
			return false;
	}
	return true;
}

static void
make_groups(struct cutter *c)
{
	size_t n = c->m->section[SECTION_UPDATE].n, count = 0;

	for (size_t i = 0; i < n; i++)
		c->pieces[i] = (struct piece){ .r = &c->m->section[SECTION_UPDATE].v[i], .at = i };
	qsort(c->pieces, n, sizeof *c->pieces, compare_names);
	for (size_t at = 0; at < n;) {
		struct group *name = &c->groups[c->groups_n];
		size_t end;

		add_group(c, at, n, false);
		end = at + name->n;
		if (name->size > c->room && is_divisible(c, name)) {
			c->groups_n--;
			qsort(&c->pieces[at], end - at, sizeof *c->pieces, compare_types);
			for (size_t i = at; i < end; i += c->groups[c->groups_n - 1].n)
				add_group(c, i, end, true);
		}
		at = end;
	}
	qsort(c->groups, c->groups_n, sizeof *c->groups, compare_groups);
	for (size_t i = 0; i < c->groups_n; i++) {
		for (size_t k = 0; k < c->groups[i].n; k++)
			c->ordered[count++] = *c->pieces[c->groups[i].first + k].r;
	}
}

/* The part that holds these records; it borrows them. */
static struct message
view_part(const struct cutter *c, size_t begin, size_t end)
{
	struct message part = { .opcode = OPCODE_UPDATE };

	part.section[SECTION_UPDATE] = (struct record_list){ .v = c->ordered + begin, .n = end - begin };
	if (!c->has_begun)
		part.section[SECTION_PREREQUISITE] = c->m->section[SECTION_PREREQUISITE];
	return part;
}

/* Octets of a part. Fails: ZP_EUSAGE if it is too large. */
static int
measure(size_t *size, struct cutter *c, size_t begin, size_t end, struct fault *why)
{
	struct message part = view_part(c, begin, end);
	int class = message_pack(&c->wire, &part, MESSAGE_MAX - c->room, why);

	*size = c->wire.len;
	return class;
}

static int
close_part(struct message_list *out, struct cutter *c, size_t begin, size_t end, struct fault *why)
{
	struct message part = view_part(c, begin, end);
	struct message *v = reallocarray(out->v, out->n + 1, sizeof *v);
	int class = ZP_OK;

	if (v == NULL)
		return fault_set_nomem(why);
	out->v = v;
	out->v[out->n++] = (struct message){ .opcode = OPCODE_UPDATE };
	for (unsigned s = SECTION_PREREQUISITE; s <= SECTION_UPDATE; s++) {
		for (size_t i = 0; i < part.section[s].n && class == ZP_OK; i++)
			class = message_add(&out->v[out->n - 1], (enum section)s, &part.section[s].v[i], why);
	}
	c->has_begun = true;
	return class;
}

/* The records from end on, n of them, into a part of their own. */
static int
begin_part(size_t *used, struct cutter *c, size_t end, size_t n, struct fault *why)
{
	char name[NAME_TEXT_MAX];
	int class = measure(used, c, end, end + n, why);

	if (class != ZP_EUSAGE)
		return class;
	return fault_set(why, ZP_EUSAGE, "the updates of %.300s alone are too large for a message",
	    name_print(name, &c->ordered[end].owner));
}

static int
fill_parts(struct message_list *out, struct cutter *c, struct fault *why)
{
	size_t begin = 0, end = 0, used;
	int class = measure(&used, c, 0, 0, why);

	if (class == ZP_EUSAGE)
		return fault_set(why, ZP_EUSAGE, "the prerequisites alone are too large for a message");
	for (size_t i = 0; i < c->groups_n && class == ZP_OK; i++) {
		const struct group *g = &c->groups[i];

		/* First by the bound, then by what it really takes, names compressed. */
		if (used + g->size > c->room)
			class = measure(&used, c, begin, end, why);
		if (class == ZP_OK && used + g->size > c->room) {
			class = measure(&used, c, begin, end + g->n, why);
			if (class == ZP_EUSAGE) {
				class = close_part(out, c, begin, end, why);
				begin = end;
				if (class == ZP_OK)
					class = begin_part(&used, c, end, g->n, why);
			}
		} else {
			used += g->size;
		}
		end += g->n;
	}
	return class == ZP_OK ? close_part(out, c, begin, end, why) : class;
}

int
split_update(struct message_list *out, const struct message *m, size_t room, struct fault *why)
{
	size_t n = m->section[SECTION_UPDATE].n;
	struct cutter c = { .m = m, .room = room };
	int class;

	*out = (struct message_list){ 0 };
	c.pieces = calloc(n + 1, sizeof *c.pieces);
	c.groups = calloc(n + 1, sizeof *c.groups);
	c.ordered = calloc(n + 1, sizeof *c.ordered);
	if (c.pieces == NULL || c.groups == NULL || c.ordered == NULL) {
		class = fault_set_nomem(why);
		goto out;
	}
	make_groups(&c);
	class = fill_parts(out, &c, why);
out:
	bytes_release(&c.wire);
	free(c.ordered);
	free(c.groups);
	free(c.pieces);
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
