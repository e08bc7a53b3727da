#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`run` of a timer during the wait: if all servers are silent then, the wait starts anew."""
import sys
import time

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=Knotd, lag=0.2, service=LiveTls, ttl=4, safety="1s",
              hold="0s").start()
    watcher = rig.watch()
    rig.rotate("--no-wait")
    await_(lambda: rig.run("run").rc == 75 and rig.status()[-1]["stage"] == "propagated", 20, "the wait")
    due = time.monotonic() + 9

    with t.case("all servers are silent"):
        for server in rig.zone.servers:
            server.pause()
        done = rig.run("run", timeout=90)
        for server in rig.zone.servers:
            server.resume()
        t.rc(done, 75, "it waits")
        t.has(done.out, "no server answered", "and says that the wait starts anew")
    with t.case("they are back"):
        time.sleep(max(0, due - time.monotonic()))
        t.rc(rig.run("run"), 75, "the time of the first wait is not enough")
        t.ok(rig.serves(rig.old), "nothing is deployed", rig.status)
        t.rc(rig.run("run", "--wait", timeout=90), 0, "it goes on")
        t.ok(rig.settled(rig.new), "to its end", rig.published)
    watcher.check(t)
