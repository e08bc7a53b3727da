#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A zone file whose server was not told: the reload command failed, or the process died in it."""
import os
import shlex
import sys

sys.path[0] += "/lib"
from zp import *


def unfinished(t, signed, **options):
    flag = t.path("flag")

    class Reloaded(Nsd):
        reload_argv = [t.path("reload")]

    rig = Rig(t, primary=Reloaded, secondary=None, service=LiveTls, ttl=1, safety="0s", hold="0s",
              signed=signed, **options)
    t.write("reload", f"""#!/bin/sh
if test -e {flag}; then
    how=$(cat {flag}); rm {flag}
    case $how in kill) kill -9 $PPID;; *) echo not now >&2;; esac
    exit 1
fi
exec {shlex.join(Nsd.reload_argv.fget(rig.ns1))}
""", 0o755)
    rig.zone_lines += f"\nauthorities = {{\"{rig.ns1.addr}\"}}"
    rig.start()
    for how in ("fail", "kill"):
        with t.case(f"{how}, {signed or 'not signed'}"):
            t.write("flag", how)
            first = rig.background("rotate-tlsa", rig.host, "--wait").wait(60)
            t.ne(first.rc, 0, "the first process does not end well")
            t.ok(os.path.exists(rig.zone.file + ".unfinished"), "the zone file is marked")
            look = rig.run("rotate-tlsa", rig.host, "--dry-run")
            t.has(look.err, "would be finished first", "a dry run tells")
            t.ok(os.path.exists(rig.zone.file + ".unfinished"), "and changes nothing")
            t.rc(rig.run("run", "--wait", "--max-wait", "20s"), 0, "the next run carries it through")
            t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
            t.ok(not os.path.exists(rig.zone.file + ".unfinished"), "the mark is gone")
            rig.renewed()


with Test() as t:
    unfinished(t, None, zone_lines="allow-insecure = true")
    unfinished(t, "nsec")
