#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A newer pair that arrives while the old records are being removed."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=None, lag=None, service=LiveTls, ttl=1, safety="0s", hold="0s")
    lost = []

    def behave(q):
        """The primary; the second update, which removes, finds no server."""
        if q.is_update and len(lost) < 2:
            lost.append(q)
            return q.forward(rig.ns1) if len(lost) == 1 else None
        if q.is_update and len(lost) == 2:
            return None
        return q.forward(rig.ns1)

    proxy = HostileServer(t, behave)
    rig.server = str(proxy)
    rig.start()
    watcher = rig.watch()
    done = rig.rotate("--wait", "--max-wait", "15s", timeout=120)
    t.ne(done.rc, 0, "the removal of the old records is lost on the way")
    t.has(rig.run("history").out, "retired     begun", "it was begun")
    t.ok(rig.serves(rig.new), "the new pair is live")
    rig.renewed()
    lost.append("over")
    done = rig.rotate("--wait", timeout=120)
    t.rc(done, 0, "one command with a still newer pair")
    t.ok(rig.settled(rig.new), "ends the rollover and carries the newer pair through", rig.published)
    t.eq([r["stage"] for r in rig.status()], ["done", "done"], "as two rollovers")
    watcher.stop()
    t.ok(not watcher.violations, "no cache refuses a chain that is shown", watcher.report)
