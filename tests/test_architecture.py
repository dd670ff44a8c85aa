"""The rules of imports: allowed directions, late imports, and the modules that an import loads.

Which package may import which is written in pyproject.toml, as contracts of import-linter.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("cnncore/**/*.py"), *ROOT.glob("tui/**/*.py")])

HEAVY = {"PIL", "h5py", "keras", "numpy", "scipy", "tensorflow"}
"""Slow packages, for which no screen may wait."""

LATE = {
    "cnncore.datasets.fashion_mnist": {"cnncore.datasets.download"},  # urllib, when nothing is in the cache
    "cnncore.datasets.garments": {"PIL", "platformdirs"},  # drawn when no data set is there
    "cnncore.datasets.network_images": {"PIL"},
    "cnncore.datasets.pictures": {"PIL"},  # `cnncore.datasets` needs numpy alone until a picture is opened
    "cnncore._pixels": {"PIL"},
    "cnncore.keras_file.weights": {"h5py"},  # a model in memory needs no files
    # The one import upwards of a model: it is trained by what is made of it.
    "cnncore.models.files": {"cnncore.training.core.compiled"},
    "cnncore.models.sequential": {
        "cnncore.models.files",
        "cnncore.training.core.compiled",
        "cnncore.training.core.fit",
        "cnncore.training.core.predict",
    },
    "cnncore.network.network": {"cnncore.keras.convert"},  # `Network.from_keras`: the one import upwards
}
"""Every import inside a function of `cnncore`, apart from its rooms `keras` and `training`, and the reason for it."""

LATE_AND_LIGHT = {
    # An app without pictures in pixels does not load their writers.
    "tui.cnn_app": {"tui.overlay.pictures", "tui.app.dialogs", "tui.app.help", "tui.terminal.driver"},
    "tui.widgets.blocks": {"tui.widgets.block_pictures"},
    "tui.widgets.picture": {"tui.overlay.pictures", "tui.overlay.pixels"},
    # Modules that bring many others, for what is rare.
    "tui.app.current_network": {"cnncore.training.runs"},
    "tui.app.failures": {"logging.handlers", "importlib.metadata"},
}
"""Imports inside functions of `tui` that load neither numpy nor Pillow: widgets and drivers that no first paint needs.
`tui.cli` is left out: each command imports its own, so that `--help` does not wait for Textual."""

LIGHT = {"cnncore.errors", "cnncore._files", "cnncore._arguments", "cnncore._text", "cnncore._table"}
"""Modules that load nothing heavy: no reason to import them late."""


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield (module, whether a function imports it) for every import of a file, without those for type checkers."""

    def visit(node: ast.AST, late: bool) -> Iterator[tuple[str, bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            if isinstance(child, ast.Import):
                yield from ((alias.name, late) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                yield child.module or "", late
            yield from visit(child, late or isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)))

    yield from visit(ast.parse(path.read_text("utf-8")), False)


def root_of(module: str) -> str:
    return module.partition(".")[0]


def test_there_is_something_to_check() -> None:
    assert len(FILES) > 200


def test_contracts_of_imports() -> None:
    pytest.importorskip("importlinter")
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_heavy_packages_are_imported_late(path: Path) -> None:
    module = module_of(path)
    early = {root_of(target) for target, late in imports(path) if not late} & HEAVY
    assert early <= {"numpy"}, f"{module} imports {early} when it is imported itself"


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_late_imports_have_a_reason(path: Path) -> None:
    module = module_of(path)
    late = {target for target, is_late in imports(path) if is_late}
    assert not late & LIGHT, f"{module}: these load nothing heavy, import them at the top"
    if root_of(module) == "cnncore" and not module.startswith(("cnncore.keras", "cnncore.training")):
        named = {target if root_of(target) == "cnncore" else root_of(target) for target in late}
        assert named == LATE.get(module, set()) or module == "cnncore", f"{module}: list these in LATE, with the reason"


def loads(module: str) -> set[str]:
    """The modules that `module` imports when it is imported, and those that these import."""
    found, waiting = set[str](), [module]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += [target for target, late in imports(PATHS[one]) if not late] if one in PATHS else []
    return found


PATHS = {module_of(path): path for path in FILES}
TUI = [module for module in PATHS if root_of(module) == "tui" and not module.startswith("tui.cli")]


@pytest.mark.parametrize("module", TUI)
def test_what_tui_imports_late_is_heavy(module: str) -> None:
    """Whatever else a function imports is listed, with the reason."""
    here = {root_of(each) for each in loads(module)} & HEAVY
    late = {target for target, is_late in imports(PATHS[module]) if is_late}
    light = {target for target in late if not ({root_of(each) for each in loads(target)} & HEAVY) - here}
    assert light == LATE_AND_LIGHT.get(module, set()), "import these at the top, or list them in LATE_AND_LIGHT"


def test_only_cnncore_reaches_the_c_core() -> None:
    assert not [path for path in ROOT.glob("tui/**/*.py") if "cnncore._cnn" in path.read_text("utf-8")]


def loaded_by(code: str) -> set[str]:
    script = f"import sys; before = set(sys.modules); {code}; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    return set(done.stdout.split())


def test_import_cnncore_loads_nothing() -> None:
    loaded = {name for name in loaded_by("import cnncore") if root_of(name) not in sys.stdlib_module_names}
    assert {n for n in loaded if not n.startswith("_cnn_tui_editable")} == {"cnncore"}


@pytest.mark.parametrize("module", sorted(LIGHT))
def test_light_modules_load_nothing_heavy(module: str) -> None:
    assert find_spec(module) is not None
    assert not {root_of(name) for name in loaded_by(f"import {module}; from cnncore import CnnError")} & HEAVY


def test_the_public_names_need_numpy_and_cffi_alone() -> None:
    loaded = {root_of(name) for name in loaded_by("from cnncore import *")}
    # (an editable install loads a finder of its own)
    foreign = {n for n in loaded - sys.stdlib_module_names if not n.startswith("_cnn_tui_editable")}
    assert {"cnncore", "numpy"} <= foreign <= {"cnncore", "numpy", "cffi", "_cffi_backend"}


def test_the_first_paint_waits_for_nothing_heavy() -> None:
    assert not {root_of(name) for name in loaded_by("import tui.cnn_app")} & HEAVY


def test_lines_of_c_are_no_longer_than_those_of_python() -> None:
    patterns = ("csrc/**/*.[ch]", "tests/c/*.[ch]", "benchmarks/*.[ch]")
    sources = [path for pattern in patterns for path in ROOT.glob(pattern)]
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if len(line) > 120
    ]
    assert len(sources) > 30
    assert not long
