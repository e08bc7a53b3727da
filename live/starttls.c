/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "live/starttls.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum stage { GREETING, CAPABILITIES, ANSWER };

/* What a line is to the reply that it belongs to. */
enum meaning {
	MORE,		/* the reply goes on */
	POSITIVE,	/* the reply ends: yes */
	BUSY,		/* ... not now */
	NEGATIVE,	/* ... no */
	NONSENSE
};

typedef enum meaning read_fn(struct starttls *s, const char *line);

/* The words of a protocol; a %s in them is the client's own name. */
struct language {
	const char *ask;	/* for the capabilities; NULL: they come with the greeting */
	const char *ask_name;
	const char *start;
	const char *start_name;
	const char *quit;
	bool may_lack_capabilities;	/* a refusal of ask is no end (RFC 2449 5) */
	read_fn *read;
};

/* True if word stands in text between blanks, brackets or quotes. */
static bool
has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = text; (p = strcasestr(p, word)) != NULL; p++) {
		bool starts = p == text || strchr(" []\"", p[-1]) != NULL;

		if (starts && (p[len] == '\0' || strchr(" []\"", p[len]) != NULL))
			return true;
	}
	return false;
}

static bool
begins(const char *line, const char *word)
{
	size_t len = strlen(word);

	return strncasecmp(line, word, len) == 0 && (line[len] == '\0' || line[len] == ' ');
}

/*
 * RFC 5321 4.2: three digits, then a hyphen where more lines follow.  A server
 * that began to greet (220-) may still turn the client away (421, 521).
 */
static enum meaning
read_smtp(struct starttls *s, const char *line)
{
	unsigned code;
	bool same;

	if (!isdigit((unsigned char)line[0]) || !isdigit((unsigned char)line[1]) ||
	    !isdigit((unsigned char)line[2]))
		return NONSENSE;
	code = (unsigned)((line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0'));
	same = s->code == 0 || s->code == code;
	s->code = code;
	if (line[3] != '\0' && line[3] != ' ' && line[3] != '-')
		return NONSENSE;
	if (s->stage == CAPABILITIES && line[3] != '\0' && begins(line + 4, "STARTTLS"))
		s->offered = true;
	if (line[3] == '-')
		return MORE;
	s->code = 0;
	switch (code / 100) {
	case 2:
		return same ? POSITIVE : NONSENSE;
	case 4:
		return BUSY;
	case 5:
		return NEGATIVE;
	default:
		return NONSENSE;
	}
}

/* RFC 9051 7: untagged lines, then one with our tag; the greeting is untagged itself. */
static enum meaning
read_imap(struct starttls *s, const char *line)
{
	static const char *const tags[] = { [GREETING] = "*", [CAPABILITIES] = "a1", [ANSWER] = "a2" };
	const char *rest = line + strcspn(line, " ");

	if (begins(line, "* BYE"))
		return NEGATIVE;
	if (begins(line, "* CAPABILITY") && has_word(line, "STARTTLS"))
		s->offered = true;
	if (s->stage == GREETING && begins(line, "* OK"))
		return POSITIVE;
	if (s->stage == GREETING)
		return begins(line, "* PREAUTH") ? NEGATIVE : NONSENSE;
	if (line[0] == '*' && line[1] == ' ')
		return MORE;
	if (!begins(line, tags[s->stage]))
		return NONSENSE;
	rest += strspn(rest, " ");
	if (begins(rest, "OK"))
		return POSITIVE;
	return begins(rest, "NO") || begins(rest, "BAD") ? NEGATIVE : NONSENSE;
}

/* RFC 1939 3: one status line; a list ends with a single dot. */
static enum meaning
read_pop3(struct starttls *s, const char *line)
{
	bool first = s->lines == 1;

	if (s->stage == CAPABILITIES && !first) {
		if (strcasecmp(line, "STLS") == 0)
			s->offered = true;
		return strcmp(line, ".") == 0 ? POSITIVE : MORE;
	}
	if (begins(line, "+OK"))
		return s->stage == CAPABILITIES ? MORE : POSITIVE;
	return begins(line, "-ERR") ? NEGATIVE : NONSENSE;
}

/* RFC 5804 1.7: capabilities are quoted strings, then OK, NO or BYE. */
static enum meaning
read_sieve(struct starttls *s, const char *line)
{
	if (line[0] == '"') {
		if (strncasecmp(line, "\"STARTTLS\"", 10) == 0)
			s->offered = true;
		return MORE;
	}
	if (begins(line, "OK"))
		return POSITIVE;
	return begins(line, "NO") || begins(line, "BYE") ? NEGATIVE : NONSENSE;
}

static const struct language languages[] = {
	[STARTTLS_NONE] = { NULL, "", "", "", "", false, NULL },
	[STARTTLS_SMTP] = { "EHLO %s\r\n", "EHLO", "STARTTLS\r\n", "STARTTLS", "QUIT\r\n", false,
	    read_smtp },
	[STARTTLS_IMAP] = { "a1 CAPABILITY\r\n", "CAPABILITY", "a2 STARTTLS\r\n", "STARTTLS",
	    "a3 LOGOUT\r\n", false, read_imap },
	[STARTTLS_POP3] = { "CAPA\r\n", "CAPA", "STLS\r\n", "STLS", "QUIT\r\n", true, read_pop3 },
	[STARTTLS_SIEVE] = { NULL, "", "STARTTLS\r\n", "STARTTLS", "LOGOUT\r\n", false, read_sieve },
};

enum starttls_protocol
starttls_protocol_of(uint16_t port)
{
	static const struct {
		uint16_t port;
		enum starttls_protocol protocol;
	} rows[] = { { 25, STARTTLS_SMTP }, { 587, STARTTLS_SMTP }, { 143, STARTTLS_IMAP },
		{ 110, STARTTLS_POP3 }, { 4190, STARTTLS_SIEVE } };

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].port == port)
			return rows[i].protocol;
	return STARTTLS_NONE;
}

