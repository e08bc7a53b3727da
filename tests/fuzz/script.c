/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The script language of nsupdate on any text: a line is understood or refused
 * with a sentence, a refused one leaves no trace in the message, and what is
 * gathered can be printed, packed and split.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "dns/message.h"
#include "publish/script.h"
#include "publish/script_print.h"
#include "publish/split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
count(const struct message *m)
{
	return m->section[SECTION_PREREQUISITE].n + m->section[SECTION_UPDATE].n;
}

/* Every record is in one of the parts, and none is in two. */
static void
check_split(const struct message *m)
{
	struct message_list parts;
	struct fault why;
	size_t sum = 0;

	if (split_update(&parts, m, 400, &why) != ZP_OK)
		return;
	for (size_t i = 0; i < parts.n; i++)
		sum += count(&parts.v[i]);
	if (sum != count(m))
		abort();
	message_list_release(&parts);
}

static void
check_message(const struct message *m)
{
	struct bytes text = { 0 }, wire = { 0 };
	struct message again = { 0 };
	struct fault why;

	if (script_print_message(&text, "title", m, &why) != ZP_OK)
		abort();
	if (message_pack(&wire, m, 0, &why) == ZP_OK) {
		if (message_unpack(&again, wire.data, wire.len, &why) == ZP_OK &&
		    count(&again) != count(m))
			abort();
		message_release(&again);
	}
	check_split(m);
	bytes_release(&wire);
	bytes_release(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script s = { .default_port = 53, .default_hmac = "hmac-md5" };
	char *text = malloc(size + 1), *line, *next;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	for (line = text; line != NULL; line = next) {
		struct fault why = { 0 };
		enum script_step step;
		size_t before = count(&s.message);
		int class;

		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		class = script_read(&step, &s, line, &why);
		if (class != ZP_OK && (count(&s.message) != before || step != SCRIPT_NEXT ||
		    why.text[0] == '\0'))
			abort();
		if (step == SCRIPT_SEND) {
			check_message(&s.message);
			script_reset(&s);
		}
	}
	check_message(&s.message);
	script_release(&s);
	free(text);
	return 0;
}
