/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cmd/update_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/linereader.h"
#include "cmd/update_report.h"
#include "dns/gss.h"
#include "publish/split.h"

enum {
	FAILED_SCRIPT = 1,	/* exit codes of nsupdate */
	FAILED_UPDATE = 2,
	OWNERS = 1 << 15,	/* slots for the names of a batch; a power of two */
	BATCH_PER_FLIGHT = 8	/* letters gathered for each that may be in flight */
};

static void
trace(void *context, const char *what, const struct message *m)
{
	const struct update_session *u = context;

	if (!u->is_debugging)
		return;
	if (m != NULL)
		update_report_message(stderr, what, m);
	else
		(void)fprintf(stderr, "%s\n", what);
}

/* Nothing more can be done. */
static void
end(struct update_session *u, int code)
{
	u->exit_code = code;
	u->is_over = true;
}

static void
report(struct update_session *u, const struct letter *l)
{
	update_report_letter(l, !u->is_interactive);
	if (l->fate == LETTER_UNSENDABLE)
		end(u, FAILED_SCRIPT);
	if (l->fate != LETTER_REFUSED && l->fate != LETTER_LOST && l->fate != LETTER_HOMELESS)
		return;
	u->has_failed = true;
	if (u->stops_on_error && !u->is_over)
		end(u, FAILED_UPDATE);
}

static void
forget_owners(struct update_session *u)
{
	if (u->owners_n > 0)
		memset(u->owners, 0, OWNERS * sizeof *u->owners);
	u->owners_n = 0;
	u->has_prerequisite = false;
}

/* Send what waits. */
static void
flush(struct update_session *u)
{
	struct fault why;

	if (u->batch_n == 0)
		return;
	if (sender_carry(u->sender, u->batch, u->batch_n, &why) != ZP_OK) {
		(void)fprintf(stderr, "%s\n", why.text);
		end(u, FAILED_SCRIPT);
	}
	for (size_t i = 0; i < u->batch_n; i++) {
		struct letter *l = &u->batch[i];

		report(u, l);
		message_release(&u->answer);
		u->answer = l->reply;
		u->has_answer = l->reply.flags != 0;
		l->reply = (struct message){ 0 };
		letter_release(l);
	}
	u->batch_n = 0;
	forget_owners(u);
}

static uint64_t
hash(const struct name *n)
{
	uint64_t h = 14695981039346656037U;

	for (size_t i = 0; i < n->len; i++)
		h = (h ^ n->wire[i]) * 1099511628211U;
	return h != 0 ? h : 1;
}

/* The slot of h in the table of owners, or the free one for it. */
static uint64_t *
find_owner(const struct update_session *u, uint64_t h)
{
	size_t i = h & (OWNERS - 1);

	while (u->owners[i] != 0 && u->owners[i] != h)
		i = (i + 1) & (OWNERS - 1);
	return &u->owners[i];
}

/*
 * May m travel beside all that waits?  Names are known by a hash: two that
 * share one are merely sent one after the other.
 */
static bool
is_independent(const struct update_session *u, const struct message *m)
{
	const struct record_list *updates = &m->section[SECTION_UPDATE];

	if (u->is_unordered || u->batch_n == 0)
		return true;
	if (u->has_prerequisite || m->section[SECTION_PREREQUISITE].n > 0 ||
	    u->owners_n + updates->n > OWNERS / 2)
		return false;
	for (size_t i = 0; i < updates->n; i++) {
		if (*find_owner(u, hash(&updates->v[i].owner)) != 0)
			return false;
	}
	return true;
}

/* Remember what m changes; a message of very many names travels alone. */
static void
note_owners(struct update_session *u, const struct message *m)
{
	const struct record_list *updates = &m->section[SECTION_UPDATE];

	u->has_prerequisite |= m->section[SECTION_PREREQUISITE].n > 0 ||
	    u->owners_n + updates->n > OWNERS / 2;
	for (size_t i = 0; i < updates->n && !u->has_prerequisite; i++) {
		uint64_t h = hash(&updates->v[i].owner);

		u->owners_n += *find_owner(u, h) == 0;
		*find_owner(u, h) = h;
	}
}

static size_t
batch_max(const struct update_session *u)
{
	size_t flight = u->options.in_flight > 1 ? u->options.in_flight : 1;

	/* What is gathered is sent, whatever comes of the first of it. */
	return flight > 1 && !u->stops_on_error ? flight * BATCH_PER_FLIGHT : flight;
}

