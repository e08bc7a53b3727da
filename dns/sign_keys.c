/* SPDX-License-Identifier: BSD-2-Clause */
/* Key pairs from and into a folder. */
#include "config.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "dns/sign_impl.h"

enum { KEY_FILE_MAX = 64 * 1024 };

static bool
is_supported(uint8_t algorithm)
{
	static const uint8_t known[] = { LDNS_RSASHA256, LDNS_RSASHA512, LDNS_ECDSAP256SHA256,
		LDNS_ECDSAP384SHA384, LDNS_ED25519 };

	return memchr(known, algorithm, sizeof known) != NULL;
}

/* ---- timing ---------------------------------------------------------------------------- */

/* YYYYMMDDHHMMSS behind "Field:" at the start of a line; false if there is none. */
static bool
find_time(int64_t *t, const char *text, const char *field)
{
	struct tm tm = { 0 };
	size_t len = strlen(field);

	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		if (line != text)
			line++;
		if (strncmp(line, field, len) != 0 || line[len] != ':')
			continue;
		if (sscanf(line + len + 1, " %4d%2d%2d%2d%2d%2d", &tm.tm_year, &tm.tm_mon,
		    &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6)
			return false;
		tm.tm_year -= 1900;
		tm.tm_mon--;
		*t = timegm(&tm);
		return true;
	}
	return false;
}

/*
 * What the timing fields of a private key file say about now.  A file that has
 * a creation time but no times of use was made to be used later.
 */
static void
judge_timing(bool *published, bool *active, const char *text, int64_t now)
{
	int64_t created, publish, activate, inactive, gone;
	bool has_publish = find_time(&publish, text, "Publish");
	bool has_activate = find_time(&activate, text, "Activate");
	bool timed = find_time(&created, text, "Created") || has_publish || has_activate;

	*active = has_activate ? activate <= now : !timed;
	*published = *active || (has_publish && publish <= now);
	if (find_time(&inactive, text, "Inactive") && inactive <= now)
		*active = false;
	if (find_time(&gone, text, "Delete") && gone <= now)
		*published = *active = false;
}

/* ---- reading --------------------------------------------------------------------------- */

/* The first record of a public key file. */
static int
parse_public(ldns_rr **rr, const struct bytes *text, const char *path, struct fault *why)
{
	FILE *f = fmemopen(text->data, text->len, "r");
	ldns_status status = LDNS_STATUS_SYNTAX_EMPTY;

	*rr = NULL;
	if (f == NULL)
		return fault_set_nomem(why);
	while (status == LDNS_STATUS_SYNTAX_EMPTY && !feof(f))
		status = ldns_rr_new_frm_fp(rr, f, NULL, NULL, NULL);
	(void)fclose(f);
	if (status != LDNS_STATUS_OK || ldns_rr_get_type(*rr) != LDNS_RR_TYPE_DNSKEY ||
	    ldns_rr_rd_count(*rr) != 4) {
		ldns_rr_free(*rr);
		*rr = NULL;
		return fault_set(why, ZP_EUSAGE, "%s holds no DNSKEY record", path);
	}
	return ZP_OK;
}

static int
parse_private(ldns_key **key, const struct bytes *text, const char *path, struct fault *why)
{
	FILE *f = fmemopen(text->data, text->len, "r");
	ldns_status status;

	*key = NULL;
	if (f == NULL)
		return fault_set_nomem(why);
	/* No buffer of stdio's shall keep the secret. */
	(void)setvbuf(f, NULL, _IONBF, 0);
	status = ldns_key_new_frm_fp(key, f);
	(void)fclose(f);
	if (status != LDNS_STATUS_OK)
		return fault_set(why, ZP_EUSAGE, "%s is no private DNSSEC key: %s", path,
		    ldns_get_errorstr_by_id(status));
	return ZP_OK;
}

/* The rdata of a DNSKEY record in wire form. */
static int
copy_rdata(struct rdata *out, const ldns_rr *rr, struct fault *why)
{
	ldns_buffer *b = ldns_buffer_new(LDNS_MIN_BUFLEN);
	int rc = ZP_OK;

	*out = (struct rdata){ 0 };
	if (b == NULL || ldns_rr_rdata2buffer_wire(b, rr) != LDNS_STATUS_OK) {
		rc = fault_set_nomem(why);
		goto out;
	}
	out->len = (uint16_t)ldns_buffer_position(b);
	out->data = malloc(out->len);
	if (out->data == NULL)
		rc = fault_set_nomem(why);
	else
		memcpy(out->data, ldns_buffer_begin(b), out->len);
out:
	ldns_buffer_free(b);
	return rc;
}

static void
free_secret(ldns_key *key)
{
	if (key != NULL)	/* ldns would follow the null */
		ldns_key_deep_free(key);
}

static void
release_key(struct sign_key *key)
{
	free(key->dnskey.data);
	free_secret(key->secret);
	*key = (struct sign_key){ 0 };
}

