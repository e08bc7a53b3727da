/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/zonefile_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "dns/wire.h"

enum {
	INCLUDES_MAX = 16,		/* how deep includes may nest */
	FILE_MAX = 512 * 1024 * 1024
};

struct reader {
	struct zonefile_text *text;
	const struct zonefile_text *instead;
	bool has_default, has_last;
	uint32_t default_ttl, last_ttl;
	struct bytes fields;		/* rdata words, joined; kept for its memory */
	struct bytes rdata;
};

/* Where reading stands in one file. */
struct frame {
	struct zonefile_scan scan;
	size_t source;
	struct name origin;
	struct name owner;		/* of the record before; empty: there is none */
	size_t previous;
	unsigned depth;
};

static int read_source(struct reader *r, const char *path, const struct name *origin,
    unsigned depth, struct fault *why);

static int
bad(const struct frame *f, unsigned line, const char *what, struct fault *why)
{
	return fault_set(why, ZP_EUSAGE, "%s:%u: %s", f->scan.path, line, what);
}

static const struct bytes *
content_of(const struct reader *r, const struct frame *f)
{
	return &r->text->sources[f->source].content;
}

/* A word as a string in r->fields. */
static const char *
word_text(struct reader *r, const struct frame *f, const struct zonefile_word *w)
{
	bytes_clear(&r->fields);
	bytes_append(&r->fields, content_of(r, f)->data + w->span.at, w->span.len);
	return bytes_text(&r->fields);
}

static int
parse_name(struct name *out, struct reader *r, const struct frame *f,
    const struct zonefile_word *w, struct fault *why)
{
	const char *text = word_text(r, f, w);
	int rc = bytes_check(&r->fields, why);

	if (rc == ZP_OK && w->quoted)
		return bad(f, w->line, "a quoted string where a name belongs", why);
	if (rc == ZP_OK)
		rc = name_parse(out, text, &f->origin, why);
	return rc == ZP_OK ? rc : fault_prepend(why, "%s:%u", f->scan.path, w->line);
}

struct zonefile_record *
zonefile_text_add(struct zonefile_text *t)
{
	if (t->n == t->room) {
		size_t room = t->room == 0 ? 64 : t->room * 2;
		struct zonefile_record *v = reallocarray(t->records, room, sizeof *v);

		if (v == NULL)
			return NULL;
		t->records = v;
		t->room = room;
	}
	t->records[t->n] = (struct zonefile_record){ .previous = ZONEFILE_NONE };
	return &t->records[t->n++];
}

/* ---- records -------------------------------------------------------------------------- */

static bool
is_class(const struct bytes *content, struct zonefile_span span, bool *internet)
{
	static const char *const others[] = { "CH", "HS", "CS", "CHAOS", "NONE", "ANY" };

	*internet = zonefile_scan_is(content, span, "IN") ||
	    zonefile_scan_is(content, span, "CLASS1");
	if (*internet)
		return true;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (zonefile_scan_is(content, span, others[i]))
			return true;
	return span.len > 5 &&
	    zonefile_scan_is(content, (struct zonefile_span){ span.at, 5 }, "CLASS") &&
	    content->data[span.at + 5] >= '0' && content->data[span.at + 5] <= '9';
}

/* TTL and class, either order, either missing; *i moves on to the type. */
static int
take_ttl_and_class(struct zonefile_record *rec, size_t *i, struct reader *r,
    const struct frame *f, struct fault *why)
{
	const struct bytes *content = content_of(r, f);
	bool has_class = false, internet;

	for (; *i < f->scan.n && !f->scan.words[*i].quoted; (*i)++) {
		const struct zonefile_word *w = &f->scan.words[*i];

		if (!has_class && is_class(content, w->span, &internet)) {
			if (!internet)
				return bad(f, w->line, "only class IN can be published", why);
			has_class = true;
		} else if (rec->ttl_span.len == 0 &&
		    zonefile_scan_ttl(&rec->ttl, content, w->span)) {
			rec->ttl_span = w->span;
		} else {
			break;
		}
	}
	return ZP_OK;
}

