#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A rollover from start to end: a zone file served by NSD, a lagging secondary, Postfix."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Nsd, secondary=Knotd, lag=1.0, ports=(25,), smtps=(465,),
              records="; a comment that stays\nwww  300 IN A 192.0.2.1 ; and this one").start()
    with open(rig.zone.file) as f:
        before = f.read()
    watcher = rig.watch()
    done = rig.rotate("--wait", timeout=120)
    t.rc(done, 0, "the rollover is carried through")
    t.ok(rig.settled(rig.new), "the new pair alone, everywhere", rig.published)
    watcher.check(t)
    with open(rig.zone.file) as f:
        after = f.read()

    def rest(text):
        return [line for line in text.splitlines() if "TLSA" not in line and "SOA" not in line]

    t.eq(rest(after), rest(before), "all other lines of the file stay byte for byte")
    t.has(after, rig.new.tlsa("3 1 1"), "the file holds the new record")
