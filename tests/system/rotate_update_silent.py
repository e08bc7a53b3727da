#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Updates that are never answered: tried again, nothing is taken for done."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = ProxiedRig(t, primary=Knotd, secondary=Knotd, lag=None, service=LiveTls, ttl=1,
                     safety="0s", hold="0s").start()
    watcher = rig.watch()

    with t.case("updates are never answered"):
        rig.on_update = lambda q: None
        done = rig.rotate("--no-wait", timeout=120)
        t.rc(done, 75, "to be tried again")
        t.has(done.err, rig.proxy.addr, "the server is named")
        rig.unchanged("")
        rig.on_update = None
        rig.goes_on("it answers again", command="run")

    watcher.check(t)
