/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "zonegen/tlsa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FIELD_USAGE, FIELD_SELECTOR, FIELD_MATCHING, FIELDS_N };
enum { USAGE_MAX = 3, SELECTOR_MAX = 1, MATCHING_MAX = 2, TLSA_HEAD = 3, WORD_MAX = 16 };

static const struct field {
	const char *name;
	unsigned max;
	const char *words[4];	/* RFC 7218 */
} fields[FIELDS_N] = {
	{ "usage", USAGE_MAX, { "PKIX-TA", "PKIX-EE", "DANE-TA", "DANE-EE" } },
	{ "selector", SELECTOR_MAX, { "Cert", "SPKI", NULL, NULL } },
	{ "matching type", MATCHING_MAX, { "Full", "SHA2-256", "SHA2-512", NULL } },
};

/* Read one field and move *at behind it and the blanks that follow. */
static int
parse_field(uint8_t *out, const char **at, const struct field *f, unsigned max, struct fault *why)
{
	char word[WORD_MAX] = "";
	size_t len = strcspn(*at, " \t\r\n");
	const char *start = *at;
	unsigned long v;

	if (len == 0)
		return fault_set(why, ZP_EUSAGE, "the %s is missing", f->name);
	if (len < sizeof word)
		memcpy(word, start, len);
	*at += len;
	*at += strspn(*at, " \t\r\n");

	for (unsigned i = 0; i < 4; i++)
		if (f->words[i] != NULL && strcasecmp(word, f->words[i]) == 0) {
			*out = (uint8_t)i;
			return ZP_OK;
		}
	if (word[0] == '\0' || strlen(word) > 3 || strspn(word, "0123456789") != strlen(word))
		return fault_set(why, ZP_EUSAGE, "the %s '%.*s' is no number", f->name,
		    (int)(len < 40 ? len : 40), start);
	v = strtoul(word, NULL, 10);
	if (v > max)
		return fault_set(why, ZP_EUSAGE, "the %s %s is not in 0 to %u", f->name, word, max);
	*out = (uint8_t)v;
	return ZP_OK;
}

int
tlsa_parse_params(struct tlsa_params *out, const char *text, struct fault *why)
{
	uint8_t v[FIELDS_N];
	const char *at = text + strspn(text, " \t");

	*out = (struct tlsa_params){ 0 };
	for (unsigned i = 0; i < FIELDS_N; i++) {
		int class = parse_field(&v[i], &at, &fields[i], fields[i].max, why);

		if (class != ZP_OK)
			return fault_prepend(why, "TLSA parameters '%.60s'", text);
	}
	if (*at != '\0')
		return fault_set(why, ZP_EUSAGE,
		    "TLSA parameters '%.60s': three fields are wanted, such as \"3 1 1\"", text);
	*out = (struct tlsa_params){ v[FIELD_USAGE], v[FIELD_SELECTOR], v[FIELD_MATCHING] };
	return ZP_OK;
}

int
tlsa_parse(struct bytes *rdata, const char *text, struct fault *why)
{
	const char *at = text + strspn(text, " \t\r\n");

	bytes_clear(rdata);
	for (unsigned i = 0; i < FIELDS_N; i++) {
		uint8_t v;
		int class = parse_field(&v, &at, &fields[i], UINT8_MAX, why);

		if (class != ZP_OK)
			return fault_prepend(why, "TLSA record '%.60s'", text);
		bytes_append_u8(rdata, v);
	}
	if (!bytes_parse_hex(rdata, at))
		return fault_set(why, ZP_EUSAGE,
		    "TLSA record '%.60s': the data is not pairs of hex digits", text);
	if (rdata->len == TLSA_HEAD)
		return fault_set(why, ZP_EUSAGE, "TLSA record '%.60s': the data is missing", text);
	if (rdata->len > UINT16_MAX)
		return fault_set(why, ZP_EUSAGE, "TLSA record '%.60s': longer than a record can be",
		    text);
	return bytes_check(rdata, why);
}

void
tlsa_print(struct bytes *out, const void *rdata, size_t len)
{
	const uint8_t *p = rdata;

	if (len < TLSA_HEAD)
		return;
	bytes_printf(out, "%u %u %u ", p[0], p[1], p[2]);
	bytes_append_hex(out, p + TLSA_HEAD, len - TLSA_HEAD);
}

