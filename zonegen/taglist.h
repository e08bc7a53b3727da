/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zonegen/taglist.h - "tag=value; tag=value": the form that DKIM keys
 * (RFC 6376 3.2), DMARC (RFC 9989 4.8), MTA-STS (RFC 8461 3.1) and TLS-RPT
 * (RFC 8460 3) records share.
 *
 * Reading never fails on the text: each piece between semicolons becomes a
 * tag, and what is wrong with its form is marked on it, for the record's own
 * rules to judge.  A list owns a copy of the text.
 */
#ifndef ZONEGEN_TAGLIST_H
#define ZONEGEN_TAGLIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

struct tag {
	const char *name;	/* without blanks around; "" if there is none */
	const char *value;	/* without blanks around; "" if empty */
	bool has_equals;	/* false: the whole piece is in name */
	bool spaced;		/* blanks stood before or behind the equals sign */
};

struct taglist {
	struct tag *v;
	size_t n;
	bool ends_in_semicolon;
	char *text;		/* what name and value point into */
};

/*
 * Take text apart.  Blanks are space and tab, and with folding also CR and
 * LF.  An empty piece at the end is no tag; one in the middle is a tag with
 * an empty name and no equals sign.
 * Fails: ZP_ELOCAL.
 */
int taglist_parse(struct taglist *out, const char *text, bool folding, struct fault *why)
    MUST_CHECK;
void taglist_release(struct taglist *l);

/* The value of the first tag of this name (case matters), or NULL. Borrowed. */
const char *taglist_peek(const struct taglist *l, const char *name);

/* True if the tag at index has the name of an earlier one. */
bool taglist_is_repeated(const struct taglist *l, size_t index);

/*
 * Walk the items of a value between separators, blanks around them dropped:
 * *at starts as the value and is moved on; false at the end.  The item is
 * copied to buf, cut to size.
 */
bool taglist_next_item(const char **at, char separator, char *buf, size_t size);

#endif
