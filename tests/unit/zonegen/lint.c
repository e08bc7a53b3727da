/* SPDX-License-Identifier: BSD-2-Clause */
/* Every kind of finding, and clean records that have none. */
#include "config.h"

#include "base/bytes.h"
#include "tests/unit/tap.h"
#include "zonegen/lint.h"

#define ED25519 \
	"eBv/VVENxAOI9Z5cz6LvlqIe8f35JHXJ3CCNnVueZnU="
#define ED25519_SPKI \
	"MCowBQYDK2VwAyEAeBv/VVENxAOI9Z5cz6LvlqIe8f35JHXJ3CCNnVueZnU="
#define RSA_512 \
	"MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANSzCulLp5sBZKsr4PplFqor0pKqcDO5mMfOkLnR0TrkJ0JmvXfC" \
	"XA2TEFbou/mzjEETFKIaZmuUn4HJAKdQm1ECAwEAAQ=="
#define RSA_1024 \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCtMXis2GIgSKWzIZ+vmX+NOVqINDKHNOp12fSwOXABB0xz" \
	"7LCIUWOtj74MhmAQArZJ9Rsm4qcvUZ6OnjZCDGf6TKdAdpuhbONYU/ZkM9ZjmjKHAqiinkDBph+Ou7+Nfiwi" \
	"QLMYD4XhQApeotSnND32Izo5ZYJbgirRMXaCB0LCAQIDAQAB"
#define RSA_2048 \
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAkz1ONSC1mHbNBvi2wbYRYIfV+z4VvqsuO+FO7tYS" \
	"NHO/8wDvTbFO7gPHMNvGj35lTO2woKaLt4CtWrnj8DaEZW6BteeolIOwJVUmOE96hsa3DozZ/Wv/XfuzJxRa" \
	"9nMx7oBFfaLJfPJYhp4KjRFuRlltdjqjSDzs+FWNul21qCc4gtNR030xmGCL6Gwk4QgVl+sik//vXmDH6nMd" \
	"I9gU6UfrqP12Yn8BfYQNq78c4JsXD2S9C8gDkroHYBZ3laLKV2kQHJdgau2S0d28FJ/j8aC7MtNrvCvXNYBe" \
	"ZkZyD2tA+wj2TeM84iAPJA90SikSkDh5tQ03ULFlzYH7g+LfbQIDAQAB"
#define RSA_2048_PKCS1 \
	"MIIBCgKCAQEAkz1ONSC1mHbNBvi2wbYRYIfV+z4VvqsuO+FO7tYSNHO/8wDvTbFO7gPHMNvGj35lTO2woKaL" \
	"t4CtWrnj8DaEZW6BteeolIOwJVUmOE96hsa3DozZ/Wv/XfuzJxRa9nMx7oBFfaLJfPJYhp4KjRFuRlltdjqj" \
	"SDzs+FWNul21qCc4gtNR030xmGCL6Gwk4QgVl+sik//vXmDH6nMdI9gU6UfrqP12Yn8BfYQNq78c4JsXD2S9" \
	"C8gDkroHYBZ3laLKV2kQHJdgau2S0d28FJ/j8aC7MtNrvCvXNYBeZkZyD2tA+wj2TeM84iAPJA90SikSkDh5" \
	"tQ03ULFlzYH7g+LfbQIDAQAB"

/* Ten mechanisms that cost a look-up each. */
#define TEN_LOOKUPS \
	"a:a.example.com a:b.example.com a:c.example.com a:d.example.com a:e.example.com " \
	"mx:f.example.com mx:g.example.com include:h.example.com include:i.example.com " \
	"exists:%{i}.j.example.com"
#define FIFTY_OCTETS "ip6:2001:db8:1111:2222:3333:4444:5555:0000/112    "

#define DIGEST_A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define DIGEST_B "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b0c0d0e0f"

