#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Two hosts of one certificate, IPv6, the first publication, and records of two kinds."""
import sys

sys.path[0] += "/lib"
from zp import *

HOST2 = "mx2.mail.example"


class Two(Rig):
    """One certificate for two hosts; the second is at an IPv6 address."""

    def owners(self):
        return [*super().owners(), f"_25._tcp.{HOST2}."]

    def services(self):
        return [self.mx.service(), self.six.service()]

    def write_config(self, new=None):
        super().write_config(new)
        with open(self.config) as f:
            text = f.read()
        section = text[text.index(f'tls "{self.host}"'):]
        self.t.write(self.config, text + section.replace(self.host, HOST2, 1))


with Test() as t:
    with t.case("first publication"):
        rig = Rig(t, primary=Knotd, secondary=Knotd, lag=0.5, service=LiveTls, ttl=2, safety="60s",
                  hold="0s", first=True).start()
        rig.mx.fault = "no-starttls"
        done = rig.rotate("--wait")
        t.rc(done, 1, "without STARTTLS: exit 1")
        t.has(done.err, "STARTTLS", "it is said")
        t.eq(rig.published(), {o: [] for o in rig.owners()}, "nothing is published")
        rig.mx.fault = None
        watcher = rig.watch()
        done = rig.rotate("--wait", timeout=30)
        t.rc(done, 0, "carried through without the wait of a minute")
        t.has(done.out, "nothing to wait for", "it is said")
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
        watcher.check(t)
        watcher.stop()
        for child in (rig.ns1, rig.ns2, rig.unbound, rig.tree.server):
            child.stop()
        rig.mx.stop()

    with t.case("two hosts, one of them by IPv6"):
        if not isolate.private():
            t.skip_all("IPv6 addresses need a network of the test's own")
        six = free_addr(6)
        rig = Two(t, primary=Knotd, secondary=None, service=LiveTls, ttl=1, safety="0s", hold="0s",
                  params=("3 1 1", "2 1 1"), records=f"{HOST2}. AAAA {six}")
        both = rig.new = rig.ca.issue(rig.host, HOST2)
        before = len(rig.status())
        rig.six = LiveTls(t, rig.old, port=25, addr=six, host=HOST2).follow(rig.live)
        rig.deploy = [t.write("deploy", f"#!/bin/sh\ntouch {rig.mx.marker} {rig.six.marker}\n", 0o755)]
        rig.start()
        watcher = rig.watch()
        done = rig.run("rotate-tlsa", rig.host, HOST2, "--wait")
        t.rc(done, 0, "both in one command")
        t.eq(len(rig.status()), before + 1, "in one rollover")
        t.eq(rig.status()[-1]["target"], f"{rig.host} {HOST2}", "which names both")
        t.ok(rig.settled(both), "the new pair alone, at both", rig.published)
        history = rig.run("history").out
        t.has(history, f"{HOST2} {six} port 25", "the IPv6 address was looked at")
        rig.six.stop()
        rig.renewed()
        done = rig.run("rotate-tlsa", rig.host, HOST2, "--wait")
        t.rc(done, 1, "an address that does not answer: exit 1")
        t.has(done.err, six, "it is named")
        t.ok(not watcher.violations, "no cache refuses a chain that is shown", watcher.report)
