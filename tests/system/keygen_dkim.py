#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""keygen dkim: files, modes, nothing overwritten, many at once."""
import os
import re
import subprocess
import sys

sys.path[0] += "/lib"
from zp import *

D = ["--domain", "mail.example"]


def read(path):
    with open(path) as f:
        return f.read()


def strings(record):
    return "".join(re.findall(r'"([^"]*)"', record))


def public(path):
    return subprocess.run([proc.need("openssl"), "pkey", "-in", path, "-pubout", "-outform", "DER"],
                          check=True, capture_output=True).stdout


with Test() as t:
    out = t.path("keys")
    for algorithm in ("rsa1024", "rsa2048", "rsa3072", "rsa4096", "ed25519"):
        with t.case(algorithm):
            done = zonepub("keygen", "dkim", *D, "--selector", algorithm, "--algorithm", algorithm,
                           "--out", out)
            t.rc(done, 0, "a key is made")
            key, record = f"{out}/{algorithm}.private", f"{out}/{algorithm}.txt"
            t.eq(done.out.split(), [key, record], "the paths are printed")
            t.eq(os.stat(key).st_mode & 0o777, 0o600, "the owner alone can read the key")
            shown = subprocess.run([proc.need("openssl"), "pkey", "-in", key, "-noout", "-text"],
                                   capture_output=True, text=True)
            size = algorithm[3:] if algorithm.startswith("rsa") else "ED25519"
            t.has(shown.stdout, size, "openssl reads it")
            made = zonepub("gen", "dkim", *D, "--selector", algorithm, "--key", key)
            t.eq(read(record), made.out, "the record is what gen dkim prints")
            t.rc(zonepub("lint", "dkim", strings(read(record))), 0, "and clean")
            zone = t.write("zone", "$TTL 60\n@ SOA ns h 1 60 60 60 60\n@ NS ns\nns A 127.0.0.1\n"
                           + read(record))
            checked = subprocess.run([proc.need("named-checkzone"), "mail.example", zone],
                                     capture_output=True, text=True)
            t.eq(checked.returncode, 0, "the record can be loaded")
            t.eq("warning" in done.err, algorithm == "rsa1024", "1024 bits are warned of")

    with t.case("what is there"):
        before = read(f"{out}/rsa2048.private"), read(f"{out}/rsa2048.txt")
        done = zonepub("keygen", "dkim", *D, "--selector", "rsa2048", "--out", out)
        t.rc(done, 1, "an existing key is refused")
        t.has(done.err, "rsa2048.private", "and named")
        t.eq((read(f"{out}/rsa2048.private"), read(f"{out}/rsa2048.txt")), before, "nothing changed")
        t.write("keys/lone.txt", "mine\n")
        done = zonepub("keygen", "dkim", *D, "--selector", "lone", "--out", out)
        t.rc(done, 1, "so is an existing record")
        t.eq(read(f"{out}/lone.txt"), "mine\n", "which stays")
        t.ok(not os.path.exists(f"{out}/lone.private"), "and no key is left behind")

    with t.case("many"):
        many = t.path("many")
        done = zonepub("keygen", "dkim", *D, "--selector", "s", "--count", "9", "--algorithm",
                       "ed25519", "--out", many, "--json")
        t.rc(done, 0, "nine keys are made")
        t.eq([r["selector"] for r in done.json()], [f"s{i}" for i in range(1, 10)], "in order")
        keys = {public(r["key"]) for r in done.json()}
        t.eq(len(keys), 9, "no two are the same")
        done = zonepub("keygen", "dkim", *D, "--selector", "s", "--count", "12", "--algorithm",
                       "ed25519", "--out", many)
        t.rc(done, 1, "if one is there, none is made")
        t.ok(not os.path.exists(f"{many}/s12.private"), "not even those that were free")
        done = zonepub("keygen", "dkim", *D, "--selector", "none", "--count", "0", "--out", many)
        t.ok(done.rc == 2 and "--count" in done.err, "none at all is no wish", done)
        t.ok(not os.path.exists(f"{many}/none.private"), "and makes none")
        os.mkdir(f"{many}/gone")
        batch = "a.example s1 ed25519\n\n# a remark\nb.example s1\n"
        done = zonepub("keygen", "dkim", "--batch", "-", "--out", many, input=batch)
        t.rc(done, 0, "a batch of two domains")
        t.has(read(f"{many}/b.example/s1.txt"), "s1._domainkey.b.example.", "each in its folder")
        for bad in ("a.example s2 ed25519\na.example s2\n", "a.example\n", "a.example x p256\n",
                    "a..example x\n", "# nothing\n", ""):
            done = zonepub("keygen", "dkim", "--batch", "-", "--out", many, input=bad)
            t.ok(done.rc == 2 and done.out == "" and "error" in done.err, f"{bad!r} is refused", done)
        t.ok(not os.path.exists(f"{many}/a.example/s2.private"), "and nothing of it made")

    with t.case("--dry-run"):
        done = zonepub("-n", "keygen", "dkim", *D, "--selector", "s", "--out", t.path("dry", "run"))
        t.rc(done, 0, "it says what would be made")
        t.has(done.out, "dry/run/s.private", "by its path")
        t.ok(not os.path.exists(t.path("dry/run")), "and makes nothing")

    with t.case("a full disk"):
        if os.geteuid() == 0:
            small = t.subdir("small")
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", small], check=True)
            t.on_exit(lambda: subprocess.run(["umount", small], check=False))
            done = zonepub("keygen", "dkim", *D, "--selector", "s", "--count", "8", "--out", small)
            t.rc(done, 1, "a worker's failure is the command's")
            t.has(done.err, small, "and names the file")
            t.eq(done.out, "", "with nothing on standard output")
            for name in os.listdir(small):
                t.ok(not name.endswith(".private") or
                     os.path.exists(f"{small}/{name[:-8]}.txt"), f"{name} has its record")
        else:
            t.skip("a full disk", "needs root")

    with t.case("usage"):
        for args in (["--selector", "s"], [*D], [*D, "--selector", "s."], [*D, "--selector", "a b"],
                     [*D, "--selector", "s", "--algorithm", "p256"],
                     [*D, "--selector", "s", "--algorithm", "rsa512"],
                     [*D, "--selector", "s", "--batch", "-"], [*D, "--selector", "s", "more"]):
            done = zonepub("keygen", "dkim", *args, "--out", t.path("none"))
            t.ok(done.rc == 2 and done.out == "" and "error" in done.err, f"{args} is refused", done)
        t.rc(zonepub("keygen", "dkim", *D, "--selector", "s"), 2, "--out is wanted")
