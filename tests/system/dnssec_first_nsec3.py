#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""dnssec_first.py under NSEC3."""
import os
import runpy
import sys

os.environ["ZP_DENIAL"] = "nsec3"
runpy.run_path(os.path.join(sys.path[0], "dnssec_first.py"))
