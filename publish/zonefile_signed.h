/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/zonefile_signed.h - FILE.signed: making it, and judging the one that stands.
 */
#ifndef PUBLISH_ZONEFILE_SIGNED_H
#define PUBLISH_ZONEFILE_SIGNED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "publish/zonefile.h"
#include "publish/zonefile_text.h"

struct sign_keys;

/* What is wrong with FILE.signed, if anything. */
struct zonefile_signed_state {
	bool due;		/* it has to be made anew */
	bool exists;		/* servers may have loaded what stands there */
	uint32_t serial;	/* its serial, if exists */
};

/* The path of FILE.signed; the caller frees it; NULL for want of memory. */
char *zonefile_signed_path(const struct zonefile_options *o);

/*
 * Judge FILE.signed against its source text: missing, unreadable, older,
 * other keys, or half way to the end of its signatures.
 * Fails: ZP_ELOCAL.
 */
int zonefile_signed_judge(struct zonefile_signed_state *out, const struct zonefile_options *o,
    const struct zonefile_text *source, const struct sign_keys *keys,
    struct fault *why) MUST_CHECK;

/* Append the signed form of source to out. Fails: as sign_zone. */
int zonefile_signed_make(struct bytes *out, const struct zonefile_options *o,
    const struct zonefile_text *source, const struct sign_keys *keys,
    struct fault *why) MUST_CHECK;

#endif