/* m, which is left empty, as the next letter. */
static void
add_letter(struct update_session *u, struct message *m)
{
	const struct script *s = &u->script;
	struct letter *l;

	if (u->batch_n == u->batch_cap) {
		size_t cap = u->batch_cap == 0 ? 1 : u->batch_cap * 2;

		l = reallocarray(u->batch, cap, sizeof *l);
		if (l == NULL) {
			(void)fprintf(stderr, "out of memory\n");
			end(u, FAILED_SCRIPT);
			return;
		}
		u->batch = l;
		u->batch_cap = cap;
	}
	if (u->options.in_flight > 1 && !u->is_unordered)
		note_owners(u, m);
	l = &u->batch[u->batch_n++];
	*l = (struct letter){ .update = *m, .zone = s->zone, .class = script_class(s),
		.line = s->first_line };
	*m = (struct message){ 0 };
}

/* The parts of the script's message, one after the other, as long as all goes well. */
static void
send_parts(struct update_session *u, struct message_list *parts)
{
	bool had_failed = u->has_failed;

	u->has_failed = false;
	for (size_t i = 0; i < parts->n && !u->is_over && !u->has_failed; i++) {
		const struct record_list *updates = &parts->v[i].section[SECTION_UPDATE];
		size_t n = updates->n;

		add_letter(u, &parts->v[i]);
		flush(u);
		(void)fprintf(stderr, "part %zu of %zu (%zu updates): %s\n", i + 1, parts->n, n,
		    u->has_failed || u->is_over ? "failed; those behind it were not sent" : "done");
	}
	u->has_failed |= had_failed;
}

/* Names are compressed only in the packed message. */
static bool
fits(const struct message *m, size_t reserve)
{
	struct bytes wire = { 0 };
	bool ok = message_pack(&wire, m, reserve, NULL) == ZP_OK;

	bytes_release(&wire);
	return ok;
}

/* True if the script's message was too large for one and is dealt with. */
static bool
split(struct update_session *u)
{
	struct script *s = &u->script;
	size_t reserve = sender_reserve(u->sender, &s->zone);
	struct message_list parts;
	struct fault why;

	if (!u->splits || fits(&s->message, reserve))
		return false;
	flush(u);
	if (u->is_over)
		return true;
	if (split_update(&parts, &s->message, MESSAGE_MAX - reserve, &why) == ZP_OK) {
		send_parts(u, &parts);
	} else {
		(void)fflush(stdout);
		(void)fprintf(stderr, "%s (line %zu)\n", why.text, s->first_line);
		end(u, FAILED_SCRIPT);
	}
	script_reset(s);
	message_list_release(&parts);
	return true;
}

/* Take the script's message as the next letter. */
static void
post(struct update_session *u)
{
	struct script *s = &u->script;

	if (u->is_dry) {
		s->message.opcode = OPCODE_UPDATE;
		update_report_message(stdout, "Outgoing update query:", &s->message);
		script_reset(s);
		return;
	}
	if (!is_independent(u, &s->message))
		flush(u);
	if (u->is_over || (s->first_line != 0 && split(u)))
		return;
	add_letter(u, &s->message);
	script_reset(s);
	if (u->batch_n >= batch_max(u))
		flush(u);
}

static void
set_route(struct update_session *u)
{
	const struct tsig_key *key = !tsig_key_is_empty(&u->script.key) ? &u->script.key : &u->key;
	bool is_gss = u->is_gss && tsig_key_is_empty(&u->script.key);

	sender_set_gss(u->sender, is_gss, bytes_text(&u->script.realm));
	sender_set_key(u->sender, tsig_key_is_empty(key) ? NULL : key);
	sender_set_source(u->sender, &(struct source_addresses){ .v4 = u->script.local_v4,
	    .v6 = u->script.local_v6 });
	sender_set_servers(u->sender, &u->servers, u->host);
}

/* A statement that cannot be carried out ends a script, and is forgotten by a person. */
static void
complain(struct update_session *u, const struct fault *why)
{
	(void)fflush(stdout);
	if (u->is_interactive) {
		(void)fprintf(stderr, "%s\n", why->text);
		return;
	}
	flush(u);	/* what stands above the line goes out all the same */
	if (u->is_over)
		return;
	(void)fprintf(stderr, "%s\nsyntax error (line %zu)\n", why->text, u->script.line);
	end(u, FAILED_SCRIPT);
}

static void
find_server(struct update_session *u)
{
	const char *host = bytes_text(&u->script.server);
	struct server_addresses found;
	struct fault why;

	if (sender_look_up(&found, host, u->script.server_port, u->options.family, &why) != ZP_OK) {
		complain(u, &why);
		return;
	}
	u->servers = found;
	(void)snprintf(u->host, sizeof u->host, "%s", host);
	set_route(u);
}

