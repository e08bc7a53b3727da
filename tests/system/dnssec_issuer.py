#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""2 1 1 beside 3 1 1: a changed issuer is a rollover of that record; the issuer must be sent."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, secondary=None, lag=None, service=LiveTls, ttl=2, safety="1s", hold="1s",
              params=("3 1 1", "2 1 1")).start()
    owner = rig.owners()[0]

    def tlsa(leaf):
        return [leaf.tlsa("3 1 1"), leaf.tlsa("2 1 1")]

    with t.case("the issuer is not in the chain"):
        lone = rig.old.renew()
        lone.chain = lone.chain[:1]
        rig.write_config(lone)
        serial = rig.ns1.serial(rig.zone.name)
        done = rig.rotate("--no-wait")
        t.ok(done.rc in (1, 2, 4), "is refused", done)
        t.has(done.err, "issuer", "the issuer that is missing is named")
        t.eq(rig.ns1.serial(rig.zone.name), serial, "nothing was sent")

    with t.case("the same issuer"):
        rig.write_config(rig.new)
        done = rig.rotate("--no-wait")
        t.rc(done, 75, "a new key waits, though 2 1 1 matches")
        t.eq(rig.ns1.rdatas(owner, "TLSA"), sorted({*tlsa(rig.old), *tlsa(rig.new)}),
             "one record is new")
        t.rc(rig.run("run", "--wait"), 0, "and comes to its end")
        t.ok(rig.settled(rig.new), "with its two records", rig.published)

    with t.case("another issuer"):
        ca2 = CA(t, name="Other")
        rig.renewed(ca2.issue(rig.host))
        watcher = rig.watch()
        done = rig.rotate("--no-wait")
        t.rc(done, 75, "waits")
        t.eq(rig.ns1.rdatas(owner, "TLSA"), sorted({*tlsa(rig.old), *tlsa(rig.new)}),
             "both records of both are published")
        t.rc(rig.run("run", "--wait"), 0, "and comes to its end")
        t.ok(rig.settled(rig.new), "with the two records of the new chain", rig.published)
        watcher.check(t)

    with t.case("another issuer for the same key"):
        ca3 = CA(t, name="Third")
        rig.renewed(ca3.issue(rig.host, key=rig.new.key))
        watcher = rig.watch()
        done = rig.rotate("--wait")
        t.rc(done, 0, "comes to its end")
        t.ok(rig.settled(rig.new), "with the two records of the new chain", rig.published)
        watcher.check(t)
