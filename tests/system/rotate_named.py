#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A rollover from start to end: named with dnssec-policy, a lagging secondary, Postfix."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Named, secondary=Knotd, lag=1.0, ports=(25,), smtps=(465,),
              signed="nsec3", kind="rsa", params=("3 1 1", "2 1 1")).start()
    watcher = rig.watch()
    done = rig.rotate("--wait", timeout=120)
    t.rc(done, 0, "the rollover is carried through")
    t.ok(rig.settled(rig.new), "the new pair alone, everywhere", rig.published)
    t.eq([r["stage"] for r in rig.status()], ["done"], "it is recorded as done")
    watcher.check(t)
