/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "keys/keyfile.h"

#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/file.h"
#include "keys/pkey.h"

enum { ED25519_RAW = 32 };

int
keyfile_parse(struct key_facts *out, const struct bytes *content, const char *label,
    const struct passphrase *pass, struct fault *why)
{
	EVP_PKEY *key;
	bool is_private;
	int class;

	*out = (struct key_facts){ 0 };
	class = pkey_parse(&key, &is_private, content, label, pass, why);
	if (class != ZP_OK)
		return class;
	class = pkey_facts(out, key, why);
	EVP_PKEY_free(key);
	if (class != ZP_OK)
		return fault_prepend(why, "%s", label);
	out->is_private = is_private;
	return ZP_OK;
}

int
keyfile_read(struct key_facts *out, const char *path, const struct passphrase *pass,
    struct fault *why)
{
	struct bytes content = { 0 };
	int class;

	*out = (struct key_facts){ 0 };
	class = file_read(&content, path, KEYFILE_MAX, why);
	if (class == ZP_OK)
		class = keyfile_parse(out, &content, path, pass, why);
	bytes_wipe(&content);
	if (class == ZP_OK && out->is_private)
		out->is_exposed = file_is_exposed(path);
	return class;
}

const uint8_t *
keyfile_dkim_peek(const struct key_facts *k, size_t *len)
{
	*len = 0;
	if (k->kind == KEY_RSA) {
		*len = k->spki.len;
		return k->spki.data;
	}
	if (k->kind == KEY_ED25519 && k->spki.len > ED25519_RAW) {
		*len = ED25519_RAW;
		return k->spki.data + k->spki.len - ED25519_RAW;
	}
	return NULL;
}

const char *
keyfile_print_kind(char buf[32], enum key_kind kind, unsigned bits)
{
	switch (kind) {
	case KEY_RSA:
		(void)snprintf(buf, 32, "RSA %u", bits);
		break;
	case KEY_ECDSA:
		(void)snprintf(buf, 32, "ECDSA %u", bits);
		break;
	case KEY_ED25519:
		(void)snprintf(buf, 32, "Ed25519");
		break;
	case KEY_OTHER:
	case KEY_NONE:
		(void)snprintf(buf, 32, "%s", kind == KEY_NONE ? "no key" : "of another kind");
		break;
	}
	return buf;
}

bool
key_facts_equal(const struct key_facts *a, const struct key_facts *b)
{
	return a->spki.len > 0 && a->spki.len == b->spki.len &&
	    memcmp(a->spki.data, b->spki.data, a->spki.len) == 0;
}

int
key_facts_copy(struct key_facts *to, const struct key_facts *from, struct fault *why)
{
	int class;

	*to = *from;
	to->spki = (struct bytes){ 0 };
	bytes_append(&to->spki, from->spki.data, from->spki.len);
	class = bytes_check(&to->spki, why);
	if (class != ZP_OK)
		key_facts_release(to);
	return class;
}

void
key_facts_release(struct key_facts *k)
{
	bytes_release(&k->spki);
	*k = (struct key_facts){ 0 };
}
