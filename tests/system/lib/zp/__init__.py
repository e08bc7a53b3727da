# SPDX-License-Identifier: BSD-2-Clause
"""zp: what the system tests are written with (see tests/system/README.md)."""

from . import dane, isolate, query
from .cli import Background, Result, zonepub
from .dnsserver import DnsServer, Lag, Zone
from .hostile import CLOSE, Drip, HostileServer, Raw, Spoof, forged
from .knotd import Knotd
from .livetls import LiveTls
from .named import Named
from .net import TimedOut, await_, free_addr, free_port, is_root, service_port
from .nsd import Nsd
from .pdns import Pdns
from .pki import CA, Leaf, cert_pem, key_pem, new_key
from .postfix import Postfix
from .proc import Command, Proc, need, run
from .rig import ProxiedRig, Rig
from .service import Service
from .signing import DAY, ZoneKeys, bogus_file, sign_file
from .tap import BailOut, SkipAll, Test
from .tlsserver import TlsServer
from .tree import Tree
from .tsig import TsigKey
from .unbound import Unbound
from .watcher import Watcher
