#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The next key's record was removed and put back by hand since the last rollover: the clock starts anew."""
import glob
import sys
import time

from cryptography.hazmat.primitives.serialization import load_pem_private_key

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    folder = t.subdir("next")
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=3, safety="0s", hold="0s",
              tls_lines=f'    scheme = next-key\n    next-dir = "{folder}"').start()
    owner = rig.owners()[0]

    def renew():
        """A renewal with the next key."""
        path, = glob.glob(folder + "/*.next.key")
        with open(path, "rb") as f:
            key = load_pem_private_key(f.read(), None)
        rig.renewed(rig.ca.issue(rig.host, key=key))
        return rig.new.tlsa()

    t.rc(rig.rotate("--wait", timeout=60), 0, "current and next are published")
    record = renew()
    time.sleep(7)
    watcher = rig.watch()
    with t.case("another record of the zone changes"):
        rig.zone.update(add=["other 3 TXT something"])
        done = rig.rotate("--no-wait")
        t.rc(done, 0, "the next key goes live at once, as its set is under the same signature")
        t.ok(rig.serves(rig.new), "and is shown")
    with t.case("removed and put back"):
        record = renew()
        time.sleep(7)
        rig.zone.update(delete=[f"{owner} TLSA {record}"])
        rig.zone.await_rdata(owner, "TLSA", [rig.old.tlsa()])
        time.sleep(1)   # a cache takes the set
        rig.zone.update(add=[f"{owner} 3 TLSA {record}"])
        done = rig.rotate("--no-wait")
        t.rc(done, 75, "it waits")
        t.ok(rig.serves(rig.old), "nothing is deployed")
        t.rc(rig.run("run", "--wait", timeout=60), 0, "it goes on")
        t.ok(rig.serves(rig.new), "to its end")
    watcher.check(t)
