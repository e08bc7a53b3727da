#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The interface as a whole: help, manual, completion, JSON, usage errors, of every command."""
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys

sys.path[0] += "/lib"
from zp import *
from zp.cli import binary

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
OPTION = re.compile(r"--[a-z0-9]+(?:-[a-z0-9]+)*")
GLOBAL = {"--config", "--state", "--json", "--dry-run", "--quiet", "--verbose", "--color",
          "--resolver", "--trust-anchor", "--help", "--version"}
DIGEST = "00" * 31 + "01"
RECORD_KEYS = {"name", "ttl", "class", "type", "rdata"}


def listed(text, title):
    """The first words of a list in a help text."""
    block = re.search(rf"^{title}:\n((?:  .*\n)+)", text, re.M)
    return re.findall(r"^  ([a-z][a-z0-9-]*)", block.group(1), re.M) if block else []


def options_of(text):
    return set(re.findall(r"^ {2,6}(?:-\w, )?(--[a-z0-9-]+)", text, re.M))


def all_pages():
    """The words of every command and kind, and its help."""
    pages = {}
    for command in listed(zonepub("--help").out, "Commands"):
        pages[(command,)] = zonepub(command, "--help")
        for kind in listed(pages[(command,)].out, "Kinds"):
            pages[(command, kind)] = zonepub(command, kind, "--help")
    return pages


def help_pages(t, pages):
    t.ok({("gen", "tlsa"), ("keygen", "tsig"), ("lint",), ("rotate-tlsa",), ("run",)} <= set(pages),
         "the help lists commands and kinds", sorted(pages))
    for words, done in pages.items():
        name = " ".join(words)
        t.ok(done.rc == 0 and done.err == "" and done.out.startswith(f"Usage: zonepub {name}"),
             f"{name} --help", done)
        t.has(done.out, "\nExample:\n  ", f"{name} --help has an example")
        t.eq(zonepub(*words, "-h").out if words != ("nsupdate",) else done.out, done.out,
             f"{name} -h is the same")
    t.eq(zonepub("-q", "--help").out, zonepub("--help").out, "--help is whole behind other options")
    for words in ((), ("gen",), ("gen", "tlsa"), ("status",)):
        t.eq(len(zonepub(*words, "--version").out.splitlines()), 1, f"{words} --version is one line")


def sections(page):
    """Heading -> text of a manual page as it is shown."""
    text = subprocess.run(["mandoc", "-T", "ascii", "-O", "width=200", page], check=True,
                          capture_output=True, text=True).stdout
    text = re.sub(r".\x08", "", text)
    found, heading = {}, ""
    for line in text.splitlines():
        if re.match(r" {0,3}\S", line):
            heading = line.strip()
            found.setdefault(heading, "")
        else:
            found[heading] = found.get(heading, "") + line + "\n"
    return found


def manual(t, pages):
    need("mandoc")
    for name in sorted(os.listdir(os.path.join(TOP, "man"))):
        if not name.endswith(".1"):
            continue
        done = subprocess.run(["mandoc", "-Tlint", "-W", "warning", os.path.join(TOP, "man", name)],
                              capture_output=True, text=True)
        t.ok(done.returncode == 0 and done.stdout + done.stderr == "", f"mandoc has no remark on {name}",
             done.stdout + done.stderr)
    built = os.path.join(os.path.dirname(binary()[-1]), "man", "installed", "zonepub.1")
    if os.path.exists(built):
        with open(built) as f:
            page = f.read()
        t.ok(re.search(r"^\.Pa /.*/zonepub/zonepub\.conf ,$", page, re.M) and "SYSCONFDIR" not in page
             and "LOCALSTATEDIR" not in page, "the installed page names the real folders", built)
    own = sections(os.path.join(TOP, "man", "zonepub.1"))
    common = own.get("Global options", "")
    t.eq(GLOBAL - set(OPTION.findall(common)), set(), "the manual has every global option")
    for words, done in pages.items():
        name = " ".join(words)
        heads = [h for h in own if h == name or h.startswith(name + " ")]
        t.ok(heads, f"the manual has a section on {name}", "\n".join(own))
        text = "".join(own[h] for h in heads)
        if len(words) == 2:
            text += "".join(v for h, v in own.items() if h.startswith(words[0] + " KIND"))
        if name == "nsupdate":
            text = "".join(sections(os.path.join(TOP, "man", "zonepub-nsupdate.1")).values())
        t.eq(options_of(done.out) - GLOBAL - set(OPTION.findall(text)), set(),
             f"the manual has every option of {name}")


