# SPDX-License-Identifier: BSD-2-Clause
"""A network and a mount namespace of the test's own.

Root makes them; others do inside a user namespace, where they are root with
no other user beside them (so Postfix does not run there).  Everything that the test starts lives in them: its loopback has every
address and port to itself, nothing reaches the outside, /etc/resolv.conf
can be replaced, and all of it goes with the last process.
"""

import ctypes
import fcntl
import os
import socket
import struct
import subprocess

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWNET = 0x00020000, 0x10000000, 0x40000000
MS_REC, MS_PRIVATE, MS_BIND = 0x4000, 0x40000, 0x1000

_libc = ctypes.CDLL(None, use_errno=True)
_state = {"private": False, "next": 0}


def enter():
    """Move this process (single-threaded still) into namespaces of its own, if it may."""
    if _state["private"] or os.environ.get("ZP_NO_NETNS"):
        return _state["private"]
    uid, gid = os.geteuid(), os.getegid()
    kinds = CLONE_NEWNET | CLONE_NEWNS | (CLONE_NEWUSER if uid else 0)
    if _libc.unshare(kinds) != 0:
        return False
    if uid:
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"),
                           ("gid_map", f"0 {gid} 1")):
            with open(f"/proc/self/{name}", "w") as f:
                f.write(text)
    _mount(None, "/", MS_REC | MS_PRIVATE)
    _lo_up()
    _state["private"] = True
    return True


def has_users():
    """Whether children can become other users than the test's."""
    with open("/proc/self/uid_map") as f:
        return os.geteuid() == 0 and sum(int(line.split()[2]) for line in f) > 65534


def adopt_orphans():
    """Children whose parent dies become this process's own, which reaps them."""
    PR_SET_CHILD_SUBREAPER = 36
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def private():
    return _state["private"]


def new_addr(family=4):
    """The next address of the private loopback, added to it."""
    _state["next"] += 1
    n = _state["next"]
    addr = f"127.1.{n // 250}.{n % 250 + 1}" if family == 4 else f"fd5a:7a70::{n:x}"
    subprocess.run(["ip", "addr", "add", f"{addr}/{32 if family == 4 else 128}", "dev", "lo"]
                   + (["nodad"] if family == 6 else []), check=True)
    return addr


def bind_file(source, target):
    """Show source in place of target, in this test only."""
    if not _state["private"]:
        raise RuntimeError("only in a mount namespace of the test's own")
    _mount(source, target, MS_BIND)


def _mount(source, target, flags):
    if _libc.mount(source.encode() if source else b"none", target.encode(), None,
                   ctypes.c_ulong(flags), None) != 0:
        raise OSError(ctypes.get_errno(), f"mount {target}")


def _lo_up():
    SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        got = fcntl.ioctl(s, SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0))
        flags = struct.unpack_from("16sh", got)[1]
        fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))
