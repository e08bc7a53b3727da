#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What stands at the TLSA owner besides: records of others, an alias, a wildcard, what someone removes."""
import sys

sys.path[0] += "/lib"
from zp import *

FOREIGN = "3 1 1 " + "ab" * 32

with Test() as t:
    with t.case("records of others"):
        rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=1, safety="0s", hold="1s",
                  records=f"_25._tcp.{Rig.host}. TLSA {FOREIGN}").start()
        owner = rig.owners()[0]
        watcher = rig.watch()
        t.rc(rig.rotate("--no-wait"), 75, "published")
        states = {r["rdata"]: r["state"] for r in rig.status()[-1]["records"]}
        t.eq(states.get(FOREIGN), "unmanaged", "status calls it unmanaged")
        done = rig.run("run", "--wait")
        t.rc(done, 0, "carried through")
        t.eq(rig.published()[owner], sorted([FOREIGN, *rig.rdata(rig.new)]), "it stays")
        rig.renewed()
        t.rc(rig.rotate("--wait", "--prune"), 0, "with --prune")
        t.ok(rig.settled(rig.new), "it goes", rig.published)
        rig.renewed()

    with t.case("the new record is removed by someone during the wait"):
        rig.settings["safety"] = "2s"
        rig.write_config()
        t.rc(rig.rotate("--no-wait"), 75, "published")
        rig.zone.update(delete=[f"{owner} TLSA {rig.new.tlsa()}"])
        done = rig.run("run", "--wait")
        t.rc(done, 0, "carried through")
        t.has(rig.run("history").out, "published anew", "published anew, and the wait started again")
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
        watcher.check(t)
        watcher.stop()
        for child in (rig.ns1, rig.unbound, rig.tree.server):
            child.stop()
        rig.mx.stop()

    class Aliased(Rig):
        def owners(self):
            return ["shared.mail.example."]

        def watch(self):
            service = self.mx.service()
            return Watcher(self.t, self.zone.servers, [service],
                           owners={service: "shared.mail.example."}).start()

    with t.case("an alias in the zone"):
        rig = Aliased(t, primary=Named, secondary=None, service=LiveTls, ttl=1, safety="0s", hold="0s",
                      records=f"_25._tcp.{Rig.host}. 4 CNAME shared.mail.example.").start()
        watcher = rig.watch()
        done = rig.rotate("--no-wait")
        t.rc(done, 75, "it waits")
        t.has(done.err, "TTL 4 s", "for the TTL of the alias, which is the longer")
        t.rc(rig.run("run", "--wait"), 0, "carried through")
        t.ok(rig.settled(rig.new), "the record that it leads to is changed", rig.published)
        t.eq(rig.ns1.rdatas(f"_25._tcp.{rig.host}.", "CNAME"), ["shared.mail.example."],
             "the alias stays")
        watcher.check(t)
        watcher.stop()
        for child in (rig.ns1, rig.unbound, rig.tree.server):
            child.stop()
        rig.mx.stop()

    class Wild(Rig):
        def owners(self):
            return [f"*._tcp.{self.host}."] if not getattr(self, "zone", None) else \
                [f"_25._tcp.{self.host}."]

    with t.case("a wildcard"):
        rig = Wild(t, primary=Knotd, secondary=None, service=LiveTls, ttl=1, safety="0s",
                   hold="0s").start()
        t.eq(rig.published(), {rig.owners()[0]: rig.rdata(rig.old)}, "it gives the old record")
        watcher = rig.watch()
        t.rc(rig.rotate("--wait"), 0, "carried through")
        t.ok(rig.settled(rig.new), "an explicit record stands at the port", rig.published)
        t.eq(rig.ns1.rdatas(f"_26._tcp.{rig.host}.", "TLSA"), rig.rdata(rig.old), "the wildcard stays")
        watcher.check(t)
