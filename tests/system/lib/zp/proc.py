# SPDX-License-Identifier: BSD-2-Clause
"""Proc: a child process in its own session, ended by pid whatever happens.

setpriv gives the child a parent-death signal, so it goes when the test is
killed.  The kernel ties that signal to the thread that forked: start
children from the main thread.
"""

import glob
import os
import shutil
import signal
import subprocess
import threading
import time

from .net import TimedOut, await_
from .tap import SkipAll


def need(*programs):
    """The full paths of programs; skips the test if one is not installed."""
    where = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/lib/postfix/sbin"
    found = []
    for program in programs:
        path = shutil.which(program, path=where)
        if path is None:
            raise SkipAll(f"{program} is not installed")
        found.append(path)
    return found[0] if len(found) == 1 else found


def _states(pid):
    """The states of a process's threads, as letters."""
    found = set()
    for stat in glob.glob(f"/proc/{pid}/task/*/stat"):
        with open(stat) as f:
            found.add(f.read().rpartition(")")[2].split()[0])
    return found


class Proc:
    """A child with its log.  Subclasses give argv() and ready()."""

    name = "proc"
    noise = None            # log lines that match it are not worth showing
    death_signal = "KILL"
    stop_signal = signal.SIGTERM

    def __init__(self, t, name=None):
        self.t = t
        number = sum(1 for c in t.children if c.name.rstrip("0123456789") == self.name) + 1
        self.name = name or f"{self.name}{number}"
        self.dir = t.subdir(self.name)
        self.log = os.path.join(self.dir, "log")
        self.popen = None
        t.children.append(self)

    # for subclasses

    def argv(self):
        raise NotImplementedError

    def configure(self):
        """Write the configuration files; called before every start."""

    def ready(self):
        """True once the child serves; may raise OSError."""
        return True

    def logs(self):
        return [self.log]

    # for tests

    @property
    def pid(self):
        return self.popen.pid if self.popen else None

    def alive(self):
        return self.popen is not None and self.popen.poll() is None

    def start(self, wait=True, timeout=20):
        """Start it; wait=False returns before it is ready (see await_ready)."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("start children from the main thread")
        if self.alive():
            raise RuntimeError(f"{self.name} runs already")
        self.configure()
        argv = [need("setpriv"), "--pdeathsig", self.death_signal, "--", *self.argv()]
        with open(self.log, "ab") as log:
            self.popen = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log,
                                          stderr=log, cwd=self.dir, start_new_session=True,
                                          env=self.environ())
        if wait:
            self.await_ready(timeout)
        return self

    def environ(self):
        return {**os.environ, "LC_ALL": "C", "TZ": "UTC"}

    def await_ready(self, timeout=20):
        def check():
            if not self.alive():
                raise RuntimeError(f"{self.name} ended with {self.popen.returncode}:\n"
                                   + self.log_text()[-1200:])
            return self.ready()
        await_(check, timeout, f"{self.name} to serve")
        return self

    def _signal(self, number):
        if self.popen is None:
            return
        try:
            os.killpg(self.popen.pid, number)
        except (ProcessLookupError, PermissionError):
            pass

    def terminate(self):
        """Ask it to end; stop() waits for that."""
        if self.alive():
            self._signal(signal.SIGCONT)
            try:
                os.kill(self.popen.pid, self.stop_signal)
            except ProcessLookupError:
                pass

    def stop(self, timeout=5):
        """End it in good order, by force after timeout."""
        if self.popen is None:
            return
        self.terminate()
        try:
            self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            pass
        self.kill()

    def kill(self):
        """SIGKILL to it and all of its children."""
        if self.popen is None:
            return
        self._signal(signal.SIGKILL)
        self.popen.wait()
        end = time.monotonic() + 2
        while time.monotonic() < end:       # its children became ours (see Test)
            try:
                if os.waitpid(-self.popen.pid, os.WNOHANG) == (0, 0):
                    time.sleep(0.01)
            except ChildProcessError:
                break

    def restart(self):
        self.stop()
        return self.start()

    def pause(self):
        """SIGSTOP: it keeps its sockets and answers nothing; returns when all threads stand."""
        self._signal(signal.SIGSTOP)
        await_(lambda: _states(self.pid) <= {"T"}, 5, f"{self.name} to stand still")

    def resume(self):
        self._signal(signal.SIGCONT)

    def log_text(self):
        text = ""
        for path in self.logs():
            try:
                with open(path, errors="replace") as f:
                    text += f.read()
            except OSError:
                pass
        return text

    def await_log(self, part, timeout=10):
        """Wait until the log has part."""
        return await_(lambda: part in self.log_text(), timeout, f"{part!r} in {self.name}'s log")


class Command(Proc):
    """Any other program as a child: Command(t, [argv], ready=function)."""

    name = "command"

    def __init__(self, t, argv, ready=None, name=None):
        super().__init__(t, name)
        self._argv = list(argv)
        self._ready = ready

    def argv(self):
        return self._argv

    def ready(self):
        return self._ready() if self._ready else True


def run(argv, timeout=30, input=None, cwd=None, env=None, check=True):
    """Run a helper program to its end; its output as text."""
    argv = [need(argv[0]), *map(str, argv[1:])]
    try:
        done = subprocess.run(argv, input=input, capture_output=True, text=True,
                              timeout=timeout, cwd=cwd, env=env,
                              stdin=subprocess.DEVNULL if input is None else None)
    except subprocess.TimeoutExpired as e:
        raise TimedOut(f"{' '.join(argv)} took longer than {timeout} s") from e
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(argv)} exits {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout
