#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A renewed pair that is no good, or files that cannot be used: refused before anything is done."""
import os
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    rig = Rig(t, primary=Knotd, secondary=None, service=LiveTls, ttl=1, safety="0s", hold="0s").start()
    good = rig.new

    def refused(what, parts, rc, *options, **settings):
        with t.case(what):
            before = rig.ns1.serial(rig.zone.name)
            done = rig.rotate("--wait", *options, **settings)
            t.rc(done, rc, f"exit {rc}")
            t.eq(done.out, "", "nothing on standard output")
            t.eq(len(done.err.splitlines()), 1, "one line says why")
            for part in parts:
                t.has(done.err, part, f"the message says '{part}'")
            t.eq(rig.ns1.serial(rig.zone.name), before, "nothing was published")
            t.ok(rig.settled(rig.old), "nothing was changed")
            t.eq(rig.status(), [], "nothing is recorded")

    other, expired = rig.old.renew(), rig.old.renew(days=30, ago=60)
    future, foreign = rig.old.renew(ago=-10), rig.ca.issue("other.example")
    refused("another key", [good.chain_file, other.key_file, "key"], 1, "--key", other.key_file)
    refused("expired", [expired.chain_file, "expired"], 1,
            "--cert", expired.chain_file, "--key", expired.key_file)
    refused("not yet valid", [future.chain_file, "not valid before"], 1,
            "--cert", future.chain_file, "--key", future.key_file)
    refused("another host's certificate, with an issuer's record", ["mx.mail.example"], 1,
            "--cert", foreign.chain_file, "--key", foreign.key_file, "--params", "2 1 1")
    refused("no such certificate", ["/nowhere/cert.pem", "No such file"], 1,
            "--cert", "/nowhere/cert.pem")
    refused("no such key", ["/nowhere/key.pem", "No such file"], 1, "--key", "/nowhere/key.pem")
    refused("no certificate in it", [good.key_file], 2, "--cert", good.key_file)
    refused("no key in it", [good.chain_file], 2, "--key", good.chain_file)
    refused("a TSIG file that is not there", ["/nowhere/tsig"], 1, "--tsig-file", "/nowhere/tsig")
    if is_root():
        nobody = t.write("unreadable.pem", "x", 0o000)
        setpriv = [need("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
        from zp import cli
        plain = cli.binary
        state = t.subdir("nobody")
        os.chown(state, 65534, 65534)
        was, rig.state = rig.state, state
        cli.binary = lambda: setpriv + plain()
        with open(rig.key.file(t)) as f:
            readable = t.write("readable.key", f.read(), 0o644)
        os.chown(t.subdir("writable"), 65534, 65534)
        os.chmod(good.key_file, 0o644)
        refused("an unreadable TSIG key", [rig.key.file(t), "Permission denied"], 1,
                "--tsig-file", rig.key.file(t))
        refused("a live place that cannot be written to", [rig.live, "Permission denied"], 1,
                "--tsig-file", readable)
        refused("an unreadable key", ["unreadable.pem", "Permission denied"], 1, "--key", nobody,
                "--tsig-file", readable, "--live-chain", t.path("writable", "live.pem"))
        cli.binary, rig.state = plain, was
        os.chmod(good.key_file, 0o600)
    refused("no live place to write", ["/nowhere/live.pem"], 1, "--live-chain", "/nowhere/live.pem")
    refused("no such deploy command", ["/nowhere/deploy"], 1, "--deploy", "/nowhere/deploy")
    refused("no such deploy command in PATH", ["no-such-command-at-all"], 1,
            "--deploy", "no-such-command-at-all now")
    refused("two ways to name the live place", ["--live-chain", "--live-cert"], 2,
            "--live-chain", "/tmp/a", "--live-cert", "/tmp/b", "--live-key", "/tmp/c")
    refused("a live file that is a folder", [rig.state, "regular file"], 1, "--live-chain", rig.state)
    refused("both at once", ["--wait", "--no-wait"], 2, "--no-wait")
    refused("a port that is none", ["70000"], 2, "--port", "70000")
    refused("parameters that are none", ["3 1 9"], 2, "--params", "3 1 9")
    refused("a duration that is none", ["tomorrow"], 2, "--safety", "tomorrow")
    refused("an unknown option", ["--frobnicate"], 2, "--frobnicate")
    with t.case("without a host"):
        done = rig.run("rotate-tlsa")
        t.rc(done, 2, "exit 2")
        t.has(done.err, "host", "it is said")
    with t.case("a configuration that is broken"):
        path = t.write("broken.conf", 'tls "mx.mail.example" {\n  ports = {25}\n  prots = {25}\n}\n')
        done = zonepub("rotate-tlsa", rig.host, config=path, state=rig.state)
        t.rc(done, 2, "exit 2")
        t.has(done.err, f"{path}:3", "file and line are named")
    with t.case("a configuration that is not there"):
        done = zonepub("rotate-tlsa", rig.host, config="/nowhere/zonepub.conf", state=rig.state)
        t.rc(done, 2, "exit 2")
        t.has(done.err, "/nowhere/zonepub.conf", "it is named")
    with t.case("a host that the configuration does not know"):
        done = rig.run("rotate-tlsa", "other.mail.example")
        t.rc(done, 2, "exit 2")
        t.has(done.err, "other.mail.example", "it is named")
    with t.case("a foreign certificate with usage 3 alone"):
        rig.old, rig.new = rig.old, foreign
        done = rig.rotate("--wait", "--cert", foreign.chain_file, "--key", foreign.key_file)
        t.rc(done, 0, "is carried through: such clients look at the key alone (RFC 7671 5.1)")
        t.has(done.err, "warning", "and warned of")
