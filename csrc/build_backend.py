"""The build backend: scikit-build-core, after a check for what a minimal system may lack.

They ask for a build's requirements before anything else. CMake would notice the same only after everything that is
installed beside it was downloaded, two gigabytes with TensorFlow, and names no package.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from scikit_build_core import build as _build
from scikit_build_core.build import *  # noqa: F403 - the other hooks are unchanged

_INSTALL = """\
To install a C compiler and the headers that it needs:
  Debian, Ubuntu   apt-get install gcc libc6-dev python3-dev
  Fedora           dnf install gcc glibc-devel python3-devel
  Alpine           apk add gcc musl-dev linux-headers python3-dev"""


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:
    _check()
    return _build.get_requires_for_build_wheel(config_settings)


def get_requires_for_build_editable(config_settings: Any = None) -> list[str]:
    _check()
    return _build.get_requires_for_build_editable(config_settings)


def _check() -> None:
    """End the build with one sentence if something is missing."""
    # On other systems the compiler may not be on PATH, and callers that configure CMake choose their own.
    if sys.platform == "linux" and "CMAKE_TOOLCHAIN_FILE" not in os.environ and not os.environ.get("CMAKE_ARGS"):
        missing = _missing()
        if missing:
            raise SystemExit(f"\ncnn-tui is built from C: {missing}.\n{_INSTALL}\n")


def _missing() -> str:
    usual = [name for name in ("cc", "gcc", "clang") if shutil.which(name)][:1]
    compiler = shlex.split(os.environ.get("CC", "")) or usual
    if not compiler or not shutil.which(compiler[0]):
        return f"there is no C compiler ({compiler[0] if compiler else 'cc, gcc or clang'})"
    if not _compiles(compiler, '#include <stdio.h>\nint main(void) { return puts(""); }\n'):
        return f"the C compiler ({compiler[0]}) cannot build a program: the headers of the C library are missing"
    include = sysconfig.get_path("include")
    if not _compiles([*compiler, "-c", f"-I{include}"], "#include <Python.h>\n"):
        return "the headers of Python {}.{} are missing ({}/Python.h)".format(*sys.version_info[:2], include)
    return ""


def _compiles(command: list[str], program: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "output")
        done = subprocess.run(
            [*command, "-x", "c", "-", "-o", str(output)], input=program, text=True, capture_output=True, check=False
        )
    return done.returncode == 0
