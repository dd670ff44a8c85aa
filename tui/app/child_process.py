"""A child process that speaks in lines, for whatever must not run in the app's own process.

Keras writes on file descriptor 2 and holds the interpreter for seconds while it loads, so it lives in a child whose
output is a pipe and whose error stream is nothing. The child is in a process group of its own: Ctrl+C
reaches only us, and we decide what it means.
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
"""Seconds between asking a child to stop and ending it by force."""
LONGEST_LINE = 1 << 20

_running: set[asyncio.subprocess.Process] = set()


def running() -> bool:
    """Whether a child still runs. From any thread."""
    return any(process.returncode is None for process in _running.copy())


def kill_all() -> None:
    """Ends every child now, with whatever it started. From any thread."""
    for process in _running.copy():
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)


def python_module(name: str, *arguments: str) -> list[str]:
    """The command that runs a module of ours with this interpreter; files in the working directory cannot shadow it."""
    return [sys.executable, "-P", "-m", name, *arguments]


class ChildProcess:
    """One run of `command`: iterate `lines()` once, `stop()` at any time. No process outlives the iteration.

    With `listens` its input is a pipe for `write_line`, which is closed with us: so it can know that we are gone.
    """

    def __init__(self, command: Sequence[str], *, grace: float = GRACE, listens: bool = False) -> None:
        self._command = command
        self._grace = grace
        self._listens = listens
        self._process: asyncio.subprocess.Process | None = None
        self._killer: asyncio.TimerHandle | None = None
        self._kills: int | None = None
        """How often memory had run out before."""
        self.stopping = False
        """Whether `stop` was called."""

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal; None while it runs or when it never did."""
        return None if self._process is None else self._process.returncode

    async def lines(self) -> AsyncGenerator[str]:
        """Each line the child writes, without its end; returns when the child has ended.

        Raises `OSError` where it cannot be started.
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
                except ValueError:  # longer than the limit: no line of ours, and asyncio has dropped it
                    continue
                if not line:
                    break
                yield line.decode("utf-8", "replace").rstrip("\r\n")
            await process.wait()
        finally:
            await self.close()
            _running.discard(process)

    def death(self) -> tuple[str, dict[str, object]]:
        """Why it may have ended, where it said nothing of that itself: a template for `_()` and its values."""
        before, now = self._kills, memory_kills()
        return death_sentence(self.status or 0, None if before is None or now is None else now > before)

    def write_line(self, text: str) -> bool:
        """Sends a line; whether there was a child to send it to."""
        process = self._process
        if process is None or process.returncode is not None or process.stdin is None or process.stdin.is_closing():
            return False
        process.stdin.write(text.encode() + b"\n")
        return True

    def stop(self) -> None:
        """Asks the child to end (SIGTERM), and makes it (SIGKILL) when the grace is over."""
        if self._process is None or self._process.returncode is not None:
            self.stopping = True
            return
        if not self.stopping or self._killer is None:
            self._signal(signal.SIGTERM)
            self.end_within(self._grace)
        self.stopping = True

    def end_within(self, seconds: float) -> None:
        """Ends the child by force if it still runs after `seconds`; a later call counts anew."""
        if self._killer is not None:
            self._killer.cancel()
        self._killer = asyncio.get_running_loop().call_later(seconds, self.kill)

    def kill(self) -> None:
        """Ends the child now, whatever it does."""
        self._signal(signal.SIGKILL)

    async def close(self) -> None:
        """Returns when the child has ended, asked or made to."""
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
    """Why a child that said nothing of its end may have ended: a template for `_()` and its values. `out_of_memory`:
    whether the system ended a process for lack of memory meanwhile, None where it does not say."""
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
    return N_("The process ended without a word (exit status {status})."), {"status": status}
