#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""gen tlsa: against openssl, danetool and ldns-dane; forms, batches, warnings, refusals."""
import fcntl
import os
import pty
import resource
import shutil
import signal
import subprocess
import sys
import termios
import time

sys.path[0] += "/lib"
from zp import *

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../data/keys")
HOST = "mx1.example.com"
KINDS = ("rsa", "ec", "p384", "ed")


def gen(*args, **options):
    return zonepub("gen", "tlsa", *args, **options)


def shell(command):
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stderr}")
    return done.stdout


def rdata(result):
    return result.out.strip().split(" IN TLSA ")[1]


def by_openssl(pem, selector, matching):
    """The data of a record, as the usual pipeline makes it."""
    cut = ("openssl x509 -in {} -noout -pubkey | openssl pkey -pubin -outform der" if selector
           else "openssl x509 -in {} -outform der").format(pem)
    end = {0: "od -An -v -tx1 | tr -d ' \\n'", 1: "openssl dgst -sha256 -r | cut -d' ' -f1",
           2: "openssl dgst -sha512 -r | cut -d' ' -f1"}[matching]
    return shell(f"{cut} | {end}").strip()


def by_danetool(pem, selector, matching, ca):
    out = shell(f"danetool --tlsa-rr --host {HOST} --port 25 --load-certificate {pem} "
                f"--hash sha{256 * matching} {'' if selector else '--x509'} {'--ca' if ca else ''}")
    fields = out.split("( ")[1].split(" )")[0].split()
    return "{:d} {:d} {:d} {}".format(*(int(f) for f in fields[:3]), fields[3])


def by_ldns(chain, root, params):
    out = shell(f"ldns-dane -c {chain} -f {root} -n -a 127.0.0.1 create {HOST} 25 {params}")
    return out.split("TLSA\t")[1].strip()


