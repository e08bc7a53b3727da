/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any octets as a message: unpacking stays inside, and what was unpacked packs
 * into a message that unpacks to the same records.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dns/message.h"
#include "dns/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(int condition)
{
	if (!condition)
		abort();
}

static void
compare(const struct message *a, const struct message *b)
{
	must(a->id == b->id && a->flags == b->flags && a->opcode == b->opcode);
	for (unsigned s = 0; s < SECTION_COUNT; s++) {
		must(a->section[s].n == b->section[s].n);
		for (size_t i = 0; i < a->section[s].n; i++) {
			const struct record *r = &a->section[s].v[i], *t = &b->section[s].v[i];

			must(name_equal(&r->owner, &t->owner) && r->type == t->type &&
			    r->class == t->class && r->ttl == t->ttl);
			must(r->rdata.len == t->rdata.len && (r->rdata.len == 0 ||
			    memcmp(r->rdata.data, t->rdata.data, r->rdata.len) == 0));
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct message m, again;
	struct bytes packed = { 0 }, text = { 0 };
	struct fault why;
	struct rrset set, signatures;

	if (message_unpack(&m, data, size, &why) != ZP_OK) {
		must(why.text[0] != '\0' && m.section[SECTION_ANSWER].n == 0);
		return 0;
	}
	if (message_pack(&packed, &m, 0, &why) == ZP_OK) {
		must(message_unpack(&again, packed.data, packed.len, &why) == ZP_OK);
		compare(&m, &again);
		message_release(&again);
	}
	for (size_t i = 0; i < m.section[SECTION_ANSWER].n; i++) {
		const struct record *r = &m.section[SECTION_ANSWER].v[i];

		must(message_rrset(&set, &signatures, &m.section[SECTION_ANSWER], &r->owner, r->type,
		    &why) == ZP_OK);
		bytes_clear(&text);
		(void)!wire_print_rrset(&text, &set, &why);
		rrset_release(&set);
		rrset_release(&signatures);
		if (i > 8)
			break;
	}
	bytes_release(&packed);
	bytes_release(&text);
	message_release(&m);
	return 0;
}
