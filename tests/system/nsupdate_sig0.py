#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""nsupdate with SIG(0) keys of dnssec-keygen: the signatures, judged as those of the real one are.

named no longer takes SIG(0) since CVE-2024-1975, so that a server of the test's own looks at them.
"""

import base64
import os
import struct
import subprocess
import sys
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from zp import HostileServer, Test, zonepub             # noqa: E402
from zp.proc import need                                # noqa: E402

ALGORITHMS = ("ECDSAP256SHA256", "ECDSAP384SHA384", "RSASHA256", "RSASHA512", "ED25519")
MARK = b"\x00\x00\x18\x00\xff\x00\x00\x00\x00"      # the root, SIG, ANY, TTL 0
SIGNER = b"\x06signer\x01x\x04test\x00"


class Pair:
    """A key of dnssec-keygen; stem is the path of both files without their endings."""

    def __init__(self, t, algorithm, folder):
        path = t.subdir(folder)
        size = ["-b", "2048"] if algorithm.startswith("RSA") else []
        name = subprocess.run([need("dnssec-keygen"), "-T", "KEY", "-n", "HOST", "-a", algorithm,
                               *size, "-K", path, "signer.x.test"], capture_output=True, text=True,
                              check=True).stdout.strip()
        self.stem = os.path.join(path, name)
        self.tag = int(name.rsplit("+", 1)[1])
        with open(self.stem + ".key") as f:
            words = [line for line in f if not line.startswith(";")][0].split()
        at = words.index("KEY")
        self.number = int(words[at + 3])
        self.public = base64.b64decode("".join(words[at + 4:]))

    def check(self, signature, data):
        """InvalidSignature unless it is this key's."""
        key = self.public
        if self.number == 15:
            ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
            return
        if self.number in (13, 14):
            curve, digest = ((ec.SECP256R1(), hashes.SHA256()) if self.number == 13 else
                             (ec.SECP384R1(), hashes.SHA384()))
            half = len(signature) // 2
            der = encode_dss_signature(int.from_bytes(signature[:half], "big"),
                                       int.from_bytes(signature[half:], "big"))
            ec.EllipticCurvePublicKey.from_encoded_point(curve, b"\x04" + key).verify(
                der, data, ec.ECDSA(digest))
            return
        exponent, modulus = key[1:1 + key[0]], key[1 + key[0]:]
        digest = hashes.SHA256() if self.number == 8 else hashes.SHA512()
        rsa.RSAPublicNumbers(int.from_bytes(exponent, "big"), int.from_bytes(modulus, "big")
                             ).public_key().verify(signature, data, padding.PKCS1v15(), digest)


def judge(wire, pair):
    """What is wrong with the SIG(0) record of a request, or ""."""
    at = wire.rfind(MARK)
    if at < 0:
        return "there is no SIG record"
    rdata = wire[at + len(MARK) + 2:]
    if struct.unpack("!H", wire[at + len(MARK):at + len(MARK) + 2])[0] != len(rdata):
        return "it is not the last record"
    covered, number, labels, ttl, end, begin, tag = struct.unpack("!HBBIIIH", rdata[:18])
    if (covered, number, labels, ttl, tag) != (0, pair.number, 0, 0, pair.tag):
        return f"its fields are {(covered, number, labels, ttl, tag)}"
    if not begin <= time.time() <= end or end - begin > 3600:
        return f"it holds from {begin} to {end}"
    if not rdata[18:].startswith(SIGNER):
        return "it has another signer"
    head = rdata[:18 + len(SIGNER)]
    arcount = struct.unpack("!H", wire[10:12])[0]
    bare = wire[:10] + struct.pack("!H", arcount - 1) + wire[12:at]
    try:
        pair.check(rdata[len(head):], head + bare)
    except InvalidSignature:
        return "the signature does not verify"
    return ""


with Test() as t:
    need("nsupdate")
    server = HostileServer(t, lambda q: q.header())
    text = (f"server {server.addr} {server.port}\nzone x.test\nadd a.x.test 60 TXT x\n"
            "del b.x.test\nsend\n")

    def sent(run):
        del server.queries[:]
        rc = run()
        return rc, [q.wire for q in server.queries]

    for algorithm in ALGORITHMS:
        with t.case(algorithm):
            pair, other = Pair(t, algorithm, algorithm), Pair(t, algorithm, "other-" + algorithm)
            rc, wires = sent(lambda: subprocess.run(
                ["nsupdate", "-k", pair.stem + ".key"], text=True, capture_output=True,
                input=text).returncode)
            t.eq((rc, [judge(w, pair) for w in wires]), (0, [""]), f"{algorithm}: nsupdate's passes")
            for ending in ("", ".key", ".private", "."):
                for transport in ([], ["-v"]):
                    rc, wires = sent(lambda: zonepub("nsupdate", "-k", pair.stem + ending,
                                                     *transport, input=text).rc)
                    t.eq((rc, [judge(w, pair) for w in wires]), (0, [""]),
                         f"{algorithm} '{ending}' {transport}: so does zonepub's")
            t.ne(judge(wires[0], other), "", f"{algorithm}: another key's would not")
            changed = wires[0].replace(b"\x01a\xc0", b"\x01z\xc0")
            t.ne(judge(changed, pair), "", f"{algorithm}: a changed request would not")

    with t.case("bad pairs"):
        stem = Pair(t, "ECDSAP256SHA256", "good").stem
        with open(Pair(t, "ED25519", "stranger").stem + ".private") as f:
            stranger = f.read()
        for name, content in (("empty", ""), ("garbage", "nonsense\n"), ("another's", stranger)):
            folder = t.subdir("bad-" + name.replace("'", ""))
            bad = os.path.join(folder, os.path.basename(stem))
            with open(stem + ".key") as f:
                t.write(bad + ".key", f.read())
            t.write(bad + ".private", content, 0o600)
            rc, wires = sent(lambda: zonepub("nsupdate", "-k", bad, input=text).rc)
            t.eq((rc, wires), (1, []), f"a private half that is {name}: exit 1, nothing is sent")
