#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Killed between "begun" and "proven", before and after the world was touched."""
import os
import sys

sys.path[0] += "/lib"
from zp import *
from zp.kill import *

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=Knotd, lag=0.3, service=LiveTls, ttl=1, safety="0s",
              hold="0s")
    now = {"update": None, "victim": None, "updates": 0}

    def behave(q):
        """The primary, by a proxy that kills the client before or after an update is done."""
        if not q.is_update:
            return q.forward(rig.ns1)
        now["updates"] += 1
        if now["update"] == (now["updates"], "before"):
            now["victim"].kill()
            return None
        reply = q.forward(rig.ns1)
        if now["update"] == (now["updates"], "after"):
            now["victim"].kill()
            return None
        return reply

    rig.server = str(HostileServer(t, behave))
    before, after = t.path("before"), t.path("after")
    rig.deploy = [t.write("deploy", f"""#!/bin/sh
test -e {before} && rm {before} && kill -9 $PPID && exit 0
touch {rig.mx.marker}
test -e {after} && rm {after} && kill -9 $PPID
exit 0
""", 0o755)]
    rig.start()
    watcher = rig.watch()

    def begin(what, stage):
        now["updates"] = 0
        victim = now["victim"] = rig.background("rotate-tlsa", rig.host, "--wait")
        t.eq((victim.wait(30).rc, last_entry(rig)), (-9, (stage, BEGUN)),
             f"{what}: killed, begun and not proven")
        now["update"] = None

    for number, stage in ((1, 2), (2, 7)):
        for when in ("before", "after"):
            what = f"{STAGES[stage]}, {when} the update was done"
            now["update"] = (number, when)
            begin(what, stage)
            finish(t, rig, watcher, what)
            rig.renewed()
    for flag in (before, after):
        what = f"deployed, {os.path.basename(flag)} the reload"
        t.write(flag, "")
        begin(what, 5)
        with open(rig.live) as live, open(rig.new.live_file) as new:
            t.eq(live.read(), new.read(), f"{what}: the files are swapped already")
        finish(t, rig, watcher, what)
        rig.renewed()
    watcher.check(t)
