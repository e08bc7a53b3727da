#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Options only, nothing given but the host and the key: zone, primary and servers are found."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    ca = CA(t)
    host = "mx.mail.example"
    old = ca.issue(host)
    live = old.install(t.path("live", "mx.pem"))
    mx = LiveTls(t, old, port=25, host=host).follow(live)
    key = TsigKey()
    other = Zone("other.example", "", signed="nsec3", ttl=1)
    hidden, child, parent, six = (Knotd(t, name=n) for n in ("hidden", "child", "parent", "six"))
    if isolate.private():
        six.add_v6()
    zone = Zone("mail.example", f"{host}. A {mx.addr}\n@ NS six.other.example.\n"
                f"_25._tcp.{host}. TLSA {old.tlsa()}", ttl=1, key=key)
    # the primary is hidden; one server is named by the parent alone, one by the child alone:
    # that lies in another zone and has an IPv6 address only
    hidden.primary(zone, listed=False)
    child.secondary(zone)
    parent.secondary(zone, listed=False, lag=True)
    six.secondary(zone, listed=False).primary(other)
    other.records = (f"six AAAA {six.addr6}\n" if six.addr6 else f"six A {six.addr}\n")
    zone.parent_servers = [child, parent]
    zone.records += f"\nparent A {parent.addr}"
    everyone = [hidden, child, parent, six]
    for server in everyone:
        server.start()
    tree = Tree(t, "example").add(zone).add(other).start()
    unbound = tree.resolver(options="do-ip6: yes\n    interface-automatic: no").start()
    state = t.subdir("state")
    lag = Lag(t, parent, zone, 0.2)

    def rotate(leaf, *args, anchor=tree.anchor_file, resolver=True):
        options = ["--trust-anchor", anchor] + (["--resolver", unbound.at] if resolver else [])
        return zonepub(*options, "rotate-tlsa", host, "--cert", leaf.chain_file, "--key",
                       leaf.key_file, "--live-chain", live, "--deploy", " ".join(mx.reload_argv),
                       "--tsig-file", key.file(t), "--safety", "0s", "--hold", "0s", *args,
                       state=state)

    with t.case("everything is found"):
        new = old.renew()
        done = rotate(new, "--wait", "-v")
        t.rc(done, 0, "rotated")
        for server in everyone:
            addr = server.addr6 if server is six and six.addr6 else server.addr
            t.has(done.out, addr, f"{server.name} ({addr}) was asked")
        t.ok(mx.service().chain() == new.ders(), "the new chain is live")

    with t.case("one that only the parent names lags"):
        lag.stop()
        third = new.renew()
        walk = Background(t, "--trust-anchor", tree.anchor_file, "--resolver", unbound.at,
                          "rotate-tlsa", host, "--cert", third.chain_file, "--key",
                          third.key_file, "--live-chain", live, "--deploy",
                          " ".join(mx.reload_argv), "--tsig-file", key.file(t), "--safety", "0s",
                          "--hold", "0s", "--wait", state=state)
        await_(lambda: parent.addr in ((zonepub("status", "--json", state=state).json() or [{}])[-1]
                                       .get("last_error") or ""), 40, "the server to be named")
        t.ok(mx.service().chain() == new.ders(), "it blocks")
        Lag(t, parent, zone, 0.2)
        t.rc(walk.wait(), 0, "and is waited for")

    with t.case("no resolver, the anchor of the zone itself"):
        fourth = third.renew()
        done = rotate(fourth, "--wait", "--server", f"{hidden.addr}", "--authority", hidden.addr,
                      "--authority", child.addr, "--probe", mx.addr, anchor=zone.anchor(t),
                      resolver=False)
        t.rc(done, 0, "options alone are enough")
        t.ok(mx.service().chain() == fourth.ders(), "the new chain is live")

    with t.case("an authoritative server as resolver"):
        fifth = fourth.renew()
        done = zonepub("--trust-anchor", zone.anchor(t), "--resolver", hidden.addr, "rotate-tlsa",
                       host, "--cert", fifth.chain_file, "--key", fifth.key_file, "--live-chain",
                       live, "--deploy", " ".join(mx.reload_argv), "--tsig-file", key.file(t),
                       "--server", hidden.addr, "--authority", child.addr, "--safety", "0s",
                       "--hold", "0s", "--wait", state=state)
        t.rc(done, 0, "serves as --resolver")
        t.ok(mx.service().chain() == fifth.ders(), "the new chain is live")

    with t.case("stub zones in the configuration"):
        sixth = fifth.renew()
        config = t.write("stub.conf", f"""resolver {{
    trust-anchor = "{tree.anchor_file}"
    stub "example" {{ servers = {{"{tree.server.addr}"}} }}
}}
zone "mail.example" {{
    publisher = rfc2136
    tsig-file = "{key.file(t)}"
}}
tls "{host}" {{
    cert = "{sixth.chain_file}"
    key = "{sixth.key_file}"
    live-chain = "{live}"
    deploy = {{"{mx.reload_argv[0]}", "{mx.reload_argv[1]}"}}
    safety = "0s"
    hold = "0s"
}}
""")
        done = zonepub("rotate-tlsa", host, "--wait", config=config, state=state)
        t.rc(done, 0, "lead the way")
        t.ok(mx.service().chain() == sixth.ders(), "the new chain is live")