/* Append what the matching type makes of the selected octets. */
static int
append_matched(struct bytes *out, uint8_t matching, const struct bytes *selected,
    struct fault *why)
{
	uint8_t digest[DIGEST_SHA512];
	int class;

	switch (matching) {
	case 0:
		bytes_append(out, selected->data, selected->len);
		return bytes_check(out, why);
	case 1:
		class = digest_sha256(digest, selected->data, selected->len, why);
		if (class == ZP_OK)
			bytes_append(out, digest, DIGEST_SHA256);
		break;
	case 2:
		class = digest_sha512(digest, selected->data, selected->len, why);
		if (class == ZP_OK)
			bytes_append(out, digest, DIGEST_SHA512);
		break;
	default:
		return fault_set(why, ZP_EUSAGE, "the matching type %u is unknown", matching);
	}
	return class == ZP_OK ? bytes_check(out, why) : class;
}

/* The certificate that an issuer record is made of. */
static int
select_issuer(const struct cert **out, const struct tlsa_params *p,
    const struct tlsa_source *source, struct fault *why)
{
	unsigned depth = source->issuer == 0 ? 1 : source->issuer;

	*out = NULL;
	if (source->chain == NULL || source->chain->n == 0)
		return fault_set(why, ZP_EUSAGE,
		    "usage %u stands for an issuing certificate: give a file with the whole chain",
		    p->usage);
	if (depth >= source->chain->n)
		return fault_set(why, ZP_EUSAGE,
		    "usage %u wants issuer %u above the leaf, but %zu certificate%s follow%s the leaf",
		    p->usage, depth, source->chain->n - 1, source->chain->n == 2 ? "" : "s",
		    source->chain->n == 2 ? "s" : "");
	for (unsigned i = 0; i < depth; i++)
		if (!cert_is_issued_by(&source->chain->v[i], &source->chain->v[i + 1]))
			return fault_set(why, ZP_EUSAGE,
			    "certificate %u of the chain was not issued by the next one: put the "
			    "chain in order", i + 1);
	*out = &source->chain->v[depth];
	return ZP_OK;
}

int
tlsa_make(struct bytes *rdata, const struct tlsa_params *p, const struct tlsa_source *source,
    struct fault *why)
{
	const struct cert *cert = NULL;
	const struct bytes *selected;

	bytes_clear(rdata);
	if (p->usage == 0 || p->usage == 2) {
		int class = select_issuer(&cert, p, source, why);

		if (class != ZP_OK)
			return class;
	} else if (source->chain != NULL && source->chain->n > 0) {
		cert = &source->chain->v[0];
	}
	if (p->selector == 0 && cert == NULL)
		return fault_set(why, ZP_EUSAGE,
		    "selector 0 stands for a whole certificate, and there is only a key");
	if (cert != NULL)
		selected = p->selector == 0 ? &cert->der : &cert->key.spki;
	else
		selected = &source->key->spki;

	bytes_append_u8(rdata, p->usage);
	bytes_append_u8(rdata, p->selector);
	bytes_append_u8(rdata, p->matching);
	return append_matched(rdata, p->matching, selected, why);
}

/* Full data must be what the selector says. */
static int
check_full(uint8_t selector, const uint8_t *data, size_t len, struct fault *why)
{
	struct chain chain = { 0 };
	struct key_facts key = { 0 };
	struct bytes copy = { 0 };
	int class;

	if (selector == 0) {
		class = chain_add_der(&chain, data, len, why);
		chain_release(&chain);
		return class == ZP_OK ? ZP_OK :
		    fault_set(why, ZP_EUSAGE, "the data is no certificate in DER");
	}
	bytes_append(&copy, data, len);
	class = bytes_check(&copy, why);
	if (class == ZP_OK &&
	    (keyfile_parse(&key, &copy, "the data", NULL, why) != ZP_OK || key.is_private ||
	    key.spki.len != len || memcmp(key.spki.data, data, len) != 0))
		class = fault_set(why, ZP_EUSAGE, "the data is no public key in DER");
	key_facts_release(&key);
	bytes_release(&copy);
	return class;
}

