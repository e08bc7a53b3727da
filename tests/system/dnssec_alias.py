#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""CNAMEs at the TLSA owner: in the zone, into another managed zone, into one that nobody manages."""
import datetime
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    other_key = TsigKey("other-key")
    rig = Rig(t, secondary=None, lag=None, service=LiveTls, ttl=1, safety="0s", hold="0s", first=True)
    owner = rig.owners()[0]
    other = Zone("pool.example", f"tlsa TLSA {rig.old.tlsa()}", ttl=1, key=other_key)
    foreign = Zone("foreign.example", f"tlsa TLSA {rig.old.tlsa()}", ttl=1, key=TsigKey("no-key"))
    ns2 = Knotd(t, name="knotd-pool").primary(other).primary(foreign)
    rig.zone.records += f"\nshared TLSA {rig.old.tlsa()}\n{owner} CNAME shared"
    rig.tree.add(other).add(foreign)
    ns2.start()
    rig.start()
    with open(rig.config, "a") as f:
        f.write(f"""zone "pool.example" {{
    publisher = rfc2136
    server = "{ns2.addr}@{ns2.port}"
    tsig-file = "{other_key.file(t)}"
    ttl = 1
}}
""")
    config = open(rig.config).read()

    def renewed():
        global config
        old = rig.new
        rig.renewed()
        config = config.replace(old.chain_file, rig.new.chain_file).replace(old.key_file,
                                                                            rig.new.key_file)
        t.write(rig.config, config)

    def point(target, ttl=1):
        rig.zone.update(delete=f"{owner} CNAME")
        rig.zone.update(add=f"{owner} {ttl} CNAME {target}")
        rig.unbound.flush()

    with t.case("into the same zone"):
        done = rig.rotate("--wait")
        t.rc(done, 0, "is followed")
        t.eq(rig.ns1.rdatas("shared.mail.example.", "TLSA"), [rig.new.tlsa()], "changed at its end")
        t.eq(rig.ns1.rdatas(owner, "CNAME"), ["shared.mail.example."], "the alias stays")

    with t.case("into another managed zone"):
        other.update(delete="tlsa TLSA", add=f"tlsa 1 TLSA {rig.new.tlsa()}")
        point("tlsa.pool.example.", 7)
        renewed()
        done = rig.rotate("--no-wait")
        t.rc(done, 75, "waits")
        t.eq(ns2.rdatas("tlsa.pool.example.", "TLSA"), sorted([rig.old.tlsa(), rig.new.tlsa()]),
             "published there, with that zone's key and server")
        t.has(done.err, "2 x TTL 7 s", "the wait covers the TTL of the alias, as is said")
        last = rig.status()[-1]
        due = datetime.datetime.fromisoformat(last["due"].replace("Z", "+00:00"))
        begun = datetime.datetime.fromisoformat(last["started"].replace("Z", "+00:00"))
        t.ok((due - begun).total_seconds() >= 13, "and in the due time", last)
        t.rc(rig.run("run", "--wait"), 0, "goes on to its end")
        t.eq(ns2.rdatas("tlsa.pool.example.", "TLSA"), [rig.new.tlsa()], "the new record alone")
        t.ok(rig.serves(rig.new), "and its chain")

    with t.case("into a zone that nobody manages"):
        point("tlsa.foreign.example.")
        renewed()
        serials = rig.ns1.serial(rig.zone.name), ns2.serial(foreign.name)
        done = rig.rotate("--wait")
        t.rc(done, 2, "is refused")
        for part in (owner, "tlsa.foreign.example", "no zone section covers that"):
            t.has(done.err, part, f"{part!r} is said")
        t.eq((rig.ns1.serial(rig.zone.name), ns2.serial(foreign.name)), serials, "nothing was sent")

    with t.case("into nowhere"):
        point("nothing.foreign.example.")
        t.rc(rig.rotate("--wait"), 2, "is refused as well")
        point(owner)
        done = rig.rotate("--wait")
        t.ok(done.rc not in (0, 75), "a circle is an error", done)
        t.has(done.err, "circle", "and called so")
