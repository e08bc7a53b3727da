/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/sign_sig0.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "dns/message.h"
#include "dns/name.h"

enum {
	KEY_FILE_MAX = 1 << 16,
	SIG_TYPE = 24,
	SIG_HEAD = 18,		/* octets of SIG data before the signer's name */
	RECORD_HEAD = 11,	/* the root, type, class, TTL, length */
	SIGNATURE_MAX = 512,	/* RSA of 4096 bits */
	SPAN = 300,		/* seconds that a signature holds before and after */
	ARCOUNT_AT = 10
};

struct sig0_key {
	struct name signer;
	uint8_t algorithm;
	uint16_t tag;
	ldns_key *secret;
};

/* The stem that both files share: without .key, .private or a final dot. */
static size_t
stem_length(const char *path)
{
	static const char *const ends[] = { ".key", ".private", "." };
	size_t len = strlen(path);

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		size_t n = strlen(ends[i]);

		if (len > n && strcmp(path + len - n, ends[i]) == 0)
			return len - n;
	}
	return len;
}

static int
read_half(FILE **f, struct bytes *text, const char *path, const char *ending, struct fault *why)
{
	struct bytes name = { 0 };
	int class;

	*f = NULL;
	bytes_append(&name, path, stem_length(path));
	bytes_append_text(&name, ending);
	class = bytes_check(&name, why);
	if (class == ZP_OK)
		class = file_read(text, bytes_text(&name), KEY_FILE_MAX, why);
	if (class == ZP_OK && text->len == 0)
		class = fault_set(why, ZP_EUSAGE, "%s is empty", bytes_text(&name));
	if (class == ZP_OK) {
		*f = fmemopen(text->data, text->len, "r");
		if (*f == NULL)
			class = fault_set_nomem(why);
		else
			(void)setvbuf(*f, NULL, _IONBF, 0);
	}
	bytes_release(&name);
	return class;
}

static int
read_public(struct sig0_key *key, const char *path, struct fault *why)
{
	struct bytes text = { 0 };
	ldns_status status = LDNS_STATUS_SYNTAX_EMPTY;
	ldns_rr *rr = NULL;
	FILE *f;
	int class = read_half(&f, &text, path, ".key", why);

	if (class != ZP_OK)
		goto out;
	while (status == LDNS_STATUS_SYNTAX_EMPTY && !feof(f))
		status = ldns_rr_new_frm_fp(&rr, f, NULL, NULL, NULL);
	if (status != LDNS_STATUS_OK || ldns_rr_get_type(rr) != LDNS_RR_TYPE_KEY ||
	    ldns_rr_rd_count(rr) != 4) {
		class = fault_set(why, ZP_EUSAGE, "%s: the public half holds no KEY record: a key "
		    "for SIG(0) is made with dnssec-keygen -T KEY", path);
		goto out;
	}
	key->algorithm = ldns_rdf2native_int8(ldns_rr_rdf(rr, 2));
	key->tag = ldns_calc_keytag(rr);
	class = name_parse_wire(&key->signer, ldns_rdf_data(ldns_rr_owner(rr)),
	    ldns_rdf_size(ldns_rr_owner(rr)), why);
out:
	ldns_rr_free(rr);
	if (f != NULL)
		(void)fclose(f);
	bytes_release(&text);
	return class;
}

static int
read_private(struct sig0_key *key, const char *path, struct fault *why)
{
	struct bytes text = { 0 };
	ldns_status status;
	FILE *f;
	int class = read_half(&f, &text, path, ".private", why);

	if (class != ZP_OK)
		goto out;
	status = ldns_key_new_frm_fp(&key->secret, f);
	if (status != LDNS_STATUS_OK)
		class = fault_set(why, ZP_EUSAGE, "%s: the private half cannot be read: %s", path,
		    ldns_get_errorstr_by_id(status));
	else if ((uint8_t)ldns_key_algorithm(key->secret) != key->algorithm)
		class = fault_set(why, ZP_EUSAGE, "%s: the halves are of different algorithms", path);
out:
	if (f != NULL)
		(void)fclose(f);
	bytes_wipe(&text);
	return class;
}

