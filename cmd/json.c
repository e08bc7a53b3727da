/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/json.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "cmd/output.h"

struct json {
	json_t *value;
	bool broken;	/* something was lost for want of memory */
};

static struct json *
make(json_t *value)
{
	struct json *j = calloc(1, sizeof *j);

	if (j == NULL || value == NULL) {
		json_decref(value);
		free(j);
		return NULL;
	}
	j->value = value;
	return j;
}

struct json *
json_make_object(void)
{
	return make(json_object());
}

struct json *
json_make_list(void)
{
	return make(json_array());
}

/* Octets that are no UTF-8, each as one code point. */
static json_t *
octets_value(const uint8_t *data, size_t len)
{
	struct bytes utf8 = { 0 };
	json_t *value;

	for (size_t i = 0; i < len; i++) {
		if (data[i] < 0x80) {
			bytes_append_u8(&utf8, data[i]);
			continue;
		}
		bytes_append_u8(&utf8, (uint8_t)(0xc0 | data[i] >> 6));
		bytes_append_u8(&utf8, (uint8_t)(0x80 | (data[i] & 0x3f)));
	}
	value = bytes_is_broken(&utf8) ? NULL : json_stringn(bytes_text(&utf8), utf8.len);
	bytes_release(&utf8);
	return value;
}

static json_t *
text_value(const void *data, size_t len)
{
	json_t *value = json_stringn(data, len);

	return value != NULL ? value : octets_value(data, len);
}

static void
put_value(struct json *object, const char *key, json_t *value)
{
	if (object == NULL)
		json_decref(value);
	else if (value == NULL || json_object_set_new(object->value, key, value) != 0)
		object->broken = true;
}

static void
add_value(struct json *list, json_t *value)
{
	if (list == NULL)
		json_decref(value);
	else if (value == NULL || json_array_append_new(list->value, value) != 0)
		list->broken = true;
}

void
json_put_text(struct json *object, const char *key, const char *text)
{
	put_value(object, key, text == NULL ? json_null() : text_value(text, strlen(text)));
}

void
json_put_number(struct json *object, const char *key, int64_t v)
{
	put_value(object, key, json_integer(v));
}

void
json_put_bool(struct json *object, const char *key, bool v)
{
	put_value(object, key, json_boolean(v));
}

void
json_put_null(struct json *object, const char *key)
{
	put_value(object, key, json_null());
}

/* Take the value out of part; what was lost in it is lost in whole. */
static json_t *
open_part(struct json *whole, struct json *part)
{
	json_t *value = NULL;

	if (part != NULL) {
		value = part->value;
		if (whole != NULL && part->broken)
			whole->broken = true;
	}
	free(part);
	return value;
}

void
json_put(struct json *object, const char *key, struct json *part)
{
	put_value(object, key, open_part(object, part));
}

void
json_add_text(struct json *list, const char *text)
{
	add_value(list, text == NULL ? json_null() : text_value(text, strlen(text)));
}

void
json_add_octets(struct json *list, const void *data, size_t len)
{
	add_value(list, text_value(len > 0 ? data : "", len));
}

void
json_add(struct json *list, struct json *part)
{
	add_value(list, open_part(list, part));
}

int
json_print(struct bytes *out, const struct json *document, struct fault *why)
{
	char *text = document == NULL || document->broken ? NULL :
	    json_dumps(document->value, JSON_INDENT(2));

	if (text == NULL)
		return fault_set_nomem(why);
	bytes_append_text(out, text);
	bytes_append_u8(out, '\n');
	free(text);
	return bytes_check(out, why);
}

int
json_show(const struct json *document, struct fault *why)
{
	struct bytes text = { 0 };
	int class = json_print(&text, document, why);

	if (class == ZP_OK)
		class = output_print(&text, why);
	bytes_release(&text);
	return class;
}

void
json_free(struct json *document)
{
	if (document == NULL)
		return;
	json_decref(document->value);
	free(document);
}
