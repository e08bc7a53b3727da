#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`run` takes every rollover: one that cannot go on does not hold up the other; the worst exit code counts."""
import sys
import time

sys.path[0] += "/lib"
from zp import *

HOST2 = "mx2.mail.example"

with Test() as t:
    addr = free_addr()
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=1, safety="0s", hold="0s",
              records=f"{HOST2}. A {addr}")
    old = rig.ca.issue(HOST2)
    new = old.renew()
    live = old.install(t.path("live", "mx2.pem"))
    mx2 = LiveTls(t, old, port=25, addr=addr, host=HOST2).follow(live)
    rig.zone.records += f"\n_25._tcp.{HOST2}. TLSA {old.tlsa()}"
    rig.start()
    watcher = Watcher(t, rig.zone.servers, [*rig.services(), mx2.service()]).start()

    wrong = TsigKey(rig.key.name)
    bad = wrong.file(t, "wrong.key")
    t.rc(rig.rotate("--no-wait", "--tsig-file", bad), 1, "one has a wrong key")
    second = rig.run("rotate-tlsa", HOST2, "--cert", new.chain_file, "--key", new.key_file,
                     "--live-chain", live, "--deploy", " ".join(mx2.reload_argv), "--safety", "0",
                     "--hold", "0", "--no-wait")
    t.rc(second, 75, "the other waits")
    done = rig.run("run", "--wait")
    t.rc(done, 1, "`run --wait` fails for the one")
    t.has(done.err, "BADSIG", "and says why")
    t.eq([r["stage"] for r in rig.status()], ["prepared", "done"], "and carries the other through")
    t.eq(mx2.service().chain(), new.ders(), "its new pair is live")
    with open(rig.key.file(t)) as f:
        t.write("wrong.key", f.read(), 0o600)
    t.rc(rig.run("run", "--wait"), 0, "with the key file mended `run` ends the first, too")
    t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
    watcher.check(t)

    with t.case("one waits for long, the other does not"):
        rig.settings["hold"] = "40s"
        rig.renewed()
        t.rc(rig.rotate("--no-wait"), 75, "the first is begun")
        t.rc(rig.run("run", "--wait", "--max-wait", "8s"), 75, "and holds")
        t.eq(rig.status()[-1]["stage"], "verified", "behind its proof")
        newer = new.renew()
        t.rc(rig.run("rotate-tlsa", HOST2, "--cert", newer.chain_file, "--key", newer.key_file,
                     "--live-chain", live, "--deploy", " ".join(mx2.reload_argv), "--safety", "0",
                     "--hold", "0", "--no-wait"), 75, "the second waits for caches")
        begun = time.monotonic()
        b = rig.background("run", "--wait", "--max-wait", "14s")
        await_(lambda: rig.status()[-1]["stage"] == "done", 20, "the second")
        t.ok(b.alive(), "the second is done while the first holds")
        done = b.wait(40)
        t.rc(done, 75, "--max-wait ends the stay")
        t.has(done.err, "'verified' and waits: not before", "the first is said to wait")
        t.ok(10 < time.monotonic() - begun < 25, "after its time")
        t.rc(rig.run("run", "--wait", timeout=90), 0, "with time enough both are done")
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
        watcher.check(t)
