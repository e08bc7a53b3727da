#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The test suite of the SPF project for RFC 7208, whole, through zonepub spf-eval.

Each scenario of tests/data/rfc7208-tests.yml is served by a DNS of its own;
each case is one run of the program.
"""
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import yaml

sys.path[0] += "/lib"
from zp import *
from zp.tabledns import SILENT, TableDns

SUITE = os.path.join(os.environ.get("top_srcdir", "."), "tests/data/rfc7208-tests.yml")
# An anchor that covers none of the suite's names: nothing there is signed.
ANCHOR = "anchor.invalid. IN DS 1 13 2 " + 64 * "0" + "\n"
TIME_LIMIT = "2s"


def table(zonedata):
    """The suite's zone data.  SPF stands for TXT where a name has no TXT of its own."""
    names = {}
    for owner, entries in zonedata.items():
        rows = []
        has_txt = any(isinstance(e, dict) and "TXT" in e for e in entries)
        for entry in entries:
            if entry == "TIMEOUT":
                rows.append(SILENT)
                continue
            for kind, value in entry.items():
                if kind == "SPF":
                    kind, value = "TXT", "NONE" if has_txt else value
                if kind == "TXT" and value == []:
                    value = ""  # resolvers refuse a TXT of no strings: the nearest legal one
                if kind != "TXT" or value != "NONE":
                    rows.append((kind, value))
        names[owner] = rows
    return names


def run(dns, case, anchor):
    return zonepub("spf-eval", "--json", f"--resolver={dns.at}", f"--trust-anchor={anchor}",
                   f"--timeout={TIME_LIMIT}", f"--ip={case['host']}",
                   f"--sender={case['mailfrom']}", f"--helo={case['helo']}")


def differences(case, result):
    """What is not as the suite wants it; empty if all is."""
    if result.rc != 0:
        return str(result)
    verdict = result.json()
    wanted = case["result"] if isinstance(case["result"], list) else [case["result"]]
    found = []
    if verdict["result"] not in wanted:
        found.append(f"result {verdict['result']}, wanted {wanted}")
    if "explanation" in case:
        explanation = None if case["explanation"] == "DEFAULT" else case["explanation"]
        if verdict["explanation"] != explanation:
            found.append(f"explanation {verdict['explanation']!r}, wanted {explanation!r}")
    return "\n".join(found + [str(result)]) if found else ""


with Test() as t, ThreadPoolExecutor(4) as pool:
    anchor = t.write("anchor", ANCHOR)
    jobs = []
    with open(SUITE, encoding="utf-8") as f:
        for scenario in yaml.safe_load_all(f):
            dns = TableDns(t, table(scenario["zonedata"]))
            for name, case in scenario["tests"].items():
                jobs.append((scenario["description"], name, case,
                             pool.submit(run, dns, case, anchor)))
    t.ok(len(jobs) > 200, f"the suite has {len(jobs)} cases")
    for description, name, case, job in jobs:
        with t.case(f"{description}: {name}"):
            found = differences(case, job.result())
            t.ok(not found, f"{case['result']}", found)
