#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""One server of two that fails, refuses, is lame or strips signatures: named, blocks, is waited for."""
import sys

import dns.message

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    mood = {"fault": None}
    rig = Rig(t, secondary=None, lag=None, service=LiveTls, ttl=1, safety="0s", hold="0s")

    def behave(q):
        fault = mood["fault"]
        if fault == "no authority":
            return q.reply(aa=False)
        if fault == "unsigned":
            reply = dns.message.from_wire(q.forward(rig.ns1))
            for section in (reply.answer, reply.authority):
                section[:] = [r for r in section if r.rdtype not in (46, 47, 50)]
            return reply
        if fault:
            return q.header(rcode=fault)
        return q.forward(rig.ns1)

    bad = HostileServer(t, behave, name="bad")
    rig.zone.listed_only = [bad]
    rig.start()

    def blocks(fault, *parts):
        """It stops the rollover of the next pair, which goes on when it is mended."""
        mood["fault"] = fault
        serial = rig.ns1.serial(rig.zone.name)
        if rig.status():
            rig.renewed()
        done = rig.rotate("--no-wait", timeout=60)
        t.rc(done, 75, f"{fault}: it waits")
        last = rig.status()[-1]
        for part in (bad.addr, *parts):
            t.has(done.err, part, f"{fault}: {part!r} is said")
            t.has(last["last_error"] or "", part, f"{fault}: and in status")
        t.eq(last["stage"], "published", f"{fault}: the way stops at propagation")
        t.ok(rig.serves(rig.old), f"{fault}: nothing was deployed")
        t.ne(rig.ns1.serial(rig.zone.name), serial, f"{fault}: the records are published")
        mood["fault"] = None
        t.rc(rig.run("run", "--wait", timeout=60), 0, f"{fault}: mended, it goes on")
        t.ok(rig.settled(rig.new), f"{fault}: to its end", rig.published)

    for fault, parts in (("SERVFAIL", ["SERVFAIL"]), ("REFUSED", ["does not serve the zone", "REFUSED"]),
                         ("no authority", ["does not answer with authority"]),
                         ("unsigned", ["signatures missing"])):
        with t.case(fault):
            blocks(fault, *parts)
