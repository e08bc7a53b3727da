#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Options, prompts and ways of being called: as nsupdate where it has them, and zonepub's own."""

import os
import pty
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from zp import HostileServer, Knotd, Named, Test, TsigKey, Zone, isolate, zonepub  # noqa: E402
from zp.cli import binary                                # noqa: E402
from zp.proc import need                                 # noqa: E402


def both(argv, text):
    """(nsupdate's, zonepub's) results of the same words and script; names get a tag each."""
    theirs = subprocess.run(["nsupdate", *argv], input=text.replace("@", "a"), text=True,
                            capture_output=True, timeout=60)
    return theirs, zonepub("nsupdate", *argv, input=text.replace("@", "b"), timeout=60)


def on_terminal(argv, text):
    """What a program prints whose standard input and output are a terminal."""
    master, slave = pty.openpty()
    p = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
                         env={**os.environ, "TERM": "dumb"})
    os.close(slave)
    os.write(master, text.encode() + b"\x04")
    threading.Timer(20, p.kill).start()
    seen = b""
    try:
        while True:
            part = os.read(master, 4096)
            if not part:
                break
            seen += part
    except OSError:
        pass
    os.close(master)
    return p.wait(), seen.decode("utf-8", "replace")


with Test() as t:
    need("nsupdate")
    key = TsigKey()
    key_file = key.file(t)
    local = {"addr": "127.0.0.1"} if isolate.private() else {}
    zones = [Zone(f"{n}.test", "host A 192.0.2.1", signed=None, key=key) for n in ("x", "y")]
    server = Named(t, **local)
    for zone in zones:
        server.primary(zone)
    server.start()
    to = f"server {server.addr} {server.port}\n"

    with t.case("command lines"):
        for argv in (["-4", "-6"], ["-t", "x"], ["-u", "x"], ["-r", "x"], ["-p", "x"], ["-L", "x"],
                     ["-k", key_file, "-y", key.line()], ["-g", "-k", key_file], ["-y", "a:b:c"],
                     ["-y", "nonsense"], ["-Z"], [t.path("nosuch")]):
            theirs, ours = both(argv, "")
            t.eq((ours.rc, bool(ours.err)), (theirs.returncode, bool(theirs.stderr)),
                 f"{' '.join(argv[:2])}: exit {theirs.returncode} and a message")
        for argv in (["-V"], ["-T"], ["-P"], ["-T", "-P"]):
            theirs, ours = both(argv, "nonsense")
            t.eq(ours.rc, theirs.returncode, f"{' '.join(argv)}: exit {theirs.returncode}")
        t.ok({"A", "TLSA", "TXT", "CAA"} <= set(zonepub("nsupdate", "-T").out.split()),
             "-T lists the types")

    with t.case("keys"):
        pair = subprocess.run(["tsig-keygen", "-a", "hmac-sha512", "k2"], capture_output=True,
                              text=True).stdout
        for argv in (["-y", key.line()], ["-k", key_file], ["-v", "-k", key_file],
                     ["-k", t.write("one-line", key.line() + "\n", 0o600)]):
            ours = zonepub("nsupdate", *argv, input=to + "add k.x.test 60 TXT x\nsend\n"
                           "del k.x.test\nsend\n")
            t.rc(ours, 0, " ".join(argv)[:30])
        unknown = t.write("k2.key", pair, 0o600)
        theirs, ours = both(["-k", unknown], to + "zone x.test\nadd k@.x.test 60 TXT x\nsend\n")
        t.eq((theirs.returncode, ours.rc), (2, 2), "a key that the server does not know")
        t.has(ours.err, "update failed: NOTAUTH(BADKEY)", "by its name")
        t.eq(server.rdatas("kb.x.test", "TXT"), [], "changes nothing")

    with t.case("files"):
        text = to + "add f.x.test 60 TXT x\nsend\n"
        t.rc(zonepub("nsupdate", "-k", key_file, t.write("script", text)), 0, "a script in a file")
        t.rc(zonepub("nsupdate", "-k", key_file, "-", input=text), 0, "- is standard input")
        t.eq(server.rdatas("f.x.test", "TXT"), ['"x"'], "both work")

    with t.case("prompts"):
        for argv in (["nsupdate"], [*binary(), "nsupdate"]):
            rc, seen = on_terminal(argv, "nonsense\nshow\nquit\n")
            t.ok(rc == 0 and seen.count("> ") >= 3 and "incorrect section name" in seen,
                 f"{argv[-1]} of {os.path.basename(argv[0])} prompts, and forgives", f"{rc} {seen}")
        t.hasnt(zonepub("nsupdate", input="version\n").out, "> ", "no prompt in a pipe")
        theirs, ours = both(["-i"], "nonsense\n")
        t.eq((ours.rc, ours.out.count("> ") >= 1), (theirs.returncode, True), "-i forces it")
        theirs, ours = both([], "nonsense\n")
        t.eq((ours.rc, theirs.returncode), (1, 1), "a wrong line ends a script")

    with t.case("what was not sent"):
        text = to + "add u.x.test 60 TXT x\n"
        ours = zonepub("nsupdate", "-k", key_file, input=text)
        t.rc(ours, 0, "an update without send is dropped")
        t.has(ours.err, "line 2", "with a warning that names its line")
        t.rc(zonepub("nsupdate", "-k", key_file, "--strict", input=text), 1, "--strict: exit 1")
        t.rc(zonepub("nsupdate", "--strict", input="; nothing\n"), 0, "--strict: nothing is no error")
        t.eq(server.rdatas("u.x.test", "TXT"), [], "nothing was sent")

    with t.case("dry run"):
        ours = zonepub("-n", "nsupdate", "-k", key_file, input=to + "add d.x.test 60 TXT x\nsend\n")
        t.rc(ours, 0, "-n before the command")
        t.has(ours.out, "d.x.test.", "prints the update")
        t.eq(server.rdatas("d.x.test", "TXT"), [], "and sends nothing")

    with t.case("localhost"):
        if isolate.private():
            ours = zonepub("nsupdate", "-l", "-k", key_file, input="add l.x.test 60 TXT x\nsend\n")
            t.rc(ours, 0, "-l")
            t.eq(server.rdatas("l.x.test", "TXT"), ['"x"'], "goes to this host")
            theirs, ours = both(["-l", "-k", key_file], to)
            t.eq((ours.rc, theirs.returncode), (1, 1), "-l refuses a server")
        else:
            t.skip("-l", "port 53 of this host is not the test's")

    with t.case("resolv.conf"):
        if isolate.private():
            conf = t.write("resolv.conf", f"# comment\nnameserver {server.addr}\n")
            t.use_resolver(server.addr)     # for the name of the primary
            theirs, ours = both(["-C", conf, "-k", key_file], "add r@.x.test 60 TXT x\nsend\n")
            t.eq((theirs.returncode, ours.rc), (0, 0), "-C: zone and primary are found")
            t.eq(server.rdatas("rb.x.test", "TXT"), ['"x"'], "and changed")
            none = t.write("none.conf", "nameserver 127.9.9.9\n")
            theirs, ours = both(["-C", none, "-k", key_file], "add r@.x.test 60 TXT x\nsend\n")
            t.eq((theirs.returncode, ours.rc), (1, 1), "-C: no resolver answers")
        else:
            t.skip("-C", "needs port 53")

    # Order and pipelining.
    knot = Knotd(t)
    ordered = Zone("o.test", "", signed=None, key=key)
    knot.primary(ordered).start()
    to_knot = f"server {knot.addr} {knot.port}\nzone o.test\n"

    with t.case("updates of one name keep their order in a pipeline"):
        lines = [f"del same.o.test TXT\nadd same.o.test 60 TXT {i}\nsend" for i in range(200)]
        done = zonepub("nsupdate", "-k", key_file, "--pipeline", "64",
                       input=to_knot + "\n".join(lines) + "\n")
        t.rc(done, 0, "200 updates of one name")
        t.eq(knot.rdatas("same.o.test", "TXT"), ['"199"'], "the last one stands")
        lines = [f"prereq yxrrset n{i - 1}.o.test TXT\nadd n{i}.o.test 60 TXT {i}\nsend" if i else
                 "add n0.o.test 60 TXT 0\nsend" for i in range(50)]
        done = zonepub("nsupdate", "-k", key_file, "--pipeline", "64",
                       input=to_knot + "\n".join(lines) + "\n")
        t.rc(done, 0, "50 updates, each with the one before it as its prerequisite")

    with t.case("what is in flight at once"):
        waiting, most, lock = set(), [0], threading.Lock()

        def slow(q):
            import time
            with lock:
                waiting.add(q.number)
                most[0] = max(most[0], len(waiting))
            time.sleep(0.3)
            with lock:
                waiting.discard(q.number)
            return q.signed(key)

        hostile = HostileServer(t, slow, key=key)
        text = f"server {hostile.addr} {hostile.port}\nzone x.test\n"
        text += "".join(f"add n{i}.x.test 60 TXT x\nsend\n" for i in range(6))
        zonepub("nsupdate", "-k", key_file, input=text)
        t.eq(most[0], 1, "by default one update at a time")
        t.rc(zonepub("nsupdate", "-k", key_file, "--pipeline", "0", input=""), 1, "--pipeline 0")

    with t.case("many independent updates"):
        text = to_knot + "".join(f"add m{i}.o.test 60 TXT {i}\nsend\n" for i in range(1000))
        t.rc(zonepub("nsupdate", "-k", key_file, "--pipeline", "64", input=text), 0, "1,000 of them")
        t.eq([knot.rdatas(f"m{i}.o.test", "TXT") for i in (0, 500, 999)],
             [['"0"'], ['"500"'], ['"999"']], "all there")
        text = to_knot + "".join(f"prereq nxdomain q{i}.o.test\nadd q{i}.o.test 60 TXT {i}\nsend\n"
                                 for i in range(200))
        t.rc(zonepub("nsupdate", "-k", key_file, "--pipeline", "32", "--unordered", input=text), 0,
             "--unordered: 200 with prerequisites")

    with t.case("a writer that waits for the outcome of each update"):
        p = subprocess.Popen([*binary(), "nsupdate", "-k", key_file, "--pipeline", "8"],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        p.stdin.write(to_knot + "add slow1.o.test 60 TXT x\nsend\n")
        p.stdin.flush()
        knot_has = ordered.await_rdata("slow1", "TXT", ['"x"'])
        t.ok(knot_has is not False, "what has come is sent while the next line is awaited")
        p.stdin.write("add slow2.o.test 60 TXT x\nsend\n")
        p.stdin.close()
        t.eq(p.wait(20), 0, "and so is the rest")
