"""The public names: `dir`, type checking, and short reprs."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

import cnncore
from cnncore import network
from cnncore.network import Network

ROOT = Path(__file__).parent.parent.parent


def test_dir_shows_the_public_names_and_no_others() -> None:
    assert dir(cnncore) == sorted(cnncore.__all__)
    for name in cnncore.__all__:
        assert getattr(cnncore, name).__name__ == name


def test_each_name_stands_in_all_three_lists() -> None:
    """For the reader, for the type checker, and for the loader."""
    for_checkers = {
        (node.module, alias.name)
        for node in ast.walk(ast.parse(Path(cnncore.__file__).read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("cnncore")
        for alias in node.names
    }
    assert for_checkers == {(home, name) for home, names in cnncore._HOMES.items() for name in names}  # type: ignore[attr-defined]
    assert {name for _, name in for_checkers} == set(cnncore.__all__)


def test_the_version_is_the_one_installed() -> None:
    assert cnncore.__version__ == tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def test_another_name_is_none() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        _ = cnncore.nothing  # type: ignore[attr-defined]


RIGHT = """
import numpy as np
import numpy.typing as npt
from fractions import Fraction
from typing import Any, assert_type
import cnncore
from cnncore.network import Conv2D, Network

x = np.ones((4, 4), np.float32)
grey = np.ones((4, 4), np.uint8)
k = [[1.0, 2.0], [3.0, 4.0]]
assert_type(cnncore.conv2d(x, k, [1.0], strides=(1, 2), padding="same", activation="relu"), npt.NDArray[Any])
assert_type(cnncore.conv2d([[1, 2]], [[1]], strides=np.int64(1), padding=((1, 0), (0, 1))), npt.NDArray[Any])
assert_type(cnncore.filter2d(grey, [[1]], scale=Fraction(1, 2)), npt.NDArray[np.uint8])
assert_type(cnncore.max_pool2d(x, [2, 2], None, 1), npt.NDArray[np.float32])
assert_type(cnncore.max_pool2d_backward(x, [[1.0, 2.0], [3.0, 4.0]], 2, out=x), npt.NDArray[Any])
assert_type(cnncore.dense_backward(x, x, x)[1], npt.NDArray[Any])
assert_type(cnncore.relu(x), npt.NDArray[np.float32])
Gradients = tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]
assert_type(cnncore.conv2d_backward(x, k, np.ones((3, 3)), padding="valid"), Gradients)
assert_type(cnncore.clamp(x), npt.NDArray[np.uint8])
assert_type(cnncore.clamp(x, 0, 1, np.float32), npt.NDArray[np.float32])
assert_type(cnncore.conv2d_steps(x, k)[0].activation, str)
assert_type(cnncore.__version__, str)
assert_type(Network([], (4,)).predict(x), npt.NDArray[Any])
"""
WRONG = [
    'cnncore.conv2d(x, k, padding="vaild")',
    "cnncore.conv2d(x, k, padding=1.5)",
    "cnncore.conv2d(x, k, strides=1.0)",
    'cnncore.conv2d(x, k, strides="2")',
    "cnncore.conv2d(x, k, strides={1, 2})",
    'cnncore.conv2d(x, k, activation="rleu")',
    "cnncore.conv2d(x, k, out=[1])",
    "cnncore.conv2d(x, k, groups=None)",
    "cnncore.conv2d(object(), k)",
    "cnncore.conv2d(x, k, stride=2)",
    'cnncore.filter2d(grey, k, scale="1/2")',
    "cnncore.filter2d(grey, k, out=x)",
    'cnncore.max_pool2d(x, 2, padding="full")',
    "cnncore.avg_pool2d(x, 2.0)",
    "cnncore.avg_pool2d_backward(x, x, 2.0)",
    "cnncore.dense_backward(x, k)",
    'cnncore.clamp(x, "0")',
    'cnncore.dense(x, k, activation="softplus")',
    'cnncore.conv2d_steps(x, k, padding="vaild")',
    'Conv2D(name="a", input_shape=(4, 4, 1), kernel=x, activation="rleu")',
    "Network(None, (4,))",
    "Network([], (4,)).predict(object())",
    "cnncore.nothing",
    "cnncore.set_num_threads(1.5)",
]


def test_a_type_checker_passes_what_is_right_and_refuses_what_is_wrong(tmp_path: Path) -> None:
    source = RIGHT + "".join(f"{line}\n" for line in WRONG)
    (tmp_path / "user.py").write_text(source, "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary", "user.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    found = {int(number) for number in re.findall(r"^user\.py:(\d+): error", done.stdout, re.MULTILINE)}
    first = RIGHT.count("\n") + 1
    assert found == set(range(first, first + len(WRONG))), done.stdout + done.stderr


def test_no_class_prints_the_arrays_it_holds() -> None:
    """For every dataclass in cnncore, because thousands of numbers do not help in a traceback or at the prompt."""
    shown = []
    for found in pkgutil.walk_packages(cnncore.__path__, "cnncore."):
        if found.name.endswith("_child"):  # a program of its own
            continue
        for _, kind in inspect.getmembers(importlib.import_module(found.name), inspect.isclass):
            if kind.__module__ == found.name and dataclasses.is_dataclass(kind) and not kind.__name__.startswith("_"):
                own = not hasattr(kind.__repr__, "__wrapped__")  # which what dataclass makes has
                shown += [
                    f"{found.name}.{kind.__name__}.{f.name}"
                    for f in dataclasses.fields(kind)
                    if f.repr and re.match(r"(npt\.)?(Array|NDArray|Images|Labels)\b", str(f.type)) and not own
                ]
    assert not shown, "\n".join(shown)


def test_what_is_printed_is_short_and_says_what_it_is() -> None:
    kernel = np.ones((3, 3, 1, 64), np.float32)
    layer = network.Conv2D(name="conv2d", input_shape=(28, 28, 1), kernel=kernel, activation="relu")
    assert repr(layer) == (
        "Conv2D(name='conv2d', input_shape=(28, 28, 1), output_shape=(26, 26, 64), strides=(1, 1), padding='valid', "
        "dilation_rate=(1, 1), activation='relu', groups=1)"
    )
    built = Network([layer], (28, 28, 1))
    assert repr(built) == "<Network (28, 28, 1) -> (26, 26, 64), 1 layers>"
    assert repr(built.summary()) == "<Summary: 1 layers, 576 parameters>"
    x = np.ones((28, 28, 1), np.float32)
    steps = cnncore.conv2d_steps(x, kernel)
    assert repr(steps) == "<ConvSteps: 1 image(s), 64 map(s) of 26 x 26>"
    for step in (
        steps[0],
        cnncore.max_pool2d_steps(x)[0],
        cnncore.filter2d_steps(x[..., 0].astype(np.uint8), [[1]])[0],
    ):
        assert len(repr(step)) < 220
        assert "array" not in repr(step)
