/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/zonefile.h - the publisher for zones that live in a master file.
 *
 * It edits the file so that only the records of the given changes and the SOA
 * serial become different: comments, order, blank lines, $ORIGIN, $TTL,
 * $INCLUDE, quoting and line ends stay octet for octet.  A comment on the
 * line of a record goes with the record; a record whose TTL alone changes
 * keeps the rest of its line.  Records in $INCLUDEd files are edited there.
 * With a key folder the zone is signed into FILE.signed.  Last, the reload
 * command runs.
 *
 * Files beside FILE (symbolic links followed):
 *	FILE.lock	held while anything is read for writing or written
 *	FILE.signed	the signed zone, with all includes in one text
 *	FILE.unfinished	stands from before the first rename until the reload
 *			command has succeeded.  Whoever finds it finishes: the
 *			serial is raised if the run that died had not come to
 *			it, the zone is signed and the server reloads, even
 *			when no record has to change.
 *
 * All files are written and synced under temporary names before the first is
 * renamed, so a full disk changes nothing.  Then come the included files, the
 * main file with the new serial, and FILE.signed, in this order: a server that
 * reads in the middle never sees the new serial with old records.
 *
 * Text is read as RFC 1035 5 and RFC 2308 4 have it, with BIND's $GENERATE
 * and TTL units.  Relative $INCLUDE paths start at the folder of FILE.
 *
 * Every path of options is borrowed.  Messages name file and line.
 */
#ifndef PUBLISH_ZONEFILE_H
#define PUBLISH_ZONEFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/argv.h"
#include "base/fault.h"
#include "base/strlist.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "publish/plan.h"

struct zonefile_options {
	const char *file;
	const struct name *zone;	/* the origin of the file */
	const char *sign_keys;		/* key folder (dns/sign.h); null: the zone is not signed here */
	const struct strlist *reload;	/* command; null or empty: none */
	int reload_timeout_ms;
	int lock_wait_ms;
	int64_t now;			/* wall clock, seconds since 1970: serials, signatures */
	uint32_t signature_lifetime;	/* seconds; 0: 14 days. Renewed when half of it is over. */
};

enum zonefile_state {
	ZONEFILE_UNTOUCHED,	/* nothing was written */
	ZONEFILE_WRITTEN,	/* the files are in place; the server was not (successfully) told */
	ZONEFILE_LOADED		/* in place, and the reload command, if any, succeeded */
};

struct zonefile_receipt {
	enum zonefile_state state;
	bool edited;		/* a master file was changed */
	bool signed_anew;	/* FILE.signed was made */
	uint32_t old_serial;
	uint32_t new_serial;	/* the old one if it was not raised */
	struct argv_result reload;	/* empty unless the command ran */
};

/*
 * Read the sets that stand in the master file (not in FILE.signed) at the
 * owners and types of places, whose records are not looked at; places null:
 * every set of the file, in canonical order of owner and type.  A place that
 * is free yields no set.  The caller owns *out.  Nothing is locked: each file
 * is replaced whole.
 *
 * Fails: ZP_EABSENT (no such file); ZP_EUSAGE (the file has a fault, named by
 * file and line: syntax, no SOA or two, a record outside the zone, a CNAME
 * beside other data); ZP_ELOCAL.
 */
int zonefile_read(struct recset *out, uint32_t *serial, const struct zonefile_options *o,
    const struct recset *places, struct fault *why) MUST_CHECK;

/*
 * Bring the zone from before to after.  Under the lock the file is read
 * again and each before is compared with what stands there now.
 *
 * A change whose after (records and TTL) stands there already is none.  With
 * no change left the master file stays as it is, but the zone is signed anew
 * if FILE.signed is missing, older than the source, made with other keys, or
 * half way to the end of its signatures; the serial is then raised where a
 * secondary would otherwise not notice.
 *
 * No changes at all (n == 0) is allowed: upkeep of FILE.signed, and of what
 * zonefile_is_unfinished().
 *
 * Fails: ZP_ESTALE (another set stands there than before says, nor is it
 * after: read again); ZP_ERETRY (another process holds the lock); ZP_EREFUSED
 * (the file's owner has to act: a managed record comes from $GENERATE, the
 * place is below a zone cut, a CNAME would stand beside other data, the
 * change is of the SOA's or DNSSEC's own types); ZP_EUSAGE and ZP_EABSENT as
 * zonefile_read, also for the key folder; ZP_ELOCAL.  In all these cases
 * nothing was changed if out->state is ZONEFILE_UNTOUCHED; ZONEFILE_WRITTEN
 * with ZP_ELOCAL means that the files are in place and the reload command
 * failed: the next call runs it again.
 */
int zonefile_apply(struct zonefile_receipt *out, const struct zonefile_options *o,
    const struct changes *changes, struct fault *why) MUST_CHECK;

void zonefile_receipt_release(struct zonefile_receipt *r);

/* True if a change was begun and its server not successfully told of it; or another process is at it. */
bool zonefile_is_unfinished(const struct zonefile_options *o);

/* ---- what a server would answer from the file ---------------------------------------- */

/* The zone as a server that loaded FILE.signed (without sign_keys: FILE) has it. */
struct zonefile_view;

enum zonefile_outcome {
	ZONEFILE_ANSWER,	/* the set, or the CNAME that stands at its place */
	ZONEFILE_NODATA,	/* the name exists (perhaps as an empty non-terminal), the type does not */
	ZONEFILE_NXDOMAIN,
	ZONEFILE_REFERRAL,	/* at or below a zone cut: authority holds the NS set */
	ZONEFILE_NOT_ZONE	/* the name is not in this zone */
};

/*
 * Sections as an authoritative server fills them for DO=1.  RRSIGs are sets
 * of type RRSIG that hold the signatures over the sets beside them, none of
 * other types.
 */
struct zonefile_answer {
	enum zonefile_outcome outcome;
	bool wildcard;		/* the answer was made from a wildcard */
	struct recset answer;	/* the set (or CNAME) and its RRSIGs */
	struct recset authority;	/* denials: SOA, NSEC or NSEC3, and their RRSIGs */
};

/* Fails: ZP_EABSENT (no file; not signed yet); ZP_EUSAGE (a fault in it); ZP_ELOCAL. */
int zonefile_view_make(struct zonefile_view **out, const struct zonefile_options *o,
    struct fault *why) MUST_CHECK;
void zonefile_view_free(struct zonefile_view *v);

/* Answer one question. The caller releases *out, which owns copies. */
int zonefile_view_answer(struct zonefile_answer *out, const struct zonefile_view *v,
    const struct name *owner, uint16_t type, struct fault *why) MUST_CHECK;
void zonefile_answer_release(struct zonefile_answer *a);

uint32_t zonefile_view_serial(const struct zonefile_view *v);

/* How long a denial may be cached: min(SOA TTL, SOA MINIMUM), seconds (RFC 2308 5, RFC 9077). */
uint32_t zonefile_view_negative_ttl(const struct zonefile_view *v);

#endif