def completion(t, pages):
    """The script in a real bash, as a user's Tab does it."""
    script = os.path.join(TOP, "contrib", "completions", "zonepub.bash")
    t.write("bin/zonepub", "#!/bin/sh\nexec %s \"$@\"\n" % shlex.join(binary()), 0o755)
    path = os.path.dirname(t.path("bin/zonepub"))

    def complete(*words):
        line = " ".join(shlex.quote(w) for w in ("zonepub",) + words)
        done = subprocess.run(
            ["bash", "--norc", "-c", f'. {shlex.quote(script)}; COMP_WORDS=({line}); '
             f'COMP_CWORD={len(words)}; _zonepub; printf "%s\\n" "${{COMPREPLY[@]}}"'],
            env={**os.environ, "PATH": f"{path}:{os.environ['PATH']}"}, cwd=t.dir,
            capture_output=True, text=True)
        t.eq(done.stderr, "", f"completing {words} says nothing")
        found = done.stdout.split()
        t.eq(len(found), len(set(found)), f"completing {words} offers each word once")
        return set(found)

    commands = {w[0] for w in pages}
    t.eq(commands - complete(""), set(), "every command is offered")
    t.eq(complete("rot"), {c for c in commands if c.startswith("rot")}, "by what is typed")
    for command in ("gen", "keygen"):
        kinds = {w[1] for w in pages if len(w) == 2 and w[0] == command}
        t.eq(kinds - complete(command, ""), set(), f"every kind of {command}")
    t.ok({"dkim", "spf", "tls-rpt"} <= complete("lint", ""), "every kind of lint")
    for words, done in pages.items():
        if words in (("gen",), ("keygen",)):
            continue
        t.eq(options_of(done.out) - complete(*words, "--"), set(), f"every option of {' '.join(words)}")
    t.eq(complete("--json", "gen", "tlsa", "x", "--p12"), {"--p12"}, "behind a global option")
    t.eq(complete("-c", "x.conf", "gen", "tl"), {"tlsa", "tls-rpt"}, "and its argument")
    t.eq(complete("gen", "tlsa", "x", "--format", ""), {"zone", "line", "nsupdate", "json"},
         "the words of an option")
    t.ok("bin" in {c.rstrip("/") for c in complete("gen", "tlsa", "x", "--cert", "b")}, "files")


def zsh_completion(t):
    """The script in a real zsh, with what it would offer printed."""
    script = os.path.join(TOP, "contrib", "completions", "_zonepub")
    if not shutil.which("zsh"):
        t.skip("completion in zsh", "there is no zsh")
        return
    t.write("bin/zonepub", "#!/bin/sh\nexec %s \"$@\"\n" % shlex.join(binary()), 0o755)
    path = os.path.dirname(t.path("bin/zonepub"))

    def complete(*words):
        done = subprocess.run(
            ["zsh", "-fc", 'compadd() { print -rl -- "${(@P)2}" }; _files() { }; '
             'f() { local -a words; words=(zonepub "$@"); local CURRENT=$#words; . $SCRIPT }; f "$@"',
             "zsh", *words],
            env={**os.environ, "PATH": f"{path}:{os.environ['PATH']}", "SCRIPT": script},
            capture_output=True, text=True)
        t.eq(done.stderr, "", f"completing {words} says nothing")
        return done.stdout.split()

    t.ok({"gen", "rotate-tlsa"} <= set(complete("")), "commands")
    for front in ((), ("--json",), ("-c", "x.conf")):
        t.ok({"dkim", "tlsa"} <= set(complete(*front, "gen", "")), f"kinds, behind {front}")
        t.ok("--p12" in complete(*front, "gen", "tlsa", "x", "--"), f"options, behind {front}")
    t.eq(complete("verify-chain", "--").count("--tlsa"), 1, "each option once")


