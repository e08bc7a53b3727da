#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The hostile DNS responder and the small TLS service do what they are told."""
import smtplib
import imaplib
import poplib
import socket
import ssl
import sys
import time

import dns.exception
import dns.message
import dns.query
import dns.tsig

sys.path[0] += "/lib"
from zp import *


def hostile(t):
    key = TsigKey()
    zone = Zone("mail.example", key=key)
    real = Knotd(t).primary(zone).start()
    want = {"how": lambda q: q.reply()}
    server = HostileServer(t, lambda q: want["how"](q))

    def ask(tcp=False, timeout=0.5):
        return query.ask(server.addr, "mail.example", "SOA", server.port, tcp=tcp,
                         timeout=timeout)

    def update(tcp=True):
        return query.update(server.addr, zone.name, key, ["x 3 TXT x"], (), server.port, tcp,
                            timeout=1)

    for tcp in (False, True):
        t.eq(ask(tcp).rcode(), 0, f"tcp={tcp}: a plain reply")
        want["how"] = lambda q: q.reply("SERVFAIL")
        t.eq(ask(tcp).rcode(), 2, "SERVFAIL")
        want["how"] = lambda q: None
        t.raises(dns.exception.Timeout, lambda: ask(tcp), "a drop")
        want["how"] = lambda q: b"garbage"
        t.raises(dns.exception.DNSException, lambda: ask(tcp), "garbage")
        want["how"] = lambda q: q.header(id=q.id ^ 1)
        t.raises((dns.exception.DNSException, dns.query.BadResponse), lambda: ask(tcp),
                 "a wrong id")
        want["how"] = lambda q: Drip(q.reply(), 0.3)
        t.raises(dns.exception.Timeout, lambda: ask(tcp, 0.2), "a slow drip")
        want["how"] = lambda q: q.signed(key)
        t.eq(update(tcp), "NOERROR", "a signed reply to an update that is not done")
        want["how"] = lambda q: q.header()
        t.eq(update(tcp), "NOERROR", "an unsigned reply, which the Python client believes")
        want["how"] = lambda q: forged(q.signed(key))
        t.raises((dns.exception.DNSException, dns.tsig.BadSignature), lambda: update(tcp),
                 "a forged reply")
        want["how"] = lambda q: q.forward(real)
        t.eq(ask(tcp).rcode(), 0, "a forwarded query")
    want["how"] = lambda q: CLOSE
    t.raises(EOFError, lambda: ask(True), "a closed connection")
    want["how"] = lambda q: Spoof(q.reply())
    t.raises((dns.exception.Timeout, dns.query.UnexpectedSource), ask, "another source")
    t.eq(real.rdatas("x.mail.example.", "TXT"), [], "no update was done so far")

    def lost(q):
        q.forward(real)
    want["how"] = lost
    t.raises(dns.exception.Timeout, update, "a lost reply")
    t.eq(real.rdatas("x.mail.example.", "TXT"), ['"x"'], "to an update that was done")
    t.ok(server.queries[-1].is_update and not server.errors, "it keeps what came in",
         server.errors)


def listed(t):
    """A hidden primary, a lame server and one that always fails, all in one tree."""
    if not isolate.private():
        t.skip("a tree with faults", "it needs port 53")
        return
    zone = Zone("mail.example", "www TXT hello", key=TsigKey())
    hidden, shown, lame = Knotd(t), Nsd(t), Named(t)
    hidden.primary(zone, listed=False)
    shown.secondary(zone)
    failing = HostileServer(t, lambda q: q.reply("SERVFAIL"))
    zone.listed_only = [lame, failing]
    zone.parent_servers = [shown, failing]
    for server in (hidden, shown, lame):
        server.start()
    tree = Tree(t, "example").add(zone).start()
    unbound = tree.resolver().start()
    zone.update("x 3 TXT x")
    zone.await_rdata("x", "TXT", ['"x"'])
    names = {s.name: f"{s.name}.mail.example." for s in (hidden, shown, lame, failing)}
    t.eq(shown.rdatas("mail.example.", "NS"),
         sorted(names[n] for n in (shown.name, lame.name, failing.name)), "the child's NS set")
    t.has(shown.rdatas("mail.example.", "SOA")[0], names[hidden.name], "the hidden primary")
    t.eq(shown.rdatas(names[hidden.name], "A"), [hidden.addr], "has an address")
    parent = tree.server.ask("mail.example.", "NS")
    t.eq(sorted(str(r) for r in parent.authority[0]),
         sorted(names[n] for n in (shown.name, failing.name)), "the parent's NS set")
    t.eq(lame.ask("www.mail.example.", "TXT").rcode(), 5, "the lame server refuses")
    t.eq(unbound.verdict("x.mail.example.", "TXT"), "secure", "a resolver finds its way")


def tls(t):
    ca = CA(t)
    old = ca.issue("mx.mail.example")
    new, rsa = old.renew(), old.renew(kind="rsa")
    mx = TlsServer(t, old)
    t.eq(mx.service().chain(), old.ders(), "STARTTLS shows the chain")
    t.eq(mx.names[-1], "mx.mail.example", "and hears the name")
    mx.leaf = [old, new]
    shown = {tuple(mx.service().chain()) for _ in range(4)}
    t.eq(shown, {tuple(old.ders()), tuple(new.ders())}, "two hosts behind one address")
    mx.leaf = [(old, rsa)]
    t.eq(mx.service().chain(ciphers="RSA"), rsa.ders(), "RSA on request")
    t.eq(mx.service().chain(ciphers="ECDSA"), old.ders(), "ECDSA on request")
    for fault in ("close", "reset", "no-starttls", "refuse", "garbage"):
        mx.fault = fault
        t.raises((OSError, EOFError), mx.service().chain, fault)
    for fault in ("silent", "hang"):
        mx.fault = fault
        t.raises(OSError, lambda: mx.service().chain(timeout=0.3), fault)
    mx.fault, begun = "drip", time.monotonic()
    t.eq(mx.service().chain(), old.ders(), "a dripping service gets there")
    t.ok(time.monotonic() - begun > 1, "slowly")
    mx.fault, mx.leaf = "postscreen", old
    t.eq(mx.service().chain(), old.ders(), "a guarded port lets the patient in")
    with socket.create_connection((mx.addr, mx.port), 5) as s:
        s.sendall(b"EHLO x\r\n")
        t.has(s.makefile("rb").read(), b"521", "and turns the hasty away")
    t.eq(mx.early, 1, "and counts them")
    implicit = TlsServer(t, old, port=465, kind="implicit")
    t.eq(implicit.service().chain(), old.ders(), "implicit TLS")
    imap = TlsServer(t, old, port=143, kind="imap")
    pop3 = TlsServer(t, old, port=110, kind="pop3")
    context = ssl.create_default_context(cafile=ca.root_file)
    context.check_hostname = False
    with imaplib.IMAP4(imap.addr, imap.port, timeout=5) as client:
        t.eq(client.starttls(context)[0], "OK", "IMAP STARTTLS")
    client = poplib.POP3(pop3.addr, pop3.port, timeout=5)
    t.has(client.stls(context), b"+OK", "POP3 STLS")
    client.close()
    mx.fault = None
    with smtplib.SMTP(mx.addr, mx.port, timeout=5) as client:
        t.eq(client.starttls(context=context)[0], 220, "SMTP STARTTLS")


with Test() as t:
    with t.case("hostile"):
        hostile(t)
    with t.case("listed"):
        listed(t)
    with t.case("tls"):
        tls(t)
