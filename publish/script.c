/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/script.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "publish/script_inner.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

char *
script_word(char **rest)
{
	char *word = *rest, *end;

	while (is_blank(*word))
		word++;
	for (end = word; *end != '\0' && !is_blank(*end); end++)
		continue;
	*rest = end;
	if (end == word)
		return NULL;
	if (*end != '\0') {
		*end = '\0';
		*rest = end + 1;
	}
	return word;
}

bool
script_parse_class(uint16_t *out, const char *text)
{
	static const struct {
		const char *name;
		uint16_t class;
	} classes[] = { { "IN", CLASS_IN }, { "CH", CLASS_CH }, { "CHAOS", CLASS_CH }, { "HS", 4 },
		{ "HESIOD", 4 }, { "NONE", CLASS_NONE }, { "ANY", CLASS_ANY } };
	unsigned long v;
	char *end;

	for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
		if (strcasecmp(text, classes[i].name) == 0) {
			*out = classes[i].class;
			return true;
		}
	}
	if (strncasecmp(text, "CLASS", 5) != 0 || !isdigit((unsigned char)text[5]))
		return false;
	v = strtoul(text + 5, &end, 10);
	if (*end != '\0' || v == 0 || v > UINT16_MAX)
		return false;
	*out = (uint16_t)v;
	return true;
}

bool
script_set_class(struct script *s, uint16_t class)
{
	if (s->class == 0 || s->class == CLASS_NONE || class == CLASS_NONE)
		s->class = class;
	return s->class == class;
}

uint16_t
script_class(const struct script *s)
{
	if (s->class != 0 && s->class != CLASS_NONE)
		return s->class;
	return s->default_class != 0 ? s->default_class : CLASS_IN;
}

static int
read_port(uint16_t *port, const char *word, struct fault *why)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(word, &end, 10);
	if (*end != '\0')
		return fault_set(why, ZP_EUSAGE, "port '%.40s' is not numeric", word);
	if (errno != 0 || v < 1 || v > 65535)
		return fault_set(why, ZP_EUSAGE, "port '%.40s' is out of range (1 to 65535)", word);
	*port = (uint16_t)v;
	return ZP_OK;
}

static int
read_server(struct script *s, char *rest, struct fault *why)
{
	const char *host = script_word(&rest), *port = script_word(&rest);
	uint16_t number = s->default_port;
	int class = ZP_OK;

	if (s->local_only)
		return fault_set(why, ZP_EUSAGE, "cannot reset server in localhost-only mode");
	if (host == NULL)
		return fault_set(why, ZP_EUSAGE, "could not read server name");
	if (port != NULL)
		class = read_port(&number, port, why);
	if (class != ZP_OK)
		return class;
	bytes_clear(&s->server);
	bytes_append_text(&s->server, host);
	s->server_port = number;
	return bytes_check(&s->server, why);
}

static int
read_local(struct script *s, char *rest, struct fault *why)
{
	const char *host = script_word(&rest), *port = script_word(&rest);
	struct address a;
	uint16_t number = 0;
	int class = ZP_OK;

	if (host == NULL)
		return fault_set(why, ZP_EUSAGE, "could not read server name");
	if (port != NULL)
		class = read_port(&number, port, why);
	if (class != ZP_OK)
		return class;
	if (strchr(host, '@') != NULL || address_parse(&a, host, ADDRESS_PORT_DNS, NULL) != ZP_OK)
		return fault_set(why, ZP_EUSAGE, "invalid address %.100s", host);
	address_set_port(&a, number);
	*(address_is_ipv6(&a) ? &s->local_v6 : &s->local_v4) = a;
	return ZP_OK;
}

static int
read_zone(struct script *s, char *rest, struct fault *why)
{
	const char *word = script_word(&rest);
	struct name zone;

	if (word == NULL)
		return fault_set(why, ZP_EUSAGE, "could not read zone name");
	if (name_parse(&zone, word, NULL, why) != ZP_OK)
		return fault_prepend(why, "could not parse zone name");
	s->zone = zone;
	return ZP_OK;
}

