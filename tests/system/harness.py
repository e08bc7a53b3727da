#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The library itself: servers, processes, addresses, the plan."""
import os
import signal
import subprocess
import sys
import time

sys.path[0] += "/lib"
from zp import *

RDATA = "3 1 1 " + "ab" * 32


def dns_servers(t, first, second, signed):
    key = TsigKey()
    zone = Zone("mail.example", "@ MX 10 mx\nmx A 127.0.0.1", signed=signed, key=key)
    primary = first(t).primary(zone)
    lagging = second(t).secondary(zone, lag=True)
    told = first(t).secondary(zone)
    for server in (primary, lagging, told):
        server.start()
    zone.update(f"_25._tcp.mx 3 TLSA {RDATA}")
    zone.await_rdata("_25._tcp.mx", "TLSA", [RDATA], servers=[primary, told])
    owner = "_25._tcp.mx.mail.example."
    t.eq(lagging.rdatas(owner, "TLSA"), [], "a lagging secondary lags")
    lagging.release(zone)
    zone.await_rdata("_25._tcp.mx", "TLSA", [RDATA])
    t.ok(zone.await_synced(), "all agree")
    if signed:
        t.eq(len(zone.ds()), 1, "one DS")
        t.ok(any(r.rdtype == 46 for r in primary.ask(owner, "TLSA").answer), "signed")
    primary.restart()
    t.eq(primary.rdatas(owner, "TLSA"), [RDATA], "a restart keeps the update")
    t.raises(RuntimeError, lambda: zone.update("x 3 TXT x", key=TsigKey(key.name)),
             "a wrong secret is refused")
    for server in (primary, lagging, told):
        server.stop()
        t.ok(not server.alive(), f"{server.name} ends")


def powerdns(t, signed):
    key = TsigKey()
    zone = Zone("mail.example", "@ MX 10 mx\nmx A 127.0.0.1", signed=signed, key=key)
    primary = Pdns(t).primary(zone)
    told, lagging = Knotd(t).secondary(zone), Nsd(t).secondary(zone, lag=True)
    for server in (primary, told, lagging):
        server.start()
    zone.update(f"_25._tcp.mx 3 TLSA {RDATA}")
    zone.await_rdata("_25._tcp.mx", "TLSA", [RDATA], servers=[primary, told])
    owner = "_25._tcp.mx.mail.example."
    t.eq(lagging.rdatas(owner, "TLSA"), [], "a lagging secondary lags")
    lagging.release(zone)
    t.eq(lagging.rdatas(owner, "TLSA"), [RDATA], "until it is released")
    path = "/api/v1/servers/localhost/zones/mail.example."
    t.has([r["name"] for r in primary.api(path)["rrsets"]], owner, "the API shows the record")
    primary.api(path, "PATCH", {"rrsets": [{"name": owner, "type": "TLSA",
                                            "changetype": "DELETE"}]})
    t.eq(primary.rdatas(owner, "TLSA"), [], "and removes it")
    if signed:
        t.eq(len(zone.ds()), 1, "one DS")
    t.eq(query.update(primary.addr, zone.name, TsigKey(key.name), ["x 3 TXT x"],
                      port=primary.port) == "NOERROR", False, "a wrong secret is refused")


def both_families(t):
    for kind in (Named, Knotd, Nsd, Pdns):
        server = kind(t).add_v6()
        zone = Zone("mail.example", "mx A 127.0.0.1", signed=None)
        server.primary(zone).start()
        name = f"{server.name}.mail.example."
        t.eq(server.rdatas(name, "AAAA"), [server.addr6], f"{server.name} has a AAAA record")
        reply = query.ask(server.addr6, name, "A", port=server.port)
        t.eq(query.rdatas(reply, name, "A"), [server.addr], "and answers over IPv6")
        server.stop()
    leaf = CA(t).issue("mx.mail.example")
    mx = TlsServer(t, leaf, addr=free_addr(6))
    t.eq(mx.service().chain(), leaf.ders(), "a TLS service over IPv6")


def resolv_conf(t):
    t.use_resolver("127.9.9.9")
    t.has(run(["cat", "/etc/resolv.conf"]), "127.9.9.9", "a resolv.conf of the test's own")


def certificates(t):
    for kind in ("ecdsa", "rsa"):
        ca = CA(t, kind)
        leaf = ca.issue("mx.mail.example", kind=kind)
        again, other = leaf.renew(same_key=True), leaf.renew()
        for selector in (0, 1):
            for matching in (0, 1, 2):
                for usage in (2, 3):
                    tlsa = leaf.tlsa(f"{usage} {selector} {matching}")
                    t.ok(dane.accepts([tlsa], leaf.ders(), ["mx.mail.example"]),
                         f"{kind}: {usage} {selector} {matching} fits its chain")
        t.ok(dane.accepts([leaf.tlsa()], again.ders()), "3 1 1 fits a renewal with the key")
        t.ok(not dane.accepts([leaf.tlsa()], other.ders()), "and no other key")
        t.ok(not dane.accepts([leaf.tlsa("2 1 1")], leaf.ders(), ["mx2.mail.example"]),
             "usage 2 wants the name")
        expired = leaf.renew(same_key=True, days=30, ago=60)
        t.ok(not dane.accepts([leaf.tlsa("2 1 1")], expired.ders(), ["mx.mail.example"]),
             "usage 2 wants the dates")
        t.ok(dane.accepts([leaf.tlsa()], expired.ders()), "usage 3 does not")
        if t.ok(os.path.exists("/usr/bin/openssl"), "openssl is there"):
            out = run(["openssl", "verify", "-CAfile", ca.root_file, "-untrusted",
                       leaf.chain_file, leaf.cert_file])
            t.has(out, "OK", "openssl accepts the chain")


