/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/zonefile_splice.h"

#include <stdlib.h>
#include <string.h>

#include "dns/wire.h"

struct splice {
	size_t source, at, len;
	size_t number;		/* of two insertions at one place the lower comes first */
	struct bytes text;
};

struct splicer {
	const struct zonefile_intent *intent;
	const struct zonefile_text *text;
	struct splice *v;
	size_t n;
};

static int
add_splice(struct splicer *e, size_t source, size_t at, size_t len, struct bytes *text,
    struct fault *why)
{
	struct splice *v = reallocarray(e->v, e->n + 1, sizeof *v);
	int rc = bytes_check(text, why);

	if (v == NULL)
		rc = fault_set_nomem(why);
	else
		e->v = v;
	if (rc != ZP_OK) {
		bytes_release(text);
		return rc;
	}
	v[e->n] = (struct splice){ .source = source, .at = at, .len = len,
		.number = e->n, .text = *text };
	e->n++;
	*text = (struct bytes){ 0 };
	return ZP_OK;
}

/* The line end that stands before at, or the file's first, or "\n". */
static const char *
line_end(const struct bytes *content, size_t at)
{
	const uint8_t *lf;

	if (at > 0 && content->data[at - 1] == '\n')
		return at > 1 && content->data[at - 2] == '\r' ? "\r\n" : "\n";
	lf = content->len > 0 ? memchr(content->data, '\n', content->len) : NULL;
	return lf != NULL && lf > content->data && lf[-1] == '\r' ? "\r\n" : "\n";
}

/* True if the text before at does not end its line, once the splices so far are carried out. */
static bool
is_open(const struct splicer *e, size_t source, size_t at)
{
	const struct bytes *content = &e->text->sources[source].content;

	if (at == 0 || content->data[at - 1] == '\n')
		return false;
	for (size_t i = 0; i < e->n; i++) {
		const struct splice *s = &e->v[i];

		/* The open line goes, or an insertion has ended it. */
		if (s->source == source && s->at + s->len == at)
			return false;
	}
	return true;
}

static int
splice_arrival(struct splicer *e, const struct zonefile_arrival *a, struct fault *why)
{
	const struct zonefile_record *behind =
	    a->behind == ZONEFILE_NONE ? NULL : &e->text->records[a->behind];
	size_t source = behind == NULL ? 0 : behind->source;
	const struct bytes *content = &e->text->sources[source].content;
	size_t at = behind == NULL ? content->len : behind->end;
	const char *eol = line_end(content, at);
	char owner[NAME_TEXT_MAX], type[16];
	struct bytes text = { 0 };
	int rc = ZP_OK;

	if (is_open(e, source, at))
		bytes_append_text(&text, eol);
	for (size_t i = 0; rc == ZP_OK && i < a->set.n; i++) {
		bytes_printf(&text, "%s\t%u\tIN\t%s\t", name_print(owner, &a->set.owner),
		    (unsigned)a->set.ttl, wire_print_type(type, a->set.type));
		rc = wire_print_rdata(&text, a->set.type, a->set.v[i].data, a->set.v[i].len, why);
		bytes_append_text(&text, eol);
	}
	if (rc != ZP_OK) {
		bytes_release(&text);
		return rc;
	}
	return add_splice(e, source, at, 0, &text, why);
}

/* The owner goes over the blanks at the start of the line as far as they are spaces. */
static int
splice_owner(struct splicer *e, const struct zonefile_record *r, struct fault *why)
{
	const struct bytes *content = &e->text->sources[r->source].content;
	char owner[NAME_TEXT_MAX];
	size_t want = strlen(name_print(owner, &r->owner)), spaces = 0;
	struct bytes text = { 0 };

	while (r->at + spaces < content->len && content->data[r->at + spaces] == ' ')
		spaces++;
	bytes_append_text(&text, owner);
	return add_splice(e, r->source, r->at, spaces > want ? want : spaces > 0 ? spaces - 1 : 0,
	    &text, why);
}

static int
splice_ttl(struct splicer *e, const struct zonefile_record *r, uint32_t ttl, struct fault *why)
{
	struct bytes text = { 0 };

	if (r->ttl_span.len > 0) {
		bytes_printf(&text, "%u", (unsigned)ttl);
		return add_splice(e, r->source, r->ttl_span.at, r->ttl_span.len, &text, why);
	}
	bytes_printf(&text, "%u ", (unsigned)ttl);
	return add_splice(e, r->source, r->fields_at, 0, &text, why);
}

