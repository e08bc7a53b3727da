#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The rig of rollover tests stands: for each publisher, a secure zone that fits its service."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    for primary, secondary, options in (
            (Knotd, Named, {"smtps": (465,)}), (Named, Knotd, {"signed": "nsec3"}),
            (Nsd, Nsd, {"lag": None, "params": ("3 1 1", "2 1 1")}),
            (Knotd, Nsd, {"service": TlsServer, "lag": "manual", "kind": "rsa"})):
        with t.case(f"{primary.__name__} and {secondary.__name__}"):
            rig = Rig(t, primary, secondary, **options).start()
            t.ok(rig.settled(rig.old), "the old chain is live and published", rig.published)
            t.ok(not rig.settled(rig.new), "the new one is not")
            t.eq({rig.unbound.verdict(o, "TLSA") for o in rig.owners()}, {"secure"}, "secure")
            rig.watch().check(t, least=1)
            if primary is Nsd:
                t.ok(dane.accepts([rig.old.tlsa("2 1 1")], rig.mx.service().chain(), [rig.host]),
                     "the issuer's record fits alone")
            for params in ("3 1 1", "3 0 1", "3 1 2", "3 1 0", "2 0 1", "2 1 1"):
                done = rig.run("gen", "tlsa", rig.host, "--cert", rig.new.chain_file,
                               "--params", params, "--format", "line")
                t.has(done.out.lower(), rig.new.tlsa(params), f"gen tlsa {params} agrees")
            for child in (rig.ns1, rig.ns2, rig.unbound, rig.tree.server):
                child.stop()
            if isinstance(rig.mx, Postfix):
                rig.mx.stop()
