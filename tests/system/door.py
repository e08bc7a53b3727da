#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The door: options, exit codes, closed and full outputs, and what a dry run must not leave."""
import os
import signal
import socket
import subprocess
import sys

sys.path[0] += "/lib"
from zp import *
from zp.cli import binary

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../data/keys")
HOST = "mx1.example.com"


def data(name):
    return os.path.join(DATA, name)


def raw(*args, **options):
    """Run it with descriptors of the caller's choice."""
    return subprocess.run(binary() + [str(a) for a in args], timeout=60, **options)


def closed(*numbers):
    return lambda: [os.close(n) for n in numbers]


with Test() as t:
    with t.case("bad options"):
        for words, say in (
                (["-nx", "status"], "no such option '-x'"),
                (["status", "-zq"], "no such option '-z'"),
                (["--nope", "status"], "no such option '--nope'"),
                (["status", "--nope=3"], "no such option '--nope=3'"),
                (["status", "--json=1"], "no argument goes with '--json'"),
                (["rotate-tlsa", HOST, "--live", "x"], "several options begin with '--live'"),
                (["rotate-tlsa", HOST, "--cert"], "an argument is missing behind '--cert'"),
                (["rotate-tlsa", HOST, "-p"], "an argument is missing behind '-p'"),
                (["-S"], "an argument is missing behind '-S'"),
                (["rotate-tlsa", HOST, "--ttl", "x"], "--ttl: 'x'"),
                (["rotate-tlsa", HOST, "--ttl", "-1"], "--ttl: '-1'"),
                (["rotate-tlsa", HOST, "--ttl", "2147483648"], "--ttl: '2147483648'"),
                (["rotate-tlsa", HOST, "--safety", "1w"], "--safety: '1w'"),
                (["rotate-tlsa", HOST, "--safety", ""], "--safety: ''"),
                (["--color", "blue", "status"], "'blue'"),
                (["status", "x"], "'x'"), (["status", "1", "2"], "'2'"), (["abort"], "ID"),
                (["statu"], "'statu'"), ([], "no command"), ([""], "''")):
            done = zonepub(*words)
            t.rc(done, 2, f"{words} is a usage error")
            t.has(done.err, say, "which is named")
            t.eq(done.out, "", "nothing on standard output")

    with t.case("good options"):
        for words in (["--state=/nonexistent", "status"], ["-S/nonexistent", "status"],
                      ["status", "--state", "/nonexistent", "-qv"], ["-q", "-q", "status", "-S", "/nonexistent"],
                      ["status", "-h", "x"], ["rotate-tlsa", "--cert", "x", "-h"], ["--help"], ["-V"]):
            t.rc(zonepub(*words), 0, f"{words}")
        t.eq(zonepub("status", "--json", "-S", "/nonexistent").json(), [], "no ledger: an empty list")
        done = zonepub("gen", "tlsa", HOST, "--cert", data("ec-chain.pem"), env={"POSIXLY_CORRECT": "1"})
        t.rc(done, 0, "options behind arguments, whatever POSIXLY_CORRECT says")

    with t.case("outputs"):
        gen = ("gen", "tlsa", HOST, "--cert", data("ec-chain.pem"))
        for words in (gen, ("--version",), ("--help",), ("status", "--json", "-S", "/nonexistent")):
            with open("/dev/full", "w") as full:
                done = raw(*words, stdout=full, stderr=subprocess.PIPE, text=True)
            t.eq(done.returncode, 1, f"{words[0]}: a full disk is no success")
            t.has(done.stderr, "standard output", "and is named")
            done = raw(*words, stderr=subprocess.PIPE, preexec_fn=closed(1))
            t.eq(done.returncode, 1, f"{words[0]}: neither is a closed output")
        out, into = os.pipe()
        os.close(out)
        done = raw("--help", stdout=into, stderr=subprocess.PIPE, text=True)
        os.close(into)
        t.eq((done.returncode, done.stderr), (1, ""), "a reader that left is told nothing")
        keys = t.subdir("keys")
        done = raw("keygen", "tls", HOST, "--out", keys, preexec_fn=closed(0, 1, 2))
        t.rc(zonepub("gen", "tlsa", HOST, "--key", f"{keys}/{HOST}.key"), 0,
             "with all descriptors closed no message gets into a file")

    with t.case("standard input"):
        text = t.write("half-read", "# one line that somebody else has read\nv=spf1 ptr -all\n")
        hosts = t.write("hosts", f"not for us\n{HOST}\n")
        selectors = t.write("selectors", "not for us\nexample.com s1 ed25519\n")
        for words, path, say in (
                (("lint", "spf", "-"), text, "spf-ptr"),
                (("gen", "tlsa", "--batch", "-", "--cert", data("ec-chain.pem")), hosts, f"_25._tcp.{HOST}."),
                (("keygen", "dkim", "--batch", "-", "--out", t.path("dkim")), selectors, "s1.private")):
            with open(path) as f:
                f.readline()
                os.lseek(f.fileno(), len(open(path).readline()), os.SEEK_SET)
                done = raw(*words, stdin=f, capture_output=True, text=True)
            t.has(done.stdout, say, f"{words[0]} reads on where it stands")
        ours, its = socket.socketpair()
        ours.send(b"v=spf1 ptr -all\n")
        ours.shutdown(socket.SHUT_WR)
        its.setblocking(False)
        done = raw("lint", "spf", "-", stdin=its, capture_output=True, text=True)
        t.has(done.stdout, "spf-ptr", "a socket will do")

    with t.case("what must not be left"):
        state = t.path("none")
        for words in (["status"], ["history"], ["-n", "run"], ["-n", "abort", "3"], ["status", "9"]):
            zonepub(*words, state=state)
            t.ok(not os.path.exists(state), f"{words} makes no folder")
        state = t.subdir("state")
        t.rc(zonepub("-n", "abort", "99", state=t.path("none")), 1, "no such rollover in a dry run")
        t.rc(zonepub("abort", "99", state=state), 1, "no such rollover")
        t.eq([f for f in os.listdir(state) if f.endswith(".lock")], [], "has no lock file")

    with t.case("a configuration that is named"):
        sealed = t.write("sealed.conf", "", 0)
        plain = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if is_root() else []
        for words in (["status"], ["history"], ["abort", "1"], ["run"], ["rotate-tlsa", HOST]):
            for path, named in ((t.path("no.conf"), None), (t.path("no.conf"), "ZONEPUB_CONFIG"),
                                (sealed, None)):
                given = {named: path} if named else {}
                done = subprocess.run(
                    [*plain, *binary(), *([] if named else ["-c", path]), *words, "-S", t.path("none")],
                    text=True, capture_output=True, timeout=60, env={**os.environ, **given})
                t.eq(done.returncode, 2, f"{words[0]}: one that cannot be read is a usage error")
                t.has(done.stderr, path, "which names it")
        t.rc(zonepub("status", state=t.path("none")), 0, "the default one may be missing")

    with t.case("hosts that share a certificate"):
        pair = f'cert = "{data("ec-chain.pem")}" key = "{data("ec.key")}" live-cert = "/l" live-key = "/m"'
        t.write("zone", "")
        conf = t.write("zonepub.conf", f"""
            zone "example.com" {{ publisher = zonefile  zonefile = "{t.path('zone')}" }}
            tls "a.example.com" {{ ports = {{25}} {pair} }}
            tls "b.example.com" {{ ports = {{993}} {pair} }}
        """)
        rotate = lambda *words: zonepub("rotate-tlsa", *words, config=conf, state=t.path("none"))
        done = rotate("a.example.com", "b.example.com")
        t.rc(done, 2, "one order for two hosts with other ports is refused")
        t.has(done.err, "'ports'", "because of the ports")
        done = rotate("a.example.com", "b.example.com", "--port", "25")
        t.hasnt(done.err, "'ports'", "unless the command line gives both the same")
        t.hasnt(done.err, "same live files", "and nobody is left out")
        done = rotate("a.example.com")
        t.has(done.err, "b.example.com uses the same live files", "one of them alone is warned of")
        done = rotate("a.example.com", "--live-chain", "/x")
        t.hasnt(done.err, "b.example.com", "but not where it has a place of its own")
        t.hasnt(done.err, "--live-chain", "the command line takes the place of the section")
        for repeat in ("0", "1001"):
            done = rotate("a.example.com", "--probe-repeat", repeat)
            t.rc(done, 2, f"--probe-repeat {repeat} is refused")
            t.has(done.err, "--probe-repeat", "and named")

    zone_text = "$TTL 1\n@ SOA ns hostmaster 1 7200 900 1209600 1\n@ NS ns\nns A 127.0.0.1\nmx A 127.0.0.1\n"

    def copy(name, to, mode=0o600):
        with open(data(name)) as f:
            return t.write(to, f.read(), mode)

    def words(state, *more, host="mx.example.test", deploy="true"):
        return ["--state", t.path(state), "rotate-tlsa", host, "--port", "465", "--cert", t.path("cert"),
                "--key", t.path("key"), "--live-chain", t.path("live"), "--deploy", deploy, "--zone", "example.test",
                "--zonefile", t.path("zone"), "--allow-insecure", "--no-probe", "--safety", "0s", "--hold", "0s",
                *more]

    t.write("zone", zone_text)
    copy("ec-live.pem", "live")
    copy("p384-chain.pem", "cert")
    copy("p384.key", "key")
    with t.case("a caller that ignores its children"):
        t.write("live.zonepub-previous", "what an unknown rollover kept")
        done = raw(*words("deploy", "--no-wait", deploy="sh -c 'echo broken; exit 3'"), capture_output=True,
                   text=True, preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
        t.eq(done.returncode, 1, "a deploy command that fails is a failure")
        t.has(done.stderr, "exit code 3: broken", "with its exit code and its last words")
        with open(t.path("live.zonepub-previous")) as f, open(data("ec-live.pem")) as was:
            t.eq(f.read(), was.read(), "the pair to go back to is the one that was live")
        done = zonepub(*words("deploy", "--no-wait", host="other.example.test"))
        t.rc(done, 2, "another host with the same live file, meanwhile")
        t.has(done.err, "same live files", "is refused")
        t.rc(zonepub(*words("deploy", "--no-wait")), 0, "a deploy command that works")
