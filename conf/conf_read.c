/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "conf/conf_read.h"

#include <confuse.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "conf/conf_form.h"
#include "conf/conf_scan.h"
#include "dns/name.h"

enum { FILE_MAX = 4 << 20 };

/*
 * One reading.  libconfuse hands no word of ours to its callbacks, but hands
 * its search path on from section to section; as nothing is ever searched,
 * that pointer is free to lead to this.
 */
struct reading {
	const char *file;
	struct conf_scan scan;
	size_t sections;	/* that have ended */
	int rc;
	struct fault *why;
};

static struct reading *
reading_of(const cfg_t *cfg)
{
	return (struct reading *)(void *)cfg->path;
}

static void take_error(cfg_t *cfg, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

static void
take_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	struct reading *r = reading_of(cfg);
	char text[512];

	if (r == NULL || r->rc != ZP_OK)	/* the first failure is the cause */
		return;
	(void)vsnprintf(text, sizeof text, fmt, ap);
	r->rc = fault_set(r->why, ZP_EUSAGE, "%s:%d: %s", r->file, cfg->line, text);
}

/*
 * libconfuse forgets where an option stood.  It has no use for the default
 * number of an option that holds strings, so that the line is kept there.
 */
static int
line_of(const cfg_opt_t *opt)
{
	return (int)opt->def.number;
}

/*
 * Called by libconfuse when an option was given a value or a section has
 * ended; the line that is kept for a section becomes the one it began on.
 */
static int
saw(cfg_t *cfg, cfg_opt_t *opt)
{
	struct reading *r = reading_of(cfg);

	if (opt->type == CFGT_SEC) {
		size_t i = r->sections++;

		if (i < r->scan.begins_n)
			opt->values[opt->nvalues - 1]->section->line = r->scan.begins[i];
	} else if (line_of(opt) == 0) {
		opt->def.number = cfg->line;
	} else if ((opt->flags & CFGF_LIST) == 0) {
		r->rc = fault_set(r->why, ZP_EUSAGE, "%s:%d: %s: given twice, first on line %d", r->file,
		    cfg->line, opt->name, line_of(opt));
		return -1;
	}
	return 0;
}

static bool
is_section(const struct conf_row *row)
{
	return row->form != NULL;
}

static bool
is_list(const struct conf_row *row)
{
	return row->kind == CONF_TEXTS || row->kind == CONF_WORDS || row->kind == CONF_ADDRESSES ||
	    row->kind == CONF_URIS || row->kind == CONF_CUSTOM;
}

static void
options_free(cfg_opt_t *options)
{
	if (options == NULL)
		return;
	for (cfg_opt_t *o = options; o->name != NULL; o++)
		options_free(o->subopts);
	free(options);
}

/* The form in libconfuse's words; every value is a string to it. NULL without memory. */
static cfg_opt_t *
options_make(const struct conf_form *form)
{
	cfg_opt_t *options = calloc(form->rows_n + 1, sizeof *options);

	if (options == NULL)
		return NULL;
	for (size_t i = 0; i < form->rows_n; i++) {
		const struct conf_row *row = &form->rows[i];
		cfg_opt_t *o = &options[i];

		o->name = row->name;
		o->validcb = saw;
		if (!is_section(row)) {
			o->type = CFGT_STR;
			o->flags = CFGF_NODEFAULT | (is_list(row) ? CFGF_LIST : 0);
			continue;
		}
		o->type = CFGT_SEC;
		o->flags = CFGF_MULTI | CFGF_NODEFAULT;
		if (row->form->title != NULL)
			o->flags |= CFGF_TITLE | CFGF_NO_TITLE_DUPES;
		o->subopts = options_make(row->form);
		if (o->subopts == NULL) {
			options_free(options);
			return NULL;
		}
	}
	return options;
}

/* Add a line to the place of a section. */
static int
note_line(struct conf_where *where, const char *option, int line, struct fault *why)
{
	struct conf_line *v = realloc(where->options, (where->options_n + 1) * sizeof *v);

	if (v == NULL)
		return fault_set_nomem(why);
	where->options = v;
	v[where->options_n++] = (struct conf_line){ option, line };
	return ZP_OK;
}

static int fill(struct reading *r, void *section, const struct conf_form *form, cfg_t *cfg,
    const char *name);

static int
fill_option(struct reading *r, void *section, const struct conf_form *form,
    const struct conf_row *row, cfg_opt_t *opt)
{
	struct conf_where *where = (void *)((char *)section + form->where_at);
	struct strlist values = { 0 };
	int line = line_of(opt);
	int rc = ZP_OK;

	if (line == 0)	/* not given, or an empty list */
		return ZP_OK;
	for (unsigned i = 0; rc == ZP_OK && i < cfg_opt_size(opt); i++)
		rc = strlist_add(&values, cfg_opt_getnstr(opt, i), r->why);
	if (rc == ZP_OK)
		rc = note_line(where, row->name, line, r->why);
	if (rc == ZP_OK) {
		rc = conf_value_set(section, row, &values, r->why);
		if (rc != ZP_OK)
			(void)fault_prepend(r->why, "%s:%d: %s", r->file, line, row->name);
	}
	strlist_release(&values);
	return rc;
}

/* Make room for n structs of the form behind the pointer at field. */
static int
make_room(void **out, void *field, size_t n, size_t size, struct fault *why)
{
	*out = calloc(n, size);
	if (*out == NULL)
		return fault_set_nomem(why);
	memcpy(field, out, sizeof *out);
	return ZP_OK;
}

