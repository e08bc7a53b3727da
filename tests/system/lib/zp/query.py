# SPDX-License-Identifier: BSD-2-Clause
"""Questions, updates, transfers and NOTIFYs, sent straight to one server."""

import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset
import dns.tsig
import dns.update
import dns.zone


_PEER_ERRORS = {dns.tsig.PeerBadKey: "NOTAUTH BADKEY",
                dns.tsig.PeerBadSignature: "NOTAUTH BADSIG",
                dns.tsig.PeerBadTime: "NOTAUTH BADTIME"}


def _name(name):
    return dns.name.from_text(name) if isinstance(name, str) else name


def ask(addr, name, rdtype, port=53, tcp=False, do=True, rd=False, timeout=3, key=None):
    """The server's reply as a dns.message; UDP with fall-back to TCP on TC."""
    q = dns.message.make_query(_name(name), rdtype, use_edns=0, payload=1232, want_dnssec=do)
    if not rd:
        q.flags &= ~dns.flags.RD
    if key is not None:
        q.use_tsig(key.ring())
    if tcp:
        return dns.query.tcp(q, addr, timeout, port)
    return dns.query.udp_with_fallback(q, addr, timeout, port)[0]


def rrset(reply, name, rdtype):
    """The RRset of the answer section, or None."""
    return reply.get_rrset(reply.answer, _name(name), 1, dns.rdatatype.from_text(rdtype))


def rdatas(reply, name, rdtype):
    """The rdata texts of the answer, sorted."""
    found = rrset(reply, name, rdtype)
    return sorted(r.to_text() for r in found) if found else []


def notify(addr, zone, port=53, timeout=2, source=None):
    """Tell a secondary that zone changed."""
    m = dns.message.make_query(_name(zone), "SOA")
    m.set_opcode(dns.opcode.NOTIFY)
    m.flags = (m.flags | dns.flags.AA) & ~dns.flags.RD
    return dns.query.udp(m, addr, timeout, port, source=source)


def update(addr, zone, key=None, add=(), delete=(), port=53, tcp=True, timeout=10):
    """One RFC 2136 update; returns the rcode as text ("NOTAUTH BADSIG" for TSIG errors).

    add: "owner ttl TYPE rdata" lines.  delete: "owner", "owner TYPE" or
    "owner TYPE rdata" lines.  Deletions come first.  Names are relative to zone.
    """
    zone = _name(zone)
    u = dns.update.Update(zone, keyring=key.ring() if key else None)
    for line in delete:
        words = line.split(None, 2)
        u.delete(dns.name.from_text(words[0], zone), *words[1:])
    for line in add:
        owner, ttl, rdtype, rdata = line.split(None, 3)
        u.add(dns.name.from_text(owner, zone), int(ttl), rdtype, rdata)
    send = dns.query.tcp if tcp else dns.query.udp
    try:
        return dns.rcode.to_text(send(u, addr, timeout, port).rcode())
    except dns.tsig.PeerError as e:
        return _PEER_ERRORS.get(type(e), f"NOTAUTH {e}")


def transfer(addr, zone, port=53, key=None, timeout=5):
    """AXFR as a dns.zone.Zone."""
    return dns.zone.from_xfr(dns.query.xfr(addr, _name(zone), port=port, lifetime=timeout,
                                           relativize=False,
                                           keyring=key.ring() if key else None),
                             relativize=False)
