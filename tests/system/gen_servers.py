#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""gen --format nsupdate through nsupdate to BIND and Knot; OpenDKIM reads the DKIM records."""
import os
import re
import shutil
import subprocess
import sys

sys.path[0] += "/lib"
from zp import *

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../data/records")
D = ["--domain", "mail.example"]


def kinds(key):
    """Arguments of gen, and the owner and type of what comes of them."""
    return [
        (["dkim", *D, "--selector", "rsa1024", "--key", key("rsa1024")],
         "rsa1024._domainkey", "TXT"),
        (["dkim", *D, "--selector", "rsa2048", "--key", key("rsa2048")],
         "rsa2048._domainkey", "TXT"),
        (["dkim", *D, "--selector", "rsa4096", "--key", key("rsa4096")],
         "rsa4096._domainkey", "TXT"),
        (["dkim", *D, "--selector", "made", "--key", key("made")], "made._domainkey", "TXT"),
        (["dkim", *D, "--selector", "ed", "--key", key("ed25519")], "ed._domainkey", "TXT"),
        (["dkim", *D, "--selector", "noted", "--key", key("rsa2048"), "--note",
          'a "note"; with = \\ and\n$INCLUDE /etc/passwd', "--hash", "sha256"],
         "noted._domainkey", "TXT"),
        (["dkim", *D, "--selector", "gone", "--revoke"], "gone._domainkey", "TXT"),
        (["spf", *D, "--", "mx", 'a:"q\\;$x(y)@z".example.com', "-all"], "@", "TXT"),
        (["dmarc", *D, "--policy", "reject", "--rua", "mailto:a@mail.example", "--rua",
          "mailto:b@reports.example"], "_dmarc", "TXT"),
        (["mta-sts", *D, "--mode", "enforce", "--mx", "mx.mail.example", "--max-age", "604800"],
         "_mta-sts", "TXT"),
        (["tls-rpt", *D, "--rua", "mailto:a@mail.example"], "_smtp._tls", "TXT"),
        (["srv", *D, "--imaps", "mail.mail.example", "--imaps", "b.mail.example:1993"],
         "_imaps._tcp", "SRV"),
        (["srv", *D, "--pop3", "."], "_pop3._tcp", "SRV"),
    ]


def gen(args, form):
    return zonepub("gen", args[0], "--format", form, *args[1:])


def updates(t, server, key, keyfile):
    for args, owner, type_ in kinds(key):
        done = gen(args, "nsupdate")
        t.rc(done, 0, f"the script for {owner} is printed")
        script = f"server {server.addr} {server.port}\n{done.out}send\n"
        sent = subprocess.run([proc.need("nsupdate"), "-k", keyfile], input=script, text=True,
                              capture_output=True)
        t.ok(sent.returncode == 0, "nsupdate takes it", sent.stdout + sent.stderr)
        found = gen(args, "json").json()
        found = [r for r in (found if isinstance(found, list) else [found])
                 if r["name"].endswith("mail.example.")]
        name = "mail.example." if owner == "@" else f"{owner}.mail.example."
        t.eq(sorted(server.rdatas(name, type_)), sorted(r["rdata"] for r in found),
             "and the server has the record, octet for octet")


def opendkim(t, server, key):
    """
    opendkim-testkey looks the records up and compares them with the private keys.  Its exit
    code is not 0 where the zone is unsigned; what it says counts.
    """
    resolver = t.write("unbound.conf", f"""server:
    do-not-query-localhost: no
    local-zone: "example." nodefault
    module-config: "iterator"
forward-zone:
    name: "."
    forward-addr: {server.addr}@{server.port}
""")
    conf = t.write("opendkim.conf", f"ResolverConfiguration {resolver}\n")

    def testkey(selector, name):
        done = subprocess.run([proc.need("opendkim-testkey"), "-d", "mail.example", "-s", selector,
                               "-k", key(name), "-x", conf, "-vvv"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        return done.stdout
    for selector, name in (("rsa1024", "rsa1024"), ("rsa2048", "rsa2048"), ("rsa4096", "rsa4096"),
                           ("noted", "rsa2048"), ("made", "made")):
        t.has(testkey(selector, name), "key OK", f"opendkim-testkey accepts {selector}")
    t.hasnt(testkey("rsa2048", "rsa1024"), "key OK", "and it tells another key")
    t.has(testkey("gone", "rsa2048"), "Revoked", "a revoked key is seen as revoked")


def genkey(t):
    """What opendkim-genkey publishes for a key is what gen dkim does."""
    for bits, more, ours in ((1024, [], []), (2048, [], []),
                             (2048, ["-r", "-t"], ["--service", "email", "--flag", "y"])):
        folder = t.subdir(f"genkey{bits}{len(more)}")
        subprocess.run([proc.need("opendkim-genkey"), "-D", folder, "-d", "mail.example", "-s", "s1",
                        "-b", str(bits), *more], check=True, capture_output=True)
        with open(f"{folder}/s1.txt") as f:
            theirs = "".join(re.findall(r'"([^"]*)"', f.read().split(";  -----")[0]))
        done = zonepub("gen", "dkim", *D, "--selector", "s1", "--key", f"{folder}/s1.private",
                       "--hash", "sha256", "--format", "json", *ours)
        text = "".join(done.json()["strings"])

        def tags(record):
            return dict(re.split(r"\s*=\s*", tag.strip(), maxsplit=1)
                        for tag in record.split(";") if tag.strip())
        t.eq(tags(text), tags(theirs), f"the same tags as opendkim-genkey {bits} {' '.join(more)}")


with Test() as t:
    def key(name):
        path = t.path("keys", name)
        if name == "made":
            path = t.path("keys", "made.private")
            if not os.path.exists(path):
                t.rc(zonepub("keygen", "dkim", *D, "--selector", "made", "--out", t.path("keys")), 0,
                     "a key is made by keygen dkim")
        elif not os.path.exists(path):
            shutil.copyfile(f"{DATA}/{name}.pem", path)
            os.chmod(path, 0o600)
        return path

    tsig = TsigKey()
    for kind in (Named, Knotd):
        with t.case(kind.__name__):
            zone = Zone("mail.example", "@ MX 10 mx\nmx A 127.0.0.1", key=tsig)
            server = kind(t).primary(zone).start()
            updates(t, server, key, tsig.file(t))
            if kind is Named:
                opendkim(t, server, key)
            server.stop()
    with t.case("opendkim-genkey"):
        genkey(t)
