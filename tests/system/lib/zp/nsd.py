# SPDX-License-Identifier: BSD-2-Clause
"""Nsd: NSD with master files (signed offline for it), or as a secondary."""

import os
import signal

from .dnsserver import DnsServer
from .proc import need, run
from .signing import ZoneKeys, sign_file


class Nsd(DnsServer):
    """primary(zone) writes zone.file and, if signed, zone.file + ".signed" with zone.keys."""

    name = "nsd"
    death_signal = "TERM"       # the first process passes it on

    def __init__(self, t, addr=None, port=None, name=None, extra=""):
        need("nsd")
        super().__init__(t, addr, port, name)
        self.extra = extra
        self.conf = os.path.join(self.dir, "nsd.conf")
        # a socket's path is short
        self.ctl = os.path.join(self.dir, "ctl")

    def argv(self):
        return [need("nsd"), "-d", "-c", self.conf]

    @property
    def reload_argv(self):
        """The reload command for zonepub."""
        return [need("nsd-control"), "-c", self.conf, "reload"]

    def configure(self):
        text = f"""server:
    {self.listen_text("ip-address: {}@" + str(self.port), chr(10) + "    ")}
    username: ""
    chroot: ""
    server-count: 1
    database: ""
    zonesdir: "{self.dir}"
    pidfile: "{self.dir}/pid"
    zonelistfile: "{self.dir}/zone.list"
    xfrdfile: "{self.dir}/xfrd.state"
    xfrdir: "{self.dir}"
    xfrd-reload-timeout: 0
    verbosity: 2
    {self.extra}
remote-control:
    control-enable: yes
    control-interface: {self.ctl}
"""
        for zone in self.primaries:
            text += self._zone(zone, self._primary(zone))
        for zone, path in self.statics:
            text += self._zone(zone, path)
        for zone, source in self.secondaries:
            text += self._zone(zone, f"{self.dir}/{zone.name}db")
            text += (f"    request-xfr: AXFR {source.addr}@{source.port} NOKEY\n"
                     "    allow-notify: 127.0.0.0/8 NOKEY\n"
                     f"    outgoing-interface: {self.addr}\n")
        with open(self.conf, "w") as f:
            f.write(text)

    def _zone(self, zone, path):
        text = (f'zone:\n    name: "{zone.name}"\n    zonefile: "{path}"\n'
                "    provide-xfr: 127.0.0.0/8 NOKEY\n")
        for server in self.notify_targets(zone):
            text += (f"    notify: {server.addr}@{server.port} NOKEY\n"
                     f"    outgoing-interface: {self.addr}\n")
        return text

    def _primary(self, zone):
        if not getattr(zone, "file", None):
            zone.file = os.path.join(self.dir, f"{zone.name}zone")
            with open(zone.file, "w") as f:
                f.write(zone.text())
            if zone.signed:
                zone.keys = ZoneKeys(self.t, zone.name)
                sign_file(zone.text(), zone.keys, zone.file + ".signed",
                          nsec3=zone.signed == "nsec3")
        return zone.file + (".signed" if zone.signed else "")

    def reload(self):
        """Read the master files again, by SIGHUP."""
        os.kill(self.pid, signal.SIGHUP)

    def control(self, *words):
        """Run nsd-control."""
        return run(["nsd-control", "-c", self.conf, *words])
