/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * publish/split.h - cuts an update that no message can hold.
 *
 * All that is said about one name stays together and in its order, so that a
 * replacement is never half done; of a name that is too large for that, what
 * is said about one RRset, unless an alias or all of its records are spoken
 * of.  What adds records comes before what only removes some.  The prerequisites go with the first part: the others
 * are to be sent only after it was carried out.
 */
#ifndef PUBLISH_SPLIT_H
#define PUBLISH_SPLIT_H

#include <stddef.h>

#include "base/fault.h"
#include "dns/message.h"

struct message_list {
	struct message *v;
	size_t n;
};

/*
 * Cut m, of which prerequisites and updates count, into messages of at most
 * room octets each, names compressed; their zone sections are empty.  The caller releases *out.
 * Fails: ZP_EUSAGE if the prerequisites, or what has to stay together, do not
 * fit into one message; ZP_ELOCAL.
 */
int split_update(struct message_list *out, const struct message *m, size_t room,
    struct fault *why) MUST_CHECK;

void message_list_release(struct message_list *l);

#endif