static int
check_digest(uint8_t matching, const uint8_t *data, size_t len, struct fault *why)
{
	size_t want = matching == 1 ? DIGEST_SHA256 : DIGEST_SHA512;
	struct bytes nothing = { 0 }, empty = { 0 };
	bool is_empty;
	int class;

	if (len != want)
		return fault_set(why, ZP_EUSAGE,
		    "matching type %u wants %zu octets of data, and there are %zu", matching, want, len);
	class = append_matched(&empty, matching, &nothing, why);
	is_empty = class == ZP_OK && memcmp(empty.data, data, len) == 0;
	bytes_release(&empty);
	if (is_empty)
		return fault_set(why, ZP_EUSAGE,
		    "the data is the digest of nothing: whatever made it read an empty input");
	return class;
}

int
tlsa_check(const void *rdata, size_t len, struct fault *why)
{
	const unsigned max[FIELDS_N] = { USAGE_MAX, SELECTOR_MAX, MATCHING_MAX };
	const uint8_t *p = rdata;

	if (len <= TLSA_HEAD)
		return fault_set(why, ZP_EUSAGE, "the TLSA record is too short");
	for (unsigned i = 0; i < FIELDS_N; i++)
		if (p[i] > max[i])
			return fault_set(why, ZP_EUSAGE, "the %s %u is unknown", fields[i].name, p[i]);
	if (p[2] == 0)
		return check_full(p[1], p + TLSA_HEAD, len - TLSA_HEAD, why);
	return check_digest(p[2], p + TLSA_HEAD, len - TLSA_HEAD, why);
}

bool
tlsa_is_smtp_port(uint16_t port)
{
	return port == 25 || port == 465 || port == 587;
}

bool
tlsa_matches_cert(const void *rdata, size_t len, const struct cert *c)
{
	const uint8_t *p = rdata;
	struct bytes data = { 0 };
	struct fault ignored;
	bool same;

	if (len <= TLSA_HEAD || p[1] > SELECTOR_MAX || p[2] > MATCHING_MAX)
		return false;
	same = append_matched(&data, p[2], p[1] == 0 ? &c->der : &c->key.spki, &ignored) == ZP_OK &&
	    data.len == len - TLSA_HEAD && memcmp(data.data, p + TLSA_HEAD, data.len) == 0;
	bytes_release(&data);
	return same;
}

bool
tlsa_matches_chain(const void *rdata, size_t len, const struct chain *chain, size_t *depth)
{
	const uint8_t *p = rdata;
	size_t from = 0, to = chain->n;

	if (len <= TLSA_HEAD || p[0] > USAGE_MAX)
		return false;
	if (p[0] == 1 || p[0] == 3)
		to = chain->n > 0 ? 1 : 0;
	else
		from = 1;
	for (size_t i = from; i < to; i++) {
		if (!tlsa_matches_cert(rdata, len, &chain->v[i]))
			continue;
		if (depth != NULL)
			*depth = i;
		return true;
	}
	return false;
}

int
tlsa_parse_port(uint16_t *port, char protocol[8], const char *text, struct fault *why)
{
	static const char *const known[] = { "tcp", "udp", "sctp" };
	size_t digits = strspn(text, "0123456789");
	unsigned long v = digits > 0 && digits <= 5 ? strtoul(text, NULL, 10) : 0;
	const char *word = text[digits] == '/' ? text + digits + 1 : "tcp";

	*port = 0;
	(void)snprintf(protocol, 8, "tcp");
	if (v == 0 || v > UINT16_MAX || (text[digits] != '\0' && text[digits] != '/'))
		return fault_set(why, ZP_EUSAGE, "'%.40s' is no port: give 1 to 65535, or such as 25/tcp",
		    text);
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strcasecmp(word, known[i]) != 0)
			continue;
		*port = (uint16_t)v;
		(void)snprintf(protocol, 8, "%s", known[i]);
		return ZP_OK;
	}
	return fault_set(why, ZP_EUSAGE, "'%.40s': the protocol is none of tcp, udp, sctp", text);
}

int
tlsa_owner(struct name *out, uint16_t port, const char *protocol, const struct name *host,
    struct fault *why)
{
	char prefix[32];

	(void)snprintf(prefix, sizeof prefix, "_%u._%s", port, protocol != NULL ? protocol : "tcp");
	return name_prepend(out, prefix, host, why);
}