def living(network):
    """The processes in a network namespace."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{pid}/ns/net") == network:
                found.append(pid)
        except OSError:
            continue        # gone, or a zombie
    return found


def killed_test(t):
    """A test that is killed leaves nothing behind."""
    if not isolate.private():
        t.skip("killed tests", "only root has namespaces to look into")
        return
    script = t.write("victim.py", f"""
import os, sys, time
sys.path[0] = {sys.path[0]!r}
from zp import *
with Test() as t:
    leaf = CA(t).issue("mx.mail.example")
    zone = Zone("mail.example", signed=None)
    servers = [Knotd(t).primary(zone), Named(t).secondary(zone), Nsd(t).secondary(zone)]
    servers.append(Unbound(t))
    if isolate.has_users():
        servers.append(Postfix(t, chain=leaf.live_file, ports=(), postscreen=(25,),
                               resolver="127.0.0.1"))
    for server in servers:
        server.start()
    print("#network", os.readlink("/proc/self/ns/net"), flush=True)
    time.sleep(60)
""")
    for number in (signal.SIGKILL, signal.SIGTERM):
        child = subprocess.Popen(["/usr/bin/python3", "-B", script], stdout=subprocess.PIPE,
                                 text=True, env={**os.environ, "TMPDIR": t.dir})
        network = child.stdout.readline().split()[-1]
        t.ok(len(living(network)) > 4, "the victim starts its servers")
        child.send_signal(number)
        rest = child.stdout.read()
        child.wait()
        await_(lambda: not living(network), 10, "the servers to end")
        t.ok(True, f"{number.name} to a test ends all of its servers")
        if number == signal.SIGTERM:
            t.has(rest, "not ok", "and is a failure")
            t.has(rest, "\n1..1\n", "with a plan")


def lag(t):
    zone = Zone("mail.example", signed=None, key=TsigKey())
    primary, late = Knotd(t).primary(zone), Named(t).secondary(zone, lag=True)
    primary.start()
    late.start()
    Lag(t, late, zone, 1)
    begun = time.monotonic()
    zone.update("x 3 TXT x")
    zone.await_rdata("x", "TXT", ['"x"'])
    t.ok(0.9 < time.monotonic() - begun < 8, "Lag releases a secondary after its delay")
    t.raises(RuntimeError, lambda: Knotd(t).secondary(zone), "servers are named before the start")


def program(t):
    """The runner, with the shell as the program."""
    old = os.environ.get("ZONEPUB")
    os.environ["ZONEPUB"] = "/bin/sh"
    try:
        done = zonepub("-c", 'echo "[1]"; echo no >&2; exit 4')
        t.eq((done.rc, done.json(), done.err), (4, [1], "no\n"), "exit code and output")
        t.eq(zonepub("-c", "cat", input="in").out, "in", "standard input")
        t.raises(RuntimeError, lambda: zonepub("-c", "kill -SEGV $$"), "a crash is no result")
        t.raises(TimedOut, lambda: zonepub("-c", "sleep 9", timeout=0.2), "a hang ends")
        child = Background(t, "-c", "echo up; sleep 60 & sleep 60")
        child.await_out("up")
        t.ok(child.alive(), "it runs in the background")
        t.eq(child.kill().rc, -9, "and is killed")
        t.eq(Background(t, "-c", "exit 3").wait().rc, 3, "or ends")
    finally:
        os.environ.pop("ZONEPUB")
        if old:
            os.environ["ZONEPUB"] = old


with Test() as t:
    for first, second in ((Named, Knotd), (Knotd, Named)):
        for signed in ("nsec", "nsec3", None):
            with t.case(f"{first.__name__} {signed}"):
                dns_servers(t, first, second, signed)
    for signed in ("nsec", "nsec3", None):
        with t.case(f"Pdns {signed}"):
            powerdns(t, signed)
    if isolate.private():
        with t.case("both families"):
            both_families(t)
        with t.case("resolv.conf"):
            resolv_conf(t)
    with t.case("certificates"):
        certificates(t)
    with t.case("killed"):
        killed_test(t)
    with t.case("lag"):
        lag(t)
    with t.case("program"):
        program(t)
    with t.case("pause"):
        zone = Zone("mail.example", signed=None)
        server = Knotd(t).primary(zone).start()
        for _ in range(20):
            server.pause()
            t.raises(Exception, lambda: server.ask("mail.example", "SOA", timeout=0.05),
                     "a paused server is silent")
            server.resume()
            await_(server.ready, 5)
        t.ok(True, "and answers again")
        start = time.monotonic()
        t.raises(TimedOut, lambda: await_(lambda: False, 0.2, "nothing"), "await_ gives up")
        t.ok(time.monotonic() - start < 2, "in time")
