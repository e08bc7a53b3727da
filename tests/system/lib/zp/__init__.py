# SPDX-License-Identifier: BSD-2-Clause
"""zp: what the system tests are written with (see tests/system/README.md)."""

from . import dane, isolate, query
from .cli import Background, Result, zonepub
from .dnsserver import DnsServer, Lag, Zone
from .knotd import Knotd
from .named import Named
from .net import TimedOut, await_, free_addr, free_port, is_root, service_port
from .postfix import Postfix
from .pki import CA, Leaf, cert_pem, key_pem, new_key
from .proc import Command, Proc, need, run
from .service import Service
from .tap import BailOut, SkipAll, Test
from .tsig import TsigKey
from .watcher import Watcher
