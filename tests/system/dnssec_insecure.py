#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A zone that nobody signed; a host whose addresses are not secure."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    with t.case("an unsigned zone"):
        rig = Rig(t, secondary=None, lag=None, service=LiveTls, signed=None, first=True).start()
        serial = rig.ns1.serial(rig.zone.name)
        done = rig.rotate("--no-wait")
        t.rc(done, 4, "is refused")
        t.has(done.err, "the zone mail.example is not signed", "the reason")
        t.has(done.err, "--allow-insecure", "and the option that overrides it")
        t.eq(rig.ns1.serial(rig.zone.name), serial, "nothing was sent")
        done = rig.rotate("--no-wait", "--dry-run")
        t.rc(done, 4, "also for --dry-run")
        done = rig.rotate("--wait", "--allow-insecure")
        t.rc(done, 0, "--allow-insecure publishes there")
        rig.renewed()
        done = rig.rotate("--wait", "--allow-insecure")
        t.rc(done, 0, "and rotates there")
        t.ok(rig.settled(rig.new), "to the new pair", rig.published)


    with t.case("a mail domain whose MX is not secure"):
        key = TsigKey()
        rig = Rig(t, secondary=None, lag=None, service=LiveTls)
        plain = Zone("plain.example", f"@ MX 10 {rig.host}.", signed=None, key=key)
        ns = Knotd(t).primary(plain).start()
        rig.tree.add(plain, ds="none")
        rig.start()
        with open(rig.config, "a") as config:
            for name in ("plain.example", "mail.example"):
                config.write(f'domain "{name}" {{ mx = {{"10 {rig.host}"}} }}\n')
        done = rig.rotate("--no-wait", "--dry-run")
        t.rc(done, 0, "is no reason to stop")
        t.has(done.err, "the MX of plain.example is insecure", "but is told")
        t.hasnt(done.err, "the MX of mail.example", "and only that one")
