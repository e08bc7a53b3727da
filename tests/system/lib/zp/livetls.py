# SPDX-License-Identifier: BSD-2-Clause
"""LiveTls: a TLS service that loads its files when it is told to, as Postfix does."""

import os

from .tlsserver import TlsServer


class _Shown:
    """A copy of the live files, taken when the service loaded them."""

    def __init__(self, folder, number, paths, names):
        self.names = names
        copies = []
        for kind, path in zip(("chain", "key"), paths):
            copy = os.path.join(folder, f"{kind}-{number}.pem")
            with open(path, "rb") as f, open(copy, "wb") as g:
                g.write(f.read())
            copies.append(copy)
        self.chain_file, self.key_file = copies


class LiveTls(TlsServer):
    """A TlsServer that serves what was in its files at the last reload.

    follow(chain, key=None) names the files; reload_argv is the deploy command.
    deaf = True: a reload does nothing, as one that silently failed.
    """

    def __init__(self, t, leaf, **options):
        self.folder = t.subdir(f"livetls-{id(self):x}")
        self.marker = os.path.join(self.folder, "reload")
        self.paths, self.seen, self.deaf, self.reloads = None, None, False, 0
        super().__init__(t, leaf, **options)

    def follow(self, chain, key=None):
        self.paths = (chain, key or chain)
        self.seen = self._stamp()
        return self

    @property
    def reload_argv(self):
        return ["/usr/bin/touch", self.marker]

    def _stamp(self):
        try:
            return os.stat(self.marker).st_mtime_ns
        except FileNotFoundError:
            return None

    def refresh(self):
        """Load the files if a reload was asked for since the last time."""
        stamp = self._stamp()
        if self.paths is None or stamp == self.seen or self.deaf:
            return
        self.seen = stamp
        self.reloads += 1
        self.leaf = _Shown(self.folder, self.reloads, self.paths, self._leaves()[0][0].names)

    def _talk(self, s, number):
        self.refresh()
        super()._talk(s, number)
