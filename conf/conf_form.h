/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf/conf_form.h - the forms of the sections: one row an option.
 *
 * A form says which options a section has, what each may say and where its
 * value goes.  conf_read.c walks the forms; nothing here knows libconfuse.
 * Not for other rooms.
 */
#ifndef CONF_CONF_FORM_H
#define CONF_CONF_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/strlist.h"

struct conf_form;
struct conf_row;

/* What a row's value is, and the type of its field. */
enum conf_kind {
	CONF_TEXT,		/* char * */
	CONF_TEXTS,		/* struct strlist */
	CONF_WORDS,		/* struct strlist: a command */
	CONF_CHOICE,		/* int: first + the index of the word in choices */
	CONF_WORD,		/* char *: one of choices */
	CONF_FLAG,		/* bool */
	CONF_NUMBER,		/* int64_t, from min to max */
	CONF_SECONDS,		/* int64_t, a duration in s, from min to max */
	CONF_DURATION,		/* int64_t, a duration in ms, from min to max */
	CONF_HOST,		/* struct name */
	CONF_SERVER,		/* char *: HOST or ADDR, [@PORT] */
	CONF_ADDRESS,		/* char *: ADDR[@PORT] */
	CONF_ADDRESSES,		/* struct strlist of them */
	CONF_URIS,		/* struct strlist */
	CONF_CUSTOM,		/* a list that parse takes */
	CONF_SECTION,		/* a struct inside */
	CONF_OPTIONAL,		/* a pointer to a struct, NULL without the section */
	CONF_ARRAY		/* a pointer to structs, and a count */
};

typedef int conf_parse_fn(void *section, const struct conf_row *row, const struct strlist *values,
    struct fault *why);

struct conf_row {
	const char *name;
	enum conf_kind kind;
	size_t at;		/* offset of the field */
	const char *const *choices;	/* ends with NULL */
	int first;
	int64_t min;
	int64_t max;
	conf_parse_fn *parse;
	const struct conf_form *form;	/* of a section */
	size_t count_at;	/* offset of the count of an array, a size_t */
};

struct conf_form {
	size_t size;
	size_t where_at;	/* offset of the struct conf_where */
	const struct conf_row *rows;
	size_t rows_n;
	/* Take the title; NULL for a section without one. */
	int (*title)(void *section, const char *title, struct fault *why);
	/* Set the defaults; may be NULL. */
	void (*preset)(void *section);
	/* Judge the options together, and supply lists that were not given; may be NULL. */
	int (*judge)(void *section, struct fault *why);
};

extern const struct conf_form conf_form_root;	/* of struct conf */
extern const struct conf_form conf_form_domain;
extern const struct conf_form conf_form_dkim;
extern const struct conf_form conf_form_rotation;

/* Set the field of row from the values that were read, at least one unless a list. */
int conf_value_set(void *section, const struct conf_row *row, const struct strlist *values,
    struct fault *why) MUST_CHECK;

/* HOST or ADDR, with @PORT or without; *port is 0 then. The caller frees *host. */
int conf_value_server(char **host, uint16_t *port, const char *text,
    struct fault *why) MUST_CHECK;

/* A whole number of digits only, from min to max. */
int conf_value_number(int64_t *out, const char *text, int64_t min, int64_t max,
    struct fault *why) MUST_CHECK;

/* True if text is an IPv4 or IPv6 address. */
bool conf_value_is_address(const char *text);

#endif