struct starttls
starttls_make(enum starttls_protocol protocol, const char *helo)
{
	struct starttls s = { .protocol = protocol, .stage = GREETING };

	(void)snprintf(s.helo, sizeof s.helo, "%s", helo);
	return s;
}

bool
starttls_has_greeted(const struct starttls *s)
{
	return s->stage > GREETING;
}

const char *
starttls_awaited(const struct starttls *s)
{
	static const char *const text[] = { [GREETING] = "the greeting",
		[CAPABILITIES] = "the answer to the question for capabilities",
		[ANSWER] = "the answer to STARTTLS" };

	return text[s->stage];
}

/* What the server said, fit for a message: printable, of bounded length. */
static const char *
quote(char buf[128], const char *line)
{
	size_t n = 0;

	for (; line[n] != '\0' && n < 100; n++)
		buf[n] = isprint((unsigned char)line[n]) ? line[n] : '?';
	buf[n] = '\0';
	return buf;
}

static enum starttls_progress
end(struct starttls *s, struct bytes *out, enum starttls_progress how, const char *line,
    struct fault *why)
{
	const struct language *l = &languages[s->protocol];
	const char *asked = s->stage == GREETING ? "the greeting" :
	    s->stage == CAPABILITIES ? l->ask_name : l->start_name;
	char said[128];

	if (how != STARTTLS_GARBAGE)
		bytes_append_text(out, l->quit);
	if (how == STARTTLS_NOT_OFFERED)
		(void)fault_set(why, ZP_EREFUSED, "the server does not offer %s", l->start_name);
	else if (how == STARTTLS_GARBAGE)
		(void)fault_set(why, ZP_EREFUSED, "%s is not what the protocol allows: '%s'",
		    s->stage == GREETING ? asked : "the answer", quote(said, line));
	else
		(void)fault_set(why, how == STARTTLS_BUSY ? ZP_ERETRY : ZP_EREFUSED,
		    "%s%s: '%s'", s->stage == GREETING ? "the server refuses in " :
		    "the server refuses ", asked, quote(said, line));
	return how;
}

static enum starttls_progress
ask_to_start(struct starttls *s, struct bytes *out)
{
	s->stage = ANSWER;
	bytes_append_text(out, languages[s->protocol].start);
	return STARTTLS_GOES_ON;
}

/* A reply that is complete and positive leads on. */
static enum starttls_progress
advance(struct starttls *s, struct bytes *out, const char *line, struct fault *why)
{
	const struct language *l = &languages[s->protocol];

	s->lines = 0;
	if (s->stage == ANSWER)
		return STARTTLS_READY;
	if (s->stage == GREETING && l->ask != NULL) {
		const char *name = strstr(l->ask, "%s");

		s->stage = CAPABILITIES;
		if (name == NULL) {
			bytes_append_text(out, l->ask);
			return STARTTLS_GOES_ON;
		}
		bytes_append(out, l->ask, (size_t)(name - l->ask));
		bytes_append_text(out, s->helo);
		bytes_append_text(out, name + 2);
		return STARTTLS_GOES_ON;
	}
	if (!s->offered)
		return end(s, out, STARTTLS_NOT_OFFERED, line, why);
	return ask_to_start(s, out);
}

static enum starttls_progress
take_line(struct starttls *s, struct bytes *out, struct fault *why)
{
	const struct language *l = &languages[s->protocol];

	if (++s->lines > STARTTLS_LINES_MAX)
		return end(s, out, STARTTLS_GARBAGE, s->line, why);
	switch (l->read(s, s->line)) {
	case MORE:
		return STARTTLS_GOES_ON;
	case POSITIVE:
		return advance(s, out, s->line, why);
	case BUSY:
		return end(s, out, STARTTLS_BUSY, s->line, why);
	case NEGATIVE:
		if (s->stage == CAPABILITIES && l->may_lack_capabilities) {
			s->lines = 0;
			return ask_to_start(s, out);
		}
		return end(s, out, STARTTLS_REFUSED, s->line, why);
	case NONSENSE:
		break;
	}
	return end(s, out, STARTTLS_GARBAGE, s->line, why);
}

enum starttls_progress
starttls_feed(struct starttls *s, struct bytes *out, const void *data, size_t len,
    struct fault *why)
{
	const char *p = data;

	for (size_t i = 0; i < len; i++) {
		enum starttls_progress how;

		if (p[i] == '\0' || s->len + 1 >= sizeof s->line) {
			s->line[s->len] = '\0';
			return end(s, out, STARTTLS_GARBAGE, s->line, why);
		}
		if (p[i] != '\n') {
			s->line[s->len++] = p[i];
			continue;
		}
		if (s->len > 0 && s->line[s->len - 1] == '\r')
			s->len--;
		s->line[s->len] = '\0';
		s->len = 0;
		how = take_line(s, out, why);
		if (how == STARTTLS_READY && i + 1 < len)
			return end(s, out, STARTTLS_GARBAGE, "more text behind the last answer", why);
		if (how != STARTTLS_GOES_ON)
			return how;
	}
	return STARTTLS_GOES_ON;
}
