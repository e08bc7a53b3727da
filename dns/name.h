/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns/name.h - a domain name in canonical form (RFC 4034 6.1, 6.2).
 *
 * Uncompressed wire form in lower case: always absolute, at most 255 octets,
 * labels of at most 63.  A value: copy it with =, compare it with the
 * functions below.  An all-zero struct is no name (name_is_empty); the root
 * has length 1.
 */
#ifndef DNS_NAME_H
#define DNS_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fault.h"

enum {
	NAME_WIRE_MAX = 255,
	NAME_LABEL_MAX = 63,
	NAME_TEXT_MAX = 1024	/* room for any name in text, every octet escaped, and a NUL */
};

struct name {
	uint8_t len;
	uint8_t wire[NAME_WIRE_MAX];
};

/*
 * Presentation format (RFC 1035 5.1: \DDD and \X escapes).  Text that does
 * not end in a dot is relative to origin, or to the root if origin is null;
 * "@" is the origin itself.
 * Fails: ZP_EUSAGE (empty label, label or name too long, bad escape).
 */
int name_parse(struct name *out, const char *text, const struct name *origin,
    struct fault *why) MUST_CHECK;

/*
 * A host name given by a person: as name_parse against the root, and only
 * letters, digits and hyphens (underscores at the front of a label are
 * allowed for service labels).  Non-ASCII text is refused with the advice to
 * give the A-label (RFC 5890).
 */
int name_parse_host(struct name *out, const char *text, struct fault *why) MUST_CHECK;

/*
 * The name of something else, such as a mail domain, a selector or a key: as
 * name_parse_host, and underscores are allowed everywhere.
 */
int name_parse_domain(struct name *out, const char *text, struct fault *why) MUST_CHECK;

/*
 * The name of a host that has addresses: as name_parse_host, and neither the
 * root, nor an address in numbers, nor with a label that begins with an
 * underscore.
 */
int name_parse_server(struct name *out, const char *text, struct fault *why) MUST_CHECK;

/* Wire form at data, at most len octets, no compression; ZP_EUSAGE if malformed. */
int name_parse_wire(struct name *out, const uint8_t *data, size_t len, struct fault *why) MUST_CHECK;

/* Absolute text with the final dot into buf (NAME_TEXT_MAX); returns buf. */
const char *name_print(char buf[NAME_TEXT_MAX], const struct name *n);

/* The same without the final dot (the root stays "."); for SNI, mail and people. */
const char *name_print_host(char buf[NAME_TEXT_MAX], const struct name *n);

/* prefix (relative labels, such as "_25._tcp") in front of n. Fails: ZP_EUSAGE if too long. */
int name_prepend(struct name *out, const char *prefix, const struct name *n,
    struct fault *why) MUST_CHECK;

bool name_is_empty(const struct name *n);
bool name_is_root(const struct name *n);
bool name_is_wildcard(const struct name *n);	/* first label is "*" */
bool name_equal(const struct name *a, const struct name *b);

/* Canonical order (RFC 4034 6.1): negative, zero or positive. */
int name_compare(const struct name *a, const struct name *b);

/* True if n is ancestor or lies below it, on a label boundary. */
bool name_is_under(const struct name *n, const struct name *ancestor);

/* Number of labels, the root not counted. */
unsigned name_labels(const struct name *n);

/* n without its first skip labels; the root if there are no more. */
struct name name_ancestor(const struct name *n, unsigned skip);

#endif