static const struct {
	const char *kind;
	const char *text;
	const char *codes;	/* in the order of their finding, with blanks between */
} rows[] = {
	{ "dkim", "v=DKIM1; k=rsa; p=" RSA_2048, "" },
	{ "dkim", "v=DKIM1;k=rsa;p=" RSA_2048 ";", "" },
	{ "dkim", " v = DKIM1 ; p = " RSA_2048 " ; ", "" },
	{ "dkim", "v=DKIM1; k=ed25519; p=" ED25519, "" },
	{ "dkim", "v=DKIM1; h=sha256; s=*; t=s; n=a note=3B with signs; p=" RSA_2048, "" },
	{ "dkim", "v=DKIM1; s=email:tlsrpt; p=" RSA_2048, "" },
	{ "dkim", "k=rsa; p=" RSA_2048, "dkim-no-version" },
	{ "dkim", "v=DKIM1; k=rsa; p=", "dkim-revoked" },
	{ "dkim", "v=DKIM1; p= ;", "dkim-revoked" },
	{ "dkim", "v=DKIM1; k=rsa", "dkim-no-key" },
	{ "dkim", "", "dkim-no-version dkim-no-key" },
	{ "dkim", ";", "dkim-syntax dkim-no-version dkim-no-key" },
	{ "dkim", "v=DKIM1;; p=" RSA_2048, "dkim-syntax" },
	{ "dkim", "v=DKIM1; rsa; p=" RSA_2048, "dkim-syntax" },
	{ "dkim", "v=DKIM1; 1k=rsa; p=" RSA_2048, "dkim-syntax" },
	{ "dkim", "v=DKIM1; n=\303\244; p=" RSA_2048, "dkim-syntax" },
	{ "dkim", "v=DKIM1; p=" RSA_2048 "; p=", "dkim-duplicate-tag" },
	{ "dkim", "v=DKIM2; p=" RSA_2048, "dkim-version" },
	{ "dkim", "v=dkim1; p=" RSA_2048, "dkim-version" },
	{ "dkim", "p=" RSA_2048 "; v=DKIM1", "dkim-version" },
	{ "dkim", "v=DKIM1; p=AAA", "dkim-base64" },
	{ "dkim", "v=DKIM1; p=\\" RSA_2048, "dkim-base64" },
	{ "dkim", "v=DKIM1; p=\"" RSA_2048 "\"", "dkim-base64" },
	{ "dkim", "v=DKIM1; p=AAAA", "dkim-key-format" },
	{ "dkim", "v=DKIM1; p=" RSA_2048_PKCS1, "dkim-key-pkcs1" },
	{ "dkim", "v=DKIM1; k=dsa; p=" RSA_2048, "dkim-key-type" },
	{ "dkim", "v=DKIM1; k=rsa; p=" ED25519, "dkim-key-mismatch" },
	{ "dkim", "v=DKIM1; p=" ED25519, "dkim-key-mismatch" },
	{ "dkim", "v=DKIM1; p=" ED25519_SPKI, "dkim-key-mismatch" },
	{ "dkim", "v=DKIM1; k=ed25519; p=" RSA_2048, "dkim-key-mismatch" },
	{ "dkim", "v=DKIM1; k=ed25519; p=" ED25519_SPKI, "dkim-ed25519-length" },
	{ "dkim", "v=DKIM1; k=ed25519; p=AAAA", "dkim-ed25519-length" },
	{ "dkim", "v=DKIM1; p=" RSA_512, "dkim-key-too-short" },
	{ "dkim", "v=DKIM1; p=" RSA_1024, "dkim-key-weak" },
	{ "dkim", "v=DKIM1; h=sha1; p=" RSA_2048, "dkim-hash" },
	{ "dkim", "v=DKIM1; h=sha1:sha256; p=" RSA_2048, "dkim-hash-sha1" },
	{ "dkim", "v=DKIM1; h=sha256 : sha3; p=" RSA_2048, "dkim-hash-unknown" },
	{ "dkim", "v=DKIM1; h=sha256:; p=" RSA_2048, "dkim-syntax" },
	{ "dkim", "v=DKIM1; s=email; p=" RSA_2048, "dkim-service-no-tlsrpt" },
	{ "dkim", "v=DKIM1; s=tlsrpt; p=" RSA_2048, "dkim-service-no-email" },
	{ "dkim", "v=DKIM1; t=y; p=" RSA_2048, "dkim-testing" },
	{ "dkim", "v=DKIM1; t=y:s; p=" RSA_2048, "dkim-testing" },
	{ "dkim", "v=DKIM1; t=z; p=" RSA_2048, "dkim-flag-unknown" },
	{ "dkim", "v=DKIM1; g=; p=" RSA_2048, "dkim-tag-obsolete" },
	{ "dkim", "v=DKIM1; x=1; p=" RSA_2048, "dkim-tag-unknown" },
	{ "dkim", "v=DKIM1; n=a=b; p=" RSA_2048, "dkim-note" },

	{ "spf", "v=spf1 mx -all", "" },
	{ "spf", "V=SPF1 MX -ALL ", "" },
	{ "spf", "v=spf1 redirect=_spf.example.com", "" },
	{ "spf", "v=spf1 -all exp=why.%{d}", "" },
	{ "spf", "v=spf1 " TEN_LOOKUPS " -all", "" },
	{ "spf", "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.1 ip6:2001:db8::/32 ~all", "" },
	{ "spf", "spf1 -all", "spf-no-version" },
	{ "spf", "v=spf10 -all", "spf-no-version" },
	{ "spf", "\"v=spf1 -all\"", "spf-no-version" },
	{ "spf", "", "spf-no-version" },
	{ "spf", "v=spf1 mxx -all", "spf-syntax" },
	{ "spf", "v=spf1 a:host -all", "spf-syntax" },
	{ "spf", "v=spf1 ip4:192.0.2.300 ip6:1::2::3 -all", "spf-syntax spf-syntax" },
	{ "spf", "v=spf1 ip4:192.0.2.1/33 -all", "spf-syntax" },
	{ "spf", "v=spf1 exists:%{x}.example.com -all", "spf-syntax" },
	{ "spf", "v=spf1 include -all", "spf-syntax" },
	{ "spf", "v=spf1 -all:x", "spf-syntax" },
	{ "spf", "v=spf1\tmx -all", "spf-no-version" },
	{ "spf", "v=spf1 mx\t-all", "spf-syntax" },
	{ "spf", "v=spf1 redirect=a.example.com redirect=b.example.com", "spf-duplicate-modifier" },
	{ "spf", "v=spf1 exp=a.example.com exp=b.example.com -all", "spf-duplicate-modifier" },
	{ "spf", "v=spf1 a A -all", "spf-duplicate-term" },
	{ "spf", "v=spf1 mx:Example.com ~mx:example.com. -all", "spf-duplicate-term" },
	{ "spf", "v=spf1 a a/24 a:b.example.com a//64 -all", "" },
	{ "spf", "v=spf1 ip4:192.0.2.1 ip4:192.0.2.1/32 -all", "spf-duplicate-term" },
	{ "spf", "v=spf1 -all mx", "spf-after-all" },
	{ "spf", "v=spf1 -all redirect=example.com", "spf-redirect-ignored" },
	{ "spf", "v=spf1 mx +all", "spf-pass-all" },
	{ "spf", "v=spf1 mx all", "spf-pass-all" },
	{ "spf", "v=spf1 ip4:0.0.0.0/0 -all", "spf-pass-all" },
	{ "spf", "v=spf1 mx ?all", "spf-neutral-all" },
	{ "spf", "v=spf1 ptr -all", "spf-ptr" },
	{ "spf", "v=spf1 exists:%{p}.example.com -all", "spf-macro-p" },
	{ "spf", "v=spf1 exists:%{P1r-}.example.com -all", "spf-macro-p" },
	{ "spf", "v=spf1 " TEN_LOOKUPS " mx -all", "spf-too-many-lookups" },
	{ "spf", "v=spf1 " TEN_LOOKUPS " redirect=example.com", "spf-too-many-lookups" },
	{ "spf", "v=spf1 " TEN_LOOKUPS " -all mx", "spf-after-all" },
	{ "spf", "v=spf1 mx", "spf-no-default" },
	{ "spf", "v=spf1", "spf-no-default" },
	{ "spf", "v=spf1 ip4:10.0.0.0/8 ip4:10.1.2.0/24 -all", "spf-unreachable" },
	{ "spf", "v=spf1 ip4:10.1.2.0/24 ip4:10.0.0.0/8 -all", "" },
	{ "spf", "v=spf1 ip6:2001:db8::/32 ip6:2001:db8:1::1 -all", "spf-unreachable" },
	{ "spf", "v=spf1 ip4:192.0.2.1/24 -all", "spf-host-bits" },
	{ "spf", "v=spf1 ip4=192.0.2.1 -all", "spf-unknown-modifier" },
	{ "spf", "v=spf1 " FIFTY_OCTETS FIFTY_OCTETS FIFTY_OCTETS FIFTY_OCTETS FIFTY_OCTETS
	    FIFTY_OCTETS FIFTY_OCTETS FIFTY_OCTETS FIFTY_OCTETS "-all",
	    "spf-duplicate-term spf-duplicate-term spf-duplicate-term spf-duplicate-term"
	    " spf-duplicate-term spf-duplicate-term spf-duplicate-term spf-duplicate-term spf-long" },
	{ "dmarc", "v=DMARC1; p=reject", "" },
	{ "dmarc", "v=DMARC1;p=none;", "" },
	{ "dmarc", "v = DMARC1 ; p = Quarantine ; sp = none ; np = reject ;", "" },
	{ "dmarc", "v=DMARC1; p=none; rua=mailto:a@example.com , mailto:b@example.com", "" },
	{ "dmarc", "v=DMARC1; p=none; ruf=mailto:a%2Cb@example.com?subject=x; fo=d:s; adkim=s; aspf=r", "" },
	{ "dmarc", "v=DMARC1; p=none; psd=u; t=n", "" },
	{ "dmarc", "v=DMARC1", "dmarc-no-policy" },
	{ "dmarc", "", "dmarc-no-version" },
	{ "dmarc", "v=dmarc1; p=none", "dmarc-no-version" },
	{ "dmarc", "v=DMARC2; p=none", "dmarc-no-version" },
	{ "dmarc", "p=none; v=DMARC1", "dmarc-no-version" },
	{ "dmarc", "v=DMARC1 p=none", "dmarc-no-version" },
	{ "dmarc", "v=DMARC1; none", "dmarc-syntax dmarc-no-policy" },
	{ "dmarc", "v=DMARC1;; p=none", "dmarc-syntax dmarc-policy-not-second" },
	{ "dmarc", "v=DMARC1; p=", "dmarc-syntax" },
	{ "dmarc", "v=DMARC1; p=none; 1x=y", "dmarc-syntax" },
	{ "dmarc", "v=DMARC1; p=none; x=\001", "dmarc-syntax" },
	{ "dmarc", "v=DMARC1; p=none; p=reject", "dmarc-duplicate-tag" },
	{ "dmarc", "v=DMARC1; p=none; v=DMARC1", "dmarc-duplicate-tag" },
	{ "dmarc", "v=DMARC1; p=drop", "dmarc-bad-value" },
	{ "dmarc", "v=DMARC1; p=none; sp=monitor; np=x; adkim=relaxed; aspf=1; t=1; psd=z; fo=2",
	    "dmarc-bad-value dmarc-bad-value dmarc-bad-value dmarc-bad-value dmarc-bad-value"
	    " dmarc-bad-value dmarc-bad-value dmarc-fo-without-ruf" },
	{ "dmarc", "v=DMARC1; sp=none; p=none", "dmarc-policy-not-second" },
	{ "dmarc", "v=DMARC1; p=none; rua=a@example.com", "dmarc-bad-uri" },
	{ "dmarc", "v=DMARC1; p=none; rua=mailto:", "dmarc-bad-uri" },
	{ "dmarc", "v=DMARC1; p=none; rua=mailto:a@", "dmarc-bad-uri" },
	{ "dmarc", "v=DMARC1; p=none; rua=mailto:a@example.com,", "dmarc-bad-uri" },
	{ "dmarc", "v=DMARC1; p=none; rua=mailto:a@exa mple.com", "dmarc-bad-uri" },
	{ "dmarc", "v=DMARC1; p=none; rua=mailto:a%2@example.com", "dmarc-bad-uri" },
	{ "dmarc", "v=DMARC1; p=none; rua=https://example.com/r", "dmarc-uri-scheme" },
	{ "dmarc", "v=DMARC1; p=none; rua=mailto:a@example.com!10m", "dmarc-uri-size" },
	{ "dmarc", "v=DMARC1; p=none; rua=mailto:a@example.com!10x", "dmarc-bad-uri" },
	{ "dmarc", "v=DMARC1; p=none; pct=50; rf=afrf; ri=3600",
	    "dmarc-removed-tag dmarc-removed-tag dmarc-removed-tag" },
	{ "dmarc", "v=DMARC1; p=none; foo=bar", "dmarc-unknown-tag" },
	{ "dmarc", "v=DMARC1; P=none", "dmarc-unknown-tag dmarc-no-policy" },
	{ "dmarc", "v=DMARC1; p=none; ruf=mailto:a@example.com; fo=0:1:d:s", "dmarc-fo-combination" },
	{ "dmarc", "v=DMARC1; p=none; fo=1", "dmarc-fo-without-ruf" },
	{ "dmarc", "v=DMARC1; p=reject; t=y", "dmarc-testing" },

	{ "tlsa", "3 1 1 " DIGEST_A, "" },
	{ "tlsa", "DANE-EE SPKI SHA2-256 " DIGEST_A, "" },
	{ "tlsa", "3 1 2 " DIGEST_A DIGEST_B, "" },
	{ "tlsa", "2 0 1 " DIGEST_A, "" },
	{ "tlsa", "3 1 1 " DIGEST_A "\n3 1 1 " DIGEST_B, "" },
	{ "tlsa", "3 1 1 " DIGEST_A "\r\n2 1 1 " DIGEST_B "\n\n", "" },
	{ "tlsa", "3 1 1 " DIGEST_A "\n3 1 1 " DIGEST_B "\n3 1 2 " DIGEST_A DIGEST_A
	    "\n3 1 2 " DIGEST_B DIGEST_B, "" },
	{ "tlsa", "", "tlsa-syntax" },
	{ "tlsa", "3 1", "tlsa-syntax" },
	{ "tlsa", "3 1 1 xyz", "tlsa-syntax" },
	{ "tlsa", "3 1 1 0", "tlsa-syntax" },
	{ "tlsa", "3 1 256 00", "tlsa-syntax" },
	{ "tlsa", "4 1 1 " DIGEST_A, "tlsa-unknown-parameter" },
	{ "tlsa", "3 2 1 " DIGEST_A, "tlsa-unknown-parameter" },
	{ "tlsa", "3 1 3 " DIGEST_A, "tlsa-unknown-parameter" },
	{ "tlsa", "3 1 1 00", "tlsa-digest-length" },
	{ "tlsa", "3 1 2 " DIGEST_A, "tlsa-digest-length" },
	{ "tlsa", "3 1 1 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	    "tlsa-digest-of-nothing" },
	{ "tlsa", "3 1 2 cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	    "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e", "tlsa-digest-of-nothing" },
	{ "tlsa", "3 1 0 " DIGEST_A, "tlsa-not-der tlsa-full-matching" },
	{ "tlsa", "3 1 0 3003020101", "tlsa-full-matching" },
	{ "tlsa", "3 1 0 30030201", "tlsa-not-der tlsa-full-matching" },
	{ "tlsa", "0 1 1 " DIGEST_A, "tlsa-pkix-usage" },
	{ "tlsa", "1 1 1 " DIGEST_A, "tlsa-pkix-usage" },
	{ "tlsa", "3 0 1 " DIGEST_A, "tlsa-cert-selector" },
	{ "tlsa", "3 1 1 " DIGEST_A "\n3 1 1 " DIGEST_A, "tlsa-duplicate" },
	{ "tlsa", "3 1 1 " DIGEST_A "\n3 1 2 " DIGEST_A DIGEST_A, "tlsa-no-rollover-scheme" },
	{ "tlsa", "3 1 1 " DIGEST_A "\n3 0 1 " DIGEST_B,
	    "tlsa-cert-selector tlsa-no-rollover-scheme" },
	{ "tlsa", "3 1 1 " DIGEST_A "\n3 1 1 " DIGEST_B "\n3 1 2 " DIGEST_A DIGEST_A,
	    "tlsa-no-rollover-scheme" },

	{ "mta-sts", "v=STSv1; id=20260101000000Z;", "" },
	{ "mta-sts", "v=STSv1;id=1", "" },
	{ "mta-sts", "", "mta-sts-no-version" },
	{ "mta-sts", "v=STSv2; id=1", "mta-sts-no-version" },
	{ "mta-sts", "v = STSv1; id=1", "mta-sts-no-version" },
	{ "mta-sts", "v=stsv1; id=1", "mta-sts-no-version" },
	{ "mta-sts", "v=STSv1; id", "mta-sts-syntax mta-sts-no-id" },
	{ "mta-sts", "v=STSv1; id=1; -x=y", "mta-sts-syntax" },
	{ "mta-sts", "v=STSv1; id=1; x=y=z", "mta-sts-syntax" },
	{ "mta-sts", "v=STSv1; id=1; id=2", "mta-sts-duplicate-field" },
	{ "mta-sts", "v=STSv1;", "mta-sts-no-id" },
	{ "mta-sts", "v=STSv1; id=2026-01-01", "mta-sts-bad-id" },
	{ "mta-sts", "v=STSv1; id=", "mta-sts-bad-id" },
	{ "mta-sts", "v=STSv1; id= 1", "mta-sts-bad-id" },
	{ "mta-sts", "v=STSv1; id=123456789012345678901234567890123", "mta-sts-bad-id" },
	{ "mta-sts", "v=STSv1; id=1; x=y", "mta-sts-unknown-field" },
	{ "mta-sts", "version: STSv1\r\nmode: enforce\r\nmx: a.example\r\nmx: *.b.example\r\n"
	    "max_age: 604800\r\n", "" },
	{ "mta-sts", "version:STSv1\nmode:testing \nmx:a.example\nmax_age:604800", "" },
	{ "mta-sts", "version: STSv1\nmode: none\nmax_age: 86400\n", "mta-sts-policy-off" },
	{ "mta-sts", "version: STSv1\nmode enforce\nmx: a.example\nmax_age: 604800",
	    "mta-sts-policy-syntax mta-sts-policy-mode" },
	{ "mta-sts", "version: STSv2\nmode: enforce\nmx: a.example\nmax_age: 604800",
	    "mta-sts-policy-version" },
	{ "mta-sts", "mode: enforce\nmx: a.example\nmax_age: 604800", "mta-sts-policy-version" },
	{ "mta-sts", "version: STSv1\nmode: on\nmx: a.example\nmax_age: 604800", "mta-sts-policy-mode" },
	{ "mta-sts", "version: STSv1\nmode: enforce\nmx: a.*.example\nmax_age: 604800",
	    "mta-sts-policy-mx" },
	{ "mta-sts", "version: STSv1\nmode: enforce\nmax_age: 604800", "mta-sts-policy-no-mx" },
	{ "mta-sts", "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 31557601",
	    "mta-sts-policy-max-age" },
	{ "mta-sts", "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 31557600", "" },
	{ "mta-sts", "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 1d",
	    "mta-sts-policy-max-age" },
	{ "mta-sts", "version: STSv1\nmode: enforce\nmx: a.example", "mta-sts-policy-max-age" },
	{ "mta-sts", "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 300",
	    "mta-sts-policy-max-age-short" },
	{ "mta-sts", "version: STSv1\nmode: enforce\nmode: none\nmx: a.example\nmax_age: 604800",
	    "mta-sts-policy-duplicate" },
	{ "mta-sts", "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 604800\nx: y",
	    "mta-sts-policy-unknown-key" },

	{ "tls-rpt", "v=TLSRPTv1; rua=mailto:a@example.com", "" },
	{ "tls-rpt", "v=TLSRPTv1;rua=https://example.com:8443/v1/x , mailto:a@example.com;", "" },
	{ "tls-rpt", "v=TLSRPT1; rua=mailto:a@example.com", "tls-rpt-no-version" },
	{ "tls-rpt", "rua=mailto:a@example.com; v=TLSRPTv1", "tls-rpt-no-version" },
	{ "tls-rpt", "", "tls-rpt-no-version" },
	{ "tls-rpt", "v=TLSRPTv1", "tls-rpt-no-rua" },
	{ "tls-rpt", "v=TLSRPTv1; mailto:a@example.com", "tls-rpt-syntax tls-rpt-no-rua" },
	{ "tls-rpt", "v=TLSRPTv1; rua = mailto:a@example.com", "tls-rpt-syntax" },
	{ "tls-rpt", "v=TLSRPTv1; rua=mailto:a@b.example; rua=mailto:c@d.example",
	    "tls-rpt-duplicate-field" },
	{ "tls-rpt", "v=TLSRPTv1; rua=a@example.com", "tls-rpt-bad-uri" },
	{ "tls-rpt", "v=TLSRPTv1; rua=https:/example.com", "tls-rpt-bad-uri" },
	{ "tls-rpt", "v=TLSRPTv1; rua=https://", "tls-rpt-bad-uri" },
	{ "tls-rpt", "v=TLSRPTv1; rua=http://example.com/", "tls-rpt-uri-scheme" },
	{ "tls-rpt", "v=TLSRPTv1; rua=mailto:a@example.com!1m", "tls-rpt-uri-size" },
	{ "tls-rpt", "v=TLSRPTv1; rua=mailto:a@example.com; x=y", "tls-rpt-unknown-field" },
};

/* True if a row above expects the code. */
static bool
is_expected(const char *code)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *found = strstr(rows[i].codes, code);

		if (found != NULL && (found[strlen(code)] == '\0' || found[strlen(code)] == ' '))
			return true;
	}
	return false;
}