/* Put the halves together. */
static int
join(struct sign_key *out, const ldns_rr *rr, ldns_key *secret, const char *path,
    struct fault *why)
{
	ldns_rr *derived = NULL;
	struct rdata mine = { 0 };
	int rc = copy_rdata(&out->dnskey, rr, why);

	if (rc != ZP_OK)
		return rc;
	out->flags = (uint16_t)(out->dnskey.data[0] << 8 | out->dnskey.data[1]);
	out->algorithm = out->dnskey.data[3];
	ldns_key_set_pubkey_owner(secret, ldns_rdf_clone(ldns_rr_owner(rr)));
	ldns_key_set_flags(secret, out->flags);
	ldns_key_set_keytag(secret, ldns_calc_keytag(rr));
	derived = ldns_key2rr(secret);
	if (derived != NULL)
		rc = copy_rdata(&mine, derived, why);
	if (rc == ZP_OK && rdata_compare(mine.data, mine.len, out->dnskey.data, out->dnskey.len) != 0)
		rc = fault_set(why, ZP_EUSAGE,
		    "%s.private does not belong to %s.key: restore the pair", path, path);
	free(mine.data);
	ldns_rr_free(derived);
	return rc;
}

/* path: without ending. *out stays empty if the key is not published now. */
static int
read_pair(struct sign_key *out, const char *path, int64_t now, struct fault *why)
{
	struct bytes public = { 0 }, private = { 0 }, name = { 0 };
	ldns_rr *rr = NULL;
	ldns_key *secret = NULL;
	bool published;
	int rc;

	*out = (struct sign_key){ 0 };
	bytes_printf(&name, "%s.key", path);
	rc = bytes_check(&name, why);
	if (rc == ZP_OK)
		rc = file_read(&public, bytes_text(&name), KEY_FILE_MAX, why);
	if (rc == ZP_OK)
		rc = parse_public(&rr, &public, bytes_text(&name), why);
	if (rc != ZP_OK)
		goto out;
	if (!is_supported(ldns_rdf2native_int8(ldns_rr_rdf(rr, 2)))) {
		rc = fault_set(why, ZP_EUSAGE, "%s: algorithm %u is not supported: use ECDSA "
		    "(13, 14), Ed25519 (15) or RSA with SHA-2 (8, 10)", bytes_text(&name),
		    ldns_rdf2native_int8(ldns_rr_rdf(rr, 2)));
		goto out;
	}
	bytes_clear(&name);
	bytes_printf(&name, "%s.private", path);
	rc = bytes_check(&name, why);
	if (rc == ZP_OK)
		rc = file_read(&private, bytes_text(&name), KEY_FILE_MAX, why);
	if (rc == ZP_EABSENT)
		rc = fault_set(why, ZP_EUSAGE, "%s.key has no private half beside it", path);
	if (rc != ZP_OK)
		goto out;
	judge_timing(&published, &out->active, bytes_text(&private), now);
	if (!published)
		goto out;
	rc = parse_private(&secret, &private, bytes_text(&name), why);
	if (rc == ZP_OK)
		rc = join(out, rr, secret, path, why);
	if (rc == ZP_OK) {
		out->secret = secret;
		secret = NULL;
	}
out:
	if (rc != ZP_OK)
		release_key(out);
	free_secret(secret);
	ldns_rr_free(rr);
	bytes_release(&public);
	bytes_wipe(&private);
	bytes_release(&name);
	return rc;
}

/* The zone's part of a file name: a slash, as in RFC 2317 zones, stands as %2F. */
static void
print_file_name(struct bytes *out, const char *zone)
{
	for (; *zone != '\0'; zone++) {
		if (*zone == '/')
			bytes_append_text(out, "%2F");
		else
			bytes_append_u8(out, (uint8_t)*zone);
	}
}

/* True if a file is the public half of a key of zone: K<zone>+AAA+TTTTT.key. */
static bool
is_key_of(const char *file, const struct name *zone)
{
	size_t len = strlen(file);
	char text[NAME_TEXT_MAX], *escaped;
	struct name n;

	if (len < 18 || len - 15 >= sizeof text || *file != 'K' ||
	    strcmp(file + len - 4, ".key") != 0 || file[len - 14] != '+' || file[len - 10] != '+')
		return false;
	memcpy(text, file + 1, len - 15);
	text[len - 15] = '\0';
	while ((escaped = strcasestr(text, "%2f")) != NULL) {
		*escaped = '/';
		memmove(escaped + 1, escaped + 3, strlen(escaped + 3) + 1);
	}
	return name_parse(&n, text, NULL, NULL) == ZP_OK && name_equal(&n, zone);
}

static int
add_pair(struct sign_keys *k, const char *folder, const char *file, int64_t now,
    struct fault *why)
{
	struct sign_key *v = reallocarray(k->v, k->n + 1, sizeof *v);
	struct bytes path = { 0 };
	int rc;

