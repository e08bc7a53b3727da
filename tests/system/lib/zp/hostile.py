# SPDX-License-Identifier: BSD-2-Clause
"""HostileServer: a DNS responder that does what a Python function says.

    def behave(q):
        return None if q.tcp else q.signed(key, answer=False)
    server = HostileServer(t, behave)

behave gets a Query and returns what to send: bytes, a dns.message, None
(nothing, a TCP connection stays open), CLOSE, a Drip, a Spoof, a Raw, or a
list of these.  It runs in a thread of its own, so it may sleep.
"""

import socket
import struct
import threading
import time

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.tsig

from .net import free_addr, service_port


class Drip:
    """data, one octet every gap seconds (over UDP: all of it after gap)."""

    def __init__(self, data, gap=0.1):
        self.data, self.gap = data, gap


class Spoof:
    """Over UDP: data from another port than was asked."""

    def __init__(self, data):
        self.data = data


class Raw:
    """Over TCP: data without the length before it."""

    def __init__(self, data):
        self.data = data


CLOSE = object()


def forged(message):
    """A signed message whose MAC is wrong in one bit."""
    wire = bytearray(message.to_wire())
    wire[-7] ^= 1           # before original ID, error and an empty Other Data
    return bytes(wire)


class Query:
    """wire, tcp, number (0, 1, ...), client, message (None if it does not parse)."""

    def __init__(self, server, wire, tcp, client, number):
        self.server, self.wire, self.tcp = server, wire, tcp
        self.client, self.number = client, number
        self._message = None

    @property
    def message(self):
        if self._message is None:
            try:
                self._message = dns.message.from_wire(self.wire, keyring=self.server.ring)
            except dns.exception.DNSException:
                return None
        return self._message

    @property
    def is_update(self):
        return len(self.wire) > 2 and self.wire[2] >> 3 & 15 == 5

    @property
    def id(self):
        return struct.unpack("!H", self.wire[:2])[0]

    def reply(self, rcode="NOERROR", answer=(), aa=True):
        """An unsigned reply; answer: dns.rrset objects."""
        # only the question is read, so that any TSIG will do
        r = dns.message.make_response(dns.message.from_wire(self.wire, question_only=True))
        r.set_rcode(dns.rcode.from_text(rcode))
        if aa:
            r.flags |= dns.flags.AA
        r.answer.extend(answer)
        return r

    def header(self, rcode="NOERROR", flags=0x8000, id=None):
        """A bare header for this query: for replies to anything, signed or not."""
        opcode = self.wire[2] & 0x78
        return struct.pack("!HHHHHH", self.id if id is None else id,
                           flags | opcode << 8 | dns.rcode.from_text(rcode), 0, 0, 0, 0)

    def signed(self, key, rcode="NOERROR", **options):
        """A reply with a valid TSIG of key, if the query's TSIG verifies with it."""
        query = dns.message.from_wire(self.wire, keyring=key.ring())
        r = dns.message.make_response(query, **options)
        r.set_rcode(dns.rcode.from_text(rcode))
        return r

    def forward(self, server, timeout=5):
        """The wire reply of a real server to this query, as it is."""
        if self.tcp:
            with socket.create_connection((server.addr, server.port), timeout) as s:
                s.sendall(struct.pack("!H", len(self.wire)) + self.wire)
                return _read_message(s)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(timeout)
            s.connect((server.addr, server.port))
            s.send(self.wire)
            return s.recv(65535)


def _read_exactly(s, count):
    data = b""
    while len(data) < count:
        part = s.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def _read_message(s):
    return _read_exactly(s, struct.unpack("!H", _read_exactly(s, 2))[0])


class HostileServer:
    """Listens at once; queries is the list of what came in."""

    def __init__(self, t, behave, addr=None, port=None, key=None, name="hostile",
                 udp=True, tcp=True):
        self.addr = addr or free_addr()
        self.port = port or service_port(self.addr, 53)
        self.addr6 = None
        self.behave, self.name = behave, name
        self.ring = key.ring() if key else None
        self.queries = []
        self.errors = []
        self._lock = threading.Lock()
        self._ended = False
        self._sockets = []
        if udp:
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.bind((self.addr, self.port))
            self._serve(self._udp, s)
        if tcp:
            s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind((self.addr, self.port))
            s.listen(50)
            self._serve(self._tcp, s)
        t.on_exit(self.stop)
        t.on_exit(lambda: [t.diag(f"{self.name}: {e!r}") for e in self.errors])

    def __str__(self):
        return f"{self.addr}@{self.port}"

    def _serve(self, function, s):
        self._sockets.append(s)
        threading.Thread(target=self._guard, args=(function, s), daemon=True).start()

    def _guard(self, function, *args):
        try:
            function(*args)
        except (OSError, EOFError):
            pass                # the client or the test went away
        except Exception as e:
            self.errors.append(e)

    def stop(self):
        self._ended = True
        for s in self._sockets:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()

    def _query(self, wire, tcp, client):
        with self._lock:
            query = Query(self, wire, tcp, client, len(self.queries))
            self.queries.append(query)
        answers = self.behave(query)
        return answers if isinstance(answers, list) else [answers]

    @staticmethod
    def _wire(what):
        return what.to_wire() if isinstance(what, dns.message.Message) else what

    def _udp(self, s):
        while not self._ended:
            wire, client = s.recvfrom(65535)
            threading.Thread(target=self._guard, args=(self._udp_one, s, wire, client),
                             daemon=True).start()

    def _udp_one(self, s, wire, client):
        for answer in self._query(wire, False, client):
            if answer is None or answer is CLOSE:
                continue
            if isinstance(answer, Spoof):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                    other.bind((self.addr, 0))
                    other.sendto(self._wire(answer.data), client)
                continue
            if isinstance(answer, Drip):
                time.sleep(answer.gap)
                answer = answer.data
            if isinstance(answer, Raw):
                answer = answer.data
            s.sendto(self._wire(answer), client)

    def _tcp(self, s):
        while not self._ended:
            connection, client = s.accept()
            self._sockets.append(connection)
            threading.Thread(target=self._guard, args=(self._tcp_one, connection, client),
                             daemon=True).start()

    def _tcp_one(self, s, client):
        with s:
            while not self._ended:
                for answer in self._query(_read_message(s), True, client):
                    if answer is CLOSE:
                        return
                    if answer is not None:
                        self._tcp_send(s, answer)

    def _tcp_send(self, s, answer):
        if isinstance(answer, Raw):
            s.sendall(answer.data)
            return
        gap = 0
        if isinstance(answer, Drip):
            gap, answer = answer.gap, answer.data
        wire = self._wire(answer)
        data = struct.pack("!H", len(wire)) + wire
        if not gap:
            s.sendall(data)
            return
        for octet in data:
            s.sendall(bytes([octet]))
            time.sleep(gap)
