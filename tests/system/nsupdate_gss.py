#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""nsupdate -g (GSS-TSIG) with a key distribution centre and a named of the test's own.

What zonepub does is done by the real nsupdate first.  A program that was built without GSSAPI
has to say so.
"""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from zp import HostileServer, Named, Proc, Test, Zone, await_, free_addr, free_port  # noqa: E402
from zp import Background, run, zonepub                 # noqa: E402
from zp.proc import need                                # noqa: E402

REALM = "EXAMPLE.TEST"
SIG = b"\x08gss-tsig\x00"


class Kdc(Proc):
    """krb5kdc; principals are made with add() before the start."""

    name = "kdc"

    def __init__(self, t):
        super().__init__(t)
        self.addr = free_addr()
        self.port = free_port(self.addr)
        conf = t.write("krb5.conf", f"""[libdefaults]
	default_realm = {REALM}
	dns_lookup_kdc = false
	dns_lookup_realm = false
	dns_canonicalize_hostname = false
	rdns = false
[realms]
	{REALM} = {{
		kdc = {self.addr}:{self.port}
	}}
""")
        kdc = t.write("kdc.conf", f"""[kdcdefaults]
	kdc_listen = {self.addr}:{self.port}
	kdc_tcp_listen = {self.addr}:{self.port}
[realms]
	{REALM} = {{
		database_name = {self.dir}/principal
		key_stash_file = {self.dir}/stash
		acl_file = {self.dir}/acl
	}}
[logging]
	kdc = STDERR
	default = STDERR
""")
        self.env = {"KRB5_CONFIG": conf, "KRB5_KDC_PROFILE": kdc,
                    "KRB5RCACHENAME": f"file2:{self.dir}/replay"}
        self.all = {**os.environ, **self.env}
        run(["kdb5_util", "create", "-s", "-r", REALM, "-P", "master"], env=self.all)

    def environ(self):
        return {**super().environ(), **self.env}

    def argv(self):
        return [need("krb5kdc"), "-n", "-r", REALM]

    def ready(self):
        return "commencing operation" in self.log_text()

    def add(self, principal, keytab):
        """A principal with a random key, in a keytab of its own; its path."""
        path = os.path.join(self.dir, keytab)
        for command in (f"addprinc -randkey {principal}", f"ktadd -k {path} {principal}"):
            run(["kadmin.local", "-r", REALM, "-q", command], env=self.all)
        return path

    def tickets(self, principal, keytab, cache):
        """The environment of a user with tickets in a cache of that name."""
        env = {**self.env, "KRB5CCNAME": f"FILE:{self.dir}/cache-{cache}"}
        run(["kinit", "-k", "-t", keytab, principal], env={**os.environ, **env})
        return env


class GssNamed(Named):
    """named that takes updates of the zone's principal."""

    kdc = None

    def environ(self):
        return {**super().environ(), **self.kdc.env}


class Grant:
    """In the place of a zone's key: a principal."""

    def __init__(self, principal):
        self.name = principal

    def clause(self):
        return ""


def is_built():
    """Whether this build was configured with GSSAPI."""
    with open(os.path.join(os.environ.get("top_builddir", "."), "Makefile")) as f:
        return re.search("^GSSAPI_LIBS = .*gssapi", f.read(), re.M) is not None


def check_absent(t):
    for words in (["-g"], ["-o"]):
        r = zonepub("nsupdate", *words, input="send\n")
        t.rc(r, 1, f"{words}: exit 1")
        t.has(r.err, "built without GSSAPI", f"{words}: says why")
    for word in ("gsstsig", "oldgsstsig"):
        r = zonepub("nsupdate", input=f"{word}\n")
        t.rc(r, 1, f"{word}: exit 1")
        t.has(r.err, "built without GSSAPI", f"{word}: says why")


