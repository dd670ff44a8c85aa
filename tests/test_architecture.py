"""The arrows of the house point one way: tui -> cnncore -> csrc; read from the imports themselves."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("cnncore/**/*.py"), *ROOT.glob("tui/**/*.py")])

# The one exception of the design: a class method that is part of the public contract, imported when it is called.
EXCEPTIONS = {("cnncore.network.network", "cnncore.keras")}

CORE = (
    "cnncore.ops",
    "cnncore.reference",
    "cnncore.lesson.stepping",
    "cnncore._arrays",
    "cnncore.geometry",
    "cnncore.errors",
    "cnncore.activations",
    "cnncore.runtime",
    "cnncore.network",
)
UPPER = ("cnncore.keras", "cnncore.training", "cnncore.datasets")


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> list[tuple[str, bool]]:
    """(module, whether it is imported when this one is) for every import of a file, TYPE_CHECKING ones left out."""
    found: list[tuple[str, bool]] = []

    def visit(node: ast.AST, at_load: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            if isinstance(child, ast.Import):
                found.extend((alias.name, at_load) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                base = child.module or ""
                found.append((base, at_load))
                found.extend((f"{base}.{alias.name}", at_load) for alias in child.names)
            visit(child, at_load and not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)))

    visit(ast.parse(path.read_text("utf-8")), True)
    return found


def inside(module: str, *rooms: str) -> bool:
    return any(module == room or module.startswith(room + ".") for room in rooms)


def test_there_is_something_to_check() -> None:
    assert len(FILES) > 20


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_arrows(path: Path) -> None:
    module = module_of(path)
    for target, at_load in imports(path):
        if inside(module, "cnncore"):
            assert not inside(target, "tui", "textual", "rich"), f"{module} imports {target}"
        if inside(module, "tui"):
            assert not inside(target, "cnncore._cnn"), f"{module} reaches past cnncore"
        if inside(target, "keras", "tensorflow"):
            assert inside(module, "cnncore.keras"), f"{module} imports {target}: only cnncore.keras may"
            assert not at_load, f"{module} imports {target} at load: it must be lazy"
        if inside(target, "PIL", "scipy"):
            assert not at_load, f"{module} imports {target} at load: it must be lazy"
        if inside(module, *CORE) and inside(target, *UPPER):
            assert any(inside(module, m) and inside(target, t) for m, t in EXCEPTIONS), f"{module} imports {target}"


def loaded_by(code: str) -> set[str]:
    script = f"import sys; before = set(sys.modules); {code}; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    return set(done.stdout.split())


def test_import_cnncore_loads_nothing() -> None:
    loaded = {name for name in loaded_by("import cnncore") if name.partition(".")[0] not in sys.stdlib_module_names}
    assert {n for n in loaded if not n.startswith("_cnn_tui_editable")} == {"cnncore"}


def test_an_error_costs_no_numpy() -> None:
    assert "numpy" not in loaded_by("from cnncore import CnnError; import cnncore.errors")


def test_the_public_names_need_numpy_and_cffi_alone() -> None:
    loaded = {name.partition(".")[0] for name in loaded_by("from cnncore import *")}
    # (an editable install loads a finder of its own)
    foreign = {n for n in loaded - sys.stdlib_module_names if not n.startswith("_cnn_tui_editable")}
    assert {"cnncore", "numpy"} <= foreign <= {"cnncore", "numpy", "cffi", "_cffi_backend"}


def test_the_app_starts_without_tensorflow_pillow_or_scipy() -> None:
    loaded = {name.partition(".")[0] for name in loaded_by("import tui.cnn_app")}
    assert not loaded & {"tensorflow", "keras", "PIL", "scipy"}


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
