#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""dns/exchange against real servers and a hostile one, through tests/tools/exchange."""
import os
import re
import struct
import sys
import time

import dns.flags
import dns.rrset
import dns.tsig

sys.path[0] += "/lib"
from zp import *

ASK = os.path.join(os.environ.get("top_builddir") or os.path.dirname(os.environ["ZONEPUB"]),
                   "tests/tools/exchange")
HMACS = ["hmac-md5", "hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512"]
LINE = re.compile(r"(\w+) (\w+) sent=(\d) used=(\w+) attempts=(\d+) verdict=(\d+) skew=(-?\d+) "
                  r"answers=(\d+) rtt=(-?\d+) (.*)")
UNSIGNED, BAD_MAC, WRONG_KEY, WRONG_ALGORITHM, BAD_TIME, SIGNED_ERROR, CLAIMED = range(2, 9)


class Answer:
    def __init__(self, line):
        m = LINE.fullmatch(line)
        if m is None:
            raise RuntimeError(f"ask prints {line!r}")
        self.kind, self.rcode, sent, self.used, attempts, verdict, skew, answers, _, self.why = \
            m.groups()
        self.sent = sent == "1"
        self.attempts, self.verdict = int(attempts), int(verdict)
        self.skew, self.answers = int(skew), int(answers)


def ask_all(*words, timeout=30):
    begin = time.monotonic()
    out = run([ASK, *words], timeout=timeout, check=False)
    answers = [Answer(line) for line in out.splitlines()]
    for answer in answers:
        answer.took = time.monotonic() - begin
    return answers


def ask(*words, timeout=30):
    answers = ask_all(*words, timeout=timeout)
    if len(answers) != 1:
        raise RuntimeError(f"ask {words} printed {len(answers)} lines")
    return answers[0]


def interop(t):
    for make in (Named, Knotd):
        server = make(t)
        zones = []
        for algorithm in HMACS:
            key = TsigKey(f"key-{algorithm}", algorithm)
            zone = Zone(f"{algorithm}.example", key=key)
            server.primary(zone)
            zones.append(zone)
        server.start()
        at = f"{server.addr}@{server.port}"
        for zone in zones:
            for transport in ("udp", "tcp"):
                owner = f"{transport}.{zone.name}"
                a = ask("-T", transport, "-k", zone.key.file(t), at, "add", zone.name, owner, "300",
                        "TXT", f'"{transport}"')
                t.ok(a.kind == "ok" and a.rcode == "NOERROR" and a.verdict == 1,
                     f"{server.name}: {zone.key.algorithm} over {transport}", a.why)
                t.eq(server.rdatas(owner, "TXT"), [f'"{transport}"'], "and the record is there")
        zone = zones[3]
        wrong = TsigKey(zone.key.name, zone.key.algorithm)
        stranger = TsigKey("stranger", zone.key.algorithm)
        for key, error in ((wrong, "BADSIG"), (stranger, "BADKEY")):
            for transport in ("udp", "tcp"):
                a = ask("-T", transport, "-y", key.line(), at, "add", zone.name,
                        f"no.{zone.name}", "300", "A", "192.0.2.1")
                t.eq((a.kind, a.rcode, a.verdict), ("refused", "NOTAUTH", CLAIMED),
                     f"{server.name}: {error} over {transport} is a claimed error")
                t.has(a.why, error, "which is named")
        t.eq(server.rdatas(f"no.{zone.name}", "A"), [], "and nothing was added")
        a = ask("-T", "tcp", "-k", zone.key.file(t), at, "add", "other.example",
                "x.other.example", "300", "A", "192.0.2.1")
        want = ("ok", "NOTAUTH", 1) if make is Named else ("refused", "NOTAUTH", CLAIMED)
        t.eq((a.kind, a.rcode, a.verdict), want,
             f"{server.name}: NOTAUTH for a foreign zone, signed by named alone")
        many = ask_all("-T", "tcp", "-n", "200", "-k", zone.key.file(t), at, "add", zone.name,
                       f"n%d.{zone.name}", "300", "A", "192.0.2.7")
        t.eq([(a.kind, a.rcode) for a in many], [("ok", "NOERROR")] * 200,
             f"{server.name}: 200 updates on few connections")
        t.eq(server.rdatas(f"n199.{zone.name}", "A"), ["192.0.2.7"], "the last of them is there")
        many = ask_all("-T", "udp", "-n", "100", at, "query", f"n%d.{zone.name}", "A")
        t.eq(sum(a.kind == "ok" and a.answers == 1 for a in many), 100, "100 questions over UDP")
        server.stop()


