/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/wire.h"

#include <ctype.h>
#include <limits.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dns/charstr.h"
#include "dns/wire_inner.h"

enum { TEXT_MAX = 60000 };	/* ldns has buffers of 65535 octets for a record */

int
wire_parse_type(uint16_t *out, const char *text, struct fault *why)
{
	unsigned v = 0;
	size_t i = 4;

	*out = 0;
	if (strncasecmp(text, "TYPE", 4) != 0 || !isdigit((unsigned char)text[4])) {
		*out = (uint16_t)ldns_get_rr_type_by_name(text);
		if (*out == 0)
			return fault_set(why, ZP_EUSAGE, "'%.40s' is no record type", text);
		return ZP_OK;
	}
	while (isdigit((unsigned char)text[i]) && i < 10)
		v = v * 10 + (unsigned)(text[i++] - '0');
	if (text[i] != '\0' || v > UINT16_MAX)
		return fault_set(why, ZP_EUSAGE, "'%.40s' is no record type: TYPE0 to TYPE65535", text);
	*out = (uint16_t)v;
	return ZP_OK;
}

/* \# LENGTH HEX (RFC 3597 5); text begins behind the mark. */
static int
parse_unknown(struct bytes *out, uint16_t type, const char *text, struct fault *why)
{
	struct bytes raw = { 0 };
	unsigned long want;
	char *end;
	int class = ZP_OK;

	while (isblank((unsigned char)*text))
		text++;
	want = isdigit((unsigned char)*text) ? strtoul(text, &end, 10) : ULONG_MAX;
	if (want > UINT16_MAX || (*end != '\0' && !isblank((unsigned char)*end)))
		return fault_set(why, ZP_EUSAGE, "after \\# comes the number of octets (RFC 3597)");
	if (!bytes_parse_hex(&raw, end) && !raw.broken)
		class = fault_set(why, ZP_EUSAGE, "the octets after \\# are not in hexadecimal");
	else if (raw.len != want && !raw.broken)
		class = fault_set(why, ZP_EUSAGE, "\\# says %lu octets and %zu follow", want, raw.len);
	else
		class = bytes_check(&raw, why);
	if (class == ZP_OK)
		class = wire_canonical_rdata(out, type, raw.data, raw.len, why);
	bytes_release(&raw);
	return class;
}

/*
 * ldns reads whole lines.  It ends a line at a semicolon and joins lines in
 * parentheses: neither may come in unseen.
 */
static int
check_text(const char *text, struct fault *why)
{
	bool quoted = false;

	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if ((unsigned char)*p < ' ' && *p != '\t')
			return fault_set(why, ZP_EUSAGE, "a control character in the record data");
		else if (!quoted && strchr(";()", *p) != NULL)
			return fault_set(why, ZP_EUSAGE,
			    "'%c' does not belong into the record data: quote it", *p);
	}
	if (quoted)
		return fault_set(why, ZP_EUSAGE, "a quoted string does not end");
	if (strlen(text) > TEXT_MAX)
		return fault_set(why, ZP_EUSAGE, "the record data are too long");
	return ZP_OK;
}

/* The largest number that a field of this kind takes; 0 if it is not one. */
static uint64_t
number_limit(ldns_rdf_type kind)
{
	switch ((int)kind) {
	case LDNS_RDF_TYPE_INT8:
	case LDNS_RDF_TYPE_ALG:
	case LDNS_RDF_TYPE_CERTIFICATE_USAGE:
	case LDNS_RDF_TYPE_SELECTOR:
	case LDNS_RDF_TYPE_MATCHING_TYPE:
		return UINT8_MAX;
	case LDNS_RDF_TYPE_INT16:
	case LDNS_RDF_TYPE_CERT_ALG:
		return UINT16_MAX;
	case LDNS_RDF_TYPE_INT32:
	case LDNS_RDF_TYPE_PERIOD:
		return UINT32_MAX;
	default:
		return 0;
	}
}

/* ldns leaks memory on a word that is none. */
static bool
is_certificate_type(const char *word, size_t len)
{
	char text[16];

	if (len >= sizeof text)
		return false;
	memcpy(text, word, len);
	text[len] = '\0';
	return ldns_lookup_by_name(ldns_cert_algorithms, text) != NULL;
}

