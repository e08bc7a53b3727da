# SPDX-License-Identifier: BSD-2-Clause
"""Tree: a signed parent zone, its delegations with DS as wanted, and the trust anchor."""

import os
import signal
import time

from .dnsserver import Zone
from .named import Named
from .net import await_
from .signing import DAY, ZoneKeys, sign_file
from .tap import SkipAll
from .unbound import Unbound


class Tree:
    """Tree(t, "example").add(zone); start the children, then the tree.

    The parent zone is signed offline and served by a Named of its own (server).
    records: more lines of the parent zone.
    """

    def __init__(self, t, name="example", records="", nsec3=False, ttl=3):
        self.t = t
        self.zone = Zone(name, records, signed="nsec3" if nsec3 else "nsec", ttl=ttl)
        self.keys = ZoneKeys(t, self.zone.name)
        self.server = Named(t, name=f"parent-{self.zone.name.rstrip('.') or 'root'}")
        if self.server.port != 53:
            raise SkipAll("delegations need port 53: run it as root, or where users may "
                          "make namespaces")
        self.path = t.path("tree", f"{self.zone.name}signed")
        self.server.static(self.zone, self.path)
        self.children = {}
        self.serial = int(time.time())
        self.dates = (-3600, 14 * DAY)
        self.anchor_file = t.write(f"anchor-{self.zone.name}ds",
                                   f"{self.zone.name} 3600 IN DS {self.keys.ds()}\n")

    def add(self, zone, ds="good"):
        """Delegate to zone (a Zone or another Tree).

        ds: "good" (of the live keys), "none", "wrong" (of no key), or a list of rdata texts.
        """
        self.children[zone.zone if isinstance(zone, Tree) else zone] = ds
        return self

    def write(self):
        """Draw up the parent zone from the live children and sign it."""
        self.serial += 1
        self.zone.serial = self.serial
        text = self.zone.text()
        for child, ds in self.children.items():
            text += child.delegation(ds=ds == "good")
            if ds == "wrong":
                good = child.ds()[0]
                text += f"{child.name} DS {good[:-2]}{'00' if good[-2:] != '00' else '11'}\n"
            elif isinstance(ds, (list, tuple)):
                text += "".join(f"{child.name} DS {d}\n" for d in ds)
        start, end = self.dates
        sign_file(text, self.keys, self.path, self.zone.signed == "nsec3", start, end)

    def start(self):
        self.write()
        self.server.start()
        return self

    def change(self, zone=None, ds=None, dates=None):
        """Draw it up again (a new DS, other signature dates) and serve that."""
        if zone is not None:
            self.children[zone] = ds
        self.dates = dates or self.dates
        self.write()
        os.kill(self.server.pid, signal.SIGHUP)
        await_(lambda: self.server.serial(self.zone.name) == self.serial, 10,
               f"the new {self.zone.name} zone")

    def resolver(self, **options):
        """An Unbound that validates from this tree's anchor (not yet started)."""
        return Unbound(self.t, anchors=[self.anchor_file],
                       stubs={self.zone.name: [self.server]}, **options)
