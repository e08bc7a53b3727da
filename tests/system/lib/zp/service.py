# SPDX-License-Identifier: BSD-2-Clause
"""Service: a TLS service at one address, and the chain that it shows."""

import socket
import ssl


class Service:
    """host is sent as SNI; kind: starttls (SMTP) or implicit."""

    def __init__(self, host, addr, port=25, kind="starttls"):
        self.host, self.addr, self.port, self.kind = host, addr, port, kind

    def __repr__(self):
        return f"{self.host}[{self.addr}]:{self.port}"

    def connect(self, timeout):
        return socket.create_connection((self.addr, self.port), timeout)

    def banner(self, timeout=5):
        """The complete SMTP greeting."""
        with self.connect(timeout) as s, s.makefile("rb") as lines:
            return self._reply(lines)

    @staticmethod
    def _reply(lines):
        text = b""
        while True:
            line = lines.readline(4096)
            if not line:
                raise EOFError("connection closed")
            text += line
            if line[3:4] != b"-":
                return text

    def chain(self, timeout=10, ciphers=None):
        """The DER certificates that the server sends, leaf first.

        ciphers "ECDSA" or "RSA" asks for a chain of that key algorithm (TLS 1.2).
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if ciphers:
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers(f"a{ciphers}")
        with self.connect(timeout) as s:
            s.settimeout(timeout)
            if self.kind == "starttls":
                with s.makefile("rb") as lines:
                    self._starttls(s, lines)
            with context.wrap_socket(s, server_hostname=self.host.rstrip(".")) as tls:
                # the standard library shows the whole chain only here
                chain = tls._sslobj.get_unverified_chain()
                return [c.public_bytes(ssl._ssl.ENCODING_DER) for c in chain]

    def _starttls(self, s, lines):
        for command in (None, b"EHLO watcher.invalid\r\n", b"STARTTLS\r\n"):
            if command:
                s.sendall(command)
            reply = self._reply(lines)
            if reply[:1] != b"2":
                raise ConnectionError(f"{self}: {reply.decode('ascii', 'replace').strip()}")
            if command and command.startswith(b"EHLO") and b"STARTTLS" not in reply:
                raise ConnectionError(f"{self}: STARTTLS is not offered")
