/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "conf/conf_scan.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 16 };

struct state {
	const char *file;
	const char *p;
	char *to;		/* the copy of *p */
	int line;
	bool list;		/* inside the braces of a list */
	bool assigned;		/* an equal sign came last */
	int open[DEPTH_MAX];	/* first lines of the sections that are open */
	size_t depth;
};

static int
fail(const struct state *s, int line, const char *text, struct fault *why)
{
	return fault_set(why, ZP_EUSAGE, "%s:%d: %s", s->file, line, text);
}

static void
step(struct state *s)
{
	if (*s->p == '\n')
		s->line++;
	s->p++;
	s->to++;
}

/* Step over one character of a comment. */
static void
blank(struct state *s)
{
	if (*s->p != '\n')
		*s->to = ' ';
	step(s);
}

static int
skip_comment(struct state *s, struct fault *why)
{
	int line = s->line;

	if (s->p[0] == '#' || s->p[1] == '/') {
		while (*s->p != '\0' && *s->p != '\n')
			blank(s);
		return ZP_OK;
	}
	blank(s);
	blank(s);
	while (*s->p != '\0' && !(s->p[0] == '*' && s->p[1] == '/'))
		blank(s);
	if (*s->p == '\0')
		return fail(s, line, "the comment that begins here does not end", why);
	blank(s);
	blank(s);
	return ZP_OK;
}

static int
skip_string(struct state *s, struct fault *why)
{
	char quote = *s->p;
	int line = s->line;

	for (step(s); *s->p != '\0' && *s->p != quote; step(s)) {
		if (quote == '"' && s->p[0] == '$' && s->p[1] == '{')
			return fail(s, s->line, "${...} is not expanded here; text that holds it goes "
			    "in single quotes", why);
		if (quote == '"' && *s->p == '\\' && s->p[1] != '\0' &&
		    strchr("0123456789x", s->p[1]) != NULL)
			return fail(s, s->line, "a backslash with a number behind it is not decimal here as "
			    "it is in a zone file; write two backslashes to hand it on as it is", why);
		if (*s->p == '\\' && s->p[1] != '\0')
			step(s);
	}
	if (*s->p == '\0')
		return fail(s, line, "the string that begins here does not end", why);
	step(s);
	return ZP_OK;
}

/* A word without quotes; a comment cannot begin inside of it, as in http://... */
static int
skip_word(struct state *s, struct fault *why)
{
	while (*s->p != '\0' && strchr(" \t\r\n\"'#={}()+,", *s->p) == NULL) {
		if (*s->p == '*' || *s->p == '$' || (unsigned char)*s->p < 0x20)
			return fail(s, s->line, "a value with special characters needs quotes", why);
		step(s);
	}
	return ZP_OK;
}

static int
open_brace(struct state *s, struct fault *why)
{
	if (s->assigned && !s->list) {
		s->list = true;
	} else {
		if (s->list || s->depth == DEPTH_MAX)
			return fail(s, s->line, "this brace opens nothing", why);
		s->open[s->depth++] = s->line;
	}
	step(s);
	return ZP_OK;
}

static int
close_brace(struct conf_scan *out, struct state *s, struct fault *why)
{
	int *v;

	if (s->list) {
		s->list = false;
	} else {
		if (s->depth == 0)
			return fail(s, s->line, "this brace closes nothing", why);
		v = realloc(out->begins, (out->begins_n + 1) * sizeof *v);
		if (v == NULL)
			return fault_set_nomem(why);
		out->begins = v;
		v[out->begins_n++] = s->open[--s->depth];
	}
	step(s);
	return ZP_OK;
}

static int
scan_one(struct conf_scan *out, struct state *s, struct fault *why)
{
	bool assigned = s->assigned;

	s->assigned = false;
	switch (*s->p) {
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		s->assigned = assigned;
		step(s);
		return ZP_OK;
	case '#':
		s->assigned = assigned;
		return skip_comment(s, why);
	case '"':
	case '\'':
		return skip_string(s, why);
	case '{':
		s->assigned = assigned;
		return open_brace(s, why);
	case '}':
		return close_brace(out, s, why);
	case '+':
		if (s->p[1] != '=')
			return fail(s, s->line, "a value with special characters needs quotes", why);
		step(s);
		return ZP_OK;
	case '=':
		s->assigned = true;
		step(s);
		return ZP_OK;
	case ',':
		step(s);
		return ZP_OK;
	case '(':
	case ')':
		return fail(s, s->line, "a value with special characters needs quotes", why);
	default:
		if (s->p[0] == '/' && (s->p[1] == '/' || s->p[1] == '*')) {
			s->assigned = assigned;
			return skip_comment(s, why);
		}
		return skip_word(s, why);
	}
}

int
conf_scan_text(struct conf_scan *out, const char *text, const char *file, struct fault *why)
{
	struct state s = { .file = file, .p = text, .line = 1 };
	int rc;

	*out = (struct conf_scan){ 0 };
	bytes_append_text(&out->text, text);
	rc = bytes_check(&out->text, why);
	s.to = (char *)out->text.data;
	while (rc == ZP_OK && *s.p != '\0')
		rc = scan_one(out, &s, why);
	if (rc == ZP_OK && s.depth > 0)
		rc = fail(&s, s.open[s.depth - 1], "the section that begins here does not end", why);
	if (rc == ZP_OK && s.list)
		rc = fail(&s, s.line, "a list does not end", why);
	if (rc != ZP_OK)
		conf_scan_release(out);
	return rc;
}

void
conf_scan_release(struct conf_scan *s)
{
	bytes_release(&s->text);
	free(s->begins);
	*s = (struct conf_scan){ 0 };
}