static int
read_class(struct script *s, char *rest, struct fault *why)
{
	const char *word = script_word(&rest);
	uint16_t class;

	if (word == NULL)
		return fault_set(why, ZP_EUSAGE, "could not read class name");
	if (!script_parse_class(&class, word))
		return fault_set(why, ZP_EUSAGE, "could not parse class name: %.40s", word);
	if (class == CLASS_NONE || class == CLASS_ANY)
		return fault_set(why, ZP_EUSAGE, "bad default class: %.40s", word);
	s->default_class = class;
	return ZP_OK;
}

static int
read_ttl(struct script *s, char *rest, struct fault *why)
{
	const char *word = script_word(&rest);
	unsigned long v;
	char *end;

	if (word == NULL)
		return fault_set(why, ZP_EUSAGE, "could not read ttl");
	if (strcasecmp(word, "none") == 0) {
		s->has_ttl = false;
		return ZP_OK;
	}
	errno = 0;
	v = strtoul(word, &end, 10);
	if (!isdigit((unsigned char)*word) || *end != '\0')
		return fault_set(why, ZP_EUSAGE, "ttl '%.40s': not a valid number of seconds", word);
	if (errno != 0 || v > SCRIPT_TTL_MAX)
		return fault_set(why, ZP_EUSAGE, "ttl '%.40s' is out of range (0 to %d)", word,
		    SCRIPT_TTL_MAX);
	s->has_ttl = true;
	s->ttl = (uint32_t)v;
	return ZP_OK;
}

/* [hmac:]name secret */
static int
read_key(struct script *s, char *rest, struct fault *why)
{
	char *name = script_word(&rest), *colon, *secret;
	struct tsig_key key = { 0 };
	const char *hmac = s->default_hmac;
	int class;

	if (name == NULL)
		return fault_set(why, ZP_EUSAGE, "could not read key name");
	colon = strchr(name, ':');
	if (colon != NULL) {
		*colon = '\0';
		hmac = name;
		name = colon + 1;
	}
	while (is_blank(*rest))
		rest++;
	secret = rest;
	if (*secret == '\0')
		return fault_set(why, ZP_EUSAGE, "could not read key secret");
	class = tsig_parse_algorithm(&key, hmac, why);
	if (class != ZP_OK)
		return class;
	if (name_parse(&key.name, name, NULL, why) != ZP_OK) {
		(void)fault_prepend(why, "could not parse key name");
		class = ZP_EUSAGE;
		goto out;
	}
	if (!base64_parse(&key.secret, secret, strlen(secret)) || key.secret.len == 0) {
		class = fault_set(why, ZP_EUSAGE,
		    "could not create the key: bad base64 encoding of the secret");
		goto out;
	}
	tsig_key_release(&s->key);
	s->key = key;
	key = (struct tsig_key){ 0 };
out:
	tsig_key_release(&key);
	return class;
}

static int
read_realm(struct script *s, char *rest, struct fault *why)
{
	const char *word = script_word(&rest);

	bytes_clear(&s->realm);
	if (word != NULL)
		bytes_append_text(&s->realm, word);
	return bytes_check(&s->realm, why);
}

static int
read_check_names(struct script *s, char *rest, struct fault *why)
{
	static const struct {
		const char *word;
		bool skip;
	} words[] = { { "yes", false }, { "true", false }, { "on", false }, { "no", true },
		{ "false", true }, { "off", true } };
	const char *word = script_word(&rest);

	if (word == NULL)
		return fault_set(why, ZP_EUSAGE, "could not read check-names directive");
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcasecmp(word, words[i].word) == 0) {
			s->skip_check_names = words[i].skip;
			return ZP_OK;
		}
	}
	return fault_set(why, ZP_EUSAGE, "incorrect check-names directive: %.40s", word);
}

static int
read_nxdomain(struct script *s, char *rest, struct fault *why)
{
	return script_prerequisite(s, rest, false, false, why);
}

static int
read_yxdomain(struct script *s, char *rest, struct fault *why)
{
	return script_prerequisite(s, rest, true, false, why);
}

static int
read_nxrrset(struct script *s, char *rest, struct fault *why)
{
	return script_prerequisite(s, rest, false, true, why);
}

static int
read_yxrrset(struct script *s, char *rest, struct fault *why)
{
	return script_prerequisite(s, rest, true, true, why);
}

static int
read_add(struct script *s, char *rest, struct fault *why)
{
	return script_update(s, rest, false, why);
}

