#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A newer certificate arrives in the middle: before it is seen everywhere, in the wait, and after the deployment."""
import sys

sys.path[0] += "/lib"
from zp import *
from zp.kill import go_on

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=Knotd, lag="manual", service=LiveTls, ttl=1, safety="1s",
              hold="1s").start()
    watcher = rig.watch()

    def newer(what, stage, ready):
        """Start one, bring it to stage, renew again, and carry that through."""
        with t.case(what):
            t.rc(rig.rotate("--no-wait"), 75, "the first waits")
            ready()
            t.eq(rig.status()[-1]["stage"], stage, f"at {stage}")
            skipped, rig.new = rig.new, rig.new.renew()
            rig.write_config()
            lag = Lag(t, rig.ns2, rig.zone, 0.2)
            count = len(rig.status())
            done = rig.rotate("--wait")
            t.rc(done, 0, "the newer one is carried through")
            t.has(done.out, "superseded", "it is said")
            t.eq(len(rig.status()), count, "in the same rollover")
            t.ok(rig.settled(rig.new), "the newest pair alone; the skipped record is gone", rig.published)
            lag.stop()
            rig.renewed()
            return skipped

    def nothing():
        pass

    def release():
        rig.ns2.release(rig.zone)
        rig.run("run")

    def deploy():
        rig.ns2.release(rig.zone)
        await_(lambda: rig.run("run").rc == 75 and rig.status()[-1]["stage"] == "verified", 20,
               "the first is deployed", poll=0.2)

    newer("before every server follows", "published", nothing)
    newer("in the wait", "propagated", release)
    newer("after the deployment", "verified", deploy)

    with t.case("the file itself is renewed, and only `run` is called"):
        cert, key = t.path("acme", "cert.pem"), t.path("acme", "key.pem")

        def place(leaf):
            for path, source in ((cert, leaf.chain_file), (key, leaf.key_file)):
                with open(source) as f:
                    t.write(path, f.read(), 0o600)

        place(rig.new)
        lag = Lag(t, rig.ns2, rig.zone, 0.2)
        t.rc(rig.rotate("--no-wait", "--cert", cert, "--key", key), 75, "the first waits")
        rig.new = rig.new.renew()
        place(rig.new)
        done = go_on(rig)
        t.rc(done, 0, "`run` sees the newer pair and carries it through")
        t.ok(rig.settled(rig.new), "the newest pair alone", rig.published)
        lag.stop()
    watcher.check(t)
