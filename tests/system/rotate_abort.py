#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""abort at each stage takes the rollover back; once old records are being removed it is refused."""
import os
import sys

sys.path[0] += "/lib"
from zp import *
from zp.kill import PROVEN, go_on, last_entry

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=Knotd, lag=0.2, service=LiveTls, ttl=1, safety="0s",
              hold="2s")
    now = {"drop": False}

    def behave(q):
        if q.is_update and now["drop"]:
            return q.reply("SERVFAIL")
        return q.forward(rig.ns1)

    rig.server = str(HostileServer(t, behave))
    rig.start()
    watcher = rig.watch()

    def abort(stage, want="aborted"):
        record = rig.status()[-1]
        t.eq(record["stage"], stage, f"at {stage}")
        done = rig.run("abort", record["id"], "--wait")
        t.rc(done, 0, "taken back")
        t.eq(rig.status()[-1]["stage"], want, want)
        t.ok(rig.settled(rig.old), "the old pair alone, everywhere", rig.published)
        t.ok(not os.path.exists(rig.live + ".zonepub-previous"), "no second copy of a key is left")

    with t.case("prepared"):
        now["drop"] = True
        t.rc(rig.rotate("--no-wait"), 1, "the server fails")
        now["drop"] = False
        abort("prepared")
    with t.case("published"):
        rig.ns2.pause()
        t.rc(rig.rotate("--no-wait", timeout=90), 75, "a silent server blocks")
        rig.ns2.resume()
        abort("published")
    with t.case("propagated"):
        t.rc(rig.rotate("--no-wait"), 75, "it waits")
        entries = len(rig.run("history", "--json").json())
        done = rig.run("-n", "abort", rig.status()[-1]["id"])
        t.rc(done, 0, "a dry run tells that it would be taken back")
        t.has(done.err, "would be taken back", "in words")
        t.eq(rig.run("-qn", "abort", rig.status()[-1]["id"]).err, "", "or not, when it shall be quiet")
        t.eq(len(rig.run("history", "--json").json()), entries, "and records nothing")
        abort("propagated")
    with t.case("verified"):
        t.rc(rig.rotate("--wait", "--max-wait", "5s", "--hold", "60s"), 75, "it is deployed and held")
        t.ok(rig.serves(rig.new), "the new pair is live")
        abort("verified")
    with t.case("asked twice, and killed between"):
        t.rc(rig.rotate("--wait", "--max-wait", "5s", "--hold", "60s"), 75, "it is deployed and held")
        victim = rig.background("abort", rig.status()[-1]["id"], "--wait")
        await_(lambda: rig.run("history", rig.status()[-1]["id"]).out.count("abort "), 20, "the abort",
               poll=0.001)
        victim.kill()
        refused = rig.rotate("--no-wait")
        if rig.status()[-1]["stage"] != "aborted":
            t.rc(refused, 1, "no rotation while it is taken back")
            t.has(refused.err, "taken back", "it is said")
        t.rc(go_on(rig), 0, "`run` finishes the way back")
        t.ok(rig.settled(rig.old), "the old pair alone", rig.published)
        again = rig.run("abort", rig.status()[-1]["id"])
        t.rc(again, 2, "one that has ended: exit 2")
        t.has(again.err, "ended", "it is said")
        t.rc(rig.run("-n", "abort", rig.status()[-1]["id"]), 2, "in a dry run, too")
    with t.case("retired"):
        victim = rig.background("rotate-tlsa", rig.host, "--wait")
        await_(lambda: (last_entry(rig) or (0, 0))[0] == 7, 30, "the removal has begun", poll=0.001)
        victim.kill()
        if rig.status()[-1]["stage"] == "done":
            t.skip("refused", "it was done before the kill")
        else:
            done = rig.run("abort", rig.status()[-1]["id"])
            t.rc(done, 4, "refused: exit 4")
            t.has(done.err, "being removed", "and why")
        t.rc(go_on(rig), 0, "it is carried through")
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
    with t.case("an id that is not there"):
        t.rc(rig.run("-n", "abort", "99"), 1, "exit 1 of a dry run")
        done = rig.run("abort", "99")
        t.rc(done, 1, "exit 1")
        t.has(done.err, "99", "it is named")
    watcher.check(t)
