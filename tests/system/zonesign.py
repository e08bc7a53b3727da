#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Signing of master files, judged by other programs, and the answers NSD gives from the result."""
import os
import subprocess
import sys
import time

sys.path[0] += "/lib"
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset
from zp import *

TOOL = os.path.join(os.environ.get("top_builddir", "."), "tests/tools/zonefile")
ZONE = """$TTL 3600
@ IN SOA ns1 hostmaster 7 3600 900 604800 300
@ NS ns1
@ NS ns2.other.example.
@ MX 10 mx
@ TXT "v=spf1 mx -all"
@ CAA 0 issue "ca.example"
ns1 A 127.0.0.1
mx A 127.0.0.2
   AAAA ::2
_25._tcp.mx TLSA 3 1 1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
*.wild TXT "w"
exact.wild A 127.0.0.3
sub NS ns1.sub
sub NS ns1
ns1.sub A 127.0.0.4
deep.sub AAAA ::4
secure NS ns1
secure DS 12345 13 2 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
a.b.c.ent TXT "deep"
a.x.del NS ns1
\\000weird\\.label A 127.0.0.5
UPPER A 127.0.0.6
cd CNAME mx
big TYPE65400 \\# 3 010203
"""
NAMES = ["", "ns1", "mx", "_tcp.mx", "_25._tcp.mx", "nope", "a.nope", "a.b.nope", "zzz", "*.wild", "wild", "x.wild",
         "x.y.wild", "exact.wild", "x.exact.wild", "sub", "ns1.sub", "x.sub", "secure", "x.secure", "ent", "c.ent",
         "b.c.ent", "a.b.c.ent", "z.c.ent", "del", "x.del", "a.x.del", "upper", "cd", "big", "-", "_"]
TYPES = ["A", "TXT", "TLSA", "DS", "NS", "MX", "CNAME", "NSEC", "DNSKEY", "TYPE65400"]
ALGORITHMS = {"RSASHA256": 8, "RSASHA512": 10, "ECDSAP256SHA256": 13, "ECDSAP384SHA384": 14, "ED25519": 15}


def tool(*args, input=""):
    return subprocess.run([TOOL, *args], input=input, capture_output=True, text=True, timeout=60)


def keygen(folder, algorithm, ksk, maker="dnssec-keygen"):
    size = ["-b", "2048"] if algorithm.startswith("RSA") else []
    if maker == "dnssec-keygen":
        argv = [maker, "-q", "-a", algorithm, *size, *(["-f", "KSK"] if ksk else []), "sign.example"]
    else:
        argv = [maker, "-a", algorithm, *size, *(["-k"] if ksk else []), "sign.example"]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return os.path.join(folder, done.stdout.strip())


def verify(t, path, what):
    """Five programs, each of which judges differently."""
    for argv in (["named-checkzone", "-o", "/dev/null", "sign.example", path],
                 ["kzonecheck", "-o", "sign.example.", path],
                 ["nsd-checkzone", "sign.example", path],
                 ["ldns-verify-zone", path],
                 ["dnssec-verify", "-z", "-o", "sign.example", path]):
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
        t.eq(done.returncode, 0, f"{what}: {argv[0]} is content") or t.diag(done.stdout + done.stderr)


def matrix(t):
    for algorithm in ALGORITHMS:
        for kind in ("split", "single"):
            for nsec3 in (None, "1 0 0 -", "1 0 5 c0ffee"):
                maker = "ldns-keygen" if kind == "split" and nsec3 else "dnssec-keygen"
                what = f"{algorithm} {kind} {nsec3 or 'NSEC'} {maker}"
                keys = t.subdir(f"keys-{algorithm}-{kind}-{(nsec3 or 'n').replace(' ', '')}")
                keygen(keys, algorithm, True, maker)
                if kind == "split":
                    keygen(keys, algorithm, False, maker)
                extra = f"@ NSEC3PARAM {nsec3}\n" if nsec3 else ""
                path = t.write("sign.zone", ZONE + extra)
                if os.path.exists(path + ".signed"):
                    os.unlink(path + ".signed")
                done = tool("-k", keys, "apply", "sign.example", path)
                t.eq(done.stdout, "loaded 7 7 signed\n", f"{what}: signed") or t.diag(done.stderr)
                verify(t, path + ".signed", what)


