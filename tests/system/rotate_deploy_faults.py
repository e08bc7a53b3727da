#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Deploy commands that fail, hang or vanish: said, nothing removed, and the same command goes on."""
import os
import sys
import time

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=1, safety="0s", hold="0s")
    script = t.path("deploy")
    rig.deploy = [script, "with an argument", "$HOME"]

    def deploy(text):
        t.write("deploy", f"#!/bin/sh\n{text}\n", 0o755)

    deploy(f"touch {rig.mx.marker}")
    rig.start()
    watcher = rig.watch()

    def fails(parts, *options):
        done = rig.rotate("--wait", *options)
        t.rc(done, 1, "exit 1")
        for part in parts:
            t.has(done.err, part, f"the message says '{part}'")
        t.ok(rig.both_published(), "both records stay published", rig.published)
        record = rig.status()[-1]
        t.eq(record["stage"], "expired", "it stands before deployed")
        t.has(record["last_error"] or "", parts[0], "status tells the error")

    def goes_on():
        done = rig.run("run", "--wait")
        t.rc(done, 0, "mended, `run` carries it through")
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
        rig.renewed()

    with t.case("it fails"):
        deploy("echo the disk is on fire; echo really >&2; exit 7")
        fails(["exit code 7", script, "the disk is on fire"])
        deploy(f"touch {rig.mx.marker}; echo all is well: $# \"$2\"")
        goes_on()
        history = rig.run("history").out
        t.has(history, "all is well: 2 $HOME", "what it said is recorded; no shell touched its words")
        t.has(history, "really", "what the failed one said, too")

    with t.case("it hangs"):
        deploy("sleep 300 & wait")
        started = time.monotonic()
        fails(["did not end within 1 s", script, "--deploy-timeout"], "--deploy-timeout", "1s")
        t.ok(time.monotonic() - started < 20, "and is ended")
        deploy(f"touch {rig.mx.marker}")
        goes_on()

    with t.case("it is ended by a signal"):
        deploy("kill -SEGV $$")
        fails(["signal 11", script])
        deploy(f"touch {rig.mx.marker}")
        goes_on()

    with t.case("it vanishes on the way"):
        deploy("exit 0")
        rig.settings["safety"] = "1s"
        rig.write_config()
        t.rc(rig.rotate("--no-wait"), 75, "published")
        os.unlink(script)
        done = rig.run("run", "--wait")
        t.rc(done, 1, "exit 1")
        t.has(done.err, script, "it is named")
        t.ok(rig.both_published(), "both records stay published", rig.published)
        deploy(f"touch {rig.mx.marker}")
        goes_on()

    with t.case("it removes the renewed files"):
        cert, key = t.path("acme", "cert.pem"), t.path("acme", "key.pem")
        for path, source in ((cert, rig.new.chain_file), (key, rig.new.key_file)):
            with open(source) as f:
                t.write(path, f.read(), 0o600)
        deploy(f"touch {rig.mx.marker}; rm -f {cert} {key}")
        t.rc(rig.rotate("--wait", "--cert", cert, "--key", key), 0, "they are live: it goes to its end")
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
        deploy(f"touch {rig.mx.marker}")
        rig.renewed()

    with t.case("it cannot be run"):
        os.chmod(script, 0o644)
        before = rig.ns1.serial(rig.zone.name)
        done = rig.rotate("--wait")
        t.rc(done, 1, "exit 1")
        t.has(done.err, script, "it is named")
        t.eq(rig.ns1.serial(rig.zone.name), before, "found out before anything was published")
    watcher.check(t)
