#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Servers and services with several addresses, and addresses that cannot be had."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=None, lag=None, service=LiveTls, ttl=1, safety="0s", hold="0s")
    rig.start()
    watcher = rig.watch()

    with t.case("a primary with an address that nobody answers at"):
        name = f"primary.{rig.zone.name}"
        rig.zone.update(add=[f"{name} 5 A 127.0.0.1", f"{name} 5 A {rig.ns1.addr}"])
        rig.zone.await_synced()
        rig.server = name.rstrip(".")
        rig.write_config()
        done = rig.rotate("--wait", timeout=120)
        t.rc(done, 0, "is reached at the other")
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
        rig.renewed()
    watcher.stop()
    t.ok(not watcher.violations, "no cache refuses a chain that is shown", watcher.report)
