/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "zonegen/dkim.h"

#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "zonegen/lint_kinds.h"

enum { RSA_BITS_MIN = 1024 };	/* RFC 8301 3.2 */

int
dkim_owner(struct name *out, const char *selector, const struct name *domain, struct fault *why)
{
	char prefix[NAME_TEXT_MAX];
	struct name relative;
	size_t len = strlen(selector);

	*out = (struct name){ 0 };
	if (name_parse_domain(&relative, selector, why) != ZP_OK)
		return fault_prepend(why, "selector");
	if (len == 0 || selector[len - 1] == '.')
		return fault_set(why, ZP_EUSAGE,
		    "selector '%.80s' ends in a dot: give it relative to the domain", selector);
	(void)snprintf(prefix, sizeof prefix, "%s._domainkey", selector);
	return name_prepend(out, prefix, domain, why);
}

static int
print_list(struct bytes *out, const char *tag, const struct strlist *words, bool star,
    struct fault *why)
{
	if (words == NULL || words->n == 0)
		return ZP_OK;
	bytes_printf(out, " %s=", tag);
	for (size_t i = 0; i < words->n; i++) {
		const char *word = words->v[i];

		if (!lint_is_word(word) && !(star && strcmp(word, "*") == 0))
			return fault_set(why, ZP_EUSAGE,
			    "'%.80s' cannot stand in the tag %s=: give a word of letters, digits and hyphens",
			    word, tag);
		bytes_printf(out, "%s%s", i > 0 ? ":" : "", word);
	}
	bytes_append_text(out, ";");
	return ZP_OK;
}

/* DKIM-quoted-printable (RFC 6376 2.11), blanks inside kept where they are safe. */
static void
print_note(struct bytes *out, const char *note)
{
	bytes_append_text(out, " n=");
	for (const char *p = note; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;
		bool edge = p == note || p[1] == '\0' || p[1] == ' ';

		if ((c > ' ' && c < 0x7f && c != ';' && c != '=') || (c == ' ' && !edge))
			bytes_append_u8(out, c);
		else
			bytes_printf(out, "=%02X", (unsigned)c);
	}
	bytes_append_text(out, ";");
}

static int
check_key(const struct key_facts *key, struct fault *why)
{
	size_t len;
	char kind[32];

	if (keyfile_dkim_peek(key, &len) == NULL)
		return fault_set(why, ZP_EUSAGE,
		    "this key (%s) cannot sign with DKIM: make an RSA or Ed25519 key (RFC 8463)",
		    keyfile_print_kind(kind, key->kind, key->bits));
	if (key->kind == KEY_RSA && key->bits < RSA_BITS_MIN)
		return fault_set(why, ZP_EUSAGE,
		    "the key has %u bits: receivers reject RSA under %d bits (RFC 8301 3.2), make one of 2048",
		    key->bits, RSA_BITS_MIN);
	return ZP_OK;
}

int
dkim_print(struct bytes *out, const struct dkim_request *request, struct fault *why)
{
	const struct key_facts *key = request->key;
	size_t len;
	int class;

	if (key == NULL && !request->revoke)
		return fault_set(why, ZP_EUSAGE, "no key is given");
	if (key != NULL && (class = check_key(key, why)) != ZP_OK)
		return class;
	bytes_append_text(out, "v=DKIM1;");
	if ((class = print_list(out, "h", request->hashes, false, why)) != ZP_OK)
		return class;
	if (key != NULL)
		bytes_printf(out, " k=%s;", key->kind == KEY_RSA ? "rsa" : "ed25519");
	if (request->note != NULL)
		print_note(out, request->note);
	if ((class = print_list(out, "s", request->services, true, why)) != ZP_OK ||
	    (class = print_list(out, "t", request->flags, false, why)) != ZP_OK)
		return class;
	bytes_append_text(out, " p=");
	if (!request->revoke) {
		const uint8_t *octets = keyfile_dkim_peek(key, &len);

		base64_print(out, octets, len);
	}
	return bytes_check(out, why);
}