def judge_keys(t):
    keys = t.subdir("rolling")
    path = t.write("keys.zone", ZONE.replace("TTL 3600", "TTL 60"))
    done = tool("-k", keys, "apply", "sign.example", path)
    t.ok(done.returncode != 0 and "no key of sign.example. that signs now" in done.stderr, "no key: refused")
    done = tool("-k", keys + "/absent", "apply", "sign.example", path)
    t.ok(done.returncode != 0 and "key folder" in done.stderr, "no folder: refused")

    ksk, zsk = keygen(keys, "ECDSAP256SHA256", True), keygen(keys, "ECDSAP256SHA256", False)
    later = keygen(keys, "ECDSAP256SHA256", False)
    subprocess.run(["dnssec-settime", "-K", keys, "-P", "now", "-A", "+1d", os.path.basename(later)], check=True,
                   capture_output=True)
    gone = keygen(keys, "ED25519", True)
    subprocess.run(["dnssec-settime", "-K", keys, "-I", "now", "-D", "now", os.path.basename(gone)], check=True,
                   capture_output=True)
    t.write(os.path.join(keys, "Kother.example.+013+00001.key"), "other.example. IN DNSKEY 257 3 13 AA==\n")
    tool("-k", keys, "apply", "sign.example", path)
    with open(path + ".signed") as f:
        text = f.read()
    tag = {name: int(name[-5:]) for name in (ksk, zsk, later, gone)}
    keyset = [line.split() for line in text.splitlines() if line.split()[3] == "DNSKEY"]
    t.eq(len(keyset), 3, "the keys of the past and of other zones are left out, a published one is in")
    t.hasnt(text, f" {tag[later]} sign.example.", "a key that is not active does not sign")
    signers = {line.split()[4]: int(line.split()[10]) for line in text.splitlines() if line.split()[3] == "RRSIG"}
    t.eq(signers["DNSKEY"], tag[ksk], "the DNSKEY set is signed by the key-signing key")
    t.eq(signers["SOA"], tag[zsk], "the rest by the other")
    verify(t, path + ".signed", "a key roll")
    ds = tool("ds", "sign.example", keys).stdout.split()
    other = subprocess.run(["dnssec-dsfromkey", "-2", ksk], capture_output=True, text=True).stdout.split()
    t.eq([ds[4:7], "".join(ds[7:]).upper()], [other[3:6], "".join(other[6:])], "the DS is that of dnssec-dsfromkey")

    mixed = t.subdir("mixed")
    a, b = keygen(mixed, "ECDSAP256SHA256", True), keygen(mixed, "ECDSAP256SHA256", True)
    os.replace(b + ".private", a + ".private")
    os.unlink(b + ".key")
    done = tool("-k", mixed, "apply", "sign.example", path)
    t.ok(done.returncode != 0 and "does not belong to" in done.stderr, "halves of two pairs: refused")
    os.unlink(a + ".private")
    done = tool("-k", mixed, "apply", "sign.example", path)
    t.ok(done.returncode != 0 and "no private half" in done.stderr, "a missing half: refused")

    made = t.subdir("made")
    base = tool("makekey", "sign.example", made).stdout.strip()
    t.eq(os.stat(base + ".private").st_mode & 0o777, 0o600, "a key of our own making is private")
    slash = t.subdir("slash")
    done = subprocess.run(["dnssec-keygen", "-q", "-a", "ED25519", "-f", "KSK", "0/25.2.0.192.in-addr.arpa"],
                          cwd=slash, capture_output=True, text=True, timeout=60)
    t.has(tool("ds", "0/25.2.0.192.in-addr.arpa", slash).stdout, " 15 2 ", "a zone with a slash in its name")
    base = tool("makekey", "0/25.2.0.192.in-addr.arpa", slash).stdout.strip()
    t.ok(os.path.exists(base + ".key"), f"{done.stdout.strip()} and a key of our own for it", base)
    t.has(tool("ds", "0/25.2.0.192.in-addr.arpa", slash).stdout, " 13 2 ", "which is found again")
    for extra, reason in (("@ NSEC3PARAM 1 0 500 -\n", "150"), ("@ NSEC3PARAM 1 1 0 -\n", "flags 0"),
                          ("@ RRSIG A 13 2 60 20300101000000 20200101000000 1 sign.example. AAAA\n",
                           "signed already")):
        bad = t.write("bad.zone", ZONE + extra)
        done = tool("-k", made, "apply", "sign.example", bad)
        t.ok(done.returncode != 0 and reason in done.stderr, f"refused: {reason}", done.stderr)
        t.ok(not os.path.exists(bad + ".signed"), "and nothing is written")


