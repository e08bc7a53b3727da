# SPDX-License-Identifier: BSD-2-Clause
"""TLSA rdata and the verdict of a DANE client, in Python alone.

Chains are lists of DER certificates as the server sends them, leaf first.
"""

import datetime
import hashlib

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

_DIGESTS = {0: bytes, 1: lambda b: hashlib.sha256(b).digest(),
            2: lambda b: hashlib.sha512(b).digest()}


def association(der, selector, matching):
    """The association data of one certificate (RFC 6698 2.1)."""
    data = der
    if selector == 1:
        data = x509.load_der_x509_certificate(der).public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return _DIGESTS[matching](data)


def rdata(chain, params="3 1 1", issuer=1):
    """"U S M HEX" for a chain; usages 0 and 2 take the issuer-th above the leaf."""
    usage, selector, matching = (int(w) for w in params.split())
    der = chain[issuer if usage in (0, 2) else 0]
    return f"{usage} {selector} {matching} {association(der, selector, matching).hex()}"


def _parse(text):
    words = text.split()
    return (*(int(w) for w in words[:3]), bytes.fromhex("".join(words[3:])))


def _usable(record):
    usage, selector, matching, data = record
    if usage not in (2, 3) or selector not in (0, 1) or matching not in (0, 1, 2):
        return False
    return len(data) == {0: len(data), 1: 32, 2: 64}[matching]


def _strongest(records):
    """Digest agility (RFC 7671 9): of each usage and selector only the best digest counts."""
    best = {}
    for usage, selector, matching, _ in records:
        best[usage, selector] = max(best.get((usage, selector), 0), matching)
    return [r for r in records if r[2] in (0, best[r[0], r[1]])]


def _issued(cert, issuer):
    if cert.issuer != issuer.subject:
        return False
    key = issuer.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(cert.signature, cert.tbs_certificate_bytes, padding.PKCS1v15(),
                       cert.signature_hash_algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(cert.signature, cert.tbs_certificate_bytes,
                       ec.ECDSA(cert.signature_hash_algorithm))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(cert.signature, cert.tbs_certificate_bytes)
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _named(cert, names):
    try:
        san = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    have = {n.lower() for n in san.get_values_for_type(x509.DNSName)}
    for name in names:
        name = name.rstrip(".").lower()
        if name in have or "*." + name.partition(".")[2] in have:
            return True
    return False


def _anchored(certs, depth, names, now):
    """Usage 2: the path from the leaf to certs[depth] holds, today, for one of names."""
    for i, cert in enumerate(certs[:depth + 1]):
        if not cert.not_valid_before <= now <= cert.not_valid_after:
            return False
        if i < depth and not _issued(cert, certs[i + 1]):
            return False
    return _named(certs[0], names)


def accepts(tlsa, chain, names=(), now=None):
    """True if an SMTP DANE client (RFC 7672) goes on with this chain.

    tlsa: rdata texts; none, or none that is usable, authenticates nothing
    and so refuses nothing.  names: the TLSA base domain and the next hop,
    which usage 2 looks for.
    """
    now = now or datetime.datetime.utcnow()
    records = _strongest([r for r in map(_parse, tlsa) if _usable(r)])
    if not records:
        return True
    if not chain:
        return False
    certs = [x509.load_der_x509_certificate(der) for der in chain]
    for usage, selector, matching, data in records:
        if usage == 3:
            if association(chain[0], selector, matching) == data:
                return True
            continue
        for depth in range(1, len(chain)):
            if (association(chain[depth], selector, matching) == data
                    and _anchored(certs, depth, names, now)):
                return True
    return False
