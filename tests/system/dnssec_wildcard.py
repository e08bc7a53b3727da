#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A wildcard gives the records: the first explicit ones carry over what it gave."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    for wild, signed in (("*._tcp.mx", "nsec"),):
        rig = Rig(t, secondary=None, lag=None, service=LiveTls, ttl=2, safety="1s", hold="1s",
                  signed=signed, first=True)
        foreign = "3 1 1 " + "5a" * 32
        rig.zone.records += f"\n{wild} TLSA {rig.old.tlsa()}\n{wild} TLSA {foreign}"
        rig.start()
        owner, below = rig.owners()[0], f"_443._tcp.{rig.host}."
        watcher = rig.watch()
        before = rig.ns1.rdatas(below, "TLSA")
        t.eq(len(before), 2, "the wildcard answers")
        done = rig.rotate("--no-wait", "-v")
        t.rc(done, 75, "what the wildcard gave is in caches: it waits")
        t.has(done.out, "from a wildcard", "and says that it is a wildcard")
        t.eq(rig.ns1.rdatas(owner, "TLSA"), sorted([rig.old.tlsa(), foreign, rig.new.tlsa()]),
             "the explicit set carries over what the wildcard gave")
        t.rc(rig.run("run", "--wait"), 0, "it goes on to its end")
        t.eq(rig.ns1.rdatas(owner, "TLSA"), sorted([foreign, rig.new.tlsa()]),
             "the old record went, what nobody knows stays")
        t.eq(rig.ns1.rdatas(below, "TLSA"), before, "the wildcard stands as it was for other ports")
        watcher.check(t)
