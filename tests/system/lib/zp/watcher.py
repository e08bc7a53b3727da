# SPDX-License-Identifier: BSD-2-Clause
"""Watcher: what every cache may hold against what every service shows, all the time.

One thread for each name server asks it for each TLSA RRset and remembers
every distinct answer until the TTL of its last sight runs out: what the
unluckiest cache holds.  One thread for each service shakes hands and judges
the chain under every RRset that is remembered at that moment.
"""

import datetime
import hashlib
import threading
import time

import dns.dnssec
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from . import dane, query


class Memory:
    """One distinct answer of one server."""

    def __init__(self, owner, server, rdatas, now):
        self.owner, self.server, self.rdatas = owner, server, rdatas
        self.first = self.last = now
        self.expires = now

    def __str__(self):
        return f"{self.owner} at {self.server}: " + "; ".join(self.rdatas)


class Violation:
    """A chain shown while some cache may hold an RRset that refuses it."""

    def __init__(self, memory, service, chain, now):
        self.memory, self.service = memory, service
        self.shown = dane.rdata(chain, "3 1 1") if chain else "nothing"
        self.first = self.last = now
        self.count = 1

    def __str__(self):
        return (f"{_clock(self.first)} to {_clock(self.last)} ({self.count} times): "
                f"{self.service} shows a chain of {self.shown}\n"
                f"    a cache may hold {self.memory}\n"
                f"    seen {_clock(self.memory.first)} to {_clock(self.memory.last)}, "
                f"lives until {_clock(self.memory.expires)}")


def _clock(monotonic):
    moment = time.time() - time.monotonic() + monotonic
    return datetime.datetime.utcfromtimestamp(moment).strftime("%H:%M:%S.%f")[:-3] + "Z"


