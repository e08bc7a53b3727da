# SPDX-License-Identifier: BSD-2-Clause
# A system test is one Python program; README.md beside it says how to write one.
AM_PY_LOG_FLAGS = -B
SYSTEM_TESTS = \
	tests/system/authority.py \
	tests/system/discover.py \
	tests/system/dnssec_copies.py \
	tests/system/dnssec_insecure.py \
	tests/system/dnssec_mail.py \
	tests/system/dnssec_refuse.py \
	tests/system/dnssec_servers.py \
	tests/system/dnssec_silent.py \
	tests/system/dnssec_tcp.py \
	tests/system/dot.py \
	tests/system/example.py \
	tests/system/exchange.py \
	tests/system/faults.py \
	tests/system/gen_records.py \
	tests/system/gen_servers.py \
	tests/system/gen_tlsa.py \
	tests/system/harness.py \
	tests/system/keygen.py \
	tests/system/keygen_dkim.py \
	tests/system/lint.py \
	tests/system/nsupdate.py \
	tests/system/nsupdate_hooks.py \
	tests/system/nsupdate_hostile.py \
	tests/system/resolver.py \
	tests/system/rig.py \
	tests/system/probe.py \
	tests/system/rotate_deploy_faults.py \
	tests/system/rotate_host_faults.py \
	tests/system/rotate_host_wrong.py \
	tests/system/rotate_kill.py \
	tests/system/rotate_kill_begun.py \
	tests/system/rotate_kill_syscall.py \
	tests/system/rotate_knotd.py \
	tests/system/rotate_ledger_faults.py \
	tests/system/rotate_named.py \
	tests/system/rotate_nsd.py \
	tests/system/rotate_pair_faults.py \
	tests/system/rotate_servers_down.py \
	tests/system/rotate_update_faults.py \
	tests/system/rotate_update_silent.py \
	tests/system/sender.py \
	tests/system/spf_eval.py \
	tests/system/spf_suite.py \
	tests/system/tree.py \
	tests/system/verify_chain.py \
	tests/system/watcher.py \
	tests/system/zonefile.py \
	tests/system/zonesign.py
TESTS += $(SYSTEM_TESTS)
EXTRA_DIST += $(SYSTEM_TESTS) \
	tests/data/nsupdate \
	tests/data/records \
	tests/system/README.md \
	tests/data/rfc7208-tests.LICENSE \
	tests/data/rfc7208-tests.yml \
	tests/system/lib/zp/__init__.py \
	tests/system/lib/zp/cli.py \
	tests/system/lib/zp/dane.py \
	tests/system/lib/zp/dnsserver.py \
	tests/system/lib/zp/hostile.py \
	tests/system/lib/zp/isolate.py \
	tests/system/lib/zp/kill.py \
	tests/system/lib/zp/knotd.py \
	tests/system/lib/zp/livetls.py \
	tests/system/lib/zp/named.py \
	tests/system/lib/zp/net.py \
	tests/system/lib/zp/nsd.py \
	tests/system/lib/zp/pdns.py \
	tests/system/lib/zp/pki.py \
	tests/system/lib/zp/postfix.py \
	tests/system/lib/zp/proc.py \
	tests/system/lib/zp/query.py \
	tests/system/lib/zp/rig.py \
	tests/system/lib/zp/service.py \
	tests/system/lib/zp/signing.py \
	tests/system/lib/zp/tabledns.py \
	tests/system/lib/zp/tap.py \
	tests/system/lib/zp/tlsserver.py \
	tests/system/lib/zp/tree.py \
	tests/system/lib/zp/tsig.py \
	tests/system/lib/zp/unbound.py \
	tests/system/lib/zp/watcher.py
