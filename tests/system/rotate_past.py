#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What an earlier rollover published is in caches for a TTL, whatever stands there now."""
import sys
import time

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=6, safety="1s", hold="60s",
              first=True).start()
    watcher = rig.watch()

    with t.case("a first publication is taken back"):
        t.rc(rig.rotate("--no-wait"), 75, "deployed at once, as nothing stood there")
        t.ok(rig.serves(rig.new), "the new pair is live")
        time.sleep(0.5)     # a cache takes the set
        t.rc(rig.run("abort", "1", "--wait"), 0, "taken back")
        t.eq(rig.published(), {rig.owners()[0]: []}, "nothing stands there any more")
    with t.case("a newer pair comes at once"):
        rig.new = rig.old.renew()
        rig.write_config()
        done = rig.rotate("--no-wait")
        t.rc(done, 75, "it waits")
        t.eq(rig.status()[-1]["stage"], "propagated", "for what caches hold")
        t.ok(rig.serves(rig.old), "nothing is deployed")
        t.has(rig.run("history", "2").out, "rollover 1 published", "and why is recorded")
        t.rc(rig.run("run", "--wait", "--max-wait", "20s", timeout=60), 75, "it goes on")
        t.ok(rig.serves(rig.new), "after the wait the new pair is live")
    with t.case("long after"):
        t.rc(rig.run("abort", "2", "--wait"), 0, "taken back")
        time.sleep(13)
        rig.new = rig.old.renew()
        rig.write_config()
        t.rc(rig.rotate("--no-wait"), 75, "no cache holds anything any more")
        t.ok(rig.serves(rig.new), "so it is deployed at once")
    watcher.check(t)
