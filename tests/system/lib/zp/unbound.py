# SPDX-License-Identifier: BSD-2-Clause
"""Unbound: a validating resolver that knows a private tree and nothing else."""

import os

import dns.flags
import dns.rcode

from . import query
from .net import free_addr, service_port
from .proc import Proc, need, run


class Unbound(Proc):
    """anchors: trust anchor files.  stubs, forwards: {zone name: [servers or "addr@port"]}."""

    name = "unbound"

    def __init__(self, t, anchors=(), stubs=None, forwards=None, options="", addr=None,
                 port=None, name=None):
        need("unbound")
        super().__init__(t, name)
        self.addr = addr or free_addr()
        self.port = port or service_port(self.addr, 53)
        self.anchors, self.options = list(anchors), options
        self.stubs, self.forwards = dict(stubs or {}), dict(forwards or {})
        self.conf = os.path.join(self.dir, "unbound.conf")

    def argv(self):
        return [need("unbound"), "-d", "-p", "-c", self.conf]

    def configure(self):
        zones = {**self.stubs, **self.forwards}
        local = "" if "." in zones else '    local-zone: "." refuse\n'
        local += "".join(f'    local-zone: "{z}" transparent\n' for z in zones if z != ".")
        anchors = "".join(f'    trust-anchor-file: "{a}"\n' for a in self.anchors)
        text = f"""server:
    interface: {self.addr}@{self.port}
    outgoing-interface: {self.addr}
    username: ""
    chroot: ""
    directory: "{self.dir}"
    use-syslog: no
    logfile: ""
    verbosity: 1
    val-log-level: 2
    num-threads: 1
    do-ip6: no
    access-control: 127.0.0.0/8 allow
    do-not-query-localhost: no
    cache-min-ttl: 0
    infra-host-ttl: 1
    infra-keep-probing: yes
    target-fetch-policy: "0 0 0 0 0"
    module-config: "validator iterator"
{local}{anchors}    {self.options}
remote-control:
    control-enable: yes
    control-interface: {self.dir}/ctl
    control-use-cert: no
"""
        for kind, table in (("stub", self.stubs), ("forward", self.forwards)):
            for zone, servers in table.items():
                text += f'{kind}-zone:\n    name: "{zone}"\n'
                text += "".join(f"    {kind}-addr: {_where(s)}\n" for s in servers)
        with open(self.conf, "w") as f:
            f.write(text)

    def ready(self):
        return query.ask(self.addr, "localhost.", "A", port=self.port, rd=True, timeout=0.2)

    def ask(self, name, rdtype, **options):
        options.setdefault("timeout", 10)
        return query.ask(self.addr, name, rdtype, port=self.port, rd=True, **options)

    def verdict(self, name, rdtype):
        """secure, insecure or bogus (any SERVFAIL)."""
        reply = self.ask(name, rdtype)
        if reply.rcode() == dns.rcode.SERVFAIL:
            return "bogus"
        return "secure" if reply.flags & dns.flags.AD else "insecure"

    def flush(self):
        """Forget everything."""
        run(["unbound-control", "-c", self.conf, "flush_zone", "."])
        run(["unbound-control", "-c", self.conf, "flush_infra", "all"])

    @property
    def at(self):
        """ADDR@PORT, for --resolver."""
        return f"{self.addr}@{self.port}"


def _where(server):
    return server if isinstance(server, str) else f"{server.addr}@{server.port}"
