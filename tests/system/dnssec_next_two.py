#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""RSA and ECDSA side by side under the next-key scheme: each has a current and a next key of its own."""
import sys
import time

from cryptography.hazmat.primitives import serialization

sys.path[0] += "/lib"
from zp import *

ALGORITHM = {"ecdsa": "p256", "rsa": "rsa2048"}

with Test() as t:
    folder = t.path("next")
    rig = Rig(t, secondary=None, lag=None, service=LiveTls, ttl=2, safety="1s", hold="0s", first=True)
    leaves = {kind: rig.ca.issue(rig.host, kind=kind) for kind in ALGORITHM}
    live = {kind: leaf.install(t.path("two", kind + ".pem")) for kind, leaf in leaves.items()}
    owner, addr = rig.owners()[0], rig.mx.addr
    rig.mx.stop()
    rig.mx = Postfix(t, chain=list(live.values()), host=rig.host, addr=free_addr())
    rig.zone.records = rig.zone.records.replace(addr, rig.mx.addr) + "".join(
        f"\n{owner} TLSA {leaf.tlsa()}" for leaf in leaves.values())
    rig.deploy = rig.mx.reload_argv
    rig.start()
    watcher = rig.watch()

    def rotate(kind, leaf):
        return rig.rotate("--no-wait", "--scheme", "next-key", "--next-dir", folder, "--cert",
                          leaf.chain_file, "--key", leaf.key_file, "--live-chain", live[kind])

    def next_of(kind):
        done = zonepub("keygen", "tls", rig.host, "--next", "--out", folder, "--json",
                       "--algorithm", ALGORITHM[kind])
        return done.json()

    def await_published():
        """Until what is published now has been so for longer than every wait."""
        known = time.monotonic()
        await_(lambda: time.monotonic() > known + 5, 10, "2 TTL and TTL + safety")

    for kind, leaf in leaves.items():
        t.rc(rotate(kind, leaf), 0, f"{kind}: the live pair first, done at once")
    nexts = {kind: next_of(kind) for kind in ALGORITHM}
    want = [leaf.tlsa() for leaf in leaves.values()] + [n["tlsa"] for n in nexts.values()]
    t.eq(rig.ns1.rdatas(owner, "TLSA"), sorted(want), "current and next of both are published")
    await_published()
    for kind in ALGORITHM:
        with open(nexts[kind]["key"], "rb") as f:
            new = rig.ca.issue(rig.host, key=serialization.load_pem_private_key(f.read(), None))
        t.rc(rotate(kind, new), 0, f"{kind}: its next key goes live at once")
        want.remove(leaves[kind].tlsa())
        want.append(next_of(kind)["tlsa"])
        leaves[kind] = new
        t.eq(rig.ns1.rdatas(owner, "TLSA"), sorted(want),
             f"{kind}: a new next key is published, the other algorithm's records stay")
    watcher.check(t)
