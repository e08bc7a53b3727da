/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/look_file.h - a zone file looked at as if it were a server.
 *
 * With the zone-file publisher the file is the primary: what it would answer,
 * signatures included, is a sighting like any other, and where there is no
 * server at all it is the only one.
 */
#ifndef PUBLISH_LOOK_FILE_H
#define PUBLISH_LOOK_FILE_H

#include "base/fault.h"
#include "live/authority.h"
#include "live/sighting.h"
#include "publish/order.h"

/*
 * The DNSKEY set of the signed file, checked against anchor (a DS or DNSKEY
 * set).  Fails: ZP_EUNSAFE if anchor is null, not the zone's, or matches no
 * key; as zonefile_view_make().
 */
int look_file_keys(struct rrset *keys, const struct order *o, const struct name *zone,
    const struct rrset *anchor, struct fault *why) MUST_CHECK;

/*
 * Append one sighting for each place of the round, which is borrowed whole.
 * as_source: look at the file as it is, before it is signed.
 * Fails: as zonefile_view_make().
 */
int look_file_ask(struct sighting_list *out, const struct order *o,
    const struct authority_round *round, bool as_source, struct fault *why) MUST_CHECK;

#endif
