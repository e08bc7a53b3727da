#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Scripts drawn at random, run by nsupdate and by zonepub: zones, exit codes and rcodes agree.

Every third has up to 16 updates in flight, which nobody must be able to tell.

ZP_SEED and ZP_SCRIPTS repeat and extend it; ZP_SCRIPT=N runs the one script N of that seed.
"""

import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from zp import Named, Test, TsigKey, Zone, zonepub             # noqa: E402
from zp.differ import RECORDS, content, rcodes, reference      # noqa: E402
from zp.proc import need                                       # noqa: E402

MORE_RECORDS = """
    _25._tcp.host TLSA 3 1 1 0000000000000000000000000000000000000000000000000000000000000001
    sub NS ns.sub
    ns.sub A 192.0.2.30
"""
NAMES = ("host", "multi", "alias", "txt", "_25._tcp.host", "sub", "x.sub", "new", "NEW", "a.b.c",
         "*.wild", "_dmarc", r"a\.b", r"a\032b", r"\065", "under_score", "-dash", "@")
DATA = {
    "A": ("192.0.2.1", "192.0.2.10", "192.0.2.256", "192.0.2", "0.0.0.0", "1.2.3.4 5", "192.0.2.010"),
    "AAAA": ("2001:db8::1", "::ffff:192.0.2.1", "::", "2001:db8::g", "1::2::3"),
    "TXT": ('"a b"', "plain", '"a" "b"', "two words", r'"q\"uote"', r'"\000\255"', '""', '"open',
            "semi;colon", '"semi;colon"', "(paren)", r"back\\slash", '"a"b"c"', "v=spf1 -all",
            '"v=DMARC1; p=none"', r"\300", "'single'", "tab\tbed", '"x"y'),
    "CNAME": ("host.ZONE.", "host.ZONE", "other.example.", "rel", ".", "a..b", ""),
    "MX": ("10 host.ZONE.", "0 .", "10", "65536 host.ZONE.", "-1 host.ZONE.", "10 bad_name.ZONE.",
           "10 host", "0x10 host.ZONE."),
    "NS": ("ns.sub.ZONE.", "ns1.example.", "bad_ns.example."),
    "PTR": ("host.ZONE.", "under_score.ZONE."),
    "SRV": ("0 1 587 host.ZONE.", "0 0 0 .", "0 1 host.ZONE.", "0 1 70000 host.ZONE."),
    "TLSA": ("3 1 1 " + "ab" * 32, "3 1 1 " + "AB" * 16 + " " + "cd" * 16, "3 1 1 abc", "3 1 1",
             "256 1 1 " + "ab" * 32, "3 1 1 zz"),
    "CAA": ('0 issue "letsencrypt.org"', "0 issue letsencrypt.org", '128 iodef "mailto:a@b.example"',
            '0 issue ";"', "0 issue ;", '256 issue "x"', '0 is-sue "x"'),
    "SSHFP": ("4 2 " + "0f" * 32, "4 2", "1 1 " + "0f" * 20),
    "DS": ("12345 13 2 " + "0f" * 32, "12345 ECDSAP256SHA256 2 " + "0f" * 32, "1 2 3"),
    "SOA": ("ns1.ZONE. hostmaster.ZONE. 9000 3600 600 86400 300", "ns1.ZONE. h.ZONE. 1 2 3",
            "ns1.ZONE. hostmaster.ZONE. 9000 1h 10m 1d 5m"),
    "HTTPS": ("1 . alpn=h2", '1 svc.ZONE. alpn="h2,h3" port=443', "0 svc.ZONE."),
    "URI": ('10 1 "https://host.example/"', "10 1 https://host.example/"),
    "HINFO": ('"PC" "Linux"', "PC Linux"),
    "NAPTR": ('100 10 "u" "E2U+sip" "!^.*$!sip:a@b.example!" .',),
    "LOC": ("52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m",),
    "OPENPGPKEY": ("mQENBFL0vQ8BCAC=", "%%%"),
    "SMIMEA": ("3 0 1 " + "ab" * 32,),
    "DNAME": ("other.example.",),
    "RP": ("hostmaster.ZONE. txt.ZONE.",),
    "TYPE65280": (r"\# 4 0A000001", r"\# 4 0a 00 00 01", r"\# 3 0A000001", r"\# 0", "text", r"\#"),
    "A ": (r"\# 4 0A000001", r"\# 5 0A00000101"),
    "RRSIG": ("A 13 2 60 20300101000000 20200101000000 1 ZONE. AAAA",),
    "ANY": ("x", ""),
    "BOGUS": ("x",),
    "SPF": ('"v=spf1 -all"',),
}
TTLS = ("60", "60", "60", "3600", "0", "2147483647", "2147483648", "4294967296", "1h", "-1", "x")
CLASSES = ("IN", "in", "ANY", "CLASS1", "CLASS256")


class Draw:
    """One script from a seed."""

    def __init__(self, seed):
        self.r = random.Random(seed)

    def few(self, permille):
        return self.r.randrange(1000) < permille

    def case(self, word):
        return self.r.choice((word.upper(), word.title())) if self.few(100) else word

    def name(self):
        text = self.r.choice(NAMES)
        if text == "@":
            text = "ZONE" if self.few(800) else "@"
        elif self.few(970):
            text += ".ZONE"
        if self.few(60):
            return self.r.choice(("outside.example", "x" * 64 + ".ZONE", "a..ZONE", ".", "ZONE.ZONE"))
        return text + ("." if self.few(600) else "")

    def kind(self):
        return self.r.choice(list(DATA))

    def data(self, kind):
        return self.r.choice(DATA[kind])

    def klass(self):
        return [self.r.choice(CLASSES[:2] if self.few(900) else CLASSES)] if self.few(300) else []

    def add(self):
        kind = self.kind()
        words = ["add", self.name()]
        if self.few(930):
            words.append("60" if self.few(850) else self.r.choice(TTLS))
        return words + self.klass() + [self.case(kind.strip()), self.data(kind)]

    def delete(self):
        words = [self.r.choice(("delete", "del")), self.name()]
        if self.few(150):
            words.append(self.r.choice(TTLS))
        words += self.klass()
        if self.few(800):
            kind = self.kind()
            words.append(self.case(kind.strip()))
            if self.few(400):
                words.append(self.data(kind))
        return words

    def prereq(self):
        word = self.r.choice(("yxdomain", "nxdomain", "yxrrset", "nxrrset"))
        words = [word, self.name()]
        if word.endswith("rrset"):
            kind = self.kind()
            words += self.klass() + [self.case(kind.strip())]
            if self.few(400):
                words.append(self.data(kind))
        return words

    def statement(self):
        which = self.r.randrange(100)
        if which < 55:
            words, head = self.add(), "update"
        elif which < 80:
            words, head = self.delete(), "update"
        elif which < 90:
            words, head = self.prereq(), "prereq"
        else:
            return self.r.choice((
                "send", "", "; a comment", "ttl 120", "ttl none", "ttl x", "class IN", "class ANY",
                "check-names off", "check-names on", "zone ZONE", "zone", "show", "answer",
                "  send  ", "\t", "check-names", "version", "zone other.example", ";send", "# x",
                "quit", "zone ZONE. extra"))
        words[0] = self.case(words[0])
        if self.few(700):
            words.insert(0, self.case(head))
        return self.spoil(self.r.choice((" ", " ", " ", "  ", "\t")).join(words))

    def spoil(self, line):
        if not self.few(50):
            return line
        at = self.r.randrange(len(line) + 1)
        which = self.r.randrange(4)
        if which == 0:
            return line[:at]
        if which == 1:
            return line[:at] + self.r.choice('";\\() .@#$*\t') + line[at:]
        if which == 2:
            return line[:at] + line[at + 1:]
        return line + self.r.choice((" ", "\t ", "\r", " ; behind", " extra"))

    def script(self):
        lines = ["server SERVER"]
        if self.few(700):
            lines.append("zone ZONE")
        for _ in range(self.r.randrange(1, 5)):
            lines += [self.statement() for _ in range(self.r.randrange(1, 5))]
            if self.few(900):
                lines.append("send" if self.few(800) else "")
        return "\n".join(lines) + ("\n" if self.few(950) else "")


def compare(t, server, label, text, zones, key_file, more=()):
    def fill(zone):
        return (text.replace("ZONE", zone.name.rstrip("."))
                .replace("SERVER", f"{server.addr} {server.port}").encode())

    rc, err = reference(["-k", key_file], fill(zones[0]))
    ours = zonepub("nsupdate", "-k", key_file, *more, input=fill(zones[1]))
    want, got = content(server, zones[0]), content(server, zones[1])
    agree = ours.rc == rc and want == got and rcodes(ours.err) == rcodes(err)
    t.ok(agree, label, f"{text}\nnsupdate: {rc}\n{err}\nzonepub: {ours.rc}\n{ours.err}\n"
         f"only nsupdate: {sorted(set(want) - set(got))}\nonly zonepub: {sorted(set(got) - set(want))}")


with Test() as t:
    need("nsupdate")
    seed = int(os.environ.get("ZP_SEED", "20261130"))
    numbers = range(int(os.environ.get("ZP_SCRIPTS", "120")))
    if "ZP_SCRIPT" in os.environ:
        numbers = [int(os.environ["ZP_SCRIPT"])]
    key = TsigKey()
    key_file = key.file(t)
    named = Named(t)
    zones = {}
    for number in numbers:
        zones[number] = [Zone(f"{side}{number}.test", RECORDS + MORE_RECORDS, signed=None, key=key)
                         for side in ("a", "b")]
        for zone in zones[number]:
            named.primary(zone)
    named.start(timeout=60)
    for number in numbers:
        more = ("--pipeline", "16") if number % 3 == 0 else ()
        compare(t, named, f"script {number} of seed {seed} {' '.join(more)}",
                Draw(f"{seed}/{number}").script(), zones[number], key_file, more)
