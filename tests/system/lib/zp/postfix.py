# SPDX-License-Identifier: BSD-2-Clause
"""Postfix: a private instance, as receiving service, as DANE-only sender, or both."""

import email.message
import glob
import grp
import json
import os
import pwd
import smtplib

from . import isolate
from .net import await_, free_addr, service_port
from .proc import Proc, need, run
from .service import Service
from .tap import SkipAll

_QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming",
           "saved", "trace", "maildrop", "pid", "private", "public")

_INTERNAL = """\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsproxy unix - - n - 0 tlsproxy
dnsblog unix - - n - 0 dnsblog
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix(Proc):
    """A Postfix of its own directories.

    chain       file with key and chain (Leaf.live_file or a path that is replaced
                later); two, RSA and ECDSA, as a list
    ports       STARTTLS ports; smtps: implicit-TLS ports; postscreen: guarded ports
                (well-known numbers for root; see port() for where they really are)
    domains     domains whose mail is delivered into self.mail
    dane        True: sends with smtp_tls_security_level = dane-only
    resolver    address of its resolver (port 53), by an /etc/resolv.conf of its own
    main        {parameter: value} added to main.cf
    """

    name = "postfix"
    death_signal = "TERM"

    def __init__(self, t, chain=None, ports=(25,), smtps=(), postscreen=(), domains=(),
                 host="mx.mail.example", addr=None, dane=False, resolver=None, main=None,
                 greet_wait=2, name=None):
        need("postfix", "unshare")
        if not isolate.has_users():
            raise SkipAll("Postfix runs only as root")
        super().__init__(t, name)
        self.addr = addr or free_addr()
        self.chain, self.domains, self.host = chain, list(domains), host
        self.dane, self.resolver, self.main = dane, resolver, main or {}
        self.greet_wait = greet_wait
        self.kinds = {**{p: "starttls" for p in ports}, **{p: "implicit" for p in smtps},
                      **{p: "postscreen" for p in postscreen}}
        self.ports = {p: service_port(self.addr, p) for p in self.kinds}
        self.etc = t.subdir(self.name, "etc")
        self.mail = t.subdir(self.name, "mail")
        self.maillog = os.path.join(self.dir, "maillog")

    def port(self, wanted):
        return self.ports[wanted]

    def service(self, wanted=25, host=None):
        """The Service to shake hands with at one of its ports."""
        kind = "implicit" if self.kinds[wanted] == "implicit" else "starttls"
        return Service(host or self.host, self.addr, self.ports[wanted], kind)

    def services(self):
        return [self.service(p) for p in self.ports]

    @property
    def reload_argv(self):
        """The deploy command for zonepub."""
        return [need("postfix"), "-c", self.etc, "reload"]

    # life

    def argv(self):
        # master changes its identity for a moment and so loses its parent-death
        # signal; the shell keeps it and passes it on
        script = ('"$@" & pid=$!; trap "kill -TERM $pid" TERM; wait $pid; wait $pid')
        master = ["setsid", need("master"), "-c", self.etc, "-d"]
        if not self.resolver:
            return ["/bin/sh", "-c", script, "sh", *master]
        path = self.t.write(f"{self.name}/resolv.conf",
                            f"nameserver {self.resolver}\noptions trust-ad timeout:2\n")
        return [need("unshare"), "-m", "/bin/sh", "-c",
                'mount --bind "$0" /etc/resolv.conf || exit 1; ' + script, path, *master]

    def environ(self):
        return {**super().environ(), "MAIL_CONFIG": self.etc}

    def configure(self):
        self._directories()
        self.t.write(f"{self.name}/etc/main.cf",
                     "".join(f"{k} = {v}\n" for k, v in self._main().items()))
        self.t.write(f"{self.name}/etc/master.cf", self._master())
        self.t.write(f"{self.name}/etc/dynamicmaps.cf", "")

    def _directories(self):
        user, group = pwd.getpwnam("postfix"), grp.getgrnam("postdrop")
        queue = self.t.subdir(self.name, "queue")
        for directory in _QUEUES:
            path = self.t.subdir(self.name, "queue", directory)
            os.chown(path, user.pw_uid, user.pw_gid)
            os.chmod(path, 0o700)
        for directory, mode in (("maildrop", 0o730), ("public", 0o710)):
            os.chown(os.path.join(queue, directory), user.pw_uid, group.gr_gid)
            os.chmod(os.path.join(queue, directory), mode)
        os.chown(os.path.join(queue, "pid"), 0, 0)
        os.chmod(os.path.join(queue, "pid"), 0o755)
        data = self.t.subdir(self.name, "data")
        os.chown(data, user.pw_uid, user.pw_gid)
        nobody = pwd.getpwnam("nobody")
        os.chown(self.mail, nobody.pw_uid, nobody.pw_gid)

    def _main(self):
        nobody = pwd.getpwnam("nobody")
        main = {
            "compatibility_level": "3.6",
            "queue_directory": os.path.join(self.dir, "queue"),
            "data_directory": os.path.join(self.dir, "data"),
            "command_directory": "/usr/sbin", "daemon_directory": "/usr/lib/postfix/sbin",
            "mail_owner": "postfix", "setgid_group": "postdrop",
            "maillog_file": self.maillog, "maillog_file_prefixes": self.dir,
            "myhostname": self.host, "mydestination": "", "mynetworks": "127.0.0.0/8",
            "inet_interfaces": self.addr, "inet_protocols": "ipv4",
            "virtual_mailbox_domains": " ".join(self.domains),
            "virtual_mailbox_base": self.mail, "virtual_mailbox_maps": "static:all/",
            "virtual_uid_maps": f"static:{nobody.pw_uid}",
            "virtual_gid_maps": f"static:{nobody.pw_gid}",
            "virtual_minimum_uid": "1", "alias_maps": "", "alias_database": "",
            "smtpd_peername_lookup": "no", "smtpd_client_event_limit_exceptions": "127.0.0.0/8",
            "postscreen_access_list": "", "postscreen_greet_wait": f"{self.greet_wait}s",
            "postscreen_greet_action": "enforce", "postscreen_cache_map": "",
            "postscreen_client_connection_count_limit": "1000",
            "default_database_type": "texthash", "in_flow_delay": "0",
            "minimal_backoff_time": "5s", "maximal_backoff_time": "10s",
            "queue_run_delay": "5s", "smtp_connection_cache_on_demand": "no",
        }
        if self.chain:
            files = [self.chain] if isinstance(self.chain, str) else self.chain
            main["smtpd_tls_chain_files"] = " ".join(files)
            main["smtpd_tls_security_level"] = "may"
            main["smtpd_tls_loglevel"] = "1"
        if self.dane:
            main["smtp_tls_security_level"] = "dane-only"
            main["smtp_dns_support_level"] = "dnssec"
            main["smtp_tls_loglevel"] = "1"
        main.update(self.main)
        return main

    def _master(self):
        text = _INTERNAL
        for wanted, port in self.ports.items():
            where = f"{self.addr}:{port}"
            if self.kinds[wanted] == "postscreen":
                text += f"{where} inet n - n - 1 postscreen\nsmtpd pass - - n - - smtpd\n"
                continue
            text += f"{where} inet n - n - - smtpd\n"
            if self.kinds[wanted] == "implicit":
                text += "  -o smtpd_tls_wrappermode=yes\n"
        return text

    def ready(self):
        # postscreen is only looked at, its greeting takes greet_wait
        for wanted, kind in self.kinds.items():
            service = self.service(wanted)
            if kind == "starttls":
                service.banner()
            else:
                service.connect(2).close()
        return True

    def logs(self):
        return [self.log, self.maillog]

    def reload(self):
        run(self.reload_argv)

    def _signal(self, number):
        # they are of several sessions
        if self.popen is None:
            return
        for pid in [self.pid, *_descendants(self.pid)]:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue

    # mail

    def submit(self, sender, recipient, body="hello", port=25):
        """Hand it one message over SMTP."""
        message = email.message.EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, recipient, "test"
        message.set_content(body)
        with smtplib.SMTP(self.addr, self.ports[port], timeout=20) as smtp:
            smtp.send_message(message, sender, [recipient])

    def delivered(self):
        """Paths of the messages delivered here."""
        return sorted(glob.glob(os.path.join(self.mail, "all", "new", "*")))

    def queue(self):
        """The queue as postqueue -j lists it."""
        out = run(["postqueue", "-c", self.etc, "-j"])
        return [json.loads(line) for line in out.splitlines()]

    def deferred(self):
        """Reasons of the messages that are deferred."""
        return [r.get("delay_reason", "") for m in self.queue() for r in m["recipients"]
                if m["queue_name"] == "deferred"]

    def flush(self):
        run(["postqueue", "-c", self.etc, "-f"])

    def await_delivered(self, count, timeout=30):
        return await_(lambda: len(self.delivered()) >= count, timeout,
                      f"{count} messages delivered to {self.name}")


def _descendants(pid):
    found = []
    for directory in glob.glob(f"/proc/{pid}/task/*/children"):
        try:
            with open(directory) as f:
                for child in f.read().split():
                    found += [int(child), *_descendants(int(child))]
        except OSError:
            continue
    return found
