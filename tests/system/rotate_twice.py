#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The same command twice: at the same time both work on one rollover, after its end there is nothing to do."""
import os
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=1, safety="1s", hold="1s").start()
    watcher = rig.watch()

    for i in range(4):
        with t.case(f"at once, {i + 1}"):
            both = [rig.background("rotate-tlsa", rig.host, "--no-wait") for _ in range(2)]
            codes = [b.wait() for b in both]
            t.ok([c.rc for c in codes] == [75, 75], "both wait", lambda: [c.err for c in codes])
            t.eq(len(rig.status()), i + 1, "for one rollover")
            t.rc(rig.run("run", "--wait"), 0, "it goes on")
            t.ok(rig.settled(rig.new), "to its end", rig.published)
            rig.renewed()

    def nothing(what, *options):
        """Points: the command says that there is nothing to do, and does nothing."""
        with t.case(what):
            rollovers, deployed = len(rig.status()), os.stat(rig.mx.marker).st_mtime_ns
            done = rig.rotate("--no-wait", *options)
            t.rc(done, 0, "exit 0")
            t.has(done.out, "nothing to do", "it is said")
            shown = rig.rotate("--no-wait", "--json", *options)
            t.rc(shown, 0, "JSON: exit 0")
            t.eq([(r["id"], r["stage"]) for r in shown.json()], [(None, "done")], "of no rollover")
            t.eq({r["state"] for r in shown.json()[0]["records"]}, {"new"}, "with the records")
            t.rc(rig.rotate("--dry-run", *options), 0, "--dry-run, too")
            t.eq(len(rig.status()), rollovers, "no rollover begins")
            t.eq(os.stat(rig.mx.marker).st_mtime_ns, deployed, "nothing is deployed")

    def something(what, *options):
        with t.case(what):
            rollovers = len(rig.status())
            t.rc(rig.rotate("--wait", *options), 0, "a rollover")
            t.eq(len(rig.status()), rollovers + 1, "is carried through")
            t.ok(rig.settled(rig.new), "the pair alone", rig.published)

    rig.old, rig.new = rig.new, rig.old
    rig.write_config()
    nothing("the pair that is live")
    nothing("nobody looks", "--no-probe")
    rig.zone.update(add=[f"{rig.owners()[0]} 1 TLSA 3 1 1 {'ab' * 32}"])
    rig.zone.await_rdata(rig.owners()[0], "TLSA", sorted([rig.new.tlsa(), f"3 1 1 {'ab' * 32}"]))
    something("a record too many", "--prune")
    rig.zone.update(delete=[f"{rig.owners()[0]} TLSA"])
    rig.zone.await_rdata(rig.owners()[0], "TLSA", [])
    something("its record is gone")
    with open(rig.live, "w") as f, open(rig.old.live_file) as g:
        f.write(g.read())
    something("the live file holds another pair")
    nothing("again")
    watcher.check(t)
