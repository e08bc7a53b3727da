# SPDX-License-Identifier: BSD-2-Clause
"""tap.Test: one test program, its points, its directory and its children.

    with Test() as t:
        t.ok(x > 3, "x is large")

Leaving the block ends every child, removes the directory (ZP_KEEP=1 keeps
it), prints the plan and exits: 0 if every point passed.  An exception
inside is a failed point with its traceback; the tails of all logs follow.
"""

import contextlib
import os
import re
import shutil
import signal
import sys
import tempfile
import traceback

from . import isolate


class SkipAll(Exception):
    """The whole test cannot run here; the text says why."""


class BailOut(Exception):
    """No test of this kind can run; the text says why."""


class Stopped(BaseException):
    """A signal asked the test to end, or its time ran out."""


def _lines(text):
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return str(text).splitlines() or [""]


def _say(line):
    """A reader that went away must not keep the test from cleaning up."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")


class Test:
    """TAP on standard output, plan at the end."""

    LOG_TAIL = 40

    def __init__(self, timeout=None):
        self.count = 0
        self.failed = 0
        self.skipped_all = None
        self.children = []
        self.closers = []
        self.timeout = int(os.environ.get("ZP_TIMEOUT", timeout or 300))
        self.prefix = ""
        self.dir = None

    # points

    def ok(self, passed, what, diag=None):
        """One point.  diag (text, or anything with str()) is shown if it failed."""
        self.count += 1
        name = (self.prefix + what).replace("#", "\\#").replace("\n", " ")
        _say(f"{'ok' if passed else 'not ok'} {self.count} - {name}")
        if not passed:
            self.failed += 1
            if diag is not None:
                self.diag(diag() if callable(diag) else diag)
        return bool(passed)

    def eq(self, got, want, what):
        return self.ok(got == want, what, f"got:  {got!r}\nwant: {want!r}")

    def ne(self, got, unwanted, what):
        return self.ok(got != unwanted, what, f"got:  {got!r}")

    def has(self, text, part, what):
        return self.ok(part in text, what, f"{part!r} is not in:\n{text}")

    def hasnt(self, text, part, what):
        return self.ok(part not in text, what, f"{part!r} is in:\n{text}")

    def rc(self, result, want, what):
        """The exit code of a zonepub() Result; its output is shown if it differs."""
        return self.ok(result.rc == want, what, f"want exit {want}\n{result}")

    def raises(self, kind, function, what):
        try:
            function()
        except kind:
            return self.ok(True, what)
        return self.ok(False, what, f"none of {kind}")

    def skip(self, what, reason):
        """One point that cannot be tested here."""
        if os.environ.get("ZP_NO_SKIP"):
            return self.ok(False, what, f"skipping is forbidden by ZP_NO_SKIP: {reason}")
        self.count += 1
        _say(f"ok {self.count} - {self.prefix}{what} # SKIP {reason}")
        return True

    @staticmethod
    def skip_all(reason):
        raise SkipAll(reason)

    @staticmethod
    def bail(reason):
        raise BailOut(reason)

    @staticmethod
    def diag(text):
        for line in _lines(text):
            _say(f"# {line}")

    @contextlib.contextmanager
    def case(self, name):
        """A group of points.  An exception in it fails the group; the next still runs."""
        before, self.prefix = self.prefix, f"{self.prefix}{name}: "
        try:
            yield self
        except (SkipAll, BailOut):
            raise
        except Exception:
            self.ok(False, "no exception", traceback.format_exc())
        finally:
            self.prefix = before

    # files

    def path(self, *parts):
        """A path in the test's own directory; its parent directories are made."""
        path = os.path.join(self.dir, *parts)
        os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
        return path

    def subdir(self, *parts):
        path = os.path.join(self.dir, *parts)
        os.makedirs(path, mode=0o755, exist_ok=True)
        return path

    def write(self, name, content, mode=0o644):
        """Write a file into the test's directory (or to an absolute path)."""
        path = self.path(name)
        flags = "wb" if isinstance(content, bytes) else "w"
        with open(path, flags) as f:
            f.write(content)
        os.chmod(path, mode)
        return path

    def use_resolver(self, addr):
        """/etc/resolv.conf of this test and all that it starts names addr (port 53)."""
        isolate.bind_file(self.write("resolv.conf", f"nameserver {addr}\noptions trust-ad\n"),
                          "/etc/resolv.conf")

    # life

    def on_exit(self, function):
        """Called at the end, last registered first, before the children are ended."""
        self.closers.append(function)

    def __enter__(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
            signal.signal(number, self._signalled)
        signal.alarm(self.timeout)
        isolate.enter()
        isolate.adopt_orphans()
        self.dir = tempfile.mkdtemp(prefix="zp-")
        os.chmod(self.dir, 0o755)
        os.umask(0o022)
        return self

    def _signalled(self, number, _frame):
        for other in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
            signal.signal(other, signal.SIG_IGN)
        if number == signal.SIGALRM:
            raise Stopped(f"the test took longer than {self.timeout} s")
        raise Stopped(f"signal {number}")

    def __exit__(self, kind, error, trace):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(90)        # the way out has an end, too
        bailed = None
        if kind is SkipAll and not os.environ.get("ZP_NO_SKIP") and self.count == 0:
            self.skipped_all = str(error)
        elif kind is BailOut:
            bailed = str(error)
        elif kind is SystemExit:
            self.ok(not error.code, "the test did not exit early", f"exit {error.code}")
        elif kind is not None:
            self.ok(False, f"no {kind.__name__}",
                    "".join(traceback.format_exception(kind, error, trace)))
        self._close()
        if self.failed or bailed:
            self._show_logs()
        self._remove()
        if bailed:
            _say(f"Bail out! {bailed}")
        elif self.skipped_all:
            _say(f"1..0 # SKIP {self.skipped_all}")
        else:
            _say(f"1..{self.count}")
        os._exit(1 if self.failed or bailed else 0)

    def _close(self):
        for function in reversed(self.closers):
            try:
                function()
            except Exception:
                self.diag(traceback.format_exc())
        # all are told at once, so that the end takes as long as the slowest
        for child in self.children:
            child.terminate()
        for child in reversed(self.children):
            try:
                child.stop()
            except Exception:
                self.diag(traceback.format_exc())

    def _show_logs(self):
        for child in self.children:
            for log in child.logs():
                try:
                    with open(log, "rb") as f:
                        lines = [s for s in _lines(f.read())
                                 if not child.noise or not re.search(child.noise, s)]
                except OSError:
                    continue
                self.diag(f"--- {log}: {len(lines)} lines")
                self.diag("\n".join(lines[-self.LOG_TAIL:]))

    def _remove(self):
        if os.environ.get("ZP_KEEP"):
            self.diag(f"kept: {self.dir}")
        else:
            shutil.rmtree(self.dir, ignore_errors=True)
