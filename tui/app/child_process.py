"""A child process that writes lines, for work that must not run in the app's own process.

Keras writes on file descriptor 2 and holds the interpreter for seconds while it loads. It therefore runs in a child
whose output is a pipe and whose error stream is discarded. The child has a process group of its own: Ctrl+C reaches
only the app, which decides what it means.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncGenerator, Sequence

from tui.app.memory_kills import memory_kills
from tui.i18n import N_

GRACE = 5.0
"""Seconds between asking a child to stop and killing it."""
LONGEST_LINE = 1 << 20

_running: set[asyncio.subprocess.Process] = set()


def running() -> bool:
    """Return true while a child runs. Any thread may ask."""
    return any(process.returncode is None for process in _running.copy())


def kill_all() -> None:
    """Kill every child and all processes it started. Any thread may call."""
    for process in _running.copy():
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)


def python_module(name: str, *arguments: str) -> list[str]:
    """Return the command that runs one of our modules with this interpreter; no file in the working folder can shadow
    it."""
    return [sys.executable, "-P", "-m", name, *arguments]


class ChildProcess:
    """One run of `command`: iterate `lines()` once, `stop()` at any time. No process outlives the iteration.

    With `listens` its input is a pipe for `write_line`. The pipe closes with the app, which tells the child to end.
    """

    def __init__(self, command: Sequence[str], *, grace: float = GRACE, listens: bool = False) -> None:
        self._command = command
        self._grace = grace
        self._listens = listens
        self._process: asyncio.subprocess.Process | None = None
        self._killer: asyncio.TimerHandle | None = None
        self._kills: int | None = None
        """The system's count of out-of-memory kills before the child was started."""
        self.stopping = False
        """True once `stop` was called."""

    @property
    def pid(self) -> int | None:
        """The process's number; None before it was started."""
        return None if self._process is None else self._process.pid

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal; None while the child runs, and before it was started."""
        return None if self._process is None else self._process.returncode

    async def lines(self) -> AsyncGenerator[str]:
        """Yield each line of the child's output, without its line end, until the child has ended.

        Raises `OSError` if it cannot be started.
        """
        nothing = asyncio.subprocess.DEVNULL
        self._kills = memory_kills()
        self._process = process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE if self._listens else nothing,
            stdout=asyncio.subprocess.PIPE,
            stderr=nothing,
            limit=LONGEST_LINE,
            process_group=0,
        )
        _running.add(process)
        try:
            if self.stopping:
                self.stop()
            assert process.stdout is not None
            while True:
                try:
                    line = await process.stdout.readline()
                except ValueError:  # longer than the limit: not a message, and already dropped by asyncio
                    continue
                if not line:
                    break
                yield line.decode("utf-8", "replace").rstrip("\r\n")
            await process.wait()
        finally:
            await self.close()
            _running.discard(process)

    def death(self) -> tuple[str, dict[str, object]]:
        """Why a child that gave no reason may have ended: a template for `_()` and its values."""
        before, now = self._kills, memory_kills()
        return death_sentence(self.status or 0, None if before is None or now is None else now > before)

    def write_line(self, text: str) -> bool:
        """Send a line. Return False if there is no child to send it to."""
        process = self._process
        if process is None or process.returncode is not None or process.stdin is None or process.stdin.is_closing():
            return False
        process.stdin.write(text.encode() + b"\n")
        return True

    def stop(self) -> None:
        """Ask the child to end (SIGTERM), and kill it (SIGKILL) after the grace period."""
        if self._process is None or self._process.returncode is not None:
            self.stopping = True
            return
        if not self.stopping or self._killer is None:
            self._signal(signal.SIGTERM)
            self.end_within(self._grace)
        self.stopping = True

    def end_within(self, seconds: float) -> None:
        """Kill the child if it still runs after `seconds`; a later call restarts the count."""
        if self._killer is not None:
            self._killer.cancel()
        self._killer = asyncio.get_running_loop().call_later(seconds, self.kill)

    def kill(self) -> None:
        """Kill the child (SIGKILL)."""
        self._signal(signal.SIGKILL)

    async def close(self) -> None:
        """Stop the child and return when it has ended."""
        process = self._process
        if process is None:
            return
        try:
            if process.returncode is None:
                self.stop()
                await process.wait()
        except asyncio.CancelledError:
            self.kill()
            raise
        finally:
            if self._killer is not None:
                self._killer.cancel()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)


def death_sentence(status: int, out_of_memory: bool | None = None) -> tuple[str, dict[str, object]]:
    """Why a child that gave no reason may have ended: a template for `_()` and its values. `out_of_memory` is True if
    the system killed a process for lack of memory meanwhile, None where it does not tell."""
    if status == -signal.SIGKILL:
        if out_of_memory:
            return N_("The system ended the process because memory ran out (signal 9)."), {}
        if out_of_memory is None:
            return N_("The process was killed (signal 9): from outside, or because memory ran out."), {}
        return N_("The process was killed (signal 9) from outside; memory had not run out."), {}
    if status < 0:
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = "?"
        return N_("The process was ended by signal {number} ({name})."), {"number": -status, "name": name}
    return N_("The process ended without giving a reason (exit status {status})."), {"status": status}
