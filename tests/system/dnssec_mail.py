#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A DANE-only Postfix sends all the time: a rollover defers nothing, a change by hand does."""
import sys
import threading
import time

sys.path[0] += "/lib"
from zp import *


class Sender:
    """Hands one message after the other to a DANE-only Postfix with a validating resolver."""

    def __init__(self, postfix):
        self.postfix, self.sent, self.end = postfix, 0, threading.Event()
        self.errors = []
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.end.wait(0.15):
            try:
                self.postfix.submit("a@out.example", f"b{self.sent}@mail.example")
                self.sent += 1
            except Exception as e:
                self.errors.append(e)

    def stop(self):
        self.end.set()
        self.thread.join(20)
        return self.sent


def deferred(postfix):
    """Every deferral that its log tells of."""
    return [line for line in postfix.log_text().splitlines() if "status=deferred" in line]


with Test() as t:
    rig = Rig(t, lag=1.5, ttl=3).start()
    out = Postfix(t, dane=True, resolver=rig.unbound.addr, host="out.example")
    out.start()

    with t.case("zonepub"):
        sender = Sender(out)
        rig.mx.await_delivered(1)
        done = rig.rotate("--wait", timeout=60)
        t.rc(done, 0, "the rollover is carried through")
        count = sender.stop()
        rig.mx.await_delivered(count)
        t.ok(count > 20, f"messages went out all the time ({count})", sender.errors)
        t.eq(len(rig.mx.delivered()), count, "every one arrived")
        t.eq(out.queue(), [], "none is left in the queue")
        t.eq(deferred(out), [], "none was deferred")
        t.eq(out.log_text().count("Verified TLS connection"), count, "each over a verified connection")

    with t.case("by hand"):
        before, new, owner = count, rig.new, rig.owners()[0]
        sender = Sender(out)
        rig.mx.await_delivered(before + 3)
        # On a busy machine the caches may have caught up before the service has: then once more.
        for _ in range(4):
            new = new.renew()
            rig.zone.update(delete=f"{owner} TLSA", add=f"{owner} 3 TLSA {new.tlsa()}")
            new.install(rig.live)
            rig.mx.reload()
            try:
                await_(lambda: deferred(out), 8, "a message to be deferred")
                break
            except TimedOut as e:
                t.diag(str(e))
        t.ok(deferred(out), "without waiting some are deferred")
        t.has((deferred(out) or [""])[0].lower(), "not verified", "for the chain that no cached record fits")
        count = before + sender.stop()

        def arrived():
            out.flush()
            return len(rig.mx.delivered()) == count
        t.ok(await_(arrived, 30, "the rest", poll=0.5), "until the caches have caught up")
