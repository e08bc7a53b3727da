# SPDX-License-Identifier: BSD-2-Clause
"""TsigKey: one TSIG key in each form that servers and clients read."""

import base64
import os

import dns.name
import dns.tsig


class TsigKey:
    """TsigKey("name", "hmac-sha256"); a random secret unless one is given (bytes)."""

    SIZES = {"hmac-md5": 16, "hmac-sha1": 20, "hmac-sha224": 28, "hmac-sha256": 32,
             "hmac-sha384": 48, "hmac-sha512": 64}

    def __init__(self, name="zonepub-key", algorithm="hmac-sha256", secret=None):
        self.name = name.rstrip(".")
        self.algorithm = algorithm
        self.bytes = secret if secret is not None else os.urandom(self.SIZES[algorithm])

    @property
    def secret(self):
        return base64.b64encode(self.bytes).decode()

    def ring(self):
        """A dnspython keyring."""
        name = dns.name.from_text(self.name)
        algorithm = ("hmac-md5.sig-alg.reg.int" if self.algorithm == "hmac-md5"
                     else self.algorithm)
        return {name: dns.tsig.Key(name, self.bytes, algorithm)}

    def clause(self):
        """A named.conf key clause, as tsig-keygen prints it."""
        return (f'key "{self.name}" {{\n\talgorithm {self.algorithm};\n'
                f'\tsecret "{self.secret}";\n}};\n')

    def line(self):
        """ALG:NAME:SECRET"""
        return f"{self.algorithm}:{self.name}:{self.secret}"

    def file(self, t, name=None):
        """The clause in a file of mode 0600; its path."""
        return t.write(name or f"{self.name}.key", self.clause(), 0o600)