static int
fill_sections(struct reading *r, void *section, const struct conf_row *row, cfg_opt_t *opt)
{
	unsigned n = cfg_opt_size(opt);
	char *at = (char *)section + row->at;
	void *v = at;
	int rc = ZP_OK;

	if (n == 0)
		return ZP_OK;
	if (row->kind != CONF_ARRAY && n > 1)
		return fault_set(r->why, ZP_EUSAGE, "%s:%d: %s: given twice, first on line %d", r->file,
		    cfg_opt_getnsec(opt, 1)->line, row->name, cfg_opt_getnsec(opt, 0)->line);
	if (row->kind != CONF_SECTION)
		rc = make_room(&v, at, n, row->form->size, r->why);
	for (unsigned i = 0; rc == ZP_OK && i < n; i++) {
		if (row->kind == CONF_ARRAY)
			*(size_t *)(void *)((char *)section + row->count_at) = i + 1;
		rc = fill(r, (char *)v + i * row->form->size, row->form, cfg_opt_getnsec(opt, i),
		    row->name);
	}
	return rc;
}

/* Fill the struct of a form from what libconfuse read. */
static int
fill(struct reading *r, void *section, const struct conf_form *form, cfg_t *cfg,
    const char *name)
{
	struct conf_where *where = (void *)((char *)section + form->where_at);
	int rc = ZP_OK;

	if (name != NULL)
		*where = (struct conf_where){ .file = r->file, .section = name,
			.line = cfg->line };
	if (form->preset != NULL)
		form->preset(section);
	if (form->title != NULL) {
		rc = form->title(section, cfg_title(cfg), r->why);
		if (rc != ZP_OK)
			(void)fault_prepend(r->why, "%s:%d: %s", r->file, where->line, name);
	}
	for (size_t i = 0; rc == ZP_OK && i < form->rows_n; i++) {
		const struct conf_row *row = &form->rows[i];
		cfg_opt_t *opt = cfg_getopt(cfg, row->name);

		rc = is_section(row) ? fill_sections(r, section, row, opt) :
		    fill_option(r, section, form, row, opt);
	}
	if (rc == ZP_OK && form->judge != NULL)
		rc = form->judge(section, r->why);
	return rc;
}

static int
twice(const struct conf_where *a, const struct conf_where *b, const struct name *name,
    struct fault *why)
{
	char text[NAME_TEXT_MAX];

	return conf_fault(why, ZP_EUSAGE, b, NULL, "there is a section for %s already, on line %d",
	    name_print_host(text, name), a->line);
}

/* Titles that are written differently and name the same thing. */
static int
check_names(const struct conf *c, struct fault *why)
{
	for (size_t i = 0; i < c->zones_n; i++)
		for (size_t j = 0; j < i; j++)
			if (name_equal(&c->zones[i].name, &c->zones[j].name))
				return twice(&c->zones[j].where, &c->zones[i].where, &c->zones[i].name, why);
	for (size_t i = 0; i < c->domains_n; i++)
		for (size_t j = 0; j < i; j++)
			if (name_equal(&c->domains[i].name, &c->domains[j].name))
				return twice(&c->domains[j].where, &c->domains[i].where, &c->domains[i].name,
				    why);
	for (size_t i = 0; i < c->tls_n; i++)
		for (size_t j = 0; j < i; j++)
			if (name_equal(&c->tls[i].host, &c->tls[j].host))
				return twice(&c->tls[j].where, &c->tls[i].where, &c->tls[i].host, why);
	return ZP_OK;
}

/* Have libconfuse read the text into cfg. */
static int
parse(struct reading *r, cfg_t *cfg)
{
	const char *text = bytes_text(&r->scan.text);
	int result;

	(void)cfg_set_error_function(cfg, take_error);
	cfg->path = (void *)r;
	result = *text == '\0' ? CFG_SUCCESS : cfg_parse_buf(cfg, text);
	cfg->path = NULL;	/* or it would be freed with cfg */
	if (result != CFG_SUCCESS && r->rc == ZP_OK)
		r->rc = fault_set(r->why, ZP_EUSAGE, "%s:%d: not understood: write NAME = VALUE or "
		    "SECTION { ... }", r->file, cfg->line);
	return r->rc;
}

int
conf_read_text(struct conf **out, const char *text, const char *file, struct fault *why)
{
	struct reading r = { .file = file, .why = why };
	cfg_opt_t *options = NULL;
	cfg_t *cfg = NULL;
	struct conf *c = NULL;
	int rc;

	*out = NULL;
	rc = conf_scan_text(&r.scan, text, file, why);
	if (rc != ZP_OK)
		goto out;
	c = calloc(1, sizeof *c);
	options = options_make(&conf_form_root);
	if (options != NULL)
		cfg = cfg_init(options, CFGF_NONE);
	if (c != NULL)
		c->file = strdup(file);
	if (cfg == NULL || c == NULL || c->file == NULL) {
		rc = fault_set_nomem(why);
		goto out;
	}
	r.file = c->file;
	rc = parse(&r, cfg);
	if (rc == ZP_OK)
		rc = fill(&r, c, &conf_form_root, cfg, NULL);
	if (rc == ZP_OK)
		rc = check_names(c, why);
	if (rc == ZP_OK) {
		*out = c;
		c = NULL;
	}
out:
	conf_free(c);
	if (cfg != NULL)
		cfg_free(cfg);
	options_free(options);
	conf_scan_release(&r.scan);
	return rc;
}

int
conf_read(struct conf **out, const char *path, struct fault *why)
{
	struct bytes text = { 0 };
	int rc;

	*out = NULL;
	rc = file_read(&text, path, FILE_MAX, why);
	if (rc == ZP_OK && text.len != strlen(bytes_text(&text)))
		rc = fault_set(why, ZP_EUSAGE, "%s: a NUL octet: this is no configuration file", path);
	if (rc == ZP_OK)
		rc = conf_read_text(out, bytes_text(&text), path, why);
	bytes_release(&text);
	return rc;
}
