#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Killed with SIGKILL at each stage: `run` brings it to the same end, without a violation."""
import sys

sys.path[0] += "/lib"
from zp import *
from zp.kill import *

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=Knotd, lag=0.3, service=LiveTls, ttl=1, safety="0s",
              hold="0s").start()
    watcher = rig.watch()
    for stage in range(1, 8):
        number = len(rig.status()) + 1 if stage > 1 else 1
        victim = rig.background("rotate-tlsa", rig.host, "--wait")

        def there():
            if number > 1 and len(rig.status()) < number:
                return False
            return not victim.alive() or (last_entry(rig) or (0, 0)) >= (stage, PROVEN)

        await_(there, 30, f"stage {stage}", poll=0.001)
        killed = victim.kill()
        t.eq(killed.rc, -9, f"after {STAGES[stage]}: killed at {last_entry(rig)}")
        finish(t, rig, watcher, f"after {STAGES[stage]}")
        rig.renewed()
    watcher.check(t)
