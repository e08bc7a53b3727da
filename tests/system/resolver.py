#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Validated look-ups and the chain of trust, over a private tree with every kind of fault."""
import os
import subprocess
import sys
import time

sys.path.insert(0, sys.path[0] + "/lib")
from zp import *

ASK = os.path.join(os.environ.get("top_builddir", "."), "tests/tools/ask")
TLSA = "3 1 1 " + "ab" * 32
RECORDS = f"""
    mx A 192.0.2.1
    _25._tcp.mx TLSA {TLSA}
    *.wild TXT any
"""


def ask(*words):
    """(exit code, lines of standard output, standard error)"""
    done = subprocess.run([ASK, *words], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout.splitlines(), done.stderr


def child(nsd, name, signed="nsec", records=RECORDS, bogus=None, **dates):
    """A zone under example, signed offline, on nsd."""
    records = "\n".join(line.strip() for line in records.splitlines())
    zone = Zone(f"{name}.example", records, signed=signed, ttl=3, negative=2)
    path = t.path("zones", name)
    nsd.static(zone, path)
    if signed:
        zone.keys = ZoneKeys(t, zone.name)
        sign_file(zone.text(), zone.keys, path, signed == "nsec3", **dates)
        if bogus:
            bogus_file(path, zone.name, *bogus)
    else:
        t.write(path, zone.text())
    return zone


with Test() as t:
    nsd = Nsd(t)
    good = child(nsd, "good", records=RECORDS + """
        alias CNAME mx.n3.example.
        out CNAME mx.unsigned.example.
        dangling CNAME nowhere.n3.example.
    """)
    n3 = child(nsd, "n3", "nsec3")
    unsigned = child(nsd, "unsigned", None)
    island = child(nsd, "island")
    wrong = child(nsd, "wrong")
    expired = child(nsd, "expired", start=-20 * DAY, end=-DAY)
    early = child(nsd, "early", start=DAY, end=3 * DAY)
    bogus = child(nsd, "bogus", bogus=("mx.bogus.example.", "A"))
    nsd.start()
    tree = Tree(t, "example")
    tree.add(good).add(n3).add(unsigned).add(island, "none").add(wrong, "wrong")
    tree.add(expired).add(early).add(bogus)
    tree.start()
    stub = ["-a", tree.anchor_file, "-s", f"example={tree.server.addr}@{tree.server.port}"]
    unbound = tree.resolver().start()
    forward = ["-a", tree.anchor_file, "-f", unbound.at]

    cases = [
        ("mx.good.example", "A", "secure data records=1 sigs=1 aliases=0 ttl=3"),
        ("_25._tcp.mx.good.example", "TLSA", "secure data records=1 sigs=1"),
        ("mx.good.example", "TXT", "secure nodata records=0 sigs=0 aliases=0 ttl=2"),
        ("_tcp.mx.good.example", "A", "secure nodata"),
        ("nx.good.example", "A", "secure nxdomain records=0 sigs=0 aliases=0 ttl=2"),
        ("foo.wild.good.example", "TXT", "secure data records=1"),
        ("mx.n3.example", "A", "secure data records=1"),
        ("mx.n3.example", "TXT", "secure nodata"),
        ("_tcp.mx.n3.example", "A", "secure nodata"),
        ("nx.n3.example", "A", "secure nxdomain"),
        ("alias.good.example", "A", "secure data records=1 sigs=1 aliases=1"),
        ("alias.good.example", "CNAME", "secure data records=1 sigs=1 aliases=0"),
        ("out.good.example", "A", "insecure data records=1 sigs=0 aliases=1"),
        ("dangling.good.example", "A", "secure nxdomain records=0 sigs=0 aliases=1"),
        ("mx.unsigned.example", "A", "insecure data records=1"),
        ("nx.unsigned.example", "A", "insecure nxdomain"),
        ("mx.island.example", "A", "insecure data"),
        ("mx.wrong.example", "A", "bogus nothing"),
        ("mx.expired.example", "A", "bogus nothing"),
        ("nx.expired.example", "A", "bogus nothing"),
        ("mx.early.example", "A", "bogus nothing"),
        ("mx.bogus.example", "A", "bogus nothing"),
    ]
    for how, options in (("stub", stub), ("forwarder", forward)):
        with t.case(how):
            before = time.monotonic()
            rc, lines, err = ask(*options, "resolve", *[w for c in cases for w in c[:2]])
            took = time.monotonic() - before
            t.eq((rc, err), (0, ""), "the questions are asked, nothing is printed beside")
            answers = [line for line in lines if not line.startswith(" ")]
            for (name, rdtype, want), line in zip(cases, answers):
                t.ok(line.startswith(f"{name} {rdtype} {want}"), f"{name} {rdtype} {want}", line)
                if " bogus " in line:
                    t.ok(len(line.split("ttl=0 ")[1]) > 10, f"{name}: a reason is given", line)
            t.eq(len(answers), len(cases), "one answer for each question")
            t.ok(took < 3, f"all together in {took:.2f} s")

    chains = [
        ("good.example", "secure good.example keys=1", ""),
        ("n3.example", "secure n3.example keys=1", ""),
        ("example", "secure example keys=1", ""),
        ("unsigned.example", "unsigned unsigned.example keys=0", "not signed"),
        ("island.example", "no-ds island.example keys=0", "no DS for it at its parent example"),
        ("wrong.example", "ds-mismatch wrong.example keys=0", "matches none of its DNSKEY"),
        ("expired.example", "expired expired.example keys=0", "expired at 20"),
        ("early.example", "bogus early.example keys=0", "begins at 20"),
        ("elsewhere.test", "no-anchor elsewhere.test keys=0", "no trust anchor covers"),
    ]
    for how, options in (("stub", stub), ("forwarder", forward)):
        for zone, want, reason in chains:
            rc, lines, err = ask(*options, "trust", zone)
            t.ok(rc == 0 and err == "" and len(lines) == 1 and lines[0].startswith(want)
                 and reason in lines[0], f"{how}: trust {zone}: {want}", f"{rc} {lines} {err}")

    with t.case("a parent whose signatures have expired"):
        tree.change(dates=(-20 * DAY, -DAY))
        rc, lines, err = ask(*stub, "trust", "good.example")
        t.ok(lines[0].startswith("expired example keys=0"), "is named as the level", lines)
        tree.change(dates=(-3600, 14 * DAY))

    with t.case("another trust anchor"):
        other = t.write("other.ds", f"example. IN DS {ZoneKeys(t, 'example').ds()}\n")
        rc, lines, err = ask("-a", other, *stub[2:], "trust", "good.example")
        t.ok(lines[0].startswith("ds-mismatch example") and "trust anchor" in lines[0],
             "matches no DNSKEY", lines)

    with t.case("a forwarder that is only an authoritative server"):
        rc, lines, err = ask("-a", tree.anchor_file, "-f",
                             f"{tree.server.addr}@{tree.server.port}",
                             "resolve", "mx.good.example", "A", "nx.example", "A")
        t.ok(lines[0].startswith("mx.good.example A secure data"), "delegations are followed",
             lines)

        rc, lines, err = ask("-a", tree.anchor_file, "-f",
                             f"{tree.server.addr}@{tree.server.port}", "trust", "island.example")
        t.ok(lines[0].startswith("no-ds island.example"), "the chain of trust is followed", lines)

    with t.case("a forwarder that knows nothing of DNSSEC"):
        def strip(q):
            r = unbound.ask(q.message.question[0].name, q.message.question[0].rdtype, do=False)
            r.id = q.message.id
            r.flags &= ~0x20
            return r

        plain = HostileServer(t, strip)
        rc, lines, err = ask("-a", tree.anchor_file, "-f", f"{plain.addr}@{plain.port}",
                             "resolve", "mx.good.example", "A")
        t.ok(lines[0].startswith("mx.good.example A bogus nothing"), "is not believed", lines)
        rc, lines, err = ask("-a", tree.anchor_file, "-f", f"{plain.addr}@{plain.port}",
                             "trust", "good.example")
        t.ok(lines[0].startswith("bogus example") and "pass DNSSEC records on" in lines[0],
             "and the advice fits", lines)

    with t.case("a private root"):
        root = Tree(t, ".").add(tree).start()
        for how in (["-f", f"{root.server.addr}@{root.server.port}"],
                    ["-f", root.resolver().start().at],
                    ["-s", f".={root.server.addr}@{root.server.port}"]):
            rc, lines, err = ask("-a", root.anchor_file, *how, "resolve", "mx.good.example", "A")
            t.ok(lines[0].startswith("mx.good.example A secure data"), f"{how[0]}: is secure", lines)
            rc, lines, err = ask("-a", root.anchor_file, *how, "trust", "wrong.example")
            t.ok(lines[0].startswith("ds-mismatch wrong.example"), f"{how[0]}: the chain", lines)

    with t.case("no server"):
        rc, lines, err = ask("-t", "1500", "-a", tree.anchor_file, "-f", free_addr(),
                             "resolve", "mx.good.example", "A")
        t.ok(rc == 0 and lines[0].startswith("mx.good.example A failed nothing"),
             "is a failure, neither absence nor bogus", f"{rc} {lines} {err}")
        rc, lines, err = ask("-t", "1500", "-a", tree.anchor_file, "-f", free_addr(),
                             "trust", "good.example")
        t.ok(lines[0].startswith("unreachable "), "the chain of trust cannot be known", lines)

    with t.case("names that libunbound answers by itself"):
        names = ["x.test", "x.invalid", "x.home.arpa", "1.0.0.10.in-addr.arpa",
                 "1.1.16.172.in-addr.arpa", "1.1.168.192.in-addr.arpa", "x.onion"]
        own = Zone("test", "x A 192.0.2.7", signed=None)
        private = Nsd(t)
        anchor = ZoneKeys(t, "example")
        path = t.path("zones", "root")
        t.write(path, "$ORIGIN .\n$TTL 60\n@ SOA a. b. 1 2 3 4 5\n@ NS a.\na. A "
                f"{private.addr}\n" + "".join(f"{n}. A 192.0.2.7\n" for n in names))
        root = Zone(".", "", signed=None)
        root.name = "."
        private.static(root, path)
        private.start()
        rc, lines, err = ask("-a", tree.anchor_file, "-f", f"{private.addr}@{private.port}",
                             "resolve", *[w for n in names for w in (n, "A")])
        got = [line for line in lines if not line.startswith(" ")]
        for name, line in zip(names, got):
            t.ok(line.startswith(f"{name} A insecure data records=1"), f"{name} is asked", line)

    with t.case("the trust anchor"):
        t.has(ask("-a", "/nonexistent", "trust", "x")[2], "/nonexistent", "a missing file is named")
        bad = t.write("bad.key", "; nothing\n. IN DS 1 2\n")
        rc, lines, err = ask("-a", bad, "trust", "x")
        t.ok(rc != 0 and "bad.key: line 2" in err, "a malformed line is named", err)
        none = t.write("none.key", "; nothing\n")
        t.has(ask("-a", none, "trust", "x")[2], "no trust anchor in it", "an empty file")
