#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Services that show what nobody published: the former pair is put back, stuck, and the way on."""
import os
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=1, safety="0s", hold="0s").start()
    watcher = rig.watch()

    with t.case("it shows a third certificate"):
        third = rig.old.renew()
        script = t.write("third", f"""#!/bin/sh
cat {third.live_file} > {rig.live}.third && mv {rig.live}.third {rig.live}.shown
touch {rig.mx.marker}
""", 0o755)
        good, rig.deploy = rig.deploy, [script]
        rig.write_config()
        with open(rig.live) as f:
            before = f.read()
        watcher.stop()      # the third certificate is a violation that the test makes
        t.ok(not watcher.violations, "no violation so far", watcher.report)
        rig.mx.follow(rig.live + ".shown")
        done = rig.rotate("--wait", timeout=90)
        t.rc(done, 1, "exit 1")
        t.has(done.err, "put back", "the previous pair was put back, it is said")
        t.eq(rig.status()[-1]["stage"], "stuck", "stuck")
        with open(rig.live) as f:
            t.eq(f.read(), before, "the live file is the former one again")
        t.ok(rig.both_published(), "both records stay published", rig.published)
        rig.deploy = good
        rig.write_config()
        rig.mx.follow(rig.live)
        done = rig.rotate("--wait")
        t.rc(done, 0, "repaired, the same command carries it through")
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
        rig.renewed()
        with open(rig.live) as f:
            before = f.read()

    refresh = rig.mx.refresh
    marker = t.path("broken")

    def breaks(fault):
        """The deploy command breaks the service."""
        rig.deploy = [t.write("break", f"#!/bin/sh\ntouch {marker} {rig.mx.marker}\n", 0o755)]
        rig.write_config()

        def look():
            if os.path.exists(marker):
                rig.mx.fault = fault
            refresh()

        rig.mx.refresh = look

    def mended():
        os.remove(marker)
        rig.mx.refresh, rig.mx.fault, rig.deploy = refresh, None, good
        rig.write_config()

    for fault, what in (("no-starttls", "it lost STARTTLS"), ("refuse", "it refuses STARTTLS for now"),
                        ("garbage", "it speaks no TLS any more")):
        with t.case(what):
            breaks(fault)
            done = rig.rotate("--wait", timeout=90)
            t.rc(done, 1, "exit 1")
            t.has(done.err, "no TLS", "it is said")
            t.eq(rig.status()[-1]["stage"], "stuck", "stuck")
            t.ok(rig.both_published(), "both records stay published", rig.published)
            with open(rig.live) as f:
                t.eq(f.read(), before, "the live file is the former one again")
            mended()
            abort = rig.run("abort", rig.status()[-1]["id"], "--wait")
            t.rc(abort, 0, "a stuck rollover can be aborted")
            t.ok(rig.settled(rig.old), "the old pair alone", rig.published)
            t.eq(rig.status()[-1]["stage"], "aborted", "aborted")
    with t.case("it turns everyone away"):
        breaks("close")
        done = rig.rotate("--wait", "--max-wait", "6s", timeout=90)
        t.rc(done, 75, "it waits, as that says nothing of its certificate")
        t.has(done.err, "before the greeting", "and says for what")
        t.eq(rig.status()[-1]["stage"], "deployed", "nothing is put back")
        mended()
        t.rc(rig.run("run", "--wait"), 0, "when it is back it goes on")
        t.ok(rig.settled(rig.new), "to its end", rig.published)