static int
parse_rdata(struct zonefile_record *rec, size_t i, struct reader *r, const struct frame *f,
    struct fault *why)
{
	const struct bytes *content = content_of(r, f);
	int rc;

	bytes_clear(&r->fields);
	for (; i < f->scan.n; i++) {
		const struct zonefile_word *w = &f->scan.words[i];

		bytes_append(&r->fields, content->data + w->span.at, w->span.len);
		if (i + 1 < f->scan.n)
			bytes_append_u8(&r->fields, ' ');
	}
	rc = bytes_check(&r->fields, why);
	if (rc == ZP_OK)
		rc = wire_parse_rdata(&r->rdata, rec->type, bytes_text(&r->fields), &f->origin,
		    why);
	if (rc != ZP_OK)
		return fault_prepend(why, "%s:%u", f->scan.path, rec->line);
	rec->rdata.data = malloc(r->rdata.len > 0 ? r->rdata.len : 1);
	if (rec->rdata.data == NULL)
		rc = fault_set_nomem(why);
	else if (r->rdata.len > 0)
		memcpy(rec->rdata.data, r->rdata.data, r->rdata.len);
	rec->rdata.len = (uint16_t)r->rdata.len;
	bytes_release(&r->rdata);
	return rc;
}

/* The TTL of a record, its own or another's. */
static int
settle_ttl(struct zonefile_record *rec, struct reader *r, const struct frame *f,
    struct fault *why)
{
	if (rec->ttl_span.len > 0) {
		rec->ttl_from = ZONEFILE_TTL_WRITTEN;
	} else if (r->has_default) {
		rec->ttl_from = ZONEFILE_TTL_DEFAULT;
		rec->ttl = r->default_ttl;
	} else if (r->has_last) {
		rec->ttl_from = ZONEFILE_TTL_PREVIOUS;
		rec->ttl = r->last_ttl;
	} else if (rec->type == RRTYPE_SOA && rec->rdata.len >= 22) {
		struct cursor c = cursor_make(rec->rdata.data + rec->rdata.len - 4, 4);

		rec->ttl_from = ZONEFILE_TTL_MINIMUM;
		rec->ttl = cursor_u32(&c);
	} else {
		return bad(f, rec->line, "no TTL is known here: put a $TTL line at the top", why);
	}
	r->has_last = true;
	r->last_ttl = rec->ttl;
	return ZP_OK;
}

static int
take_record(struct reader *r, struct frame *f, struct fault *why)
{
	struct zonefile_record *rec = zonefile_text_add(r->text);
	const struct zonefile_scan *s = &f->scan;
	size_t i = 0;
	int rc;

	if (rec == NULL)
		return fault_set_nomem(why);
	rec->source = f->source;
	rec->line = s->entry_line;
	rec->at = s->entry_at;
	rec->end = s->entry_end;
	if (!s->indented) {
		rec->owner_span = s->words[i].span;
		rc = parse_name(&f->owner, r, f, &s->words[i++], why);
		if (rc != ZP_OK)
			return rc;
	} else if (name_is_empty(&f->owner)) {
		return bad(f, s->entry_line, "a record without an owner, and none before it", why);
	}
	rec->owner = f->owner;
	rec->previous = f->previous;
	f->previous = r->text->n - 1;
	if (!name_is_under(&rec->owner, &r->text->zone)) {
		char owner[NAME_TEXT_MAX], zone[NAME_TEXT_MAX];

		return fault_set(why, ZP_EUSAGE, "%s:%u: %.200s lies outside the zone %.200s",
		    s->path, rec->line, name_print(owner, &rec->owner),
		    name_print(zone, &r->text->zone));
	}
	if (i < s->n)
		rec->fields_at = s->words[i].span.at;
	rc = take_ttl_and_class(rec, &i, r, f, why);
	if (rc != ZP_OK)
		return rc;
	if (i == s->n)
		return bad(f, rec->line, "a record without a type", why);
	rc = wire_parse_type(&rec->type, word_text(r, f, &s->words[i]), why);
	if (rc != ZP_OK)
		return fault_prepend(why, "%s:%u", s->path, s->words[i].line);
	i++;
	if (rec->type == RRTYPE_SOA && s->n > i + 2)
		rec->serial_span = s->words[i + 2].span;
	rc = parse_rdata(rec, i, r, f, why);
	return rc == ZP_OK ? settle_ttl(rec, r, f, why) : rc;
}

