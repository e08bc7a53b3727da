# SPDX-License-Identifier: BSD-2-Clause
# A unit test PROGRAM is made from PROGRAM.c and linked with everything.
EXTRA_DIST += tests/unit/tap.h tests/unit/ledger/ledger_help.h tests/unit/publish/zonefile_help.h tests/unit/audit/spf_stage.h
UNIT_TESTS = \
	tests/unit/audit/spf_eval \
	tests/unit/base/argv \
	tests/unit/base/bytes \
	tests/unit/base/fault \
	tests/unit/base/file \
	tests/unit/base/timepiece \
	tests/unit/conf/conf \
	tests/unit/dns/denial \
	tests/unit/dns/address \
	tests/unit/dns/message \
	tests/unit/dns/tsig \
	tests/unit/dns/verify \
	tests/unit/dns/wire \
	tests/unit/keys/cert \
	tests/unit/keys/keyfile \
	tests/unit/keys/tsigfile \
	tests/unit/ledger/ledger \
	tests/unit/ledger/ledger_faults \
	tests/unit/publish/aim \
	tests/unit/publish/body \
	tests/unit/publish/rfc2136 \
	tests/unit/publish/rollover \
	tests/unit/publish/steps \
	tests/unit/publish/swap \
	tests/unit/publish/script \
	tests/unit/publish/zonefile_edit \
	tests/unit/publish/zonefile_view \
	tests/unit/live/dane \
	tests/unit/live/sighting \
	tests/unit/live/judge \
	tests/unit/live/probe \
	tests/unit/live/starttls \
	tests/unit/zonegen/tlsa \
	tests/unit/zonegen/spf_record \
	tests/unit/zonegen/lint \
	tests/unit/zonegen/records
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
EXTRA_DIST += \
	tests/unit/dns/vectors.h \
	tests/unit/dns/vectors/ed448.zone \
	tests/unit/dns/vectors/nsec.ds \
	tests/unit/dns/vectors/nsec.zone \
	tests/unit/dns/vectors/nsec3.ds \
	tests/unit/dns/vectors/nsec3.zone \
	tests/unit/dns/vectors/optout.zone \
	tests/unit/dns/vectors/rsasha1.zone \
	tests/unit/dns/vectors/rsasha256.ds \
	tests/unit/dns/vectors/rsasha256.zone \
	tests/unit/dns/vectors/rsasha512.zone
EXTRA_DIST += tests/unit/keys/keys_help.h tests/data/keys
