#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""nsupdate at its edges: what the real one does with the same script, and what no server may do to us."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from zp import HostileServer, Named, Raw, Test, TsigKey, Zone, free_addr, isolate    # noqa: E402
from zp import zonepub                                           # noqa: E402
from zp.cli import binary                                        # noqa: E402
from zp.differ import reference                                  # noqa: E402
from zp.proc import need                                         # noqa: E402

key = TsigKey()

def both(options, text):
    """The exit codes of nsupdate and zonepub; @ in text tells them apart."""
    theirs, _ = reference(options, text.replace("@", "a").encode())
    ours = zonepub("nsupdate", *options, input=text.replace("@", "b"))
    return (theirs, ours.rc), ours


def adds(names, word="x"):
    return "".join(f"add {name} 60 TXT {word}\nsend\n" for name in names)


def check_order(t, named, to, options):
    """What stands above a line that ends the script goes out, what stands below does not."""
    def there(names):
        return [bool(named.rdatas(n, "TXT")) for n in names]

    big = "".join(f'add big{i}.x.test 60 TXT "{"z" * 240}"\n' for i in range(400))
    for label, line in (("a line that is wrong", "nonsense\n"),
                        ("an update that is too large", big + "send\n"),
                        ("an update without a zone", "zone\n")):
        for extra in ((), ("--pipeline", "16"), ("--pipeline", "16", "--unordered")):
            tag = f"{label.split()[-1]}{len(extra)}"
            names = [f"{tag}{i}.x.test" for i in range(5)]
            done = zonepub("nsupdate", *options, *extra, input=to + adds(names) + line
                           + adds([f"{tag}-late.x.test"]))
            label2 = f"{label} {' '.join(extra)}"
            t.eq(done.rc, 1, f"{label2}: exit 1")
            t.eq(there([*names, f"{tag}-late.x.test"]), [True] * 5 + [False],
                 f"{label2}: what stands above is done, what stands below is not")
            t.hasnt(done.err, "not sent (line 3)", f"{label2}: nothing above is held back")
    # found out only when the zone is looked for
    text = f"server {named.addr} {named.port}\n" + adds(["w1.x.test", "w2.no.zone", "w3.x.test"])
    for extra in ((), ("--pipeline", "16")):
        done = zonepub("nsupdate", *options, *extra, input=text.replace("w1", f"w{len(extra)}1"))
        t.eq((done.rc, there([f"w{len(extra)}1.x.test", "w3.x.test"])), (1, [True, False]),
             f"no zone in the middle {extra}")


def check_same(t, named, to, options):
    to6 = f"server {named.addr6} {named.port}\nzone x.test\n"
    local = named.addr if named.addr.startswith("127.") else "127.0.0.1"
    cases = (
        ("local of one family, server of the other", options, to6 + f"local {local}\n", 0),
        ("local of both families", options, to + f"local {local}\nlocal ::1\n", 0),
        ("-r above all reason", (*options, "-r", "100000", "-t", "4294967"), to, 0),
        ("-u above all reason", (*options, "-u", "99999999"), to, 0),
        ("-l with -y", ("-l", "-y", key.line()), "", 0),
    )
    for number, (label, words, head, code) in enumerate(cases):
        codes, ours = both(words, head + f"add s{number}@.x.test 60 TXT x\nsend\n")
        t.eq(codes, (code, code), f"{label}: exit {code}")
        t.eq([bool(named.rdatas(f"s{number}{side}.x.test", "TXT")) for side in "ab"],
             [code == 0] * 2, f"{label}: the zone")
    for word, head in (("-4", to6), ("-6", to)):
        codes, ours = both((word, *options), head + "add f@.x.test 60 TXT x\nsend\n")
        t.ok(0 not in codes and not named.rdatas("fb.x.test", "TXT"),
             f"{word} and an address of the other family: nothing is sent", str((codes, ours)))


