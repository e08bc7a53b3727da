#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""nsupdate over TLS: the certificate is verified, opportunistic mode is not, client certificates."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from zp import CA, Named, Test, TsigKey, Zone, isolate, zonepub     # noqa: E402

# named takes further statements behind its options, of which the template writes the end
LISTEN = ('listen-on port 853 tls plain {{ {addr}; }}; listen-on port 8853 tls mutual {{ {addr}; }};'
          ' }}; tls plain {{ cert-file "{cert}"; key-file "{key}"; }};'
          ' tls mutual {{ cert-file "{cert}"; key-file "{key}"; ca-file "{ca}"; ')

with Test() as t:
    if not isolate.private():
        t.skip_all("needs an address of its own")
    ca, stranger = CA(t), CA(t)
    leaf = ca.issue("ns1.mail.test")
    client = ca.issue("client.mail.test")
    root, other = ca.root_file, stranger.root_file
    key = TsigKey()
    zone = Zone("mail.test", "", signed=None, key=key)
    server = Named(t).primary(zone)
    server.options = LISTEN.format(addr=server.addr, cert=leaf.chain_file, key=leaf.key_file, ca=root)
    server.start()
    isolate.bind_file(t.write("hosts", f"{server.addr} ns1.mail.test\n"), "/etc/hosts")
    key_file = key.file(t)
    number = 0

    def send(*options, host=server.addr, port=""):
        """(exit code, whether the record arrived, messages)"""
        global number
        number += 1
        done = zonepub("nsupdate", "-k", key_file, "-t", "5", *options, input=(
            f"server {host} {port}\nzone mail.test\nadd n{number}.mail.test 60 TXT x\nsend\n"))
        return done.rc, bool(server.rdatas(f"n{number}.mail.test", "TXT")), done

    def good(what, *options, **more):
        rc, there, done = send(*options, **more)
        t.ok((rc, there) == (0, True), what, str(done))

    def bad(what, code, *options, **more):
        rc, there, done = send(*options, **more)
        t.ok((rc, there) == (code, False), what, str(done))

    good("the server by its name", "-S", "-A", root, host="ns1.mail.test")
    good("by its address, with -H", "-S", "-A", root, "-H", "ns1.mail.test")
    good("the port of -p", "-S", "-A", root, "-H", "ns1.mail.test", "-p", "853")
    good("opportunistic, without any authority", "-O")
    good("opportunistic beside -S", "-S", "-O")
    bad("an address that the certificate does not have", 2, "-S", "-A", root)
    bad("another name", 2, "-S", "-A", root, "-H", "ns2.mail.test")
    bad("another authority", 2, "-S", "-A", other, "-H", "ns1.mail.test")
    bad("the system's authorities", 2, "-S", "-H", "ns1.mail.test")
    bad("a port that speaks no TLS", 2, "-S", "-A", root, "-H", "ns1.mail.test", port=53)
    bad("an authority file that is missing", 1, "-S", "-A", t.path("none.pem"), "-H", "x")
    mutual = ("-S", "-A", root, "-H", "ns1.mail.test", "-p", "8853")
    good("a client's certificate", *mutual, "-E", client.chain_file, "-K", client.key_file)
    bad("no client's certificate where one is asked for", 2, *mutual)
    rc, there, done = send("-S", "-A", other, "-H", "ns1.mail.test")
    t.has(done.err, "certificate does not pass", "a certificate that does not pass is told")
    t.hasnt(done.err, "NOERROR", "and not called an answer")
    # the first of two addresses has another certificate
    wrong = Named(t)
    wrong.options = LISTEN.format(addr=wrong.addr, cert=client.chain_file, key=client.key_file, ca=root)
    wrong.primary(Zone("mail.test", "", signed=None, key=key)).start()
    isolate.bind_file(t.write("hosts2", f"{wrong.addr} ns1.mail.test\n{server.addr} ns1.mail.test\n"),
                      "/etc/hosts")
    good("the second address, where the first has a certificate of another name", "-S", "-A", root,
         host="ns1.mail.test")
    t.use_resolver(server.addr)
    isolate.bind_file(t.write("hosts3", f"{server.addr} ns1.mail.test "
                              f"{zone.ns_name(server).rstrip('.')}\n"), "/etc/hosts")
    done = zonepub("nsupdate", "-k", key_file, "-S", "-A", root, "-H", "ns1.mail.test",
                   input="add found.mail.test 60 TXT x\nsend\n")
    t.rc(done, 0, "without a server: resolvers are asked in the clear, at port 53")
    t.eq(server.rdatas("found.mail.test", "TXT"), ['"x"'], "the update goes over TLS")
    text = "".join(f"add p{i}.mail.test 60 TXT x\nsend\n" for i in range(50))
    done = zonepub("nsupdate", "-k", key_file, "-S", "-A", root, "--pipeline", "16",
                   input=f"server ns1.mail.test\nzone mail.test\n{text}")
    t.rc(done, 0, "50 updates, 16 in flight, over TLS")
    t.eq(server.rdatas("p49.mail.test", "TXT"), ['"x"'], "the last of them")
