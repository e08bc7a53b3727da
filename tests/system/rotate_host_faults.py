#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A reload that silently failed: deployed again, then stuck with both pictures; repaired, it goes on."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=1, safety="0s", hold="0s").start()
    watcher = rig.watch()

    with t.case("it keeps showing the old certificate"):
        rig.mx.deaf = True
        done = rig.rotate("--wait", timeout=90)
        t.rc(done, 1, "exit 1")
        t.has(done.err, "former chain", "it is said")
        t.has(done.err, "abort", "and what to do")
        record = rig.status()[-1]
        t.eq(record["stage"], "stuck", "stuck")
        history = rig.run("history").out
        t.ok(history.count("deployed    begun") == 2, "deployed twice", history)
        stuck = history[history.index("stuck  "):]
        t.has(stuck, "TLSA: present, 2 records", "one picture: what is published")
        t.has(stuck, f"{rig.mx.addr} port 25", "the other: what is shown")
        t.ok(rig.both_published(), "both records stay published", rig.published)
        again = rig.run("run")
        t.rc(again, 1, "`run` leaves it")
        t.has(again.err, "stuck", "and says so")
        rig.mx.deaf = False
        done = rig.rotate("--wait")
        t.rc(done, 0, "repaired, the same command carries it through")
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
    watcher.check(t)
