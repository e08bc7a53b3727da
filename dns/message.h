/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/message.h - DNS messages, packed and unpacked (RFC 1035 4, RFC 2136, RFC 6891).
 *
 * A message owns its records.  The OPT record (EDNS) and the TSIG record are
 * kept apart from the additional section: the first is a field of the
 * message, the second is made and judged by dns/tsig.h.
 *
 * Unpacking never reads outside of what it was given, follows compression
 * pointers only backwards, and yields rdata without compression, names in it
 * in canonical form for the types of RFC 4034 6.2 (RFC 6840 5.1).
 */
#ifndef DNS_MESSAGE_H
#define DNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "dns/name.h"
#include "dns/rrset.h"

enum { MESSAGE_MAX = 65535, MESSAGE_HEADER = 12, MESSAGE_UDP_SIZE = 1232 };

enum message_opcode { OPCODE_QUERY = 0, OPCODE_NOTIFY = 4, OPCODE_UPDATE = 5 };

enum message_class { CLASS_IN = 1, CLASS_CH = 3, CLASS_NONE = 254, CLASS_ANY = 255 };

enum message_rcode {
	RCODE_NOERROR = 0, RCODE_FORMERR = 1, RCODE_SERVFAIL = 2, RCODE_NXDOMAIN = 3,
	RCODE_NOTIMP = 4, RCODE_REFUSED = 5, RCODE_YXDOMAIN = 6, RCODE_YXRRSET = 7,
	RCODE_NXRRSET = 8, RCODE_NOTAUTH = 9, RCODE_NOTZONE = 10, RCODE_BADVERS = 16,
	/* as errors in TSIG (RFC 8945 3) and TKEY (RFC 2930 2.6) records */
	RCODE_BADSIG = 16, RCODE_BADKEY = 17, RCODE_BADTIME = 18, RCODE_BADMODE = 19,
	RCODE_BADNAME = 20, RCODE_BADALG = 21, RCODE_BADTRUNC = 22, RCODE_BADCOOKIE = 23
};

enum message_flag {
	FLAG_QR = 0x8000, FLAG_AA = 0x0400, FLAG_TC = 0x0200, FLAG_RD = 0x0100,
	FLAG_RA = 0x0080, FLAG_AD = 0x0020, FLAG_CD = 0x0010
};

/* The sections, by the names of RFC 1035 and, at the same places, of RFC 2136. */
enum section {
	SECTION_QUESTION = 0, SECTION_ANSWER = 1, SECTION_AUTHORITY = 2, SECTION_ADDITIONAL = 3,
	SECTION_ZONE = 0, SECTION_PREREQUISITE = 1, SECTION_UPDATE = 2,
	SECTION_COUNT = 4
};

struct record {
	struct name owner;
	uint16_t type;
	uint16_t class;
	uint32_t ttl;		/* 0 in the question section */
	struct rdata rdata;	/* empty in the question section; owned */
};

struct record_list {
	struct record *v;
	size_t n;
	size_t cap;
};

struct message {
	uint16_t id;
	uint16_t flags;		/* enum message_flag, or-ed */
	uint8_t opcode;
	uint16_t rcode;		/* with the upper bits of EDNS */
	struct record_list section[SECTION_COUNT];
	bool has_edns;
	bool dnssec_ok;		/* DO; makes sense with has_edns only */
	uint8_t edns_version;
	uint16_t udp_size;
	/* Filled by message_unpack() alone: */
	size_t tsig_at;		/* where the TSIG record, always the last, begins; 0: none */
	size_t trailing;	/* octets behind the last record */
};

/* Append a record; the rdata (plain wire form) is copied. Fails: ZP_ELOCAL, ZP_EUSAGE (length). */
int message_add(struct message *m, enum section s, const struct record *r,
    struct fault *why) MUST_CHECK;

/* Append a question, or the zone of an update: class IN. */
int message_ask(struct message *m, const struct name *owner, uint16_t type,
    struct fault *why) MUST_CHECK;

/*
 * Make an ordinary query: one question, EDNS with a UDP size of 1232 and the
 * DO bit as given, RD as given.  m is emptied first (not released).
 */
int message_query(struct message *m, const struct name *owner, uint16_t type, bool recursion,
    bool dnssec_ok, struct fault *why) MUST_CHECK;

void message_release(struct message *m);

/*
 * Pack m, owner names compressed; reserve octets must stay free behind it
 * (for TSIG).  Fails: ZP_EUSAGE if it is larger than a message can be: the
 * sentence says by how much.
 */
int message_pack(struct bytes *out, const struct message *m, size_t reserve,
    struct fault *why) MUST_CHECK;

/*
 * Unpack.  Octets behind the last record are counted in out->trailing and are
 * no failure.  Fails: ZP_EUSAGE if it is malformed (out is empty then, but
 * for what of the header could be read); ZP_ELOCAL.
 */
int message_unpack(struct message *out, const void *data, size_t len, struct fault *why) MUST_CHECK;

/*
 * Gather the records of owner and type (class IN) in one section into set,
 * and the RRSIGs that cover the type into signatures (may be null).  Nothing
 * there: empty sets and ZP_OK.  The TTL is the smallest (RFC 2181 5.2).
 * Fails: ZP_ELOCAL.
 */
int message_rrset(struct rrset *set, struct rrset *signatures, const struct record_list *list,
    const struct name *owner, uint16_t type, struct fault *why) MUST_CHECK;

/* True if both ask the same (sections of questions equal, in order). */
bool message_same_question(const struct message *a, const struct message *b);

/* The names that nsupdate and dig print: "NOERROR", "NXRRSET", "RCODE4095". Returns buf. */
const char *message_print_rcode(char buf[16], uint16_t rcode);
const char *message_print_opcode(char buf[16], uint8_t opcode);	/* "QUERY", "UPDATE", "OPCODE9" */
const char *message_print_class(char buf[16], uint16_t class);	/* "IN", "NONE", "CLASS7" */

#endif