/* One number, name or hexadecimal tail, where ldns would cut it to size unseen or say little. */
static int
check_field(const char *word, size_t len, ldns_rdf_type kind, struct fault *why)
{
	uint64_t limit = number_limit(kind), v = 0;
	size_t digits = 0, i = 0;
	char name_text[NAME_TEXT_MAX];
	struct name name;

	if (limit > 0) {
		if (*word == '-' || *word == '+')
			return fault_set(why, ZP_EUSAGE, "'%.*s' is no number from 0 to %llu",
			    (int)len, word, (unsigned long long)limit);
		while (i < len && i < 12 && isdigit((unsigned char)word[i]))
			v = v * 10 + (uint64_t)(word[i++] - '0');
		if (v > limit)
			return fault_set(why, ZP_EUSAGE, "%.*s is too large: at most %llu",
			    (int)i, word, (unsigned long long)limit);
		if (kind == LDNS_RDF_TYPE_CERT_ALG && v == 0 && !is_certificate_type(word, len))
			return fault_set(why, ZP_EUSAGE, "'%.*s' is no certificate type", (int)len, word);
		return ZP_OK;
	}
	if (kind == LDNS_RDF_TYPE_DNAME && len < sizeof name_text) {
		memcpy(name_text, word, len);
		name_text[len] = '\0';
		if (name_parse(&name, name_text, NULL, why) != ZP_OK)
			return ZP_EUSAGE;
		/* ldns takes every name that begins with such a label for the origin. */
		if (name.len > 2 && memcmp(name.wire, "\001@", 2) == 0 && len > 1)
			return fault_set(why, ZP_EUSAGE,
			    "a name with '@' for its first label is not read here");
		return ZP_OK;
	}
	if (kind != LDNS_RDF_TYPE_HEX)
		return ZP_OK;
	for (; word[i] != '\0'; i++) {
		if (isblank((unsigned char)word[i]))
			continue;
		if (!isxdigit((unsigned char)word[i]))
			return fault_set(why, ZP_EUSAGE, "'%c' is no hexadecimal digit", word[i]);
		digits++;
	}
	if (digits % 2 != 0)
		return fault_set(why, ZP_EUSAGE, "an odd number of hexadecimal digits");
	return ZP_OK;
}

static int
check_fields(uint16_t type, const char *text, struct fault *why)
{
	const ldns_rr_descriptor *d = ldns_rr_descript(type);

	for (size_t i = 0; i < ldns_rr_descriptor_maximum(d); i++) {
		size_t len = 0;
		bool quoted = false;
		int class;

		while (isblank((unsigned char)*text))
			text++;
		for (; text[len] != '\0' && (quoted || !isblank((unsigned char)text[len])); len++) {
			if (text[len] == '\\' && text[len + 1] != '\0')
				len++;
			else if (text[len] == '"')
				quoted = !quoted;
		}
		if (len == 0)
			break;
		class = check_field(text, len, ldns_rr_descriptor_field_type(d, i), why);
		if (class != ZP_OK)
			return class;
		text += len;
	}
	return ZP_OK;
}

static int
parse_fields(struct bytes *out, uint16_t type, const char *text, const struct name *origin,
    struct fault *why)
{
	static const uint8_t root[] = { 0 };
	struct bytes line = { 0 }, raw = { 0 };
	char mnemonic[16];
	ldns_rdf *base = NULL;
	ldns_rr *rr = NULL;
	ldns_status status;
	int class;

	class = check_text(text, why);
	if (class == ZP_OK)
		class = check_fields(type, text, why);
	if (class != ZP_OK)
		return class;
	bytes_printf(&line, ". 0 IN %s %s", wire_print_type(mnemonic, type), text);
	base = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, origin != NULL ? origin->len : 1,
	    origin != NULL ? origin->wire : root);
	class = bytes_check(&line, why);
	if (class == ZP_OK && base == NULL)
		class = fault_set_nomem(why);
	if (class != ZP_OK)
		goto out;

	status = ldns_rr_new_frm_str(&rr, bytes_text(&line), 0, base, NULL);
	if (status != LDNS_STATUS_OK || ldns_rr_get_type(rr) != (ldns_rr_type)type) {
		class = status == LDNS_STATUS_MEM_ERR ? fault_set_nomem(why) :
		    fault_set(why, ZP_EUSAGE, "%s", status == LDNS_STATUS_OK ? "not understood" :
		    ldns_get_errorstr_by_id(status));
		goto out;
	}
	class = wire_gather(&raw, rr, why);
	if (class == ZP_OK)
		class = wire_canonical_rdata(out, type, raw.data, raw.len, why);
out:
	ldns_rr_free(rr);
	ldns_rdf_deep_free(base);
	bytes_release(&raw);
	bytes_release(&line);
	return class;
}

int
wire_parse_rdata(struct bytes *out, uint16_t type, const char *text, const struct name *origin,
    struct fault *why)
{
	char mnemonic[16];
	int class;

	bytes_clear(out);
	while (isblank((unsigned char)*text))
		text++;
	if (wire_is_meta(type))
		class = fault_set(why, ZP_EUSAGE, "the type is for messages only");
	else if (strncmp(text, "\\#", 2) == 0 && (text[2] == '\0' || isblank((unsigned char)text[2])))
		class = parse_unknown(out, type, text + 2, why);
	else if (wire_is_strings(type))
		class = charstr_parse(out, text, why);
	else if (!wire_is_known(type))
		class = fault_set(why, ZP_EUSAGE,
		    "the fields of this type are not read here: write \\# LENGTH HEX (RFC 3597)");
	else
		class = parse_fields(out, type, text, origin, why);

	if (class == ZP_OK)
		class = bytes_check(out, why);
	if (class == ZP_OK && out->len > UINT16_MAX)
		class = fault_set(why, ZP_EUSAGE, "the record data are larger than 65535 octets");
	if (class != ZP_OK)
		bytes_clear(out);
	if (class == ZP_EUSAGE)
		(void)fault_prepend(why, "%s record '%.60s%s'", wire_print_type(mnemonic, type), text,
		    strlen(text) > 60 ? "..." : "");
	return class;
}
