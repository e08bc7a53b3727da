#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Each script of tests/data/nsupdate, run by nsupdate and by zonepub: zones and exit codes agree.

A script works on the zone example.test, which each program has for its own
under another name.  Comments at its head: "; options: WORDS", "; exit: CODE",
"; key: none".
"""

import glob
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from zp import Knotd, Named, Test, TsigKey, Zone, zonepub      # noqa: E402
from zp.differ import RECORDS, content, rcodes, reference      # noqa: E402
from zp.proc import need                                       # noqa: E402

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "nsupdate")


class Script:
    def __init__(self, path):
        self.name = os.path.basename(path)[:-4]
        with open(path, newline="") as f:
            self.text = f.read()
        self.head = {}
        for line in self.text.splitlines():
            if not line.startswith("; ") or ": " not in line:
                break
            word, value = line[2:].split(": ", 1)
            self.head[word] = value

    def options(self, key_file):
        words = self.head.get("options", "").split()
        return words if self.head.get("key") == "none" else ["-k", key_file, *words]

    def fill(self, zone, server, key):
        return (self.text.replace("example.test", zone.rstrip("."))
                .replace("@SERVER@", f"{server.addr} {server.port}")
                .replace("@HMAC@", key.algorithm).replace("@KEY@", key.name)
                .replace("@SECRET@", key.secret))


def one(t, server, script, zones, key, key_file):
    name = f"{server.name}: {script.name}"
    rc, err = reference(script.options(key_file), script.fill(zones[0].name, server, key).encode())
    ours = zonepub("nsupdate", *script.options(key_file),
                   input=script.fill(zones[1].name, server, key).encode())
    detail = f"nsupdate: {rc}\n{err}\nzonepub: {ours.rc}\n{ours.err}"
    t.ok(ours.rc == rc, f"{name}: exit code {rc}", detail)
    if "exit" in script.head:
        t.eq(rc, int(script.head["exit"]), f"{name}: the expected exit code")
    want, got = content(server, zones[0]), content(server, zones[1])
    t.ok(want == got, f"{name}: same zone",
         f"only nsupdate: {sorted(set(want) - set(got))}\n"
         f"only zonepub: {sorted(set(got) - set(want))}\n{detail}")
    t.ok(rcodes(ours.err) == rcodes(err), f"{name}: same rcodes", detail)


with Test() as t:
    need("nsupdate")
    key = TsigKey()
    key_file = key.file(t)
    only = os.environ.get("ZP_SCRIPT", "*")
    scripts = [Script(p) for p in sorted(glob.glob(os.path.join(FOLDER, only + ".txt")))]
    t.ok(only != "*" or len(scripts) >= 60, f"{len(scripts)} scripts")
    for kind in (Named, Knotd):
        server = kind(t)
        zones = {}
        for number, script in enumerate(scripts):
            zones[script.name] = [Zone(f"{side}{number}.test", RECORDS, signed=None, key=key)
                                  for side in ("a", "b")]
            for zone in zones[script.name]:
                server.primary(zone)
        server.start()
        for script in scripts:
            with t.case(f"{server.name}: {script.name}"):
                one(t, server, script, zones[script.name], key, key_file)
