/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * audit/spf_eval_domain.h - domains and addresses as SPF writes them.
 *
 * A domain here is text whose dots part labels and whose other octets stand
 * for themselves: there are no escapes, as senders and macros supply it.
 */
#ifndef AUDIT_SPF_EVAL_DOMAIN_H
#define AUDIT_SPF_EVAL_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/spf_eval.h"
#include "base/bytes.h"
#include "dns/name.h"

/* A final dot is passed over. False if a label is empty or too long, or the whole is. */
bool spf_eval_domain_name(struct name *out, const char *text);

/*
 * Append text without a final dot, which says nothing, and without labels on
 * its left until 253 octets are left at most (RFC 7208 7.3).
 */
void spf_eval_domain_append(struct bytes *out, const char *text);

/* "192.0.2.1", or for IPv6 the 32 nibbles in upper case, parted by dots: the macro i. */
void spf_eval_domain_print_dotted(struct bytes *out, const struct spf_address *a);

/* "192.0.2.1", "2001:db8::1": the macro c. */
void spf_eval_domain_print_address(struct bytes *out, const struct spf_address *a);

/* The name under in-addr.arpa or ip6.arpa. */
struct name spf_eval_domain_reverse(const struct spf_address *a);

/* True if the first bits of both are the same; len octets each. */
bool spf_eval_domain_same_net(const uint8_t *a, const uint8_t *b, size_t len, unsigned bits);

#endif
