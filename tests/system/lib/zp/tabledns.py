# SPDX-License-Identifier: BSD-2-Clause
"""TableDns: a recursive server that answers from a table, and can stay silent.

    table = {"x.example": [("TXT", b"v=spf1 -all"), ("A", "192.0.2.1"), SILENT]}
    dns = TableDns(t, table)        # dns.addr, dns.port, dns.at ("ADDR@PORT")

Keys are names of bytes or text, whose dots part labels and whose other octets
are themselves.  A TXT value is one string or a list of them; MX is (10, host).
Records behind which SILENT stands are served; every other question for that
name goes unanswered.  Aliases are followed, loops included.  Nothing is signed.
dns.asked is the list of (name, type) in the order of their coming.
"""

import selectors
import socket
import threading

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.CNAME import CNAME
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.PTR import PTR
from dns.rdtypes.ANY.TXT import TXT
from dns.rdtypes.IN.A import A
from dns.rdtypes.IN.AAAA import AAAA

from .net import free_addr, free_port

SILENT = object()
_KINDS = {"A": A, "AAAA": AAAA, "CNAME": CNAME, "MX": MX, "PTR": PTR, "TXT": TXT}


def _octets(text):
    return text if isinstance(text, bytes) else text.encode("latin-1")


def raw_name(text):
    """A name without escapes: every octet but the dot stands for itself."""
    labels = [part for part in _octets(text).split(b".") if part]
    return dns.name.Name(labels + [b""])


def _strings(value):
    parts = [_octets(part) for part in (value if isinstance(value, list) else [value])]
    return [part[i:i + 255] for part in parts for i in range(0, max(len(part), 1), 255)]


def _rdata(kind, value):
    rdtype = dns.rdatatype.from_text(kind)
    if kind == "TXT":
        fields = [_strings(value)]
    elif kind == "MX":
        fields = [int(value[0]), raw_name(value[1])]
    elif kind in ("CNAME", "PTR"):
        fields = [raw_name(value)]
    else:
        fields = [value]
    return _KINDS[kind](dns.rdataclass.IN, rdtype, *fields)


class TableDns:
    def __init__(self, t, table, addr=None):
        self.names = {}
        for owner, rows in table.items():
            rows = [row if row is SILENT else (row[0], _rdata(*row)) for row in rows]
            self.names.setdefault(self._key(raw_name(owner)), []).extend(rows)
        self.addr = addr or free_addr()
        self.port = free_port(self.addr)
        self.at = f"{self.addr}@{self.port}"
        self.asked = []
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind((self.addr, self.port))
        self._tcp = socket.create_server((self.addr, self.port))
        self._stop, stop = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        for s in (self._udp, self._tcp, stop):
            self._selector.register(s, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, args=(stop,), daemon=True)
        self._thread.start()
        t.on_exit(self.stop)

    def stop(self):
        self._stop.close()
        self._thread.join()
        for s in (self._udp, self._tcp):
            s.close()

    @staticmethod
    def _key(name):
        return name.canonicalize().to_wire()

    def _serve(self, stop):
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is stop:
                    return
                if key.fileobj is self._udp:
                    self._serve_udp()
                else:
                    self._serve_tcp()

    def _serve_udp(self):
        wire, peer = self._udp.recvfrom(65535)
        reply, room = self._reply(wire)
        if reply is None:
            return
        out = reply.to_wire(max_size=65535)
        if len(out) > room:
            reply.answer.clear()
            reply.flags |= dns.flags.TC
            out = reply.to_wire()
        self._udp.sendto(out, peer)

    def _serve_tcp(self):
        connection, _ = self._tcp.accept()
        with connection, connection.makefile("rb") as stream:
            connection.settimeout(2)
            head = stream.read(2)
            reply, _ = self._reply(stream.read(int.from_bytes(head, "big")))
            if reply is not None:
                out = reply.to_wire(max_size=65535)
                connection.sendall(len(out).to_bytes(2, "big") + out)

    def _reply(self, wire):
        query = dns.message.from_wire(wire)
        question = query.question[0]
        self.asked.append((question.name, dns.rdatatype.to_text(question.rdtype)))
        reply = dns.message.make_response(query, recursion_available=True)
        answered = self._answer(reply, question.name, question.rdtype, set())
        return (reply if answered else None), (query.payload if query.edns >= 0 else 512)

    def _answer(self, reply, name, rdtype, seen):
        rows = self.names.get(self._key(name))
        if rows is None:
            if not any(key.endswith(self._key(name)) for key in self.names):
                reply.set_rcode(dns.rcode.NXDOMAIN)
            return True
        records = [row[1] for row in rows if row is not SILENT and row[1].rdtype == rdtype]
        alias = [row[1] for row in rows if row is not SILENT and row[0] == "CNAME"]
        if not records and not alias and SILENT in rows:
            return False
        if records or alias:
            found = dns.rrset.from_rdata_list(name, 60, records or alias)
            reply.answer.append(found)
        if records or not alias or self._key(name) in seen:
            return True
        return self._answer(reply, alias[0].target, rdtype, seen | {self._key(name)})