def usage_errors(t, leaf):
    cert = leaf.cert_file
    for args, named in (
            ([], "no command"), (["bogus"], "bogus"), (["--bogus"], "--bogus"), (["-Z"], "-Z"),
            (["-c"], "-c"), (["--color", "blue", "status"], "blue"), (["--json=1", "status"], "--json"),
            (["gen"], "kind"), (["gen", "bogus"], "bogus"), (["keygen"], "kind"), (["lint"], "kind"),
            (["lint", "bogus", "x"], "bogus"), (["lint", "spf", "v=spf1", "-all"], "-a"),
            (["gen", "tlsa", "mx.example", "--cert", cert, "-xyz"], "-x"),
            (["gen", "tlsa", "mx.example", "--cert", cert, "--force=1"], "--force"),
            (["gen", "tlsa", "mx.example", "--cert"], "--cert"),
            (["gen", "tlsa", "mx.example", "--cert", cert, "--cert", leaf.chain_file], "--cert"),
            (["gen", "tlsa", "mx.example", "--cert", cert, "--issuer", "1"], "--issuer"),
            (["gen", "tlsa", "mx.example", "--key", leaf.key_file, "--issuer", "1"], "--issuer"),
            (["gen", "tlsa", "mx.example", "--cert", leaf.chain_file, "--issuer", "9"], "--issuer"),
            (["gen", "tlsa", "192.0.2.1", "--cert", cert], "192.0.2.1"),
            (["gen", "tlsa", "_25._tcp.mx.example", "--cert", cert], "_25._tcp"),
            (["gen", "tlsa", ".", "--cert", cert], "root"),
            (["gen", "srv", "--domain", "a.example", "--imaps", "192.0.2.1"], "192.0.2.1"),
            (["gen", "mta-sts", "--domain", "a.example", "--mode", "enforce", "--max-age", "9",
              "--mx", "192.0.2.1"], "192.0.2.1"),
            (["gen", "dkim", "--domain", "a.example", "--selector", "s"], "--key"),
            (["gen", "spf", "--domain", "a.example"], "term"),
            (["gen", "dmarc", "--domain", "a.example", "--policy", "x"], "x"),
            (["gen", "tls-rpt", "--domain", "a.example"], "--rua"),
            (["keygen", "tls", "mx.example"], "--out"), (["keygen", "tsig"], "name"),
            (["keygen", "tls", "a.example", "b.example", "--next", "--out", "."], "--next"),
            (["keygen", "dkim", "--domain", "a.example", "--selector", "s"], "--out"),
            (["verify-chain", "mx.example", "--chain", cert], "--tlsa"),
            (["verify-chain", "mx.example", "--tlsa", f"3 1 1 {DIGEST}"], "--chain"),
            (["verify-chain", "--chain", cert, "--tlsa", f"3 1 1 {DIGEST}"], "host"),
            (["spf-eval"], "--ip"), (["spf-eval", "--ip", "x", "--sender", "", "--helo", "h"], "x"),
            (["rotate-tlsa"], "host"), (["abort"], "ID"), (["abort", "x"], "x"),
            (["status", "1", "2"], "2"), (["run", "x"], "x"), (["nsupdate", "--bogus"], "--bogus")):
        done = zonepub(*args, state=None if not args or args[0].startswith("-") else t.path("none"),
                       cwd=t.dir)
        want = 1 if args[:1] == ["nsupdate"] else 2
        t.ok(done.rc == want and done.out == "" and named in done.err,
             f"{args}: exit {want}, nothing on standard output, {named!r} named", done)
    t.ok(not os.path.exists(t.path("none")), "no state was made by any of them")


