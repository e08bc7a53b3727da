#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""RSA and ECDSA side by side on one host: each has its own rollover, current and next key."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    ca = CA(t, "ecdsa")
    host = Rig.host
    olds = {kind: ca.issue(host, kind=kind) for kind in ("ecdsa", "rsa")}
    news = {kind: old.renew() for kind, old in olds.items()}
    live = {kind: old.install(t.path("two", kind + ".pem")) for kind, old in olds.items()}

    class Both(Postfix):
        def __init__(self, t, chain=None, **options):
            super().__init__(t, chain=[live["ecdsa"], live["rsa"]], **options)

    rig = Rig(t, secondary=None, lag=None, service=LiveTls, ttl=2, safety="1s", hold="1s",
              first=True)
    rig.mx = Postfix(t, chain=list(live.values()), host=host, domains=["mail.example"],
                     addr=free_addr())
    rig.zone.records = rig.zone.records.replace(rig.zone.records.split(f"{host}. A ")[1].split()[0],
                                                rig.mx.addr)
    rig.zone.records += "".join(f"\n{rig.owners()[0]} TLSA {o.tlsa()}" for o in olds.values())
    rig.deploy = rig.mx.reload_argv
    rig.start()
    owner = rig.owners()[0]
    watcher = rig.watch()

    def options(kind, leaf):
        return ["--cert", leaf.chain_file, "--key", leaf.key_file, "--live-chain", live[kind]]

    with t.case("two rollovers at once"):
        for kind in news:
            t.rc(rig.rotate("--no-wait", *options(kind, news[kind])), 75, f"{kind}: begun")
        t.eq(len(rig.status()), 2, "they are two rollovers")
        t.eq(rig.ns1.rdatas(owner, "TLSA"),
             sorted(leaf.tlsa() for leaf in [*olds.values(), *news.values()]),
             "both old and both new records are published")
        t.rc(rig.run("run", "--wait", timeout=100), 0, "both come to their end")
        t.eq([r["stage"] for r in rig.status()], ["done", "done"], "both are done")
        t.eq(rig.ns1.rdatas(owner, "TLSA"), sorted(leaf.tlsa() for leaf in news.values()),
             "with both new records alone")
    watcher.check(t)
