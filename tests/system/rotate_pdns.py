#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A rollover from start to end: PowerDNS, which signs as it answers."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Pdns, secondary=None, lag=None, ports=(25,)).start()
    watcher = rig.watch()
    done = rig.rotate("--wait", timeout=120)
    t.rc(done, 0, "the rollover is carried through")
    t.ok(rig.settled(rig.new), "the new pair alone, everywhere", rig.published)
    watcher.check(t)