def json_outputs(t, leaf):
    dkim = ("--domain", "a.example", "--selector", "s")
    for args, keys in (
            (("gen", "tlsa", "mx.example", "--cert", leaf.cert_file), RECORD_KEYS),
            (("gen", "dkim", *dkim, "--revoke"), RECORD_KEYS | {"strings"}),
            (("gen", "spf", "--domain", "a.example", "--", "mx", "-all"), RECORD_KEYS | {"strings"}),
            (("gen", "dmarc", "--domain", "a.example", "--policy", "none"), RECORD_KEYS | {"strings"}),
            (("gen", "mta-sts", "--domain", "a.example", "--mode", "none", "--max-age", "86400"),
             RECORD_KEYS | {"strings"}),
            (("gen", "tls-rpt", "--domain", "a.example", "--rua", "mailto:t@a.example"),
             RECORD_KEYS | {"strings"}),
            (("gen", "srv", "--domain", "a.example", "--imaps", "m.a.example"), RECORD_KEYS),
            (("lint", "spf", "v=spf1 ptr -all"), {"level", "code", "message", "reference"}),
            (("lint", "spf", "v=spf1 -all"), None),
            (("keygen", "tsig", "k"), {"name", "algorithm", "secret"}),
            (("keygen", "tls", "mx.example", "--out", t.path("keys"), "--csr"), {"key", "csr"}),
            (("keygen", "dkim", *dkim, "--out", t.path("keys")), {"key", "record"}),
            (("verify-chain", "mx.example", "--chain", leaf.cert_file, "--tlsa", f"3 1 1 {DIGEST}"),
             {"accepted", "reason", "depth"}),
            (("spf-eval", "--ip", "192.0.2.1", "--sender", "", "--helo", "x"),
             {"result", "mechanism", "lookups", "void_lookups", "explanation"}),
            (("status",), None), (("history",), None), (("run",), None)):
        done = zonepub("--json", *args, state=t.path("state"))
        what = done.json()
        what = what[0] if isinstance(what, list) and what else what
        t.ok(what == [] if keys is None else keys <= set(what), f"--json {' '.join(args[:2])}", done)
        if args[0] == "gen":
            t.eq(set(what), keys, "and nothing else")
            for other in ((args[0], "--json", *args[1:]), (*args[:2], "--format", "json", *args[2:]),
                          (*args[:2], "--json", *args[2:])):
                t.eq(zonepub(*other).out, done.out, f"{' '.join(other[:4])} is the same")


def keys_and_chains(t, ca, leaf):
    nxt = t.path("next")
    first = zonepub("keygen", "tls", "mx.example", "--next", "--out", nxt, "--json")
    t.rc(first, 0, "keygen tls --next")
    t.eq(os.stat(first.json()["key"]).st_mode & 0o777, 0o600, "its key is private")
    req = run(["openssl", "req", "-in", first.json()["csr"], "-noout", "-text", "-verify"])
    t.has(req, "DNS:mx.example", "its request names the host")
    t.eq(zonepub("keygen", "tls", "mx.example", "--next", "--out", nxt, "--json").out, first.out,
         "a second call shows the same key")
    dry = zonepub("-n", "keygen", "tls", "dry.example", "--out", nxt, "--csr")
    t.rc(dry, 0, "keygen tls --dry-run")
    t.eq([n for n in os.listdir(nxt) if "dry" in n], [], "makes nothing")
    zonepub("-n", "keygen", "tsig", "k", "-o", t.path("tsig"))
    t.ok(not os.path.exists(t.path("tsig")), "keygen tsig --dry-run writes nothing")
    weak = zonepub("keygen", "tsig", "k", "--algorithm", "hmac-md5")
    t.ok(weak.rc == 0 and "warning" in weak.err, "HMAC MD5 is warned of", weak)

    t.eq(zonepub("gen", "tlsa", "mx.example", "--cert", leaf.cert_file, "-o", "-").out,
         f"_25._tcp.mx.example. 3600 IN TLSA {leaf.tlsa()}\n", "-o - is standard output")
    null = t.path("null")
    try:
        os.mknod(null, 0o600 | stat.S_IFCHR, os.makedev(1, 3))
        open(null, "wb").close()
    except PermissionError:
        t.skip("-o takes a device", "this user cannot make one")
    else:
        for force in ([], ["--force"]):
            t.rc(zonepub("gen", "tlsa", "mx.example", "--cert", leaf.cert_file, "-o", null, *force), 0,
                 f"-o takes a device {force}")
        done = zonepub("keygen", "tsig", "k", "-o", null)
        t.ok(done.rc == 1 and stat.S_ISCHR(os.stat(null).st_mode), "and no file takes its place", done)
    batch = t.write("batch", f"a.example\nb.example --key {leaf.key_file}\n")
    t.eq(len(zonepub("gen", "tlsa", "--batch", batch, "--cert", leaf.cert_file).out.splitlines()), 2,
         "the source of the command line serves the lines that give none")

    with open(ca.issue("mx.example", with_root=True).chain_file) as f:
        certs = re.findall(r"-----BEGIN.*?END CERTIFICATE-----\n", f.read(), re.S)
    if len(certs) > 2:
        shuffled = t.write("shuffled.pem", certs[0] + certs[2] + certs[1])
        straight = t.write("straight.pem", "".join(certs))
        record = zonepub("gen", "tlsa", "mx.example", "--cert", straight, "--params", "2 1 1")
        judged = [zonepub("verify-chain", "mx.example", "--chain", f, "--tlsa",
                          record.out.split("TLSA ")[1].strip()).out for f in (straight, shuffled)]
        t.ok(judged[0] == judged[1] and "depth 1" in judged[0],
             "the certificate that matched is named, in whatever order it was sent", judged)


