#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The same command twice: at the same time both work on one rollover."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=1, safety="1s", hold="1s").start()
    watcher = rig.watch()

    for i in range(4):
        with t.case(f"at once, {i + 1}"):
            both = [rig.background("rotate-tlsa", rig.host, "--no-wait") for _ in range(2)]
            codes = [b.wait() for b in both]
            t.ok([c.rc for c in codes] == [75, 75], "both wait", lambda: [c.err for c in codes])
            t.eq(len(rig.status()), i + 1, "for one rollover")
            t.rc(rig.run("run", "--wait"), 0, "it goes on")
            t.ok(rig.settled(rig.new), "to its end", rig.published)
            rig.renewed()
    watcher.check(t)
