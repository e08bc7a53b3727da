# SPDX-License-Identifier: BSD-2-Clause
"""Named: BIND, as primary (dnssec-policy), secondary, or of static files."""

import os

from . import isolate
from .dnsserver import DnsServer
from .net import free_port
from .proc import need, run
from .tsig import TsigKey


class Named(DnsServer):
    """options: text added to the options block; rndc: with a control channel."""

    name = "named"
    noise = (r" (built with|running (on|as)|compiled|linked to|----|BIND 9 is|Inc\. |corporation|"
             r"available at|found \d|using |DNSSEC alg|DS alg|HMAC alg|TKEY mode|loading config|"
             r"the (initial )?working dir|reading built|looking for Geo|generating session|"
             r"sizing|set up managed|not using config|managed-keys-zone)")

    def __init__(self, t, addr=None, port=None, name=None, options="", rndc=False):
        need("named")
        if addr is None and not isolate.private():
            addr = "127.0.0.1"      # named listens only on addresses that an interface has
            port = port or free_port(addr)
        super().__init__(t, addr, port, name)
        self.options = options
        self.rndc_port = free_port(self.addr) if rndc else None
        self.rndc_key = TsigKey("rndc-key")
        self.conf = os.path.join(self.dir, "named.conf")

    def argv(self):
        # without -u it stays root, and so keeps its parent-death signal
        return [need("named"), "-g", "-n", "1", "-c", self.conf]

    def configure(self):
        keys = {z.key.name: z.key for z in self.primaries if z.key}
        controls = "controls { };\n"
        if self.rndc_port:
            keys[self.rndc_key.name] = self.rndc_key
            controls = (f"controls {{ inet {self.addr} port {self.rndc_port} allow {{ any; }}"
                        f' keys {{ "{self.rndc_key.name}"; }}; }};\n')
        text = "".join(key.clause() for key in keys.values()) + controls
        text += self._policies()
        text += f"""options {{
	directory "{self.dir}";
	pid-file none;
	session-keyfile "{self.dir}/session.key";
	lock-file none;
	listen-on port {self.port} {{ {self.addr}; }};
	listen-on-v6 port {self.port} {{ {self.addr6 or "none"}; }};
	query-source address {self.addr};
	transfer-source {self.addr};
	notify-source {self.addr};
	recursion no;
	dnssec-validation no;
	empty-zones-enable no;
	allow-query {{ any; }};
	allow-transfer {{ any; }};
	minimal-responses no-auth;
	notify explicit;
	notify-delay 0;
	serial-query-rate 1000;
	notify-rate 1000;
	startup-notify-rate 1000;
	tcp-clients 500;
	{self.options}
}};
"""
        for zone in self.primaries:
            text += self._primary(zone)
        for zone, source in self.secondaries:
            text += (f'zone "{zone.name}" {{ type secondary; file "{zone.name}db";'
                     f" primaries {{ {source.addr} port {source.port}; }};"
                     f" allow-notify {{ 127.0.0.0/8; }}; min-refresh-time 1; }};\n")
        for zone, path in self.statics:
            text += f'zone "{zone.name}" {{ type primary; file "{path}"; }};\n'
        with open(self.conf, "w") as f:
            f.write(text)

    def _policies(self):
        text = ""
        for policy, nsec3 in (("nsec", ""), ("nsec3", "nsec3param iterations 0 optout no "
                                             "salt-length 0;")):
            if any(z.signed == policy for z in self.primaries):
                text += f"""dnssec-policy "zp-{policy}" {{
	keys {{ csk lifetime unlimited algorithm ecdsap256sha256; }};
	dnskey-ttl 3; publish-safety 1; retire-safety 1; purge-keys 0;
	zone-propagation-delay 0; parent-propagation-delay 0; parent-ds-ttl 3;
	max-zone-ttl 1d; signatures-validity 14d; signatures-validity-dnskey 14d;
	signatures-refresh 5d; {nsec3}
}};
"""
        return text

    def _primary(self, zone):
        path = os.path.join(self.dir, f"{zone.name}db")
        if not os.path.exists(path):
            with open(path, "w") as f:
                f.write(zone.text())
        text = f'zone "{zone.name}" {{ type primary; file "{zone.name}db";\n'
        if zone.signed:
            text += f'\tdnssec-policy "zp-{zone.signed}"; key-directory "{self.dir}";\n'
            if zone.inline or not zone.key:     # it wants one or the other
                text += "\tinline-signing yes;\n"
        if zone.key and zone.update_types:
            text += (f'\tupdate-policy {{ grant "{zone.key.name}" zonesub '
                     f'{" ".join(zone.update_types)}; }};\n')
        elif zone.key:
            text += f'\tallow-update {{ key "{zone.key.name}"; }};\n'
        targets = "".join(f"{s.addr} port {s.port}; " for s in self.notify_targets(zone))
        if targets:
            text += f"\talso-notify {{ {targets}}};\n"
        return text + "};\n"

    def rndc(self, *words):
        """Run rndc (needs rndc=True)."""
        path = self.t.write(os.path.join(self.dir, "rndc.conf"), self.rndc_key.clause(), 0o600)
        return run(["rndc", "-k", path, "-s", self.addr, "-p", self.rndc_port,
                    "-y", self.rndc_key.name, *words])