static void
show(struct update_session *u)
{
	struct message view = u->script.message;
	struct record zone = { .owner = u->script.zone, .type = RRTYPE_SOA,
		.class = script_class(&u->script) };

	view.opcode = OPCODE_UPDATE;
	if (!name_is_empty(&zone.owner))
		view.section[SECTION_ZONE] = (struct record_list){ .v = &zone, .n = 1, .cap = 1 };
	update_report_message(stdout, "Outgoing update query:", &view);
}

static void
take_step(struct update_session *u, enum script_step step)
{
	switch (step) {
	case SCRIPT_NEXT:
		break;
	case SCRIPT_SEND:
		post(u);
		break;
	case SCRIPT_QUIT:
		u->is_over = true;
		break;
	case SCRIPT_SERVER:
		find_server(u);
		break;
	case SCRIPT_ROUTE:
		set_route(u);
		break;
	case SCRIPT_SHOW:
		show(u);
		break;
	case SCRIPT_ANSWER:
		if (u->has_answer)
			update_report_message(stdout, "Answer:", &u->answer);
		break;
	case SCRIPT_DEBUG:
		u->is_debugging = true;
		break;
	case SCRIPT_HELP:
		update_report_help();
		break;
	case SCRIPT_VERSION:
		printf("nsupdate of %s\n", PACKAGE_STRING);
		break;
	case SCRIPT_GSS:
		if (!gss_is_built()) {
			(void)fprintf(stderr,
			    "GSS-TSIG is not supported: this program was built without GSSAPI\n");
			end(u, FAILED_SCRIPT);
			break;
		}
		u->is_gss = true;
		tsig_key_release(&u->script.key);
		set_route(u);
		break;
	}
}

/* Statements that change where updates go, or look at what came of them, wait for those before. */
static bool
needs_quiet(const char *line)
{
	static const char *const words[] = { "server", "local", "key", "answer", "gsstsig",
		"oldgsstsig", "realm", "debug" };
	size_t skip = strspn(line, " \t"), n = strcspn(line + skip, " \t");

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strlen(words[i]) == n && strncasecmp(words[i], line + skip, n) == 0)
			return true;
	}
	return false;
}

static void
read_line(struct update_session *u, char *line)
{
	enum script_step step;
	struct fault why;

	if (u->batch_n > 0 && needs_quiet(line))
		flush(u);
	if (u->is_over)
		return;
	if (script_read(&step, &u->script, line, &why) != ZP_OK)
		complain(u, &why);
	else
		take_step(u, step);
}

static void
warn_of_unsent(struct update_session *u)
{
	const struct script *s = &u->script;

	if (s->first_line == 0 || u->is_interactive || u->exit_code != 0)
		return;
	(void)fflush(stdout);
	(void)fprintf(stderr, "%s: the update that begins in line %zu was not sent: "
	    "'send' or an empty line is missing at the end\n",
	    u->is_strict ? "error" : "warning", s->first_line);
	if (u->is_strict)
		u->exit_code = FAILED_SCRIPT;
}

static void
read_lines(struct update_session *u)
{
	struct linereader reader = { .fd = u->fd };
	struct fault why;
	char *line;

	while (!u->is_over) {
		if (u->is_interactive) {
			(void)fputs("> ", stdout);
			(void)fflush(stdout);
		}
		if (u->batch_n > 0 && linereader_would_wait(&reader))
			flush(u);
		if (linereader_next(&line, &reader, &why) != ZP_OK) {
			u->script.line++;
			complain(u, &why);
			end(u, FAILED_SCRIPT);
		}
		if (line == NULL)
			break;
		read_line(u, line);
	}
	linereader_release(&reader);
}

int
update_session_run(struct update_session *u)
{
	struct fault why;

	u->options.trace = trace;
	u->options.context = u;
	u->owners = calloc(OWNERS, sizeof *u->owners);
	if (u->owners == NULL || sender_make(&u->sender, &u->options, &why) != ZP_OK) {
		if (u->owners == NULL)
			(void)fault_set_nomem(&why);
		(void)fprintf(stderr, "%s\n", why.text);
		return FAILED_SCRIPT;
	}
	set_route(u);
	read_lines(u);
	if (u->exit_code == 0)
		flush(u);
	warn_of_unsent(u);
	if (u->is_interactive)
		(void)fputc('\n', stdout);
	return u->exit_code != 0 ? u->exit_code : u->has_failed ? FAILED_UPDATE : 0;
}

void
update_session_release(struct update_session *u)
{
	for (size_t i = 0; i < u->batch_n; i++)
		letter_release(&u->batch[i]);
	free(u->batch);
	free(u->owners);
	message_release(&u->answer);
	sender_free(u->sender);
	script_release(&u->script);
	tsig_key_release(&u->key);
	sig0_key_free(u->sig0);
}