def check_zones(t, named, options):
    """Zones that are looked for."""
    codes, ours = both(options, "zone nope.x.test\nadd a.nope.x.test 60 TXT x\nsend\n"
                       "zone x.test\nadd z1@.x.test 60 TXT x\nsend\n")
    t.eq(codes, (2, 2), "a zone that does not exist: exit 2")
    t.has(ours.err, "does not exist (NXDOMAIN) (line 2)", "and it is said")
    t.eq([bool(named.rdatas(f"z1{side}.x.test", "TXT")) for side in "ab"], [True, True],
         "the rest is carried out")
    # one server has the zone below, the next has not
    only = Named(t)
    only.primary(Zone("x.test", "", signed=None, key=key)).start()
    text = (f"server {named.addr}\n" + adds(["h.sub.x.test", "i.sub.x.test"])
            + f"server {only.addr}\n" + adds(["h.sub.x.test"]))
    codes, _ = both(options, text)
    t.eq(codes, (0, 0), "what one server says of zones does not hold for the next")
    only.stop()
    # no server over UDP
    proxy = HostileServer(t, lambda q: q.forward(named), udp=False)
    codes, ours = both((*options, "-v"), f"server {proxy.addr}\nadd v@.x.test 60 TXT x\nsend\n")
    t.eq(codes, (0, 0), "-v: the zone is looked for over TCP as well")
    silent = HostileServer(t, lambda q: None)
    begin = time.monotonic()
    done = zonepub("nsupdate", *options, "-t", "1", "-u", "1", "-r", "0",
                   input=f"server {silent.addr}\nadd v.x.test 60 TXT x\nsend\n")
    t.eq(done.rc, 1, "a silent server: exit 1")
    t.ok(time.monotonic() - begin < 4, "-t, -u and -r hold for the search, too")


def check_retries(t, named, options):
    """Updates that are sent again."""
    short = ("-u", "1", "-t", "5")
    guarded = ("prereq yxdomain gate.x.test\nadd host.x.test 60 TXT there\nsend\n")
    zonepub("nsupdate", *options, input=f"server {named.addr}\nzone x.test\n"
            + adds(["host.x.test"], "there"))
    lossy = HostileServer(t, lambda q: None if q.number == 0 else q.forward(named))
    done = zonepub("nsupdate", *options, *short, input=f"server {lossy.addr}\nzone x.test\n" + guarded)
    t.eq(done.rc, 2, "a prerequisite that no copy of the update can have broken: failed")
    t.has(done.err, "update failed: NXDOMAIN", "by its name")

    # nothing listens at first: that attempt cannot have been carried out
    zonepub("nsupdate", *options, input=f"server {named.addr}\nzone x.test\n"
            + adds(["lock.x.test"], "locked"))
    late = free_addr()
    lock = (f"server {late}\nzone x.test\nprereq nxdomain lock.x.test\nadd lock.x.test 60 TXT locked\n"
            "send\n")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(zonepub, "nsupdate", *options, *short, "-r", "5", input=lock)
        time.sleep(0.02)
        HostileServer(t, lambda q: q.forward(named), addr=late)
        done = running.result()
    t.eq(done.rc, 2, "a lock that somebody else holds is not taken by being refused first")

    # a fixed port
    first_lost = HostileServer(t, lambda q: None if q.number == 0 else q.forward(named))
    done = zonepub("nsupdate", *options, *short, input=f"server {first_lost.addr}\nzone x.test\n"
                   "local 127.0.0.1 5454\n" + adds(["port.x.test"]))
    t.eq((done.rc, len(first_lost.queries)), (0, 2), "local with a port: sent again from it")
    t.eq(len({q.client for q in first_lost.queries}), 1, "from the same port")


def check_connections(t, named, options):
    served = {}

    def one_each(q):
        served[q.client] = served.get(q.client, 0) + 1
        return q.forward(named) if served[q.client] == 1 else None
    server = HostileServer(t, one_each)
    begin = time.monotonic()
    done = zonepub("nsupdate", *options, "-v", "-u", "1", "-t", "20", input=f"server {server.addr}\n"
                   "zone x.test\n" + adds([f"c{i}.x.test" for i in range(4)]))
    t.rc(done, 0, "a server that answers once on a connection and leaves it open")
    t.ok(time.monotonic() - begin < 10, "is found out once")
    t.eq(named.rdatas("c3.x.test", "TXT"), ['"x"'], "all updates are there")

    two = free_addr()
    isolate.bind_file(t.write("hosts", f"{two} two.test\n{named.addr} two.test\n"), "/etc/hosts")
    dead = HostileServer(t, lambda q: None, addr=two)
    done = zonepub("nsupdate", *options, "-u", "1", "-r", "0", "-t", "2", input="server two.test\n"
                   "zone x.test\n" + adds([f"d{i}.x.test" for i in range(5)]))
    t.rc(done, 0, "the first address is silent")
    t.ok(len(dead.queries) <= 1, "it is asked once, not for each update", str(len(dead.queries)))

    floods = {"lengths of nothing": b"\0\0", "headers of another id": b"\0\x0c" + b"\0\1\xa8" + b"\0" * 9,
              "messages of one octet": b"\0\1x"}

    def flood(what):
        def behave(q):
            return [Raw(floods[what] * 20000)] * 2000
        server = HostileServer(t, behave)
        begin = time.monotonic()
        done = zonepub("nsupdate", *options, "-v", "-t", "2", timeout=40,
                       input=f"server {server.addr}\nzone x.test\n" + adds(["e.x.test"]))
        return done.rc, time.monotonic() - begin
    for what in floods:
        rc, seconds = flood(what)
        t.eq(rc, 2, f"a flood of {what}: the update failed")
        t.ok(seconds < 9, f"a flood of {what}: in time", f"{seconds:.1f} s")


