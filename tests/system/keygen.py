#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""keygen tls and tsig: what openssl and named make of it, file modes, refusals."""
import base64
import os
import stat
import subprocess
import sys

sys.path[0] += "/lib"
from zp import *

HOST = "mx1.example.com"


def run(*words, **options):
    return subprocess.run(words, capture_output=True, text=True, **options)


with Test() as t:
    for algorithm, say in (("p256", "prime256v1"), ("p384", "secp384r1"), ("rsa2048", "2048 bit"),
                           ("rsa3072", "3072 bit"), ("rsa4096", "4096 bit"), ("ed25519", "ED25519")):
        with t.case(algorithm):
            d = t.path(algorithm)
            done = zonepub("keygen", "tls", HOST, "mx2.example.com", "--algorithm", algorithm,
                           "--out", d, "--csr")
            key, csr = f"{d}/{HOST}.key", f"{d}/{HOST}.csr"
            t.rc(done, 0, f"{algorithm}: made")
            t.eq(done.out, f"{key}\n{csr}\n", "the paths are printed")
            t.eq(stat.S_IMODE(os.stat(key).st_mode), 0o600, "the key is the owner's alone")
            t.eq(sorted(os.listdir(d)), [f"{HOST}.csr", f"{HOST}.key"], "nothing else is left")
            t.has(run("openssl", "pkey", "-in", key, "-noout", "-text").stdout, say,
                  "openssl reads the key")
            request = run("openssl", "req", "-in", csr, "-noout", "-text", "-verify")
            t.eq(request.returncode, 0, "openssl verifies the request")
            t.has(request.stdout, f"DNS:{HOST}, DNS:mx2.example.com", "which names both hosts")
            t.eq(zonepub("gen", "tlsa", HOST, "--key", key).out,
                 zonepub("gen", "tlsa", HOST, "--csr", csr).out, "one key, one record")
            before = open(key).read()
            done = zonepub("keygen", "tls", HOST, "--algorithm", algorithm, "--out", d)
            t.rc(done, 1, "not made again")
            t.has(done.err, key, "the file in the way is named")
            t.eq(open(key).read(), before, "and is as it was")
            os.unlink(key)
            done = zonepub("keygen", "tls", HOST, "--out", d, "--csr")
            t.rc(done, 1, "a request in the way is kept")
            t.ok(not os.path.exists(key), "and no key is made without it")

    with t.case("JSON"):
        made = zonepub("keygen", "tls", HOST, "--out", t.path("json"), "--json").json()
        t.eq((made["algorithm"], made["csr"]), ("p256", None), "algorithm; no request")
        t.has(zonepub("gen", "tlsa", HOST, "--key", made["key"]).out, made["spki_sha256"],
              "the digest is the record's")

    with t.case("umask"):
        done = subprocess.run(["sh", "-c", "umask 000; exec \"$0\" \"$@\"", os.environ["ZONEPUB"],
                               "keygen", "tls", HOST, "--out", t.path("open")],
                              capture_output=True)
        t.eq(stat.S_IMODE(os.stat(t.path(f"open/{HOST}.key")).st_mode), 0o600,
             "a loose umask opens nothing")
        subprocess.run(["sh", "-c", "umask 077; exec \"$0\" \"$@\"", os.environ["ZONEPUB"], "keygen", "tls",
                        HOST, "--csr", "--out", t.path("closed")], capture_output=True, check=True)
        t.eq(stat.S_IMODE(os.stat(t.path(f"closed/{HOST}.csr")).st_mode), 0o600,
             "a strict one closes the request, too")

    with t.case("tsig"):
        secrets = set()
        for algorithm, size in (("hmac-md5", 16), ("hmac-sha1", 20), ("hmac-sha224", 28),
                                ("hmac-sha256", 32), ("hmac-sha384", 48), ("hmac-sha512", 64)):
            done = zonepub("keygen", "tsig", "Mail-Update.example", "--algorithm", algorithm)
            t.rc(done, 0, algorithm)
            t.has(done.out, f"algorithm {algorithm};", "is named in the clause")
            conf = t.write(f"{algorithm}.conf", done.out, 0o600)
            check = run(proc.need("named-checkconf"), conf)
            t.eq((check.returncode, check.stdout), (0, ""), "named takes the clause")
            made = zonepub("keygen", "tsig", "k", "--algorithm", algorithm, "--json").json()
            t.eq(len(base64.b64decode(made["secret"])), size, "as long as the digest")
            secrets.add(made["secret"])
        t.eq(len(secrets), 6, "no two are alike")
        t.has(zonepub("keygen", "tsig", "my_key.example").out, 'key "my_key.example" {',
              "an underscore may stand in the name of a key")
        out = t.path("k.conf")
        t.rc(zonepub("keygen", "tsig", "k", "-o", out), 0, "-o")
        t.eq(stat.S_IMODE(os.stat(out).st_mode), 0o600, "the owner's alone")
        t.rc(zonepub("keygen", "tsig", "k", "-o", out), 1, "never overwritten")
        out = t.path("json.conf")
        made = zonepub("--json", "keygen", "tsig", "k", "-o", out).json()
        with open(out) as f:
            t.eq(f.read(), f'key "k" {{\n\talgorithm hmac-sha256;\n\tsecret "{made["secret"]}";\n}};\n',
                 "with --json the file holds the clause, and standard output JSON")

    with t.case("refusals"):
        blocked = t.write("blocked", "")
        for args, say in ((["tls"], "host"), (["tls", HOST], "--out"),
                          (["tls", HOST, "--out", t.path("x"), "--algorithm", "rsa"], "'rsa'"),
                          (["tls", HOST, "--out", t.path("x"), "--algorithm", "rsa1024"], "too weak"),
                          (["tls", "a/b", "--out", t.path("x")], "a/b"),
                          (["tls", "..", "--out", t.path("x")], ".."),
                          (["tls", HOST, "--out", f"{blocked}/x"], "blocked"),
                          (["tsig"], "name"), (["tsig", "a", "b"], "name"),
                          (["tsig", "a\"b"], "a\"b"), (["tsig", "."], "root"),
                          (["tsig", "k", "--algorithm", "hmac-sha3"], "hmac-sha3"),
                          (["x"], "'x'"), ([], "kind")):
            done = zonepub("keygen", *args)
            t.ok(done.rc in (1, 2), f"keygen {' '.join(args)[:40]} is refused", str(done))
            t.has(done.err, say, "and named")
            t.eq(done.out, "", "nothing on standard output")
        t.ok(not os.path.exists(t.path("x")), "nothing is made")
