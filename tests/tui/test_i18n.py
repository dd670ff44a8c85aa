"""Every sentence the app can show has its Korean, with the same placeholders."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

import cnncore
import tui
from cnncore.datasets.examples import EXAMPLES
from cnncore.kernels import KERNELS
from tui.i18n import _, sentence, set_language
from tui.i18n.ko import MESSAGES

ROOT = Path(tui.__file__).parent
MODULES = sorted(path for path in ROOT.rglob("*.py") if "i18n" not in path.parts)
CORE = Path(cnncore.__file__).parent
CORE_MODULES = sorted(CORE.rglob("*.py"))


def marked(path: Path) -> dict[str, int]:
    """The literals in `_("...")` and `N_("...")`, with their lines."""
    found = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "N_") and node.args:
            argument = node.args[0]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                found[argument.value] = node.lineno
    return found


def templates(path: Path) -> tuple[dict[str, int], list[str]]:
    """The templates of errors (`CnnError`, its children, `Failed`) and of a dataset's `reason`, with their lines; and
    the calls whose template cannot be read off, unless they pass on one that was made elsewhere."""
    found: dict[str, int] = {}
    unreadable = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        given: list[ast.expr] = []
        if name in ("CnnError", "MissingExtraError", "Failed"):
            given = [*node.args[:1], *(k.value for k in node.keywords if k.arg in ("template", "message"))]
        elif name in ("Dataset", "replace"):
            given = [k.value for k in node.keywords if k.arg == "reason"]
        for argument in given:
            for choice in (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,):
                if isinstance(choice, ast.Constant) and isinstance(choice.value, str):
                    found[choice.value] = node.lineno
                elif not (isinstance(choice, ast.Starred) or getattr(choice, "attr", "") == "template"):
                    unreadable.append(f"{path.name}:{node.lineno}: {ast.unparse(choice)}")
    return found, unreadable


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
    found, _unreadable = templates(path)
    missing = [f"{path.name}:{line}: {text!r}" for text, line in found.items() if text not in MESSAGES]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("path", CORE_MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_whatever_the_core_says_has_its_korean(path: Path) -> None:
    found, unreadable = templates(path)
    missing = [f"{path.name}:{line}: {text!r}" for text, line in found.items() if text not in MESSAGES]
    assert not missing, "\n".join(missing)
    assert not unreadable, "\n".join(unreadable)


def test_the_scan_finds_what_the_core_says() -> None:
    found = {text for path in CORE_MODULES for text in templates(path)[0]}
    assert {
        "out is read-only",  # CnnError
        "Keras does not start: {reason}",
        "training failed: {reason}",  # Failed
        "Validation failed: {reason}",
    } <= found
    assert len(found) > 100


def test_korean_has_the_same_placeholders() -> None:
    wrong = [text for text, korean in MESSAGES.items() if placeholders(text) != placeholders(korean)]
    assert not wrong, "\n".join(wrong)


def test_kernels_speak_korean() -> None:
    for kernel in KERNELS:
        for text in (kernel.title, kernel.description):
            assert hangul(MESSAGES[text]), text


def test_built_in_pictures_speak_korean() -> None:
    for entry in EXAMPLES:
        assert hangul(MESSAGES[entry.title]), entry.title


def test_the_language_is_chosen_live() -> None:
    set_language("ko")
    assert _("Convolution") == "합성곱"
    set_language("en")
    assert _("Convolution") == "Convolution"


def test_words_that_fill_a_sentence_are_translated_and_nothing_else() -> None:
    values = {"name": "row", "value": 30, "last": 25}
    assert sentence("{name} is {value}; it must be from 0 to {last}", values) == "row is 30; it must be from 0 to 25"
    set_language("ko")
    assert sentence("{name} is {value}; it must be from 0 to {last}", values).startswith("행")
    assert sentence("{path} is empty", {"path": "row"}).startswith("row")


def test_no_particle_of_a_filled_in_value_is_fixed() -> None:
    """247로 but 250으로: what follows a value has both forms, and filling it in leaves the right one."""
    fixed = re.compile(r"\{[a-z_]+\}(은|는|이|가|을|를|와|과|로|으로)(?=[ ,.])")
    assert [text for text in MESSAGES.values() if fixed.search(text)] == []
