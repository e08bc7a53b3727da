#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Updates that fail: a clear message, the right exit code, nothing lost, and the way on."""
import os
import sys
import time

import dns.message
import dns.rcode
import dns.tsig

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=1, safety="0s", hold="0s")
    how = {"update": None, "count": 0}

    def behave(q):
        """The primary, but for updates while how["update"] says otherwise."""
        if not q.is_update:
            return q.forward(rig.ns1)
        how["count"] += 1
        return how["update"](q) if how["update"] else q.forward(rig.ns1)

    proxy = HostileServer(t, behave, key=rig.key)
    rig.server = str(proxy)
    rig.start()
    watcher = rig.watch()

    def unchanged(what):
        t.ok(rig.settled(rig.old), f"{what}: nothing was changed", rig.published)

    def fails(done, what, parts, rc=1):
        t.rc(done, rc, f"{what}: exit {rc}")
        for part in parts:
            t.has(done.err, part, f"{what}: the message says '{part}'")
        t.hasnt(done.err + done.out, rig.key.secret, f"{what}: no secret is printed")

    def goes_on(what, *options):
        done = rig.rotate("--wait", *options)
        t.rc(done, 0, f"{what}: mended, the same command carries it through")
        t.ok(rig.settled(rig.new), f"{what}: the new pair alone", rig.published)
        t.eq(len({r["id"] for r in rig.status() if r["stage"] != "done"}), 0, f"{what}: none is left")
        rig.renewed()

    def serial():
        return rig.ns1.serial(rig.zone.name)

    with t.case("wrong secret"):
        before = serial()
        wrong = TsigKey(rig.key.name)
        rig.tsig_file = wrong.file(t, "wrong.key")
        rig.write_config()
        fails(rig.rotate("--wait"), "", ["BADSIG", "the secret is not", proxy.addr, "wrong.key"])
        t.eq(serial(), before, "the serial stays")
        unchanged("")
        record = rig.status()[-1]
        t.eq(record["stage"], "prepared", "it stands at prepared")
        t.has(record["last_error"] or "", "BADSIG", "status shows the error")
        fails(rig.run("run"), "run", ["BADSIG"])
        rig.tsig_file = rig.key.file(t)
        rig.write_config()
        goes_on("the right key file in the configuration")
        t.has(rig.run("history").out, "tsig-file: ", "the other key file is recorded")

    with t.case("unknown key"):
        other = TsigKey("nobody.knows.this")
        fails(rig.rotate("--wait", "--tsig-file", other.file(t, "other.key")), "", ["BADKEY", other.name])
        unchanged("")
        goes_on("the right key")

    with t.case("wrong time"):
        def skewed(q):
            """BADTIME, signed, with the server's own time in Other Data (RFC 8945 5.2.3)."""
            request = dns.message.from_wire(q.wire, keyring=rig.key.ring())
            reply = dns.message.make_response(request)
            reply.set_rcode(dns.rcode.NOTAUTH)
            theirs = int(time.time()) - 3600
            reply.use_tsig(rig.key.ring(), tsig_error=dns.rcode.BADTIME,
                           other_data=theirs.to_bytes(6, "big"))
            reply.request_mac = request.mac
            return reply.to_wire()

        how["update"] = skewed
        fails(rig.rotate("--wait"), "", ["BADTIME", "clock"])
        how["update"] = None
        unchanged("")
        goes_on("the clock is right again")

    with t.case("refused by policy"):
        how["update"] = lambda q: q.signed(rig.key, rcode="REFUSED")
        fails(rig.rotate("--wait"), "", ["REFUSED", proxy.addr, "update-policy"])
        how["update"] = None
        unchanged("")
        goes_on("the policy was changed")

    with t.case("reply lost after the update was done"):
        lost = []

        def lose_first(q):
            reply = q.forward(rig.ns1)
            if lost:
                return reply
            lost.append(serial())
            return None

        how.update(update=lose_first, count=0)
        done = rig.rotate("--wait")
        how["update"] = None
        t.rc(done, 0, "carried through")
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
        t.eq(how["count"], 2, "one update to publish, one to retire: read back, not sent again")
        rig.renewed()

    with t.case("someone else edits in between"):
        edits = []

        def meddle(q):
            if len(edits) < how["meddling"]:
                edits.append(1)
                rig.zone.update(f"{rig.owners()[0]} 1 TLSA 3 1 1 {len(edits):064x}")
            return q.forward(rig.ns1)

        how.update(update=meddle, meddling=2)
        done = rig.rotate("--wait")
        t.rc(done, 0, "twice: read again and carried through")
        published = rig.published()[rig.owners()[0]]
        t.eq(len(published), 3, "the two strange records stay beside the new one")
        t.has(" ".join(published), rig.new.tlsa(), "the new one is there")
        rig.zone.update(delete=[f"{rig.owners()[0]} TLSA 3 1 1 {n:064x}" for n in (1, 2)])
        rig.renewed()
        edits.clear()
        how["meddling"] = 100
        done = rig.rotate("--wait")
        fails(done, "again and again", ["changed by someone else"], rc=4)
        t.ok(rig.serves(rig.old), "the old pair is live")
        how["update"] = None
        goes_on("left in peace", "--prune")

    watcher.check(t)
