#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""lint: the contract of its output and exit codes."""
import sys

sys.path[0] += "/lib"
from zp import *
from zp.tabledns import SILENT, TableDns

LEVELS = ("error", "warning", "info")
NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
DIGEST = "00" * 31 + "01"

CLEAN = {
    "spf": "v=spf1 mx -all",
    "dmarc": "v=DMARC1; p=reject; rua=mailto:a@example.com",
    "tlsa": f"3 1 1 {DIGEST}",
    "mta-sts": "v=STSv1; id=20260101;",
    "tls-rpt": "v=TLSRPTv1; rua=mailto:a@example.com",
}
# kind, text, level and code of a finding that must be there
FOUND = [
    ("spf", "v=spf1 " + " ".join(f"a:h{i}.example.com" for i in range(11)) + " -all", "error",
     "spf-too-many-lookups"),
    ("spf", "v=spf1 ptr -all", "warning", "spf-ptr"),
    ("dkim", "v=DKIM1; p=", "info", "dkim-revoked"),
    ("dkim", "v=DKIM1; p=!", "error", "dkim-base64"),
    ("dmarc", "v=DMARC1; p=drop", "error", "dmarc-bad-value"),
    ("dmarc", "v=DMARC1; p=none; pct=50", "warning", "dmarc-removed-tag"),
    ("tlsa", f"3 1 1 {NOTHING}", "error", "tlsa-digest-of-nothing"),
    ("tlsa", f"1 1 1 {DIGEST}", "warning", "tlsa-pkix-usage"),
    ("mta-sts", "v=STSv1", "error", "mta-sts-no-id"),
    ("tls-rpt", "v=TLSRPTv1; rua=ftp://x.example/", "error", "tls-rpt-uri-scheme"),
]

MANY = " ".join(f"a:h{i}.example" for i in range(5))
TABLE = {
    **{f"h{i}.example": [("A", "192.0.2.1"), ("AAAA", "2001:db8::1")] for i in range(12)},
    "x.example": [("MX", (10, "h1.example")), ("TXT", "v=spf1 -all"), ("TXT", "t" * 255),
                  ("TXT", "u" * 200), ("A", "192.0.2.1"), ("AAAA", "2001:db8::1")],
    "five.example": [("TXT", f"v=spf1 {MANY} -all")],
    "deep.example": [("TXT", "v=spf1 include:five.example include:five.example ?all")],
    "loop.example": [("TXT", "v=spf1 include:loop.example -all")],
    "bad.example": [("TXT", "v=spf1 ip4:300.1.1.1 -all")],
    "two.example": [("TXT", "v=spf1 -all"), ("TXT", "v=spf1 ~all")],
    "mx.example": [("MX", (10, f"h{i}.example")) for i in range(11)],
    "four.example": [("A", "192.0.2.1")],
    "silent.example": [SILENT],
}
ANCHOR = "anchor.invalid. IN DS 1 13 2 " + 64 * "0" + "\n"


def resolve(t, dns, anchor):
    def codes(text, *more):
        done = zonepub("lint", "spf", "--resolve", f"--resolver={dns.at}",
                       f"--trust-anchor={anchor}", *more, text)
        found = [s.split()[1] for s in done.out.splitlines()]
        t.ok(done.rc == (3 if "error" in done.out else 0), "the exit code goes by the level", done)
        return found, done.out
    t.eq(codes("v=spf1 include:five.example -all")[0], [], "six look-ups are fine")
    found, out = codes("v=spf1 include:deep.example -all")
    t.eq(found, ["spf-too-many-lookups"], "included look-ups count")
    t.has(out, "13 look-ups", "all of them")
    t.eq(codes("v=spf1 redirect=deep.example")[0], ["spf-too-many-lookups"], "redirected ones as well")
    t.has(codes("v=spf1 include:loop.example -all")[1], "spf-too-many-lookups", "a loop ends")
    t.eq(codes("v=spf1 -all include:deep.example")[0], ["spf-after-all"],
         "what is never reached does not count")
    t.eq(codes("v=spf1 include:bad.example -all")[0], ["spf-include-syntax"], "a bad include")
    t.eq(codes("v=spf1 include:none.example -all")[0], ["spf-include-none"], "a missing include")
    t.eq(codes("v=spf1 include:two.example -all")[0], ["spf-include-several"], "a double include")
    t.eq(codes("v=spf1 mx:mx.example -all")[0], ["spf-too-many-mx"], "eleven MX hosts")
    t.eq(codes("v=spf1 a:n1.example a:n2.example a:h1.example -all")[0], [], "two void look-ups")
    t.eq(codes("v=spf1 a:n1.example a:n2.example mx:n3.example -all")[0],
         ["spf-too-many-void-lookups"], "three are too many")
    t.eq(codes("v=spf1 a:n1.example a:n2.example a:four.example -all")[0],
         ["spf-too-many-void-lookups"], "for clients of one family, too")
    t.eq(codes("v=spf1 exists:%{i}.n1.example a:%{d}.n2.example a:n3.example -all")[0], [],
         "names with macros are not asked for")
    t.eq(codes("v=spf1 a mx -all")[0], [], "without a domain nothing is asked about it")
    t.eq(codes("v=spf1 a mx -all", "--domain", "x.example")[0], ["spf-answer-long"],
         "the other TXT records are looked at")
    t.eq(codes("v=spf1 a:silent.example -all")[0][:1], ["spf-no-answer"], "no answer is a warning")
    for args in (["dkim", "--resolve", "v=DKIM1; p="], ["spf", "--domain", "x.example", "v=spf1 -all"],
                 ["spf", "--resolve", "--domain", "x..example", "v=spf1 -all"]):
        t.rc(zonepub("lint", *args), 2, f"{args} is a usage error")


