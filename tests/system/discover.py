#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Zones, their servers, aliases and what stands in the way, as a resolver finds them."""
import os
import subprocess
import sys

sys.path.insert(0, sys.path[0] + "/lib")
from zp import *

ASK = os.path.join(os.environ.get("top_builddir", "."), "tests/tools/ask")


def ask(*words):
    """(exit code, lines of standard output, standard error)"""
    done = subprocess.run([ASK, *words], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout.splitlines(), done.stderr


def serve(server, name, ns, lines, signed="nsec", mname=None, glue=None, **dates):
    """A zone on server, its NS set as given; glue: what the parent says, "host address" lines."""
    zone = Zone(name, "", signed=signed, ttl=30)
    apex = zone.name
    text = f"$ORIGIN {apex}\n$TTL 30\n@ SOA {mname or ns[0]} host 7 3600 600 86400 20\n"
    text += "".join(f"@ NS {n}\n" for n in ns) + "\n".join(lines) + "\n"
    path = t.path("zones", f"{server.name}-{apex}zone")
    server.static(zone, path, listed=False)
    if signed:
        zone.keys = ZoneKeys(t, apex)
        sign_file(text, zone.keys, path, signed == "nsec3", **dates)
    else:
        t.write(path, text)
    parent_ns = glue or [f"{n} {server.addr}" for n in ns if n.endswith(apex)]

    def delegation(ds=True):
        out = [f"{apex} NS {line.split()[0]}" for line in parent_ns]
        out += [f"{line.split()[0]} {'AAAA' if ':' in line else 'A'} {line.split()[1]}"
                for line in parent_ns if len(line.split()) > 1]
        if ds and signed:
            out.append(f"{apex} DS {zone.keys.ds()}")
        return "\n".join(out) + "\n"
    zone.delegation = delegation
    return zone


with Test() as t:
    one, two = Nsd(t, name="one"), Nsd(t, name="two")
    six = free_addr(6) if isolate.private() else None
    hidden = free_addr()
    mail_lines = [
        f"ns1 A {one.addr}", f"ns2 A {two.addr}", f"hidden A {hidden}",
        "mx A 192.0.2.1", "_25._tcp.mx TLSA 3 1 1 " + "ab" * 32,
        "_25._tcp.alias CNAME _25._tcp.mx", "_25._tcp.far 17 CNAME hop.other.example.",
        "loop CNAME pool", "pool CNAME loop", "sub NS ns.sub", f"ns.sub A {one.addr}",
        "tree DNAME other.example.",
    ] + [f"ns1 AAAA {six}", "ns1 AAAA 2001:db8::53"] * bool(six)
    # the parent delegates to ns3, which the child does not name
    mail_lines.append(f"ns3 A {two.addr}")
    mail = serve(one, "mail.example", ["ns1.mail.example.", "ns2.mail.example.",
                                       "ns.other.example."], mail_lines,
                 mname="hidden.mail.example.",
                 glue=[f"ns1.mail.example. {one.addr}", f"ns3.mail.example. {two.addr}"])
    two.static(mail, one.statics[0][1], listed=False)
    sub = serve(one, "sub.mail.example", ["ns.sub.mail.example."],
                [f"ns A {one.addr}", "mx A 192.0.2.2"], signed=None)
    other = serve(two, "other.example", ["ns.other.example."],
                  [f"ns A {two.addr}", "ns6 AAAA 2001:db8::54", "hop 11 CNAME end.insecure.example.", "mx A 192.0.2.3"],
                  signed="nsec3")
    insecure = serve(two, "insecure.example", ["ns.insecure.example."],
                     [f"ns A {two.addr}", "end TLSA 3 1 1 " + "cd" * 32], signed=None)
    lapsed = serve(two, "lapsed.example", ["ns.lapsed.example."],
                   [f"ns A {two.addr}", "mx A 192.0.2.4"], start=-20 * DAY, end=-DAY)
    lost = serve(two, "lost.example", ["ns.lost.example.", "nowhere.other.example."],
                 [f"ns A {two.addr}"], signed=None)
    only6 = serve(two, "only6.example", ["ns.only6.example.", "ns6.other.example."],
                  [f"ns A {two.addr}"], signed=None,
                  glue=[f"ns.only6.example. {two.addr}", "ns6.other.example."])
    one.start()
    two.start()
    tree = Tree(t, "example")
    for zone in (mail, other, insecure, lapsed, lost, only6):
        tree.add(zone)
    tree.start()
    unbound = tree.resolver().start()
    options = ["-a", tree.anchor_file, "-s", f"example={tree.server.addr}@{tree.server.port}"]
    forward = ["-a", tree.anchor_file, "-f", unbound.at]

    def found(what, *words, start="", options=options):
        rc, lines, err = ask(*options, *words)
        return t.ok(rc == 0 and lines and lines[0].startswith(start), what, f"{rc} {lines} {err}")

    for how, opts in (("stub", options), ("forwarder", forward)):
        with t.case(f"zones, {how}"):
            for name in ("mail.example", "mx.mail.example", "_25._tcp.mx.mail.example",
                         "nx.a.b.mail.example", "_25._tcp.far.mail.example"):
                found(name, "zone", name, options=opts,
                      start="mail.example hidden.mail.example 7 30 20 secure")
            found("a zone below", "zone", "mx.sub.mail.example", options=opts,
                  start="sub.mail.example ns.sub.mail.example 7 ")
            found("the parent", "zone", "xmail.example", options=opts, start="example ")
            found("a zone that does not validate", "zone", "mx.lapsed.example", options=opts,
                  start="lapsed.example ns.lapsed.example 7 30 20 bogus")

    with t.case("zones, asked of one server"):
        at = ["-S", f"{one.addr}@{one.port}", "-t", "1500"]
        found("the closest", "zone", "_25._tcp.mx.sub.mail.example", options=at,
              start="sub.mail.example ns.sub.mail.example 7 30 20 insecure")
        found("above it", "zone", "_25._tcp.mx.mail.example", options=at,
              start="mail.example hidden.mail.example 7 30 20 insecure")
        rc, lines, err = ask(*at, "zone", "xmail.example")
        t.ok(rc != 0 and "serves no zone that holds xmail.example" in err, "on a label boundary", err)
        rc, lines, err = ask("-t", "800", "-S", free_addr(), "zone", "mail.example")
        t.ok(rc == 3 and "the server 127." in err, "a dead server is named", f"{rc} {err}")

    for how, opts in (("stub", options), ("forwarder", forward)):
        with t.case(f"servers, {how}"):
            rc, lines, err = ask(*opts, "servers", "mail.example")
            want = [f"{one.addr} ns1.mail.example parent child", f"{hidden} hidden.mail.example primary"]
            want += [f"{six} ns1.mail.example parent child"] * bool(six)
            for line in want:
                t.ok(line in lines, line, f"{rc} {lines} {err}")
            t.ok(any(line.startswith(f"{two.addr} ") and line.endswith(" parent child")
                     for line in lines), "one address under several names is one server", lines)
            unrouted = [line for line in lines if line.endswith(" unrouted")]
            t.eq(len(lines) - len(unrouted), len(want) + 1, "and no other that can be reached")
            t.ok(unrouted, "an address without a route from here is marked", lines)
            rc, lines, err = ask(*opts, "servers", "only6.example")
            t.ok("2001:db8::54 ns6.other.example parent child unrouted" in lines,
                 "but one that has no other address stays", f"{rc} {lines} {err}")
            rc, lines, err = ask(*opts, "servers", "lost.example")
            t.ok(rc != 0 and "nowhere.other.example" in err, "a server without address is named", err)
            found("a zone that does not validate", "servers", "lapsed.example", options=opts,
                  start=f"{two.addr} ns.lapsed.example")
            found("the top of the tree", "servers", "example", options=opts,
                  start=f"{tree.server.addr} ")

    with t.case("aliases"):
        rc, lines, err = ask(*options, "aliases", "_25._tcp.mx.mail.example")
        t.eq(lines, ["end _25._tcp.mx.mail.example"], "none")
        rc, lines, err = ask(*options, "aliases", "_25._tcp.alias.mail.example")
        t.eq(lines, ["_25._tcp.alias.mail.example _25._tcp.mx.mail.example 30 mail.example secure",
                     "end _25._tcp.mx.mail.example"], "one")
        rc, lines, err = ask(*options, "aliases", "_25._tcp.far.mail.example")
        t.eq(lines, ["_25._tcp.far.mail.example hop.other.example 17 mail.example secure",
                     "hop.other.example end.insecure.example 11 other.example secure",
                     "end end.insecure.example"], "across zones, each with its TTL")
        rc, lines, err = ask(*options, "aliases", "loop.mail.example")
        t.ok(rc == 4 and "circle" in err, "a loop", f"{rc} {lines} {err}")
        rc, lines, err = ask(*options, "aliases", "x.lapsed.example")
        t.ok(rc == 7 and "expired" in err, "one that does not validate", f"{rc} {lines} {err}")
