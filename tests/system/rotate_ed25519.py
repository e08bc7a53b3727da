#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Certificates of Ed25519: renewed, beside one of RSA, and in place of one of ECDSA."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=1, safety="0s", hold="0s",
              kind="ed25519").start()
    watcher = rig.watch()

    def carried(what):
        t.rc(rig.rotate("--wait"), 0, what)
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)

    carried("Ed25519 to Ed25519")
    rig.renewed(rig.ca.issue(rig.host, kind="ecdsa"))
    carried("Ed25519 to ECDSA")
    rig.renewed(rig.ca.issue(rig.host, kind="ed25519"))
    carried("ECDSA to Ed25519")
    t.has(rig.run("history").out, "Ed25519", "the history names the kind")
    watcher.check(t)
    watcher.stop()

    with t.case("three kinds at one service"):
        kinds = [rig.ca.issue(rig.host, kind=k) for k in ("ecdsa", "rsa", "ed25519")]
        server = TlsServer(t, [tuple(kinds)], host=rig.host)
        done = zonepub("gen", "tlsa", rig.host, "--live", "--port", "25", "--probe",
                       f"{server.addr}@{server.port}", "--format", "line")
        t.rc(done, 0, "gen tlsa --live looks at it")
        for leaf in kinds:
            t.has(done.out, leaf.tlsa("3 1 1"), f"{leaf.kind} is seen")
