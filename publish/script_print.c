/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "publish/script_print.h"

#include "dns/wire.h"

static const char *const update_sections[] = { "ZONE", "PREREQUISITE", "UPDATE", "ADDITIONAL" };
static const char *const update_counts[] = { "ZONE", "PREREQ", "UPDATE", "ADDITIONAL" };
static const char *const query_sections[] = { "QUESTION", "ANSWER", "AUTHORITY", "ADDITIONAL" };

static void
print_flags(struct bytes *out, uint16_t flags)
{
	static const struct {
		uint16_t flag;
		const char *name;
	} names[] = { { FLAG_QR, "qr" }, { FLAG_AA, "aa" }, { FLAG_TC, "tc" }, { FLAG_RD, "rd" },
		{ FLAG_RA, "ra" }, { FLAG_AD, "ad" }, { FLAG_CD, "cd" } };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if ((flags & names[i].flag) != 0)
			bytes_printf(out, " %s", names[i].name);
	}
}

/* Rdata that cannot be read are shown as octets. */
static void
print_rdata(struct bytes *out, const struct record *r)
{
	if (r->rdata.len == 0 ||
	    wire_print_rdata(out, r->type, r->rdata.data, r->rdata.len, NULL) == ZP_OK)
		return;
	bytes_printf(out, "\\# %u ", (unsigned)r->rdata.len);
	bytes_append_hex(out, r->rdata.data, r->rdata.len);
}

static void
print_record(struct bytes *out, const struct record *r, bool is_question)
{
	char owner[NAME_TEXT_MAX], type[16], class[16];

	(void)name_print(owner, &r->owner);
	(void)wire_print_type(type, r->type);
	(void)message_print_class(class, r->class);
	if (is_question) {
		bytes_printf(out, ";%s\t\t\t%s\t%s\n", owner, class, type);
		return;
	}
	bytes_printf(out, "%s\t\t%u\t%s\t%s\t", owner, (unsigned)r->ttl, class, type);
	print_rdata(out, r);
	bytes_append_u8(out, '\n');
}

int
script_print_message(struct bytes *out, const char *title, const struct message *m,
    struct fault *why)
{
	bool is_update = m->opcode == OPCODE_UPDATE;
	const char *const *names = is_update ? update_sections : query_sections;
	const char *const *counts = is_update ? update_counts : query_sections;
	char opcode[16], rcode[16];

	bytes_printf(out, "%s\n;; ->>HEADER<<- opcode: %s, status: %s, id: %6u\n;; flags:", title,
	    message_print_opcode(opcode, m->opcode), message_print_rcode(rcode, m->rcode),
	    (unsigned)m->id);
	print_flags(out, m->flags);
	for (unsigned s = 0; s < SECTION_COUNT; s++)
		bytes_printf(out, "%s %s: %zu", s == 0 ? ";" : ",", counts[s], m->section[s].n);
	bytes_append_u8(out, '\n');
	for (unsigned s = 0; s < SECTION_COUNT; s++) {
		if (m->section[s].n == 0)
			continue;
		bytes_printf(out, ";; %s SECTION:\n", names[s]);
		for (size_t i = 0; i < m->section[s].n; i++)
			print_record(out, &m->section[s].v[i], s == 0);
		bytes_append_u8(out, '\n');
	}
	bytes_append_u8(out, '\n');
	return bytes_check(out, why);
}
