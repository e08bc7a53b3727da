#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A DANE-only Postfix with a validating resolver: sends where TLSA fits, defers where not."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    ca = CA(t)
    old = ca.issue("mx.mail.example")
    new = old.renew()
    live = old.install(t.path("live.pem"))
    mx = Postfix(t, chain=live, ports=(25,), domains=["mail.example"], host="mx.mail.example")
    key = TsigKey()
    zone = Zone("mail.example", f"@ MX 10 mx\nmx A {mx.addr}\n_25._tcp.mx TLSA {old.tlsa()}",
                ttl=2, key=key)
    plain = Zone("plain.example", f"@ MX 10 mx\nmx A {mx.addr}", signed=None)
    knotd = Knotd(t).primary(zone).primary(plain).start()
    tree = Tree(t, "example").add(zone).add(plain).start()
    unbound = tree.resolver().start()
    out = Postfix(t, dane=True, resolver=unbound.addr, host="out.example")
    mx.start()
    out.start()

    out.submit("a@out.example", "b@mail.example")
    mx.await_delivered(1)
    t.ok(True, "a message arrives while the record fits")
    t.has(out.log_text(), "Verified TLS connection established to mx.mail.example",
          "over a verified connection")

    new.install(live)
    mx.reload()
    await_(lambda: mx.service().chain() == new.ders(), 10, "the new chain")
    out.submit("a@out.example", "b@mail.example")
    await_(out.deferred, 20, "the message to be deferred")
    t.has(out.deferred()[0].lower(), "not verified", "a chain that does not fit defers")
    t.eq(len(mx.delivered()), 1, "nothing more arrives")

    zone.update(delete="_25._tcp.mx TLSA", add=f"_25._tcp.mx 2 TLSA {new.tlsa()}")

    def flushed():
        out.flush()
        return len(mx.delivered()) == 2
    t.ok(await_(flushed, 20, "the message to arrive", poll=0.5), "the right record mends it")

    out.submit("a@out.example", "b@plain.example")
    await_(out.deferred, 20, "the message to be deferred")
    t.has(out.deferred()[0].lower(), "non dnssec", "an insecure zone is not enough")
