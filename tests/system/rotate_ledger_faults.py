#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The ledger's disk is full, or its folder cannot be used: said, and nothing is sent or lost."""
import os
import subprocess
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    if not is_root():
        t.skip_all("a file system of a few pages needs root")
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=1, safety="0s", hold="0s").start()
    watcher = rig.watch()
    plain = rig.state

    def tiny(size):
        folder = t.subdir(f"tiny-{size}")
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
        t.on_exit(lambda: subprocess.run(["umount", folder], check=False))
        return folder

    def fill(folder, leave=0):
        with open(os.path.join(folder, "ballast"), "wb", buffering=0) as f:
            try:
                while True:
                    f.write(bytes(4096))
            except OSError:
                pass
            size = f.tell()
            f.truncate(max(0, size - leave))

    with t.case("full from the start"):
        rig.state = tiny("256k")
        fill(rig.state)
        before = rig.ns1.serial(rig.zone.name)
        done = rig.rotate("--wait")
        t.rc(done, 1, "exit 1")
        t.has(done.err, rig.state, "the path is named")
        t.has(done.err, "full", "and that the disk is full")
        t.eq(rig.ns1.serial(rig.zone.name), before, "nothing was sent")
        t.ok(rig.settled(rig.old), "nothing was changed")
        os.unlink(os.path.join(rig.state, "ballast"))
        done = rig.rotate("--wait")
        t.rc(done, 0, "with room again it is carried through")
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
        rig.renewed()

    with t.case("full on the way"):
        rig.state = tiny("512k")
        rig.settings["safety"] = "2s"
        rig.write_config()
        t.rc(rig.rotate("--no-wait"), 75, "published")
        published = rig.published()
        fill(rig.state)
        done = rig.run("run", "--wait")
        t.rc(done, 1, "exit 1")
        t.has(done.err, "full", "the disk is full")
        t.ok(rig.serves(rig.old), "the old pair is live")
        t.eq(rig.published(), published, "both records stay")
        t.rc(rig.run("status"), 0, "status still reads")
        os.unlink(os.path.join(rig.state, "ballast"))
        t.rc(rig.run("run", "--wait"), 0, "with room again `run` carries it through")
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
        rig.renewed()

    with t.case("a state folder that cannot be made"):
        rig.state = "/proc/zonepub"
        done = rig.rotate("--wait")
        t.rc(done, 1, "exit 1")
        t.has(done.err, "/proc/zonepub", "it is named")
    with t.case("a ledger that is no database"):
        rig.state = t.subdir("garbage")
        t.write(os.path.join(rig.state, "zonepub.db"), "garbage " * 1000)
        done = rig.rotate("--wait")
        t.rc(done, 1, "exit 1")
        t.has(done.err, "zonepub.db", "it is named")
        t.ok(rig.settled(rig.old), "nothing was changed")
    watcher.check(t)