class Watcher:
    """Watcher(t, zone.servers, postfix.services()); start() it, later stop() it.

    owners: {service: TLSA owner} where it is not _PORT._tcp.HOST.
    signed: answers must carry a valid RRSIG, else they are bogus.
    """

    def __init__(self, t, servers, services, owners=None, signed=True, every=0.05):
        self.servers, self.services, self.signed, self.every = servers, services, signed, every
        self.owners = {s: (owners or {}).get(s, f"_{s.port}._tcp.{s.host.rstrip('.')}.")
                       for s in services}
        self.violations = []
        self.bogus = []             # (time, server, owner, reason)
        self.absent = {}            # (server, owner) -> [first, last]
        self.failures = {}          # (server or service, outcome) -> count
        self.ticks = {}             # server or service -> completed looks
        self._memories = {}
        self._judged = {}
        self._keys = {}
        self._valid = {}
        self._seen = {}             # violation key -> Violation
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._threads = []
        t.on_exit(self.stop)

    def start(self):
        """Start watching; returns when everything was looked at once."""
        for server in self.servers:
            self._thread(self._watch_server, server)
        for service in self.services:
            self._thread(self._watch_service, service)
        from .net import await_
        await_(lambda: all(self.ticks.get(repr_of(x)) for x in [*self.servers, *self.services]),
               20, "the watcher to have looked at everything")
        return self

    def _thread(self, function, what):
        def loop():
            while not self._end.is_set():
                begun = time.monotonic()
                try:
                    function(what)
                    self._count(self.ticks, repr_of(what))
                except (OSError, EOFError, ValueError, dns.exception.DNSException) as e:
                    self._count(self.failures, (repr_of(what), type(e).__name__))
                self._end.wait(max(0.005, self.every - (time.monotonic() - begun)))
        thread = threading.Thread(target=loop, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _count(self, counts, key):
        with self._lock:
            counts[key] = counts.get(key, 0) + 1

    def stop(self):
        self._end.set()
        for thread in self._threads:
            thread.join(15)
        return self

    # DNS

    def _watch_server(self, server):
        for owner in sorted(set(self.owners.values())):
            reply = server.ask(owner, "TLSA", timeout=2)
            now = time.monotonic()
            if reply.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
                self._count(self.failures, (server.name, dns.rcode.to_text(reply.rcode())))
                continue
            rrset, ttl = _answer(reply)
            if rrset is None:
                span = self.absent.setdefault((server.name, owner), [now, now])
                span[1] = now
                continue
            if self.signed:
                reason = self._why_bogus(server, reply)
                if reason:
                    self.bogus.append((now, server.name, owner, reason))
            self.remember(owner, server.name, (r.to_text() for r in rrset), ttl, now)

    def remember(self, owner, server, rdatas, ttl, now=None):
        """A cache was given rdatas, for ttl seconds."""
        now = time.monotonic() if now is None else now
        rdatas = tuple(sorted(rdatas))
        with self._lock:
            memory = self._memories.setdefault((owner, server, rdatas),
                                               Memory(owner, server, rdatas, now))
            memory.last = now
            memory.expires = max(memory.expires, now + ttl)

    def _why_bogus(self, server, reply):
        """None, or why a validator would refuse the TLSA (and CNAME) RRsets of reply."""
        for rrset in reply.answer:
            if rrset.rdtype == dns.rdatatype.RRSIG:
                continue
            signatures = reply.get_rrset(reply.answer, rrset.name, rrset.rdclass,
                                         dns.rdatatype.RRSIG, rrset.rdtype)
            if signatures is None:
                return f"{rrset.name} {dns.rdatatype.to_text(rrset.rdtype)} has no RRSIG"
            now = time.time()
            if all(not s.inception <= now < s.expiration for s in signatures):
                return f"{rrset.name}: every RRSIG is out of its dates"
            key = (rrset.to_text(), signatures.to_text())
            if key not in self._valid:
                self._valid[key] = self._verify(server, rrset, signatures)
            if self._valid[key]:
                return self._valid[key]
        return None

    def _verify(self, server, rrset, signatures):
        signer = signatures[0].signer
        for fresh in (False, True):
            if fresh or (server.name, signer) not in self._keys:
                reply = server.ask(signer.to_text(), "DNSKEY")
                self._keys[server.name, signer] = query.rrset(reply, signer, "DNSKEY")
            keys = self._keys[server.name, signer]
            try:
                dns.dnssec.validate(rrset, signatures, {signer: keys} if keys else {})
                return None
            except dns.dnssec.ValidationFailure as e:
                reason = f"{rrset.name}: {e}"
        return reason

    # services

    def _watch_service(self, service):
        begun = time.monotonic()
        chain = service.chain()
        digest = hashlib.sha256(b"".join(chain)).digest()
        owner = self.owners[service]
        with self._lock:
            held = [m for m in self._memories.values()
                    if m.owner == owner and m.first <= begun < m.expires]
        for memory in held:
            key = (memory.rdatas, digest, service.host)
            if key not in self._judged:
                self._judged[key] = dane.accepts(memory.rdatas, chain, [service.host])
            if not self._judged[key]:
                self._cry(memory, service, chain, digest, begun)

    def _cry(self, memory, service, chain, digest, now):
        key = (memory.owner, memory.server, memory.rdatas, digest, repr(service))
        with self._lock:
            if key in self._seen:
                self._seen[key].last = now
                self._seen[key].count += 1
                return
            self._seen[key] = Violation(memory, service, chain, now)
            self.violations.append(self._seen[key])

    # what came out

    def calm(self):
        """True if nothing was violated and nothing was bogus."""
        return not self.violations and not self.bogus

    def report(self):
        lines = [f"{len(self.violations)} violations, {len(self.bogus)} bogus answers"]
        lines += [str(v) for v in self.violations]
        lines += [f"{_clock(w)} bogus: {s}: {o}: {r}" for w, s, o, r in self.bogus[:20]]
        lines += [f"looked {n} times at {what}" for what, n in sorted(self.ticks.items())]
        lines += [f"failed {n} times: {what}: {why}"
                  for (what, why), n in sorted(self.failures.items())]
        lines += [f"absent: {o} at {s} {_clock(a)} to {_clock(b)}"
                  for (s, o), (a, b) in sorted(self.absent.items())]
        lines += [f"given: {m}, {_clock(m.first)} to {_clock(m.last)}"
                  for m in sorted(self._memories.values(), key=lambda m: m.first)]
        return "\n".join(lines)

    def check(self, t, what="no cache refuses a chain that is shown", least=10):
        """Stop; two points: it looked at least so often at everything, and was calm."""
        self.stop()
        t.ok(all(self.ticks.get(repr_of(x), 0) >= least
                 for x in [*self.servers, *self.services]),
             f"the watcher looked at everything {least} times", self.report)
        return t.ok(self.calm(), what, self.report)


def _answer(reply):
    """The TLSA RRset at the end of the CNAME chain, and the least TTL on the way."""
    found, ttl = None, None
    for rrset in reply.answer:
        if rrset.rdtype in (dns.rdatatype.TLSA, dns.rdatatype.CNAME):
            ttl = rrset.ttl if ttl is None else min(ttl, rrset.ttl)
            found = rrset if rrset.rdtype == dns.rdatatype.TLSA else found
    return found, ttl


def repr_of(watched):
    return getattr(watched, "name", None) or repr(watched)
