/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/wire.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/charstr.h"
#include "dns/layout.h"
#include "dns/wire_inner.h"

enum { TYPE_SVCB = 64, TYPE_HTTPS = 65 };

/* Types whose rdata is one or more character strings and nothing else. */
bool
wire_is_strings(uint16_t type)
{
	static const uint16_t types[] = { RRTYPE_TXT, 56 /* NINFO */, 99 /* SPF */, 258 /* AVC */,
		261 /* RESINFO */, 262 /* WALLET */ };

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		if (types[i] == type)
			return true;
	}
	return false;
}

/* Types that stand in questions and messages only: they have no rdata of their own. */
bool
wire_is_meta(uint16_t type)
{
	return type == 0 || type == RRTYPE_OPT || (type >= 249 && type <= 255);
}

/* Does ldns have a name for it?  It fills gaps of its table with rows of type NULL. */
bool
wire_has_name(uint16_t type)
{
	const ldns_rr_descriptor *d = ldns_rr_descript(type);

	return d != NULL && d->_name != NULL && d->_type == (ldns_rr_type)type && !wire_is_meta(type);
}

/*
 * Types that ldns reads and writes field by field; all others are octets
 * (RFC 3597).  Some it knows, but reads or writes with less care than octets
 * of a stranger call for.
 */
bool
wire_is_known(uint16_t type)
{
	static const uint16_t careless[] = { 10 /* NULL */, 11 /* WKS */, 22 /* NSAP */,
		34 /* ATMA */, 42 /* APL */, 45 /* IPSECKEY */, 55 /* HIP */ };

	for (size_t i = 0; i < sizeof careless / sizeof careless[0]; i++) {
		if (careless[i] == type)
			return false;
	}
	return wire_has_name(type);
}

const char *
wire_print_type(char buf[16], uint16_t type)
{
	static const struct {
		uint16_t type;
		const char *name;
	} more[] = { { RRTYPE_TKEY, "TKEY" }, { RRTYPE_TSIG, "TSIG" }, { RRTYPE_IXFR, "IXFR" },
		{ RRTYPE_AXFR, "AXFR" }, { RRTYPE_ANY, "ANY" }, { RRTYPE_OPT, "OPT" } };

	if (wire_has_name(type))
		(void)snprintf(buf, 16, "%s", ldns_rr_descript(type)->_name);
	else
		(void)snprintf(buf, 16, "TYPE%u", (unsigned)type);
	for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
		if (more[i].type == type)
			(void)snprintf(buf, 16, "%s", more[i].name);
	}
	return buf;
}

/* The wire form of all fields of rr, as ldns has them. */
int
wire_gather(struct bytes *out, const struct ldns_struct_rr *rr, struct fault *why)
{
	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *field = ldns_rr_rdf(rr, i);

		if (field == NULL)
			return fault_set(why, ZP_EUSAGE, "a field is missing");
		bytes_append(out, ldns_rdf_data(field), ldns_rdf_size(field));
	}
	return bytes_check(out, why);
}

/* The windows of a list of types (RFC 4034 4.1.2), which ldns takes as they come. */
static bool
is_bitmap(const uint8_t *data, size_t len)
{
	int last = -1;

	while (len > 0) {
		size_t n;

		if (len < 2 || data[0] <= last)
			return false;
		last = data[0];
		n = data[1];
		if (n < 1 || n > 32 || len - 2 < n || data[1 + n] == 0)
			return false;
		data += 2 + n;
		len -= 2 + n;
	}
	return true;
}

static bool
has_good_bitmaps(const ldns_rr *rr)
{
	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *field = ldns_rr_rdf(rr, i);

		if (ldns_rdf_get_type(field) == LDNS_RDF_TYPE_BITMAP &&
		    !is_bitmap(ldns_rdf_data(field), ldns_rdf_size(field)))
			return false;
	}
	return true;
}

/* Read rdata into *rr; every octet must be used and come out again as it was. */
static int
load(ldns_rr **rr, uint16_t type, const void *data, size_t len, struct fault *why)
{
	struct bytes packed = { 0 }, again = { 0 };
	char mnemonic[16];
	size_t at = 0;
	ldns_status status;
	int class;

	*rr = ldns_rr_new();
	if (*rr == NULL)
		return fault_set_nomem(why);
	ldns_rr_set_type(*rr, (ldns_rr_type)type);
	bytes_append_u16(&packed, (uint16_t)len);
	bytes_append(&packed, data, len);
	class = bytes_check(&packed, why);
	if (class != ZP_OK)
		goto out;

	status = len > UINT16_MAX ? LDNS_STATUS_WIRE_INCOMPLETE_HEADER :
	    ldns_wire2rdf(*rr, packed.data, packed.len, &at);
	if (status == LDNS_STATUS_OK)
		class = wire_gather(&again, *rr, why);
	if (status == LDNS_STATUS_MEM_ERR)
		class = fault_set_nomem(why);
	else if (status != LDNS_STATUS_OK || at != packed.len || again.len != len ||
	    (len > 0 && memcmp(again.data, data, len) != 0) || !has_good_bitmaps(*rr))
		class = fault_set(why, ZP_EUSAGE, "%s record data of %zu octets are malformed",
		    wire_print_type(mnemonic, type), len);
out:
	if (class != ZP_OK) {
		ldns_rr_free(*rr);
		*rr = NULL;
	}
	bytes_release(&packed);
	bytes_release(&again);
	return class;
}

