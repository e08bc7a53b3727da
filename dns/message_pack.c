/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/message.h"

#include <string.h>

#include "dns/layout.h"

enum {
	POINTER_MAX = 0x3fff,	/* a pointer has 14 bits */
	SLOTS = 1024,		/* a power of two */
	PROBES = 8
};

/* Where the names written so far begin; 0 marks a free slot. */
struct packer {
	struct bytes *out;
	uint16_t slots[SLOTS];
};

static uint32_t
hash(const uint8_t *data, size_t len)
{
	uint32_t h = 2166136261U;

	for (size_t i = 0; i < len; i++)
		h = (h ^ data[i]) * 16777619U;
	return h ^ h >> 15;
}

/* The slot that holds suffix, or a free one for it, or NULL if the neighbourhood is full. */
static uint16_t *
find_slot(struct packer *p, const uint8_t *suffix, size_t len)
{
	uint32_t h = hash(suffix, len);

	for (unsigned i = 0; i < PROBES; i++) {
		uint16_t *slot = &p->slots[(h + i) & (SLOTS - 1)];
		size_t at = *slot;
		struct name there;

		if (at == 0)
			return slot;
		if (layout_take_name(&there, p->out->data, p->out->len, &at) && there.len == len &&
		    memcmp(there.wire, suffix, len) == 0)
			return slot;
	}
	return NULL;
}

static void
pack_name(struct packer *p, const struct name *n)
{
	/* Slots are filled once the name is whole: a search reads what they lead to. */
	uint16_t *fresh[128];
	uint16_t offsets[128];
	unsigned count = 0;
	size_t at = 0;

	while (n->wire[at] != 0) {
		uint16_t *slot = find_slot(p, n->wire + at, n->len - at);

		if (slot != NULL && *slot != 0) {
			bytes_append_u16(p->out, (uint16_t)(0xc000 | *slot));
			goto record;
		}
		if (slot != NULL && p->out->len <= POINTER_MAX) {
			fresh[count] = slot;
			offsets[count++] = (uint16_t)p->out->len;
		}
		bytes_append(p->out, n->wire + at, n->wire[at] + 1U);
		at += n->wire[at] + 1U;
	}
	bytes_append_u8(p->out, 0);
record:
	/* Two suffixes may have been given the same free slot: the longer one keeps it. */
	for (unsigned i = 0; i < count; i++) {
		if (*fresh[i] == 0)
			*fresh[i] = offsets[i];
	}
}

static void
pack_record(struct packer *p, const struct record *r)
{
	pack_name(p, &r->owner);
	bytes_append_u16(p->out, r->type);
	bytes_append_u16(p->out, r->class);
	bytes_append_u32(p->out, r->ttl);
	bytes_append_u16(p->out, r->rdata.len);
	bytes_append(p->out, r->rdata.data, r->rdata.len);
}

static void
pack_edns(struct bytes *out, const struct message *m)
{
	bytes_append_u8(out, 0);
	bytes_append_u16(out, RRTYPE_OPT);
	bytes_append_u16(out, m->udp_size);
	bytes_append_u8(out, (uint8_t)(m->rcode >> 4));
	bytes_append_u8(out, m->edns_version);
	bytes_append_u16(out, m->dnssec_ok ? 0x8000 : 0);
	bytes_append_u16(out, 0);
}

int
message_pack(struct bytes *out, const struct message *m, size_t reserve, struct fault *why)
{
	struct packer p = { .out = out };
	size_t most = MESSAGE_MAX - (reserve < MESSAGE_MAX ? reserve : MESSAGE_MAX);

	bytes_clear(out);
	for (unsigned s = 0; s < SECTION_COUNT; s++) {
		if (m->section[s].n > 65534)
			return fault_set(why, ZP_EUSAGE, "%zu records are more than a message can "
			    "hold: send them in several messages", m->section[s].n);
	}
	bytes_append_u16(out, m->id);
	bytes_append_u16(out, (uint16_t)((m->flags & ~(0xf << 11 | 0xf)) |
	    (m->opcode & 0xf) << 11 | (m->rcode & 0xf)));
	for (unsigned s = 0; s < SECTION_COUNT; s++)
		bytes_append_u16(out, (uint16_t)(m->section[s].n +
		    (s == SECTION_ADDITIONAL && m->has_edns ? 1 : 0)));

	for (size_t i = 0; i < m->section[SECTION_QUESTION].n; i++) {
		const struct record *q = &m->section[SECTION_QUESTION].v[i];

		pack_name(&p, &q->owner);
		bytes_append_u16(out, q->type);
		bytes_append_u16(out, q->class);
	}
	for (unsigned s = SECTION_ANSWER; s < SECTION_COUNT; s++) {
		for (size_t i = 0; i < m->section[s].n && !out->broken; i++)
			pack_record(&p, &m->section[s].v[i]);
	}
	if (m->has_edns)
		pack_edns(out, m);

	if (out->broken) {
		bytes_clear(out);
		return fault_set_nomem(why);
	}
	if (out->len > most) {
		size_t over = out->len - most;

		bytes_clear(out);
		return fault_set(why, ZP_EUSAGE, "the message is %zu octets larger than a DNS message "
		    "can be (%d): send it in several parts", over, MESSAGE_MAX);
	}
	return ZP_OK;
}

