/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "conf/conf_form.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/argv.h"
#include "base/bytes.h"
#include "base/timepiece.h"
#include "dns/name.h"

bool
conf_value_is_address(const char *text)
{
	unsigned char address[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

int
conf_value_number(int64_t *out, const char *text, int64_t min, int64_t max, struct fault *why)
{
	int64_t n = 0;
	bool is = *text != '\0';

	for (const char *p = text; is && *p != '\0'; p++) {
		is = *p >= '0' && *p <= '9' && n <= (INT64_MAX - 9) / 10;
		if (is)
			n = n * 10 + (*p - '0');
	}
	if (!is || n < min || n > max)
		return fault_set(why, ZP_EUSAGE, "'%s' is not a number from %" PRId64 " to %" PRId64,
		    text, min, max);
	*out = n;
	return ZP_OK;
}

int
conf_value_server(char **host, uint16_t *port, const char *text, struct fault *why)
{
	const char *at = strrchr(text, '@');
	struct name name;
	int64_t number = 0;
	int rc = ZP_OK;

	*port = 0;
	*host = at == NULL ? strdup(text) : strndup(text, (size_t)(at - text));
	if (*host == NULL)
		return fault_set_nomem(why);
	if (at != NULL)
		rc = conf_value_number(&number, at + 1, 1, UINT16_MAX, why);
	if (rc == ZP_OK && !conf_value_is_address(*host))
		rc = name_parse_host(&name, *host, why);
	if (rc != ZP_OK) {
		free(*host);
		*host = NULL;
	}
	*port = (uint16_t)number;
	return rc;
}

/* No control characters: a text may end up in a file or a command. */
static int
check_text(const char *text, struct fault *why)
{
	if (*text == '\0')
		return fault_set(why, ZP_EUSAGE, "the value is empty");
	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return fault_set(why, ZP_EUSAGE, "the value holds a control character");
	return ZP_OK;
}

static int
check_address(const char *text, struct fault *why)
{
	char *host;
	uint16_t port;
	int rc = conf_value_server(&host, &port, text, why);

	if (rc == ZP_OK && !conf_value_is_address(host))
		rc = ZP_EUSAGE;
	free(host);
	return rc == ZP_EUSAGE ?
	    fault_set(why, rc, "'%s' is not an IP address, with @PORT or without", text) : rc;
}

static int
check_server(const char *text, struct fault *why)
{
	char *host;
	uint16_t port;
	int rc = conf_value_server(&host, &port, text, why);

	free(host);
	return rc;
}

static int
check_uri(const char *text, struct fault *why)
{
	const char *colon = strchr(text, ':');

	if (colon == NULL || colon == text || colon[1] == '\0' || strchr(text, ' ') != NULL)
		return fault_set(why, ZP_EUSAGE, "'%s' is not a URI; an address is written "
		    "mailto:NAME@DOMAIN", text);
	return ZP_OK;
}

static int
check_as(enum conf_kind kind, const char *text, struct fault *why)
{
	switch (kind) {
	case CONF_ADDRESS:
	case CONF_ADDRESSES:
		return check_address(text, why);
	case CONF_SERVER:
		return check_server(text, why);
	case CONF_URIS:
		return check_uri(text, why);
	default:
		return ZP_OK;
	}
}

static int
set_text(char **field, const struct conf_row *row, const char *text, struct fault *why)
{
	int rc = check_as(row->kind, text, why);

	if (rc != ZP_OK)
		return rc;
	free(*field);
	*field = strdup(text);
	return *field == NULL ? fault_set_nomem(why) : ZP_OK;
}

static int
set_texts(struct strlist *field, const struct conf_row *row, const struct strlist *values,
    struct fault *why)
{
	int rc = ZP_OK;

	strlist_release(field);
	if (row->kind == CONF_WORDS && values->n == 1)
		return argv_split(field, values->v[0], why);
	for (size_t i = 0; rc == ZP_OK && i < values->n; i++) {
		rc = check_as(row->kind, values->v[i], why);
		if (rc == ZP_OK && row->kind != CONF_WORDS && strlist_has(field, values->v[i]))
			rc = fault_set(why, ZP_EUSAGE, "'%s' is given twice", values->v[i]);
		if (rc == ZP_OK)
			rc = strlist_add(field, values->v[i], why);
	}
	return rc;
}

/* The index of text in choices. */
static int
find_choice(int *index, const char *const *choices, const char *text, struct fault *why)
{
	struct bytes all = { 0 };

	for (*index = 0; choices[*index] != NULL; ++*index)
		if (strcmp(choices[*index], text) == 0)
			return ZP_OK;
	for (size_t i = 0; choices[i] != NULL; i++)
		bytes_printf(&all, "%s%s", i == 0 ? "" : choices[i + 1] == NULL ? " or " : ", ", choices[i]);
	(void)fault_set(why, ZP_EUSAGE, "'%s' is not one of %s", text, bytes_text(&all));
	bytes_release(&all);
	return ZP_EUSAGE;
}

static int
set_flag(bool *field, const char *text, struct fault *why)
{
	static const char *const words[] = { "no", "yes", "false", "true", "off", "on", NULL };
	int index;
	int rc = find_choice(&index, words, text, why);

	if (rc == ZP_OK)
		*field = index % 2 != 0;
	return rc;
}

static int
say_range(const struct conf_row *row, const char *text, struct fault *why)
{
	const int64_t unit = row->kind == CONF_SECONDS ? 1000 : 1;
	struct bytes min = { 0 };
	struct bytes max = { 0 };

	timepiece_print_duration(&min, row->min * unit);
	timepiece_print_duration(&max, row->max * unit);
	(void)fault_set(why, ZP_EUSAGE, "'%s' is out of range: from %s to %s", text, bytes_text(&min),
	    bytes_text(&max));
	bytes_release(&min);
	bytes_release(&max);
	return ZP_EUSAGE;
}

static int
set_duration(int64_t *field, const struct conf_row *row, const char *text, struct fault *why)
{
	int64_t ms;
	int rc = timepiece_parse_duration(&ms, text, why);

	if (rc == ZP_OK && row->kind == CONF_SECONDS && ms % 1000 != 0)
		return fault_set(why, ZP_EUSAGE, "'%s' is not a number of whole seconds", text);
	if (rc == ZP_OK && row->kind == CONF_SECONDS)
		ms /= 1000;
	if (rc == ZP_OK && (ms < row->min || ms > row->max))
		return say_range(row, text, why);
	if (rc == ZP_OK)
		*field = ms;
	return rc;
}

static int
set_choice(int *field, const struct conf_row *row, const char *text, struct fault *why)
{
	int index;
	int rc = find_choice(&index, row->choices, text, why);

	if (rc == ZP_OK)
		*field = row->first + index;
	return rc;
}

static int
set_word(char **field, const struct conf_row *row, const char *text, struct fault *why)
{
	int index;
	int rc = find_choice(&index, row->choices, text, why);

	return rc == ZP_OK ? set_text(field, row, text, why) : rc;
}

int
conf_value_set(void *section, const struct conf_row *row, const struct strlist *values,
    struct fault *why)
{
	void *field = (char *)section + row->at;
	const char *last = values->n > 0 ? values->v[values->n - 1] : "";
	int rc;

	for (size_t i = 0; i < values->n; i++) {
		rc = check_text(values->v[i], why);
		if (rc != ZP_OK)
			return rc;
	}
	switch (row->kind) {
	case CONF_TEXT:
	case CONF_SERVER:
	case CONF_ADDRESS:
		return set_text(field, row, last, why);
	case CONF_TEXTS:
	case CONF_WORDS:
	case CONF_ADDRESSES:
	case CONF_URIS:
		return set_texts(field, row, values, why);
	case CONF_CHOICE:
		return set_choice(field, row, last, why);
	case CONF_WORD:
		return set_word(field, row, last, why);
	case CONF_FLAG:
		return set_flag(field, last, why);
	case CONF_NUMBER:
		return conf_value_number(field, last, row->min, row->max, why);
	case CONF_SECONDS:
	case CONF_DURATION:
		return set_duration(field, row, last, why);
	case CONF_HOST:
		return name_parse_host(field, last, why);
	case CONF_CUSTOM:
		return row->parse(section, row, values, why);
	case CONF_SECTION:
	case CONF_OPTIONAL:
	case CONF_ARRAY:
		break;
	}
	return fault_set(why, ZP_EUSAGE, "a section has no value");
}
