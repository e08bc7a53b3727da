# SPDX-License-Identifier: BSD-2-Clause
# A fuzz target TARGET is tests/fuzz/TARGET.c with LLVMFuzzerTestOneInput() and
# seeds in tests/fuzz/seeds/TARGET/.  "./configure CC=clang --enable-fuzzers"
# links it with libFuzzer, and tests/fuzz/run runs all of them for a while.  Any
# other build links it with replay.c, and "make check" runs the seeds.
FUZZ_TARGETS = \
	tests/fuzz/script \
	tests/fuzz/anchor \
	tests/fuzz/conf_read \
	tests/fuzz/judge \
	tests/fuzz/keys \
	tests/fuzz/lint_dkim \
	tests/fuzz/lint_dmarc \
	tests/fuzz/lint_mta_sts \
	tests/fuzz/lint_spf \
	tests/fuzz/lint_tls_rpt \
	tests/fuzz/lint_tlsa \
	tests/fuzz/message \
	tests/fuzz/pkcs12 \
	tests/fuzz/rdata \
	tests/fuzz/spf \
	tests/fuzz/starttls \
	tests/fuzz/tlsa \
	tests/fuzz/tsig \
	tests/fuzz/tsigfile \
	tests/fuzz/zonefile
tests_fuzz_anchor_SOURCES = tests/fuzz/anchor.c $(FUZZ_MAIN)
tests_fuzz_anchor_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_judge_SOURCES = tests/fuzz/judge.c $(FUZZ_MAIN)
tests_fuzz_judge_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_conf_read_SOURCES = tests/fuzz/conf_read.c $(FUZZ_MAIN)
tests_fuzz_conf_read_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_keys_SOURCES = tests/fuzz/keys.c $(FUZZ_MAIN)
tests_fuzz_keys_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_pkcs12_SOURCES = tests/fuzz/pkcs12.c $(FUZZ_MAIN)
tests_fuzz_pkcs12_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_starttls_SOURCES = tests/fuzz/starttls.c $(FUZZ_MAIN)
tests_fuzz_starttls_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_tlsa_SOURCES = tests/fuzz/tlsa.c $(FUZZ_MAIN)
tests_fuzz_tlsa_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_message_SOURCES = tests/fuzz/message.c $(FUZZ_MAIN)
tests_fuzz_message_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_rdata_SOURCES = tests/fuzz/rdata.c $(FUZZ_MAIN)
tests_fuzz_rdata_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_spf_SOURCES = tests/fuzz/spf.c $(FUZZ_MAIN)
tests_fuzz_spf_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_tsig_SOURCES = tests/fuzz/tsig.c $(FUZZ_MAIN)
tests_fuzz_tsig_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_tsigfile_SOURCES = tests/fuzz/tsigfile.c $(FUZZ_MAIN)
tests_fuzz_tsigfile_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_zonefile_SOURCES = tests/fuzz/zonefile.c $(FUZZ_MAIN)
tests_fuzz_zonefile_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_lint_dkim_SOURCES = tests/fuzz/lint.c $(FUZZ_MAIN)
tests_fuzz_lint_dkim_CPPFLAGS = $(AM_CPPFLAGS) -DLINT_KIND='"dkim"'
tests_fuzz_lint_dkim_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_lint_spf_SOURCES = tests/fuzz/lint.c $(FUZZ_MAIN)
tests_fuzz_lint_spf_CPPFLAGS = $(AM_CPPFLAGS) -DLINT_KIND='"spf"'
tests_fuzz_lint_spf_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_lint_dmarc_SOURCES = tests/fuzz/lint.c $(FUZZ_MAIN)
tests_fuzz_lint_dmarc_CPPFLAGS = $(AM_CPPFLAGS) -DLINT_KIND='"dmarc"'
tests_fuzz_lint_dmarc_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_lint_tlsa_SOURCES = tests/fuzz/lint.c $(FUZZ_MAIN)
tests_fuzz_lint_tlsa_CPPFLAGS = $(AM_CPPFLAGS) -DLINT_KIND='"tlsa"'
tests_fuzz_lint_tlsa_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_lint_mta_sts_SOURCES = tests/fuzz/lint.c $(FUZZ_MAIN)
tests_fuzz_lint_mta_sts_CPPFLAGS = $(AM_CPPFLAGS) -DLINT_KIND='"mta-sts"'
tests_fuzz_lint_mta_sts_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_lint_tls_rpt_SOURCES = tests/fuzz/lint.c $(FUZZ_MAIN)
tests_fuzz_lint_tls_rpt_CPPFLAGS = $(AM_CPPFLAGS) -DLINT_KIND='"tls-rpt"'
tests_fuzz_lint_tls_rpt_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_script_SOURCES = tests/fuzz/script.c $(FUZZ_MAIN)
tests_fuzz_script_LDFLAGS = $(FUZZ_LINK)

EXTRA_DIST += tests/fuzz/replay.c tests/fuzz/run tests/fuzz/seeds
check_PROGRAMS += $(FUZZ_TARGETS)
if FUZZERS
FUZZ_MAIN =
FUZZ_LINK = $(AM_LDFLAGS) -fsanitize=fuzzer
else
FUZZ_MAIN = tests/fuzz/replay.c
FUZZ_LINK = $(AM_LDFLAGS)
TESTS += $(FUZZ_TARGETS)
endif
