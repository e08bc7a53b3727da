#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The zone-file publisher: NSD behind it, two writers, full disks, sudden deaths, random edits."""
import concurrent.futures
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time

sys.path[0] += "/lib"
import dns.rdatatype
import dns.zone
from zp import *

TOOL = os.path.join(os.environ.get("top_builddir", "."), "tests/tools/zonefile")
HEAD = "$TTL 3600\n@ IN SOA ns1 hostmaster 41 3600 900 604800 300\n@ NS ns1\nns1 A 127.0.0.1\n"
ZONE = "file.example"
ESTALE, ERETRY, ELOCAL = 6, 3, 2


def tool(*args, input="", **more):
    return subprocess.run([TOOL, *args], input=input, capture_output=True, text=True, timeout=60, **more)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def folder_of(path):
    """Every file beside path with its content, the lock left out."""
    folder = os.path.dirname(path)
    return {name: read(os.path.join(folder, name)) for name in os.listdir(folder)
            if os.path.isfile(os.path.join(folder, name)) and not name.endswith(".lock")}


def serial_of(path):
    return int(re.search(rb"hostmaster\S* (\d+) ", read(path)).group(1))


def make_keys(t, name):
    keys = t.subdir(name)
    tool("makekey", ZONE, keys)
    return keys


def behind_nsd(t):
    leaf = CA(t).issue("mx.file.example")
    old, new = leaf.tlsa("3 1 1"), leaf.renew().tlsa("3 1 1")
    zone = Zone(ZONE, f"mx A 127.0.0.1\n_25._tcp.mx 60 TLSA {old}", signed="nsec")
    nsd = Nsd(t).primary(zone)
    nsd.start()
    words = [w for word in nsd.reload_argv for w in ("-r", word)]
    before = read(zone.file)
    owner = "_25._tcp.mx.file.example."
    done = tool("-k", zone.keys.dir, *words, "apply", ZONE, zone.file,
                input=f"= {owner} 60 TLSA {old}\n+ {owner} 60 TLSA {new}\n")
    t.eq(done.returncode, 0, "a record is added") or t.diag(done.stderr)
    t.has(done.stdout, "loaded", "the server was told")
    zone.await_rdata("_25._tcp.mx", "TLSA", sorted([old, new]))
    t.ok(True, "NSD answers with both")
    verify_answer(t, nsd, zone, owner)
    added = [line for line in read(zone.file).splitlines() if line not in before.splitlines()]
    t.ok(len(added) == 2, "two lines of the file are new: the record and the serial", added)
    done = tool("-k", zone.keys.dir, *words, "apply", ZONE, zone.file,
                input=f"- {owner} 60 TLSA {old}\n= {owner} 60 TLSA {new}\n")
    zone.await_rdata("_25._tcp.mx", "TLSA", [new])
    t.ok(True, "and with one after the other was removed")
    t.eq(nsd.serial(zone.name), serial_of(zone.file), "the serials agree")


def verify_answer(t, nsd, zone, owner):
    """The RRSIG over the TLSA set holds, judged by dnspython."""
    import dns.dnssec
    import dns.message
    import dns.name
    import dns.query
    found = {}
    for name, kind in ((owner, "TLSA"), (ZONE + ".", "DNSKEY")):
        query = dns.message.make_query(name, kind, want_dnssec=True)
        reply = dns.query.tcp(query, nsd.addr, port=nsd.port, timeout=5)
        found[kind] = [s for s in reply.answer if s.rdtype != dns.rdatatype.RRSIG][0], \
            [s for s in reply.answer if s.rdtype == dns.rdatatype.RRSIG][0]
    keys = {dns.name.from_text(ZONE): found["DNSKEY"][0]}
    try:
        dns.dnssec.validate(*found["TLSA"], keys)
        dns.dnssec.validate(*found["DNSKEY"], keys)
        t.ok(True, "signed by the zone's keys")
    except dns.dnssec.ValidationFailure as e:
        t.ok(False, "signed by the zone's keys", e)


