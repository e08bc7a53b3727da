/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "keys/tsigpair.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "base/file.h"

enum { FILE_MAX = 1 << 16 };

/* The algorithm numbers that BIND gave to its HMAC keys. */
static const struct {
	unsigned number;
	const char *name;
} numbers[] = {
	{ 157, "hmac-md5" }, { 161, "hmac-sha1" }, { 162, "hmac-sha224" }, { 163, "hmac-sha256" },
	{ 164, "hmac-sha384" }, { 165, "hmac-sha512" }
};

/* The number of digits at p. */
static size_t
digits(const char *p)
{
	return strspn(p, "0123456789");
}

/* Octets of path without .key, .private or a final dot; 0 if it is no pair. */
static size_t
stem_length(const char *path)
{
	const char *base = strrchr(path, '/');
	const char *p;

	base = base == NULL ? path : base + 1;
	if (*base != 'K')
		return 0;
	for (p = strchr(base, '+'); p != NULL; p = strchr(p + 1, '+')) {
		const char *end = p + 10;

		if (digits(p + 1) != 3 || p[4] != '+' || digits(p + 5) != 5)
			continue;
		if (*end == '\0' || strcmp(end, ".") == 0 || strcmp(end, ".key") == 0 ||
		    strcmp(end, ".private") == 0)
			return (size_t)(end - path);
	}
	return 0;
}

bool
tsigpair_is_path(const char *path)
{
	return stem_length(path) > 0;
}

/* The value of "Field: value" in a .private file, blanks trimmed; NULL if there is none. */
static const char *
value_of(size_t *len, const struct bytes *file, const char *field)
{
	const char *line = bytes_text(file);
	size_t n = strlen(field);

	for (; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, field, n) != 0 || line[n] != ':')
			continue;
		line += n + 1;
		line += strspn(line, " \t");
		*len = strcspn(line, "\r\n");
		return line;
	}
	return NULL;
}

/* Algorithm, bits and secret out of the .private file. */
static int
read_private(struct tsig_key *out, const char *path, struct fault *why)
{
	struct bytes file = { 0 }, bits = { 0 };
	const char *algorithm, *secret, *text;
	const char *name = NULL;
	size_t len = 0, secret_len = 0;
	unsigned long number;
	int class;

	class = file_read(&file, path, FILE_MAX, why);
	if (class != ZP_OK)
		return class;
	algorithm = value_of(&len, &file, "Algorithm");
	secret = value_of(&secret_len, &file, "Key");
	number = algorithm != NULL && isdigit((unsigned char)*algorithm) ?
	    strtoul(algorithm, NULL, 10) : 0;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		if (numbers[i].number == number)
			name = numbers[i].name;
	}
	if (name == NULL) {
		class = fault_set(why, ZP_EUSAGE, "%s: algorithm %lu is not one of TSIG (157, 161 to 165)",
		    path, number);
		goto out;
	}
	class = tsig_parse_algorithm(out, name, why);
	if (class == ZP_OK && (secret == NULL || !base64_parse(&out->secret, secret, secret_len) ||
	    out->secret.len == 0))
		class = fault_set(why, ZP_EUSAGE, "%s: there is no 'Key:' line with base64", path);
	if (class != ZP_OK)
		goto out;

	/* "Bits:" is base64 of two octets: how much of the MAC is sent, 0 for all. */
	text = value_of(&len, &file, "Bits");
	if (text != NULL && base64_parse(&bits, text, len) && bits.len == 2 &&
	    (bits.data[0] | bits.data[1]) != 0) {
		unsigned count = (unsigned)(bits.data[0] << 8 | bits.data[1]);

		bytes_clear(&bits);
		bytes_printf(&bits, "%s-%u", name, count);
		class = tsig_parse_algorithm(out, bytes_text(&bits), why);
		if (class != ZP_OK)
			(void)fault_prepend(why, "%s", path);
	}
out:
	bytes_wipe(&file);
	bytes_release(&bits);
	return class;
}

/* The next blank-separated word of a line, ended with a NUL; *line moves behind it. */
static char *
take_word(char **line)
{
	char *word = *line + strspn(*line, " \t\r");
	size_t len = strcspn(word, " \t\r");

	*line = word + len;
	if (**line != '\0')
		*(*line)++ = '\0';
	return len > 0 ? word : NULL;
}

/* The first line that is no comment, ended with a NUL. */
static char *
find_record(struct bytes *file)
{
	char *line = (char *)file->data;

	while (line != NULL && (*line == ';' || *line == '\n')) {
		line = strchr(line, '\n');
		line += line != NULL;
	}
	if (line != NULL)
		line[strcspn(line, "\n")] = '\0';
	return line;
}

/* The owner of the KEY record in the .key file; its secret must be the same. */
static int
read_public(struct tsig_key *out, const char *path, struct fault *why)
{
	struct bytes file = { 0 }, secret = { 0 };
	char *line, *owner = NULL, *word = NULL;
	int class;

	class = file_read(&file, path, FILE_MAX, why);
	if (class != ZP_OK)
		return class;

	/* owner [ttl] [IN] KEY flags protocol algorithm base64... */
	line = find_record(&file);
	if (line != NULL && (owner = take_word(&line)) != NULL) {
		do
			word = take_word(&line);
		while (word != NULL && strcasecmp(word, "KEY") != 0);
		for (unsigned i = 0; i < 3 && word != NULL; i++)
			word = take_word(&line);
	}
	if (word == NULL)
		class = fault_set(why, ZP_EUSAGE, "%s: there is no KEY record", path);
	else if (name_parse(&out->name, owner, NULL, why) != ZP_OK)
		class = fault_prepend(why, "%s", path);
	else if (!base64_parse(&secret, line, strlen(line)) || secret.len != out->secret.len ||
	    memcmp(secret.data, out->secret.data, secret.len) != 0)
		class = fault_set(why, ZP_EUSAGE,
		    "%s: the key is not the one of the .private file beside it", path);
	bytes_wipe(&file);
	bytes_wipe(&secret);
	return class;
}

int
tsigpair_read(struct tsig_key *out, struct tsigfile_notes *notes, const char *path,
    struct fault *why)
{
	struct bytes public = { 0 }, private = { 0 };
	int class;

	*out = (struct tsig_key){ 0 };
	*notes = (struct tsigfile_notes){ 0 };
	bytes_append(&public, path, stem_length(path));
	bytes_append(&private, path, stem_length(path));
	bytes_append_text(&public, ".key");
	bytes_append_text(&private, ".private");
	class = bytes_check(&public, why);
	if (class == ZP_OK)
		class = bytes_check(&private, why);
	if (class == ZP_OK)
		class = read_private(out, bytes_text(&private), why);
	if (class == ZP_OK)
		class = read_public(out, bytes_text(&public), why);
	if (class == ZP_OK) {
		notes->is_exposed = file_is_exposed(bytes_text(&private)) ||
		    file_is_exposed(bytes_text(&public));
		notes->is_md5 = out->algorithm == TSIG_HMAC_MD5;
	} else {
		tsig_key_release(out);
	}
	bytes_release(&public);
	bytes_release(&private);
	return class;
}
