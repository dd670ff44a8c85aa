"""The peak rates of the machine, measured by peak.c, which the system's C compiler builds on demand."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("peak.c")


@dataclass(frozen=True)
class Peak:
    """float32 operations per second (a multiply-add is two), and bytes per second that a copy reads and writes."""

    fma: float
    copy: float


def compiled(options: Sequence[str], program: Path) -> Path:
    """Build `program` with the system's C compiler. Raises `RuntimeError` if there is none or it fails."""
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise RuntimeError("no C compiler (cc, gcc or clang, or CC)")
    command = [*compiler.split(), "-o", str(program), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{program.name} does not compile here: {done.stderr.strip()[:300]}")
    return program


def measure(program: Path, threads: int, nbytes: int) -> Peak:
    """Return the rates of `threads` threads; the copy reads and writes `nbytes` in total."""
    done = subprocess.run(
        [program, str(threads), str(max(nbytes, 1))], capture_output=True, text=True, check=True, timeout=120
    )
    fma, copy = map(float, done.stdout.split())
    return Peak(fma, copy)


class Workshop:
    """A temporary folder with the built program, as a context manager; `measure` returns None without a compiler."""

    def __enter__(self) -> Workshop:
        self._folder = tempfile.TemporaryDirectory(prefix="cnncore-peak-")
        self.problem: str | None = None
        try:
            options = ["-O3", "-march=native", "-pthread", str(SOURCE)]
            self._program: Path | None = compiled(options, Path(self._folder.name) / "peak")
        except RuntimeError as error:
            self._program, self.problem = None, f"{error}: shares of the peak are left out"
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def measure(self, threads: int, nbytes: int) -> Peak | None:
        return None if self._program is None else measure(self._program, threads, nbytes)
