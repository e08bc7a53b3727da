#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Time: --no-wait and its due time, `run` before and after it, --max-wait, --dry-run, key reuse."""
import datetime
import re
import sys
import time

sys.path[0] += "/lib"
from zp import *

MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
FIELDS = ["id", "kind", "target", "stage", "due", "waiting_for", "records", "started", "last_error"]


def seconds(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(
        tzinfo=datetime.timezone.utc).timestamp()


def holder(path):
    """The process that signed the lock of a rollover."""
    with open(path) as f:
        return int("0" + f.read().strip())


with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=3, safety="1s",
              hold="2s").start()
    watcher = rig.watch()

    with t.case("nothing recorded"):
        t.eq(rig.status(), [], "status is an empty list")
        t.eq(rig.run("history", "--json").json(), [], "history, too")
        done = rig.run("run")
        t.rc(done, 0, "run has nothing to do")
        done = rig.run("status", "7")
        t.rc(done, 1, "an id that is not there: exit 1")
        t.has(done.err, "7", "it is named")
        t.rc(rig.run("status", "x"), 2, "an id that is none: exit 2")
        t.rc(rig.run("abort"), 2, "abort without an id: exit 2")

    with t.case("dry run"):
        before = rig.ns1.serial(rig.zone.name)
        done = rig.rotate("--dry-run")
        t.rc(done, 0, "exit 0")
        for stage in ("published", "propagated", "expired", "deployed", "verified", "retired", "done"):
            t.ok(re.search(rf"^ *{stage} .*{MOMENT}", done.out, re.M), f"{stage} has its time", done.out)
        t.has(done.out, rig.new.tlsa(), "the new record is shown")
        t.eq(rig.ns1.serial(rig.zone.name), before, "nothing was sent")
        t.eq(rig.status(), [], "nothing is recorded")
        t.ok(rig.settled(rig.old), "nothing was changed")

    with t.case("no wait"):
        begun = time.time()
        done = rig.rotate("--no-wait")
        ended = time.time()
        t.rc(done, 75, "exit 75")
        due = re.search(rf"'zonepub run' at or after ({MOMENT})", done.err)
        t.ok(due, "the time of the next step is said", done.err)
        for part in ("not before", "TTL 3 s", "published"):
            t.has(done.err, part, f"with its arithmetic: '{part}'")
        # max(T_pub + 2 TTL, T_all + TTL + R) = 6 s after publication, shown in whole seconds
        t.ok(begun + 5 <= seconds(due[1]) <= ended + 8, "it is 2 TTL after the publication",
             f"{begun} {due[1]} {ended}")
        record = rig.status()[-1]
        t.eq(list(record), FIELDS, "status has the fields of the manual, in order")
        t.eq((record["id"], record["kind"], record["target"], record["stage"]),
             ("1", "tlsa", rig.host, "propagated"), "id, kind, target, stage")
        t.ok(re.fullmatch(MOMENT, record["due"] or "") and re.fullmatch(MOMENT, record["started"]),
             "times are RFC 3339, UTC", record)
        t.ok(abs(seconds(record["due"]) - seconds(due[1])) <= 1, "the same due time", record)
        t.has(record["waiting_for"], "not before", "what it waits for")
        t.eq(sorted((r["rdata"], r["state"]) for r in record["records"]),
             sorted([(rig.old.tlsa(), "old"), (rig.new.tlsa(), "new")]), "the records")
        t.eq(record["last_error"], None, "no error")
        early = rig.run("run")
        t.rc(early, 75, "`run` before it: 75")
        t.eq(rig.status()[-1]["stage"], "propagated", "and nothing is done")
        again = rig.rotate("--no-wait")
        t.rc(again, 75, "the same command: 75")
        t.eq(len(rig.status()), 1, "it never starts a second one")
        t.ok(rig.serves(rig.old), "the old pair is live")
        await_(lambda: time.time() >= seconds(due[1]), 15, "the due time")
        later = rig.run("run")
        t.rc(later, 75, "`run` after it: deployed, and the hold is waited for")
        t.eq(rig.status()[-1]["stage"], "verified", "verified")
        t.has(later.err, "hold 2 s", "the hold is said")
        t.ok(rig.serves(rig.new), "the new pair is live")
        done = rig.run("run", "--wait")
        t.rc(done, 0, "`run --wait` ends it")
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
        entries = rig.run("history", "--json").json()
        t.ok(all(list(e) == ["id", "number", "at", "stage", "event", "text", "evidence"]
                 for e in entries), "history has its fields", entries[:1])
        t.eq([e["number"] for e in entries], list(range(1, len(entries) + 1)), "without a gap")
        t.eq([e["stage"] for e in entries if e["event"] == "proven"],
             ["prepared", "published", "propagated", "expired", "deployed", "verified", "retired",
              "done"], "every stage is proven once")
        t.ok(all(e["evidence"] for e in entries if e["event"] == "proven"
                 and e["stage"] in ("propagated", "expired", "verified", "retired")),
             "with its evidence")
        t.rc(rig.run("status", "1"), 0, "status by id")
        t.eq(len(rig.run("history", "1", "--json").json()), len(entries), "history by id")

    with t.case("the key is reused"):
        rig.renewed(same_key=True)
        before = rig.ns1.serial(rig.zone.name)
        done = rig.rotate("--no-wait")
        t.ok(rig.serves(rig.new), "deployed at once", done)
        t.rc(done, 75, "the hold remains")
        t.rc(rig.run("run", "--wait"), 0, "done")
        t.eq(rig.ns1.serial(rig.zone.name), before, "the zone was not touched")
        done = rig.rotate("--wait")
        t.rc(done, 0, "the same pair once more: nothing to do")
        t.eq(rig.ns1.serial(rig.zone.name), before, "the zone was not touched")

    with t.case("max-wait"):
        rig.settings["safety"] = "8s"
        rig.renewed()
        begun = time.monotonic()
        done = rig.rotate("--wait", "--max-wait", "2s")
        t.rc(done, 75, "exit 75")
        t.has(done.err, "not before", "what is waited for")
        t.ok(1.5 < time.monotonic() - begun < 8, "after as long")

    with t.case("dry run of one that is under way"):
        done = rig.rotate("--dry-run")
        t.rc(done, 0, "exit 0")
        t.has(done.out, "under way", "it is said")
        done = rig.run("run", "--dry-run")
        t.rc(done, 0, "run --dry-run: exit 0")
        t.eq(rig.status()[-1]["stage"], "propagated", "nothing was done")

    with t.case("two processes"):
        first = rig.background("run", "--wait")
        await_(lambda: holder(f"{rig.state}/rollover-{rig.status()[-1]['id']}.lock")
               == first.popen.pid, 10, "the first to hold the lock")
        lock = rig.rotate("--no-wait")
        t.rc(lock, 75, "the second leaves with 75")
        t.has(lock.err, "another process", "and says why")
        second = rig.background("run", "--wait")
        codes = [first.wait(60).rc, second.wait(60).rc]
        t.ok(codes[0] == 0 and codes[1] in (0, 75), "one carries it through, no harm is done", codes)
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
    watcher.check(t)
