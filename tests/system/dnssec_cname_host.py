#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A host that is an alias (RFC 7672 2.2.3): secure, into an unsigned zone, into a broken one."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, secondary=None, lag=None, service=LiveTls, ttl=1, safety="0s", hold="0s")
    owner = rig.owners()[0]
    plain = Zone("plain.example", f"box A {rig.mx.addr}", signed=None, ttl=1)
    broken = Zone("broken.example", f"box A {rig.mx.addr}", ttl=1)
    ns2 = Knotd(t, name="knotd-plain").primary(plain).primary(broken).start()
    rig.zone.records += (f"\nalias CNAME {rig.host}.\n"
                         f"away CNAME box.plain.example.\n_25._tcp.away TLSA {rig.old.tlsa()}\n"
                         f"astray CNAME box.broken.example.\n_25._tcp.astray TLSA {rig.old.tlsa()}")
    rig.tree.add(plain).add(broken, "wrong")
    rig.start()

    def rotate(host, leaf, *args):
        return rig.run("rotate-tlsa", host, "--cert", leaf.chain_file, "--key", leaf.key_file,
                       "--live-chain", rig.live, "--deploy", " ".join(rig.mx.reload_argv),
                       "--safety", "0s", "--hold", "0s", "--wait", *args)

    with t.case("secure"):
        done = rotate("alias.mail.example", rig.new)
        t.rc(done, 0, "a secure alias is followed")
        t.has(done.err, f"alias.mail.example is an alias of {rig.host}", "as is said")
        t.eq(rig.ns1.rdatas(owner, "TLSA"), [rig.new.tlsa()], "its end has the new record")

    with t.case("insecure end"):
        leaf = rig.ca.issue("away.mail.example")
        done = rotate("away.mail.example", leaf, "--probe", rig.mx.addr)
        t.rc(done, 0, "an alias into an unsigned zone: the records stay at its own name")
        t.eq(rig.ns1.rdatas("_25._tcp.away.mail.example.", "TLSA"),
             sorted([rig.old.tlsa(), leaf.tlsa()]), "where the new one is; what nobody shows stays")
        t.has(done.err, "warning: away.mail.example is an alias of box.plain.example", "with a warning")
        t.eq(done.err.count("warning: away"), 1, "one only")

    with t.case("bogus end"):
        serial = rig.ns1.serial(rig.zone.name)
        done = rotate("astray.mail.example", leaf, "--probe", rig.mx.addr)
        t.rc(done, 4, "an alias into a broken zone is refused")
        t.has(done.err, "broken.example", "which is named")
        t.eq(rig.ns1.serial(rig.zone.name), serial, "nothing was sent")
