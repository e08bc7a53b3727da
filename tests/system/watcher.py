#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The watcher bites: a naive swap makes it cry, a careful rollover does not."""
import sys
import time

sys.path[0] += "/lib"
from zp import *

TTL = 2
OWNER = "_25._tcp.mx"


def rollover(t, naive):
    ca = CA(t)
    old = ca.issue("mx.mail.example")
    new = old.renew()
    live = old.install(t.path(f"live-{naive}.pem"))
    mx = Postfix(t, chain=live, host="mx.mail.example")
    key = TsigKey()
    zone = Zone("mail.example", f"@ MX 10 mx\nmx A {mx.addr}\n"
                f"{OWNER} TLSA {old.tlsa()}", ttl=TTL, key=key)
    ns1 = Knotd(t).primary(zone)
    ns2 = Knotd(t).secondary(zone, lag=True)
    for server in (ns1, ns2, mx):
        server.start()
    watcher = Watcher(t, zone.servers, mx.services()).start()
    t.ok(watcher.calm(), "calm while nothing changes", watcher.report)

    def everywhere(*rdata):
        zone.await_rdata(OWNER, "TLSA", rdata, servers=[ns1])
        ns2.release(zone)
        zone.await_rdata(OWNER, "TLSA", rdata)

    def flip():
        new.install(live)
        mx.reload()
        await_(lambda: mx.service().chain() == new.ders(), 10, "the new chain")

    if naive:
        zone.update(delete=f"{OWNER} TLSA", add=f"{OWNER} {TTL} TLSA {new.tlsa()}")
        flip()
        everywhere(new.tlsa())
        await_(lambda: watcher.violations, TTL + 2, "the watcher to cry")
    else:
        zone.update(add=f"{OWNER} {TTL} TLSA {new.tlsa()}")
        everywhere(old.tlsa(), new.tlsa())
        # 2 TTL after publication, TTL + 1 after the last server: nothing else is awaited
        time.sleep(2 * TTL + 1)
        flip()
        time.sleep(1)
        zone.update(delete=f"{OWNER} TLSA {old.tlsa()}")
        everywhere(new.tlsa())
        time.sleep(TTL + 1)
    return watcher, old, new


def cry_pictures(t, watcher, old, new):
    watcher.stop()
    text = watcher.report()
    t.ok(watcher.violations, "the watcher cries", text)
    t.ok(not watcher.bogus, "nothing was bogus", text)
    t.has(text, old.tlsa(), "it shows what a cache may hold")
    t.has(text, new.tlsa(), "and what the service shows")
    servers = {v.memory.server for v in watcher.violations}
    t.eq(servers, {"knotd1", "knotd2"}, "for the primary and for the lagging server")


def forgets(t, watcher, old):
    """A memory lives for its TTL and no longer, and TTLs are what was given."""
    lives = [m for m in watcher._memories.values() if m.rdatas == (old.tlsa(),)]
    t.ok(lives, "the old RRset is remembered")
    t.ok(all(abs(m.expires - m.last - TTL) < 0.01 for m in lives), "for its TTL",
         watcher.report)


with Test() as t:
    with t.case("naive swap"):
        watcher, old, new = rollover(t, True)
        cry_pictures(t, watcher, old, new)
        forgets(t, watcher, old)
        for child in t.children:
            child.stop()
    with t.case("careful rollover"):
        watcher, old, new = rollover(t, False)
        watcher.check(t, least=50)
        given = {m.rdatas for m in watcher._memories.values()}
        t.eq(given, {(old.tlsa(),), tuple(sorted((old.tlsa(), new.tlsa()))), (new.tlsa(),)},
             "it saw all three RRsets")