def hostile_udp(t, key, server, want):
    def update(*more, ms=900):
        return ask("-T", "udp", "-t", str(ms), "-u", "300", "-k", key.file(t), *more, str(server),
                   "add", "mail.example", "x.mail.example", "60", "A", "192.0.2.1")

    def query(*more, ms=900):
        return ask("-T", "udp", "-t", str(ms), "-u", "200", *more, str(server), "query",
                   "mail.example", "A")

    never = {
        "nothing": lambda q: None,
        "garbage": lambda q: b"garbage",
        "an empty datagram": lambda q: b"",
        "a wrong id": lambda q: q.header(id=q.id ^ 1),
        "an unsigned NOERROR": lambda q: q.header(),
        "a forged MAC": lambda q: forged(q.signed(key)),
        "the question itself": lambda q: q.wire,
        "a reply cut short": lambda q: q.signed(key).to_wire()[:-9],
        "octets behind the end": lambda q: q.signed(key).to_wire() + b"x",
        "a reply from another port": lambda q: Spoof(q.signed(key)),
        "a reply to a query": lambda q: struct.pack("!HHHHHH", q.id, 0x8000, 0, 0, 0, 0),
    }
    for name, how in never.items():
        want["how"] = how
        before = len(server.queries)
        a = update()
        t.ok(a.kind == "retry" and a.sent and a.took < 5, f"UDP, {name}: its fate is unknown", a.why)
        t.eq(len(server.queries) - before, 1, "and the update went out once")
    want["how"] = lambda q: None
    before = len(server.queries)
    t.eq(update("-R").kind, "retry", "with leave to send it again")
    ids = {q.id for q in server.queries[before:]}
    t.ok(len(server.queries) - before == 3 and len(ids) == 3, "it went out three times, ids fresh")

    want["how"] = lambda q: [q.header(), forged(q.signed(key)), q.signed(key), q.signed(key)]
    a = update()
    t.eq((a.kind, a.verdict), ("ok", 1), "UDP: a good reply behind two bad ones counts")
    want["how"] = lambda q: [q.header("REFUSED"), q.signed(key)]
    t.eq(update().kind, "ok", "UDP: a good reply overtakes an error that nobody signed")
    want["how"] = lambda q: q.header("REFUSED")
    a = update(ms=5000)
    t.eq((a.kind, a.rcode, a.verdict), ("refused", "REFUSED", CLAIMED),
         "UDP: an error that nobody signed is told as a claim")
    t.ok(a.took < 3, "without waiting for the end of time")

    want["how"] = lambda q: q.reply() if q.number % 2 else None
    first = query()
    second = query()
    t.eq((first.kind, second.kind), ("ok", "ok"), "UDP: a lost question is asked again")
    t.eq(sorted([first.attempts, second.attempts])[1], 2, "once")
    want["how"] = lambda q: Drip(q.reply(), 0.3)
    a = query()
    t.eq((a.kind, a.attempts), ("ok", 2), "UDP: a late reply to the first attempt counts")


def hostile_tcp(t, key, server, want):
    def update(*more, ms=900):
        return ask("-T", "tcp", "-t", str(ms), "-k", key.file(t), *more, str(server),
                   "add", "mail.example", "x.mail.example", "60", "A", "192.0.2.1")

    def framed(q, cut):
        wire = q.signed(key).to_wire()
        return Raw((struct.pack("!H", len(wire)) + wire)[:cut])

    never = {
        "nothing": lambda q: None,
        "garbage": lambda q: b"garbage",
        "a message of length 0": lambda q: b"",
        "a wrong id": lambda q: q.header(id=q.id ^ 1),
        "an unsigned NOERROR": lambda q: q.header(),
        "a forged MAC": lambda q: forged(q.signed(key)),
        "half a message": lambda q: framed(q, 20),
        "half a message, then the end": lambda q: [framed(q, 20), CLOSE],
        "one octet of the length": lambda q: framed(q, 1),
        "the end": lambda q: CLOSE,
        "a slow drip": lambda q: Drip(q.signed(key), 0.3),
        "octets behind the end": lambda q: q.signed(key).to_wire() + b"x",
        "the question itself": lambda q: q.wire,
    }
    for name, how in never.items():
        want["how"] = how
        before = len(server.queries)
        a = update()
        t.ok(a.kind == "retry" and a.sent and a.took < 5, f"TCP, {name}: its fate is unknown", a.why)
        t.eq(len(server.queries) - before, 1, "and the update went out once")
    want["how"] = lambda q: [q.header(id=q.id ^ 1), q.signed(key), q.signed(key)]
    t.eq(update().kind, "ok", "TCP: a reply behind a stranger's counts, its double does no harm")
    want["how"] = lambda q: Drip(q.signed(key), 0.001)
    t.eq(update(ms=5000).kind, "ok", "TCP: a reply in single octets")
    want["how"] = lambda q: CLOSE if q.number % 2 == 0 else q.reply()
    answers = ask_all("-T", "tcp", "-t", "3000", "-n", "2", "-o", str(server), "query",
                      "mail.example", "A")
    t.eq([a.kind for a in answers], ["ok"] * 2, "TCP: a question is asked again on a new connection")
    want["how"] = lambda q: [q.reply(), CLOSE]
    answers = ask_all("-T", "tcp", "-t", "5000", "-n", "12", "-c", "1", str(server), "query",
                      "mail.example", "A")
    t.eq([a.kind for a in answers], ["ok"] * 12, "TCP: a server that ends each connection")
    a = ask("-T", "tcp", str(server), "query", "mail.example", "AXFR")
    t.eq((a.kind, a.sent), ("usage", False), "a zone transfer is refused")
    want["how"] = lambda q: q.header("REFUSED")
    a = update()
    t.eq((a.kind, a.verdict), ("refused", CLAIMED), "TCP: an error that nobody signed")

    # Replies in the reverse order of the questions, all on one connection.
    held = []

    def backwards(q):
        held.append(q)
        if len(held) < 8:
            return None
        replies = [x.signed(key) for x in reversed(held)]
        held.clear()
        return replies

    want["how"] = backwards
    answers = ask_all("-T", "tcp", "-t", "5000", "-n", "8", "-f", "8", "-c", "1", "-k", key.file(t),
                      str(server), "add", "mail.example", "x%d.mail.example", "60", "A",
                      "192.0.2.1")
    t.eq([a.kind for a in answers], ["ok"] * 8, "TCP: replies in any order")