def answers(t, nsec3):
    """What the view says is what NSD says, octet for octet of the sections."""
    keys = t.subdir("view-keys" + ("3" if nsec3 else ""))
    tool("makekey", "sign.example", keys)
    path = t.write("view3.zone" if nsec3 else "view.zone", ZONE + ("@ NSEC3PARAM 1 0 2 ab\n" if nsec3 else ""))
    tool("-k", keys, "apply", "sign.example", path)
    nsd = Nsd(t)
    zone = Zone("sign.example", "")
    nsd.static(zone, path + ".signed")
    nsd.start()
    wrong = []
    count = 0
    for label in NAMES:
        for kind in TYPES:
            owner = f"{label}.sign.example." if label else "sign.example."
            query = dns.message.make_query(owner, kind, want_dnssec=True)
            query.flags &= ~dns.flags.RD
            reply = dns.query.tcp(query, nsd.addr, port=nsd.port, timeout=5)
            said = tool("-k", keys, "answer", "sign.example", path, owner, kind)
            head, _, rest = said.stdout.partition("\n")
            answer, _, authority = rest.partition("--\n")
            assert said.returncode == 0, f"{owner} {kind}: {said}"
            outcome = head.split()[0]
            rcode = "NXDOMAIN" if outcome == "nxdomain" else "NOERROR"
            mine = (rcode, parse(answer), parse(authority))
            theirs = (dns.rcode.to_text(reply.rcode()), parse_sections(reply.answer, owner),
                      parse_sections(reply.authority, None))
            if outcome == "answer":
                # NSD adds the zone's NS set, and follows a CNAME to where it leads
                chased = any(r[1] == "CNAME" for r in mine[1])
                theirs = (theirs[0], theirs[1], {r for r in theirs[2] if not chased and (
                    r[1] in ("NSEC", "NSEC3") or r[1] == "RRSIG" and r[2].startswith("nsec"))})
            count += 1
            # asked for a wildcard itself, NSD proves more than needed
            more = label.startswith("*") and mine[:2] == theirs[:2] and mine[2] <= theirs[2]
            if mine != theirs and not more:
                wrong.append((owner, kind, head, mine, theirs))
    t.eq(len(wrong), 0, f"{count} answers are those of NSD ({'NSEC3' if nsec3 else 'NSEC'})")
    for owner, kind, head, mine, theirs in wrong[:6]:
        t.diag(f"{owner} {kind}: {head}\n mine only: {[a - b for a, b in zip(mine[1:], theirs[1:])]}\n"
               f" NSD only: {[b - a for a, b in zip(mine[1:], theirs[1:])]} {mine[0]} {theirs[0]}")


def parse(text):
    out = set()
    for line in text.splitlines():
        owner, ttl, _, kind, rdata = line.split(" ", 4)
        rrset = dns.rrset.from_text(owner, int(ttl), "IN", kind, rdata)
        out |= {(rrset.name.to_text().lower(), dns.rdatatype.to_text(rrset.rdtype), r.to_text().lower())
                for r in rrset}
    return out


def parse_sections(section, only):
    return {(rrset.name.to_text().lower(), dns.rdatatype.to_text(rrset.rdtype), r.to_text().lower())
            for rrset in section for r in rrset
            if only is None or rrset.name.to_text().lower() == only.lower()}


def speed(t):
    keys = t.subdir("speed-keys")
    tool("makekey", "sign.example", keys)
    text = ZONE + "".join(f"host{i} A 127.1.{i // 256}.{i % 256}\n" for i in range(10000))
    path = t.write("speed.zone", text)
    start = time.monotonic()
    done = tool("-k", keys, "apply", "sign.example", path)
    took = time.monotonic() - start
    t.ok(done.returncode == 0 and took < 30, f"10,000 names are signed in {took:.1f} s")
    verify(t, path + ".signed", "10,000 names")


with Test(timeout=600) as t:
    with t.case("keys"):
        judge_keys(t)
    with t.case("answers"):
        answers(t, False)
        answers(t, True)
    with t.case("speed"):
        speed(t)
    with t.case("matrix"):
        matrix(t)