/* ---- directives ----------------------------------------------------------------------- */

static int
take_origin(struct reader *r, struct frame *f, struct fault *why)
{
	struct name origin;
	int rc;

	if (f->scan.n != 2)
		return bad(f, f->scan.entry_line, "$ORIGIN takes one name", why);
	rc = parse_name(&origin, r, f, &f->scan.words[1], why);
	if (rc == ZP_OK)
		f->origin = origin;
	return rc;
}

static int
take_default_ttl(struct reader *r, struct frame *f, struct fault *why)
{
	if (f->scan.n != 2 ||
	    !zonefile_scan_ttl(&r->default_ttl, content_of(r, f), f->scan.words[1].span))
		return bad(f, f->scan.entry_line, "$TTL takes one time", why);
	r->has_default = true;
	return ZP_OK;
}

/* A file name as written, quotes and backslashes resolved, relative to the main file. */
static char *
include_path(struct reader *r, const struct frame *f, const struct zonefile_word *w)
{
	const uint8_t *p = content_of(r, f)->data + w->span.at, *end = p + w->span.len;
	const char *main_path = r->text->sources[0].path, *slash = strrchr(main_path, '/');
	struct bytes path = { 0 };

	if (w->quoted) {
		p++;
		end--;
	}
	if (p < end && *p != '/' && slash != NULL)
		bytes_append(&path, main_path, (size_t)(slash - main_path) + 1);
	for (; p < end; p++) {
		if (*p == '\\' && p + 1 < end)
			p++;
		bytes_append_u8(&path, *p);
	}
	return bytes_take_text(&path);
}

static int
take_include(struct reader *r, struct frame *f, struct fault *why)
{
	struct name origin = f->origin;
	unsigned line = f->scan.entry_line;
	char *path;
	int rc = ZP_OK;

	if (f->scan.n < 2 || f->scan.n > 3)
		return bad(f, line, "$INCLUDE takes a file name and perhaps an origin", why);
	if (f->depth >= INCLUDES_MAX)
		return bad(f, line, "files include each other too deeply", why);
	if (f->scan.n == 3)
		rc = parse_name(&origin, r, f, &f->scan.words[2], why);
	if (rc != ZP_OK)
		return rc;
	path = include_path(r, f, &f->scan.words[1]);
	if (path == NULL)
		return fault_set_nomem(why);
	rc = read_source(r, path, &origin, f->depth + 1, why);
	if (rc == ZP_EABSENT) {
		rc = fault_set(why, ZP_EUSAGE, "%s:%u: the included file %s does not exist",
		    f->scan.path, line, path);
	}
	free(path);
	return rc;
}

static int
take_generate(struct reader *r, struct frame *f, struct fault *why)
{
	const uint32_t *ttl = r->has_default ? &r->default_ttl : r->has_last ? &r->last_ttl : NULL;
	size_t before = r->text->n;
	int rc = zonefile_generate(r->text, &f->scan, f->source, &f->origin, ttl, why);

	for (size_t i = before; rc == ZP_OK && r->has_default && i < r->text->n; i++)
		if (r->text->records[i].ttl_from == ZONEFILE_TTL_PREVIOUS)
			r->text->records[i].ttl_from = ZONEFILE_TTL_DEFAULT;
	if (rc == ZP_OK && r->text->n > before) {
		r->has_last = true;
		r->last_ttl = r->text->records[r->text->n - 1].ttl;
	}
	/* Servers do not agree whose name an indented line inherits behind it. */
	f->owner = (struct name){ 0 };
	return rc;
}

