#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What rotate-tlsa is told: sections that contradict each other, and words that mean nothing."""
import subprocess
import sys

sys.path[0] += "/lib"
from zp import *

HOST2 = "mx2.mail.example"

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=1, safety="0s", hold="0s")
    rig.zone.records += f"\n{HOST2}. A {rig.mx.addr}\n_25._tcp.{HOST2}. TLSA {rig.old.tlsa()}"
    rig.start()

    def told(*options, rc=0, say=(), host=rig.host):
        """One dry run, and what it says."""
        done = rig.run("rotate-tlsa", host, "--dry-run", *options)
        t.rc(done, rc, " ".join(options) or "as it is configured")
        for word in say:
            t.has(done.err, word, f"says '{word}'")
        return done

    with t.case("sections of hosts that share a pair"):
        with open(rig.config) as f:
            text = f.read()
        first = text[text.index('tls "'):]
        second = first.replace(rig.host, HOST2, 1)
        t.write("zonepub.conf", text + second)
        told(HOST2)
        for name, other in (("safety", second.replace('safety = "0s"', 'safety = "1h"')),
                            ("hold", second.replace('hold = "0s"', 'hold = "1h"')),
                            ("prune", second.replace("ports", "prune = true ports")),
                            ("no-probe", second.replace("ports", "no-probe = true ports")),
                            ("probe", second.replace("ports", "probe = {\"192.0.2.1\"} ports")),
                            ("deploy-timeout", second.replace("ports", "deploy-timeout = 5 ports"))):
            t.write("zonepub.conf", text + other)
            told(HOST2, rc=2, say=(f"'{name}'", rig.host, HOST2))
        t.write("zonepub.conf", text + second.replace('hold = "0s"', 'hold = "1h"'))
        told(HOST2, "--hold", "1h")
        rig.write_config()

    with t.case("words that mean nothing"):
        for words, say in (
                (["--transport", "bogus"], "--transport"), (["--transport", ""], "--transport"),
                (["--exclude", "bad name!"], "--exclude"), (["--port", "25/udp"], "25/udp"),
                (["--deploy-timeout", "0"], "--deploy-timeout"),
                (["--zone", "example.org"], "example.org"), (["--reload", "true"], "--reload"),
                (["--sign-keys", "/tmp"], "--sign-keys")):
            told(*words, rc=2, say=[say])
        public = t.path("public.pem")
        subprocess.run(["openssl", "pkey", "-in", rig.new.key_file, "-pubout", "-out", public], check=True)
        told("--key", public, rc=2, say=[public, "public key"])
        told("--exclude", "192.0.2.77", say=["warning", "192.0.2.77"])
        told("--exclude", "nsx.mail.example", say=["warning", "nsx.mail.example"])
        done = told("--port", "25/tcp", "--port", "25")
        t.eq(done.out.count("  now "), 1, "a port that is given twice is one")
        for words in (["--transport", "tcp"], ["--zone", "mail.example"], ["--exclude", rig.ns1.addr]):
            t.hasnt(told(*words).err, "no server of the zone", "no such warning")

    with t.case("another publisher than the section's"):
        file = t.write("mail.example.zone", f"""$TTL 300
@ SOA ns.mail.example. hostmaster.mail.example. 7 3600 600 86400 300
@ NS ns.mail.example.
ns A 192.0.2.1
mx A {rig.mx.addr}
_25._tcp.mx TLSA {rig.old.tlsa()}
""")
        done = told("--zonefile", file, "--allow-insecure", say=["stands for its servers"])
        t.has(done.out, rig.new.tlsa(), "the zone file in place of the server")
        with open(rig.config) as f:
            text = f.read()
        start, end = text.index("    publisher = rfc2136"), text.index("    ttl = ")
        t.write("zonepub.conf", text[:start] + f'    publisher = zonefile\n    zonefile = "{file}.not"\n'
                '    reload = {"/nonexistent"}\n' + text[end:])
        told(rc=2, say=["zonefile"])
        done = told("--server", rig.ns1.addr, "--tsig-file", rig.tsig_file)
        t.has(done.out, rig.new.tlsa(), "the server in place of the zone file")
        told("--server", rig.ns1.addr, "--zonefile", file, rc=2, say=["--zonefile goes with neither"])
        rig.write_config()

    with t.case("a probe for each port"):
        smtp = TlsServer(t, rig.old, port=2525, kind="smtp", host=rig.host)
        tls = TlsServer(t, rig.old, port=4465, kind="implicit", host=rig.host)
        ports = ("--port", "25", "--port", "465")
        told(*ports, "--probe", f"{smtp.addr}@{smtp.port}", "--probe", f"{tls.addr}@{tls.port}")
        told(*ports, "--probe", f"{smtp.addr}@25", rc=2, say=["no --probe looks at port 465"])
