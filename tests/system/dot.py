#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""DNS over TLS: verification by name and address, client certificates, servers that stall."""
import os
import socket
import ssl
import sys
import threading
import time

sys.path[0] += "/lib"
from zp import *

ASK = os.path.join(os.environ.get("top_builddir") or os.path.dirname(os.environ["ZONEPUB"]),
                   "tests/tools/exchange")


class Front:
    """TLS before the TCP port of a server. mode: "", "stall" (no handshake), "cut" (ends in it)."""

    def __init__(self, t, server, leaf, client_ca=None, mode=""):
        self.server, self.mode, self.alpn, self.count = server, mode, [], 0
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(leaf.chain_file, leaf.key_file)
        self.context.set_alpn_protocols(["dot"])
        if client_ca:
            self.context.verify_mode = ssl.CERT_REQUIRED
            self.context.load_verify_locations(client_ca)
        self.addr = free_addr()
        self.listener = socket.create_server((self.addr, 8853))
        t.on_exit(self.listener.close)
        threading.Thread(target=self._accept, daemon=True).start()

    def __str__(self):
        return f"{self.addr}@8853"

    def _accept(self):
        while True:
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            self.count += 1
            threading.Thread(target=self._serve, args=(s,), daemon=True).start()

    def _serve(self, s):
        try:
            if self.mode == "stall":
                time.sleep(30)
            if self.mode == "cut":
                s.recv(10)
                s.close()
                return
            s = self.context.wrap_socket(s, server_side=True)
            self.alpn.append(s.selected_alpn_protocol())
            back = socket.create_connection((self.server.addr, self.server.port))
            threading.Thread(target=self._pump, args=(back, s), daemon=True).start()
            self._pump(s, back)
        except OSError:
            pass

    @staticmethod
    def _pump(source, sink):
        try:
            while data := source.recv(4096):
                sink.sendall(data)
            sink.close()
        except OSError:
            pass


def ask(front, *words):
    out = run([ASK, "-T", "tls", "-t", "3000", *words, str(front), "query", "mail.example", "SOA"],
              check=False)
    return out.strip()


with Test() as t:
    if not os.access(ASK, os.X_OK):
        t.skip_all("tests/tools/exchange is not built")
    ca, stranger = CA(t), CA(t)
    leaf = ca.issue("ns1.mail.example")
    expired = ca.issue("ns1.mail.example", days=30, ago=60)
    client = ca.issue("client.example")
    zone = Zone("mail.example", key=TsigKey())
    server = Knotd(t).primary(zone).start()
    front = Front(t, server, leaf)
    root, other = ca.root_file, stranger.root_file

    with t.case("verification"):
        t.has(ask(front), "ok NOERROR sent=1 used=tls", "opportunistic: an answer, nothing verified")
        t.eq(front.alpn[-1:], ["dot"], "the ALPN is dot")
        t.has(ask(front, "-C", root, "-N", "ns1.mail.example"), "ok NOERROR", "the right name")
        t.has(ask(front, "-C", root, "-N", "ns1.mail.example."), "ok NOERROR", "with its final dot")
        for words, what in ((("-C", root, "-N", "ns2.mail.example"), "another name"),
                            (("-C", other, "-N", "ns1.mail.example"), "another authority"),
                            (("-N", "ns1.mail.example"), "the system's store"),
                            (("-C", root, "-N", front.addr), "an address that is not in it")):
            out = ask(front, *words)
            t.has(out, "refused NOERROR sent=0", f"{what} is refused, nothing was sent")
            t.has(out, "the certificate does not pass", "which is said")
        t.has(ask(Front(t, server, expired), "-C", root, "-N", "ns1.mail.example"),
              "refused NOERROR sent=0", "an expired certificate is refused")
    with t.case("client certificates"):
        front = Front(t, server, leaf, client_ca=root)
        t.has(ask(front, "-i", client.chain_file, "-I", client.key_file), "ok NOERROR",
              "a client certificate is shown")
        t.has(ask(front), "retry NOERROR", "without it there is no answer")
        done = ask(front, "-i", client.key_file, "-I", client.key_file)
        t.has(done, "usage NOERROR sent=0", "a file that is no certificate is named")
        done = ask(front, "-i", client.chain_file, "-I", leaf.key_file)
        t.has(done, "usage NOERROR sent=0", "and a key of another certificate")
    with t.case("servers that stall"):
        t.has(ask(Front(t, server, leaf, mode="stall")), "retry NOERROR sent=0",
              "a handshake that does not go on ends in time")
        t.has(ask(Front(t, server, leaf, mode="cut")), "retry NOERROR sent=0",
              "one that is cut off")
        plain = f"{server.addr}@{server.port}"
        t.has(ask(plain), "retry NOERROR sent=0", "a server without TLS")
    with t.case("many at once"):
        front = Front(t, server, leaf)
        out = run([ASK, "-T", "tls", "-n", "100", "-c", "2", "-C", root, "-N", "ns1.mail.example", "-k",
                   zone.key.file(t), str(front), "add", zone.name, "n%d.mail.example", "60", "TXT",
                   '"x"'], check=False)
        t.eq(out.count("ok NOERROR"), 100, "100 updates")
        t.ok(front.count <= 2, "over two connections", front.count)
        t.eq(server.rdatas("n99.mail.example", "TXT"), ['"x"'], "are done")
