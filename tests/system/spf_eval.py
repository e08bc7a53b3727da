#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""zonepub spf-eval as a command: output, exit codes, usage, time limit, DNSSEC.

What SPF records mean is the matter of spf_suite.py.
"""
import sys
import time

sys.path[0] += "/lib"
from zp import *
from zp.tabledns import SILENT, TableDns

KEYS = ["result", "mechanism", "lookups", "void_lookups", "explanation"]
# Anchors: one that covers nothing here, and a root key that nobody has.
ELSEWHERE = "anchor.invalid. IN DS 1 13 2 " + 64 * "0" + "\n"
OTHER_ROOT = ". IN DS 1 13 2 " + 64 * "0" + "\n"

RECORDS = {
    "x.example": [("TXT", ["v=spf1 a mx include:inc.example ip4:192.0.2.0/28 ", "-all exp=why.x.example"]),
                  ("TXT", "unrelated"), ("A", "198.51.100.1"), ("MX", (10, "mx1.x.example")),
                  ("MX", (20, "mx2.x.example"))],
    "mx1.x.example": [("A", "198.51.100.2"), ("AAAA", "2001:db8::2")],
    "mx2.x.example": [("CNAME", "real.x.example")],
    "real.x.example": [("A", "198.51.100.3"), ("AAAA", "2001:db8::3")],
    "inc.example": [("TXT", "v=spf1 ?all")],
    "why.x.example": [("TXT", "%{i} is no host of %{d}, says %{r}")],
    "void.example": [("TXT", "v=spf1 a:n1.example a:n2.example a:n3.example +all")],
    "helo.example": [("TXT", "v=spf1 ip4:192.0.2.25 -all")],
    "silent.example": [SILENT],
    "slow.example": [("TXT", "v=spf1 a:s1.example a:s2.example a:s3.example +all"), SILENT],
    "s1.example": [SILENT], "s2.example": [SILENT], "s3.example": [SILENT],
    "big.example": [("TXT", f"v=spf1 {' '.join(f'ip4:198.51.{i}.0/24' for i in range(250))} ip4:192.0.2.9 -all")],
    "ctrl.example": [("TXT", "v=spf1 a:x\x1b[2J.example -all")],
    "exp.example": [("TXT", "v=spf1 -all exp=raw.exp.example")],
    "raw.exp.example": [("TXT", "\x1b[2J")],
}


def evaluate(dns, sender, *more, ip="192.0.2.1", helo="helo.example", anchor=None, **options):
    return zonepub("spf-eval", f"--resolver={dns.at}", f"--trust-anchor={anchor or elsewhere}",
                   f"--ip={ip}", f"--sender={sender}", f"--helo={helo}", *more, **options)


def took(function):
    begin = time.monotonic()
    return function(), time.monotonic() - begin



def outputs(t, dns):
    r = evaluate(dns, "u@x.example")
    t.rc(r, 0, "a pass")
    lines = r.out.splitlines()
    t.eq(lines[0].split()[0], "pass", "the result is the first word")
    t.has(r.out, "ip4:192.0.2.0/28", "the mechanism that matched is shown")
    t.has(r.out, "3 of 10", "and the look-ups used")
    t.eq(r.err, "", "nothing else is said")

    r = evaluate(dns, "u@x.example", "--json", "--receiver=rx.example", ip="203.0.113.9")
    t.rc(r, 0, "a fail is a result")
    t.eq(r.json(), {"result": "fail", "mechanism": "-all", "lookups": 3, "void_lookups": 0,
                    "explanation": "203.0.113.9 is no host of x.example, says rx.example"},
         "its JSON document")
    t.eq(list(r.json()), KEYS, "with the members in order")

    r = evaluate(dns, "u@void.example", "--json")
    t.rc(r, 0, "a permerror is a result")
    t.eq(r.json(), {"result": "permerror", "mechanism": None, "lookups": 3, "void_lookups": 3,
                    "explanation": None}, "a third void look-up is one too many")
    t.has(r.err, "n3.example", "standard error names the term")
    t.eq(evaluate(dns, "u@void.example", "--json", "--quiet").err, "", "--quiet does not")

    for sender, ip, result in (("", "192.0.2.25", "pass"), ("<>", "192.0.2.26", "fail"),
                               ("<u@x.example>", "192.0.2.1", "pass"),
                               ("u@x.example", "::ffff:192.0.2.1", "pass"),
                               ("u@x.example", "2001:db8::3", "pass"),
                               ("u@x.example", "198.51.100.3", "pass"),
                               ("u@nothing.example", "192.0.2.1", "none"),
                               ("u@inc.example", "192.0.2.1", "neutral"),
                               ("u@big.example", "192.0.2.9", "pass")):
        r = evaluate(dns, sender, "--json", ip=ip)
        t.eq(r.rc == 0 and r.json()["result"], result, f"'{sender}' from {ip}: {result}")

    for sender in ("u@ctrl.example", "u@exp.example", "\x1b[2J@exp.example", "u@\x1b[2J.example"):
        for form in ((), ("--json",)):
            r = evaluate(dns, sender, *form)
            t.ok(r.rc == 0 and "\x1b" not in r.out + r.err, f"{sender!r}: no control characters",
                 repr(r.out + r.err))


def laziness(t, dns):
    dns.asked.clear()
    evaluate(dns, "u@x.example", ip="198.51.100.1")
    asked = {(name, kind) for name, kind in dns.asked if str(name) == "x.example."}
    t.eq(sorted(kind for _, kind in asked), ["A", "TXT"],
         "nothing is asked behind the term that matches")


def usage(t, dns):
    good = {"ip": "--ip=192.0.2.1", "sender": "--sender=u@x.example", "helo": "--helo=h.example"}
    for what, words in (("no address", [good["sender"], good["helo"]]),
                        ("no identity", [good["ip"]]),
                        ("an empty sender without a HELO name", [good["ip"], "--sender=<>"]),
                        ("a bad address", ["--ip=192.0.2.256", good["sender"], good["helo"]]),
                        ("a prefix", ["--ip=192.0.2.0/24", good["sender"], good["helo"]]),
                        ("an argument", [*good.values(), "x.example"]),
                        ("no time", [*good.values(), "--timeout=0"]),
                        ("a bad time", [*good.values(), "--timeout=soon"]),
                        ("an unknown option", [*good.values(), "--hello=x"]),
                        ("a bad resolver", [*good.values(), "--resolver=nowhere@port"]),
                        ("a missing trust anchor",
                         [*good.values(), f"--resolver={dns.at}", "--trust-anchor=/nonexistent"])):
        r = zonepub("spf-eval", *words)
        t.rc(r, 2, f"{what} is a usage error")
        t.ok(r.out == "" and r.err != "", f"{what}: a message and no result", str(r))
    r = zonepub("spf-eval", "--help")
    t.rc(r, 0, "--help")
    t.has(r.out, "--sender", "lists the options")
    r = zonepub("spf-eval", good["ip"], good["sender"], f"--resolver={dns.at}",
                f"--trust-anchor={elsewhere}")
    t.rc(r, 0, "a sender goes without a HELO name")


def configuration(t, dns):
    words = ["spf-eval", "--json", "--ip=192.0.2.1", "--sender=u@x.example"]
    good = t.write("good.conf", 'resolver {\n'
                   f'\tforward = "{dns.at}"\n\ttrust-anchor = "{elsewhere}"\n}}\n')
    r = zonepub(*words, config=good)
    t.eq(r.rc == 0 and r.json()["result"], "pass", "the resolver of the configuration is asked")
    r = zonepub(*words, env={"ZONEPUB_CONFIG": good})
    t.eq(r.rc == 0 and r.json()["result"], "pass", "also where the environment names the file")
    stub = t.write("stub.conf", f'resolver {{\n\ttrust-anchor = "{elsewhere}"\n'
                   f'\tstub "example" {{ servers = {{"{dns.at}"}} }}\n}}\n')
    r = zonepub(*words, config=stub)
    t.eq(r.rc == 0 and r.json()["result"], "pass", "and the servers of a stub")
    for name, text, part in (("missing.conf", None, "missing.conf"),
                             ("bad.conf", "resolver { forwards = x }\n", "bad.conf:1"),
                             ("bad2.conf", 'resolver { forward = "nowhere" }\n', "nowhere")):
        path = t.write(name, text) if text else t.path(name)
        r = zonepub(*words, config=path)
        t.rc(r, 2, f"{name} is a configuration error")
        t.has(r.err, part, f"{name}: the message says where")
        t.eq(r.out, "", f"{name}: no result")


def limits(t, dns):
    r, seconds = took(lambda: evaluate(dns, "u@silent.example", "--json", "--timeout=1"))
    t.eq(r.json()["result"], "temperror", "no answer is a temperror")
    t.ok(0.9 < seconds < 3, f"after the time limit of 1 s ({seconds:.1f} s)")
    r, seconds = took(lambda: evaluate(dns, "u@slow.example", "--json", "--timeout=1"))
    t.eq(r.json()["result"], "temperror", "a silent server of an address as well")
    t.ok(seconds < 3, f"the limit is for all look-ups together ({seconds:.1f} s)")


def dnssec(t, dns):
    other_root = t.write("other-root", OTHER_ROOT)
    r = evaluate(dns, "u@x.example", "--json", anchor=other_root)
    t.eq(r.json()["result"], "pass", "a resolver without the anchor's tree is believed")

    records = '@ TXT "v=spf1 ip4:192.0.2.1 -all"\n'
    nsd, tree = Nsd(t), Tree(t, "tree")
    for name in ("good", "bogus"):
        zone = Zone(f"{name}.tree", records, signed="nsec", ttl=3, negative=2)
        path = t.path("zones", name)
        nsd.static(zone, path)
        zone.keys = ZoneKeys(t, zone.name)
        sign_file(zone.text(), zone.keys, path)
        if name == "bogus":
            bogus_file(path, zone.name, f"{name}.tree.", "TXT")
        tree.add(zone)
    nsd.start()
    tree.start()
    unbound = tree.resolver().start()
    for name, result in (("good", "pass"), ("bogus", "temperror")):
        r = evaluate(unbound, f"u@{name}.tree", "--json", anchor=tree.anchor_file)
        t.eq(r.json()["result"], result, f"a {name} record: {result}")


with Test() as t:
    elsewhere = t.write("elsewhere", ELSEWHERE)
    table = TableDns(t, RECORDS)
    for part in (outputs, laziness, usage, configuration, limits, dnssec):
        with t.case(part.__name__):
            part(t, table)