/* RFC 3597 5: what ldns does not know, or prints in a way that it cannot read. */
static int
print_unknown(struct bytes *out, const void *data, size_t len, struct fault *why)
{
	bytes_printf(out, "\\# %zu%s", len, len > 0 ? " " : "");
	bytes_append_hex(out, data, len);
	return bytes_check(out, why);
}

/* A name as it stands: not every type has its names in lower case. */
static void
print_name(struct bytes *out, const ldns_rdf *field)
{
	struct name n = { .len = (uint8_t)ldns_rdf_size(field) };
	char text[NAME_TEXT_MAX];

	memcpy(n.wire, ldns_rdf_data(field), n.len);
	bytes_append_text(out, name_print(text, &n));
}

/* ldns ends some fields with a blank. */
static void
append_trimmed(struct bytes *out, const uint8_t *text, size_t len)
{
	while (len > 0 && text[len - 1] == ' ')
		len--;
	bytes_append(out, text, len);
}

static int
print_fields(struct bytes *out, uint16_t type, const void *data, size_t len, struct fault *why)
{
	ldns_buffer *text = NULL;
	ldns_rr *rr = NULL;
	ldns_status status = LDNS_STATUS_OK;
	int class;

	class = load(&rr, type, data, len, why);
	if (class != ZP_OK)
		return class;
	text = ldns_buffer_new(256);
	if (text == NULL) {
		class = fault_set_nomem(why);
		goto out;
	}
	for (size_t i = 0; i < ldns_rr_rd_count(rr) && status == LDNS_STATUS_OK; i++) {
		const ldns_rdf *field = ldns_rr_rdf(rr, i);

		if (i > 0)
			bytes_append_u8(out, ' ');
		if (ldns_rdf_get_type(field) == LDNS_RDF_TYPE_DNAME) {
			print_name(out, field);
			continue;
		}
		ldns_buffer_clear(text);
		status = ldns_rdf2buffer_str(text, field);
		if (status == LDNS_STATUS_OK)
			append_trimmed(out, ldns_buffer_begin(text), ldns_buffer_position(text));
	}
	class = status == LDNS_STATUS_OK ? bytes_check(out, why) :
	    fault_set(why, ZP_EUSAGE, "record data that cannot be printed: %s",
	    ldns_get_errorstr_by_id(status));
out:
	ldns_buffer_free(text);
	ldns_rr_free(rr);
	return class;
}

int
wire_print_rdata(struct bytes *out, uint16_t type, const void *data, size_t len,
    struct fault *why)
{
	size_t begin = out->len;
	int class;

	if (wire_is_strings(type))
		class = charstr_print(out, data, len, why);
	else if (!wire_is_known(type) || type == TYPE_SVCB || type == TYPE_HTTPS)
		class = print_unknown(out, data, len, why);	/* ldns ends in an assertion on some */
	else
		class = print_fields(out, type, data, len, why);
	if (class != ZP_OK && out->data != NULL) {
		out->len = begin;
		out->data[begin] = '\0';
	}
	return class;
}

int
wire_print_rrset(struct bytes *out, const struct rrset *s, struct fault *why)
{
	char owner[NAME_TEXT_MAX], type[16];

	(void)name_print(owner, &s->owner);
	(void)wire_print_type(type, s->type);
	for (size_t i = 0; i < s->n; i++) {
		int class;

		bytes_printf(out, "%s %u IN %s ", owner, (unsigned)s->ttl, type);
		class = wire_print_rdata(out, s->type, s->v[i].data, s->v[i].len, why);
		if (class != ZP_OK)
			return class;
		bytes_append_u8(out, '\n');
	}
	return bytes_check(out, why);
}

int
wire_canonical_rdata(struct bytes *out, uint16_t type, const void *data, size_t len,
    struct fault *why)
{
	ldns_rr *rr = NULL;
	struct bytes text = { 0 };
	char mnemonic[16];
	int class;

	bytes_clear(out);
	if (len > UINT16_MAX)
		return fault_set(why, ZP_EUSAGE, "record data larger than 65535 octets");
	if (wire_is_strings(type))
		class = charstr_print(&text, data, len, why);
	else if (!wire_is_known(type))
		class = ZP_OK;
	else
		class = load(&rr, type, data, len, why);
	if (class == ZP_OK && !layout_expand(out, type, data, 0, len, false))
		class = fault_set(why, ZP_EUSAGE, "%s record data of %zu octets are malformed",
		    wire_print_type(mnemonic, type), len);
	if (class == ZP_OK)
		class = bytes_check(out, why);
	if (class != ZP_OK)
		bytes_clear(out);
	bytes_release(&text);
	ldns_rr_free(rr);
	return class;
}
