/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf/conf.h - what the owner asked for: the configuration as values.
 *
 * Everything here was checked when it was read: names are names, choices are
 * enums, durations are milliseconds.  Files that options name are not opened
 * here; who uses one reports on it with conf_fault(), which names the file
 * and line of the option.  Options that were not given have their default, or
 * NULL, an empty list, an empty name or CONF_UNSET.
 *
 * struct conf owns all of it; the sections are borrowed from it.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/strlist.h"
#include "dns/name.h"

enum { CONF_UNSET = -1 };

/* Where a section and the options in it stand. */
struct conf_line {
	const char *option;	/* static text */
	int line;
};

struct conf_where {
	const char *file;	/* borrowed from the configuration */
	const char *section;	/* "zone", "tls" ...: static text */
	int line;		/* of the section's first line, from 1 */
	struct conf_line *options;
	size_t options_n;
};

/* A private part of the tree: its servers are asked, whatever the parent says. */
struct conf_stub {
	struct conf_where where;
	struct name zone;
	struct strlist servers;	/* ADDR[@PORT] */
};

struct conf_resolver {
	struct conf_where where;
	char *forward;		/* ADDR[@PORT] */
	char *trust_anchor;	/* file */
	struct conf_stub *stubs;
	size_t stubs_n;
};

enum conf_publisher {
	CONF_PUBLISHER_NONE,	/* while reading only; a section that was read has one */
	CONF_RFC2136,
	CONF_ZONEFILE,
	CONF_POWERDNS
};

enum conf_transport { CONF_TRANSPORT_AUTO, CONF_TRANSPORT_UDP, CONF_TRANSPORT_TCP,
	CONF_TRANSPORT_TLS };

struct conf_zone {
	struct conf_where where;
	struct name name;
	int publisher;		/* enum conf_publisher; from the other options if not given */
	char *server;		/* HOST[@PORT]; NULL: the SOA MNAME */
	char *tsig_file;
	int transport;		/* enum conf_transport */
	char *tls_ca;		/* file; NULL: the system's */
	char *tls_name;		/* name in the server's certificate; NULL: the host of server */
	char *zonefile;
	char *sign_keys;	/* folder */
	struct strlist reload;	/* words */
	char *api;		/* URL */
	char *api_key_file;
	struct strlist authorities;	/* ADDR[@PORT]; empty: every address of every NS */
	struct strlist exclude;	/* servers left out of the proof, by name or address */
	int64_t ttl;		/* seconds; default 3600 */
	bool allow_insecure;
};

/* The parameters of one TLSA record (RFC 6698 2.1). */
struct conf_tlsa_params {
	uint8_t usage;
	uint8_t selector;
	uint8_t matching;
};

enum conf_scheme { CONF_SCHEME_STAGED, CONF_SCHEME_NEXT_KEY };

struct conf_tls {
	struct conf_where where;
	struct name host;
	uint16_t *ports;	/* at least one; default 25 */
	size_t ports_n;
	struct conf_tlsa_params *params;	/* at least one; default 3 1 1 */
	size_t params_n;
	char *cert;		/* the renewed pair */
	char *key;
	char *live_chain;	/* key and chain in one file */
	char *live_cert;
	char *live_key;
	struct strlist deploy;	/* words */
	int64_t deploy_timeout;	/* ms; default 60 s */
	int scheme;		/* enum conf_scheme */
	char *next_dir;		/* folder of the next key and its CSR; next-key scheme */
	int64_t safety;		/* ms: R of ROLLOVER.md; default 5 min */
	int64_t hold;		/* ms: H; CONF_UNSET: TTL + R */
	int64_t max_wait;	/* ms; CONF_UNSET: no bound */
	struct name zone;	/* empty: found by asking */
	struct strlist probe;	/* ADDR[@PORT]; empty: every address of the host */
	int64_t probe_repeat;	/* handshakes for each address; default 1 */
	bool no_probe;
	bool prune;
	bool allow_insecure;
};

struct conf_mx {
	uint16_t preference;
	struct name host;	/* the root: null MX (RFC 7505) */
};

enum conf_dmarc_policy { CONF_DMARC_UNSET, CONF_DMARC_NONE, CONF_DMARC_QUARANTINE,
	CONF_DMARC_REJECT };

/* Texts are as the tags of RFC 9989 4.7 take them; NULL: no such tag. */
struct conf_dmarc {
	struct conf_where where;
	int policy;		/* enum conf_dmarc_policy; never unset */
	int subdomain_policy;
	int nonexistent_policy;
	char *adkim;		/* "r" or "s" */
	char *aspf;
	struct strlist rua;	/* URIs */
	struct strlist ruf;
	char *fo;
	char *testing;		/* "y" or "n" */
	char *psd;		/* "y", "n" or "u" */
	int64_t pct;		/* 0 to 100; CONF_UNSET */
};