int
sig0_key_read(struct sig0_key **out, const char *path, struct fault *why)
{
	int class;

	*out = calloc(1, sizeof **out);
	if (*out == NULL)
		return fault_set_nomem(why);
	class = read_public(*out, path, why);
	if (class == ZP_OK)
		class = read_private(*out, path, why);
	if (class != ZP_OK) {
		sig0_key_free(*out);
		*out = NULL;
	}
	return class;
}

void
sig0_key_free(struct sig0_key *key)
{
	if (key == NULL)
		return;
	/* OpenSSL wipes what it frees. */
	if (key->secret != NULL)
		ldns_key_deep_free(key->secret);
	free(key);
}

size_t
sig0_size(const struct sig0_key *key)
{
	return RECORD_HEAD + SIG_HEAD + key->signer.len + (size_t)SIGNATURE_MAX;
}

/* The data of the SIG record up to the signature (RFC 2931 3). */
static void
put_head(struct bytes *out, const struct sig0_key *key, int64_t now)
{
	bytes_append_u16(out, 0);		/* no type is covered */
	bytes_append_u8(out, key->algorithm);
	bytes_append_u8(out, 0);		/* labels */
	bytes_append_u32(out, 0);		/* original TTL */
	bytes_append_u32(out, (uint32_t)(now + SPAN));
	bytes_append_u32(out, (uint32_t)(now - SPAN));
	bytes_append_u16(out, key->tag);
	bytes_append(out, key->signer.wire, key->signer.len);
}

/* RFC 2931 3.1: the data without the signature, then the request as it is without the record. */
static ldns_rdf *
make_signature(const struct sig0_key *key, const struct bytes *head, const struct bytes *message)
{
	ldns_buffer *b = ldns_buffer_new(head->len + message->len);
	ldns_rdf *signature = NULL;

	if (b == NULL)
		return NULL;
	ldns_buffer_write(b, head->data, head->len);
	ldns_buffer_write(b, message->data, message->len);
	signature = ldns_sign_public_buffer(b, key->secret);
	ldns_buffer_free(b);
	return signature;
}

int
sig0_sign(struct bytes *message, const struct sig0_key *key, int64_t now, struct fault *why)
{
	struct bytes head = { 0 };
	ldns_rdf *signature = NULL;
	size_t size;
	unsigned count;
	int class;

	put_head(&head, key, now);
	class = bytes_check(&head, why);
	if (class != ZP_OK)
		goto out;
	signature = make_signature(key, &head, message);
	if (signature == NULL) {
		class = fault_set(why, ZP_ELOCAL, "the key cannot sign");
		goto out;
	}
	size = head.len + ldns_rdf_size(signature);
	if (message->len + RECORD_HEAD + size > MESSAGE_MAX) {
		class = fault_set(why, ZP_EUSAGE, "the message has no room for its signature");
		goto out;
	}
	bytes_append_u8(message, 0);
	bytes_append_u16(message, SIG_TYPE);
	bytes_append_u16(message, CLASS_ANY);
	bytes_append_u32(message, 0);
	bytes_append_u16(message, (uint16_t)size);
	bytes_append(message, head.data, head.len);
	bytes_append(message, ldns_rdf_data(signature), ldns_rdf_size(signature));
	class = bytes_check(message, why);
	if (class != ZP_OK)
		goto out;
	count = (unsigned)(message->data[ARCOUNT_AT] << 8 | message->data[ARCOUNT_AT + 1]);
	bytes_put_u16(message, ARCOUNT_AT, (uint16_t)(count + 1));
out:
	ldns_rdf_deep_free(signature);
	bytes_release(&head);
	return class;
}
