#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""gen tlsa --live: the chain of a service, behind every protocol, and every way to fail."""
import os
import sys
import time

sys.path[0] += "/lib"
from zp import *

HOST = "mx.mail.example"


def records(result):
    """The rdata that were printed."""
    return sorted(line.split(" IN TLSA ")[1] for line in result.out.splitlines())


def live(port, addr, *options, at=None, timeout="5s"):
    where = f"{addr}@{at}" if at else addr
    return zonepub("gen", "tlsa", HOST, "--live", "--port", str(port), "--probe", where,
                   "--timeout", timeout, "--format", "line", *options)


class SServer(Proc):
    """openssl s_server with the options in words."""

    name = "s_server"

    def argv(self):
        return ["openssl", "s_server", "-www", *self.words]


with Test() as t:
    ca = CA(t)
    ec, rsa = ca.issue(HOST, with_root=True), ca.issue(HOST, kind="rsa")

    for port, kind in ((25, "smtp"), (587, "smtp"), (143, "imap"), (110, "pop3"),
                       (465, "implicit"), (993, "implicit"), (8443, "implicit")):
        with t.case(f"{kind} on {port}"):
            server = TlsServer(t, ec, port=port, kind=kind, host=HOST)
            done = live(port, server.addr, at=server.port)
            t.rc(done, 0, f"port {port}: the chain is brought")
            t.eq(records(done), [ec.tlsa("3 1 1")], f"port {port}: and the record is the leaf's")
            t.eq(set(server.names), {HOST}, f"port {port}: the host was asked for by SNI")
            server.stop()

    with t.case("the whole chain"):
        server = TlsServer(t, ec, host=HOST)
        done = live(25, server.addr, "--params", "2 1 1", "--params", "2 0 1", "--issuer", "2",
                    at=server.port)
        t.rc(done, 0, "issuers are there")
        t.eq(records(done), sorted([ec.tlsa("2 1 1", 2), ec.tlsa("2 0 1", 2)]),
             "and are taken from what is sent")
        server.stop()

    with t.case("RSA and ECDSA side by side"):
        server = TlsServer(t, [(ec, rsa)], host=HOST)
        done = live(25, server.addr, at=server.port)
        t.rc(done, 0, "both are looked for")
        t.eq(records(done), sorted([ec.tlsa("3 1 1"), rsa.tlsa("3 1 1")]), "and both are found")
        server.stop()

    with t.case("old and new versions of TLS"):
        for version in ("-tls1", "-tls1_1", "-tls1_2", "-tls1_3"):
            addr = free_addr()
            server = SServer(t)
            server.words = ["-accept", f"{addr}:8465", version, "-cipher", "ALL:@SECLEVEL=0",
                            "-cert", ec.cert_file, "-key", ec.key_file]
            server.start()
            await_(lambda: live(465, addr, at=8465).rc == 0, 10, f"an answer to {version}")
            t.eq(records(live(465, addr, at=8465)), [ec.tlsa("3 1 1")],
                 f"{version}: the chain is shown")
            server.stop()

    with t.case("postscreen"):
        server = TlsServer(t, ec, host=HOST, fault="postscreen")
        done = live(25, server.addr, at=server.port, timeout="20s")
        t.rc(done, 0, "a greeting in two parts is waited for")
        t.eq(server.early, 0, "nothing was said before it was complete")
        server.stop()

    # What goes wrong, and what the message must say.
    for fault, kind, say in (
            ("silent", "smtp", "the greeting did not come within"),
            ("close", "smtp", "closed the connection before the greeting"),
            ("reset", "smtp", "closed the connection"),
            ("no-starttls", "smtp", "does not offer STARTTLS"),
            ("no-starttls", "imap", "does not offer STARTTLS"),
            ("no-starttls", "pop3", "does not offer STLS"),
            ("refuse", "smtp", "refuses STARTTLS: '454 4.7.0 not now'"),
            ("refuse", "imap", "refuses STARTTLS: 'a2 NO no'"),
            ("refuse", "pop3", "refuses STLS: '-ERR no'"),
            ("garbage", "smtp", ""),
            ("garbage", "implicit", "is no TLS"),
            ("hang", "smtp", "the TLS handshake did not come within"),
            ("hang", "implicit", "the TLS handshake did not come within"),
            ("drip", "smtp", "did not come within")):
        with t.case(f"{fault}, {kind}"):
            port = {"smtp": 25, "imap": 143, "pop3": 110, "implicit": 465}[kind]
            server = TlsServer(t, ec, port=port, kind=kind, host=HOST, fault=fault)
            began = time.monotonic()
            done = live(port, server.addr, at=server.port, timeout="1s")
            took = time.monotonic() - began
            t.rc(done, 1, f"{kind}, {fault}: a failure")
            t.eq(done.out, "", f"{kind}, {fault}: nothing on standard output")
            t.has(done.err, f"{server.addr}@{server.port}", f"{kind}, {fault}: says where")
            t.has(done.err, say, f"{kind}, {fault}: says what")
            t.ok(took < 5, f"{kind}, {fault}: within its time", f"{took:.1f} s")
            server.stop()

    with t.case("nobody listens"):
        done = live(25, free_addr(), at=9)
        t.rc(done, 1, "a refused connection is a failure")
        t.has(done.err, "Connection refused", "and is named")
        t.eq(done.out, "", "with nothing on standard output")

    with t.case("several addresses"):
        server = TlsServer(t, ec, host=HOST)
        done = zonepub("gen", "tlsa", HOST, "--live", "--probe", f"{server.addr}@{server.port}",
                       "--probe", f"{free_addr()}@9", "--timeout", "5s", "--format", "line")
        t.rc(done, 0, "one address that shows the chain is enough")
        t.has(done.err, "warning", "the other one is a warning")
        server.stop()

    with t.case("usage"):
        for args, say in ((("--live", "--probe", "host.example"), "host.example"),
                          (("--live", "--cert", ec.cert_file), "exactly one"),
                          (("--cert", ec.cert_file, "--probe", "127.0.0.1"), "--live"),
                          (("--live", "--port", "853/udp"), "853/udp"),
                          (("--live", "--probe", "127.0.0.1@99999"), "99999")):
            done = zonepub("gen", "tlsa", HOST, *args)
            t.rc(done, 2, f"{args[-2:]} is refused")
            t.has(done.err, say, "and named")
            t.eq(done.out, "", "nothing on standard output")

    with t.case("Postfix"):
        if os.geteuid() != 0:
            t.skip("Postfix", "needs root")
        else:
            postfix = Postfix(t, chain=[ec.live_file, rsa.live_file], ports=(25, 587),
                              smtps=(465,), host=HOST)
            postfix.start()
            want = sorted([ec.tlsa("3 1 1"), rsa.tlsa("3 1 1")])
            for port in (25, 587, 465):
                done = live(port, postfix.addr, at=postfix.ports[port], timeout="20s")
                t.rc(done, 0, f"Postfix on {port}")
                t.eq(records(done), want, f"both certificates of Postfix on {port}")
            postfix.stop()
            guarded = Postfix(t, chain=ec.live_file, ports=(), postscreen=(25,), host=HOST,
                              name="guarded")
            guarded.start()
            done = live(25, guarded.addr, at=guarded.ports[25], timeout="30s")
            t.rc(done, 0, "behind postscreen")
            t.eq(records(done), [ec.tlsa("3 1 1")], "the record is the leaf's")
            t.hasnt(guarded.log_text(), "PREGREET", "postscreen saw nobody speak too early")
            guarded.stop()
