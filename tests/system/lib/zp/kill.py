# SPDX-License-Identifier: BSD-2-Clause
"""Killing a rollover and going on: what the tests of SIGKILL share."""

import os
import sqlite3
import time

BEGUN, PROVEN = 1, 2
STAGES = ["", "prepared", "published", "propagated", "expired", "deployed", "verified", "retired"]


def last_entry(rig):
    """(stage, kind) of the newest entry of the newest rollover; None without a ledger."""
    try:
        db = sqlite3.connect(f"file:{rig.state}/zonepub.db?mode=ro", uri=True, timeout=1)
        try:
            return db.execute("SELECT stage, kind FROM entry ORDER BY rollover DESC, number DESC"
                              " LIMIT 1").fetchone()
        finally:
            db.close()
    except sqlite3.Error:
        return None


def go_on(rig, seconds=60):
    """`zonepub run` again and again while it says 75, as a timer does: the last Result."""
    end = time.monotonic() + seconds
    while True:
        done = rig.run("run")
        if done.rc != 75 or time.monotonic() > end:
            return done
        time.sleep(0.1)


def finish(t, rig, watcher, what):
    """One point: `run` carries the rollover to the one right end, without a violation."""
    done = go_on(rig)
    stage = rig.status()[-1]["stage"]
    kept = os.path.exists(rig.live + ".zonepub-previous")
    t.ok(done.rc == 0 and stage == "done" and rig.settled(rig.new) and not kept
         and not watcher.violations, f"{what}: `run` carries it through to the same end",
         lambda: f"exit {done.rc}, stage {stage}, old pair kept: {kept}\n{done}\n"
                 f"{rig.published()}\n{watcher.report()}")
