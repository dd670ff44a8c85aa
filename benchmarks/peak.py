"""What the machine can do at most, measured by peak.c, which the system's C compiler builds on the fly."""

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
    """float32 operations a second (a multiply-add is two), and bytes a second read plus written by a copy."""

    fma: float
    copy: float


def compiled(options: Sequence[str], program: Path) -> Path:
    """`program`, made by the system's C compiler; raises `RuntimeError` where there is none or it refuses."""
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise RuntimeError("no C compiler (cc, gcc or clang, or CC)")
    command = [*compiler.split(), "-o", str(program), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{program.name} does not compile here: {done.stderr.strip()[:300]}")
    return program


def measure(program: Path, threads: int, nbytes: int) -> Peak:
    """The rates of `threads` threads, the copy for data of `nbytes` in and out together."""
    done = subprocess.run(
        [program, str(threads), str(max(nbytes, 1))], capture_output=True, text=True, check=True, timeout=120
    )
    fma, copy = map(float, done.stdout.split())
    return Peak(fma, copy)


class Workshop:
    """A folder for the built program, gone after the `with` block; `measure` gives None without a compiler."""

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