	if (v == NULL)
		return fault_set_nomem(why);
	k->v = v;
	bytes_printf(&path, "%s/%.*s", folder, (int)(strlen(file) - 4), file);
	rc = bytes_check(&path, why);
	if (rc == ZP_OK)
		rc = read_pair(&v[k->n], bytes_text(&path), now, why);
	if (rc == ZP_OK && v[k->n].secret != NULL)
		k->n++;
	bytes_release(&path);
	return rc;
}

int
sign_keys_read(struct sign_keys **out, const char *folder, const struct name *zone, int64_t now,
    struct fault *why)
{
	struct sign_keys *k = calloc(1, sizeof *k);
	DIR *dir = NULL;
	struct dirent *entry;
	bool active = false;
	int rc = ZP_OK;

	*out = NULL;
	if (k == NULL)
		return fault_set_nomem(why);
	k->zone = *zone;
	dir = opendir(folder);
	if (dir == NULL) {
		rc = fault_set_errno(why, errno == ENOENT ? ZP_EABSENT : ZP_ELOCAL,
		    "cannot read the key folder %s", folder);
		goto out;
	}
	while (rc == ZP_OK && (errno = 0, entry = readdir(dir)) != NULL)
		if (is_key_of(entry->d_name, zone))
			rc = add_pair(k, folder, entry->d_name, now, why);
	if (rc == ZP_OK && errno != 0)
		rc = fault_set_errno(why, ZP_ELOCAL, "cannot read the key folder %s", folder);
	for (size_t i = 0; i < k->n; i++)
		active = active || (k->v[i].active && (k->v[i].flags & SIGN_FLAG_REVOKE) == 0);
	if (rc == ZP_OK && !active) {
		char text[NAME_TEXT_MAX];

		rc = fault_set(why, ZP_EUSAGE, "%s holds no key of %.300s that signs now", folder,
		    name_print(text, zone));
	}
out:
	if (dir != NULL)
		(void)closedir(dir);
	if (rc == ZP_OK)
		*out = k;
	else
		sign_keys_free(k);
	return rc;
}

void
sign_keys_free(struct sign_keys *k)
{
	if (k == NULL)
		return;
	for (size_t i = 0; i < k->n; i++)
		release_key(&k->v[i]);
	free(k->v);
	free(k);
}

/* ---- making ---------------------------------------------------------------------------- */

static int
write_half(const char *base, const char *ending, const char *head, const char *text, mode_t mode,
    struct fault *why)
{
	struct bytes path = { 0 }, content = { 0 };
	int rc;

	bytes_printf(&path, "%s%s", base, ending);
	bytes_append_text(&content, head);
	bytes_append_text(&content, text);
	rc = bytes_check(&path, why);
	if (rc == ZP_OK)
		rc = bytes_check(&content, why);
	if (rc == ZP_OK)
		rc = file_create(bytes_text(&path), &content, mode, why);
	bytes_release(&path);
	bytes_wipe(&content);
	return rc;
}

int
sign_make_key(struct bytes *base, const char *folder, const struct name *zone, struct fault *why)
{
	char text[NAME_TEXT_MAX], *secret = NULL, *public = NULL;
	struct bytes path = { 0 };
	ldns_key *key = ldns_key_new_frm_algorithm(LDNS_SIGN_ECDSAP256SHA256, 0);
	ldns_rr *rr = NULL;
	int rc = ZP_OK;

	if (key == NULL)
		return fault_set(why, ZP_ELOCAL, "cannot make a key");
	ldns_key_set_pubkey_owner(key, ldns_dname_new_frm_str(name_print(text, zone)));
	ldns_key_set_flags(key, SIGN_FLAG_ZONE | SIGN_FLAG_SEP);
	rr = ldns_key2rr(key);
	secret = ldns_key2str(key);
	if (rr != NULL)
		public = ldns_rr2str(rr);
	if (secret == NULL || public == NULL) {
		rc = fault_set_nomem(why);
		goto out;
	}
	bytes_printf(&path, "%s/K", folder);
	print_file_name(&path, text);
	bytes_printf(&path, "+%03d+%05u", LDNS_ECDSAP256SHA256, (unsigned)ldns_calc_keytag(rr));
	rc = bytes_check(&path, why);
	if (rc == ZP_OK)
		rc = write_half(bytes_text(&path), ".private", "", secret, 0600, why);
	if (rc == ZP_OK)
		rc = write_half(bytes_text(&path), ".key", "", public, 0644, why);
	if (rc == ZP_OK && base != NULL)
		bytes_append(base, path.data, path.len);
out:
	bytes_release(&path);
	if (secret != NULL)
		explicit_bzero(secret, strlen(secret));
	free(secret);
	free(public);
	ldns_rr_free(rr);
	free_secret(key);
	return rc;
}
