# SPDX-License-Identifier: BSD-2-Clause
"""Pdns: PowerDNS with SQLite, as primary with online signing, dynamic update and HTTP API."""

import json
import os
import secrets
import sqlite3
import urllib.request

from .dnsserver import DnsServer
from .net import free_port
from .proc import need, run

_SCHEMA = ("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql",
           "/usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql")


class Pdns(DnsServer):
    """api_url and api_key (api_key_file) reach its HTTP API; extra: lines for pdns.conf."""

    name = "pdns"

    def __init__(self, t, addr=None, port=None, name=None, extra=""):
        need("pdns_server", "pdnsutil")
        super().__init__(t, addr, port, name)
        self.extra = extra
        self.api_port = free_port(self.addr)
        self.api_url = f"http://{self.addr}:{self.api_port}"
        self.api_key = secrets.token_hex(16)
        self.database = os.path.join(self.dir, "pdns.sqlite3")

    @property
    def api_key_file(self):
        return self.t.write(f"{self.name}/api.key", self.api_key + "\n", 0o600)

    def argv(self):
        return [need("pdns_server"), f"--config-dir={self.dir}"]

    def configure(self):
        notify = any(self.notify_targets(z) for z in self.primaries)
        self.t.write(f"{self.name}/pdns.conf", f"""launch=gsqlite3
gsqlite3-database={self.database}
gsqlite3-dnssec=yes
local-address={self.listen_text()}
local-port={self.port}
query-local-address={self.addr}
socket-dir={self.dir}
write-pid=no
daemon=no
guardian=no
api=yes
api-key={self.api_key}
webserver=yes
webserver-address={self.addr}
webserver-port={self.api_port}
webserver-allow-from=127.0.0.0/8
dnsupdate=yes
allow-dnsupdate-from=127.0.0.0/8
allow-axfr-ips=127.0.0.0/8
primary={"yes" if notify else "no"}
only-notify=
xfr-cycle-interval=1
security-poll-suffix=
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
zone-cache-refresh-interval=0
distributor-threads=1
signing-threads=1
{self.extra}
""")
        if self.secondaries:
            raise RuntimeError("Pdns serves as a primary only")
        if not os.path.exists(self.database):
            self._create()

    def _create(self):
        schema = next(p for p in _SCHEMA if os.path.exists(p))
        database = sqlite3.connect(self.database)
        with open(schema) as f:
            database.executescript(f.read())
        database.close()
        for zone, path in self.statics:
            self.util("load-zone", zone.name, path)
            self.util("set-presigned", zone.name)
        for zone in self.primaries:
            self.util("load-zone", zone.name,
                      self.t.write(f"{self.name}/{zone.name}zone", zone.text()))
            self.util("set-meta", zone.name, "SOA-EDIT-DNSUPDATE", "INCREASE")
            if zone.signed:
                self.util("secure-zone", zone.name)
            if zone.signed == "nsec3":
                self.util("set-nsec3", zone.name, "1 0 0 -")
            if zone.key:
                self.util("import-tsig-key", zone.key.name, zone.key.algorithm,
                          zone.key.secret)
                self.util("set-meta", zone.name, "TSIG-ALLOW-DNSUPDATE", zone.key.name)
            targets = [f"{s.addr}:{s.port}" for s in self.notify_targets(zone)]
            if targets:
                self.util("set-kind", zone.name, "primary")
                self.util("set-meta", zone.name, "ALSO-NOTIFY", *targets)
            self.util("rectify-zone", zone.name)

    def util(self, *words):
        """Run pdnsutil."""
        return run(["pdnsutil", f"--config-dir={self.dir}", *words])

    def ready(self):
        return super().ready() and self.api("/api/v1/servers/localhost")

    def api(self, path, method="GET", body=None):
        """One call of the HTTP API; the parsed answer, None if it is empty."""
        request = urllib.request.Request(
            self.api_url + path, method=method, headers={"X-API-Key": self.api_key},
            data=json.dumps(body).encode() if body is not None else None)
        with urllib.request.urlopen(request, timeout=5) as reply:
            text = reply.read()
        return json.loads(text) if text else None