static int
read_delete(struct script *s, char *rest, struct fault *why)
{
	return script_update(s, rest, true, why);
}

/* Where a word may stand. */
enum place { AT_START = 1, BEHIND_PREREQ = 2, BEHIND_UPDATE = 4 };

struct statement {
	const char *word;
	unsigned places;
	int (*read)(struct script *s, char *rest, struct fault *why);	/* NULL: the step is all */
	enum script_step step;
};

static const struct statement statements[] = {
	{ "add", AT_START | BEHIND_UPDATE, read_add, SCRIPT_NEXT },
	{ "delete", AT_START | BEHIND_UPDATE, read_delete, SCRIPT_NEXT },
	{ "del", AT_START | BEHIND_UPDATE, read_delete, SCRIPT_NEXT },
	{ "nxdomain", AT_START | BEHIND_PREREQ, read_nxdomain, SCRIPT_NEXT },
	{ "yxdomain", AT_START | BEHIND_PREREQ, read_yxdomain, SCRIPT_NEXT },
	{ "nxrrset", AT_START | BEHIND_PREREQ, read_nxrrset, SCRIPT_NEXT },
	{ "yxrrset", AT_START | BEHIND_PREREQ, read_yxrrset, SCRIPT_NEXT },
	{ "send", AT_START, NULL, SCRIPT_SEND },
	{ "zone", AT_START, read_zone, SCRIPT_NEXT },
	{ "ttl", AT_START, read_ttl, SCRIPT_NEXT },
	{ "server", AT_START, read_server, SCRIPT_SERVER },
	{ "local", AT_START, read_local, SCRIPT_ROUTE },
	{ "key", AT_START, read_key, SCRIPT_ROUTE },
	{ "class", AT_START, read_class, SCRIPT_NEXT },
	{ "check-names", AT_START, read_check_names, SCRIPT_NEXT },
	{ "show", AT_START, NULL, SCRIPT_SHOW },
	{ "answer", AT_START, NULL, SCRIPT_ANSWER },
	{ "debug", AT_START, NULL, SCRIPT_DEBUG },
	{ "quit", AT_START, NULL, SCRIPT_QUIT },
	{ "help", AT_START, NULL, SCRIPT_HELP },
	{ "version", AT_START, NULL, SCRIPT_VERSION },
	{ "gsstsig", AT_START, NULL, SCRIPT_GSS },
	{ "oldgsstsig", AT_START, NULL, SCRIPT_GSS },
	{ "realm", AT_START, read_realm, SCRIPT_ROUTE },
};

static const struct statement *
find_statement(const char *word, enum place place)
{
	for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
		if ((statements[i].places & (unsigned)place) != 0 &&
		    strcasecmp(word, statements[i].word) == 0)
			return &statements[i];
	}
	return NULL;
}

int
script_read(enum script_step *step, struct script *s, char *line, struct fault *why)
{
	const struct statement *statement;
	enum place place = AT_START;
	char *rest = line, *word = script_word(&rest);
	int class = ZP_OK;

	*step = SCRIPT_NEXT;
	s->line++;
	if (word == NULL) {
		*step = SCRIPT_SEND;
		return ZP_OK;
	}
	if (*word == ';')
		return ZP_OK;
	if (strcasecmp(word, "update") == 0)
		place = BEHIND_UPDATE;
	else if (strcasecmp(word, "prereq") == 0)
		place = BEHIND_PREREQ;
	if (place != AT_START)
		word = script_word(&rest);
	if (word == NULL)
		return fault_set(why, ZP_EUSAGE, "could not read operation code");

	statement = find_statement(word, place);
	if (statement == NULL)
		return fault_set(why, ZP_EUSAGE, "incorrect %s: %.100s",
		    place == AT_START ? "section name" : "operation code", word);
	if (statement->read != NULL)
		class = statement->read(s, rest, why);
	if (class != ZP_OK)
		return class;
	if (statement->places != AT_START && s->first_line == 0)
		s->first_line = s->line;
	*step = statement->step;
	return ZP_OK;
}

void
script_reset(struct script *s)
{
	message_release(&s->message);
	s->class = 0;
	s->first_line = 0;
}

void
script_release(struct script *s)
{
	script_reset(s);
	bytes_release(&s->server);
	bytes_release(&s->realm);
	tsig_key_release(&s->key);
}