static int
take_directive(struct reader *r, struct frame *f, struct fault *why)
{
	static const struct {
		const char *word;
		int (*take)(struct reader *, struct frame *, struct fault *);
	} rows[] = {
		{ "$ORIGIN", take_origin },
		{ "$TTL", take_default_ttl },
		{ "$INCLUDE", take_include },
		{ "$GENERATE", take_generate },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (zonefile_scan_is(content_of(r, f), f->scan.words[0].span, rows[i].word))
			return rows[i].take(r, f, why);
	return bad(f, f->scan.entry_line, "an unknown $ directive", why);
}

/* ---- files ---------------------------------------------------------------------------- */

static int
open_source(struct reader *r, const char *path, struct fault *why)
{
	struct zonefile_text *t = r->text;
	struct zonefile_source *v = reallocarray(t->sources, t->n_sources + 1, sizeof *v);
	struct zonefile_source *fresh;
	int rc;

	if (v == NULL)
		return fault_set_nomem(why);
	t->sources = v;
	fresh = &v[t->n_sources];
	*fresh = (struct zonefile_source){ .path = strdup(path) };
	if (fresh->path == NULL)
		return fault_set_nomem(why);
	t->n_sources++;
	for (size_t i = 0; i + 1 < t->n_sources; i++)
		if (strcmp(v[i].path, path) == 0)
			v[i].repeated = fresh->repeated = true;
	for (size_t i = 0; r->instead != NULL && i < r->instead->n_sources; i++) {
		const struct zonefile_source *s = &r->instead->sources[i];

		if (strcmp(s->path, path) == 0) {
			bytes_append(&fresh->content, s->content.data, s->content.len);
			return bytes_check(&fresh->content, why);
		}
	}
	rc = file_read(&fresh->content, path, FILE_MAX, why);
	return rc;
}

static int
read_source(struct reader *r, const char *path, const struct name *origin, unsigned depth,
    struct fault *why)
{
	struct frame f = { .origin = *origin, .previous = ZONEFILE_NONE, .depth = depth };
	struct bytes borrowed;
	bool more = true;
	int rc = open_source(r, path, why);

	if (rc != ZP_OK)
		return rc;
	/* The list of sources moves when files are included; their octets do not. */
	f.source = r->text->n_sources - 1;
	borrowed = r->text->sources[f.source].content;
	f.scan = zonefile_scan_make(r->text->sources[f.source].path, &borrowed);
	while (rc == ZP_OK) {
		rc = zonefile_scan_next(&more, &f.scan, why);
		if (rc != ZP_OK || !more)
			break;
		if (!f.scan.indented && borrowed.data[f.scan.words[0].span.at] == '$')
			rc = take_directive(r, &f, why);
		else
			rc = take_record(r, &f, why);
	}
	zonefile_scan_release(&f.scan);
	return rc;
}

int
zonefile_text_read(struct zonefile_text *out, const char *path, const struct name *zone,
    const struct zonefile_text *instead, struct fault *why)
{
	struct reader r = { .text = out, .instead = instead };
	int rc;

	*out = (struct zonefile_text){ .zone = *zone, .soa = ZONEFILE_NONE };
	rc = read_source(&r, path, zone, 0, why);
	if (rc == ZP_OK)
		rc = zonefile_index_make(out, why);
	bytes_release(&r.fields);
	bytes_release(&r.rdata);
	if (rc != ZP_OK)
		zonefile_text_release(out);
	return rc;
}

void
zonefile_text_release(struct zonefile_text *t)
{
	for (size_t i = 0; i < t->n_sources; i++) {
		free(t->sources[i].path);
		bytes_release(&t->sources[i].content);
	}
	for (size_t i = 0; i < t->n; i++)
		free(t->records[i].rdata.data);
	free(t->sources);
	free(t->records);
	free(t->order);
	*t = (struct zonefile_text){ 0 };
}
