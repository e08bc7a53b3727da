#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Signatures that end before caches would let go of them block the deployment; a new one lets it go on."""
import os
import shutil
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Nsd, secondary=None, lag=None, service=LiveTls, ttl=1, safety="2h",
              hold="0s")
    zone, owner = rig.zone, rig.owners()[0]
    copy = t.path("copy.signed")
    nsd2 = Nsd(t, name="copier").static(zone, copy)

    def serve(end=None):
        """The zone as it is now at the second server; its signatures end so many seconds from now."""
        if end is None:
            shutil.copy(zone.file + ".signed", copy + ".new")
            os.rename(copy + ".new", copy)
        else:
            with open(zone.file) as f:
                sign_file(f.read(), zone.keys, copy, end=end)
        if nsd2.alive():
            run(nsd2.reload_argv + [zone.name])

    rig.ns1.configure()
    serve(3600)
    nsd2.start()
    rig.start()

    # the same key: there is nothing to wait for, so that the margin may be long
    rig.new = rig.old.renew(same_key=True)
    rig.write_config()
    done = rig.rotate("--no-wait")
    t.ok(done.rc in (4, 75), "a signature that ends too soon blocks", done)
    last = rig.status()[-1]
    for part in ("ends", "before now + TTL", "safety 7200 s", nsd2.addr):
        t.has(done.err, part, f"{part!r} is said")
        t.has(last["last_error"] or "", part, "and in status")
    t.ok(rig.serves(rig.old), "nothing was deployed")
    serve()
    t.rc(rig.run("run"), 0, "signed anew it goes on to its end")
    t.ok(rig.serves(rig.new), "and is live")
