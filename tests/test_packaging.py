"""The installed package fits every Python it claims to support, and the build reports missing tools first."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tomllib
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from cnncore import _cnn
from cnncore.errors import MissingExtraError
from cnncore.keras import _import

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.mark.skipif(sys.platform == "win32", reason="there it is a .pyd")
def test_the_extension_has_the_name_that_every_python_looks_for() -> None:
    assert Path(_cnn.__file__).name == "_cnn.abi3.so"


def test_no_python_from_the_oldest_on_is_refused() -> None:
    allowed = SpecifierSet(PROJECT["requires-python"])
    assert [minor for minor in range(8, 30) if f"3.{minor}.0" in allowed] == list(range(11, 30))
    named = {line.rpartition(" ")[2] for line in PROJECT["classifiers"] if "Python :: 3." in line}
    assert named == {"3.11", "3.12", "3.13", "3.14", "3.15"}


@pytest.mark.parametrize("minor", [11, 12, 13, 14, 15])
@pytest.mark.parametrize(
    ("platform", "machine"), [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("darwin", "x86_64")]
)
def test_where_the_extra_brings_no_tensorflow_the_refusal_does_not_advise_it(
    minor: int, platform: str, machine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {"python_version": f"3.{minor}", "sys_platform": platform, "platform_machine": machine}
    wanted = [Requirement(line) for line in PROJECT["optional-dependencies"]["train"]]
    comes = any(each.name == "tensorflow" and each.marker and each.marker.evaluate(here) for each in wanted)
    assert comes == (minor < 14 and (platform, machine) != ("darwin", "x86_64"))
    monkeypatch.setattr(_import, "sys", SimpleNamespace(version_info=(3, minor, 1), platform=platform))
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert _import.tensorflow_exists() == comes
    refusal = _import._missing("keras")
    assert isinstance(refusal, MissingExtraError)
    assert ("pip install" in str(refusal)) == comes
    assert (f"Python 3.{minor}" in str(refusal)) == (minor >= 14)


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The build backend, over one that only says that it was asked."""
    builds = ModuleType("scikit_build_core.build")
    for hook in ("wheel", "editable"):
        setattr(builds, f"get_requires_for_build_{hook}", lambda _settings: ["cmake"])
    package = ModuleType("scikit_build_core")
    vars(package)["build"] = builds
    monkeypatch.setitem(sys.modules, "scikit_build_core", package)
    monkeypatch.setitem(sys.modules, "scikit_build_core.build", builds)
    for name in ("CC", "CMAKE_ARGS", "CMAKE_TOOLCHAIN_FILE"):
        monkeypatch.delenv(name, raising=False)
    spec = importlib.util.spec_from_file_location("build_backend", ROOT / "csrc" / "build_backend.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def refused(backend: ModuleType) -> str:
    said = []
    for hook in (backend.get_requires_for_build_wheel, backend.get_requires_for_build_editable):
        with pytest.raises(SystemExit) as caught:
            hook()
        said.append(str(caught.value))
    assert said[0] == said[1]
    assert "apt-get install gcc libc6-dev python3-dev" in said[0]
    return said[0]


needs_compiler = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None, reason="the build looks on Linux, and by the compiler"
)


@needs_compiler
def test_a_build_with_all_it_needs_goes_on(backend: ModuleType) -> None:
    if backend._missing():
        pytest.skip("this Python has no headers here")
    assert backend.get_requires_for_build_wheel() == ["cmake"]
    assert backend.get_requires_for_build_editable({}) == ["cmake"]


@needs_compiler
def test_a_build_without_a_compiler_says_so(
    backend: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "there is no C compiler (cc, gcc or clang)" in refused(backend)
    monkeypatch.setenv("CC", "their-cc -m64")
    assert "there is no C compiler (their-cc)" in refused(backend)


@needs_compiler
def test_a_build_without_headers_says_whose(
    backend: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(backend.sysconfig, "get_path", lambda _name: str(tmp_path))
    said = refused(backend)
    assert f"headers of Python {sys.version_info.major}.{sys.version_info.minor}" in said
    assert f"{tmp_path}{os.sep}Python.h" in said
    monkeypatch.setenv("CC", "cc -nostdinc")
    assert "the headers of the C library are missing" in refused(backend)


def test_who_names_cmakes_own_compiler_is_not_asked(
    backend: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CMAKE_ARGS", "-DCMAKE_C_COMPILER=/somewhere/cc")
    assert backend.get_requires_for_build_wheel() == ["cmake"]
