"""Threads, fork, and the choice of an instruction set."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import cnncore


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("name", cnncore.available_isas())
def test_the_environment_forces_an_instruction_set(name: str) -> None:
    done = run_python("import cnncore; print(cnncore.isa())", CNNCORE_ISA=name)
    assert done.stdout.strip() == name


def test_an_unknown_instruction_set_in_the_environment_is_named() -> None:
    done = run_python("import cnncore; cnncore.conv2d([[1.0]], [[1.0]])", CNNCORE_ISA="pdp11")
    assert done.returncode == 1
    assert "CNNCORE_ISA is 'pdp11'; this machine has ref" in done.stderr


def test_the_best_instruction_set_is_the_default() -> None:
    done = run_python("import cnncore; print(cnncore.isa())", CNNCORE_ISA="")
    assert done.stdout.strip() == cnncore.available_isas()[-1]


def test_use_isa_puts_back_what_was() -> None:
    before = cnncore.isa()
    with cnncore.use_isa("ref"):
        assert cnncore.isa() == "ref"
    assert cnncore.isa() == before


def test_threads_from_the_environment() -> None:
    done = run_python("import cnncore; print(cnncore.get_num_threads())", CNNCORE_NUM_THREADS="3")
    assert done.stdout.strip() == "3"


def test_many_python_threads_at_once() -> None:
    x = np.random.default_rng(0).standard_normal((4, 40, 40, 8)).astype(np.float32)
    w = np.ones((3, 3, 8, 16), np.float32)
    want = cnncore.conv2d(x, w).tobytes()
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: cnncore.conv2d(x, w).tobytes(), range(40)))
    assert set(results) == {want}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_computes() -> None:
    code = """
import os, sys
import numpy as np, cnncore
cnncore.set_num_threads(4)
x, w = np.ones((8, 60, 60, 8), np.float32), np.ones((3, 3, 8, 16), np.float32)
cnncore.conv2d(x, w)
for _ in range(5):
    pid = os.fork()
    if pid == 0:
        ok = np.all(cnncore.conv2d(x, w) == 72)
        os._exit(0 if ok else 3)
    assert os.waitpid(pid, 0)[1] == 0
    cnncore.conv2d(x, w)
print("fine")
"""
    assert run_python(code).stdout.strip() == "fine"


def test_every_declaration_of_the_extension_is_there() -> None:
    """A declaration without an implementation builds, and fails only when it is used."""
    from cnncore._cnn import lib

    names = dir(lib)
    assert {"cnn_conv2d", "cnn_filter2d", "cnn_max_pool2d", "cnn_avg_pool2d", "cnn_clamp", "cnn_relu"} <= set(names)
    assert all(getattr(lib, name) is not None for name in names)
