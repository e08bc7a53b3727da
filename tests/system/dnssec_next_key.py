#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The next-key scheme: current and next are published, a renewal with the next key goes live at once."""
import os
import sys
import time

from cryptography.hazmat.primitives import serialization

sys.path[0] += "/lib"
from zp import *


def next_key(*args):
    done = zonepub("keygen", "tls", rig.host, "--next", "--out", folder, "--json", *args)
    t.rc(done, 0, "keygen tls --next")
    return done.json()


def leaf_of(path):
    with open(path, "rb") as f:
        key = serialization.load_pem_private_key(f.read(), None)
    return rig.ca.issue(rig.host, key=key)


with Test() as t:
    folder = t.path("next")
    rig = Rig(t, secondary=None, lag=None, service=LiveTls, ttl=2, safety="1s", hold="0s",
              tls_lines=f'    scheme = next-key\n    next-dir = "{folder}"').start()
    owner = rig.owners()[0]
    watcher = rig.watch()

    with t.case("keygen"):
        done = zonepub("keygen", "tls", rig.host, "--next", "--out", folder, "--dry-run")
        t.rc(done, 0, "--dry-run")
        t.ok(not os.path.exists(folder), "makes nothing")
        first = next_key()
        t.eq(next_key(), first, "asked again it shows the same key")
        t.eq(leaf_of(first["key"]).tlsa(), first["tlsa"], "with its TLSA data")
        t.eq(os.stat(first["key"]).st_mode & 0o777, 0o600, "which nobody else reads")
        t.has(run(["openssl", "req", "-in", first["csr"], "-noout", "-verify", "-text"]),
              f"DNS:{rig.host}", "its request names the host")
        t.rc(zonepub("keygen", "tls", rig.host, "b.example", "--next", "--out", folder), 2,
             "one host at a time")

    with t.case("the live pair first"):
        rig.renewed(rig.old)
        done = rig.rotate("--no-wait")
        t.rc(done, 0, "done at once, nothing changes for anyone")
        t.eq(rig.ns1.rdatas(owner, "TLSA"), sorted([rig.new.tlsa(), first["tlsa"]]),
             "current and next are published")
        t.eq(next_key(), first, "the next key is the one that was made before")

    with t.case("a renewal with the next key"):
        known = time.monotonic()
        await_(lambda: time.monotonic() > known + 5, 10, "2 TTL and TTL + safety")
        rig.renewed(leaf_of(first["key"]))
        serial = rig.ns1.serial(rig.zone.name)
        done = rig.rotate("--no-wait")
        t.rc(done, 0, "is deployed at once")
        t.ok(rig.serves(rig.new), "and shown")
        second = next_key()
        t.ne(second["tlsa"], first["tlsa"], "there is a new next key")
        t.eq(rig.ns1.rdatas(owner, "TLSA"), sorted([first["tlsa"], second["tlsa"]]),
             "whose record is published beside the current one")
        t.eq(rig.ns1.serial(rig.zone.name), serial + 1, "by one update that took the old one away")
        t.has(leaf_of(first["key"].replace(".next.", ".current.")).tlsa(), first["tlsa"],
              "the former next key is the current one")

    with t.case("a renewal with another key"):
        rig.renewed(rig.ca.issue(rig.host))
        done = rig.rotate("--no-wait")
        t.rc(done, 75, "waits")
        t.has(done.err + done.out, "staged", "and says that it is staged")
        t.ok(rig.serves(rig.old), "nothing is deployed yet")
        t.rc(rig.run("run", "--wait"), 0, "it goes on to its end")
        t.ok(rig.serves(rig.new), "and is shown")
        t.eq(rig.ns1.rdatas(owner, "TLSA"), sorted([rig.new.tlsa(), next_key()["tlsa"]]),
             "beside the next key")
    watcher.check(t)