with Test() as t:
    d = t.subdir("data")
    for name in os.listdir(DATA):
        shutil.copyfile(f"{DATA}/{name}", f"{d}/{name}")
        os.chmod(f"{d}/{name}", 0o600)
    password = t.write("password", "secret\n", 0o600)
    chain = f"{d}/ec-chain.pem"

    for kind in KINDS:
        with t.case(f"{kind}: every parameter"):
            for selector in (0, 1):
                for matching in (0, 1, 2):
                    params = f"3 {selector} {matching}"
                    done = gen(HOST, "--cert", f"{d}/{kind}.pem", "--params", params, "--format",
                               "line")
                    want = f"{params} {by_openssl(f'{d}/{kind}.pem', selector, matching)}"
                    t.eq(rdata(done), want, f"{kind} {params} is what openssl makes")
                    ta = f"2 {selector} {matching}"
                    done = gen(HOST, "--cert", f"{d}/{kind}-chain.pem", "--params", ta, "--format",
                               "line")
                    want = f"{ta} {by_openssl(f'{d}/mid.pem', selector, matching)}"
                    t.eq(rdata(done), want, f"{kind} {ta} is what openssl makes of the issuer")
                    if matching:
                        done = gen(HOST, "--cert", f"{d}/{kind}.pem", "--params", params)
                        t.eq(rdata(done), by_danetool(f"{d}/{kind}.pem", selector, matching, False),
                             f"{kind} {params} is what danetool makes")
                        done = gen(HOST, "--cert", f"{d}/{kind}-chain.pem", "--params", ta)
                        t.eq(rdata(done), by_danetool(f"{d}/mid.pem", selector, matching, True),
                             f"{kind} {ta} is what danetool makes")
                    done = gen(HOST, "--cert", f"{d}/{kind}-chain.pem", "--params", params,
                               "--format", "line")
                    t.eq(rdata(done), by_ldns(f"{d}/{kind}-chain.pem", f"{d}/root.pem", params),
                         f"{kind} {params} is what ldns-dane makes")
        with t.case(f"{kind}: every source"):
            want = f"3 1 1 {by_openssl(f'{d}/{kind}.pem', 1, 1)}"
            sources = [("--cert", f"{d}/{kind}.pem"), ("--cert", f"{d}/{kind}.der"),
                       ("--cert", f"{d}/{kind}-chain.pem"), ("--cert", f"{d}/{kind}-live.pem"),
                       ("--key", f"{d}/{kind}.key"), ("--key", f"{d}/{kind}.key.der"),
                       ("--key", f"{d}/{kind}.pub"), ("--key", f"{d}/{kind}.pub.der"),
                       ("--csr", f"{d}/{kind}.csr"), ("--csr", f"{d}/{kind}.csr.der"),
                       ("--p12", f"{d}/{kind}-open.p12")]
            locked = [("--key", f"{d}/{kind}-locked.key"), ("--key", f"{d}/{kind}-locked.key.der"),
                      ("--p12", f"{d}/{kind}.p12")]
            if kind != "ed":
                sources += [("--key", f"{d}/{kind}-old.key"), ("--key", f"{d}/{kind}-old.key.der")]
                locked.append(("--key", f"{d}/{kind}-old-locked.key"))
            for option, path in sources + locked:
                more = ["--passphrase-file", password] if (option, path) in locked else []
                done = gen(HOST, option, path, *more)
                t.rc(done, 0, f"{option} {os.path.basename(path)}")
                t.eq(rdata(done), want, "the same record")
                t.eq(done.err, "", "and nothing else is said")

    with t.case("an old PKCS#12 file"):
        shell(f"openssl pkcs12 -export -legacy -inkey {d}/ec.key -in {chain} -passout pass:secret "
              f"-out {d}/legacy.p12")
        done = gen(HOST, "--p12", f"{d}/legacy.p12", "--passphrase-file", password, "--params",
                   "2 1 1")
        t.rc(done, 0, "of RC2 opens")
        t.eq(rdata(done), f"2 1 1 {by_openssl(f'{d}/mid.pem', 1, 1)}", "the issuer is found")

    with t.case("forms"):
        args = [HOST, "--cert", chain, "--port", "25", "--port", "465/tcp", "--params", "3 1 1",
                "--params", "2 0 0", "--ttl", "60"]
        line = gen(*args, "--format", "line").out.splitlines()
        t.eq(len(line), 4, "two ports and two parameters are four records")
        t.eq(sorted({l.split()[0] for l in line}),
             [f"_25._tcp.{HOST}.", f"_465._tcp.{HOST}."], "owners are absolute")
        t.ok(all(l.split()[1:4] == ["60", "IN", "TLSA"] for l in line), "TTL, class and type")
        zone = t.write("zone", "$ORIGIN example.com.\n@ 60 IN SOA ns hm 1 2 3 4 5\n@ 60 IN NS ns\n"
                       "ns 60 IN A 192.0.2.1\n" + gen(*args).out)
        for checker in (["named-checkzone", "example.com", zone], ["kzonecheck", "-o", "example.com",
                        zone], ["nsd-checkzone", "example.com", zone]):
            done = subprocess.run([proc.need(checker[0]), *checker[1:]], capture_output=True,
                                  text=True)
            t.ok(done.returncode == 0, f"{checker[0]} loads the zone form",
                 done.stdout + done.stderr)
        loaded = shell(f"named-checkzone -q -D -o - example.com {zone}")
        loaded = [l.split() for l in loaded.lower().splitlines() if "tlsa" in l.split()]
        t.eq(sorted(" ".join(l[4:7]) + " " + "".join(l[7:]) for l in loaded),
             sorted(" ".join(l.split()[4:]) for l in line), "with the same data")
        script = gen(*args, "--format", "nsupdate").out.splitlines()
        t.eq(script, ["update add " + l for l in line], "the nsupdate form")
        many, one = gen(*args, "--json").json(), gen(HOST, "--cert", chain, "--format", "json").json()
        t.eq([f"{r['name']} {r['ttl']} {r['class']} {r['type']} {r['rdata']}" for r in many], line,
             "JSON is an array of several")
        t.eq(sorted(one), ["class", "name", "rdata", "ttl", "type"], "and an object of one")

    with t.case("files"):
        out = t.path("out")
        done = gen(HOST, "--cert", chain, "-o", out)
        t.rc(done, 0, "-o writes a file")
        t.eq(done.out, "", "and not to standard output")
        first = open(out).read()
        done = gen(HOST, "--cert", chain, "-o", out, "--params", "3 0 1")
        t.rc(done, 1, "-o does not overwrite")
        t.has(done.err, "--force", "and names the option that would")
        t.eq(open(out).read(), first, "the file is as it was")
        t.rc(gen(HOST, "--cert", chain, "-o", out, "--params", "3 0 1", "--force"), 0, "--force does")
        t.ne(open(out).read(), first, "the file is new")
        done = subprocess.run([os.environ["ZONEPUB"], "gen", "tlsa", HOST, "--cert", chain],
                              stdout=open("/dev/full", "w"), stderr=subprocess.PIPE, text=True)
        t.eq(done.returncode, 1, "a full device is a failure")
        t.has(done.stderr, "standard output", "and is named")

    with t.case("batch"):
        batch = t.write("batch", f"# requests\n\n{HOST} --cert {chain}\n"
                        f"mx2.example.com --cert '{d}/rsa.pem' --port 465 --ttl 60\r\n"
                        f"  mx3.example.com --key {d}/ed.key --params \"3 1 2\"\n")
        done = gen("--batch", batch, "--format", "line", "--port", "587")
        t.rc(done, 0, "several hosts in one call")
        t.eq([l.split()[:2] + l.split()[4:7] for l in done.out.splitlines()],
             [[f"_587._tcp.{HOST}.", "3600", "3", "1", "1"],
              ["_465._tcp.mx2.example.com.", "60", "3", "1", "1"],
              ["_587._tcp.mx3.example.com.", "3600", "3", "1", "2"]],
             "options of the line go before those of the call")
        t.eq(gen("--batch", "-", "--format", "line", "--port", "587",
                 input=open(batch).read()).out, done.out, "'-' is standard input")
        for line, say in ((f"{HOST} --cert /nonexistent", "line 2: cannot read /nonexistent"),
                          (f"{HOST} --cart x", "line 2"), ("--cert x", "line 2: one host"),
                          (f"{HOST} --cert 'x", "line 2"), (f"{HOST} -o x --cert {chain}", "line 2"),
                          (f"{HOST}", "line 2: no source")):
            done = gen("--batch", t.write("bad", f"{HOST} --cert {chain}\n{line}\n"))
            t.ok(done.rc in (1, 2), f"'{line}' fails")
            t.has(done.err, say, "and is named")
            t.eq(done.out, "", "nothing is printed of the good lines either")
        many = t.write("many", "".join(f"mx{i}.example.com --cert {chain}\n" for i in range(1000)))
        done = gen("--batch", many, "--format", "line")
        t.eq(len(done.out.splitlines()), 1000, "a thousand requests")

    with t.case("warnings"):
        shutil.copyfile(f"{d}/ec.key", t.path("open.key"))
        for mode, warns in ((0o644, True), (0o604, True), (0o640, False), (0o600, False)):
            os.chmod(t.path("open.key"), mode)
            done = gen(HOST, "--key", t.path("open.key"))
            t.rc(done, 0, f"a key of mode {mode:o} is read")
            t.eq("warning" in done.err, warns, f"{'with' if warns else 'without'} a warning")
        shutil.copyfile(f"{d}/ec-live.pem", t.path("live.pem"))
        os.chmod(t.path("live.pem"), 0o644)
        t.has(gen(HOST, "--cert", t.path("live.pem")).err, "warning", "a key beside a chain counts")
        os.chmod(t.path("live.pem"), 0o600)
        t.eq(gen(HOST, "--cert", t.path("live.pem")).err, "", "unless only the owner reads it")
        with open(f"{d}/ec.key") as key, open(f"{d}/ec.csr") as csr:
            both = t.write("both.csr", key.read() + csr.read(), 0o644)
        t.has(gen(HOST, "--csr", both).err, "both.csr: others can read", "so does one beside a request")
        os.chmod(both, 0o600)
        t.eq(gen(HOST, "--csr", both).err, "", "with the same exception")
        damaged = t.write("damaged.pem", "-----BEGIN PRIVATE KEY-----\nMC4!\n-----END PRIVATE KEY-----\n"
                          + open(chain).read(), 0o600)
        t.eq(gen(HOST, "--cert", damaged).out, gen(HOST, "--cert", chain).out,
             "a damaged key in front of a chain is skipped")
        for params, port, warns in (("1 1 1", "25", True), ("0 0 1", "465", True),
                                    ("1 1 1", "587", True), ("1 1 1", "443", False),
                                    ("2 1 1", "25", False), ("3 1 1", "25", False)):
            done = gen(HOST, "--cert", chain, "--params", params, "--port", port)
            t.rc(done, 0, f"{params} on {port}")
            t.eq("warning" in done.err, warns, f"{'warns' if warns else 'is fine'}")
        done = gen(HOST, "--cert", f"{d}/short-chain.pem")
        t.rc(done, 0, "an expired certificate")
        t.has(done.err, "warning: certificate 'CN=mx1.example.com' expired", "warns")
        done = zonepub("-q", "gen", "tlsa", HOST, "--cert", f"{d}/short-chain.pem")
        t.eq(done.err, "", "--quiet does not")

    with t.case("the terminal"):
        pid, fd = pty.fork()
        if pid == 0:
            os.execv(os.environ["ZONEPUB"], ["zonepub", "gen", "tlsa", HOST, "--key",
                                             f"{d}/ec-locked.key"])
        said = b""
        while b": " not in said:
            said += os.read(fd, 1000)
        t.has(said.decode(), "ec-locked.key", "the passphrase is asked for at the terminal")
        os.write(fd, b"secret\n")
        said = b""
        try:
            while True:
                said += os.read(fd, 1000)
        except OSError:
            pass                # the other end is closed
        t.eq(os.waitpid(pid, 0)[1], 0, "and opens the key")
        t.has(said.decode(), " IN TLSA 3 1 1 ", "the record is printed")
        t.hasnt(said.decode(), "secret", "the passphrase is not shown")

    with t.case("a signal at the terminal"):
        locked = [os.environ["ZONEPUB"], "gen", "tlsa", HOST, "--key", f"{d}/ec-locked.key"]

        def ask(fd):
            said = b""
            while b"ec-locked.key: " not in said:
                said += os.read(fd, 1000)
            t.ok(not termios.tcgetattr(fd)[3] & termios.ECHO, "what is typed is not shown")

        def echoes(fd):
            deadline = time.monotonic() + 10
            while not termios.tcgetattr(fd)[3] & termios.ECHO and time.monotonic() < deadline:
                time.sleep(0.01)
            return bool(termios.tcgetattr(fd)[3] & termios.ECHO)

        for key, number in ((b"\x03", signal.SIGINT), (b"\x1c", signal.SIGQUIT), (b"", signal.SIGTERM)):
            near, far = pty.openpty()
            child = subprocess.Popen(locked, stdin=far, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                     start_new_session=True, preexec_fn=lambda: (
                                         fcntl.ioctl(0, termios.TIOCSCTTY, 0),
                                         resource.setrlimit(resource.RLIMIT_CORE, (0, 0))))
            ask(near)
            os.write(near, b"sec" + key)
            if not key:
                child.send_signal(number)
            t.eq((child.wait(10), child.stdout.read()), (-number, b""), f"{number.name} ends it")
            t.ok(echoes(far), "and the terminal echoes again")
            os.close(near)
            os.close(far)
        near, far = pty.openpty()
        shell_like = ["sh", "-mc", '"$@"; fg; exit $?', "sh", *locked]
        child = subprocess.Popen(shell_like, stdin=far, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 start_new_session=True,
                                 preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        ask(near)
        os.write(near, b"\x1a")
        ask(near)
        os.write(near, b"secret\n")
        out, _ = child.communicate(timeout=20)
        t.has(out.decode(), " IN TLSA 3 1 1 ", "who was stopped is asked again")
        t.ok(echoes(far), "and the terminal echoes at the end")
        os.close(near)
        os.close(far)

    with t.case("refusals"):
        empty, junk = t.write("empty", ""), t.write("junk", "-----BEGIN CERTIFICATE-----\nxyz\n")
        for args, say in (
                ([HOST], "no source"), ([HOST, "--cert", chain, "--key", f"{d}/ec.key"], "exactly one"),
                ([HOST, "--cert", chain, "--live"], "exactly one"),
                (["--cert", chain], "one host"), ([HOST, "b.example", "--cert", chain], "one host"),
                ([HOST, "--cert", "/nonexistent"], "/nonexistent"), ([HOST, "--cert", d], d),
                ([HOST, "--cert", empty], "empty"), ([HOST, "--cert", junk], "junk"),
                ([HOST, "--cert", f"{d}/ec.key"], "there is a key"),
                ([HOST, "--cert", f"{d}/ec.csr"], "signing request"),
                ([HOST, "--cert", f"{d}/ec.p12"], "no certificate"),
                ([HOST, "--key", f"{d}/ec.pem"], "no key"), ([HOST, "--key", empty], "empty"),
                ([HOST, "--key", f"{d}/ec-locked.key"], "--passphrase-file"),
                ([HOST, "--p12", f"{d}/ec.p12"], "--passphrase-file"),
                ([HOST, "--p12", f"{d}/ec.p12", "--passphrase-file", empty], "ec.p12"),
                ([HOST, "--p12", f"{d}/ec.p12", "--passphrase-file", "/nonexistent"], "/nonexistent"),
                ([HOST, "--p12", chain], "no PKCS#12"), ([HOST, "--csr", chain], "signing request"),
                ([HOST, "--key", f"{d}/ec.key", "--params", "3 0 1"], "selector 0"),
                ([HOST, "--csr", f"{d}/ec.csr", "--params", "3 0 1"], "selector 0"),
                ([HOST, "--key", f"{d}/ec.key", "--params", "2 1 1"], "usage 2"),
                ([HOST, "--csr", f"{d}/ec.csr", "--params", "0 1 1"], "usage 0"),
                ([HOST, "--cert", f"{d}/ec.pem", "--params", "2 1 1"], "usage 2"),
                ([HOST, "--cert", f"{d}/self.pem", "--params", "2 1 1"], "usage 2"),
                ([HOST, "--cert", chain, "--params", "2 1 1", "--issuer", "3"], "issuer 3"),
                ([HOST, "--cert", f"{d}/ec-unordered.pem", "--params", "2 1 1"], "in order"),
                ([HOST, "--cert", chain, "--params", "3 1"], "3 1"),
                ([HOST, "--cert", chain, "--params", "4 1 1"], "usage 4"),
                ([HOST, "--cert", chain, "--params", "3 2 1"], "selector 2"),
                ([HOST, "--cert", chain, "--params", "3 1 3"], "matching type 3"),
                ([HOST, "--cert", chain, "--port", "0"], "port"),
                ([HOST, "--cert", chain, "--port", "65536"], "65536"),
                ([HOST, "--cert", chain, "--port", "25/quic"], "25/quic"),
                ([HOST, "--cert", chain, "--ttl", "-1"], "ttl"),
                ([HOST, "--cert", chain, "--ttl", "4294967296"], "ttl"),
                ([HOST, "--cert", chain, "--format", "xml"], "xml"),
                ([HOST, "--cert", chain, "--json", "--format", "zone"], "--json"),
                ([HOST, "--cert", chain, "--issuer", "x"], "issuer"),
                ([HOST, "--cert", chain, "--issuer", "0"], "issuer"),
                (["mx..example", "--cert", chain], "mx..example"),
                (["mx 1.example", "--cert", chain], "mx 1.example"),
                (["m\u00fcller.example", "--cert", chain], "A-label"),
                (["a" * 64 + ".example", "--cert", chain], "63"),
                ([".".join(["a" * 60] * 4) + ".example", "--cert", chain], ""),
                ([HOST, "--batch", junk, "--cert", chain], "--batch"),
                *[(["--batch", t.write(f"asks{w}", f"{HOST}\n{HOST} {w}\n"), "--cert", chain], "line 2")
                  for w in ("--help", "-h", "--version", "-V", "--json", "-q")],
                (["--batch", "/nonexistent"], "/nonexistent")):
            done = gen(*args)
            what = " ".join(a.replace(d, "") for a in args)[:90]
            t.ok(done.rc in (1, 2), f"'{what}' is refused", f"{done.rc}: {done.out}")
            t.ok(say in done.err and "error" in done.err, "and named", done.err)
            t.eq(done.out, "", "nothing on standard output")
    with t.case("help"):
        done = gen("--help")
        t.rc(done, 0, "--help")
        t.has(done.out, "Example", "has an example")
