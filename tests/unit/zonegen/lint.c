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
};

static void
test_row(const char *kind, const char *text, const char *codes)
{
	const struct lint_row *row = lint_find(kind);
	struct findings found = { 0 };
	struct bytes got = { 0 };
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
	tap_is(bytes_text(&got), codes, text);
	tap_ok(named, "each has a code of its kind and a message");
	bytes_release(&got);
	findings_release(&found);
}

/* Every code is documented and unique. */
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
	tap_ok(findings_has_error(&found) && findings_has(&found, "test-code"), "the error is seen");
	findings_release(&found);
	tap_is(finding_level_print(FINDING_INFO), "info", "a level has a word");
}

int
main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		test_row(rows[i].kind, rows[i].text, rows[i].codes);
	test_kinds();
	test_finding();
	return tap_done();
}
