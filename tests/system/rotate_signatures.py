#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A server with missing, damaged or expired signatures blocks the rollover and is named; mended, it goes on."""
import sys

import dns.message
import dns.rdatatype

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=1, safety="0s", hold="0s")
    how = {"do": None}

    def behave(q):
        """A secondary that serves what the primary does, but for its signatures over TLSA."""
        wire = q.forward(rig.ns1)
        message = dns.message.from_wire(wire)
        if not how["do"] or message.question[0].rdtype != dns.rdatatype.TLSA:
            return wire
        for section in (message.answer, message.authority):
            for rrset in list(section):
                if rrset.rdtype == dns.rdatatype.RRSIG:
                    how["do"](section, rrset)
        return message

    def strip(section, rrset):
        section.remove(rrset)

    def damage(section, rrset):
        old = list(rrset)
        rrset.clear()
        for rdata in old:
            signature = bytearray(rdata.signature)
            signature[5] ^= 1
            rrset.add(rdata.replace(signature=bytes(signature)))

    second = HostileServer(t, behave, name="second")
    rig.zone.listed_only.append(second)
    rig.start()
    watcher = rig.watch()
    for what, do, word in (("missing", strip, "sign"), ("damaged", damage, "bogus")):
        with t.case(what):
            how["do"] = do
            done = rig.rotate("--no-wait", timeout=60)
            t.rc(done, 75, "blocked: exit 75")
            t.has(done.err, second.addr, "the server is named")
            t.has(done.err, word, f"and its fault ('{word}')")
            record = rig.status()[-1]
            t.eq(record["stage"], "published", "it stands at published")
            t.has(record["waiting_for"], second.addr, "status names the server, too")
            t.ok(rig.serves(rig.old), "the old pair is live")
            how["do"] = None
            t.rc(rig.run("run", "--wait"), 0, "mended, `run` carries it through")
            t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
            rig.renewed()
    watcher.check(t)
    watcher.stop()
    for child in (rig.ns1, rig.unbound, rig.tree.server):
        child.stop()
    rig.mx.stop()

    with t.case("expired"):
        rig = Rig(t, primary=Nsd, secondary=None, service=LiveTls, ttl=1, safety="0s", hold="0s")
        old = {"server": None}
        second = HostileServer(t, lambda q: q.forward(old["server"] or rig.ns1), name="second")
        rig.zone.listed_only.append(second)
        rig.start()
        watcher = rig.watch()
        # A server whose copy of the zone was signed long ago, by the right keys.
        stale = Nsd(t).static(rig.zone, t.path("stale.signed"), listed=False)
        published = rig.zone.text() + f"{rig.owners()[0]} TLSA {rig.new.tlsa()}\n"
        sign_file(published, rig.zone.keys, t.path("stale.signed"), start=-9 * DAY, end=-DAY)
        old["server"] = stale.start()
        done = rig.rotate("--no-wait", timeout=60)
        t.rc(done, 75, "blocked: exit 75")
        t.has(done.err, second.addr, "the server is named")
        t.has(done.err, "expired", "and its fault")
        t.ok(rig.serves(rig.old), "the old pair is live")
        old["server"] = None
        t.rc(rig.run("run", "--wait"), 0, "mended, `run` carries it through")
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
        watcher.check(t)
