"""Every sentence the app can show has its Korean, with the same placeholders."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

import tui
from cnncore.kernels import KERNELS
from tui.i18n import _, set_language
from tui.i18n.ko import MESSAGES

ROOT = Path(tui.__file__).parent
MODULES = sorted(path for path in ROOT.rglob("*.py") if "i18n" not in path.parts)
CORE = ROOT.parent / "cnncore"


def marked(path: Path) -> dict[str, int]:
    """The literals in `_("...")` and `N_("...")`, with their lines."""
    found = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "N_") and node.args:
            argument = node.args[0]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                found[argument.value] = node.lineno
    return found


def error_templates(path: Path) -> dict[str, int]:
    """The literal templates of `CnnError(...)` and its children."""
    found = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        name = getattr(getattr(node, "func", None), "id", "")
        if isinstance(node, ast.Call) and name in ("CnnError", "MissingExtraError") and node.args:
            argument = node.args[0]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                found[argument.value] = node.lineno
    return found


def placeholders(text: str) -> set[str]:
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name}


def hangul(text: str) -> bool:
    return bool(re.search("[가-힣]", text))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_marked_sentence_has_its_korean(path: Path) -> None:
    missing = [f"{path.name}:{line}: {text!r}" for text, line in marked(path).items() if text and text not in MESSAGES]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_error_of_the_app_has_its_korean(path: Path) -> None:
    missing = [f"{path.name}:{line}: {text!r}" for text, line in error_templates(path).items() if text not in MESSAGES]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("name", ["kernels.py"])
def test_what_the_core_says_to_the_walking_screens_has_its_korean(name: str) -> None:
    missing = [text for text in error_templates(CORE / name) if text not in MESSAGES]
    assert not missing, "\n".join(missing)


def test_korean_has_the_same_placeholders() -> None:
    wrong = [text for text, korean in MESSAGES.items() if placeholders(text) != placeholders(korean)]
    assert not wrong, "\n".join(wrong)


def test_kernels_speak_korean() -> None:
    for kernel in KERNELS:
        for text in (kernel.title, kernel.description):
            assert hangul(MESSAGES[text]), text


def test_the_language_is_chosen_live() -> None:
    set_language("ko")
    assert _("Convolution") == "합성곱"
    set_language("en")
    assert _("Convolution") == "Convolution"
