# SPDX-License-Identifier: BSD-2-Clause
"""ZoneKeys and sign_file(): offline signing, with the dates and the faults that a test wants."""

import glob
import os
import time

import dns.dnssec
import dns.name
import dns.rdata
import dns.zone

from .proc import run

DAY = 86400


class ZoneKeys:
    """A combined signing key of a zone, as K*.key and K*.private in dir."""

    def __init__(self, t, zone, algorithm="ECDSAP256SHA256", dir=None, flag="KSK"):
        self.zone = zone.rstrip(".") + "."
        self.dir = dir or t.subdir("keys", f"{self.zone}{len(glob.glob(t.dir + '/keys/*'))}")
        size = ["-b", "2048"] if algorithm.startswith("RSA") else []
        self.base = os.path.join(self.dir, run(
            ["dnssec-keygen", "-q", "-K", self.dir, "-a", algorithm, *size, "-f", flag,
             "-L", "3", self.zone]).strip())

    def dnskey(self):
        """The DNSKEY rdata text."""
        with open(self.base + ".key") as f:
            line = [s for s in f if not s.startswith(";")][0]
        return line.split("DNSKEY", 1)[1].strip()

    def ds(self):
        key = dns.rdata.from_text("IN", "DNSKEY", self.dnskey())
        return dns.dnssec.make_ds(self.zone, key, "SHA256").to_text()


def _stamp(moment):
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(moment))


def sign_file(text, keys, out, nsec3=False, start=-3600, end=14 * DAY, ttl=3):
    """Sign the master file text into the file out; start and end are relative to now.

    end=-60 makes signatures that have expired.  keys: a ZoneKeys or a list of them.
    """
    keys = keys if isinstance(keys, (list, tuple)) else [keys]
    zone, now = keys[0].zone, time.time()
    for key in keys:
        text += f"{zone} {ttl} DNSKEY {key.dnskey()}\n"
    with open(out + ".unsigned", "w") as f:
        f.write(text)
    temporary = out + ".new"
    run(["dnssec-signzone", "-q", "-z", "-P", "-o", zone, "-f", temporary,
         "-d", os.path.dirname(out), "-s", _stamp(now + start), "-e", _stamp(now + end),
         *(["-3", "-"] if nsec3 else []), out + ".unsigned", *[k.base for k in keys]])
    os.rename(temporary, out)
    return out


def bogus_file(path, zone, owner, rdtype):
    """Damage the signatures over owner's rdtype in the signed file of zone."""
    content = dns.zone.from_file(path, origin=zone, relativize=False)
    rdataset = content.get_rdataset(dns.name.from_text(owner, content.origin), "RRSIG", rdtype)
    damaged = [r.replace(signature=r.signature[:-1] + bytes([r.signature[-1] ^ 1]))
               for r in rdataset]
    rdataset.clear()
    for r in damaged:
        rdataset.add(r)
    content.to_file(path + ".new", relativize=False)
    os.rename(path + ".new", path)
