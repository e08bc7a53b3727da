# SPDX-License-Identifier: BSD-2-Clause
"""zonepub(): the program under test."""

import json
import os
import shlex
import signal
import subprocess
import threading

from .net import TimedOut, await_
from .proc import need


def binary():
    """The words of the command: $ZONEPUB, else zonepub of $top_builddir (default: here)."""
    if os.environ.get("ZONEPUB"):
        return shlex.split(os.environ["ZONEPUB"])
    path = os.path.abspath(os.path.join(os.environ.get("top_builddir", "."), "zonepub"))
    if not os.path.exists(path):
        raise RuntimeError(f"{path} is not there: set ZONEPUB or top_builddir")
    return [path]


class Result:
    """rc, out, err, argv; json() parses out.  str() shows it all."""

    def __init__(self, argv, rc, out, err):
        self.argv, self.rc, self.out, self.err = argv, rc, out, err

    def json(self):
        return json.loads(self.out)

    def __str__(self):
        return (f"$ {' '.join(self.argv)}\nexit {self.rc}\n--- standard output\n{self.out}"
                f"--- standard error\n{self.err}")


def _command(args, config, state, env):
    argv = binary()
    if config:
        argv += ["--config", config]
    if state:
        argv += ["--state", state]
    environ = {k: v for k, v in os.environ.items() if not k.startswith("ZONEPUB_")}
    environ.update({"LC_ALL": "C", "TZ": "UTC"})
    environ.update(env or {})
    return argv + [str(a) for a in args], environ


def zonepub(*args, config=None, state=None, env=None, input=None, timeout=60, cwd=None):
    """Run it to its end.  A crash (death by a signal) is an exception, not a result."""
    argv, environ = _command(args, config, state, env)
    try:
        done = subprocess.run(argv, input=input, capture_output=True, timeout=timeout,
                              env=environ, cwd=cwd,
                              stdin=subprocess.DEVNULL if input is None else None,
                              text=not isinstance(input, bytes), errors=None
                              if isinstance(input, bytes) else "backslashreplace")
    except subprocess.TimeoutExpired as e:
        raise TimedOut(f"{' '.join(argv)} took longer than {timeout} s\n"
                       f"{e.stdout!r}\n{e.stderr!r}") from e
    out, err = done.stdout, done.stderr
    if isinstance(out, bytes):
        out, err = (b.decode("utf-8", "backslashreplace") for b in (out, err))
    result = Result(argv, done.returncode, out, err)
    if done.returncode < 0:
        raise RuntimeError(f"ended by {signal.Signals(-done.returncode).name}\n{result}")
    return result


class Background:
    """zonepub in the background: kill(), wait() -> Result, alive(), out and err so far."""

    def __init__(self, t, *args, config=None, state=None, env=None, cwd=None):
        argv, environ = _command(args, config, state, env)
        self.argv = argv
        self.text = {"out": "", "err": ""}
        self.popen = subprocess.Popen(
            [need("setpriv"), "--pdeathsig", "KILL", "--", *argv], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ, cwd=cwd,
            start_new_session=True, text=True, errors="backslashreplace")
        self.readers = [threading.Thread(target=self._read, args=(which, pipe), daemon=True)
                        for which, pipe in (("out", self.popen.stdout),
                                            ("err", self.popen.stderr))]
        for reader in self.readers:
            reader.start()
        t.on_exit(self.kill)

    def _read(self, which, pipe):
        for line in pipe:
            self.text[which] += line

    @property
    def out(self):
        return self.text["out"]

    @property
    def err(self):
        return self.text["err"]

    def alive(self):
        return self.popen.poll() is None

    def signal(self, number):
        try:
            os.killpg(self.popen.pid, number)
        except ProcessLookupError:
            pass

    def kill(self):
        """SIGKILL to it and its children; a Result with rc -9 (or what it ended with before)."""
        self.signal(signal.SIGKILL)
        return self.wait()

    def wait(self, timeout=60):
        try:
            self.popen.wait(timeout)
        except subprocess.TimeoutExpired as e:
            raise TimedOut(f"{' '.join(self.argv)} took longer than {timeout} s\n"
                           f"{self.out}\n{self.err}") from e
        for reader in self.readers:
            reader.join(2)
        return Result(self.argv, self.popen.returncode, self.out, self.err)

    def await_err(self, part, timeout=20):
        return await_(lambda: part in self.err, timeout, f"{part!r} on standard error")

    def await_out(self, part, timeout=20):
        return await_(lambda: part in self.out, timeout, f"{part!r} on standard output")
