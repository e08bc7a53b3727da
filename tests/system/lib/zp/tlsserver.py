# SPDX-License-Identifier: BSD-2-Clause
"""TlsServer: a small mail or TLS service in a thread, whose chain and faults the test sets."""

import socket
import ssl
import threading
import time

from .net import free_addr, service_port
from .service import Service

_BANNERS = {"smtp": b"220 mx ESMTP\r\n", "imap": b"* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n",
            "pop3": b"+OK hi\r\n"}

FAULTS = ("silent", "close", "hang", "garbage", "no-starttls", "refuse", "drip", "postscreen",
          "reset")


class TlsServer:
    """kind: smtp, imap, pop3 (STARTTLS, STLS) or implicit.

    leaf may be set at any time; a list is shown in turn (a balancer with
    several hosts behind it).  rsa and ECDSA side by side: leaf=[(ec, rsa)].
    fault, settable too:
    silent (accepts, says nothing), close (closes at once), reset, drip (one
    octet each 0.1 s), no-starttls, refuse (454), garbage (no TLS after the
    220), hang (no handshake after the 220), postscreen (a teaser line,
    then greet_wait; who speaks before is turned away and counted in early).
    """

    def __init__(self, t, leaf, port=25, kind="smtp", addr=None, host=None, fault=None,
                 greet_wait=1):
        self.t, self.leaf, self.kind, self.fault = t, leaf, kind, fault
        self.addr = addr or free_addr()
        self.port = service_port(self.addr, port)
        self.host = host or self._leaves()[0][0].names[0]
        self.greet_wait = greet_wait
        self.connections = self.early = 0
        self.names = []             # SNI of each handshake
        self._contexts = {}
        self._lock = threading.Lock()
        self._ended = False
        self._socket = socket.socket(socket.AF_INET6 if ":" in self.addr else socket.AF_INET,
                                     socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((self.addr, self.port))
        self._socket.listen(50)
        threading.Thread(target=self._accept, daemon=True).start()
        t.on_exit(self.stop)

    def service(self):
        """For Watcher and chain(); smtp and implicit only."""
        return Service(self.host, self.addr, self.port,
                       "implicit" if self.kind == "implicit" else "starttls")

    def stop(self):
        self._ended = True
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()

    def _leaves(self):
        leaves = self.leaf if isinstance(self.leaf, list) else [self.leaf]
        return [one if isinstance(one, tuple) else (one,) for one in leaves]

    def _context(self, leaves):
        key = tuple(id(leaf) for leaf in leaves)
        with self._lock:
            if key not in self._contexts:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                for leaf in leaves:
                    context.load_cert_chain(leaf.chain_file, leaf.key_file)
                context.sni_callback = lambda _s, name, _c: self.names.append(name)
                self._contexts[key] = (context, leaves)
            return self._contexts[key][0]

    def _accept(self):
        while not self._ended:
            try:
                s, _ = self._socket.accept()
            except OSError:
                return
            with self._lock:
                number, self.connections = self.connections, self.connections + 1
            threading.Thread(target=self._guard, args=(s, number), daemon=True).start()

    def _guard(self, s, number):
        try:
            with s:
                s.settimeout(60)
                self._talk(s, number)
        except (OSError, EOFError):
            pass                # the client went away, which is its right

    def _send(self, s, data):
        if self.fault != "drip":
            s.sendall(data)
            return
        for octet in data:
            s.sendall(bytes([octet]))
            time.sleep(0.1)

    def _talk(self, s, number):
        leaves = self._leaves()
        context = self._context(leaves[number % len(leaves)])
        if self.fault == "close":
            return
        if self.fault == "reset":
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            return
        if self.fault == "silent":
            s.recv(1)
            s.recv(1)
            return
        if self.kind == "implicit":
            if self.fault == "garbage":
                s.sendall(b"this is no TLS\r\n")
            elif self.fault == "hang":
                self._wait_for_end(s)
            else:
                self._handshake(s, context)
            return
        if self.fault == "postscreen" and not self._tease(s):
            return
        self._send(s, _BANNERS[self.kind])
        with s.makefile("rb", 0) as lines:
            self._commands(s, lines, context)

    def _tease(self, s):
        s.sendall(b"220-mx wait\r\n")
        s.settimeout(self.greet_wait)
        try:
            s.recv(4096)
            self.early += 1
            s.sendall(b"521 5.5.1 Protocol error\r\n")
            return False
        except socket.timeout:
            s.settimeout(60)
            return True

    def _commands(self, s, lines, context):
        while True:
            line = lines.readline(4096)
            if not line:
                return
            words = line.upper().split()
            tag, verb = b"", words[0] if words else b""
            if self.kind == "imap" and len(words) > 1:
                tag, verb = line.split()[0], words[1]
            if verb in (b"STARTTLS", b"STLS") and context:
                if self.fault in ("refuse", "no-starttls"):
                    self._send(s, {"smtp": b"454 4.7.0 not now\r\n", "imap": tag + b" NO no\r\n",
                                   "pop3": b"-ERR no\r\n"}[self.kind])
                    continue
                self._send(s, {"smtp": b"220 go\r\n", "imap": tag + b" OK go\r\n",
                               "pop3": b"+OK go\r\n"}[self.kind])
                if self.fault == "garbage":
                    s.sendall(b"this is no TLS\r\n" * 10)
                    return
                if self.fault == "hang":
                    self._wait_for_end(s)
                    return
                self._handshake(s, context)
                return
            self._send(s, self._answer(verb, tag, context))
            if verb in (b"QUIT", b"LOGOUT"):
                return

    def _answer(self, verb, tag, context):
        offer = context and self.fault != "no-starttls"
        if self.kind == "smtp":
            if verb == b"EHLO":
                return b"250-mx\r\n" + (b"250-STARTTLS\r\n" if offer else b"") + b"250 SIZE\r\n"
            return b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"
        if self.kind == "imap":
            if verb == b"CAPABILITY":
                return (b"* CAPABILITY IMAP4rev1" + (b" STARTTLS" if offer else b"") + b"\r\n"
                        + tag + b" OK done\r\n")
            return (b"* BYE\r\n" if verb == b"LOGOUT" else b"") + tag + b" OK done\r\n"
        if verb == b"CAPA":
            return b"+OK\r\n" + (b"STLS\r\n" if offer else b"") + b"UIDL\r\n.\r\n"
        return b"+OK\r\n"

    @staticmethod
    def _wait_for_end(s):
        while s.recv(4096):
            continue

    def _handshake(self, s, context):
        with context.wrap_socket(s, server_side=True) as tls:
            with tls.makefile("rb", 0) as lines:
                if self.kind == "implicit":
                    while lines.readline(4096):
                        tls.sendall(b"250 ok\r\n")
                else:
                    self._commands(tls, lines, None)