with Test() as t:
    for kind, text in CLEAN.items():
        with t.case(f"clean {kind}"):
            done = zonepub("lint", kind, text)
            t.rc(done, 0, "exit 0")
            t.eq((done.out, done.err), ("", ""), "and nothing is printed")
            t.eq(zonepub("--json", "lint", kind, text).json(), [], "an empty list with --json")
            t.eq(zonepub("lint", kind, "-", input=text + "\n").out, "", "the same from standard input")
    for kind, text, level, code in FOUND:
        with t.case(code):
            done = zonepub("lint", kind, text)
            t.rc(done, 3 if level == "error" else 0, "the exit code goes by the level")
            lines = [s.split(" ", 2) for s in done.out.splitlines()]
            t.ok([level, code] in [s[:2] for s in lines], "it is found", done)
            t.ok(all(len(s) == 3 and s[0] in LEVELS for s in lines),
                 "each line is level, code and message", done)
            found = zonepub("lint", kind, text, "--json")
            t.rc(found, done.rc, "the exit code with --json is the same")
            t.eq([[f["level"], f["code"], f["message"]] for f in found.json()], lines,
                 "JSON says the same")
            t.ok(all(f["reference"].startswith("RFC ") for f in found.json()), "and names the RFC")
    with t.case("--resolve"):
        resolve(t, TableDns(t, TABLE), t.write("anchor", ANCHOR))
    with t.case("a set of TLSA records"):
        other = "00" * 31 + "02"
        done = zonepub("lint", "tlsa", "-", input=f"3 1 1 {DIGEST}\n3 1 1 {other}\n")
        t.eq(done.out, "", "current and next key are a rollover scheme")
        done = zonepub("lint", "tlsa", "-", input=f"3 1 1 {DIGEST}\n3 0 1 {other}\n")
        t.has(done.out, "tlsa-no-rollover-scheme", "two parameters for one key each are none")
    with t.case("an MTA-STS policy"):
        good = "version: STSv1\r\nmode: enforce\r\nmx: *.example.com\r\nmax_age: 604800\r\n"
        t.eq(zonepub("lint", "mta-sts", "-", input=good).out, "", "a good one is clean")
        t.rc(zonepub("lint", "mta-sts", "-", input=good.replace("enforce", "on")), 3,
             "a bad mode is an error")
    with t.case("usage"):
        for args in ([], ["spf"], ["spf", "a", "b"], ["mx", "x"], ["spf", "--nonsense", "x"]):
            done = zonepub("lint", *args)
            t.ok(done.rc == 2 and done.out == "" and "error" in done.err,
                 f"{args} is a usage error", done)
        done = zonepub("lint", "spf", "-", input=b"v=spf1\0 -all")
        t.ok(done.rc in (1, 2) and done.out == "", "a NUL octet is no text", done)
        done = zonepub("lint", "spf", "-", input="v=spf1 " + "a " * 40000)
        t.ok(done.rc == 2 and done.out == "", "neither is one that no record can hold", done)
        for text in ("\u00e4", "v=spf1 \u00e4 -all", "\x01", "v=DKIM1; p=\u00e4"):
            for kind in ("dkim", "spf", "dmarc", "tlsa", "mta-sts", "tls-rpt"):
                done = zonepub("lint", kind, text)
                t.ok(done.rc == 3 and done.out.isascii(), f"{text!r} is no {kind} record", done)
    with t.case("codes"):
        codes = zonepub("lint", "--codes")
        t.rc(codes, 0, "the codes are listed")
        for _, _, level, code in FOUND:
            t.ok(any(s.split()[:2] == [level, code] for s in codes.out.splitlines()),
                 f"{code} is among them")