def upkeep(t):
    keys = make_keys(t, "upkeep-keys")
    path = t.write("upkeep/zone", HEAD)
    now = int(time.time())
    sign = lambda *more, input="", at=now: tool("-k", keys, "-n", str(at), *more, "apply", ZONE, path, input=input)
    t.eq(sign().stdout, "loaded 41 41 signed\n", "a first signing leaves the serial alone")
    t.eq(sign().stdout, "untouched 41 41\n", "then there is nothing to do")
    t.eq(sign(at=now + 6 * 86400).stdout, "untouched 41 41\n", "nor after six days of fourteen")
    t.eq(sign(at=now + 8 * 86400).stdout, "loaded 41 42 edited signed\n",
         "after eight it is signed anew, under a higher serial")
    t.eq(read(path).decode(), HEAD.replace(" 41 ", " 42 "), "only the serial changed in the source")
    t.eq(sign(at=now + 8 * 86400).stdout, "untouched 42 42\n", "once")
    with open(path, "a") as f:
        f.write("www A 127.0.0.9\n")
    t.eq(sign(at=now + 8 * 86400).stdout, "loaded 42 43 edited signed\n",
         "an edit by hand without a new serial is raised")
    t.write(path, read(path).decode().replace(" 43 ", " 50 "))
    t.eq(sign(at=now + 8 * 86400).stdout, "loaded 50 50 signed\n", "one with a new serial keeps it")
    t.write(path, read(path).decode().replace(" 50 ", " 10 "))
    t.eq(sign(at=now + 8 * 86400).stdout, "loaded 10 51 edited signed\n",
         "a serial that fell goes above the signed one")
    tool("makekey", ZONE, keys)
    t.eq(sign(at=now + 8 * 86400).stdout, "loaded 51 52 edited signed\n", "another key: signed anew")
    t.write(path + ".signed", "rubbish\n")
    t.eq(sign(at=now + 8 * 86400).stdout, "loaded 52 53 edited signed\n", "a damaged signed file is replaced")


def reload_fails(t):
    path = t.write("reload/zone", HEAD)
    flag = t.path("reload/flag")
    script = t.write("reload-bin/reload", f"#!/bin/sh\necho 'server said no' >&2\ntest -e {flag}\n", 0o755)
    done = tool("-r", script, "apply", ZONE, path, input="+ a.file.example. 60 TXT \"x\"\n")
    t.eq((done.returncode, done.stdout), (ELOCAL, "written 41 42 edited\n"), "a failed reload is said")
    for part in ("in place with serial 42", "ended with status 1", "server said no", script):
        t.has(done.stderr, part, f"with '{part}'")
    t.eq(serial_of(path), 42, "the file is in place")
    t.write("reload/flag", "")
    done = tool("-r", script, "apply", ZONE, path, input="+ a.file.example. 60 TXT \"x\"\n")
    t.eq((done.returncode, done.stdout), (0, "loaded 42 42\n"), "the next run tells the server, no more")
    os.unlink(flag)
    done = tool("-r", script, "apply", ZONE, path, input="+ a.file.example. 60 TXT \"x\"\n")
    t.eq((done.returncode, done.stdout), (0, "untouched 42 42\n"), "and then it is done")
    done = tool("-r", "/nonexistent/reload", "apply", ZONE, path, input="+ b.file.example. 60 TXT \"x\"\n")
    t.ok(done.returncode == ELOCAL and "cannot be run" in done.stderr, "a reload command that is not there", done)


def writers(t):
    """Many at once, each with a change from its own reading of one set."""
    path = t.write("writers/zone", HEAD)
    keys = make_keys(t, "writers-keys")

    def write(i):
        return tool("-k", keys, "apply", ZONE, path, input=f"+ n{i}.file.example. 60 TXT \"{i}\"\n")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        done = list(pool.map(write, range(24)))
    t.eq([d.returncode for d in done], [0] * 24, "24 writers of different names all succeed")
    t.eq(serial_of(path), 41 + 24, "each raised the serial once")
    t.eq(len(re.findall(rb"IN\tTXT", read(path))), 24, "and none lost another's record")

    def fight(i):
        return tool("-k", keys, "apply", ZONE, path, input=f"+ one.file.example. 60 TXT \"{i}\"\n")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        done = list(pool.map(fight, range(8)))
    codes = sorted(d.returncode for d in done)
    t.eq(codes, [0] + [ESTALE] * 7, "of eight writers of one set one wins, the others are told")
    t.eq(len(re.findall(rb"one\.file\.example\.\t", read(path))), 1, "one record stands there")
    holder = subprocess.Popen(["flock", path + ".lock", "sleep", "30"])
    await_(lambda: subprocess.run(["flock", "-n", path + ".lock", "true"]).returncode != 0, 5, "the lock is held")
    before = folder_of(path)
    done = tool("-w", "100", "apply", ZONE, path, input="+ two.file.example. 60 TXT \"2\"\n")
    holder.terminate()
    holder.wait()
    t.eq(done.returncode, ERETRY, "a lock that stays held ends the wait")
    t.eq(folder_of(path), before, "and nothing is touched")