static int
splice_record(struct splicer *e, size_t i, struct fault *why)
{
	const struct zonefile_record *r = &e->text->records[i];
	const struct zonefile_fate *fate = &e->intent->fates[i];
	struct bytes nothing = { 0 };
	int rc = ZP_OK;

	if (!fate->goes && !fate->new_owner && !fate->new_ttl)
		return ZP_OK;
	if (r->generated)
		return fault_set(why, ZP_EREFUSED, "%s:%u: this $GENERATE line takes its TTL from a "
		    "record that changes: give it a TTL of its own",
		    e->text->sources[r->source].path, r->line);
	if (fate->goes)
		return add_splice(e, r->source, r->at, r->end - r->at, &nothing, why);
	if (fate->new_owner)
		rc = splice_owner(e, r, why);
	if (rc == ZP_OK && fate->new_ttl)
		rc = splice_ttl(e, r, fate->ttl, why);
	return rc;
}

static int
splice_serial(struct splicer *e, struct fault *why)
{
	const struct zonefile_record *soa = &e->text->records[e->text->soa];
	struct bytes text = { 0 };

	bytes_printf(&text, "%u", (unsigned)e->intent->serial);
	return add_splice(e, soa->source, soa->serial_span.at, soa->serial_span.len, &text, why);
}

static int
compare_splices(const void *a, const void *b)
{
	const struct splice *x = a, *y = b;

	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if ((x->len == 0) != (y->len == 0))
		return x->len == 0 ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

/* ---- the new text --------------------------------------------------------------------- */

static int
splice_all(struct splicer *e, struct fault *why)
{
	int rc = ZP_OK;

	for (size_t i = 0; rc == ZP_OK && i < e->text->n; i++)
		rc = splice_record(e, i, why);
	for (size_t i = 0; rc == ZP_OK && i < e->intent->n_arrivals; i++)
		if (e->intent->arrivals[i].behind != ZONEFILE_NONE)
			rc = splice_arrival(e, &e->intent->arrivals[i], why);
	for (size_t i = 0; rc == ZP_OK && i < e->intent->n_arrivals; i++)
		if (e->intent->arrivals[i].behind == ZONEFILE_NONE)
			rc = splice_arrival(e, &e->intent->arrivals[i], why);
	if (rc == ZP_OK && e->intent->raise)
		rc = splice_serial(e, why);
	for (size_t i = 0; rc == ZP_OK && i < e->n; i++) {
		const struct zonefile_source *s = &e->text->sources[e->v[i].source];

		if (s->repeated)
			rc = fault_set(why, ZP_EREFUSED,
			    "%s is included more than once: a record in it cannot be edited in one "
			    "place", s->path);
	}
	if (rc == ZP_OK && e->n > 0)
		qsort(e->v, e->n, sizeof *e->v, compare_splices);
	return rc;
}

/* Copies of the sources with the splices carried out. */
static int
make_sources(struct zonefile_text *draft, const struct splicer *e, struct fault *why)
{
	size_t next = 0;
	int rc = ZP_OK;

	draft->sources = calloc(e->text->n_sources, sizeof *draft->sources);
	if (draft->sources == NULL)
		return fault_set_nomem(why);
	for (size_t i = 0; rc == ZP_OK && i < e->text->n_sources; i++) {
		const struct zonefile_source *from = &e->text->sources[i];
		struct zonefile_source *to = &draft->sources[draft->n_sources++];
		size_t at = 0;

		for (; next < e->n && e->v[next].source == i; next++) {
			const struct splice *s = &e->v[next];

			bytes_append(&to->content, from->content.data + at, s->at - at);
			bytes_append(&to->content, s->text.data, s->text.len);
			at = s->at + s->len;
		}
		if (from->content.len > at)
			bytes_append(&to->content, from->content.data + at, from->content.len - at);
		to->path = strdup(from->path);
		rc = to->path == NULL ? fault_set_nomem(why) : bytes_check(&to->content, why);
	}
	return rc;
}

int
zonefile_splice(struct zonefile_text *draft, const struct zonefile_text *text,
    const struct zonefile_intent *intent, struct fault *why)
{
	struct splicer e = { .intent = intent, .text = text };
	int rc;

	*draft = (struct zonefile_text){ 0 };
	rc = splice_all(&e, why);
	if (rc == ZP_OK)
		rc = make_sources(draft, &e, why);
	if (rc != ZP_OK)
		zonefile_text_release(draft);
	for (size_t i = 0; i < e.n; i++)
		bytes_release(&e.v[i].text);
	free(e.v);
	return rc;
}
