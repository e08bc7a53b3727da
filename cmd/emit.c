/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/emit.h"

#include <string.h>

#include "base/file.h"
#include "cmd/json.h"
#include "cmd/output.h"
#include "dns/wire.h"

enum { LINE_WIDTH = 200, HEX_WIDTH = 64 };

static const char *const format_words[] = {
	[EMIT_ZONE] = "zone", [EMIT_LINE] = "line", [EMIT_NSUPDATE] = "nsupdate", [EMIT_JSON] = "json"
};

int
emit_parse_format(enum emit_format *out, const struct emit *e, bool json, struct fault *why)
{
	*out = json ? EMIT_JSON : EMIT_ZONE;
	if (e->format == NULL)
		return ZP_OK;
	for (size_t i = 0; i < sizeof format_words / sizeof format_words[0]; i++)
		if (strcmp(e->format, format_words[i]) == 0) {
			if (json && i != EMIT_JSON)
				return fault_set(why, ZP_EUSAGE, "--json and --format %s contradict each other",
				    e->format);
			*out = (enum emit_format)i;
			return ZP_OK;
		}
	return fault_set(why, ZP_EUSAGE, "--format: '%s' is none of zone, line, nsupdate, json",
	    e->format);
}

/* Length of the first word of text; a word in quotes keeps its blanks. */
static size_t
word_length(const char *text)
{
	bool quoted = false;
	size_t i = 0;

	while (text[i] != '\0' && (quoted || text[i] != ' ')) {
		if (text[i] == '\\' && text[i + 1] != '\0')
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		i++;
	}
	return i;
}

/* One word a line, in parentheses. */
static void
append_words(struct bytes *out, const char *rdata)
{
	bytes_append_text(out, "(");
	while (*rdata != '\0') {
		size_t len = word_length(rdata);

		bytes_append_text(out, "\n\t");
		bytes_append(out, rdata, len);
		rdata += len;
		while (*rdata == ' ')
			rdata++;
	}
	bytes_append_text(out, " )");
}

/* The last word, hex, in pieces of a line each, in parentheses. */
static void
append_hex_lines(struct bytes *out, const char *rdata)
{
	const char *hex = strrchr(rdata, ' ');

	hex = hex == NULL ? rdata : hex + 1;
	bytes_append(out, rdata, (size_t)(hex - rdata));
	bytes_append_text(out, "(");
	while (*hex != '\0') {
		size_t len = strnlen(hex, HEX_WIDTH);

		bytes_append_text(out, "\n\t");
		bytes_append(out, hex, len);
		hex += len;
	}
	bytes_append_text(out, " )");
}

static void
append_folded(struct bytes *out, uint16_t type, const char *rdata)
{
	if (strlen(rdata) <= LINE_WIDTH)
		bytes_append_text(out, rdata);
	else if (type == RRTYPE_TXT)
		append_words(out, rdata);
	else if (type == RRTYPE_TLSA)
		append_hex_lines(out, rdata);
	else
		bytes_append_text(out, rdata);
}

static struct json *
strings_list(const struct rdata *rdata)
{
	struct json *list = json_make_list();
	struct cursor c = cursor_make(rdata->data, rdata->len);

	while (cursor_left(&c) > 0) {
		size_t len = cursor_u8(&c);
		const uint8_t *s = cursor_take(&c, len);

		if (s == NULL)
			break;
		json_add_octets(list, s, len);
	}
	return list;
}

static struct json *
record_object(const struct rrset *set, size_t i, const char *rdata)
{
	struct json *o = json_make_object();
	char name[NAME_TEXT_MAX], type[16];

	json_put_text(o, "name", name_print(name, &set->owner));
	json_put_number(o, "ttl", set->ttl);
	json_put_text(o, "class", "IN");
	json_put_text(o, "type", wire_print_type(type, set->type));
	json_put_text(o, "rdata", rdata);
	if (set->type == RRTYPE_TXT)
		json_put(o, "strings", strings_list(&set->v[i]));
	return o;
}

