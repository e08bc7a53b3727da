# SPDX-License-Identifier: BSD-2-Clause
"""Addresses and ports nobody else uses, and waiting.

As root each test has a network of its own (see isolate.py).  Elsewhere an
address or port is held by an abstract Unix socket of that name, which the
kernel releases when the process ends, so tests that run at the same time
never share one.
"""

import os
import random
import socket
import time

from . import isolate

_held = []
_random = random.SystemRandom()


def _hold(name):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        s.bind("\0zonepub-test-" + name)
    except OSError:
        s.close()
        return False
    _held.append(s)
    return True


def _bindable(addr, port):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET6 if ":" in addr else socket.AF_INET, kind) as s:
            if kind == socket.SOCK_STREAM:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                s.bind((addr, port))
            except OSError:
                return False
    return True


def is_root():
    return os.geteuid() == 0


def free_addr(family=4):
    """A loopback address that belongs to this test alone, on every port.

    family=6 needs a network of the test's own (isolate.private()).
    """
    if isolate.private():
        return isolate.new_addr(family)
    if family == 6:
        raise RuntimeError("IPv6 addresses are made only in a private network")
    while True:
        addr = "127.{}.{}.{}".format(_random.randint(1, 254), _random.randint(0, 255),
                                     _random.randint(1, 254))
        if _hold("addr-" + addr):
            return addr


def free_port(addr="127.0.0.1"):
    """A port free for TCP and UDP, below the range that clients are given."""
    while True:
        port = _random.randint(10000, 32000)
        if _hold(f"port-{addr}-{port}") and _bindable(addr, port):
            return port


def service_port(addr, port):
    """The well-known port on a free_addr() address for root, else a free one."""
    return port if is_root() and _bindable(addr, port) else free_port(addr)


class TimedOut(TimeoutError):
    """The awaited thing did not happen; the text says what it was."""


def await_(condition, timeout=10, what="the condition", poll=0.03):
    """Wait until condition() is true and return its value.

    Exceptions of the network (OSError, dns) in condition() count as not yet.
    """
    import dns.exception
    end = time.monotonic() + timeout
    last = None
    while True:
        try:
            value = condition()
            if value:
                return value
            last = f"last value {value!r}"
        except (OSError, EOFError, dns.exception.DNSException) as e:
            last = f"{type(e).__name__}: {e}"
        if time.monotonic() >= end:
            raise TimedOut(f"waited {timeout} s for {what}; {last}")
        time.sleep(poll)
