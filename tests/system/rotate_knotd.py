#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A rollover from start to end: knotd, a lagging secondary, Postfix."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=Named, lag=1.5, ports=(25,), smtps=(465,)).start()
    watcher = rig.watch()
    done = rig.rotate("--wait", "-v", timeout=120)
    t.rc(done, 0, "the rollover is carried through")
    t.diag(done.out)
    t.ok(rig.settled(rig.new), "the new pair alone, everywhere", rig.published)
    watcher.check(t)
