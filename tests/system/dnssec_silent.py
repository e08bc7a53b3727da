#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A server that is down blocks, is named, and may be excluded."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    mood = {"fault": None}
    rig = Rig(t, secondary=None, lag=None, service=LiveTls, ttl=1, safety="0s", hold="0s")

    def behave(q):
        return None if mood["fault"] else q.forward(rig.ns1)

    bad = HostileServer(t, behave, name="bad")
    # the resolver asks the other server: its patience with this one is not the matter here
    rig.zone.listed_only = [bad]
    rig.zone.parent_servers = [rig.ns1]
    rig.start()

    with t.case("down"):
        mood["fault"] = "silent"
        walk = rig.background("rotate-tlsa", rig.host, "--wait")
        await_(lambda: rig.status() and bad.addr in (rig.status()[0]["last_error"] or ""), 30,
               "the server to be named")
        first = rig.status()[0]
        t.has(first["last_error"], "silent", "a server that is down is called silent in status")
        t.eq(first["stage"], "published", "and blocks")
        t.ok(rig.serves(rig.old), "nothing was deployed")
        mood["fault"] = None
        t.rc(walk.wait(), 0, "when it is back the rollover goes on")
        t.ok(rig.settled(rig.new), "to its end", rig.published)

    with t.case("excluded"):
        mood["fault"] = "silent"
        rig.renewed()
        done = rig.rotate("--wait", "--exclude", bad.addr, timeout=60)
        t.rc(done, 0, "--exclude goes on without it")
        t.has(done.err, f"{bad.addr}) is excluded", "with a warning")
        number = str(rig.status()[-1]["id"])
        history = rig.run("history", number, "-v")
        t.has(history.out, f"{bad.addr}) is excluded", "and history has it")
        t.hasnt(history.out, f"{bad.addr}): ", "which has no word of what it serves")
