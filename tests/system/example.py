#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A test to copy: a signed zone on two servers, one lagging; an update seen everywhere."""
import sys

sys.path[0] += "/lib"
from zp import *

with Test() as t:
    key = TsigKey()
    leaf = CA(t).issue("mx.mail.example")
    zone = Zone("mail.example", "@ MX 10 mx\nmx A 127.0.0.1", signed="nsec", ttl=3, key=key)
    ns1 = Knotd(t).primary(zone)
    ns2 = Named(t).secondary(zone, lag=True)
    ns1.start()
    ns2.start()

    done = zonepub("--version")
    t.rc(done, 0, "the version is shown")
    t.has(done.out, "zonepub", "and names the program")

    zone.update(f"_25._tcp.mx 3 TLSA {leaf.tlsa('3 1 1')}")
    zone.await_rdata("_25._tcp.mx", "TLSA", [leaf.tlsa("3 1 1")], servers=[ns1])
    t.eq(ns2.rdatas("_25._tcp.mx.mail.example.", "TLSA"), [], "the secondary lags")
    ns2.release(zone)
    zone.await_rdata("_25._tcp.mx", "TLSA", [leaf.tlsa("3 1 1")])
    t.ok(True, "then it has the record")
