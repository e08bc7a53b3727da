/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/zonefile_text.h - a zone's master files, read with the place of each word.
 *
 * The text of the main file and of those that it includes, and every record in
 * them in the order of reading, with the octets it stands in.  What the
 * records mean comes from dns/wire.h.
 *
 * Owns everything; touches no file after reading.
 */
#ifndef PUBLISH_ZONEFILE_TEXT_H
#define PUBLISH_ZONEFILE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "publish/zonefile_scan.h"

struct zonefile_source {
	char *path;
	struct bytes content;
	bool repeated;		/* included more than once: an edit would show in several places */
};

enum zonefile_ttl_from {
	ZONEFILE_TTL_WRITTEN,	/* it stands in the record */
	ZONEFILE_TTL_DEFAULT,	/* $TTL (RFC 2308 4) */
	ZONEFILE_TTL_PREVIOUS,	/* the record read before it (RFC 1035 5.1) */
	ZONEFILE_TTL_MINIMUM	/* the SOA's own last field */
};

#define ZONEFILE_NONE SIZE_MAX	/* no record */

struct zonefile_record {
	struct name owner;
	uint16_t type;
	uint32_t ttl;
	struct rdata rdata;

	enum zonefile_ttl_from ttl_from;
	bool generated;		/* from $GENERATE; the spans are that line's */
	size_t source;		/* index into sources */
	unsigned line;
	size_t at, end;		/* from the start of its first line to behind its line end */
	struct zonefile_span owner_span;	/* empty: the owner of the record before it */
	struct zonefile_span ttl_span;		/* empty unless written */
	size_t fields_at;	/* where class, TTL and type begin */
	struct zonefile_span serial_span;	/* SOA only */
	size_t previous;	/* the record before it in the same file, or ZONEFILE_NONE */
};

struct zonefile_text {
	struct name zone;
	struct zonefile_source *sources;	/* the main file first */
	size_t n_sources;
	struct zonefile_record *records;	/* in the order of reading */
	size_t n;
	size_t room;
	size_t *order;		/* indices of records by owner, type, and place */
	size_t soa;		/* index */
	uint32_t serial;
};

/*
 * Read path and what it includes.  Where `instead` is not null, a file that
 * has its path among instead's sources is not opened: the content there is
 * taken (copied).
 *
 * Fails: ZP_EABSENT (no main file); ZP_EUSAGE (a fault in the text, with file
 * and line); ZP_ELOCAL.
 */
int zonefile_text_read(struct zonefile_text *out, const char *path, const struct name *zone,
    const struct zonefile_text *instead, struct fault *why) MUST_CHECK;
void zonefile_text_release(struct zonefile_text *t);

/* ---- for the parts of the reader ------------------------------------------------------ */

/* A record at the end of the list, zeroed; NULL for want of memory. */
struct zonefile_record *zonefile_text_add(struct zonefile_text *t);

/*
 * Expand one $GENERATE line, whose words s holds, into records of t.
 * ttl is what records without a TTL get.
 */
int zonefile_generate(struct zonefile_text *t, const struct zonefile_scan *s, size_t source,
    const struct name *origin, const uint32_t *ttl, struct fault *why) MUST_CHECK;

/* ---- zonefile_index.c: questions to a text -------------------------------------------- */

/* Sort, and judge what concerns the zone as a whole; called by zonefile_text_read. */
int zonefile_index_make(struct zonefile_text *t, struct fault *why) MUST_CHECK;

/*
 * The records of owner and type (0: of every type): order[*from] up to, not
 * including, order[*to].
 */
void zonefile_index_find(size_t *from, size_t *to, const struct zonefile_text *t,
    const struct name *owner, uint16_t type);

/* The cut (NS or DNAME below the origin) that takes owner and type out of the zone's own data. */
bool zonefile_index_cut(struct name *cut, const struct zonefile_text *t, const struct name *owner,
    uint16_t type);

/* Every set of the zone, by owner and type. The caller owns *out. */
int zonefile_index_sets(struct recset *out, const struct zonefile_text *t,
    struct fault *why) MUST_CHECK;

/* The set of owner and type; without records if the place is free. The caller owns *out. */
int zonefile_index_set(struct rrset *out, const struct zonefile_text *t, const struct name *owner,
    uint16_t type, struct fault *why) MUST_CHECK;

#endif
