/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "live/anchor.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/file.h"
#include "dns/wire.h"

enum { ANCHOR_FILE_MAX = 1 << 20, ANCHOR_FIXED = 4 };

static const char *const system_files[] = {
	"/usr/share/dns/root.key", "/var/lib/unbound/root.key", "/etc/unbound/root.key",
	"/etc/trusted-key.key", "/usr/share/dns/root.ds"
};

/* One record's text, comments and parentheses taken out. */
struct entry {
	struct bytes text;
	unsigned depth;		/* open parentheses */
	bool passed_over;	/* marked as not trusted (yet, or any more) */
};

/*
 * Only "VALID" (2) and "MISSING" (3) keys are trusted (RFC 5011 4.2), as
 * unbound-anchor notes them behind the record.
 */
static bool
comment_distrusts(const char *comment)
{
	const char *state = strstr(comment, ";state=");

	return state != NULL && state[7] != '2' && state[7] != '3';
}

/* Add one line to the entry; true when the record is complete. */
static bool
entry_add(struct entry *e, const char *line)
{
	const char *p = line;

	for (; *p != '\0' && *p != ';'; p++) {
		if (*p == '(')
			e->depth++;
		else if (*p == ')' && e->depth > 0)
			e->depth--;
		bytes_append(&e->text, *p == '(' || *p == ')' ? " " : p, 1);
	}
	if (*p == ';' && comment_distrusts(p))
		e->passed_over = true;
	bytes_append(&e->text, " ", 1);
	return e->depth == 0;
}

static char *
next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t\r"), *end;

	if (*word == '\0')
		return NULL;
	end = word + strcspn(word, " \t\r");
	*rest = end + (*end != '\0');
	*end = '\0';
	return word;
}

static bool
is_number(const char *word)
{
	return word[strspn(word, "0123456789")] == '\0' && word[0] != '\0';
}

/* owner [ttl] [class] type rdata; the last owner stands in for a blank one. */
static int
add_record(struct anchors *a, char *text, struct name *owner, struct fault *why)
{
	bool blank = text[0] == ' ' || text[0] == '\t';
	struct bytes rdata = { 0 }, line = { 0 };
	char *rest = text, *word, name[NAME_TEXT_MAX], type_text[16];
	uint16_t type;
	int rc;

	word = next_word(&rest);
	if (word == NULL || word[0] == '$')
		return ZP_OK;
	if (!blank && ((rc = name_parse(owner, word, NULL, why)) != ZP_OK ||
	    (word = next_word(&rest)) == NULL))
		return rc != ZP_OK ? rc : fault_set(why, ZP_EUSAGE, "a record without a type");
	while (word != NULL && (is_number(word) || strcasecmp(word, "IN") == 0))
		word = next_word(&rest);
	if (word == NULL)
		return fault_set(why, ZP_EUSAGE, "a record without a type");
	if ((rc = wire_parse_type(&type, word, why)) != ZP_OK)
		return rc;
	if (type != RRTYPE_DS && type != RRTYPE_DNSKEY)
		return ZP_OK;
	if (name_is_empty(owner))
		return fault_set(why, ZP_EUSAGE, "a record without an owner");
	if ((rc = wire_parse_rdata(&rdata, type, rest, NULL, why)) != ZP_OK)
		goto out;
	if (rdata.len <= ANCHOR_FIXED) {
		rc = fault_set(why, ZP_EUSAGE, "a %s record without a %s", word,
		    type == RRTYPE_DS ? "digest" : "key");
		goto out;
	}
	if ((rc = recset_add(&a->sets, owner, type, 3600, rdata.data, rdata.len, why)) != ZP_OK)
		goto out;
	bytes_printf(&line, "%s IN %s ", name_print(name, owner), wire_print_type(type_text, type));
	if ((rc = wire_print_rdata(&line, type, rdata.data, rdata.len, why)) == ZP_OK &&
	    (rc = bytes_check(&line, why)) == ZP_OK)
		rc = strlist_add(&a->lines, bytes_text(&line), why);
out:
	bytes_release(&line);
	bytes_release(&rdata);
	return rc;
}

int
anchors_parse(struct anchors *out, const char *text, const char *where, struct fault *why)
{
	struct entry entry = { 0 };
	struct name owner = { 0 };
	char *copy = strdup(text), *line = copy, *end;
	unsigned number = 0;
	int rc = ZP_OK;

	*out = (struct anchors){ 0 };
	if (copy == NULL)
		return fault_set_nomem(why);
	for (; line != NULL && rc == ZP_OK; line = end) {
		end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		number++;
		if (!entry_add(&entry, line))
			continue;
		if ((rc = bytes_check(&entry.text, why)) == ZP_OK && !entry.passed_over &&
		    (rc = add_record(out, (char *)entry.text.data, &owner, why)) != ZP_OK)
			(void)fault_prepend(why, "%s: line %u", where, number);
		bytes_clear(&entry.text);
		entry.passed_over = false;
	}
	if (rc == ZP_OK && entry.depth > 0)
		rc = fault_set(why, ZP_EUSAGE, "%s: a parenthesis is left open", where);
	if (rc == ZP_OK && out->sets.n == 0)
		rc = fault_set(why, ZP_EUSAGE,
		    "%s: no trust anchor in it: DS or DNSKEY records in zone-file form are wanted", where);
	if (rc != ZP_OK)
		anchors_release(out);
	bytes_release(&entry.text);
	free(copy);
	return rc;
}

static int
read_one(struct anchors *out, const char *path, struct fault *why)
{
	struct bytes text = { 0 };
	int rc = file_read(&text, path, ANCHOR_FILE_MAX, why);

	if (rc == ZP_OK)
		rc = anchors_parse(out, bytes_text(&text), path, why);
	bytes_release(&text);
	return rc;
}

int
anchors_read(struct anchors *out, const char *path, struct fault *why)
{
	struct bytes tried = { 0 };
	int rc = ZP_EABSENT;

	*out = (struct anchors){ 0 };
	if (path != NULL) {
		rc = read_one(out, path, why);
		if (rc != ZP_OK)
			(void)fault_prepend(why, "trust anchor");
		return rc == ZP_EABSENT ? fault_set(why, ZP_EUSAGE,
		    "trust anchor: there is no file %s", path) : rc;
	}
	for (size_t i = 0; i < sizeof system_files / sizeof system_files[0] && rc == ZP_EABSENT; i++) {
		bytes_printf(&tried, "%s%s", i > 0 ? ", " : "", system_files[i]);
		rc = read_one(out, system_files[i], why);
	}
	if (rc == ZP_EABSENT)
		rc = fault_set(why, ZP_EUSAGE, "no trust anchor of the root found (tried %s): "
		    "install one (Debian: dns-root-data) or give --trust-anchor FILE",
		    bytes_text(&tried));
	else if (rc != ZP_OK)
		(void)fault_prepend(why, "trust anchor");
	bytes_release(&tried);
	return rc;
}

const struct rrset *
anchors_find(const struct anchors *a, const struct name *name)
{
	unsigned labels = name_labels(name);

	for (unsigned skip = 0; skip <= labels; skip++) {
		struct name above = name_ancestor(name, skip);
		const struct rrset *set = recset_find(&a->sets, &above, RRTYPE_DS);

		if (set == NULL)
			set = recset_find(&a->sets, &above, RRTYPE_DNSKEY);
		if (set != NULL)
			return set;
	}
	return NULL;
}

void
anchors_release(struct anchors *a)
{
	recset_release(&a->sets);
	strlist_release(&a->lines);
	*a = (struct anchors){ 0 };
}
