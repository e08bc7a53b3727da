#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every server asked directly: what each says, and whether its signatures hold."""
import os
import subprocess
import sys
import time

sys.path.insert(0, sys.path[0] + "/lib")
import dns.rrset

from zp import *

ASK = os.path.join(os.environ.get("top_builddir", "."), "tests/tools/ask")
TLSA = "3 1 1 " + "ab" * 32
OWNER = "_25._tcp.mx.mail.example"
RECORDS = f"""mx A 192.0.2.1
_25._tcp.mx TLSA {TLSA}
_25._tcp.alias CNAME _25._tcp.mx
_25._tcp.away CNAME shared.other.example.
*.wild TLSA {TLSA}
sub NS ns.sub
ns.sub A 192.0.2.7
tree DNAME other.example.
"""


def ask(*words):
    """(exit code, lines of standard output, standard error)"""
    done = subprocess.run([ASK, *words], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout.splitlines(), done.stderr


def serve(zone, text, keys=None, name=None, bogus=None, nsec3=False, server=None, **dates):
    """An Nsd with that text of the zone, signed with keys."""
    server = server or Nsd(t, name=name)
    path = t.path("zones", f"{server.name}-{zone.name}zone")
    if keys:
        sign_file(text, keys, path, nsec3, **dates)
    else:
        t.write(path, text)
    if bogus:
        bogus_file(path, zone.name, *bogus)
    server.static(zone, path, listed=False)
    return server


def sightings(options, servers, *places, extra=()):
    """The answer words, trust words and lines for each server and place."""
    rc, lines, err = ask(*options, *extra, *[w for s in servers for w in ("-S", where(s))],
                         "authority", "mail.example", *places)
    if rc != 0:
        t.diag(f"exit {rc}: {err}")
    return [line for line in lines if not line.startswith(" ")]


def where(server):
    return server if isinstance(server, str) else f"{server.addr}@{server.port}"


def one(server, want, what, *places, options=None, has="", extra=()):
    """The sighting of server begins with want and has the text; the keys are from good."""
    lines = sightings(options or trusted, [good, server], *(places or (OWNER, "TLSA")), extra=extra)
    t.ok(len(lines) == (1 if server is good else 2) and lines[-1].startswith(want)
         and has in lines[-1], what, lines)


with Test() as t:
    zone = Zone("mail.example", RECORDS, signed="nsec", ttl=30, negative=20)
    good = Nsd(t, name="good")
    zone.servers.append(good)
    zone.keys = ZoneKeys(t, zone.name)
    serve(zone, zone.text(), zone.keys, server=good)
    anchor = t.write("anchor.ds", f"mail.example. IN DS {zone.keys.ds()}\n")
    trusted = ["-a", anchor, "-t", "3000"]
    # every other server has the same zone, with one fault each
    hashed = serve(zone, zone.text(), zone.keys, "hashed", nsec3=True)
    expired = serve(zone, zone.text(), zone.keys, "expired", start=-20 * DAY, end=-60)
    early = serve(zone, zone.text(), zone.keys, "early", start=3600, end=DAY)
    short = serve(zone, zone.text(), zone.keys, "short", end=600)
    unsigned = serve(zone, zone.text(), None, "unsigned")
    damaged = serve(zone, zone.text(), zone.keys, "damaged", bogus=(OWNER + ".", "TLSA"))
    foreign = serve(zone, zone.text(), ZoneKeys(t, zone.name), "foreign")
    other = Zone("other.example", "x A 192.0.2.1", signed=None)
    lame = Nsd(t, name="lame")
    other.servers.append(lame)
    serve(other, other.text(), None, server=lame)
    for server in (good, hashed, expired, early, short, unsigned, damaged, foreign, lame):
        server.statics and setattr(server, "ready", server.answers)
        server.start(wait=False)
    for server in (good, hashed, expired, early, short, unsigned, damaged, foreign, lame):
        server.await_ready()

    with t.case("the keys"):
        t.eq(ask(*trusted, "-S", where(good), "keys", "mail.example")[1], ["keys=1"],
             "are read from the server and hang on the anchor")
        rc, _, err = ask(*trusted, "-S", where(foreign), "keys", "mail.example")
        t.ok(rc != 0 and "no DNSKEY matches the DS" in err, "others do not", err)
        t.eq(ask(*trusted, "-S", where(foreign), "-S", where(good), "keys", "mail.example")[1],
             ["keys=1"], "one good server is enough")
        rc, _, err = ask("-a", anchor, "-t", "600", "-S", free_addr(), "keys", "mail.example")
        t.ok(rc != 0 and "no server of mail.example gave" in err, "no server, no keys", err)

    for server in (good, hashed):
        with t.case(server.name):
            one(server, "present valid", "the set is there", has="1 record, TTL 30, signatures valid")
            one(server, "present valid", "the serial is told", has="serial 1")
            one(server, "nodata valid", "no data", "mx.mail.example", "TXT", has="negative TTL 20")
            one(server, "nodata valid", "an empty non-terminal", "_tcp.mx.mail.example", "TLSA",
                has="[ent]")
            one(server, "nxdomain valid", "no such name", "nx.mail.example", "TLSA",
                has="negative TTL 20")
            one(server, "nxdomain valid", "nor below a name that is", "_26._tcp.mx.mail.example",
                "TLSA")
            one(server, "alias valid", "an alias", "_25._tcp.away.mail.example", "TLSA")
            one(server, "alias valid", "an alias inside the zone", "_25._tcp.alias.mail.example",
                "TLSA")
            one(server, "present valid", "from a wildcard", "x.wild.mail.example", "TLSA",
                has="[from *.wild.mail.example]")
            one(server, "present valid", "the wildcard itself is not expanded",
                "*.wild.mail.example", "TLSA", has="TTL 30, signatures")
            one(server, "nodata valid", "no data at a wildcard", "x.wild.mail.example", "TXT")
            one(server, "referred", "a delegation", "_25._tcp.sub.mail.example", "TLSA",
                has="sub.mail.example is delegated")
            one(server, "referred", "a DNAME", "_25._tcp.tree.mail.example", "TLSA",
                has="a DNAME at tree.mail.example")
            one(server, "present valid", "the SOA as a place", "mail.example", "SOA", has="serial 1")

    # what other servers make of the same zone, signed by themselves
    rows = [("_25._tcp.mx", "TLSA", "present valid"), ("mx", "TXT", "nodata valid"),
            ("_tcp.mx", "TLSA", "nodata valid"), ("nx", "TLSA", "nxdomain valid"),
            ("_26._tcp.mx", "TLSA", "nxdomain valid"), ("_25._tcp.alias", "TLSA", "alias valid"),
            ("x.wild", "TLSA", "present valid"), ("a.b.wild", "TLSA", "present valid"),
            ("x.wild", "TXT", "nodata valid"), ("_25._tcp.sub", "TLSA", "referred")]
    for kind in (Knotd, Named, Pdns):
        for signed in ("nsec", "nsec3"):
            live = Zone("mail.example", RECORDS if kind is not Pdns else
                        RECORDS.replace("tree DNAME other.example.\n", ""), signed=signed, ttl=30,
                        negative=20, key=TsigKey())
            server = kind(t).primary(live).start()
            with t.case(f"{server.name} {signed}"):
                rc, lines, err = ask("-a", live.anchor(t), "-t", "3000", "-S", where(server),
                                     "authority", "mail.example",
                                     *[w for r in rows for w in (r[0] + ".mail.example", r[1])])
                lines = [line for line in lines if not line.startswith(" ")]
                t.eq(len(lines), len(rows), "an answer for each place")
                for row, line in zip(rows, lines):
                    t.ok(line.startswith(row[2]), " ".join(row), line)
            server.stop()

    with t.case("signatures"):
        one(expired, "present expired", "expired", has="expired at 20")
        one(expired, "nxdomain expired", "an expired denial", "nx.mail.example", "TLSA",
            has="expired at 20")
        one(early, "present not-yet-valid", "not yet valid", has="begins at 20")
        one(damaged, "present bogus", "one damaged set", has="no key of the zone made")
        one(damaged, "present valid", "its neighbour is good", "mx.mail.example", "A")
        one(short, "present valid", "short-lived, nothing needed of it")
        one(short, "present short-lived", "short-lived, more needed", extra=("-m", "600"),
            has="sooner than TTL 30 s + 600 s")
        one(short, "nxdomain short-lived", "a short-lived denial", "nx.mail.example", "A",
            extra=("-m", "600"))
        one(short, "present valid", "long enough", extra=("-m", "300"))
        one(good, "present unchecked", "without keys nothing is checked", extra=("-i",),
            has="TTL 30, serial 1")
        one(good, "present unchecked", "but a wildcard is seen", "x.wild.mail.example", "TLSA",
            extra=("-i",), has="[from *.wild.mail.example]")
        one(unsigned, "nxdomain unchecked", "and a denial", "nx.mail.example", "TLSA",
            extra=("-i",), has="negative TTL 20")
    with t.case("signatures that belong to other keys or are missing"):
        # the keys come from the first server, the sightings from all
        lines = sightings(trusted, [good, foreign, unsigned], OWNER, "TLSA", "nx.mail.example", "A")
        t.ok(len(lines) == 6, "two places at three servers", lines)
        for line, want in zip(lines, ["present valid", "nxdomain valid", "present bogus",
                                      "nxdomain bogus", "present missing", "nxdomain missing"]):
            t.ok(line.startswith(want), want, line)

    with t.case("servers that do not serve"):
        def no_aa(q):
            wire = bytearray(q.forward(good))
            wire[2] &= ~4
            return bytes(wire)

        def truncating(q):
            wire = bytearray(q.forward(good))
            if not q.tcp:
                wire[2] |= 2
            return bytes(wire)

        def ent_broken(q):
            name = q.message.question[0].name.to_text()
            return q.reply("NXDOMAIN") if name.startswith("_tcp.") else q.forward(good)

        def referring(q):
            r = q.reply(aa=False)
            r.authority.append(dns.rrset.from_text("example.", 60, "IN", "NS", "ns.example."))
            return r

        one(lame, "lame", "REFUSED", has="REFUSED", extra=("-i",))
        one(HostileServer(t, lambda q: q.reply("NOTAUTH")), "lame", "NOTAUTH", extra=("-i",))
        one(HostileServer(t, no_aa), "lame", "no AA", has="no AA", extra=("-i",))
        one(HostileServer(t, referring), "lame", "a referral upwards", extra=("-i",),
            has="refers to other servers")
        one(HostileServer(t, lambda q: q.reply("SERVFAIL")), "failed", "SERVFAIL", has="SERVFAIL",
            extra=("-i",))
        one(HostileServer(t, lambda q: q.reply("FORMERR")), "failed", "FORMERR", has="FORMERR",
            extra=("-i",))
        before = time.monotonic()
        one(free_addr(), "silent", "nobody listens", extra=("-i",))
        one(HostileServer(t, lambda q: None), "silent", "no reply", extra=("-i", "-t", "1000"))
        one(HostileServer(t, lambda q: b"\0" * 40), "silent", "octets that are no reply",
            extra=("-i", "-t", "1000"))
        t.ok(time.monotonic() - before < 8, "within the time-out")
        one(HostileServer(t, truncating), "present valid", "a server that cuts short over UDP")
        one(HostileServer(t, lambda q: q.forward(good) if q.tcp else None), "present valid",
            "a server that hears TCP only")
        one(HostileServer(t, lambda q: None if q.tcp else q.forward(good)), "present valid",
            "a server that hears UDP only")
        one(good, "present valid", "TCP from the start", extra=("-T",))
        broken = HostileServer(t, ent_broken)
        lines = sightings(trusted, [good, broken], OWNER, "TLSA", "_tcp.mx.mail.example", "TLSA")
        t.ok(lines[-1] == f"broken-parent {broken.addr}", "NXDOMAIN at an empty non-terminal", lines)
        lines = sightings(trusted, [good], OWNER, "TLSA", "_tcp.mx.mail.example", "TLSA")
        t.ok(len(lines) == 2, "NODATA there is right", lines)

    with t.case("all at once"):
        slow = HostileServer(t, lambda q: time.sleep(0.4) or q.forward(good))
        slower = HostileServer(t, lambda q: time.sleep(0.5) or q.forward(good))
        before = time.monotonic()
        lines = sightings(trusted, [good, slow, slower, expired], OWNER, "TLSA",
                          "mx.mail.example", "A", "nx.mail.example", "A")
        took = time.monotonic() - before
        t.eq([line.split(" ")[:2] for line in lines],
             [["present", "valid"], ["present", "valid"], ["nxdomain", "valid"]] * 3
             + [["present", "expired"], ["present", "expired"], ["nxdomain", "expired"]],
             "each server, each place, in their order")
        t.ok(took < 2.5, f"slow servers are waited for together ({took:.2f} s)")

    with t.case("faults of the request"):
        rc, _, err = ask(*trusted, "-i", "-S", where(good), "authority", "mail.example", "x.org", "A")
        t.ok(rc != 0 and "outside of the zone" in err, "a place outside of the zone", err)
        rc, _, err = ask(*trusted, "-i", "authority", "mail.example", OWNER, "TLSA")
        t.ok(rc != 0 and "no server" in err, "no server", err)
