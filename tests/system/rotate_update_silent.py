#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Updates that are never answered: tried again, nothing is taken for done."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=Knotd, lag=None, service=LiveTls, ttl=1, safety="0s",
              hold="0s")
    how = {"update": None, "query": None}

    def behave(q):
        """The primary; how says what becomes of updates and of queries."""
        other = how["update" if q.is_update else "query"]
        return other(q) if other else q.forward(rig.ns1)

    proxy = HostileServer(t, behave)
    rig.server = str(proxy)
    rig.start()
    watcher = rig.watch()

    def goes_on(what, *options, command="rotate-tlsa"):
        done = rig.rotate("--wait", *options) if command == "rotate-tlsa" else rig.run(command, "--wait")
        t.rc(done, 0, f"{what}: it is carried through")
        t.ok(rig.settled(rig.new), f"{what}: the new pair alone", rig.published)
        rig.renewed()

    def unchanged(what):
        t.ok(rig.settled(rig.old), f"{what}: nothing was changed", rig.published)

    with t.case("updates are never answered"):
        how["update"] = lambda q: None
        done = rig.rotate("--no-wait", timeout=120)
        t.rc(done, 75, "to be tried again")
        t.has(done.err, proxy.addr, "the server is named")
        unchanged("")
        how["update"] = None
        goes_on("it answers again", command="run")

    watcher.check(t)