static void
test_row(const char *kind, const char *text, const char *codes)
{
	const struct lint_row *row = lint_find(kind);
	struct findings found = { 0 };
	struct bytes got = { 0 }, name = { 0 };
	struct fault why = { 0 };
	bool named = true;

	if (!tap_ok(row != NULL, "there is a judge for %s", kind))
		return;
	tap_is_int(row->judge(&found, text, &why), ZP_OK, "the judge gives its judgement");
	for (size_t i = 0; i < found.n; i++) {
		bytes_printf(&got, "%s%s", i > 0 ? " " : "", found.v[i].kind->code);
		named &= found.v[i].message[0] != '\0' &&
		    strncmp(found.v[i].kind->code, kind, strlen(kind)) == 0;
	}
	for (const char *p = text; *p != '\0'; p++)
		bytes_append_u8(&name, *p >= ' ' && *p <= '~' && *p != '#' ? (uint8_t)*p : '?');
	tap_is(bytes_text(&got), codes, bytes_text(&name));
	tap_ok(named, "each has a code of its kind and a message");
	bytes_release(&got);
	bytes_release(&name);
	findings_release(&found);
}

/* Texts too long to write down. */
static void
test_long(void)
{
	struct bytes text = { 0 };

	bytes_append_text(&text, "v=DKIM1; n=");
	for (int i = 0; i < 100; i++)
		bytes_append_text(&text, "12345");
	bytes_append_text(&text, "; p=");
	test_row("dkim", bytes_text(&text), "dkim-revoked dkim-long");

	bytes_clear(&text);
	bytes_append_text(&text, "v=DKIM1; p=MIIEIjANBgkqhkiG9w0BAQEFAAOCBA8AMIIECgKCBAEA");
	for (int i = 0; i < 273; i++)
		bytes_append_text(&text, "/////");
	bytes_append_text(&text, "wIDAQAB");
	test_row("dkim", bytes_text(&text), "dkim-key-too-long dkim-long");

	bytes_clear(&text);
	bytes_append_text(&text, "v=spf1");
	for (int i = 0; i < 40; i++)
		bytes_printf(&text, " ip4:192.0.2.%d", i);
	bytes_append_text(&text, " -all");
	test_row("spf", bytes_text(&text), "spf-too-long");

	bytes_clear(&text);
	bytes_append_text(&text, "v=spf1 a:");
	for (int i = 0; i < 64; i++)
		bytes_append_text(&text, "x");
	bytes_append_text(&text, ".example.com -all");
	test_row("spf", bytes_text(&text), "spf-long-name");
	bytes_release(&text);
}

