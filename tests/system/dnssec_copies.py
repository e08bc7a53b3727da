#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A secondary whose copy is bad: expired, damaged or missing signatures, or an old one."""
import os
import shutil
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Nsd, secondary=None, lag=None, service=LiveTls, ttl=1, safety="0s",
              hold="0s")
    zone, owner = rig.zone, rig.owners()[0]
    copy = t.path("copy.signed")
    nsd2 = Nsd(t, name="copier").static(zone, copy)

    def serve(kind):
        """A copy of the zone as it is now, in that state, at the second server."""
        if kind == "missing":
            shutil.copy(zone.file, copy + ".new")
            os.rename(copy + ".new", copy)
        elif kind == "expired":
            with open(zone.file) as f:
                sign_file(f.read(), zone.keys, copy, start=-9 * DAY, end=-DAY)
        elif kind != "old":
            shutil.copy(zone.file + ".signed", copy + ".new")
            os.rename(copy + ".new", copy)
            if kind == "bogus":
                bogus_file(copy, zone.name, owner, "TLSA")
        if nsd2.alive():
            run(nsd2.reload_argv + [zone.name])

    rig.ns1.configure()
    serve("good")
    nsd2.start()
    rig.start()

    def blocks(kind, *parts):
        if rig.status():
            rig.renewed()
        done = rig.rotate("--no-wait", timeout=60)
        t.rc(done, 75, f"{kind}: with an old copy it waits")
        t.has(done.err, "not yet the set that is waited for", f"{kind}: the old copy is named so")
        serve(kind)
        done = rig.run("run")
        t.rc(done, 75, f"{kind}: with such a copy it waits")
        last = rig.status()[-1]
        for part in (nsd2.addr, *parts):
            t.has(done.err, part, f"{kind}: {part!r} is said")
            t.has(last["last_error"] or "", part, f"{kind}: and in status")
        t.eq(last["stage"], "published", f"{kind}: the way stops")
        t.ok(rig.serves(rig.old), f"{kind}: nothing was deployed")

    def goes_on(kind, *args):
        serve("good")
        walk = rig.background("run", "--wait")
        await_(lambda: rig.ns1.rdatas(owner, "TLSA") == [rig.new.tlsa()], 30, "the retirement")
        serve("good")
        t.rc(walk.wait(), 0, f"{kind}: mended, it goes on to its end")
        t.ok(rig.settled(rig.new), f"{kind}: everywhere", rig.published)

    for kind, parts in (("expired", ["signatures expired"]), ("bogus", ["signatures bogus"]),
                        ("missing", ["signatures missing"])):
        with t.case(kind):
            blocks(kind, *parts)
            goes_on(kind)
