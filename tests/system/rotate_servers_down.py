#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Servers that are down, or answer what proves nothing: nothing is taken for done."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = ProxiedRig(t, primary=Knotd, secondary=Knotd, lag=None, service=LiveTls, ttl=1,
                     safety="0s", hold="0s").start()
    watcher = rig.watch()

    with t.case("an unsigned NOERROR"):
        asked = []
        rig.on_update = lambda q: asked.append(1) or q.reply()
        waiting = rig.background("rotate-tlsa", rig.host, "--wait")
        await_(lambda: asked, 20, "an update")
        rig.on_update = None
        done = waiting.wait(60)
        t.rc(done, 0, "is no success: it is asked again")
        t.ok(rig.settled(rig.new), "and carried through", rig.published)
        rig.renewed()

    with t.case("the primary answers nothing"):
        rig.on_query = rig.on_update = lambda q: None
        done = rig.rotate("--no-wait", timeout=120)
        t.rc(done, 1, "nothing can be prepared")
        t.has(done.err, rig.proxy.addr, "the server is named")
        t.eq([r for r in rig.status() if r["stage"] != "done"], [], "nothing is recorded")
        rig.on_query = rig.on_update = None
        rig.goes_on("it answers again")

    with t.case("the primary is down"):
        rig.proxy.stop()
        done = rig.rotate("--no-wait", timeout=120)
        t.rc(done, 1, "nothing can be prepared")
        t.has(done.err, rig.proxy.addr, "the server is named")
        rig.unchanged("")
        rig.server = None
        rig.goes_on("the configuration names another", "--server", f"{rig.ns1.addr}@{rig.ns1.port}")

    with t.case("a server goes down on the way"):
        rig.server = str(rig.ns1.addr)
        rig.write_config()
        rig.settings["safety"] = "2s"
        rig.write_config()
        t.rc(rig.rotate("--no-wait"), 75, "published")
        rig.ns2.stop()
        done = rig.run("run", "--wait", "--max-wait", "5s", timeout=120)
        t.rc(done, 75, "a server that is down blocks")
        t.has(done.err, rig.ns2.addr, "it is named")
        t.has(rig.status()[-1]["last_error"] or "", rig.ns2.addr, "status names it")
        t.ok(rig.serves(rig.old), "the old pair is live")
        done = rig.rotate("--wait", "--exclude", rig.ns2.addr)
        t.rc(done, 0, "--exclude goes on without it")
        t.ok(rig.serves(rig.new), "the new pair is live")
        t.has(rig.run("history").out, f"exclude: {rig.ns2.addr}", "the exclusion is recorded")
        rig.ns2.start()
    watcher.stop()
    t.ok(not watcher.violations, "no cache refuses a chain that is shown", watcher.report)