def full_disk(t):
    """Every size of disk up to what is needed: nothing changes, or all does."""
    keys = make_keys(t, "full-keys")
    body = HEAD + "$INCLUDE inc\n" + "".join(f"; padding {i}\n" for i in range(300))
    change = "= i.file.example. 3600 TXT \"i\"\n+ i.file.example. 3600 TXT \"j\"\n+ a.file.example. 60 TXT \"a\"\n"
    failed = 0
    for limit in list(range(0, 2000, 250)) + list(range(2000, 14000, 1500)):
        path = t.write(f"full-{limit}/zone", body)
        t.write(f"full-{limit}/inc", "i TXT i\n")
        tool("-k", keys, "apply", ZONE, path)
        before = folder_of(path)

        def shrink(limit=limit):
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        done = tool("-k", keys, "apply", ZONE, path, input=change, preexec_fn=shrink, restore_signals=False)
        if done.returncode == 0:
            break
        failed += 1
        if folder_of(path) != before or done.returncode != ELOCAL:
            t.ok(False, f"{limit} octets: all files are as they were", done)
        done = tool("-k", keys, "apply", ZONE, path, input=change)
        if done.returncode != 0 or serial_of(path) != 42:
            t.ok(False, f"{limit} octets: with room the same change succeeds", done)
    t.ok(failed > 5 and done.returncode == 0, f"{failed} sizes of disk too small change nothing")


def sudden_death(t):
    """SIGKILL at any moment; the next run ends in the same state."""
    keys = make_keys(t, "death-keys")
    log = t.path("death/log")
    script = t.write("death-bin/reload", f"#!/bin/sh\ngrep hostmaster $1 >> {log}\n", 0o755)
    change = "- i.file.example. 3600 TXT \"i\"\n+ i.file.example. 60 TXT \"j\"\n+ a.file.example. 60 TXT \"a\"\n"
    dice = random.Random(7)
    start = time.monotonic()
    unclear, killed = [], 0
    for turn in range(80):
        path = t.write(f"death/{turn}/zone", HEAD + "$INCLUDE inc\n")
        t.write(f"death/{turn}/inc", "; i\ni TXT i\n")
        argv = ["-k", keys, "-r", script, "-r", path + ".signed", "apply", ZONE, path]
        begin = time.monotonic()
        tool(*argv)
        took = time.monotonic() - begin
        child = subprocess.Popen([TOOL, *argv], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, text=True)
        child.stdin.write(change)
        child.stdin.close()
        time.sleep(dice.random() * took * 1.1)
        child.kill()
        killed += child.wait() != 0
        done = tool(*argv, input=change)
        text = read(path).decode() + read(os.path.dirname(path) + "/inc").decode()
        answer = tool("-k", keys, "answer", ZONE, path, "i.file.example.", "TXT").stdout
        good = (done.returncode == 0 and '"j"' in text and "TXT i\n" not in text and text.count('"a"') == 1 and
                serial_of(path) > 41 and serial_of(path) == serial_of(path + ".signed") and '"j"' in answer and
                not os.path.exists(path + ".unfinished") and
                str(serial_of(path)) in read(log).decode().splitlines()[-1])
        if not good:
            unclear.append((turn, done, text))
    t.eq(unclear, [], f"{killed} of 80 runs killed, each finished by the next ({time.monotonic() - start:.0f} s)")
    t.ok(killed > 10, "enough were killed in the middle")