def colour(t, leaf):
    lint, chain = ("lint", "spf", "v=spf1 ptr"), ("verify-chain", "mx.example", "--chain",
                                                 leaf.cert_file, "--tlsa", leaf.tlsa())
    for args in (lint, chain):
        plain = zonepub(*args).out
        t.hasnt(plain, "\033", f"{args[0]}: no colour where there is no terminal")
        for color in ("auto", "never"):
            t.eq(zonepub("--color", color, *args).out, plain, f"nor with {color}")
        for env in ({}, {"NO_COLOR": "1"}):
            done = zonepub("--color=always", *args, env=env).out
            t.ok("\033[" in done and re.sub(r"\033\[\d*m", "", done) == plain,
                 f"the same in colour if it is asked for, {env}", done)
        t.hasnt(zonepub("--color=always", "--json", *args).out, "\033", "never in JSON")
        for env, wanted in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False),
                            ({"NO_COLOR": ""}, True)):
            shown = run(["script", "-qec", shlex.join(binary() + list(args)), "/dev/null"],
                        env={**os.environ, "NO_COLOR": "", "TERM": "xterm", **env})
            t.eq("\033[" in shown, wanted, f"on a terminal with {env}")
    done = zonepub("gen", "tlsa", "a\033[31mb", "--cert", leaf.cert_file)
    t.ok(done.rc == 2 and "\033" not in done.err, "a message does not steer the terminal", done)


def configuration(t, leaf):
    state = t.path("conf-state")
    for text, where in (('bogus = 1\n', ":1:"), ('zone "a.example" {\n ttl = x\n}\n', ":2:"),
                        ('tls "mx.example" {\n ports = {25, 99999}\n}\n', ":2:")):
        conf = t.write("bad.conf", text)
        for args in (("run",), ("rotate-tlsa", "mx.example", "--no-wait")):
            done = zonepub(*args, config=conf, state=state)
            t.ok(done.rc == 2 and done.out == "" and "bad.conf" + where in done.err,
                 f"{args[0]} names file and line of {text!r}", done)
    done = zonepub("run", config=t.path("nothing.conf"), state=state)
    t.ok(done.rc == 2 and "nothing.conf" in done.err, "a named configuration must be there", done)
    conf = t.write("files.conf", 'tls "mx.example" {\n cert = "%s"\n key = "/nowhere/key"\n}\n'
                   % leaf.cert_file)
    done = zonepub("-n", "rotate-tlsa", "mx.example", config=conf, state=state)
    t.ok(done.rc == 2 and "files.conf:3: key: /nowhere/key" in done.err,
         "a missing file is told with file and line", done)
    t.ok(not os.path.exists(state), "nothing was recorded")
    plural = {"port": "ports", "authority": "authorities"}
    options = {o[2:] for o in options_of(zonepub("rotate-tlsa", "--help").out) - GLOBAL}
    for option in sorted(plural.get(o, o) for o in options - {"wait", "no-wait"}):
        found = [section for section in ("zone", "tls") if "no such option" not in zonepub(
            "run", state=state, config=t.write(
                "o.conf", f'{section} "a.example" {{\n {option} = x\n}}\n')).err]
        t.ok(found, f"{option} can stand in a section")
    t.ok(option == "zonefile" and "no such option" in zonepub("run", state=state, config=t.write(
        "o.conf", "tls a.example { wait = yes }")).err, "and what is no option cannot")
    state = t.path("dry-state")
    t.rc(zonepub("-n", "run", state=state), 0, "run --dry-run")
    t.ok(not os.path.exists(state), "makes no ledger")


with Test() as t:
    ca = CA(t)
    leaf = ca.issue("mx.example")
    pages = all_pages()
    for test, args in ((help_pages, [pages]), (manual, [pages]), (completion, [pages]),
                       (zsh_completion, []), (usage_errors, [leaf]), (json_outputs, [leaf]), (keys_and_chains, [ca, leaf]),
                       (colour, [leaf]), (configuration, [leaf])):
        with t.case(test.__name__):
            test(t, *args)
