#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A zone file: the chain of trust counts there too; no DS, a wrong DS, the anchor of the zone itself."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Nsd, secondary=None, lag=None, service=LiveTls, ttl=1, safety="0s",
              hold="0s", signed="nsec3").start()

    def content():
        with open(rig.zone.file) as f:
            return f.read()

    before = content()
    for ds, part in (("none", "no DS for it at its parent"), ("wrong", "matches none of its DNSKEY")):
        rig.tree.change(rig.zone, ds)
        rig.unbound.flush()
        done = rig.rotate("--no-wait")
        t.rc(done, 4, f"DS {ds}: refused")
        t.has(done.err, part, f"DS {ds}: the link is named")
        t.ok(content() == before, f"DS {ds}: the file is as it was")
    t.rc(rig.run("--trust-anchor", rig.zone.anchor(t), "rotate-tlsa", rig.host, "--wait"), 0,
         "with the anchor of the zone itself it goes on")
    t.ok(rig.settled(rig.new), "to its end", rig.published)
