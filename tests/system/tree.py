#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The private signed tree: what Unbound says of each kind of child, and NSD's files."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    tree = Tree(t, "example")
    key = TsigKey()
    good = Zone("good.example", "www TXT hello\n_25._tcp.mx TLSA 3 1 1 " + "ab" * 32
                + "\n*.wild TXT any\nalias CNAME www.nsd.example.", key=key)
    three = Zone("three.example", "www TXT hello", signed="nsec3")
    plain = Zone("plain.example", "www TXT hello", signed=None)
    wrong = Zone("wrong.example", "www TXT hello")
    files = Zone("nsd.example", "www TXT hello", signed="nsec3")
    knotd, named, nsd = Knotd(t), Named(t), Nsd(t)
    knotd.primary(good)
    named.primary(three)
    named.primary(plain)
    named.primary(wrong)
    nsd.primary(files)
    nsd2 = Nsd(t).secondary(good)
    nsd3 = Nsd(t).secondary(three, lag=True)

    expired = Zone("expired.example", "www TXT hello")
    named.static(expired, t.path("expired.signed"))
    expired_keys = ZoneKeys(t, expired.name)
    sign_file(expired.text(), expired_keys, t.path("expired.signed"), start=-9 * DAY, end=-DAY)

    for server in (knotd, named, nsd, nsd2, nsd3):
        server.start()
    for zone, ds in ((good, "good"), (three, "good"), (plain, "none"), (wrong, "wrong"),
                     (files, "good"), (expired, "good")):
        tree.add(zone, ds)
    tree.start()
    unbound = tree.resolver().start()

    for name, rdtype, want in (
            ("www.good.example.", "TXT", "secure"), ("none.good.example.", "TXT", "secure"),
            ("_25._tcp.mx.good.example.", "TLSA", "secure"),
            ("x.wild.good.example.", "TXT", "secure"), ("alias.good.example.", "TXT", "secure"),
            ("www.three.example.", "TXT", "secure"), ("none.three.example.", "TXT", "secure"),
            ("www.plain.example.", "TXT", "insecure"), ("www.wrong.example.", "TXT", "bogus"),
            ("www.nsd.example.", "TXT", "secure"), ("none.nsd.example.", "TXT", "secure"),
            ("www.expired.example.", "TXT", "bogus"), ("example.", "SOA", "secure")):
        t.eq(unbound.verdict(name, rdtype), want, f"{name} {rdtype} is {want}")

    tree.change(wrong, "good")
    unbound.flush()
    t.eq(unbound.verdict("www.wrong.example.", "TXT"), "secure", "the right DS mends it")
    tree.change(dates=(-9 * DAY, -DAY))
    unbound.flush()
    t.eq(unbound.verdict("www.good.example.", "TXT"), "bogus", "an expired parent breaks all")
    tree.change(dates=(-3600, DAY))
    unbound.flush()
    t.eq(unbound.verdict("www.good.example.", "TXT"), "secure", "and is mended")

    good.update(add="new 3 TXT new")
    good.await_rdata("new", "TXT", ['"new"'])
    t.ok(True, "NSD follows Knot's NOTIFY")

    files.serial += 1
    files.records = "www TXT changed"
    sign_file(files.text(), files.keys, files.file + ".signed", nsec3=True)
    nsd.reload()
    files.await_rdata("www", "TXT", ['"changed"'])
    t.ok(True, "NSD reads its file again on SIGHUP")
    files.serial += 1
    files.records = "www TXT again"
    sign_file(files.text(), files.keys, files.file + ".signed", nsec3=True)
    run(nsd.reload_argv)
    files.await_rdata("www", "TXT", ['"again"'])
    t.ok(True, "and by its reload command")
    unbound.flush()
    t.eq(unbound.verdict("www.nsd.example.", "TXT"), "secure", "still secure")
    bogus_file(files.file + ".signed", files.name, "www", "TXT")
    run(nsd.reload_argv + [files.name])

    def broken():
        unbound.flush()
        return unbound.verdict("www.nsd.example.", "TXT") == "bogus"
    t.ok(await_(broken, 10, "the damaged signature"), "a damaged signature is bogus")
    t.eq(unbound.verdict("nsd.example.", "SOA"), "secure", "of that RRset alone")
