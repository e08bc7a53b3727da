#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Options without a configuration, live files of all kinds, hosts that share a certificate, no probe."""
import os
import shutil
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    records = "mx2.mail.example. A 127.0.0.1"
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=1, safety="0s", hold="0s",
              records=records).start()
    watcher = rig.watch()
    work = t.subdir("work")

    def plain(*options, **settings):
        """rotate-tlsa by options alone."""
        return zonepub("--resolver", rig.unbound.at, "--trust-anchor", rig.tree.anchor_file,
                       "rotate-tlsa", rig.host, "--cert", rig.new.chain_file, "--key",
                       rig.new.key_file, "--server", str(rig.ns1.addr), "--tsig-file",
                       rig.key.file(t), "--safety", "0", "--hold", "0", "--wait", *options,
                       state=rig.state, cwd=work, **settings)

    def settled(done, what):
        t.rc(done, 0, what)
        t.ok(rig.settled(rig.new), "the new pair alone", rig.published)
        rig.renewed()

    deploy = " ".join(rig.mx.reload_argv)
    with t.case("options alone"):
        settled(plain("--live-chain", rig.live, "--deploy", deploy), "--deploy as one line")
        settled(plain("--live-chain", rig.live, "--deploy", rig.mx.reload_argv[0], "--deploy",
                      rig.mx.reload_argv[1]), "--deploy as several words")
        done = zonepub("rotate-tlsa", rig.host, "--cert", rig.new.chain_file, "--key",
                       rig.new.key_file, "--live-chain", rig.live, state=rig.state)
        t.rc(done, 2, "without a publisher: exit 2")
        t.has(done.err, "--tsig-file", "it says what is missing")

    with t.case("relative paths"):
        for name, source in (("cert.pem", rig.new.chain_file), ("key.pem", rig.new.key_file),
                             ("live.pem", rig.live), ("tsig.key", rig.key.file(t))):
            shutil.copy(source, os.path.join(work, name))
        rig.mx.follow(os.path.join(work, "live.pem"))
        done = plain("--cert", "cert.pem", "--key", "key.pem", "--live-chain", "live.pem",
                     "--tsig-file", "tsig.key", "--deploy", deploy, "--hold", "1s", "--no-wait")
        t.rc(done, 2, "--wait and --no-wait at once")
        done = plain("--cert", "cert.pem", "--key", "key.pem", "--live-chain", "live.pem",
                     "--tsig-file", "tsig.key", "--deploy", deploy, "--max-wait", "1s")
        t.rc(done, 75, "it waits")
        done = zonepub("run", "--wait", state=rig.state, cwd="/")
        settled(done, "`run` in another folder, without configuration or options, finds all")
        rig.live = os.path.join(work, "live.pem")

    with t.case("commands"):
        timer = {"PATH": "/usr/bin:/bin"}
        t.write("work/reload.sh", f"#!/bin/sh\ntouch {rig.mx.marker}\n", 0o755)
        for words, path in (["./reload.sh"], None), (["chroot", "/", *rig.mx.reload_argv], timer):
            options = [o for w in words for o in ("--deploy", w)]
            done = plain("--live-chain", rig.live, *options, "--max-wait", "1s", env=path)
            t.rc(done, 75, f"{words[0]}: it waits")
            done = zonepub("run", "--wait", state=rig.state, cwd="/", env=timer)
            settled(done, f"{words[0]}: `run` in another folder, with the PATH of a timer, finds it")
        done = plain("--live-chain", rig.live, "--deploy", "no-such-command")
        t.rc(done, 1, "one that does not exist")
        t.has(done.err, "no-such-command does not exist", "is named")
        t.eq(rig.published(), {o: rig.rdata(rig.old) for o in rig.owners()}, "before anything is published")

    with t.case("owner, group and mode stay"):
        if is_root():
            os.chown(rig.live, 12, 34)
        os.chmod(rig.live, 0o640)
        before = os.stat(rig.live)
        settled(plain("--live-chain", rig.live, "--deploy", deploy), "carried through")
        after = os.stat(rig.live)
        t.eq((after.st_uid, after.st_gid, after.st_mode), (before.st_uid, before.st_gid,
                                                           before.st_mode), "as they were")
        t.ne(after.st_ino, before.st_ino, "replaced by a rename")

    with t.case("a symbolic link"):
        target = t.path("elsewhere", "really.pem")
        os.rename(rig.live, target)
        os.symlink("../elsewhere/really.pem", rig.live)
        settled(plain("--live-chain", rig.live, "--deploy", deploy), "carried through")
        t.ok(os.path.islink(rig.live), "the link stays a link")
        with open(target) as f, open(rig.old.live_file) as want:
            t.eq(f.read(), want.read(), "what it leads to is replaced")

    with t.case("a pair of files"):
        cert, key = t.path("pair", "cert.pem"), t.path("pair", "key.pem")
        shutil.copy(rig.old.chain_file, cert)
        shutil.copy(rig.old.key_file, key)
        os.chmod(key, 0o600)
        rig.mx.follow(cert, key)
        settled(plain("--live-cert", cert, "--live-key", key, "--deploy", deploy), "carried through")
        with open(cert) as f, open(rig.old.chain_file) as want:
            t.eq(f.read(), want.read(), "the certificate file")
        with open(key) as f, open(rig.old.key_file) as want:
            t.eq(f.read(), want.read(), "the key file")
        t.eq(os.stat(key).st_mode & 0o777, 0o600, "its mode stays")
        done = plain("--live-cert", cert)
        t.rc(done, 2, "one without the other: exit 2")

    with t.case("without a look at the service"):
        mark = t.path("deployed")
        rig.mx.stop()
        done = plain("--live-cert", cert, "--live-key", key, "--deploy", f"touch {mark}", "--no-wait")
        done = plain("--live-cert", cert, "--live-key", key, "--deploy", f"touch {mark}")
        t.rc(done, 1, "a service that is down: exit 1")
        t.has(done.err, "--no-probe", "it names the way round")
        done = plain("--live-cert", cert, "--live-key", key, "--deploy", f"touch {mark}", "--no-probe")
        t.rc(done, 0, "--no-probe goes on")
        t.has(done.err, "warning: --no-probe", "warns")
        t.has(rig.run("history").out, "not looked at (--no-probe)", "and records it")
        t.ok(os.path.exists(mark), "it was deployed")
        t.eq(rig.published(), {o: rig.rdata(rig.new) for o in rig.owners()}, "the new record alone")
    watcher.stop()
    t.ok(not watcher.violations, "no cache refuses a chain that is shown", watcher.report)