static void
append_record(struct bytes *out, const struct rrset *set, const char *rdata,
    enum emit_format format)
{
	char name[NAME_TEXT_MAX], type[16];

	bytes_printf(out, "%s%s %u IN %s ", format == EMIT_NSUPDATE ? "update add " : "",
	    name_print(name, &set->owner), set->ttl, wire_print_type(type, set->type));
	if (format == EMIT_ZONE)
		append_folded(out, set->type, rdata);
	else
		bytes_append_text(out, rdata);
	bytes_append_u8(out, '\n');
}

static void
append_comments(struct bytes *out, const struct strlist *comments)
{
	for (size_t i = 0; comments != NULL && i < comments->n; i++)
		bytes_printf(out, "; %s\n", comments->v[i]);
}

int
emit_print(struct bytes *out, const struct emission *in, enum emit_format format,
    struct fault *why)
{
	struct json *list = format == EMIT_JSON ? json_make_list() : NULL;
	struct json *last = NULL;
	struct bytes rdata = { 0 };
	size_t n = 0;
	int class = ZP_OK;

	for (size_t i = 0; i < in->records->n; i++) {
		const struct rrset *set = &in->records->v[i];

		for (size_t j = 0; class == ZP_OK && j < set->n; j++, n++) {
			bytes_clear(&rdata);
			class = wire_print_rdata(&rdata, set->type, set->v[j].data, set->v[j].len, why);
			if (class == ZP_OK)
				class = bytes_check(&rdata, why);
			if (class != ZP_OK)
				goto out;
			if (format != EMIT_JSON) {
				append_record(out, set, bytes_text(&rdata), format);
				continue;
			}
			if (last != NULL)
				json_add(list, last);
			last = record_object(set, j, bytes_text(&rdata));
		}
	}
	if (format != EMIT_JSON) {
		append_comments(out, in->comments);
		class = bytes_check(out, why);
		goto out;
	}
	if (n == 1) {
		class = json_print(out, last, why);
		goto out;
	}
	if (n > 1) {
		json_add(list, last);
		last = NULL;
	}
	class = json_print(out, list, why);
out:
	json_free(last);
	json_free(list);
	bytes_release(&rdata);
	return class;
}

/* Does the output of e go to a file that is to be made or replaced? */
static bool
has_file(const struct emit *e)
{
	return e->output != NULL && strcmp(e->output, "-") != 0 && !file_is_special(e->output);
}

static int
refuse(const struct emit *e, struct fault *why)
{
	return fault_set(why, ZP_EREFUSED, "%s exists: give --force to replace it", e->output);
}

int
emit_check(const struct emit *e, bool json, struct fault *why)
{
	enum emit_format format;
	int class = emit_parse_format(&format, e, json, why);

	if (class == ZP_OK && has_file(e) && !e->force && file_exists(e->output))
		return refuse(e, why);
	return class;
}

int
emit_write(const struct emission *in, const struct emit *e, const struct globals *g,
    struct fault *why)
{
	struct bytes text = { 0 };
	enum emit_format format;
	int class = emit_parse_format(&format, e, g->json, why);

	if (class == ZP_OK)
		class = emit_print(&text, in, format, why);
	if (class != ZP_OK)
		goto out;
	if (e->output == NULL || strcmp(e->output, "-") == 0 || g->dry_run)
		class = output_print(&text, why);
	else if (!has_file(e))
		class = file_send(e->output, &text, why);
	else if (e->force && file_exists(e->output))
		class = file_replace(e->output, &text, FILE_BY_UMASK, why);
	else
		class = file_create(e->output, &text, FILE_BY_UMASK, why);
	if (class == ZP_EREFUSED)
		class = refuse(e, why);
out:
	bytes_release(&text);
	return class;
}
