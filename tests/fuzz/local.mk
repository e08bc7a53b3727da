# SPDX-License-Identifier: BSD-2-Clause
# A fuzz target TARGET is tests/fuzz/TARGET.c with LLVMFuzzerTestOneInput() and
# seeds in tests/fuzz/seeds/TARGET/.  "./configure CC=clang --enable-fuzzers"
# links it with libFuzzer; run it as "tests/fuzz/TARGET FOLDER SEEDS".  Any
# other build links it with replay.c, and "make check" runs the seeds.
FUZZ_TARGETS = \
	tests/fuzz/conf_read \
	tests/fuzz/spf
tests_fuzz_conf_read_SOURCES = tests/fuzz/conf_read.c $(FUZZ_MAIN)
tests_fuzz_conf_read_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_spf_SOURCES = tests/fuzz/spf.c $(FUZZ_MAIN)
tests_fuzz_spf_LDFLAGS = $(FUZZ_LINK)

EXTRA_DIST += tests/fuzz/replay.c tests/fuzz/seeds
check_PROGRAMS += $(FUZZ_TARGETS)
if FUZZERS
FUZZ_MAIN =
FUZZ_LINK = $(AM_LDFLAGS) -fsanitize=fuzzer
else
FUZZ_MAIN = tests/fuzz/replay.c
FUZZ_LINK = $(AM_LDFLAGS)
TESTS += $(FUZZ_TARGETS)
endif
