#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""gen: golden texts of every kind and form, loaded by three servers' checkers; hostile options.

ZP_GOLDEN=write makes the golden files anew.
"""
import base64
import os
import shutil
import subprocess
import sys
import tempfile

sys.path[0] += "/lib"
from zp import *
from zp.cli import binary

import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.zone

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../data/records")
GOLDEN = os.path.join(DATA, "golden")
FORMS = ("zone", "line", "nsupdate", "json")
D = ["--domain", "example.com"]


KEYS = tempfile.mkdtemp()        # copies that only the owner reads


def key(name):
    path = os.path.join(KEYS, name + ".pem")
    if not os.path.exists(path):
        shutil.copyfile(os.path.join(DATA, name + ".pem"), path)
        os.chmod(path, 0o600)
    return path


# name: arguments of gen
CASES = {
    "dkim-rsa1024": ["dkim", *D, "--selector", "s1", "--key", key("rsa1024")],
    "dkim-rsa2048": ["dkim", *D, "--selector", "s1", "--key", key("rsa2048")],
    "dkim-rsa3072": ["dkim", *D, "--selector", "s1", "--key", key("rsa3072")],
    "dkim-rsa4096": ["dkim", *D, "--selector", "s1", "--key", key("rsa4096"), "--ttl", "60"],
    "dkim-ed25519": ["dkim", *D, "--selector", "ed.2026", "--key", key("ed25519")],
    "dkim-tags": ["dkim", *D, "--selector", "s1", "--key", key("rsa2048"), "--hash", "sha256",
                  "--service", "email", "--service", "tlsrpt", "--flag", "s", "--flag", "y",
                  "--note", 'a "note"; with = \\ and $INCLUDE /etc/passwd'],
    "dkim-revoked": ["dkim", *D, "--selector", "s1", "--revoke"],
    "dkim-revoked-key": ["dkim", *D, "--selector", "s1", "--key", key("ed25519"), "--revoke"],
    "spf": ["spf", *D, "--", "mx", "a:mail.example.com", "ip4:192.0.2.0/24", "ip6:2001:db8::/32",
            "include:_spf.example.net", "-all"],
    "spf-macro": ["spf", *D, "--", "exists:%{ir}.%{v}._spf.%{d2}", "exp=why.%{d}", "~all"],
    "spf-quotes": ["spf", *D, "--", 'a:"q\\;$x(y)@z".example.com', "-all"],
    "spf-long": ["spf", *D, "--", *[f"ip4:192.0.2.{i}" for i in range(1, 41)], "-all"],
    "dmarc": ["dmarc", *D, "--policy", "quarantine", "--subdomain-policy", "reject",
              "--nonexistent-policy", "reject", "--adkim", "s", "--aspf", "r", "--rua",
              "mailto:dmarc@example.com", "--testing", "y", "--psd", "n"],
    "dmarc-external": ["dmarc", *D, "--policy", "none", "--rua", "mailto:a@reports.example.net",
                       "--rua", "mailto:b@sub.example.com", "--ruf", "mailto:c@example.org",
                       "--fo", "d:s"],
    "mta-sts": ["mta-sts", *D, "--mode", "enforce", "--mx", "mx2.example.com", "--mx",
                "*.Mail.example.com", "--max-age", "604800"],
    "mta-sts-none": ["mta-sts", *D, "--mode", "none", "--max-age", "86400"],
    "tls-rpt": ["tls-rpt", *D, "--rua", "mailto:tlsrpt@example.com", "--rua",
                "https://reports.example.com/v1"],
    "srv": ["srv", *D, "--submissions", "mail.example.com", "--submission", "mail.example.com",
            "--imaps", "mail.example.com:1993", "--imaps", "backup.example.com", "--imap", ".",
            "--pop3", ".", "--pop3s", ".", "--sieve", "mail.example.com"],
}


def gen(args, *more):
    """gen KIND with more options in front of the others, which may end in terms."""
    return zonepub("gen", args[0], *more, *args[1:])


def golden(t, name, text):
    path = os.path.join(GOLDEN, name)
    if os.environ.get("ZP_GOLDEN") == "write":
        with open(path, "w") as f:
            f.write(text)
    with open(path) as f:
        t.eq(text, f.read(), "as in the golden file")


def loads(t, zone_file):
    """Whether the checkers of three servers load the zone."""
    for argv in (["named-checkzone", "-q", "example.com", zone_file],
                 ["kzonecheck", "-o", "example.com", zone_file],
                 ["nsd-checkzone", "example.com", zone_file]):
        done = subprocess.run([proc.need(argv[0]), *argv[1:]], capture_output=True, text=True)
        t.ok(done.returncode == 0, f"{argv[0]} loads it", done.stdout + done.stderr)


def records(done):
    parsed = done.json()
    return parsed if isinstance(parsed, list) else [parsed]


def in_zone(found):
    return {(r["name"], r["type"], dns.rdata.from_text("IN", r["type"], r["rdata"]).to_text())
            for r in found if r["name"].endswith("example.com.")}


def parsed_zone(path):
    zone = dns.zone.from_file(path, origin="example.com.", relativize=False)
    return {(name.to_text(), dns.rdatatype.to_text(rdata.rdtype), rdata.to_text())
            for name, ttl, rdata in zone.iterate_rdatas()
            if rdata.rdtype not in (dns.rdatatype.SOA, dns.rdatatype.NS)
            and name.to_text() != "ns.example.com."}


HEAD = """$TTL 60
example.com. IN SOA ns.example.com. hostmaster.example.com. 1 60 60 60 60
example.com. IN NS ns.example.com.
ns.example.com. IN A 127.0.0.1
"""


def forms(t):
    for name, args in CASES.items():
        with t.case(name):
            want = None
            for form in FORMS:
                done = gen(args, "--format", form)
                t.rc(done, 0, f"{form} is printed")
                golden(t, f"{name}.{form}", done.out)
                if form in ("zone", "line"):
                    path = t.write(f"{name}.{form}", HEAD + done.out)
                    loads(t, path)
                    found = parsed_zone(path)
                    t.eq(found, want or found, "the forms hold the same records")
                    want = found
                if form == "nsupdate":
                    commands = [s for s in done.out.splitlines() if not s.startswith(";")]
                    t.ok(all(s.startswith("update add ") for s in commands),
                         "each line is an update command", done.out)
                    t.eq(len(commands), len(want), "as many as there are records")
                if form == "json":
                    t.eq(in_zone(records(done)), want, "JSON holds the same records")
                    for r in records(done):
                        t.eq(r["class"], "IN", "the class is named")
                        if r["type"] == "TXT":
                            t.ok(all(len(s.encode("latin-1")) <= 255 for s in r["strings"]),
                                 "no string is longer than 255 octets")
            t.eq(zonepub("--json", "gen", *args).out, done.out, "--json is --format json")


def text_of(*args):
    return "".join(gen(args, "--format", "json").json()["strings"])


def contents(t):
    """What is published stands for what was given."""
    for bits in (1024, 2048, 3072, 4096):
        spki = subprocess.run([proc.need("openssl"), "rsa", "-in", key(f"rsa{bits}"), "-pubout",
                               "-outform", "DER"], capture_output=True, check=True).stdout
        want = "v=DKIM1; k=rsa; p=" + base64.b64encode(spki).decode()
        t.eq(text_of(*CASES[f"dkim-rsa{bits}"]), want, f"the strings joined are the RSA key of {bits}")
    for what, argv in (("PKCS#8 DER", ["pkcs8", "-topk8", "-nocrypt", "-outform", "DER"]),
                       ("PKCS#1 PEM", ["rsa", "-traditional"]),
                       ("PKCS#1 DER", ["rsa", "-traditional", "-outform", "DER"]),
                       ("a public key in PEM", ["rsa", "-pubout"]),
                       ("a public key in DER", ["rsa", "-pubout", "-outform", "DER"]),
                       ("PKCS#1 public PEM", ["rsa", "-RSAPublicKey_out"]),
                       ("an encrypted PKCS#8", ["pkcs8", "-topk8", "-passout", "pass:pw"])):
        path = t.path("container")
        subprocess.run([proc.need("openssl"), argv[0], "-in", key("rsa2048"), *argv[1:], "-out",
                        path], check=True, capture_output=True)
        os.chmod(path, 0o600)
        pw = t.write("pw", "pw\n", 0o600)
        t.eq(text_of("dkim", *D, "--selector", "s1", "--key", path, "--passphrase-file", pw),
             text_of(*CASES["dkim-rsa2048"]), f"{what} gives the same record")
    t.eq(text_of(*CASES["dkim-tags"]).count(";"), 6, "a semicolon of the note ends no tag")


def mta_sts(t):
    def record(*more):
        return text_of("mta-sts", *D, "--mode", "enforce", "--max-age", "86400", *more)
    one = record("--mx", "a.example.com", "--mx", "b.example.com")
    t.eq(one, record("--mx", "B.example.com.", "--mx", "a.example.com", "a.example.com"),
         "the id stays when the policy means the same")
    t.ne(one, record("--mx", "a.example.com"), "and changes with it")
    id_ = one.split("id=")[1].rstrip(";")
    t.ok(id_.isalnum() and len(id_) <= 32, "the id is letters and digits")

    out = t.path("policy.txt")
    args = ["gen", "mta-sts", *D, "--mode", "testing", "--mx", "mx.example.com", "--policy-file", out]
    done = zonepub("-n", *args, "--max-age", "86400")
    t.ok(done.rc == 0 and "version: STSv1" in done.out and not os.path.exists(out),
         "--dry-run shows the policy and writes nothing", done)
    done = zonepub(*args, "--max-age", "86400")
    t.rc(done, 0, "the policy is written")
    t.hasnt(done.out, "version:", "and not shown")
    with open(out, "rb") as f:
        t.eq(f.read(), b"version: STSv1\r\nmode: testing\r\nmx: mx.example.com\r\nmax_age: 86400\r\n",
             "as RFC 8461 wants it")
    t.rc(zonepub(*args, "--max-age", "86400"), 0, "the same policy again is welcome")
    t.rc(zonepub(*args, "--max-age", "90000"), 0, "a new policy takes the place of the old one")
    with open(out, "rb") as f:
        t.has(f.read(), b"90000", "in its file")
    t.write("policy.txt", "version: STSv10\n")
    done = zonepub(*args, "--max-age", "86400")
    t.rc(done, 1, "what is no policy is not overwritten")
    t.has(done.err, "--force", "without --force")
    t.eq(done.out, "", "with nothing on standard output")
    with open(out) as f:
        t.eq(f.read(), "version: STSv10\n", "it stands")
    t.rc(zonepub(*args, "--max-age", "90000", "--force"), 0, "--force replaces it")
    with open(out, "rb") as f:
        t.has(f.read(), b"90000", "then it is replaced")

    os.unlink(out)
    args += ["--max-age", "86400"]
    taken = t.write("taken", "x")
    for more, code in ((["--format", "bogus"], 2), (["-o", taken], 1), (["-o", "/nonexistent/x"], 1),
                       (["-o", out], 2), (["-o", f"{t.dir}/./policy.txt"], 2)):
        done = zonepub(*args, *more)
        t.rc(done, code, f"a bad output: {more}")
        t.eq((done.out, os.path.exists(out)), ("", False), "neither record nor policy is there")
    record = t.path("record")
    for policy in (t.dir, "/nonexistent/x", "/dev/full"):
        for force in ([], ["--force"]):
            done = zonepub(*args, "--policy-file", policy, "-o", record, *force)
            t.ok(done.rc == 1 and not os.path.exists(record), f"a bad policy file: {policy} {force}", done)
    want = "version: STSv1\nmode: testing\nmx: mx.example.com\nmax_age: 86400\n"
    done = zonepub(*args, "--policy-file", "/dev/stdout")
    t.eq((done.rc, done.out.count(want)), (0, 1), "/dev/stdout takes the policy", )
    t.has(done.out, "v=STSv1", "beside the record")
    done = zonepub(*args, "--policy-file", "/dev/null")
    t.ok(done.rc == 0 and "version:" not in done.out, "so does /dev/null", done)
    done = zonepub(*args, "--policy-file", "-")
    t.rc(done, 2, "- is no place for both")
    t.has(done.err, "-o FILE", "which is said")
    done = zonepub(*args, "--policy-file", "-", "-o", record)
    t.eq((done.rc, done.out, os.path.exists(record)), (0, want, True), "but for the policy alone")


BAD = {
    "no domain": ["spf", "--", "-all"],
    "an empty domain": ["spf", "--domain", "", "--", "-all"],
    "the root": ["spf", "--domain", ".", "--", "-all"],
    "an IDN": ["spf", "--domain", "b\u00fccher.example", "--", "-all"],
    "a label of 64": ["spf", "--domain", "x" * 64 + ".example", "--", "-all"],
    "a name over 255": ["spf", "--domain", ".".join(["x" * 60] * 5), "--", "-all"],
    "a name with a semicolon": ["spf", "--domain", "a;b.example", "--", "-all"],
    "a name with a newline": ["spf", "--domain", "a\nb.example", "--", "-all"],
    "a name with a blank": ["dmarc", "--domain", "a b.example", "--policy", "none"],
    "no term": ["spf", *D],
    "a term with a blank": ["spf", *D, "--", "mx -all"],
    "a term with a newline": ["spf", *D, "--", "mx\n$INCLUDE /etc/passwd"],
    "a term outside ASCII": ["spf", *D, "--", "a:\u00e4.example"],
    "eleven look-ups": ["spf", *D, "--", *[f"a:h{i}.example.com" for i in range(11)], "-all"],
    "a term that is none": ["spf", *D, "--", "ip4:300.1.1.1", "-all"],
    "no key": ["dkim", *D, "--selector", "s"],
    "no selector": ["dkim", *D, "--key", key("rsa2048")],
    "a key that is not there": ["dkim", *D, "--selector", "s", "--key", "/nonexistent"],
    "a folder for a key": ["dkim", *D, "--selector", "s", "--key", "/"],
    "an RSA key of 512": ["dkim", *D, "--selector", "s", "--key", key("rsa512")],
    "an ECDSA key": ["dkim", *D, "--selector", "s", "--key", key("p256")],
    "a selector with a dot at its end": ["dkim", *D, "--selector", "s.", "--key", key("rsa2048")],
    "a selector outside ASCII": ["dkim", *D, "--selector", "\u00e4", "--key", key("rsa2048")],
    "a selector of 64": ["dkim", *D, "--selector", "s" * 64, "--key", key("rsa2048")],
    "an empty selector": ["dkim", *D, "--selector", "", "--key", key("rsa2048")],
    "a hash with a semicolon": ["dkim", *D, "--selector", "s", "--key", key("rsa2048"), "--hash",
                                "sha256; p="],
    "sha1 alone": ["dkim", *D, "--selector", "s", "--key", key("rsa2048"), "--hash", "sha1"],
    "a service with a colon": ["dkim", *D, "--selector", "s", "--key", key("rsa2048"), "--service",
                               "a:b"],
    "an unknown flag": ["dkim", *D, "--selector", "s", "--key", key("rsa2048"), "--flag", "x"],
    "no policy": ["dmarc", *D],
    "an unknown policy": ["dmarc", *D, "--policy", "drop"],
    "a policy with more in it": ["dmarc", *D, "--policy", "none; pct=1"],
    "an fo with more in it": ["dmarc", *D, "--policy", "none", "--fo", "1; t=y"],
    "an address without mailto": ["dmarc", *D, "--policy", "none", "--rua", "a@example.com"],
    "two addresses in one": ["dmarc", *D, "--policy", "none", "--rua", "mailto:a@b.example,mailto:c@d.example"],
    "an address with a semicolon": ["dmarc", *D, "--policy", "none", "--rua", "mailto:a;b@c.example"],
    "an address with a newline": ["dmarc", *D, "--policy", "none", "--rua", "mailto:a@b.example\nx"],
    "an address outside ASCII": ["dmarc", *D, "--policy", "none", "--rua", "mailto:\u00e4@b.example"],
    "pct over 100": ["dmarc", *D, "--policy", "none", "--pct", "101"],
    "an unknown mode": ["mta-sts", *D, "--mode", "on", "--mx", "a.example", "--max-age", "86400"],
    "no mx": ["mta-sts", *D, "--mode", "enforce", "--max-age", "86400"],
    "no age": ["mta-sts", *D, "--mode", "enforce", "--mx", "a.example"],
    "an age over a year": ["mta-sts", *D, "--mode", "enforce", "--mx", "a.example", "--max-age", "40000000"],
    "a pattern with a newline": ["mta-sts", *D, "--mode", "enforce", "--mx", "a.example\nmode: none",
                                 "--max-age", "86400"],
    "a star inside": ["mta-sts", *D, "--mode", "enforce", "--mx", "a.*.example", "--max-age", "86400"],
    "no rua": ["tls-rpt", *D],
    "an ftp address": ["tls-rpt", *D, "--rua", "ftp://example.com/x"],
    "no service": ["srv", *D],
    "a host with a port over 65535": ["srv", *D, "--imaps", "a.example:65536"],
    "a host and none": ["srv", *D, "--imaps", "a.example", "--imaps", "."],
    "an unknown kind": ["mx", *D],
    "an unknown option": ["spf", *D, "--nonsense", "--", "-all"],
    "an unknown form": ["spf", *D, "--format", "xml", "--", "-all"],
    "a TTL that is none": ["spf", *D, "--ttl", "-1", "--", "-all"],
    "a TTL over 2^31": ["spf", *D, "--ttl", "2147483648", "--", "-all"],
}


def refusals(t):
    for what, args in BAD.items():
        done = zonepub("gen", *args)
        t.ok(done.rc in (1, 2) and done.out == "" and "error" in done.err,
             f"{what} is refused, with a message and no output", done)


def warnings(t):
    def warned(part, *args):
        done = zonepub("gen", *args)
        t.ok(done.rc == 0 and "warning" in done.err and part in done.err,
             f"{part}: a warning on standard error", done)
        t.eq(gen(args, "--format", "json").out.count('"name"'), 1, "and the record")
        t.eq(zonepub("-q", "gen", *args).err, "", "silent with --quiet")

    warned("1024", *CASES["dkim-rsa1024"])
    warned("removed", "dmarc", *D, "--policy", "none", "--pct", "50")
    warned("ptr", "spf", *D, "--", "ptr", "-all")
    exposed = t.write("exposed.pem", open(key("rsa2048")).read(), 0o644)
    done = zonepub("gen", "dkim", *D, "--selector", "s", "--key", exposed)
    t.ok(done.rc == 0 and "warning" in done.err and "exposed.pem" in done.err,
         "a private key that others can read is warned of", done)
    os.chmod(exposed, 0o640)
    done = zonepub("gen", "dkim", *D, "--selector", "s", "--key", exposed)
    t.eq(done.err, "", "group read is no reason to warn")


def names(t):
    """Underscores are for names that are no hosts; a long domain is named as it was given."""
    done = zonepub("gen", "spf", "--domain", "foo_bar.example.com", "--", "-all")
    t.eq((done.rc, done.out.split(" ")[0]), (0, "foo_bar.example.com."), "a domain")
    done = zonepub("gen", "dkim", *D, "--selector", "s1_2026", "--key", key("rsa2048"))
    t.eq((done.rc, done.out.split(" ")[0]), (0, "s1_2026._domainkey.example.com."), "a selector")
    for args in (["srv", *D, "--imaps", "m_1.example.com"],
                 ["mta-sts", *D, "--mode", "enforce", "--max-age", "86400", "--mx", "m_1.example.com"],
                 ["tls-rpt", *D, "--rua", "https://m_1.example.com/r"]):
        done = zonepub("gen", *args)
        t.ok(done.rc == 2 and "m_1.example.com" in done.err, f"no host, in {args[0]}", done)
    long = ".".join(["x" * 61] * 4)
    for args, prefix in ((["dmarc", "--policy", "none"], "_dmarc"), (["dkim", "--selector", "s", "--revoke"],
                         "s._domainkey"), (["tls-rpt", "--rua", "mailto:t@example.com"], "_smtp._tls")):
        done = zonepub("gen", args[0], "--domain", long, *args[1:])
        t.ok(done.rc == 2 and f"'{long[:80]}...' is too long: with {prefix} in front" in done.err,
             f"gen {args[0]}: a domain that leaves no room for {prefix}", done)


def addresses(t):
    """Reports may go to a host without a name; no domain can agree to that."""
    to = ["--rua", "https://[2001:db8::1]/r", "--rua", "https://192.0.2.1/r"]
    done = zonepub("gen", "tls-rpt", *D, *to)
    t.ok(done.rc == 0 and "https://[2001:db8::1]/r" in done.out, "an IPv6 address in brackets", done)
    done = zonepub("gen", "dmarc", *D, "--policy", "none", *to)
    t.ok(done.rc == 0 and "_report" not in done.out, "no record is proposed for an address", done)


def output_file(t):
    out = t.path("record.zone")
    args = ["gen", "spf", *D, "-o", out, "--", "-all"]
    done = zonepub("-n", *args)
    t.ok(done.rc == 0 and "v=spf1" in done.out and not os.path.exists(out),
         "--dry-run prints the record and writes no file", done)
    t.rc(zonepub(*args), 0, "-o writes a file")
    done = zonepub(*args)
    t.ok(done.rc == 1 and "force" in done.err, "and never overwrites it", done)
    t.rc(zonepub("gen", "spf", *D, "-o", out, "--force", "--", "mx", "-all"), 0, "without --force")
    with open(out) as f:
        t.has(f.read(), "mx", "the new record is in it")
    for umask, mode in ((0o022, 0o644), (0o077, 0o600), (0o002, 0o664)):
        for words in (["spf", *D, "-o", f"{out}{umask}", "--", "-all"],
                      ["mta-sts", *D, "--mode", "none", "--max-age", "86400", "--policy-file",
                       f"{out}{umask}.policy"]):
            subprocess.run(binary() + ["gen", *words], check=True, preexec_fn=lambda: os.umask(umask),
                           stdout=subprocess.DEVNULL)
        t.eq([os.stat(f"{out}{umask}{end}").st_mode & 0o777 for end in ("", ".policy")], [mode, mode],
             f"new files under umask {umask:03o}")


with Test() as t:
    t.on_exit(lambda: shutil.rmtree(KEYS))
    forms(t)
    for part in (contents, mta_sts, refusals, warnings, names, addresses, output_file):
        with t.case(part.__name__):
            part(t)
