# SPDX-License-Identifier: BSD-2-Clause
"""Rig: all that a TLSA rollover needs, ready to rotate, in one object."""

from .cli import Background, zonepub
from .dnsserver import Lag, Zone
from .hostile import HostileServer
from .knotd import Knotd
from .livetls import LiveTls
from .named import Named
from .nsd import Nsd
from .pki import CA
from .postfix import Postfix
from .tlsserver import TlsServer
from .tree import Tree
from .tsig import TsigKey
from .watcher import Watcher


class Rig:
    """A signed tree, a zone on a primary and a secondary, a mail service, two leaves, a config.

    primary      Knotd, Named (rfc2136) or Nsd (zonefile publisher)
    secondary    a class of server, or None
    lag          None: it follows at once; seconds: it lags that long; "manual":
                 until rig.ns2.release(rig.zone)
    service      Postfix; LiveTls (small, loads the live file when deployed); TlsServer
                 (shows rig.mx.leaf, whatever is deployed)
    ports, smtps STARTTLS and implicit-TLS ports of Postfix
    kind         key algorithm of the leaves;  params: TLSA parameters
    first        True: nothing is published yet
    zone, tls    lines added to the zone and tls sections of the configuration

    After the constructor: old, new (Leaf), live (path of key and chain), zone, key,
    ns1, ns2, mx, tree, unbound, config, state, host.  start() starts all.
    Before write_config(): deploy, server, tsig_file, live_lines replace what the
    configuration says of them.
    """

    host = "mx.mail.example"

    def __init__(self, t, primary=Knotd, secondary=Named, lag=1.0, service=Postfix, ports=(25,),
                 smtps=(), signed="nsec", ttl=2, safety="1s", hold="1s", kind="ecdsa",
                 params=("3 1 1",), records="", first=False, zone_lines="", tls_lines=""):
        self.t, self.lag = t, lag
        self.params, self.ports = list(params), [*ports, *smtps]
        self.ca = CA(t, kind)
        self.old = self.ca.issue(self.host, kind=kind)
        self.new = self.old.renew()
        self.live = self.old.install(t.path("live", "mx.pem"))
        if service is Postfix:
            self.mx = Postfix(t, chain=self.live, ports=ports, smtps=smtps, host=self.host,
                              domains=["mail.example"])
        else:
            self.mx = service(t, self.old, port=self.ports[0], host=self.host)
            if isinstance(self.mx, LiveTls):
                self.mx.follow(self.live)
        self.deploy = getattr(self.mx, "reload_argv", ["/bin/true"])
        self.live_lines = f"live-chain = \"{self.live}\""
        self.key = TsigKey()
        self.tsig_file = self.key.file(t)
        self.server = None
        lines = [f"@ MX 10 {self.host}.", f"{self.host}. A {self.mx.addr}", records]
        if not first:
            lines += [f"{owner} TLSA {rdata}" for owner in self.owners()
                      for rdata in self.rdata(self.old)]
        self.zone = Zone("mail.example", "\n".join(lines), signed=signed, ttl=ttl, key=self.key)
        self.ns1 = primary(t).primary(self.zone)
        self.ns2 = secondary(t).secondary(self.zone, lag=lag is not None) if secondary else None
        self.tree = Tree(t, "example").add(self.zone)
        self.unbound = self.tree.resolver()
        self.state = t.subdir("state")
        self.settings = {"safety": safety, "hold": hold, "ttl": ttl}
        self.zone_lines, self.tls_lines = zone_lines, tls_lines
        self.config = t.path("zonepub.conf")

    def owners(self):
        """Absolute TLSA owners, one a port."""
        return [f"_{port}._tcp.{self.host}." for port in self.ports]

    def rdata(self, leaf):
        return [leaf.tlsa(p) for p in self.params]

    def start(self):
        for server in (self.ns1, self.ns2):
            if server:
                server.start()
        self.tree.start()
        self.unbound.start()
        if isinstance(self.mx, Postfix):
            self.mx.start()
        if self.ns2 and isinstance(self.lag, (int, float)):
            Lag(self.t, self.ns2, self.zone, self.lag)
        self.write_config()
        return self

    def write_config(self, new=None):
        """(Re)write the configuration; new: the renewed Leaf it names."""
        new = new or self.new
        if isinstance(self.ns1, Nsd):
            publisher = (f"    publisher = zonefile\n    zonefile = \"{self.zone.file}\"\n"
                         f"    reload = {_list(self.ns1.reload_argv)}\n")
            if self.zone.signed:
                publisher += f"    sign-keys = \"{self.zone.keys.dir}\"\n"
        else:
            publisher = (f"    publisher = rfc2136\n"
                         f"    server = \"{self.server or f'{self.ns1.addr}@{self.ns1.port}'}\"\n"
                         f"    tsig-file = \"{self.tsig_file}\"\n")
        self.t.write(self.config, f"""resolver {{
    forward = "{self.unbound.at}"
    trust-anchor = "{self.tree.anchor_file}"
}}
zone "{self.zone.name.rstrip('.')}" {{
{publisher}    ttl = {self.settings["ttl"]}
{self.zone_lines}
}}
tls "{self.host}" {{
    ports = {{{", ".join(map(str, self.ports))}}}
    params = {_list(self.params)}
    cert = "{new.chain_file}"
    key = "{new.key_file}"
    {self.live_lines}
    deploy = {_list(self.deploy)}
    safety = "{self.settings["safety"]}"
    hold = "{self.settings["hold"]}"
{self.tls_lines}
}}
""")

    def run(self, *args, **options):
        """zonepub with this rig's configuration and state."""
        return zonepub(*args, config=self.config, state=self.state, **options)

    def background(self, *args, **options):
        return Background(self.t, *args, config=self.config, state=self.state, **options)

    def rotate(self, *args, **options):
        return self.run("rotate-tlsa", self.host, *args, **options)

    def services(self):
        return (self.mx.services() if isinstance(self.mx, Postfix) else [self.mx.service()])

    def watch(self):
        """A started Watcher over all servers and services."""
        return Watcher(self.t, self.zone.servers, self.services(),
                       signed=bool(self.zone.signed)).start()

    def published(self, server=None):
        """{owner: rdata texts} as one server (default: the primary) answers."""
        return {o: (server or self.ns1).rdatas(o, "TLSA") for o in self.owners()}

    def both_published(self):
        """Whether the records of the old and of the new leaf, and no others, are published."""
        want = sorted([*self.rdata(self.old), *self.rdata(self.new)])
        return all(v == want for v in self.published().values())

    def serves(self, leaf):
        """Whether every service shows leaf's chain now."""
        return all(s.chain() == leaf.ders() for s in self.services())

    def renewed(self, new=None, **options):
        """Begin with a next renewal (new: this one): it is what the configuration names."""
        self.old, self.new = self.new, new or self.new.renew(**options)
        self.write_config()
        return self.new

    def status(self):
        """The rollovers, oldest first."""
        return self.run("status", "--json").json()

    def settled(self, leaf):
        """Whether leaf is live and exactly its records are at every server."""
        want = {o: sorted(self.rdata(leaf)) for o in self.owners()}
        return self.serves(leaf) and all(self.published(s) == want for s in self.zone.servers)


class ProxiedRig(Rig):
    """A Rig whose updates and look-ups at the primary go through self.proxy, a HostileServer.

    on_update and on_query: what becomes of them, as `behave`; None: passed on.
    """

    on_update = on_query = None

    def __init__(self, t, **options):
        super().__init__(t, **options)
        self.proxy = HostileServer(t, self._behave)
        self.server = str(self.proxy)

    def _behave(self, q):
        other = self.on_update if q.is_update else self.on_query
        return other(q) if other else q.forward(self.ns1)

    def goes_on(self, what, *options, command="rotate-tlsa"):
        """Points: the rollover is carried through. The next renewal begins."""
        done = (self.rotate("--wait", *options) if command == "rotate-tlsa" else
                self.run(command, "--wait"))
        self.t.rc(done, 0, f"{what}: it is carried through")
        self.t.ok(self.settled(self.new), f"{what}: the new pair alone", self.published)
        self.renewed()

    def unchanged(self, what):
        """A point: the old pair is live, and its records alone are published."""
        self.t.ok(self.settled(self.old), f"{what}: nothing was changed", self.published)


def _list(words):
    return "{" + ", ".join(f'"{w}"' for w in words) + "}"