def check_pipeline(t, options):
    def behave(q):
        return q.signed(key, "REFUSED" if b"bad" in q.wire else "NOERROR")
    server = HostileServer(t, behave, key=key)
    text = f"server {server.addr}\nzone x.test\n" + adds(["bad.x.test"] + [f"n{i}.x.test"
                                                                          for i in range(100)])
    for n in (1, 4, 16):
        before = len(server.queries)
        done = zonepub("nsupdate", *options, "--pipeline", str(n), "--stop-on-error", input=text)
        t.eq(done.rc, 2, f"--stop-on-error, {n} in flight: exit 2")
        t.ok(len(server.queries) - before <= n, f"{n} in flight: no more than these were sent",
             str(len(server.queries) - before))


def check_descriptors(t, named, options):
    text = f"server {named.addr}\n" + adds([f"fd{i}.x.test" for i in range(600)])
    program = " ".join(binary())
    done = subprocess.run(["/bin/sh", "-c", f"ulimit -n 256; exec {program} nsupdate {' '.join(options)} "
                           "--pipeline 300"], input=text, text=True, capture_output=True)
    t.eq((done.returncode, done.stderr[:300]), (0, ""), "300 in flight with 256 descriptors")


def check_split(t, named, to, options):
    def count(name, kind):
        return len(named.rdatas(name, kind))

    def send(lines):
        return zonepub("nsupdate", *options, "--split", input=to + lines + "send\n")
    fits = "".join(f'add sp{i:03}.x.test 60 TXT "{"z" * 240}"\n' for i in range(250))
    done = send(fits)
    t.eq((done.rc, done.err), (0, ""), "what fits into a message is not cut")
    own = "mx-with-a-fairly-long-name-1.mail.x.test"
    addresses = "".join(f"add {own} 60 A 10.1.{i >> 8}.{i & 255}\n" for i in range(2500))
    texts = "".join(f'add o{i}.x.test 60 TXT "{"z" * 240}"\n' for i in range(150))
    done = send(addresses + texts)
    t.rc(done, 0, "a large RRset beside others: names are compressed")
    t.eq((count(own, "A"), count("o149.x.test", "TXT")), (2500, 1), "all is there")
    t.has(done.err, "part 1 of 2", "in two parts")
    two = ("".join(f'add two.x.test 60 TXT "{i:04}{"z" * 230}"\n' for i in range(150))
           + "".join(f'add two.x.test 60 TYPE65280 \\# 230 {i:04x}{"00" * 228}\n' for i in range(150)))
    done = send(two)
    t.rc(done, 0, "two RRsets of one name are cut between them")
    t.eq((count("two.x.test", "TXT"), count("two.x.test", "TYPE65280")), (150, 150), "both are there")
    done = send("del two.x.test\n" + two)
    t.eq(done.rc, 1, "but not where the whole name is replaced")
    t.has(done.err, "two.x.test. alone are too large for a message (line", "and the reason is told")
    t.eq(count("two.x.test", "TXT"), 150, "nothing has changed")


with Test() as t:
    need("nsupdate")
    if not isolate.private():
        t.skip_all("needs addresses of its own")
    named = Named(t, addr="127.0.0.1", options="max-records-per-type 0;")
    named.add_v6()
    for name in ("x.test", "sub.x.test"):
        named.primary(Zone(name, "", signed=None, key=key))
    named.start()
    t.use_resolver(named.addr)
    to = f"server {named.addr} {named.port}\nzone x.test\n"
    options = ("-k", key.file(t))
    with t.case("order"):
        check_order(t, named, to, options)
    with t.case("as nsupdate does"):
        check_same(t, named, to, options)
    with t.case("zones"):
        check_zones(t, named, options)
    with t.case("sent again"):
        check_retries(t, named, options)
    with t.case("connections"):
        check_connections(t, named, options)
    with t.case("in flight"):
        check_pipeline(t, options)
        check_descriptors(t, named, options)
    with t.case("split"):
        check_split(t, named, to, options)
    with t.case("secrets"):
        done = zonepub("nsupdate", input="key hmac-sha256:foo:SECRETSECRET x\n")
        t.eq(done.rc, 1, "a bad key statement")
        t.hasnt(done.err, "SECRET", "does not show what may be a secret")
