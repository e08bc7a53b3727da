#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What is shown: progress on a terminal only, --quiet, --json, NO_COLOR; never a secret."""
import json
import os
import pty
import subprocess
import sys

sys.path[0] += "/lib"
from zp import *
from zp.cli import binary


def on_terminal(rig, *args, env=None):
    """(exit code, what a terminal got) of a run whose outputs are a terminal."""
    pid, master = pty.fork()
    if pid == 0:
        os.execvpe(binary()[0], [*binary(), "-c", rig.config, "-S", rig.state, *args],
                   {**os.environ, "LC_ALL": "C", **(env or {})})
    text = b""
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:
            break
        if not part:
            break
        text += part
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(master)
    return code, text.decode()


with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=1, safety="1s", hold="1s").start()
    with open(rig.new.key_file) as f:
        secret_line = f.read().splitlines()[1]
    shown = []

    with t.case("a terminal"):
        code, text = on_terminal(rig, "rotate-tlsa", rig.host)
        shown.append(text)
        t.eq(code, 0, "waits without being told to, and is done")
        t.has(text, "\r\033[K", "a live line comes and goes")
        t.has(text, "left)", "with the time left")
        t.has(text, "expired: not before", "the stage and what is awaited")
        t.ok(rig.settled(rig.new), "done")
        rig.renewed()
        for env, options in (({"NO_COLOR": "1"}, []), ({}, ["--color", "never"])):
            code, text = on_terminal(rig, *options, "rotate-tlsa", rig.host, "--no-wait", env=env)
            shown.append(text)
            t.hasnt(text, "\033[1", f"no colour with {env or options}")
            t.hasnt(text, "\033[3", f"none at all with {env or options}")
        code, text = on_terminal(rig, "--quiet", "run", "--wait")
        t.eq((code, text), (0, ""), "--quiet says nothing")
        rig.renewed()

    with t.case("no terminal"):
        done = rig.rotate()
        shown.append(str(done))
        t.rc(done, 75, "does not wait")
        t.hasnt(done.err + done.out, "\033", "no control sequence")
        t.hasnt(done.err, "left)", "no progress")
        done = rig.run("--quiet", "run")
        t.rc(done, 75, "--quiet run: 75")
        t.eq(done.out + done.err, "", "and nothing is said, as a timer wants it")
        done = rig.run("-v", "run", "--wait")
        shown.append(str(done))
        t.rc(done, 0, "-v")
        t.has(done.out, "present", "shows the evidence")
        rig.renewed()

    with t.case("json"):
        done = rig.run("--json", "rotate-tlsa", rig.host, "--no-wait")
        shown.append(str(done))
        t.rc(done, 75, "75")
        t.eq([r["stage"] for r in done.json()], ["propagated"], "one document: the rollover")
        done = rig.run("--json", "run", "--wait")
        t.rc(done, 0, "0")
        t.eq([r["stage"] for r in done.json()], ["done"], "one document: the rollover at its end")
        rig.renewed()
        done = rig.run("--json", "--dry-run", "rotate-tlsa", rig.host)
        t.rc(done, 0, "--dry-run: 0")
        plan = done.json()
        t.eq([s["stage"] for s in plan[0]["stages"]],
             ["published", "propagated", "expired", "deployed", "verified", "retired", "done"],
             "the stages with their times")
        t.ok(all(s["not_before"].endswith("Z") for s in plan[0]["stages"]), "in UTC", plan)
        t.has(json.dumps(plan), rig.new.tlsa(), "and the records")
        wrong = TsigKey(rig.key.name)
        done = rig.run("--json", "rotate-tlsa", rig.host, "--tsig-file", wrong.file(t, "wrong.key"))
        shown.append(str(done))
        t.rc(done, 1, "a refused update: 1")
        t.eq(len(done.json()), 1, "one document all the same")
        t.has(done.json()[0]["last_error"], "BADSIG", "with the error in it")
        done = rig.run("--json", "rotate-tlsa", rig.host, "--key", "/nowhere")
        t.rc(done, 1, "nothing begun: 1")
        t.has(done.err, "/nowhere", "the error is on standard error")
        done = rig.run("--json", "rotate-tlsa", rig.host, "--port", "x")
        t.eq((done.rc, done.out), (2, ""), "a usage error prints no document")
        t.rc(rig.rotate("--wait"), 0, "the right key goes on")
        shown.append(str(rig.run("history", "-v")))
        shown.append(str(rig.run("history", "--json")))
        shown.append(str(rig.run("status")))

    with t.case("secrets"):
        with open(os.path.join(rig.state, "zonepub.db"), "rb") as f:
            shown.append(f.read().decode("latin-1"))
        for secret, what in ((rig.key.secret, "TSIG secret"), (secret_line, "private key"),
                             (wrong.secret, "wrong TSIG secret")):
            t.ok(not any(secret in s for s in shown), f"the {what} is printed and recorded nowhere")
        t.eq(os.stat(os.path.join(rig.state, "zonepub.db")).st_mode & 0o077, 0,
             "others cannot read the ledger")
