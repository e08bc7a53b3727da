#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""verify-chain: against openssl s_client's DANE handshake; verdicts, JSON, refusals."""
import os
import subprocess
import sys
import types

sys.path[0] += "/lib"
from zp import *

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../data/keys")
HOST = "mx1.example.com"


def verify(host, chain, records, *options, **more):
    args = [word for r in records for word in ("--tlsa", r)]
    return zonepub("verify-chain", host, "--chain", chain, *args, *options, **more)


def by_s_client(server, host, records, ca=None):
    """True and the depth if a DANE handshake accepts, else False and None."""
    command = ["openssl", "s_client", "-connect", f"{server.addr}:{server.port}",
               "-dane_tlsa_domain", host, "-dane_ee_no_namechecks", "-verify_quiet",
               *(["-CAfile", ca] if ca else ["-no-CAfile", "-no-CApath", "-no-CAstore"])]
    for r in records:
        command += ["-dane_tlsa_rrdata", r]
    out = subprocess.run(command, input="", capture_output=True, text=True, timeout=20).stdout
    if "Verify return code: 0 (ok)" not in out or "DANE TLSA " not in out:
        return False, None
    return True, int(out.split(" at depth ")[1].split()[0])


with Test() as t:
    def tlsa(chain, params, issuer=1):
        done = zonepub("gen", "tlsa", HOST, "--cert", f"{DATA}/{chain}", "--params", params,
                       "--issuer", str(issuer), "--format", "line", "--port", "443")
        return done.out.strip().split(" IN TLSA ")[1]

    def spoil(record):
        return record[:-1] + ("0" if record[-1] != "0" else "1")

    ec, other = "ec-chain.pem", "rsa-chain.pem"
    sets = {
        "each usage": [[tlsa(ec, f"{u} {s} {m}")] for u in (0, 1, 2, 3) for s in (0, 1)
                       for m in (0, 1, 2)],
        "the root": [[tlsa(ec, f"2 {s} {m}", 2)] for s in (0, 1) for m in (1, 2)],
        "no match": [[spoil(tlsa(ec, p))] for p in ("3 1 1", "3 0 2", "2 1 1", "1 1 1")],
        "several": [[tlsa(other, "3 1 1"), tlsa(ec, "3 1 1")],
                    [spoil(tlsa(ec, "3 1 2")), tlsa(ec, "3 1 1")],
                    [spoil(tlsa(ec, "3 0 2")), tlsa(ec, "3 1 1")],
                    [tlsa(ec, "0 1 1"), tlsa(ec, "2 0 1")],
                    [spoil(tlsa(ec, "2 1 1")), tlsa(ec, "2 1 1", 2)]],
    }
    for name, key in (("ec-chain.pem", "ec.key"), ("ec.pem", "ec.key"),
                      ("rsa-chain.pem", "rsa.key"), ("short-chain.pem", "ec.key"),
                      ("ec-unordered.pem", "ec.key")):
        leaf = types.SimpleNamespace(chain_file=f"{DATA}/{name}", key_file=f"{DATA}/{key}",
                                     names=[HOST])
        server = TlsServer(t, leaf, port=8443, kind="implicit", host=HOST)
        for what, records in sets.items():
            with t.case(f"{name}, {what}"):
                for one in records:
                    for host in (HOST, "other.example"):
                        ca = f"{DATA}/root.pem"
                        ours = verify(host, f"{DATA}/{name}", one, "--port", "443", "--ca-file", ca)
                        accepted, depth = by_s_client(server, host, one, ca)
                        what = f"{name} for {host}: " + " + ".join(r[:5] for r in one)
                        t.eq(ours.rc, 0 if accepted else 3, f"{what}: the verdict of a handshake")
                        if accepted:
                            t.has(ours.out, f"depth {depth}", "and its depth")
        server.stop()

    with t.case("SMTP"):
        for port in (25, 465, 587):
            for usage in (0, 1):
                done = verify(HOST, f"{DATA}/{ec}", [tlsa(ec, f"{usage} 1 1")], "--port", str(port),
                              "--ca-file", f"{DATA}/root.pem")
                t.rc(done, 3, f"usage {usage} on port {port} is not usable")
                t.has(done.out, "unusable", "and that is a finding of its own")
        done = verify(HOST, f"{DATA}/{ec}", [tlsa(ec, "1 1 1")], "--port", "443",
                      env={"SSL_CERT_FILE": f"{DATA}/root.pem"})
        t.rc(done, 0, "SSL_CERT_FILE is the trust store")
        done = verify(HOST, f"{DATA}/{ec}", [tlsa(ec, "1 1 1")], "--port", "443")
        t.rc(done, 3, "the system's store does not know the test root")
        for record in (tlsa(ec, "2 0 0"), tlsa(ec, "2 1 0")):
            done = verify(HOST, f"{DATA}/ec.pem", [record])
            t.rc(done, 0, f"{record[:5]}: an anchor that is in the DNS in full need not be sent")
            t.has(done.err, "warning", "but not every client thinks so")
            t.has(done.err, "RFC 7672 3.1.2", "which is said")
            t.eq(verify(HOST, f"{DATA}/ec.pem", [record], "-q").err, "", "unless it is to be quiet")
            t.eq(verify(HOST, f"{DATA}/{ec}", [record]).err, "", "no word if it is sent")
        done = verify(HOST, f"{DATA}/short-chain.pem", [tlsa(ec, "2 0 0", 2), tlsa(ec, "2 1 1")])
        t.has(done.out, "expired", "what is wrong is told beside an anchor that is not sent")

    with t.case("words"):
        done = verify(HOST, f"{DATA}/{ec}", ["3 1 1 " + "00" * 32, tlsa(ec, "2 1 1")])
        t.rc(done, 0, "the second record matches")
        t.has(done.out, "depth 1", "the depth is said")
        t.has(done.out, "2 1 1", "and the record")
        done = verify(HOST, f"{DATA}/{ec}", [tlsa(ec, "2 1 1")], "--json").json()
        t.eq((done["verdict"], done["accepted"], done["depth"], done["record"]),
             ("accepted", True, 1, tlsa(ec, "2 1 1")), "JSON of a match")
        done = verify("other.example", f"{DATA}/{ec}", [tlsa(ec, "2 1 1")], "--json")
        t.rc(done, 3, "a refusal in JSON")
        t.eq((done.json()["verdict"], done.json()["depth"]), ("rejected", None), "is told as well")
        t.ok(done.json()["reason"], "with its reason")
        t.rc(verify(HOST, f"{DATA}/short-chain.pem", [tlsa(ec, "2 1 1")]), 3, "expired today")
        t.rc(verify(HOST, f"{DATA}/short-chain.pem", [tlsa(ec, "2 1 1")], "--at",
                    "2026-03-15T00:00:00Z"), 0, "--at: valid in March")
        for record in ("3 1 1 abcd", "2 0 0 abcd", "2 1 0 abcd", "3 1 9 00", "9 9 9 00", "3 1 1 e3b0c44298fc1c149afbf4c8996fb924"
                       "27ae41e4649b934ca495991b7852b855"):
            done = verify(HOST, f"{DATA}/{ec}", [record])
            t.rc(done, 3, f"'{record[:14]}' is of no use")
            t.eq(done.err, "", "a finding, no error")

    with t.case("refusals"):
        good = tlsa(ec, "3 1 1")
        for args, say in (
                ([HOST, "--chain", f"{DATA}/{ec}"], "--tlsa"), ([HOST, "--tlsa", good], "--chain"),
                (["--chain", f"{DATA}/{ec}", "--tlsa", good], "host"),
                ([HOST, "x.example", "--chain", f"{DATA}/{ec}", "--tlsa", good], "host"),
                ([HOST, "--chain", "/nonexistent", "--tlsa", good], "/nonexistent"),
                ([HOST, "--chain", f"{DATA}/ec.key", "--tlsa", good], "key"),
                ([HOST, "--chain", f"{DATA}/{ec}", "--tlsa", "3 1 1"], "data is missing"),
                ([HOST, "--chain", f"{DATA}/{ec}", "--tlsa", "hello"], "hello"),
                ([HOST, "--chain", f"{DATA}/{ec}", "--tlsa", ""], "usage is missing"),
                ([HOST, "--chain", f"{DATA}/{ec}", "--tlsa", "3 1 1 xyz"], "hex"),
                ([HOST, "--chain", f"{DATA}/{ec}", "--tlsa", "3 1 1 abc"], "hex"),
                ([HOST, "--chain", f"{DATA}/{ec}", "--tlsa", "300 1 1 ab"], "300"),
                ([HOST, "--chain", f"{DATA}/{ec}", "--tlsa", good, "--port", "x"], "'x'"),
                ([HOST, "--chain", f"{DATA}/{ec}", "--tlsa", good, "--at", "noon"], "noon"),
                ([HOST, "--chain", f"{DATA}/{ec}", "--tlsa", "1 1 1 " + "00" * 32, "--port", "443",
                  "--ca-file", "/nonexistent"], "/nonexistent"),
                (["m\u00fcller.example", "--chain", f"{DATA}/{ec}", "--tlsa", good], "A-label")):
            done = zonepub("verify-chain", *args)
            t.ok(done.rc in (1, 2), f"'{' '.join(args)[-60:]}' is refused", str(done))
            t.has(done.err, say, "and named")
            t.eq(done.out, "", "nothing on standard output")
    t.has(zonepub("verify-chain", "--help").out, "Example", "--help has an example")
