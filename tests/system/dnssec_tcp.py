#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Servers that truncate over UDP, or only speak TCP, are heard."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    mood = {"fault": None, "truncated": 0}
    rig = Rig(t, secondary=None, lag=None, service=LiveTls, ttl=1, safety="0s", hold="0s")

    def behave(q):
        if mood["fault"] == "tcp only" and not q.tcp:
            return None
        if mood["fault"] == "truncates" and not q.tcp:
            mood["truncated"] += 1
            return q.header(flags=0x8600)
        return q.forward(rig.ns1)

    odd = HostileServer(t, behave, name="odd")
    rig.zone.listed_only = [odd]
    rig.zone.parent_servers = [rig.ns1]
    rig.start()

    with t.case("truncates"):
        mood["fault"] = "truncates"
        t.rc(rig.rotate("--wait", timeout=60), 0, "a server that truncates over UDP is asked by TCP")
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
        t.ok(mood["truncated"] > 0, "it was asked over UDP first")

    with t.case("TCP only"):
        mood["fault"] = "tcp only"
        rig.renewed()
        done = rig.rotate("--wait", timeout=60)
        t.rc(done, 0, "a server that only speaks TCP is heard")
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
