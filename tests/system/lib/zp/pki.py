# SPDX-License-Identifier: BSD-2-Clause
"""CA and Leaf: a test authority with an intermediate, and what it issues."""

import datetime
import ipaddress
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from . import dane

PEM = serialization.Encoding.PEM
DER = serialization.Encoding.DER


def new_key(kind="ecdsa"):
    """kind: ecdsa (P-256), p384, rsa (2048), rsaN, ed25519."""
    if kind in ("ecdsa", "p256"):
        return ec.generate_private_key(ec.SECP256R1())
    if kind == "p384":
        return ec.generate_private_key(ec.SECP384R1())
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:] or 2048))
    raise ValueError(kind)


def key_pem(key, traditional=False, password=None):
    form = (serialization.PrivateFormat.TraditionalOpenSSL if traditional
            else serialization.PrivateFormat.PKCS8)
    lock = (serialization.BestAvailableEncryption(password.encode()) if password
            else serialization.NoEncryption())
    return key.private_bytes(PEM, form, lock)


def cert_pem(*certs):
    return b"".join(c.public_bytes(PEM) for c in certs)


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _sign(subject, public, issuer, signer, start, end, names=(), ca=False):
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
               .public_key(public).serial_number(x509.random_serial_number())
               .not_valid_before(start).not_valid_after(end)
               .add_extension(x509.BasicConstraints(ca, None), critical=True)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
               .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(
                   signer.public_key()), False))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(
            [_san(n) for n in names]), False)
    if isinstance(signer, ed25519.Ed25519PrivateKey):
        return builder.sign(signer, None)
    return builder.sign(signer, hashes.SHA256())


def _san(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _span(days, ago):
    start = datetime.datetime.utcnow().replace(microsecond=0) - datetime.timedelta(days=ago)
    return start, start + datetime.timedelta(days=days)


class CA:
    """A root and one intermediate; issue() makes leaves under the intermediate."""

    def __init__(self, t, kind="ecdsa", name="Test"):
        self.t = t
        self.root_key, self.key = new_key(kind), new_key(kind)
        start, end = _span(3650, 1)
        root, mid = _name(f"{name} Root"), _name(f"{name} Intermediate")
        self.root = _sign(root, self.root_key.public_key(), root, self.root_key, start, end,
                          ca=True)
        self.cert = _sign(mid, self.key.public_key(), root, self.root_key, start, end, ca=True)
        self.root_file = t.write(f"ca-{name}-{id(self):x}.pem", cert_pem(self.root))

    def issue(self, *names, kind="ecdsa", key=None, days=90, ago=1, with_root=False):
        """A Leaf for names, valid for days since ago days back.

        issue(..., days=30, ago=60) has expired; ago=-10 is not valid yet.
        """
        return Leaf(self, names, key or new_key(kind), kind, days, ago, with_root)


class Leaf:
    """A key, its certificate and the chain; files are written when first asked for.

    key_file, cert_file, chain_file (leaf and intermediates), live_file (key
    first, then the chain: what Postfix reads), all PEM.
    """

    def __init__(self, ca, names, key, kind, days, ago, with_root):
        self.ca, self.names, self.key, self.kind = ca, names, key, kind
        self.with_root = with_root
        start, end = _span(days, ago)
        self.cert = _sign(_name(names[0]), key.public_key(), ca.cert.subject, ca.key,
                          start, end, names)
        self.chain = [self.cert, ca.cert] + ([ca.root] if with_root else [])
        self.dir = ca.t.subdir("pki", f"{names[0]}-{self.cert.serial_number:x}"[:60])

    def renew(self, same_key=False, kind=None, **options):
        """A new certificate for the same names."""
        options.setdefault("with_root", self.with_root)
        key = self.key if same_key else new_key(kind or self.kind)
        return self.ca.issue(*self.names, key=key, kind=kind or self.kind, **options)

    def _file(self, name, content, mode=0o644):
        path = os.path.join(self.dir, name)
        if not os.path.exists(path):
            self.ca.t.write(path, content, mode)
        return path

    @property
    def key_file(self):
        return self._file("key.pem", key_pem(self.key), 0o600)

    @property
    def cert_file(self):
        return self._file("cert.pem", cert_pem(self.cert))

    @property
    def chain_file(self):
        return self._file("chain.pem", cert_pem(*self.chain))

    @property
    def live_file(self):
        return self._file("live.pem", self.live_pem(), 0o600)

    def live_pem(self):
        return key_pem(self.key) + cert_pem(*self.chain)

    def install(self, path):
        """Put key and chain at path in one rename, as a deploy step does."""
        self.ca.t.write(path + ".new", self.live_pem(), 0o600)
        os.rename(path + ".new", path)
        return path

    def p12(self, password=None):
        lock = (serialization.BestAvailableEncryption(password.encode()) if password
                else serialization.NoEncryption())
        return self._file("leaf.p12", pkcs12.serialize_key_and_certificates(
            b"leaf", self.key, self.cert, self.chain[1:], lock), 0o600)

    def csr(self):
        request = (x509.CertificateSigningRequestBuilder().subject_name(_name(self.names[0]))
                   .add_extension(x509.SubjectAlternativeName([_san(n) for n in self.names]),
                                  False))
        return self._file("leaf.csr", request.sign(self.key, hashes.SHA256()).public_bytes(PEM))

    def ders(self):
        return [c.public_bytes(DER) for c in self.chain]

    def tlsa(self, params="3 1 1", issuer=1):
        """The TLSA rdata text for this chain, computed without zonepub."""
        return dane.rdata(self.ders(), params, issuer)
