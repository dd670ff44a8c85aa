"""Times every instruction set against the reference loops: sweep.c, built with the C core as CMake builds it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.peak import compiled

ROOT = Path(__file__).parent.parent
SOURCES = [Path(__file__).with_name(name) for name in ("sweep.c", "sweep_cases.c")]


def build(folder: Path = ROOT / "build" / "sweep") -> Path:
    """Build the program, or only the parts that changed. Raises `RuntimeError` without CMake or a C compiler."""
    for command in (["cmake", "-S", str(ROOT / "csrc"), "-B", str(folder)], ["cmake", "--build", str(folder)]):
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            raise RuntimeError("the sweep builds the C core with CMake, which is not installed") from error
        if done.returncode:
            raise RuntimeError(f"the C core does not build: {(done.stderr or done.stdout).strip()[-500:]}")
    library = next(folder.rglob("libcnn.a"))
    options = ["-O2", f"-I{ROOT / 'csrc'}", *map(str, SOURCES), str(library), "-lm", "-pthread"]
    return compiled(options, folder / "sweep_program")


def run(seconds: float, seed: int, isa: str | None, lines: Sequence[str]) -> int:
    """Print the results; return 1 where a case is slower than the reference loops."""
    try:
        program = build()
    except RuntimeError as error:
        raise SystemExit(str(error)) from error
    arguments = list(lines) or [str(seconds), str(seed), *([isa] if isa else [])]
    environment = {name: value for name, value in os.environ.items() if name != "CNNCORE_ISA"}
    return subprocess.run([program, *arguments], env=environment, check=False).returncode
