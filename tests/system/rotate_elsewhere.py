#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Hosts below a delegation or a DNAME: their records are not the zone's, which is said."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    sub = Zone("sub.mail.example", signed=None)
    ns2 = Knotd(t, name="knotd-sub").primary(sub)
    rig = Rig(t, secondary=None, lag=None, service=LiveTls, ttl=1, safety="0s", hold="0s",
              records=f"sub NS ns1.sub\nns1.sub A {ns2.addr}\ntree DNAME else.mail.example.")
    sub.records = f"mx A {rig.mx.addr}\nns1 A {ns2.addr}"
    ns2.start()
    rig.start()
    config = open(rig.config).read()

    def refused(what, host, parts, *options):
        serials = rig.ns1.serial(rig.zone.name), ns2.serial(sub.name)
        t.write(rig.config, config.replace(f'tls "{rig.host}"', f'tls "{host}"'))
        done = rig.run("rotate-tlsa", host, "--probe", rig.mx.addr, "--no-wait", *options)
        t.rc(done, 1, f"{what}: refused, and not to be tried again")
        for part in (f"_25._tcp.{host}", "lies outside the zone", *parts):
            t.has(done.err, part, f"{what}: {part!r} is said")
        t.eq((rig.ns1.serial(rig.zone.name), ns2.serial(sub.name)), serials,
             f"{what}: nothing was sent")
        t.eq(rig.status(), [], f"{what}: nothing is recorded")

    with t.case("below a delegation"):
        cut = ["sub.mail.example is delegated to other servers"]
        refused("the zone of the configuration", "mx.sub.mail.example", cut)
        refused("the zone given", "mx.sub.mail.example", cut, "--zone", "mail.example")

    with t.case("below a DNAME"):
        config = config[config.index("zone "):]     # nobody resolves: the servers alone show it
        refused("no resolver", "mx.tree.mail.example",
                ["a DNAME at tree.mail.example leads elsewhere"],
                "--allow-insecure", "--authority", rig.ns1.addr)
