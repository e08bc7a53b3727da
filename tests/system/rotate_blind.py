#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""--no-probe and a way back after the deployment: the new record stays as long as the new pair may be shown."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=2, safety="1s", hold="6s",
              tls_lines="    no-probe = true")
    slow = t.write("slow", f"#!/bin/sh\n(sleep 3; touch {rig.mx.marker}) >/dev/null 2>&1 &\n", 0o755)
    rig.deploy = [slow]
    rig.start()
    watcher = rig.watch()

    def deployed():
        t.rc(rig.rotate("--wait", "--max-wait", "8s"), 75, "it is deployed and held")
        await_(lambda: rig.serves(rig.new), 10, "the service to show it")

    with t.case("live files, and a service that takes its time"):
        deployed()
        done = rig.run("abort", "1", "--no-wait")
        t.rc(done, 75, "it waits")
        t.has(done.err, "nobody looks", "and says why")
        t.ok(rig.both_published(), "both records are still published", rig.published)
        t.rc(rig.run("run", "--wait", timeout=60), 0, "it goes on")
        t.eq(rig.status()[-1]["stage"], "aborted", "to its end")
        t.ok(rig.settled(rig.old), "the old pair alone", rig.published)

    with t.case("no live files"):
        def by_hand(leaf):
            return (f"#!/bin/sh\ncat {leaf.live_file} > {rig.live}.n && mv {rig.live}.n {rig.live}\n"
                    f"touch {rig.mx.marker}\n")

        rig.live_lines = ""
        rig.deploy = [t.write("deploy", by_hand(rig.new), 0o755)]
        rig.write_config()
        deployed()
        done = rig.run("abort", "2", "--wait", timeout=60)
        t.rc(done, 1, "it is stuck")
        t.has(done.err, "by hand", "and says what a person has to do")
        t.eq(rig.status()[-1]["stage"], "stuck", "in the status, too")
        t.rc(rig.run("run"), 1, "`run` leaves it so")
        t.ok(rig.both_published(), "both records are still published", rig.published)
        run(["sh", t.write("back", by_hand(rig.old), 0o755)])
        await_(lambda: rig.serves(rig.old), 10, "the service to show the former pair")
        t.rc(rig.run("abort", "2", "--wait", timeout=60), 0, "told again it goes on")
        t.eq(rig.status()[-1]["stage"], "aborted", "to its end")
        t.ok(rig.settled(rig.old), "the old pair alone", rig.published)
    watcher.check(t)
