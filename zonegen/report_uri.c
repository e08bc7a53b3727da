/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "zonegen/report_uri.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { URI_MAX = 1024 };

/* The characters of RFC 3986 2, without those that records use between URIs. */
static bool
is_uri_char(char c)
{
	return isascii((unsigned char)c) &&
	    (isalnum((unsigned char)c) || (c != '\0' && strchr("-._~:/?#[]@$&'()*+=%", c) != NULL));
}

/* Length of "!" digits and a unit at the end (RFC 7489 6.2), or 0. */
static size_t
size_suffix(const char *text)
{
	const char *mark = strrchr(text, '!'), *p;

	if (mark == NULL)
		return 0;
	for (p = mark + 1; isdigit((unsigned char)*p); p++)
		;
	if (p == mark + 1)
		return 0;
	if (*p != '\0' && strchr("kmgtKMGT", *p) != NULL)
		p++;
	return *p == '\0' ? strlen(mark) : 0;
}

static int
check_characters(const char *uri, struct fault *why)
{
	for (const char *p = uri; *p != '\0'; p++) {
		if (!is_uri_char(*p) && isgraph((unsigned char)*p))
			return fault_set(why, ZP_EUSAGE,
			    "the URI '%.80s' has a '%c' that must be written %%%02X%s", uri, *p,
			    (unsigned)(unsigned char)*p,
			    *p == ',' ? " (several addresses are given one by one)" : "");
		if (!is_uri_char(*p))
			return fault_set(why, ZP_EUSAGE,
			    "the URI '%.80s' has a blank or an octet outside ASCII", uri);
		if (*p == '%' && (!isxdigit((unsigned char)p[1]) || !isxdigit((unsigned char)p[2])))
			return fault_set(why, ZP_EUSAGE,
			    "the URI '%.80s' has a %% without two hexadecimal digits behind it", uri);
	}
	return ZP_OK;
}

/* Length of the "[IPv6 address]" that text begins with, or 0. */
static size_t
bracketed(const char *text)
{
	char address[INET6_ADDRSTRLEN];
	const char *end = text[0] == '[' ? strchr(text, ']') : NULL;
	size_t len = end == NULL ? 0 : (size_t)(end - text) - 1;
	struct in6_addr ignored;

	if (end == NULL || len >= sizeof address)
		return 0;
	(void)snprintf(address, sizeof address, "%.*s", (int)len, text + 1);
	return inet_pton(AF_INET6, address, &ignored) == 1 ? len + 2 : 0;
}

/* The host of "//host[:port]/..." or of "local@host[?...]" in rest. */
static int
take_host(struct report_uri *out, const char *uri, const char *rest, struct fault *why)
{
	char host[NAME_TEXT_MAX];
	const char *from = rest;
	struct in_addr address;
	size_t len;

	if (out->scheme == REPORT_HTTPS) {
		if (strncmp(rest, "//", 2) != 0)
			return fault_set(why, ZP_EUSAGE, "the URI '%.80s' has no // behind https:", uri);
		from = rest + 2;
		len = bracketed(from);
		if (len > 0 && (from[len] == '\0' || strchr(":/?#", from[len]) != NULL))
			return ZP_OK;
		len = strcspn(from, ":/?#");
	} else {
		len = strcspn(rest, "?#");
		from = memchr(rest, '@', len);
		if (from == NULL || from == rest)
			return fault_set(why, ZP_EUSAGE, "the URI '%.80s' has no mail address", uri);
		len -= (size_t)(++from - rest);
	}
	if (len == 0 || len >= sizeof host)
		return fault_set(why, ZP_EUSAGE, "the URI '%.80s' names no host", uri);
	(void)snprintf(host, sizeof host, "%.*s", (int)len, from);
	if (inet_pton(AF_INET, host, &address) == 1)
		return ZP_OK;
	if (name_parse_host(&out->host, host, why) != ZP_OK)
		return fault_prepend(why, "the URI '%.80s'", uri);
	if (name_labels(&out->host) < 1)
		return fault_set(why, ZP_EUSAGE, "the URI '%.80s' names no host", uri);
	return ZP_OK;
}

int
report_uri_parse(struct report_uri *out, const char *text, struct fault *why)
{
	char uri[URI_MAX];
	size_t suffix = size_suffix(text), len = strlen(text) - suffix, scheme = 0;
	int class;

	*out = (struct report_uri){ .scheme = REPORT_OTHER, .has_size = suffix > 0 };
	if (len >= sizeof uri)
		return fault_set(why, ZP_EUSAGE, "a URI is longer than %d octets", URI_MAX - 1);
	memcpy(uri, text, len);
	uri[len] = '\0';
	if ((class = check_characters(uri, why)) != ZP_OK)
		return class;
	while (isalnum((unsigned char)uri[scheme]) ||
	    (scheme > 0 && uri[scheme] != '\0' && strchr("+-.", uri[scheme]) != NULL))
		scheme++;
	if (scheme == 0 || uri[scheme] != ':' || !isalpha((unsigned char)uri[0]))
		return fault_set(why, ZP_EUSAGE, "'%.80s' is no URI: %s", uri,
		    strchr(uri, '@') != NULL ? "write mailto: in front of the address"
		    : "it begins with no scheme such as mailto:");
	if (uri[scheme + 1] == '\0')
		return fault_set(why, ZP_EUSAGE, "the URI '%.80s' ends behind its scheme", uri);
	if (scheme == 6 && strncasecmp(uri, "mailto", 6) == 0)
		out->scheme = REPORT_MAILTO;
	else if (scheme == 5 && strncasecmp(uri, "https", 5) == 0)
		out->scheme = REPORT_HTTPS;
	else
		return ZP_OK;
	return take_host(out, uri, uri + scheme + 1, why);
}
