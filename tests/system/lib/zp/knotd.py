# SPDX-License-Identifier: BSD-2-Clause
"""Knotd: Knot DNS, as signing primary, secondary, or of static files."""

import os

from .dnsserver import DnsServer
from .proc import need, run


class Knotd(DnsServer):
    """extra: text added to the configuration; journal: the most that all journals may take."""

    name = "knotd"

    def __init__(self, t, addr=None, port=None, name=None, extra="", journal="64M"):
        need("knotd")
        super().__init__(t, addr, port, name)
        self.extra = extra
        self.journal = journal
        self.conf = os.path.join(self.dir, "knot.conf")
        self.sock = os.path.join(self.dir, "ctl")

    def argv(self):
        return [need("knotd"), "-c", self.conf]

    def configure(self):
        os.makedirs(os.path.join(self.dir, "db"), exist_ok=True)
        keys = {z.key.name: z.key for z in self.primaries if z.key}
        peers = {s.name: s for z in self.primaries for s in self.notify_targets(z)}
        peers.update({source.name: source for _, source in self.secondaries})
        text = f"""server:
    listen: [{self.listen_text('{}@' + str(self.port))}]
    rundir: {self.dir}
    pidfile: {self.dir}/pid
    udp-workers: 1
    tcp-workers: 2
    background-workers: 2
    tcp-io-timeout: 2000
log:
  - target: stderr
    any: info
control:
    listen: {self.sock}
database:
    storage: {self.dir}/db
    journal-db-max-size: {self.journal}
    kasp-db-max-size: {self.journal}
    timer-db-max-size: 16M
"""
        if keys:
            text += "key:\n"
        for key in keys.values():
            text += (f"  - id: {key.name}\n    algorithm: {key.algorithm}\n"
                     f"    secret: {key.secret}\n")
        if peers:
            text += "remote:\n"
        for peer in peers.values():
            text += (f"  - id: {peer.name}\n    address: {peer.addr}@{peer.port}\n"
                     f"    via: {self.addr}\n")
        text += "acl:\n  - id: peers\n    address: 127.0.0.0/8\n    action: [transfer, notify]\n"
        for zone in self.primaries:
            if zone.key:
                text += (f"  - id: update-{zone.name}\n    key: {zone.key.name}\n"
                         f"    action: update\n")
                if zone.update_types:
                    text += f"    update-type: [{', '.join(zone.update_types)}]\n"
        text += "policy:\n"
        for policy in ("nsec", "nsec3"):
            text += (f"  - id: zp-{policy}\n    algorithm: ecdsap256sha256\n"
                     "    single-type-signing: on\n    dnskey-ttl: 3\n"
                     "    propagation-delay: 0\n    rrsig-lifetime: 14d\n"
                     "    rrsig-refresh: 5d\n    cds-cdnskey-publish: none\n")
            if policy == "nsec3":
                text += "    nsec3: on\n    nsec3-iterations: 0\n    nsec3-salt-length: 0\n"
        text += "zone:\n"
        for zone in self.primaries:
            text += self._primary(zone)
        for zone, source in self.secondaries:
            text += (f"  - domain: {zone.name}\n    storage: {self.dir}\n"
                     f"    master: {source.name}\n    acl: [peers]\n    zonefile-sync: -1\n    zonefile-load: none\n"
                     f"    journal-content: all\n")
        for zone, path in self.statics:
            text += (f"  - domain: {zone.name}\n    file: {path}\n    acl: [peers]\n"
                     "    zonefile-sync: -1\n    journal-content: none\n")
        with open(self.conf, "w") as f:
            f.write(text + self.extra)

    def _primary(self, zone):
        path = os.path.join(self.dir, f"{zone.name}zone")
        if not os.path.exists(path):
            with open(path, "w") as f:
                f.write(zone.text())
        acl = ["peers"] + ([f"update-{zone.name}"] if zone.key else [])
        text = (f"  - domain: {zone.name}\n    file: {path}\n    acl: [{', '.join(acl)}]\n"
                "    zonefile-sync: -1\n    zonefile-load: whole\n"
                "    journal-content: all\n")
        if zone.signed:
            text += f"    dnssec-signing: on\n    dnssec-policy: zp-{zone.signed}\n"
        names = [s.name for s in self.notify_targets(zone)]
        if names:
            text += f"    notify: [{', '.join(names)}]\n"
        return text

    def control(self, *words):
        """Run knotc."""
        return run(["knotc", "-s", self.sock, *words])