def times(t, key, server, want):
    def late(seconds):
        def how(q):
            r = q.signed(key)
            r.to_wire()
            now = time.time
            try:
                time.time = lambda: now() + seconds
                return r.to_wire()
            finally:
                time.time = now
        return how

    def update():
        return ask("-T", "tcp", "-t", "900", "-k", key.file(t), str(server), "add",
                   "mail.example", "x.mail.example", "60", "A", "192.0.2.1")

    want["how"] = late(-900)
    a = update()
    t.eq((a.kind, a.verdict), ("retry", BAD_TIME), "a reply signed at another time does not count")
    t.ok(-905 < a.skew < -895, "and the skew is told", a.skew)
    want["how"] = late(60)
    t.eq(update().kind, "ok", "within the fudge it does")

    other = TsigKey("other", key.algorithm)
    weak = TsigKey(key.name, "hmac-sha1")

    def with_key(k):
        def how(q):
            r = q.reply()
            r.use_tsig(k.ring())
            return r
        return how

    want["how"] = with_key(other)
    t.eq(update().verdict, WRONG_KEY, "a reply of another key is told")
    want["how"] = with_key(weak)
    t.eq(update().verdict, WRONG_ALGORITHM, "a reply of a weaker algorithm is told")


def truncation(t, server, want):
    def how(q):
        if not q.tcp:
            r = q.reply()
            r.flags |= dns.flags.TC
            return r
        return q.reply(answer=[dns.rrset.from_text("mail.example.", 60, "IN", "A", "192.0.2.1")])

    want["how"] = how
    a = ask("-t", "3000", str(server), "query", "mail.example", "A")
    t.eq((a.kind, a.used, a.answers), ("ok", "tcp", 1), "a truncated reply leads to TCP")
    a = ask("-t", "800", "-b", "127.0.0.77", str(server), "query", "mail.example", "A")
    t.ok(a.kind == "ok" and server.queries[-1].client[0] == "127.0.0.77", "the source address")
    addr = free_addr()
    for transport, most in (("udp", 3), ("tcp", 3)):
        a = ask("-T", transport, "-t", "5000", f"{addr}@5300", "query", "mail.example", "A")
        t.ok(a.kind == "retry" and not a.sent and a.took < most,
             f"{transport}: where nobody listens nothing was sent, and it is told soon", a.why)


with Test() as t:
    if not os.access(ASK, os.X_OK):
        t.skip_all("tests/tools/exchange is not built")
    with t.case("real servers"):
        interop(t)
    key = TsigKey()
    want = {"how": lambda q: None}
    server = HostileServer(t, lambda q: want["how"](q), key=key)
    with t.case("hostile over UDP"):
        hostile_udp(t, key, server, want)
    with t.case("hostile over TCP"):
        hostile_tcp(t, key, server, want)
    with t.case("time, key and algorithm"):
        times(t, key, server, want)
    with t.case("truncation and addresses"):
        truncation(t, server, want)
