#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes the keys and certificates of this folder, and what is true of them (facts.txt).

They were made once and are kept, so that tests compare with fixed octets; the
digests in facts.txt come from Python's cryptography, not from zonepub.
"""
import datetime
import hashlib
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization as s
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

os.chdir(os.path.dirname(os.path.abspath(__file__)))
PEM, DER, P8, TRAD = s.Encoding.PEM, s.Encoding.DER, s.PrivateFormat.PKCS8, \
    s.PrivateFormat.TraditionalOpenSSL
SPKI, P1 = s.PublicFormat.SubjectPublicKeyInfo, s.PublicFormat.PKCS1
NONE, LOCK = s.NoEncryption(), s.BestAvailableEncryption(b"secret")
START, END = datetime.datetime(2026, 1, 1), datetime.datetime(2046, 1, 1)
facts = []


def write(name, data, mode=0o644):
    with open(name, "wb") as f:
        f.write(data)
    os.chmod(name, mode)


def name(cn):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, cn)])


def sign(cn, public, issuer, signer, names=(), ca=False, start=START, end=END, id_of=None):
    b = (x509.CertificateBuilder().subject_name(name(cn)).issuer_name(name(issuer))
         .public_key(public).serial_number(x509.random_serial_number())
         .not_valid_before(start).not_valid_after(end)
         .add_extension(x509.BasicConstraints(ca, None), True)
         .add_extension(x509.SubjectKeyIdentifier.from_public_key(id_of or public), False)
         .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(
             signer.public_key()), False))
    if names:
        b = b.add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), False)
    return b.sign(signer, None if isinstance(signer, ed25519.Ed25519PrivateKey)
                  else hashes.SHA256())


def fact(what, data):
    facts.append(f"{what} {hashlib.sha256(data).hexdigest()} {hashlib.sha512(data).hexdigest()}")


keys = {"rsa": rsa.generate_private_key(65537, 2048), "ec": ec.generate_private_key(ec.SECP256R1()),
        "p384": ec.generate_private_key(ec.SECP384R1()),
        "ed": ed25519.Ed25519PrivateKey.generate()}
for kind, key in keys.items():
    write(f"{kind}.key", key.private_bytes(PEM, P8, NONE), 0o600)
    write(f"{kind}.key.der", key.private_bytes(DER, P8, NONE), 0o600)
    write(f"{kind}-locked.key", key.private_bytes(PEM, P8, LOCK), 0o600)
    write(f"{kind}-locked.key.der", key.private_bytes(DER, P8, LOCK), 0o600)
    write(f"{kind}.pub", key.public_key().public_bytes(PEM, SPKI))
    write(f"{kind}.pub.der", key.public_key().public_bytes(DER, SPKI))
    if kind != "ed":
        write(f"{kind}-old.key", key.private_bytes(PEM, TRAD, NONE), 0o600)
        write(f"{kind}-old.key.der", key.private_bytes(DER, TRAD, NONE), 0o600)
        write(f"{kind}-old-locked.key", key.private_bytes(PEM, TRAD, LOCK), 0o600)
    fact(f"{kind}-spki", key.public_key().public_bytes(DER, SPKI))
write("rsa-old.pub", keys["rsa"].public_key().public_bytes(PEM, P1))
write("rsa-old.pub.der", keys["rsa"].public_key().public_bytes(DER, P1))

root_key, mid_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
root = sign("Test Root", root_key.public_key(), "Test Root", root_key, ca=True)
mid = sign("Test Intermediate", mid_key.public_key(), "Test Root", root_key, ca=True)
write("root.pem", root.public_bytes(PEM))
write("mid.pem", mid.public_bytes(PEM))
for what, cert, key in (("root", root, root_key), ("mid", mid, mid_key)):
    fact(f"{what}-cert", cert.public_bytes(DER))
    fact(f"{what}-spki", key.public_key().public_bytes(DER, SPKI))
NAMES = ["mx1.example.com", "*.wild.example.com", "part*.part.example.com"]
for kind, key in keys.items():
    leaf = sign("mx1.example.com", key.public_key(), "Test Intermediate", mid_key, NAMES)
    pem = leaf.public_bytes(PEM)
    write(f"{kind}.pem", pem)
    write(f"{kind}.der", leaf.public_bytes(DER))
    write(f"{kind}-chain.pem", pem + mid.public_bytes(PEM) + root.public_bytes(PEM))
    write(f"{kind}-live.pem", key.private_bytes(PEM, P8, NONE) + pem + mid.public_bytes(PEM), 0o600)
    csr = (x509.CertificateSigningRequestBuilder().subject_name(name("mx1.example.com"))
           .sign(key, None if kind == "ed" else hashes.SHA256()))
    write(f"{kind}.csr", csr.public_bytes(PEM))
    write(f"{kind}.csr.der", csr.public_bytes(DER))
    write(f"{kind}.p12", pkcs12.serialize_key_and_certificates(
        b"mx", key, leaf, [root, mid], LOCK), 0o600)
    write(f"{kind}-open.p12", pkcs12.serialize_key_and_certificates(
        b"mx", key, leaf, [root, mid], NONE), 0o600)
    fact(f"{kind}-cert", leaf.public_bytes(DER))
write("ec-unordered.pem", sign("mx1.example.com", keys["ec"].public_key(), "Test Intermediate",
      mid_key, NAMES).public_bytes(PEM) + root.public_bytes(PEM) + mid.public_bytes(PEM))
write("self.pem", sign("mx1.example.com", keys["ec"].public_key(), "mx1.example.com", keys["ec"],
      NAMES).public_bytes(PEM))
forged = sign("Test Intermediate", keys["p384"].public_key(), "Test Root", root_key, ca=True,
              id_of=mid_key.public_key())
write("forged-chain.pem", open("ec.pem", "rb").read() + forged.public_bytes(PEM))
short = dict(start=datetime.datetime(2026, 3, 1), end=datetime.datetime(2026, 4, 1))
write("short-chain.pem", sign("mx1.example.com", keys["ec"].public_key(), "Test Intermediate",
      mid_key, NAMES, **short).public_bytes(PEM) + mid.public_bytes(PEM))
write("facts.txt", ("\n".join(facts) + "\n").encode())
