#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Secure or refuse: each missing link of the chain of trust is named, and nothing is sent."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, secondary=None, lag=None, service=LiveTls, first=True).start()
    serial = rig.ns1.serial(rig.zone.name)

    def refused(what, *parts):
        rig.unbound.flush()
        done = rig.rotate("--no-wait")
        t.rc(done, 4, what)
        for part in (*parts, "--allow-insecure"):
            t.has(done.err, part, f"{what}: {part!r} is said")
        t.eq(rig.ns1.serial(rig.zone.name), serial, f"{what}: nothing was sent")
        t.eq(rig.status(), [], f"{what}: no rollover was begun")

    with t.case("no DS"):
        rig.tree.change(rig.zone, "none")
        refused("a signed child without a DS", "mail.example is signed, but there is no DS",
                "at its parent example")

    with t.case("wrong DS"):
        rig.tree.change(rig.zone, "wrong")
        refused("a DS of no key", "the DS at the parent of mail.example matches none of its DNSKEY")

    with t.case("expired above"):
        rig.tree.change(rig.zone, "good", dates=(-9 * DAY, -DAY))
        refused("an expired signature at the parent", "example", "expired")
        done = rig.run("--trust-anchor", rig.zone.anchor(t), "rotate-tlsa", rig.host, "--no-wait",
                       "--dry-run")
        t.rc(done, 0, "an anchor of the zone itself needs no parent")

    with t.case("no anchor"):
        anchor = t.write("other.ds", f"other. 3600 IN DS {rig.tree.keys.ds()}\n")
        done = rig.run("--trust-anchor", anchor, "rotate-tlsa", rig.host, "--no-wait")
        t.rc(done, 4, "no anchor above the zone")
        t.has(done.err, "no trust anchor covers mail.example", "that is said")

    with t.case("allowed"):
        rig.tree.change(rig.zone, "none", dates=(-3600, DAY))
        rig.unbound.flush()
        done = rig.rotate("--wait", "--allow-insecure")
        t.rc(done, 0, "--allow-insecure goes on")
        t.has(done.err, "warning: --allow-insecure", "with a warning")
        t.ok(rig.settled(rig.new), "and the records are there", rig.published)

    with t.case("mended"):
        rig.tree.change(rig.zone, "good")
        rig.unbound.flush()
        rig.renewed()
        done = rig.rotate("--wait")
        t.rc(done, 0, "with the right DS it is secure")
        t.hasnt(done.err, "warning", "without a word of warning")
