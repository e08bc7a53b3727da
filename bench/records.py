#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Records and keys in bulk against openssl in a loop; prints ratios.

    bench/records.py [ZONEPUB]        (default: ./zonepub)

ZP_BENCH_REPS=N repeats (3); the median counts.  ZP_BENCH_CERTS (1000) and ZP_BENCH_KEYS (200)
are the sizes.  Absolute figures belong to the machine.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ZONEPUB = sys.argv[1] if len(sys.argv) > 1 else "./zonepub"
REPS = int(os.environ.get("ZP_BENCH_REPS", 3))
CERTS = int(os.environ.get("ZP_BENCH_CERTS", 1000))
KEYS = int(os.environ.get("ZP_BENCH_KEYS", 200))


def run(argv, **more):
    return subprocess.run(argv, check=True, capture_output=True, **more).stdout


def seconds(what):
    times = []
    for i in range(REPS):
        start = time.monotonic()
        what(i)
        times.append(time.monotonic() - start)
    return statistics.median(times)


def compare(title, ours, theirs):
    a, b = seconds(ours), seconds(theirs)
    print(f"{title}: zonepub {a:.2f} s, openssl {b:.2f} s, ratio {b / a:.1f}", flush=True)


def make_certs(folder):
    """One key signs them all: it is the reading that is measured, not the making."""
    key = f"{folder}/key.pem"
    run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key])
    for i in range(CERTS):
        run(["openssl", "req", "-x509", "-new", "-key", key, "-subj", f"/CN=mx{i}.example.com",
             "-days", "90", "-out", f"{folder}/{i}.pem"])


def tlsa(folder):
    certs = [f"{folder}/{i}.pem" for i in range(CERTS)]
    batch = f"{folder}/batch"
    with open(batch, "w") as f:
        f.writelines(f"mx{i}.example.com --cert {path}\n" for i, path in enumerate(certs))
    script = f"""
for i in $(seq 0 {CERTS - 1}); do
	digest=$(openssl x509 -in {folder}/$i.pem -noout -pubkey |
	    openssl pkey -pubin -outform DER | openssl dgst -sha256 -r)
	echo "_25._tcp.mx$i.example.com. 3600 IN TLSA 3 1 1 ${{digest%% *}}"
done"""

    def ours():
        return run([ZONEPUB, "gen", "tlsa", "--batch", batch, "--format", "line"])

    def theirs():
        return run(["sh", "-c", script])
    if ours().lower() != theirs().lower():
        sys.exit("the records differ")
    compare(f"TLSA records of {CERTS} certificates", lambda _: ours(), lambda _: theirs())


def dkim(folder):
    def ours(i):
        run([ZONEPUB, "keygen", "dkim", "--domain", "example.com", "--selector", "s", "--count",
             str(KEYS), "--out", f"{folder}/ours{i}"])

    def theirs(i):
        out = f"{folder}/theirs{i}"
        os.mkdir(out)
        for k in range(KEYS):
            run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048",
                 "-out", f"{out}/{k}.private"])
    compare(f"{KEYS} DKIM keys, RSA 2048 ({os.cpu_count()} processors)", ours, theirs)


folder = tempfile.mkdtemp(prefix="zp-bench-")
try:
    make_certs(folder)
    tlsa(folder)
    dkim(folder)
finally:
    shutil.rmtree(folder)
