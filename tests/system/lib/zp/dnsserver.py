# SPDX-License-Identifier: BSD-2-Clause
"""Zone: what is served.  DnsServer: what Named, Knotd, Nsd and Pdns share."""

import dns.dnssec
import dns.flags
import dns.rcode
import dns.rdatatype

from . import query
from .net import await_, free_addr, service_port
from .proc import Proc


class Zone:
    """A zone and the servers that serve it.

    name          "mail.example" (absolute, final dot optional)
    records       master-file lines, relative to the zone, without SOA and NS
    signed        None, "nsec" or "nsec3": what a primary makes of it
    ttl           default TTL;  negative: the SOA minimum (default: ttl)
    key           the TsigKey that may update it
    update_types  record types that key may touch (default: all)
    mname         the SOA MNAME (default: the primary, also a hidden one)
    inline        named: signs a copy (inline-signing) instead of the zone itself

    Attributes that may be set before the start: listed_only, servers named in
    the NS set that are not awaited (lame ones, a HostileServer); parent_servers,
    the NS set that the parent shows (default: the child's).
    """

    def __init__(self, name, records="", signed="nsec", ttl=3, negative=None, key=None,
                 update_types=None, mname=None, serial=1, inline=False):
        self.name = name.rstrip(".") + "."
        self.records = records
        self.signed = signed
        self.ttl = ttl
        self.negative = ttl if negative is None else negative
        self.key = key
        self.update_types = update_types
        self.mname = mname
        self.serial = serial
        self.inline = inline
        self.primary = None         # the DnsServer that makes it
        self.secondaries = []
        self.notified = []          # secondaries that the primary tells
        self.servers = []           # those in the NS set
        self.listed_only = []
        self.parent_servers = None

    def ns_name(self, server):
        return f"{server.name}.{self.name.lstrip(chr(46))}"

    def _glue(self, server):
        lines = [f"{self.ns_name(server)} A {server.addr}"]
        if server.addr6:
            lines.append(f"{self.ns_name(server)} AAAA {server.addr6}")
        return lines

    def text(self):
        """The unsigned master file."""
        maker = self.primary or self.servers[0]
        mname = self.mname or self.ns_name(maker)
        lines = [f"$ORIGIN {self.name}", f"$TTL {self.ttl}",
                 f"@ SOA {mname} hostmaster {self.serial} 86400 5 2419200 {self.negative}"]
        listed = self.servers + self.listed_only
        for server in listed:
            lines.append(f"@ NS {self.ns_name(server)}")
            lines += self._glue(server)
        if maker not in listed and not self.mname:
            lines += self._glue(maker)
        lines += [line.strip() if line[:1] not in " \t" else line
                  for line in _dedent(self.records)]
        return "\n".join(lines) + "\n"

    def delegation(self, ds=True):
        """NS, glue and DS (of the live DNSKEY set) lines for the parent."""
        lines = []
        for server in self.parent_servers or self.servers + self.listed_only:
            lines.append(f"{self.name} NS {self.ns_name(server)}")
            lines += self._glue(server)
        if ds and self.signed:
            lines += [f"{self.name} DS {d}" for d in self.ds()]
        return "\n".join(lines) + "\n"

    def dnskeys(self):
        reply = self.primary.ask(self.name, "DNSKEY")
        found = query.rrset(reply, self.name, "DNSKEY")
        if found is None:
            raise RuntimeError(f"{self.primary.name} has no DNSKEY for {self.name}")
        return found

    def ds(self):
        """DS rdata texts (SHA-256) for every key with the SEP flag."""
        return [dns.dnssec.make_ds(self.name, key, "SHA256").to_text()
                for key in self.dnskeys() if key.flags & 1]

    def anchor(self, t):
        """A trust anchor file (DS in zone-file form); its path."""
        lines = [f"{self.name} 3600 IN DS {d}\n" for d in self.ds()]
        return t.write(f"anchor-{self.name}ds", "".join(lines))

    def update(self, add=(), delete=(), key=None):
        """Update it at its primary with its own key, by hand; NOERROR or an exception."""
        add = [add] if isinstance(add, str) else add
        delete = [delete] if isinstance(delete, str) else delete
        rcode = query.update(self.primary.addr, self.name, key or self.key, add, delete,
                             self.primary.port)
        if rcode != "NOERROR":
            raise RuntimeError(f"update of {self.name}: {rcode}")

    def serials(self):
        return {s.name: s.serial(self.name) for s in self.servers}

    def await_synced(self, timeout=10, servers=None):
        """Wait until every server has the primary's serial."""
        def same():
            want = self.primary.serial(self.name)
            return want is not None and all(s.serial(self.name) == want
                                            for s in servers or self.servers)
        return await_(same, timeout, f"all servers of {self.name} to agree")

    def await_rdata(self, owner, rdtype, rdata, timeout=10, servers=None):
        """Wait until every server answers exactly rdata (a list of texts)."""
        want = sorted(rdata)
        name = owner if owner.endswith(".") else f"{owner}.{self.name}"
        return await_(lambda: all(s.rdatas(name, rdtype) == want
                                  for s in servers or self.servers),
                      timeout, f"{name} {rdtype} {want} everywhere")