/* A DKIM record made from a key file. */
struct conf_dkim {
	struct conf_where where;
	char *selector;
	char *key;
	struct strlist hash;
	struct strlist service;
	struct strlist flag;
	char *note;
	bool revoke;
};

enum conf_old_key { CONF_OLD_KEY_SHRED, CONF_OLD_KEY_ARCHIVE, CONF_OLD_KEY_PUBLISH };
enum conf_signer { CONF_SIGNER_NONE, CONF_SIGNER_OPENDKIM, CONF_SIGNER_RSPAMD,
	CONF_SIGNER_COMMAND };
enum conf_algorithm { CONF_RSA2048, CONF_RSA4096, CONF_ED25519 };

struct conf_rotation {
	struct conf_where where;
	int *algorithms;	/* enum conf_algorithm; at least one; default rsa2048 */
	size_t algorithms_n;
	char *selector;		/* strftime(3) pattern; default "s%Y%m%d" */
	int64_t every;		/* ms; CONF_UNSET: only when asked */
	int64_t in_flight;	/* ms: Q + V; default 7 d */
	int64_t revoked_for;	/* ms; default 30 d */
	int64_t safety;		/* ms; default 5 min */
	int64_t max_wait;	/* ms; CONF_UNSET */
	int old_key;		/* enum conf_old_key */
	char *archive;		/* folder for old keys */
	int signer;		/* enum conf_signer */
	char *key_dir;		/* folder of the new keys */
	char *key_table;	/* OpenDKIM */
	char *signing_table;
	char *selector_map;	/* rspamd */
	char *path_map;
	struct strlist command;	/* words: the signer's switch */
	struct strlist reload;	/* words */
};

enum conf_mta_sts_mode { CONF_MTA_STS_NONE, CONF_MTA_STS_TESTING, CONF_MTA_STS_ENFORCE };

struct conf_mta_sts {
	struct conf_where where;
	int mode;		/* enum conf_mta_sts_mode */
	struct strlist mx;	/* patterns, RFC 8461 4.1 */
	int64_t max_age;	/* seconds, at most 31557600; default 604800 */
	char *policy_file;
};

/* A service of RFC 6186 or 8314. */
struct conf_srv {
	const char *service;	/* "submissions", "imaps" ...: static text */
	struct name host;
	uint16_t port;		/* 0: the service's own */
};

struct conf_services {
	struct conf_where where;
	struct conf_srv *v;
	size_t n;
};

struct conf_record {
	struct name owner;
	int64_t ttl;		/* seconds; CONF_UNSET: the zone's */
	char *type;		/* in capitals */
	char *rdata;		/* presentation form */
};

struct conf_domain {
	struct conf_where where;
	struct name name;
	int64_t ttl;		/* seconds; CONF_UNSET: the zone's */
	struct conf_mx *mx;
	size_t mx_n;
	struct strlist spf;	/* terms behind v=spf1 */
	struct conf_dmarc *dmarc;	/* NULL: none */
	struct conf_dkim *dkim;
	size_t dkim_n;
	struct conf_rotation *rotation;	/* NULL: none */
	struct conf_mta_sts *mta_sts;	/* NULL: none */
	struct strlist tls_rpt;	/* URIs */
	struct conf_services *srv;	/* NULL: none */
	struct conf_record *records;
	size_t records_n;
};

struct conf {
	char *file;
	struct conf_resolver resolver;	/* where.line is 0 if there is no such section */
	struct conf_zone *zones;
	size_t zones_n;
	struct conf_domain *domains;
	size_t domains_n;
	struct conf_tls *tls;
	size_t tls_n;
};

void conf_free(struct conf *c);	/* NULL is welcome */

/* The section of exactly this host or domain; NULL if there is none. */
const struct conf_tls *conf_tls_find(const struct conf *c, const struct name *host);
const struct conf_domain *conf_domain_find(const struct conf *c, const struct name *name);

/* The most specific zone section that name lies in, by labels; NULL if there is none. */
const struct conf_zone *conf_zone_find(const struct conf *c, const struct name *name);

/* True if the option was given in the section. */
bool conf_is_given(const struct conf_where *where, const char *option);

/* The line of an option, or of its section if it was not given. */
int conf_line_of(const struct conf_where *where, const char *option);

/*
 * Record a failure of what an option says: "FILE:LINE: OPTION: ..." in front
 * of the sentence.  option may be NULL for the section as a whole.
 */
int conf_fault(struct fault *why, int class, const struct conf_where *where, const char *option,
    const char *fmt, ...) PRINTF_LIKE(5, 6);

#endif