/* The reader of one message. */
struct unpacker {
	const uint8_t *data;
	size_t len;
	size_t at;
	struct message *m;
	bool has_tsig;
};

static bool
take_u16(struct unpacker *u, uint16_t *v)
{
	if (u->len - u->at < 2)
		return false;
	*v = (uint16_t)(u->data[u->at] << 8 | u->data[u->at + 1]);
	u->at += 2;
	return true;
}

static bool
take_u32(struct unpacker *u, uint32_t *v)
{
	uint16_t high, low;

	if (!take_u16(u, &high) || !take_u16(u, &low))
		return false;
	*v = (uint32_t)high << 16 | low;
	return true;
}

static bool
take_edns(struct message *m, const struct record *r)
{
	if (m->has_edns || !name_is_root(&r->owner))
		return false;
	m->has_edns = true;
	m->udp_size = r->class;
	m->rcode = (uint16_t)(m->rcode | (r->ttl >> 24) << 4);
	m->edns_version = (uint8_t)(r->ttl >> 16);
	m->dnssec_ok = (r->ttl & 0x8000) != 0;
	return true;
}

/* One record of section s; on failure *bad says what is wrong, or it is a lack of memory. */
static int
take_record(struct unpacker *u, enum section s, const char **bad, struct fault *why)
{
	struct record r = { 0 };
	struct bytes rdata = { 0 };
	size_t begin = u->at;
	uint16_t rdlen = 0;
	int class;

	*bad = "it ends in the middle of a record";
	if (!layout_take_name(&r.owner, u->data, u->len, &u->at)) {
		*bad = "the owner name of a record is malformed";
		return ZP_EUSAGE;
	}
	if (!take_u16(u, &r.type) || !take_u16(u, &r.class))
		return ZP_EUSAGE;
	if (s == SECTION_QUESTION)
		return message_add(u->m, s, &r, why);
	if (!take_u32(u, &r.ttl) || !take_u16(u, &rdlen) || rdlen > u->len - u->at)
		return ZP_EUSAGE;
	if (u->has_tsig) {
		*bad = "a record stands behind the TSIG record";
		return ZP_EUSAGE;
	}
	if (s == SECTION_ADDITIONAL && r.type == RRTYPE_TSIG) {
		u->m->tsig_at = begin;
		u->has_tsig = true;
		u->at += rdlen;
		return ZP_OK;
	}
	if (r.type == RRTYPE_OPT || r.type == RRTYPE_TSIG) {
		*bad = "an OPT or TSIG record is out of place";
		u->at += rdlen;
		return s == SECTION_ADDITIONAL && take_edns(u->m, &r) ? ZP_OK : ZP_EUSAGE;
	}

	/* RFC 2136: records of class ANY and NONE may have no rdata, whatever their type. */
	if (rdlen > 0 && !layout_expand(&rdata, r.type, u->data, u->at, rdlen, true)) {
		*bad = "the data of a record are malformed";
		bytes_release(&rdata);
		return ZP_EUSAGE;
	}
	u->at += rdlen;
	class = bytes_check(&rdata, why);
	if (class == ZP_OK && rdata.len > UINT16_MAX) {
		*bad = "the data of a record are too long";
		class = ZP_EUSAGE;
	}
	if (class == ZP_OK) {
		r.rdata = (struct rdata){ .len = (uint16_t)rdata.len, .data = rdata.data };
		class = message_add(u->m, s, &r, why);
	}
	bytes_release(&rdata);
	return class;
}

int
message_unpack(struct message *out, const void *data, size_t len, struct fault *why)
{
	struct unpacker u = { .data = data, .len = len, .m = out };
	uint16_t counts[SECTION_COUNT] = { 0 }, word = 0;
	const char *bad = "it is shorter than a header";
	int class = ZP_EUSAGE;
	bool ok;

	*out = (struct message){ 0 };
	ok = take_u16(&u, &out->id) && take_u16(&u, &word);
	out->flags = (uint16_t)(word & ~(0xf << 11 | 0xf));
	out->opcode = word >> 11 & 0xf;
	out->rcode = word & 0xf;
	for (unsigned s = 0; ok && s < SECTION_COUNT; s++)
		ok = take_u16(&u, &counts[s]);
	if (!ok)
		goto out;

	for (unsigned s = 0; s < SECTION_COUNT; s++) {
		for (unsigned i = 0; i < counts[s]; i++) {
			class = take_record(&u, (enum section)s, &bad, why);
			if (class != ZP_OK)
				goto out;
		}
	}
	out->trailing = u.len - u.at;
	class = ZP_OK;
out:
	if (class != ZP_OK) {
		struct message header = { .id = out->id, .flags = out->flags,
			.opcode = out->opcode, .rcode = out->rcode & 0xf };

		message_release(out);
		*out = header;
	}
	if (class == ZP_EUSAGE)
		return fault_set(why, ZP_EUSAGE, "malformed DNS message: %s", bad);
	return class;
}