def _dedent(text):
    import textwrap
    return textwrap.dedent(text).strip("\n").splitlines()


class DnsServer(Proc):
    """An authoritative server: add zones with primary(), secondary(), static(); then start().

    add_v6() before start() gives it an IPv6 address beside addr.
    """

    def __init__(self, t, addr=None, port=None, name=None):
        super().__init__(t, name)
        self.addr = addr or free_addr()
        self.port = port or service_port(self.addr, 53)
        self.addr6 = None
        self.primaries = []
        self.secondaries = []       # (zone, server it transfers from)
        self.statics = []           # (zone, path of its file)

    def add_v6(self):
        self.addr6 = free_addr(6)
        return self

    def listen_text(self, form="{}", between=", "):
        return between.join(form.format(a) for a in (self.addr, self.addr6) if a)

    # zones

    def primary(self, zone, listed=True):
        """Make this server the zone's primary; listed=False hides it from the NS set."""
        zone.primary = self
        if listed:
            zone.servers.append(self)
        self.primaries.append(zone)
        return self

    def secondary(self, zone, source=None, lag=False, listed=True):
        """Serve zone from source (default: its primary).

        lag=True: the primary sends it no NOTIFY, so that after the first
        transfer it changes only when release() is called (see also Lag).
        """
        if zone.primary and zone.primary.alive():
            raise RuntimeError(f"{zone.primary.name} runs already: name all servers, then start")
        zone.secondaries.append(self)
        if not lag:
            zone.notified.append(self)
        if listed:
            zone.servers.append(self)
        self.secondaries.append((zone, source or zone.primary))
        return self

    def static(self, zone, path, listed=True):
        """Serve the file at path as it is (signed offline, or not)."""
        zone.primary = zone.primary or self
        if listed and self not in zone.servers:
            zone.servers.append(self)
        self.statics.append((zone, path))
        return self

    def release(self, zone):
        """Let a lagging secondary transfer now; returns when it has the primary's serial."""
        def send():
            name = zone.name
            want = zone.primary.serial(name)
            if self.serial(name) == want:
                return True
            query.notify(self.addr, name, self.port, source=zone.primary.addr)
            try:
                return await_(lambda: self.serial(name) == want, 1, "", 0.02)
            except TimeoutError:
                return False
        return await_(send, 15, f"{self.name} to transfer {zone.name}", 0.1)

    # questions

    def ask(self, name, rdtype, **options):
        return query.ask(self.addr, name, rdtype, port=self.port, **options)

    def rdatas(self, name, rdtype):
        return query.rdatas(self.ask(name, rdtype), name, rdtype)

    def serial(self, zone):
        """The SOA serial it answers with AA, or None."""
        reply = self.ask(zone, "SOA")
        found = query.rrset(reply, zone, "SOA")
        return found[0].serial if found and reply.flags & dns.flags.AA else None

    def answers(self):
        return self.ask("version.bind.", "SOA", timeout=0.1) is not None

    def _serves(self, zone):
        reply = self.ask(zone.name, "SOA", timeout=0.2)
        if reply.rcode() != dns.rcode.NOERROR or not reply.flags & dns.flags.AA:
            return False
        return not zone.signed or any(r.rdtype == dns.rdatatype.RRSIG for r in reply.answer)

    def ready(self):
        zones = self.primaries + [z for z, _ in self.statics]
        zones += [z for z, source in self.secondaries if source.alive()]
        return self.answers() and all(self._serves(z) for z in zones)

    def notify_targets(self, zone):
        return zone.notified if zone.primary is self else []


class Lag:
    """Transfers zone to a lagging secondary delay seconds after each change of the primary."""

    def __init__(self, t, secondary, zone, delay):
        import threading
        self.secondary, self.zone, self.delay = secondary, zone, delay
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        t.on_exit(self.stop)

    def _run(self):
        import time
        due = None
        while not self._end.wait(0.05):
            try:
                ahead = (self.zone.primary.serial(self.zone.name)
                         != self.secondary.serial(self.zone.name))
                if not ahead:
                    due = None
                elif due is None:
                    due = time.monotonic() + self.delay
                elif time.monotonic() >= due:
                    due = None
                    self.secondary.release(self.zone)
            except Exception:
                continue        # a server that is down now is asked again

    def stop(self):
        self._end.set()
        self._thread.join(20)