/* Every code is documented, unique, and expected by a row or by test_long(). */
static void
test_kinds(void)
{
	size_t n;
	const struct lint_row *lints = lint_rows(&n);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < lints[i].kinds_n; k++) {
			const struct finding_kind *kind = &lints[i].kinds[k];

			tap_ok(kind->code != NULL && kind->about != NULL && kind->reference != NULL &&
			    strncmp(kind->reference, "RFC ", 4) == 0, "%s is documented",
			    kind->code != NULL ? kind->code : "(null)");
			if (kind->code != NULL && strstr("dkim-long dkim-key-too-long spf-too-long"
			    " spf-long-name", kind->code) == NULL)
				tap_ok(is_expected(kind->code), "%s is tested", kind->code);
			for (size_t other = 0; kind->code != NULL && other < k; other++)
				if (strcmp(lints[i].kinds[other].code, kind->code) == 0)
					tap_ok(false, "%s is there twice", kind->code);
		}
	tap_ok(lint_find("nonsense") == NULL, "an unknown kind has no judge");
}

static void
test_finding(void)
{
	static const struct finding_kind kind = { "test-code", FINDING_ERROR, "RFC 1", "a test" };
	struct findings found = { 0 };

	tap_ok(!findings_has_error(&found), "an empty list has no error");
	findings_add(&found, &kind, "two\nlines and \303\244");
	tap_is(found.v[0].message, "two\\010lines and \\195\\164", "a message stays on one line of ASCII");
	tap_ok(findings_has_error(&found), "the error is seen");
	findings_release(&found);
	tap_is(finding_level_print(FINDING_INFO), "info", "a level has a word");
}

int
main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		test_row(rows[i].kind, rows[i].text, rows[i].codes);
	test_long();
	test_kinds();
	test_finding();
	return tap_done();
}
