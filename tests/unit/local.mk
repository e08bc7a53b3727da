# SPDX-License-Identifier: BSD-2-Clause
# A unit test PROGRAM is made from PROGRAM.c and linked with everything.
EXTRA_DIST += tests/unit/tap.h tests/unit/publish/zonefile_help.h tests/unit/audit/spf_stage.h
UNIT_TESTS = \
	tests/unit/audit/spf_eval \
	tests/unit/base/bytes \
	tests/unit/conf/conf \
	tests/unit/ledger/ledger \
	tests/unit/publish/zonefile_edit \
	tests/unit/zonegen/spf_record \
	tests/unit/zonegen/lint
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