def found_halfway(t):
    """What a run that died between two renames leaves behind."""
    keys = make_keys(t, "halfway-keys")
    log = t.path("halfway/log")
    script = t.write("halfway-bin/reload", f"#!/bin/sh\necho told >> {log}\n", 0o755)
    change = "- i.file.example. 3600 TXT \"i\"\n+ i.file.example. 3600 TXT \"j\"\n"
    path = t.write("halfway/zone", HEAD + "$INCLUDE inc\n")
    t.write("halfway/inc", "i TXT i\n")
    run = lambda *more: tool(*more, "-r", script, "apply", ZONE, path, input=change).stdout
    tool("-k", keys, "apply", ZONE, path)
    t.write("halfway/inc", "i.file.example.\t3600\tIN\tTXT\t\"j\"\n")
    t.write("halfway/zone.unfinished", "41\n")
    t.eq(run(), "loaded 41 42 edited\n", "the included file was renamed, the main file not: the serial follows")
    t.eq(run("-k", keys), "loaded 42 42 signed\n", "the main file was, the signed one not: it follows")
    t.eq(run("-k", keys), "untouched 42 42\n", "nothing is left to do")
    t.write("halfway/zone.unfinished", "41\n")
    t.eq(run("-k", keys), "loaded 42 42\n", "all were, the server was not told: it is")
    t.eq(read(log), b"told\n" * 3, "three times in all")
    t.ok(not os.path.exists(path + ".unfinished"), "the marker is gone")


def expand(path):
    """The file as BIND reads it: a set of (owner, type, rdata, ttl)."""
    done = subprocess.run(["named-checkzone", "-i", "none", "-k", "ignore", "-D", "-s", "full", "-o", "-", ZONE, path],
                          capture_output=True, text=True, timeout=30)
    if done.returncode != 0:
        raise AssertionError(done.stdout + done.stderr + read(path).decode())
    out = {}
    for line in done.stdout.splitlines():
        owner, ttl, _, kind, rdata = line.split(None, 4)
        if kind == "SOA":
            continue
        out.setdefault((owner.lower(), kind), set()).add((rdata, int(ttl)))
    return out


class Writer:
    """A random master file in many styles, with the sets that it means."""

    def __init__(self, dice):
        self.dice = dice
        self.sets = {}
        eol = dice.choice(["\n", "\n", "\r\n"])
        lines = ["$TTL 600", "@ IN SOA ns1 hostmaster (", f"  {dice.choice([41, 2026112100, 1700000000])} ; serial",
                 "  3600 900 604800 300 )", " NS ns1", "ns1 A 127.0.0.1"]
        origin = ""
        owner = "ns1"
        for i in range(dice.randrange(30)):
            pick = dice.randrange(12)
            if pick == 0:
                origin = dice.choice(["", "sub.", "a.b."])
                lines.append(f"$ORIGIN {origin}{ZONE}.")
                continue
            if pick == 1:
                lines.append(dice.choice(["", "; a ( comment \" here", "   ", "\t; indented"]))
                continue
            if pick == 2:
                lines.append(f"$TTL {dice.choice(['600', '10m'])}")
                continue
            inherits = pick < 5 and i > 0
            if not inherits:
                before = owner
                name = dice.choice(["w", "x", "_25._tcp.mx", "y.z", "UP"])
                owner = f"{name}.{origin}{ZONE}.".lower()
                shown = dice.choice([name, owner])
            elif owner == "ns1":
                before = owner
                owner, shown, inherits = f"w.{origin}{ZONE}.", "w", False
            kind = dice.choice(["A", "TXT", "TLSA", "MX"])
            key = (owner, kind)
            ttl = self.sets[key][1] if key in self.sets else dice.choice([600, 600, 60])
            number = dice.randrange(200)
            rdata, text = self.rdata(kind, number)
            if key in self.sets and rdata in self.sets[key][0] and dice.random() < 0.7:
                owner = owner if inherits else before
                continue
            self.sets.setdefault(key, (set(), ttl))[0].add(rdata)
            fields = [dice.choice(["IN", "in"])] if dice.random() < 0.5 else []
            if ttl != 600 or dice.random() < 0.3:
                fields.insert(dice.randrange(len(fields) + 1), dice.choice([str(ttl), {600: "10m", 60: "1m"}[ttl]]))
            gap = dice.choice([" ", "\t", "    "])
            blank = dice.choice([" ", "\t", "                         "])
            lines.append((blank if inherits else shown + gap) + gap.join([*fields, kind, text]) +
                         dice.choice(["", " ; note", " "]))
        while lines[-1].startswith("$"):        # BIND wants a line end behind a directive
            lines.pop()
        self.text = eol.join(lines).replace("\n\r\n", "\r\n") + dice.choice([eol, eol, ""])
        self.text = self.text.replace("\r\n", "\n").replace("\n", eol)

    def rdata(self, kind, n):
        if kind == "A":
            return f"127.0.1.{n}", f"127.0.1.{n}"
        if kind == "TXT":
            return f'"t;{n}" "( x"', f'"t;{n}" "( x"'
        if kind == "TLSA":
            digest = f"{n:02x}" * 32
            return f"3 1 1 {digest.upper()}", self.dice.choice([
                f"3 1 1 {digest}", f"( 3 1 1 ; u\n {digest[:20]}\n {digest[20:]} )"])
        return f"10 mx{n}.{ZONE}.", f"10 mx{n}.{ZONE}."

    def change(self):
        """A random change of up to four sets; yields its text and updates what is meant."""
        out, after = [], dict(self.sets)
        places = list(dict.fromkeys([*self.sets, (f"new{self.dice.randrange(3)}.{ZONE}.", "TXT")]))
        for key in self.dice.sample(places, min(len(places), self.dice.randrange(1, 5))):
            have, ttl = self.sets.get(key, (set(), 0))
            keep = {r for r in have if self.dice.random() < 0.5}
            want = keep | {self.rdata(key[1], self.dice.randrange(200, 250))[0] for _ in range(self.dice.randrange(3))}
            new_ttl = self.dice.choice([ttl or 60, 60, 7200])
            out += [f"- {key[0]} {new_ttl} {key[1]} {r}" for r in have - want]
            out += [f"= {key[0]} {new_ttl} {key[1]} {r}" for r in have & want]
            out += [f"+ {key[0]} {new_ttl} {key[1]} {r}" for r in want - have]
            after.pop(key, None)
            if want:
                after[key] = (want, new_ttl)
        self.sets = after
        return "\n".join(out) + "\n"


