/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "dns/name.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

/* One octet of presentation format at *p, escape resolved; false if the escape is bad. */
static bool
take_octet(uint8_t *octet, const char **p)
{
	const char *s = *p;
	unsigned v;

	if (*s != '\\') {
		*octet = (uint8_t)*s;
		*p = s + 1;
		return true;
	}
	s++;
	if (*s == '\0')
		return false;
	if (!isdigit((unsigned char)*s)) {
		*octet = (uint8_t)*s;
		*p = s + 1;
		return true;
	}
	if (!isdigit((unsigned char)s[1]) || !isdigit((unsigned char)s[2]))
		return false;
	v = (unsigned)(s[0] - '0') * 100 + (unsigned)(s[1] - '0') * 10 + (unsigned)(s[2] - '0');
	if (v > 255)
		return false;
	*octet = (uint8_t)v;
	*p = s + 3;
	return true;
}

/* Append a label to a name that has no root label yet. */
static const char *
add_label(struct name *n, const uint8_t *label, size_t len)
{
	if (len == 0)
		return "it has an empty label";
	if (len > NAME_LABEL_MAX)
		return "a label is longer than 63 octets";
	if (n->len + len + 2 > NAME_WIRE_MAX)
		return "it is longer than 255 octets";
	n->wire[n->len++] = (uint8_t)len;
	for (size_t i = 0; i < len; i++)
		n->wire[n->len++] = lower(label[i]);
	return NULL;
}

int
name_parse(struct name *out, const char *text, const struct name *origin, struct fault *why)
{
	static const struct name root = { .len = 1 };
	struct name n = { 0 };
	uint8_t label[NAME_LABEL_MAX + 1];
	const char *p = text, *bad = NULL;
	size_t len = 0;
	bool absolute = false;

	*out = (struct name){ 0 };
	if (origin == NULL)
		origin = &root;
	if (strcmp(text, "@") == 0) {
		*out = *origin;
		return ZP_OK;
	}
	if (strcmp(text, ".") == 0) {
		*out = root;
		return ZP_OK;
	}
	if (*text == '\0')
		bad = "it is empty";
	while (bad == NULL && *p != '\0') {
		if (*p == '.') {
			bad = add_label(&n, label, len);
			len = 0;
			absolute = *++p == '\0';
			continue;
		}
		if (len == sizeof label)
			len--;	/* already too long: add_label will say so */
		if (!take_octet(&label[len++], &p))
			bad = "it has a bad escape";
	}
	if (bad == NULL && !absolute)
		bad = add_label(&n, label, len);
	if (bad == NULL && absolute)
		origin = &root;
	if (bad == NULL && n.len + origin->len > NAME_WIRE_MAX)
		bad = "it is longer than 255 octets";
	if (bad != NULL)
		return fault_set(why, ZP_EUSAGE, "'%.80s%s' is no domain name: %s", text,
		    strlen(text) > 80 ? "..." : "", bad);
	memcpy(n.wire + n.len, origin->wire, origin->len);
	n.len = (uint8_t)(n.len + origin->len);
	*out = n;
	return ZP_OK;
}

/* A name of letters, digits, hyphens and underscores; of a host: none of these but in front of a label. */
static int
parse_plain(struct name *out, const char *text, bool is_host, struct fault *why)
{
	const char *what = is_host ? "host" : "domain";
	bool label_start = true;

	*out = (struct name){ 0 };
	for (const char *p = text; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (c >= 0x80)
			return fault_set(why, ZP_EUSAGE,
			    "'%.80s' is not ASCII: give the A-label form (xn--...)", text);
		if (!isalnum(c) && c != '-' && c != '.' && !(c == '_' && (label_start || !is_host)))
			return fault_set(why, ZP_EUSAGE,
			    "'%.80s' is no %s name: only letters, digits%s may stand in it", text, what,
			    is_host ? " and hyphens" : ", hyphens and underscores");
		if (c == '-' && (label_start || p[1] == '.' || p[1] == '\0'))
			return fault_set(why, ZP_EUSAGE,
			    "'%.80s' is no %s name: a label begins or ends with a hyphen", text, what);
		label_start = c == '.';
	}
	return name_parse(out, text, NULL, why);
}

int
name_parse_host(struct name *out, const char *text, struct fault *why)
{
	return parse_plain(out, text, true, why);
}

int
name_parse_domain(struct name *out, const char *text, struct fault *why)
{
	return parse_plain(out, text, false, why);
}

int
name_parse_server(struct name *out, const char *text, struct fault *why)
{
	size_t len = strlen(text);
	const char *last;
	int class = name_parse_host(out, text, why);

	if (class != ZP_OK)
		return class;
	last = text + len - (text[len - 1] == '.' ? 1 : 0);
	while (last > text && isdigit((unsigned char)last[-1]))
		last--;
	if (name_is_root(out))
		class = fault_set(why, ZP_EUSAGE, "'%.80s' is the root and no host name", text);
	else if (strchr(text, '_') != NULL)
		class = fault_set(why, ZP_EUSAGE,
		    "'%.80s' is no host name: give the host without _PORT._PROTOCOL in front", text);
	else if (isdigit((unsigned char)*last) && (last == text || last[-1] == '.'))
		class = fault_set(why, ZP_EUSAGE, "'%.80s' is an address: give the name of the host", text);
	if (class != ZP_OK)
		*out = (struct name){ 0 };
	return class;
}

