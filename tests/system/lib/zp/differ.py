# SPDX-License-Identifier: BSD-2-Clause
"""What nsupdate and zonepub make of the same script."""

import subprocess

from . import query
from .proc import need

# What stands in the zone before a script.
RECORDS = """
    host A 192.0.2.10
    host AAAA 2001:db8::10
    multi A 192.0.2.21
    multi A 192.0.2.22
    alias CNAME host
    txt TXT "Hello"
    txt TXT "hello"
"""


def reference(argv, text, timeout=60):
    """(exit code, standard error) of the real nsupdate."""
    done = subprocess.run([need("nsupdate"), *argv], input=text, timeout=timeout,
                          capture_output=True)
    return done.returncode, done.stderr.decode("utf-8", "replace")


def content(server, zone):
    """All records as text, the zone's own name taken out."""
    data = query.transfer(server.addr, zone.name, server.port)
    lines = []
    for name, ttl, rdata in data.iterate_rdatas():
        lines.append(f"{name} {ttl} {type(rdata).__name__} {rdata}".lower()
                     .replace(zone.name.lower().rstrip("."), "ZONE"))
    return sorted(lines)


def rcodes(text):
    """The rcodes in what a program said of its updates."""
    return [line.split("update failed: ")[1].split()[0] for line in text.splitlines()
            if line.startswith("update failed: ") and line.split()[2].isupper()]
