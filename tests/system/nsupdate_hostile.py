#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""nsupdate against servers that lie, stall and lose: never a false success, a crash or a hang."""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from zp import Drip, HostileServer, Knotd, Named, Raw, Spoof, Test, TsigKey, Zone  # noqa: E402
from zp import free_addr, isolate, zonepub                            # noqa: E402
from zp.hostile import CLOSE, forged                                  # noqa: E402

SHORT = ("-r", "1", "-u", "1", "-t", "3")
LIMIT = 9           # seconds: two tries of a second over UDP, three over TCP, and a slow machine


def script(server, *lines, zone="x.test"):
    return (f"server {server.addr} {server.port}\nzone {zone}\n" + "\n".join(lines) + "\nsend\n")


def send(server, key_file, *options, text=None):
    begin = time.monotonic()
    keys = ("-k", key_file) if key_file else ()
    result = zonepub("nsupdate", *keys, *SHORT, *options, timeout=60,
                     input=text or script(server, "add a.x.test 60 A 192.0.2.1"))
    return result, time.monotonic() - begin


def resized(q, key, length):
    return q.signed(key).to_wire()[:length]


with Test() as t:
    key = TsigKey("good", "hmac-sha256")
    other = TsigKey("good", "hmac-sha256")
    named = TsigKey("other", "hmac-sha256")
    key_file = key.file(t)

    # name, what the server does; with the key nothing of it may count
    LIES = {
        "an unsigned NOERROR": lambda q: q.reply(),
        "a bare header that says NOERROR": lambda q: q.header(),
        "a wrong id": lambda q: q.header(id=q.id ^ 1),
        "a signature with one bit wrong": lambda q: forged(q.signed(key)),
        "garbage": lambda q: b"\xff" * 40,
        "one octet": lambda q: b"\x00",
        "nothing at all": lambda q: None,
        "half a message": lambda q: resized(q, key, 30),
        "a message without its last octet": lambda q: q.signed(key).to_wire()[:-1],
        "octets behind the signature": lambda q: q.signed(key).to_wire() + b"xx",
        "the query sent back": lambda q: q.wire,
        "an unsigned REFUSED": lambda q: q.reply("REFUSED"),
        "an unsigned NOERROR, twice": lambda q: [q.reply(), q.reply()],
        "a reply cut short by a closed connection":
            lambda q: [Raw(b"\x00\x40abc"), CLOSE] if q.tcp else None,
        "a length of nothing": lambda q: Raw(b"\x00\x00") if q.tcp else b"",
        "a length that lies": lambda q: Raw(b"\xff\xff" + q.header()) if q.tcp else None,
        "a closed connection": lambda q: CLOSE,
        "a slow drip": lambda q: Drip(q.signed(key).to_wire(), 0.5) if q.tcp else None,
        "truncation for ever": lambda q: q.header(flags=0x8200),
    }
    with t.case("lies"):
        servers = {(name, transport): HostileServer(t, behave, key=key)
                   for name, behave in LIES.items() for transport in ((), ("-v",))}
        with ThreadPoolExecutor(10) as pool:
            runs = {which: pool.submit(send, server, key_file, *which[1])
                    for which, server in servers.items()}
        for which, run in runs.items():
            result, seconds = run.result()
            t.eq(result.rc, 2, f"{which[0]} {which[1]}: the update failed")
            t.ok(seconds < LIMIT, f"{which[0]} {which[1]}: in time", f"{seconds:.1f} s")
            t.ok(len(servers[which].queries) >= 1, f"{which[0]} {which[1]}: the server was asked")

    with t.case("another key"):
        # The server signs with a key of the same name and another secret, and with another name.
        for wrong in (other, named):
            def behave(q, wrong=wrong):
                reply = q.reply()
                reply.use_tsig(wrong.ring())
                reply.request_mac = b"\0" * 32
                return reply.to_wire()
            result, _ = send(HostileServer(t, behave), key_file)
            t.eq(result.rc, 2, f"a reply signed by {wrong.name} does not count")

    with t.case("a spoofed reply"):
        server = HostileServer(t, lambda q: Spoof(q.reply().to_wire()))
        result, _ = send(server, None)
        t.eq(result.rc, 2, "a reply from another port does not count, even without a key")

    with t.case("a wrong id without a key"):
        server = HostileServer(t, lambda q: q.header(id=q.id ^ 0x55))
        for transport in ((), ("-v",)):
            t.eq(send(server, None, *transport)[0].rc, 2, f"wrong id, no key {transport}")

    with t.case("the true reply behind lies"):
        server = HostileServer(t, lambda q: [q.reply(), forged(q.signed(key)), b"junk",
                                             q.header(id=q.id ^ 1), q.signed(key)], key=key)
        result, _ = send(server, key_file)
        t.rc(result, 0, "over UDP the wait goes on until the true reply comes")

    with t.case("a duplicate"):
        server = HostileServer(t, lambda q: [q.signed(key), q.signed(key, "REFUSED")], key=key)
        t.rc(send(server, key_file)[0], 0, "the first reply that counts decides")

    with t.case("errors"):
        for rcode in ("SERVFAIL", "REFUSED", "NOTAUTH", "NOTZONE", "FORMERR", "NOTIMP"):
            server = HostileServer(t, lambda q, r=rcode: q.signed(key, r), key=key)
            result, _ = send(server, key_file)
            t.eq(result.rc, 2, f"signed {rcode}: exit 2")
            t.has(result.err, f"update failed: {rcode}", f"{rcode} is named")

    with t.case("the first answer is lost"):
        server = HostileServer(t, lambda q: None if q.number == 0 else q.signed(key), key=key)
        result, _ = send(server, key_file)
        t.rc(result, 0, "over UDP the update is sent again")
        t.eq(len(server.queries), 2, "once")
        t.ne(server.queries[0].id, server.queries[1].id, "with another id")

    with t.case("-r 0"):
        server = HostileServer(t, lambda q: None if q.number == 0 else q.signed(key), key=key)
        result, _ = send(server, key_file, "-r", "0")
        t.eq(result.rc, 2, "-r 0 sends once")
        t.eq(len(server.queries), 1, "one query")
        t.has(result.err, "not known", "it is said that the outcome is not known")

    # Updates whose reply was lost, at real servers.
    for kind in (Named, Knotd):
        with t.case(kind.__name__):
            zone = Zone("x.test", "host A 192.0.2.1", signed=None, key=key)
            real = kind(t).primary(zone)
            real.start()

            def lossy(q):
                reply = q.forward(real)
                return None if q.number == 0 else reply
            guard = ("prereq nxdomain new.x.test", "add new.x.test 60 A 192.0.2.5")
            server = HostileServer(t, lossy)
            result, _ = send(server, key_file, text=script(server, *guard))
            t.rc(result, 0, f"{real.name}: a lost reply and YXDOMAIN at the second try: "
                 "what was asked for is in place")
            t.eq(real.rdatas("new.x.test", "A"), ["192.0.2.5"], f"{real.name}: it is there")

            def dropped(q):
                return None if q.number == 0 else q.forward(real)
            guard = ("prereq nxdomain new.x.test", "add new.x.test 60 A 192.0.2.99")
            server = HostileServer(t, dropped)
            result, _ = send(server, key_file, text=script(server, *guard))
            t.eq(result.rc, 2, f"{real.name}: a lost query and a failed prerequisite: failed")
            t.has(result.err, "update failed: YXDOMAIN", "by its name")
            t.eq(real.rdatas("new.x.test", "A"), ["192.0.2.5"], f"{real.name}: nothing changed")

            guard = ("prereq yxrrset host.x.test A 192.0.2.1", "del host.x.test A",
                     "add host.x.test 60 A 192.0.2.2")
            server = HostileServer(t, lossy)
            result, _ = send(server, key_file, text=script(server, *guard))
            t.rc(result, 0, f"{real.name}: a replacement whose reply was lost")
            real.stop()

    with t.case("a list of updates, each with its own fate"):
        def by_name(q):
            text = str(q.message)
            if "bad" in text:
                return q.signed(key, "REFUSED")
            if "lost" in text:
                return None
            return q.signed(key)
        server = HostileServer(t, by_name, key=key)
        lines = []
        for i in range(30):
            lines += [f"add {'bad' if i == 7 else 'lost' if i == 11 else 'ok'}{i}.x.test "
                      "60 A 192.0.2.1", "send"]
        text = script(server, *lines)
        result, _ = send(server, key_file, "--pipeline", "16", text=text)
        t.eq(result.rc, 2, "exit 2")
        t.has(result.err, "update failed: REFUSED (line 17)", "the refused one by its line")
        t.has(result.err, "(line 25)", "the lost one by its line")
        t.eq(result.err.count("update failed"), 2, "two failures, no more")
        result, _ = send(server, key_file, "--stop-on-error", text=text)
        t.eq(result.rc, 2, "--stop-on-error: exit 2")
        t.eq(result.err.count("update failed"), 1, "--stop-on-error: one failure")

    with t.case("a bad key file"):
        server = HostileServer(t, lambda q: q.reply())
        result, _ = send(server, t.path("nosuch.key"))
        t.eq(result.rc, 1, "a missing key file is exit 1")
        t.eq(len(server.queries), 0, "and nothing goes out unsigned")

    with t.case("too large"):
        server = HostileServer(t, lambda q: q.signed(key), key=key)
        many = [f'add n{i}.x.test 60 TXT "{"z" * 240}"' for i in range(400)]
        result, _ = send(server, key_file, text=script(server, *many))
        t.eq(result.rc, 1, "an update that no message can hold: exit 1")
        t.eq(len(server.queries), 0, "nothing was sent")
        result, _ = send(server, key_file, "--split", text=script(server, *many))
        t.rc(result, 0, "--split sends it in parts")
        t.ok(len(server.queries) >= 2, f"{len(server.queries)} parts")
        t.has(result.err, "part 2 of", "each part is reported")

    with t.case("a dead address before a live one"):
        if not isolate.private():
            t.skip("two addresses of one name", "needs a mount namespace")
        else:
            dead, live = free_addr(), HostileServer(t, lambda q: q.signed(key), key=key)
            isolate.bind_file(t.write("hosts", f"{dead} two.test\n{live.addr} two.test\n"), "/etc/hosts")
            text = f"server two.test {live.port}\nzone x.test\nadd a.x.test 60 A 192.0.2.1\nsend\n"
            for transport in ((), ("-v",)):
                result, _ = send(live, key_file, *transport, text=text)
                t.rc(result, 0, f"the next address is asked {transport}")
            t.ok(all(q.message.question[0].name.to_text() == "x.test." for q in live.queries),
                 "with the zone in its place")