int
name_parse_wire(struct name *out, const uint8_t *data, size_t len, struct fault *why)
{
	size_t at = 0;

	*out = (struct name){ 0 };
	while (at < len && at < NAME_WIRE_MAX) {
		uint8_t n = data[at];

		if (n > NAME_LABEL_MAX || at + n + 1U > len || at + n + 1U > NAME_WIRE_MAX)
			break;
		out->wire[at] = n;
		for (size_t i = 1; i <= n; i++)
			out->wire[at + i] = lower(data[at + i]);
		at += n + 1U;
		if (n == 0) {
			out->len = (uint8_t)at;
			return ZP_OK;
		}
	}
	*out = (struct name){ 0 };
	return fault_set(why, ZP_EUSAGE, "malformed domain name in a message");
}

const char *
name_print(char buf[NAME_TEXT_MAX], const struct name *n)
{
	char *to = buf;

	if (n->len <= 1) {
		(void)snprintf(buf, NAME_TEXT_MAX, "%s", n->len == 1 ? "." : "");
		return buf;
	}
	for (size_t at = 0; n->wire[at] != 0; at += n->wire[at] + 1U) {
		for (size_t i = 1; i <= n->wire[at]; i++) {
			uint8_t c = n->wire[at + i];

			if (c <= ' ' || c >= 0x7f) {
				to += snprintf(to, 5, "\\%03u", (unsigned)c);
				continue;
			}
			if (strchr(".\\\"$;()@", c) != NULL)
				*to++ = '\\';
			*to++ = (char)c;
		}
		*to++ = '.';
	}
	*to = '\0';
	return buf;
}

const char *
name_print_host(char buf[NAME_TEXT_MAX], const struct name *n)
{
	size_t len;

	(void)name_print(buf, n);
	len = strlen(buf);
	if (len > 1)
		buf[len - 1] = '\0';
	return buf;
}

int
name_prepend(struct name *out, const char *prefix, const struct name *n, struct fault *why)
{
	char text[NAME_TEXT_MAX];
	struct name alone;

	if (name_parse(out, prefix, n, why) == ZP_OK)
		return ZP_OK;
	if (name_parse(&alone, prefix, NULL, NULL) != ZP_OK)
		return ZP_EUSAGE;
	(void)name_print_host(text, n);
	return fault_set(why, ZP_EUSAGE,
	    "'%.80s%s' is too long: with %.80s in front it has more than 255 octets", text,
	    strlen(text) > 80 ? "..." : "", prefix);
}

bool
name_is_empty(const struct name *n)
{
	return n->len == 0;
}

bool
name_is_root(const struct name *n)
{
	return n->len == 1;
}

bool
name_is_wildcard(const struct name *n)
{
	return n->len > 2 && n->wire[0] == 1 && n->wire[1] == '*';
}

bool
name_equal(const struct name *a, const struct name *b)
{
	return a->len == b->len && memcmp(a->wire, b->wire, a->len) == 0;
}

/* Offsets of the labels, the root's not among them; returns how many. */
static unsigned
label_offsets(uint8_t offsets[128], const struct name *n)
{
	unsigned count = 0;

	if (n->len == 0)
		return 0;
	for (size_t at = 0; n->wire[at] != 0; at += n->wire[at] + 1U)
		offsets[count++] = (uint8_t)at;
	return count;
}

int
name_compare(const struct name *a, const struct name *b)
{
	uint8_t at_a[128], at_b[128];
	unsigned na = label_offsets(at_a, a), nb = label_offsets(at_b, b);

	while (na > 0 && nb > 0) {
		const uint8_t *la = a->wire + at_a[--na], *lb = b->wire + at_b[--nb];
		size_t shorter = la[0] < lb[0] ? la[0] : lb[0];
		int order = memcmp(la + 1, lb + 1, shorter);

		if (order == 0)
			order = (int)la[0] - (int)lb[0];
		if (order != 0)
			return order;
	}
	return (int)na - (int)nb;
}

bool
name_is_under(const struct name *n, const struct name *ancestor)
{
	unsigned have = name_labels(n), want = name_labels(ancestor);
	struct name tail;

	if (n->len == 0 || ancestor->len == 0 || have < want)
		return false;
	tail = name_ancestor(n, have - want);
	return name_equal(&tail, ancestor);
}

unsigned
name_labels(const struct name *n)
{
	uint8_t offsets[128];

	return label_offsets(offsets, n);
}

struct name
name_ancestor(const struct name *n, unsigned skip)
{
	struct name out = { 0 };
	size_t at = 0;

	while (skip-- > 0 && at < n->len && n->wire[at] != 0)
		at += n->wire[at] + 1U;
	out.len = (uint8_t)(n->len - at);
	memcpy(out.wire, n->wire + at, out.len);
	return out;
}
