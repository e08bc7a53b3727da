/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "zonegen/taglist.h"

#include <stdlib.h>
#include <string.h>

static bool
is_blank(char c, bool folding)
{
	return c == ' ' || c == '\t' || (folding && (c == '\r' || c == '\n'));
}

/* Cut blanks off both ends, in place; true if there were any. */
static bool
trim(char **start, char *end, bool folding)
{
	char *from = *start, *to = end;

	while (from < to && is_blank(*from, folding))
		from++;
	while (to > from && is_blank(to[-1], folding))
		to--;
	*to = '\0';
	*start = from;
	return to != end;
}

static struct tag
read_piece(char *piece, bool folding)
{
	char *equals, *value;
	struct tag tag = { .value = "" };

	(void)trim(&piece, piece + strlen(piece), folding);
	tag.name = piece;
	equals = strchr(piece, '=');
	if (equals == NULL)
		return tag;
	tag.has_equals = true;
	value = equals + 1;
	tag.spaced = is_blank(*value, folding);
	tag.spaced |= trim(&piece, equals, folding);
	(void)trim(&value, value + strlen(value), folding);
	tag.name = piece;
	tag.value = value;
	return tag;
}

int
taglist_parse(struct taglist *out, const char *text, bool folding, struct fault *why)
{
	struct taglist l = { 0 };
	size_t pieces = 1;
	char *at, *end;

	*out = (struct taglist){ 0 };
	for (const char *p = text; *p != '\0'; p++)
		if (*p == ';')
			pieces++;
	l.text = strdup(text);
	l.v = calloc(pieces, sizeof *l.v);
	if (l.text == NULL || l.v == NULL) {
		taglist_release(&l);
		return fault_set_nomem(why);
	}
	for (at = l.text; at != NULL; at = end) {
		struct tag tag;

		end = strchr(at, ';');
		if (end != NULL)
			*end++ = '\0';
		tag = read_piece(at, folding);
		if (end == NULL && tag.name[0] == '\0' && !tag.has_equals)
			l.ends_in_semicolon = l.n > 0;
		else
			l.v[l.n++] = tag;
	}
	*out = l;
	return ZP_OK;
}

void
taglist_release(struct taglist *l)
{
	free(l->v);
	free(l->text);
	*l = (struct taglist){ 0 };
}

const char *
taglist_peek(const struct taglist *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].has_equals && strcmp(l->v[i].name, name) == 0)
			return l->v[i].value;
	return NULL;
}

bool
taglist_is_repeated(const struct taglist *l, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(l->v[i].name, l->v[index].name) == 0)
			return true;
	return false;
}

bool
taglist_next_item(const char **at, char separator, char *buf, size_t size)
{
	const char *from = *at, *end;
	size_t len;

	if (from == NULL)
		return false;
	end = strchr(from, separator);
	*at = end == NULL ? NULL : end + 1;
	len = end == NULL ? strlen(from) : (size_t)(end - from);
	while (len > 0 && is_blank(*from, true)) {
		from++;
		len--;
	}
	while (len > 0 && is_blank(from[len - 1], true))
		len--;
	if (len >= size)
		len = size - 1;
	memcpy(buf, from, len);
	buf[len] = '\0';
	return true;
}
