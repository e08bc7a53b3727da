#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The first publication: denials under NSEC and NSEC3 are verified at every server; faults are named."""
import os
import sys

import dns.message
import dns.rcode
import dns.rdatatype

sys.path[0] += "/lib"
from zp import *


def damage(reply):
    """The same with every signature over NSEC and NSEC3 wrong in one bit."""
    for rrset in reply.authority:
        if rrset.rdtype == dns.rdatatype.RRSIG and rrset.covers in (47, 50):
            broken = [r.replace(signature=r.signature[:-1] + bytes([r.signature[-1] ^ 1]))
                      for r in rrset]
            rrset.clear()
            for r in broken:
                rrset.add(r)
    return reply


with Test() as t:
    kind = os.environ.get("ZP_DENIAL", "nsec")
    mood = {"fault": None}
    rig = Rig(t, secondary=None, lag=None, service=LiveTls, signed=kind, first=True, ttl=1,
              safety="1h", hold="0s")
    ent = f"_tcp.{rig.host}."

    def behave(q):
        reply = dns.message.from_wire(q.forward(rig.ns1))
        name = str(reply.question[0].name).lower() if reply.question else ""
        if mood["fault"] == "bogus denial":
            return damage(reply)
        if mood["fault"] == "no ENT" and name == ent:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply

    bad = HostileServer(t, behave, name="bad")
    rig.zone.listed_only = [bad]
    rig.zone.parent_servers = [rig.ns1]
    rig.start()
    owner, serial = rig.owners()[0], rig.ns1.serial(rig.zone.name)

    with t.case("a bogus denial"):
        mood["fault"] = "bogus denial"
        done = rig.rotate("--no-wait", "--dry-run")
        t.has(done.err, bad.addr, "the server is named")
        t.has(done.err, "signatures bogus", "with what is wrong")
        t.has(done.err, "a bogus denial keeps mail from this host", "and that it is an outage")
        t.eq(rig.ns1.serial(rig.zone.name), serial, "nothing was sent")

    with t.case("well denied"):
        mood["fault"] = None
        done = rig.rotate("--no-wait", "-v")
        t.rc(done, 0, "there is nothing to wait for, however large the safety margin")
        t.has(done.out, "nothing to wait for", "as is said")
        for server in (rig.ns1, bad):
            t.ok(any(server.addr in line and owner.rstrip(".") in line and "negative TTL 1" in line and
                     "signatures valid" in line for line in done.out.splitlines()),
                 f"the denial of {server.name} is verified, its negative TTL is evidence", done.out)
        t.ok(rig.settled(rig.new), "published and live", rig.published)

    with t.case("an empty non-terminal that does not exist"):
        mood["fault"] = "no ENT"
        rig.settings["safety"] = "0s"
        rig.renewed()
        done = rig.rotate("--no-wait")
        t.rc(done, 75, "blocks")
        last = rig.status()[-1]["last_error"] or ""
        for part in (bad.addr, f"{ent} does not exist", "RFC 8020"):
            t.has(done.err, part, f"{part!r} is said")
            t.has(last, part, "and in status")
        mood["fault"] = None
        t.rc(rig.run("run", "--wait"), 0, "mended, it goes on")
        t.ok(rig.settled(rig.new), "to its end", rig.published)
