#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Hooks of ACME clients that call nsupdate find zonepub behind a symbolic link of that name.

The hooks here are the test's own; they call nsupdate as those in use with
certbot, acme.sh and dehydrated do: here-documents, pipes, files, with and
without a server, a zone, a class.
"""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from zp import Knotd, Named, Test, TsigKey, Zone, isolate, zonepub  # noqa: E402
from zp.cli import binary                                # noqa: E402
from zp.proc import need                                 # noqa: E402

CERTBOT = """#!/bin/sh
# certbot --manual-auth-hook and --manual-cleanup-hook, told apart by $1
set -e
name=_acme-challenge.$CERTBOT_DOMAIN
if [ "$1" = auth ]; then
nsupdate -k "$KEY_FILE" << EOM
server $SERVER $PORT
zone $ZONE
update delete $name TXT
update add $name 300 TXT "$CERTBOT_VALIDATION"
send
EOM
else
nsupdate -k "$KEY_FILE" -v << EOM
server $SERVER $PORT
zone $ZONE
update delete $name TXT
send
EOM
fi
"""

CERTBOT_BARE = """#!/bin/bash
# no server and no zone: the primary is found by SOA
set -e
verb='add'; ttl=10; text="\\"$CERTBOT_VALIDATION\\""
if [ "$1" != auth ]; then verb=delete; ttl=; fi
{
    cat <<EOT
update $verb _acme-challenge.$CERTBOT_DOMAIN. $ttl TXT $text
send
EOT
} | nsupdate -k "$KEY_FILE"
"""

ACME_FILE = """#!/usr/bin/env bash
# acme.sh, the script in a temporary file
add() {
  tmp=$(mktemp) || return 1
  cat > "$tmp" <<EOF
server $SERVER $PORT
update add $1. 60 in txt "$2"
send
EOF
  nsupdate -k "$KEY_FILE" "$tmp" || return 1
  rm -f "$tmp"
}
rm_() {
  nsupdate -k "$KEY_FILE" $DEBUG_OPTION <<EOF
server $SERVER  $PORT
zone $ZONE.
update delete $1. txt
send
EOF
}
case $1 in
auth) add "_acme-challenge.$CERTBOT_DOMAIN" "$CERTBOT_VALIDATION" ;;
*) rm_ "_acme-challenge.$CERTBOT_DOMAIN" ;;
esac
if [ $? -ne 0 ]; then echo "error updating domain" >&2; exit 1; fi
"""

DEHYDRATED = r"""#!/usr/bin/env bash
# dehydrated: deploy_challenge and clean_challenge, each record by itself
set -e -u -o pipefail
case $1 in
auth) printf 'server %s %s\nupdate add _acme-challenge.%s. %d in TXT "%s"\n\n' \
        "$SERVER" "$PORT" "$CERTBOT_DOMAIN" 300 "$CERTBOT_VALIDATION" ;;
*) printf 'server %s %s\nupdate delete _acme-challenge.%s. %d in TXT "%s"\nsend\nquit\n' \
        "$SERVER" "$PORT" "$CERTBOT_DOMAIN" 300 "$CERTBOT_VALIDATION" ;;
esac | nsupdate -y "$KEY_LINE" > /dev/null
"""

HOOKS = {"certbot": CERTBOT, "certbot without a server": CERTBOT_BARE, "acme.sh": ACME_FILE,
         "dehydrated": DEHYDRATED}


def link(t, program, folder):
    path = os.path.join(t.subdir(folder), "nsupdate")
    if len(program) == 1:
        os.symlink(program[0], path)
    else:
        t.write(path, "#!/bin/sh\nexec %s nsupdate \"$@\"\n" % " ".join(program), 0o755)
    return os.path.dirname(path)


def run(t, server, key, text, action, value, **more):
    hook = t.write("hook", text, 0o755)
    return subprocess.run([hook, action], capture_output=True, text=True, timeout=60, env={
        "PATH": f"{more.pop('path')}:{os.environ['PATH']}", "SERVER": server.addr,
        "PORT": str(server.port), "KEY_FILE": key.file(t), "KEY_LINE": key.line(),
        "ZONE": "mail.test", "CERTBOT_DOMAIN": "mx.mail.test", "CERTBOT_VALIDATION": value,
        "DEBUG_OPTION": "", **more})


with Test() as t:
    need("nsupdate")
    key = TsigKey()
    path = link(t, binary(), "link")
    owner = "_acme-challenge.mx.mail.test"
    for kind in (Named, Knotd):
        server = kind(t)
        zone = Zone("mail.test", "mx A 192.0.2.1", signed=None, key=key)
        server.primary(zone).start()
        if isolate.private():
            t.use_resolver(server.addr)
        for name, text in HOOKS.items():
            label = f"{server.name}: {name}"
            with t.case(label):
                if "without" in name and not isolate.private():
                    t.skip(label, "needs a resolver of its own")
                    continue
                done = run(t, server, key, text, "auth", "tok-en_1;x", path=path)
                t.eq(done.returncode, 0, f"{label}: deployed")
                t.eq(server.rdatas(owner, "TXT"), ['"tok-en_1;x"'], f"{label}: the record is there")
                if name == "dehydrated":
                    run(t, server, key, text, "auth", "second", path=path)
                    t.eq(len(server.rdatas(owner, "TXT")), 2, f"{label}: two tokens side by side")
                    run(t, server, key, text, "clean", "second", path=path)
                    t.eq(len(server.rdatas(owner, "TXT")), 1, f"{label}: one of them taken away")
                done = run(t, server, key, text, "clean", "tok-en_1;x", path=path,
                           DEBUG_OPTION="-d")
                t.eq(done.returncode, 0, f"{label}: cleaned")
                t.eq(server.rdatas(owner, "TXT"), [], f"{label}: the record is gone")
                wrong = TsigKey(key.name)
                done = run(t, server, wrong, text, "auth", "x", path=path)
                t.ne(done.returncode, 0, f"{label}: a wrong key fails the hook")
                key.file(t)
        with t.case(f"{server.name}: by its name and as a command"):
            text = f"server {server.addr} {server.port}\nadd a.mail.test 60 TXT x\nsend\n"
            both = [subprocess.run([f"{path}/nsupdate", "-k", key.file(t)], input=text, text=True,
                                   capture_output=True).returncode,
                    zonepub("nsupdate", "-k", key.file(t), input=text).rc]
            t.eq(both, [0, 0], f"{server.name}: both ways")
            bad = subprocess.run([f"{path}/nsupdate", "-Z"], text=True, capture_output=True)
            t.eq(bad.returncode, 1, f"{server.name}: an option that there is not")
            t.has(bad.stderr, "see zonepub nsupdate --help", f"{server.name}: and where to look")
        server.stop()
