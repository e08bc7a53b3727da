/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any octets as a server's reply, judged by the keys of a signed zone.  The
 * first octet chooses zone and question.  Nobody here has the zone's private
 * key, so no input may be taken for what the zone does not say.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dns/message.h"
#include "dns/wire.h"
#include "live/judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The keys of tests/unit/dns/vectors, nsec.zone and nsec3.zone. */
static const char *const keys_text[] = {
	"257 3 13 E4j6kqM7WQssl28pqUazGsjP7f6RCqgXXb7xP5eCzJPDHWGIeE4It8nYuClfGUIjxO8eLmwveyR"
	    "5V32UIKqU0g==",
	"257 3 14 DsnIB0cJr+XskLxP4Xon8Bikb/+zjcKeoZ7i3mCF4RWeN/4HnGz8b7tiuNBrYnzFfjxTaCkC0dq"
	    "hHPqoHwC/xXgg0t0dMenkiEgEjhc6AuhT+tigrePAyRMtuHNyIPF/"
};

/* What the zone has: the number of records, 0 for a name that is not there. */
static const struct {
	const char *owner;
	uint16_t type;
	size_t records;
	bool exists;
} questions[] = {
	{ "mx.example.", RRTYPE_TXT, 2, true },
	{ "mx.example.", RRTYPE_AAAA, 0, true },
	{ "nx.example.", RRTYPE_A, 0, false },
	{ "x.wild.example.", RRTYPE_TXT, 1, true },
	{ "_tcp.mx.example.", RRTYPE_TLSA, 0, true }
};

enum { QUESTIONS = sizeof questions / sizeof questions[0], DURING = 1780272000 };

static void
must(int condition)
{
	if (!condition)
		abort();
}

/* The judge may call valid only what the zone says. */
static void
check(const struct sighting *s, unsigned q)
{
	if (s->trust != VERIFY_VALID)
		return;
	must(sighting_is_answer(s) && s->signed_until > DURING && s->reason[0] == '\0');
	must(s->answer != SIGHTING_ALIAS);
	must(s->answer != SIGHTING_PRESENT || s->set.n == questions[q].records);
	must(s->answer != SIGHTING_NODATA || (questions[q].exists && questions[q].records == 0));
	must(s->answer != SIGHTING_NXDOMAIN || !questions[q].exists);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct name zone;
	struct rrset keys;
	struct bytes key = { 0 };
	struct message m = { 0 };
	struct sighting s = { .when = { .wall = (int64_t)DURING * 1000 } };
	struct judge_terms terms = { .zone = &zone, .keys = &keys };
	unsigned q;

	if (size < 1)
		return 0;
	q = data[0] / 2 % QUESTIONS;
	must(name_parse(&zone, "example.", NULL, NULL) == ZP_OK &&
	    name_parse(&s.owner, questions[q].owner, NULL, NULL) == ZP_OK &&
	    wire_parse_rdata(&key, RRTYPE_DNSKEY, keys_text[data[0] % 2], NULL, NULL) == ZP_OK);
	keys = rrset_make(&zone, RRTYPE_DNSKEY, 3600);
	must(rrset_add(&keys, key.data, key.len, NULL) == ZP_OK);
	s.type = questions[q].type;
	if (message_unpack(&m, data + 1, size - 1, NULL) == ZP_OK &&
	    judge_reply(&s, &m, &terms, NULL) == ZP_OK)
		check(&s, q);
	sighting_release(&s);
	message_release(&m);
	rrset_release(&keys);
	bytes_release(&key);
	return 0;
}
