#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Killed at system calls: at each rename, and at calls drawn by a seed that is printed ($ZP_SEED)."""
import collections
import os
import random
import re
import subprocess
import sys

sys.path[0] += "/lib"
from zp import *
from zp.cli import binary
from zp.kill import *

CALLS = ("rename", "fsync", "fdatasync", "unlink", "pwrite64", "sendto", "connect", "clone",
         "wait4")

with Test() as t:
    strace = need("strace")
    seed = int(os.environ.get("ZP_SEED") or random.randrange(1 << 31))
    t.diag(f"ZP_SEED={seed}")
    draw = random.Random(seed)
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=1, safety="0s", hold="0s")
    cert, key = t.path("live", "cert.pem"), t.path("live", "key.pem")
    for path, source in ((cert, rig.old.chain_file), (key, rig.old.key_file)):
        with open(source) as f:
            t.write(path, f.read(), 0o600)
    rig.live_lines = f'live-cert = "{cert}"\n    live-key = "{key}"'
    rig.live = cert
    rig.mx.follow(cert, key)
    rig.start()
    watcher = rig.watch()

    def traced(*inject):
        """One rotation under strace; the calls of CALLS that it made."""
        log = t.path("strace")
        subprocess.run([strace, "-o", log, "-e", "trace=" + ",".join(CALLS), *inject, *binary(),
                        "-c", rig.config, "-S", rig.state, "rotate-tlsa", rig.host, "--wait"],
                       stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                       env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
        with open(log) as f:
            text = f.read()
        return collections.Counter(re.findall(r"^(\w+)\(", text, re.M)), "killed by SIGKILL" in text

    calls, killed = traced()
    t.ok(not killed and rig.settled(rig.new) and calls["rename"] >= 4,
         "a rotation with two live files, traced", f"{calls}")
    victims = [("rename", n) for n in range(1, calls["rename"] + 1)]
    others = [(call, n) for call in sorted(calls) if call != "rename"
              for n in range(1, calls[call] + 1)]
    victims += draw.sample(others, 4)
    for call, number in victims:
        rig.renewed()
        _, killed = traced("-e", f"inject={call}:signal=KILL:when={number}")
        # how often servers are asked depends on how fast they are; renames do not
        t.ok(killed or (call != "rename" and rig.settled(rig.new)),
             f"{'killed at' if killed else 'done before'} {call} number {number} of {calls[call]}")
        done = rig.rotate("--wait")     # the hook again: it may have died before it recorded
        t.rc(done, 0, "the same command again carries it through")
        t.ok(rig.settled(rig.new) and not watcher.violations
             and not os.path.exists(cert + ".zonepub-previous"), "to the same end",
             lambda: f"{rig.published()}\n{watcher.report()}")
    watcher.check(t)