def random_edits(t):
    seed = int(os.environ.get("ZP_SEED", "20261122"))
    dice = random.Random(seed)
    wrong, accepted, judged = [], 0, 0
    for turn in range(120):
        writer = Writer(dice)
        path = t.write("random/zone", writer.text)
        # not every style is every server's: who took the file before has to take it afterwards
        content = [argv for argv in (["kzonecheck", "-o", ZONE, path], ["nsd-checkzone", ZONE, path])
                   if run_check(argv).returncode == 0]
        for _ in range(3):
            before = read(path)
            change = writer.change()
            done = tool("apply", ZONE, path, input=change)
            if done.returncode != 0:
                wrong.append((turn, "refused", before, change, done.stderr))
                break
            want = {k: {(r, ttl) for r in v} for k, (v, ttl) in writer.sets.items()}
            have = {k: v for k, v in expand(path).items() if k[1] != "NS" and k[0] != f"ns1.{ZONE}."}
            have = {k: {(squeeze(k[1], r), ttl) for r, ttl in v} for k, v in have.items()}
            if have != want:
                differ = {k: (have.get(k), want.get(k)) for k in {**have, **want} if have.get(k) != want.get(k)}
                wrong.append((turn, "means something else", before, change, read(path), differ))
                break
            for argv in content:
                check = run_check(argv)
                judged += 1
                if check.returncode != 0:
                    wrong.append((turn, argv[0], read(path), check.stdout + check.stderr))
            kept = [line for line in before.splitlines() if line.lstrip().startswith((b";", b"$")) or not line.strip()]
            lines = read(path).splitlines()
            if any(lines.count(line) < kept.count(line) for line in kept if line.strip()):
                wrong.append((turn, "a comment or directive is lost", before, read(path)))
            accepted += 1
    t.eq(wrong[:1], [], f"{accepted} random edits mean what they should (seed {seed})")
    t.ok(accepted > 250 and judged > accepted, f"tried by BIND and {judged} times by Knot DNS and NSD")


def run_check(argv):
    return subprocess.run(argv, capture_output=True, text=True, timeout=30)


def squeeze(kind, rdata):
    if kind == "TLSA":
        words = rdata.split()
        return " ".join(words[:3]) + " " + "".join(words[3:])
    return rdata


with Test(timeout=600) as t:
    with t.case("nsd"):
        behind_nsd(t)
    with t.case("upkeep"):
        upkeep(t)
    with t.case("reload"):
        reload_fails(t)
    with t.case("writers"):
        writers(t)
    with t.case("full disk"):
        full_disk(t)
    with t.case("death"):
        sudden_death(t)
    with t.case("halfway"):
        found_halfway(t)
    with t.case("random"):
        random_edits(t)