def check_gss(t):
    kdc = Kdc(t)
    named = GssNamed(t)
    zone = Zone("example.test", signed=None, key=Grant(f"updater@{REALM}"))
    named.primary(zone)
    for name in ("keyless.test", "nameless.test"):
        named.primary(Zone(name, signed=None, mname=f"ns.{name}."))
    kdc.add("DNS/ns.keyless.test", "keyless.keytab")
    named.kdc = kdc
    service = f"DNS/{zone.ns_name(named).rstrip('.')}"
    named.options = f'tkey-gssapi-keytab "{kdc.add(service, "dns.keytab")}";'
    user, stranger = kdc.add("updater", "updater.keytab"), kdc.add("stranger", "other.keytab")
    kdc.start()
    named.start()
    env, other = kdc.tickets("updater", user, "user"), kdc.tickets("stranger", stranger, "other")
    bare = kdc.tickets("updater", user, "bare")     # never shown to the server
    at = f"server {named.addr} {named.port}\n"

    def seen(name):
        return named.rdatas(f"{name}.example.test", "TXT")

    def nsupdate(text, env=env):
        return subprocess.run([need("nsupdate"), "-g"], input=text, text=True, timeout=60,
                              capture_output=True, env={**os.environ, **env})

    def add(name, zone="zone example.test\n"):
        return f"{at}{zone}add {name}.example.test 60 TXT {name}\nsend\n"

    with t.case("the rig"):
        done = nsupdate(add("real"))
        t.ok(done.returncode == 0 and seen("real") == ['"real"'], "nsupdate -g updates", done.stderr)
        done = nsupdate(add("no"), other)
        t.eq((done.returncode, seen("no")), (2, []), "a stranger's is refused")

    with t.case("-g"):
        for number, (words, zone_line) in enumerate((
                (["-g"], "zone example.test\n"), (["-g"], ""), (["-o"], ""), (["-g", "-v"], ""),
                (["-g", "--pipeline", "8"], ""))):
            r = zonepub("nsupdate", *words, input=add(f"g{number}", zone_line), env=env)
            t.rc(r, 0, f"{words} {zone_line.strip()}: exit 0")
            t.eq(seen(f"g{number}"), [f'"g{number}"'], f"{words} {zone_line.strip()}: is there")
        r = zonepub("nsupdate", "-g", env=env, input=at + "del g0.example.test\nsend\n")
        t.eq((r.rc, seen("g0")), (0, []), "a removal")

    with t.case("many updates"):
        for words in ([], ["-v"], ["--pipeline", "16"]):
            tag = "m" + str(len(words))
            text = at + "".join(f"add {tag}-{i}.example.test 60 TXT x\nsend\n" for i in range(40))
            r = zonepub("nsupdate", "-g", "-d", *words, input=text, env=env)
            t.rc(r, 0, f"{words}: exit 0")
            t.eq(sum(seen(f"{tag}-{i}") == ['"x"'] for i in range(40)), 40, f"{words}: all are there")
            t.eq(r.err.count("Negotiating GSS-TSIG"), 1, f"{words}: one negotiation")

    with t.case("in the script"):
        r = zonepub("nsupdate", env=env, input="gsstsig\n" + add("script"))
        t.eq((r.rc, seen("script")), (0, ['"script"']), "gsstsig")
        r = zonepub("nsupdate", env=env, input="oldgsstsig\n" + add("old"))
        t.eq((r.rc, seen("old")), (0, ['"old"']), "oldgsstsig")
        r = zonepub("nsupdate", "-g", env=env, input=f"realm {REALM}\n" + add("realm"))
        t.eq((r.rc, seen("realm")), (0, ['"realm"']), "the right realm")
        r = zonepub("nsupdate", "-g", env=env, input="realm OTHER.TEST\n" + add("no"))
        t.eq((r.rc, seen("no")), (1, []), "another realm: exit 1, nothing is done")
        t.has(r.err, f"{service}@OTHER.TEST", "and the principal is named")
        r = zonepub("nsupdate", "-g", env=env, input="key k.test c2VjcmV0c2VjcmV0\n" + add("no"))
        t.eq((r.rc, seen("no")), (2, []), "a key of the script takes the place of GSS-TSIG")
        t.has(r.err, "BADKEY", "which the server does not know")

    with t.case("who may not"):
        r = zonepub("nsupdate", "-g", input=add("no"), env=other)
        t.eq((r.rc, seen("no")), (2, []), "a stranger: exit 2, nothing is done")
        t.has(r.err, "REFUSED", "the server says so")
        r = zonepub("nsupdate", input=add("no"), env=env)
        t.eq((r.rc, seen("no")), (2, []), "without -g: exit 2, nothing is done")
        none = {**kdc.env, "KRB5CCNAME": f"FILE:{kdc.dir}/none"}
        r = zonepub("nsupdate", "-g", input=add("no"), env=none)
        t.eq((r.rc, seen("no")), (1, []), "no tickets: exit 1, nothing is done")
        t.has(r.err, "kinit", "and what to do is said")
        r = zonepub("nsupdate", "-g", "-y", "k:c2VjcmV0", input=add("no"), env=env)
        t.eq((r.rc, seen("no")), (1, []), "-g with -y: exit 1, nothing is done")

    for name, part in (("keyless", "BADKEY"), ("nameless", "not found in Kerberos database")):
        with t.case(f"a {name} server"):
            r = zonepub("nsupdate", "-g", env=env,
                        input=f"{at}add no.{name}.test 60 TXT x\nsend\n" + add("no"))
            t.rc(r, 1, "exit 1")
            t.has(r.err, f"DNS/ns.{name}.test@{REALM}", "the principal is named")
            t.has(r.err, part, "and the reason")
            t.eq(seen("no"), [], "the script ends there")

    with t.case("a false server"):
        def change(part):
            """Between zonepub and named: replies that part() has changed."""
            def behave(q):
                reply = q.forward(named)
                return part(q, reply)
            return HostileServer(t, behave)

        def forge(wire):
            at_mac = wire.rfind(SIG) + len(SIG) + 10
            return wire[:at_mac + 20] + bytes([wire[at_mac + 20] ^ 1]) + wire[at_mac + 21:]

        def strip(wire):
            """Without the TSIG record, which begins with the key's name: a pointer or the whole."""
            first = wire[12:].index(b"\0") + 1
            name = wire[12:12 + first]
            cut = max(wire.rfind(name + b"\x00\xfa"), wire.rfind(b"\xc0\x0c\x00\xfa"))
            return wire[:10] + bytes([0, wire[11] - 1]) + wire[12:cut]

        def is_tkey(q):
            return b"\x00\xf9\x00\xff" in q.wire

        def attempt(part, name):
            server = change(part)
            text = (f"server {server.addr} {server.port}\nzone example.test\n"
                    f"add {name}.example.test 60 TXT {name}\nsend\n")
            return server, zonepub("nsupdate", "-g", "-v", "-t", "3", input=text, env=env)

        server, r = attempt(lambda q, reply: reply, "through")
        t.eq((r.rc, seen("through")), (0, ['"through"']), "unchanged replies pass")
        for what, part, say in (
                ("a forged end of the negotiation", forge, "signature of the reply is wrong"),
                ("an unsigned end of the negotiation", strip, "not signed")):
            server, r = attempt(lambda q, reply: part(reply) if is_tkey(q) else reply, "no")
            t.eq((r.rc, seen("no")), (1, []), f"{what}: exit 1, nothing is done")
            t.has(r.err, say, f"{what}: is named")
            t.eq([q for q in server.queries if q.is_update], [], f"{what}: no update is sent")
        for what, part in (("a forged reply", forge), ("an unsigned reply", lambda w: w[:2] + b"\xa8" +
                                                       w[3:11] + b"\0" + w[12:])):
            server, r = attempt(lambda q, reply: part(reply) if q.is_update else reply, "fake")
            t.eq(r.rc, 2, f"{what} to the update does not count")

    with t.case("a server that restarts"):
        fifo = t.path("script")
        os.mkfifo(fifo)
        running = Background(t, "nsupdate", "-g", "-d", fifo, env=env)
        with open(fifo, "w") as script:
            script.write(add("before"))
            script.flush()
            await_(lambda: seen("before"), 10, "the first update")
            named.kill()        # in good order it keeps its keys
            named.start()
            script.write(add("behind"))
        r = running.wait()
        t.rc(r, 0, "exit 0")
        t.eq((seen("before"), seen("behind")), (['"before"'], ['"behind"']), "both are there")
        t.eq(r.err.count("agreeing on another key"), 1, "with another key")

    with t.case("no centre"):
        kdc.stop()
        r = zonepub("nsupdate", "-g", input=add("no"), env=bare)
        t.eq((r.rc, seen("no")), (1, []), "exit 1, nothing is done")
        t.has(r.err, "contact any KDC", "and it is said")
        r = zonepub("nsupdate", "-g", input=add("late"), env=env)
        t.eq((r.rc, seen("late")), (0, ['"late"']), "a ticket for the server is enough")


with Test() as t:
    if is_built():
        check_gss(t)
    else:
        check_absent(t)
